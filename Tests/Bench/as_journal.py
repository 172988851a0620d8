"""Turns what `reconcile export` writes into what systemd-journal-remote takes: without our addresses, and with the boot
and the clock that journald's entries have."""
import sys

OURS = (b"__CURSOR", b"__SEQNUM", b"__SEQNUM_ID", b"_HOSTNAME")
source, out = sys.stdin.buffer, sys.stdout.buffer
while True:
    line = source.readline()
    if not line:
        break
    name, sign, value = line.partition(b"=")
    if not sign and line != b"\n":
        length = source.read(8)
        data = source.read(int.from_bytes(length, "little") + 1)
        out.write(line + length + data)
        continue
    if name in OURS:
        continue
    out.write(line)
    if name == b"__REALTIME_TIMESTAMP":
        out.write(b"__MONOTONIC_TIMESTAMP=" + value)
        out.write(b"_BOOT_ID=00000000000000000000000000000001\n")
    if name == b"_DEVICE":
        out.write(b"_HOSTNAME=" + value)
