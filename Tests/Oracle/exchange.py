"""The corpus in the two formats in which programs take it: journald's export format, and ours for `import`."""

from __future__ import annotations

import json
import struct
from collections.abc import Iterator

from corpus import Entry

MACHINE = "0000000000000000000000000000000a"
BOOT = "0000000000000000000000000000000b"


def journal(entries: list[Entry]) -> bytes:
    """The Journal Export Format, for systemd-journal-remote.

    Entries have no boots: what stands for the clock since boot is the wall clock, as in `reconcile log -o short-delta`.
    """
    return b"".join(b"".join(exported(entry)) + b"\n" for entry in entries)


def exported(entry: Entry) -> Iterator[bytes]:
    record = entry.record | {
        "__MONOTONIC_TIMESTAMP": [str(entry.time)], "_BOOT_ID": [BOOT], "_MACHINE_ID": [MACHINE],
    }
    if entry.home:
        record["_SYSTEMD_UNIT"] = [entry.home.message]
    for name in sorted(record, key=lambda name: not name.startswith("__")):
        for value in record[name]:
            yield exported_field(name, value.encode())


def exported_field(name: str, value: bytes) -> bytes:
    if all(byte >= 32 or byte == 9 for byte in value):
        return name.encode() + b"=" + value + b"\n"
    return name.encode() + b"\n" + struct.pack("<Q", len(value)) + value + b"\n"


def imported(entries: list[Entry], number: int, known: dict[str, str]) -> str:
    """What one of the two imports in a round: JSON lines.

    What the same file has is named by our own id, what is in the journal by the id that it has there (`known`).
    """
    return "".join(
        json.dumps(line(entry, known), ensure_ascii=False) + "\n" for entry in entries if entry.round == number)


def line(entry: Entry, known: dict[str, str]) -> dict[str, str | list[str]]:
    line: dict[str, str | list[str]] = {
        "KIND": entry.kind, "ENTRY_ID": entry.id, "AUTHOR": entry.author, "__REALTIME_TIMESTAMP": str(entry.time),
    }
    if entry.rift:
        line["RIFT_TITLE"] = entry.rift.message
    if entry.answers:
        ids = [known.get(answer.id, answer.id) for answer in entry.answers]
        line["ANSWERS"] = ids if len(ids) > 1 else ids[0]
    if entry.choice:
        line["CHOICE"] = entry.choice
    for name in dict.fromkeys(name for name, _ in entry.fields):
        values = [value for other, value in entry.fields if other == name]
        line[name] = values if len(values) > 1 else values[0]
    return line
