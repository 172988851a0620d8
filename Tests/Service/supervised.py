"""Stands in for systemd: hands a listening socket over, listens to what the daemon tells, and sends it signals.

    supervised.py DIR      RECONCILE_BIN is where the programs lie
"""

from __future__ import annotations

import json
import os
import signal
import socket
import stat
import subprocess
import sys
import time
from pathlib import Path

DIR = Path(sys.argv[1])
BIN = Path(os.environ["RECONCILE_BIN"])
STATE, CONFIGURATION, PATH = DIR / "state", DIR / "configuration", DIR / "handed-over"
CONFIGURATION.mkdir()
checked = 0


def check(what: str, truth: object, seen: object = "") -> None:
    global checked
    if not truth:
        raise SystemExit(f"failed: {what}: {seen}\n{(DIR / 'log').read_text()[-2000:]}")
    checked += 1


def configure(text: str) -> None:
    (CONFIGURATION / "reconciled.yaml").write_text(text)


class Daemon:
    """One that was started by a service manager."""

    def __init__(self, handed: list[socket.socket], watchdog: float = 60.0, *, pid: str = "$$") -> None:
        self.told = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        address = f"\0reconcile-{os.getpid()}-{time.monotonic_ns()}"
        self.told.bind(address)
        environment = {
            **os.environ, "NOTIFY_SOCKET": "@" + address[1:], "LISTEN_FDS": str(len(handed)),
            "WATCHDOG_USEC": str(int(watchdog * 1e6)), "STATE_DIRECTORY": str(STATE),
            "CONFIGURATION_DIRECTORY": str(CONFIGURATION),
        }

        def hand_over() -> None:
            kept = [os.dup(one.fileno()) for one in handed]
            for number, descriptor in enumerate(kept):
                os.dup2(descriptor, 3 + number)

        with (DIR / "log").open("a") as log:
            self.process = subprocess.Popen(
                ["sh", "-c", f'export LISTEN_PID={pid}; exec "$0" --listen 127.0.0.1:0',
                 str(BIN / "reconciled")],
                env=environment, stderr=log, close_fds=False, preexec_fn=hand_over)

    def until(self, text: str) -> list[str]:
        """All that is told until something is."""
        heard: list[str] = []
        end = time.monotonic() + 20
        while not any(text in line for line in heard):
            check(f"the daemon tells {text}", time.monotonic() < end, heard)
            self.told.settimeout(max(0.01, end - time.monotonic()))
            try:
                heard += self.told.recv(4096).decode().split("\n")
            except TimeoutError:
                continue
        return heard

    def count(self, text: str, seconds: float) -> int:
        """How often something is told within a time."""
        end, number = time.monotonic() + seconds, 0
        while (left := end - time.monotonic()) > 0:
            self.told.settimeout(left)
            try:
                number += text in self.told.recv(4096).decode()
            except TimeoutError:
                break
        return number

    def stop(self) -> None:
        self.process.send_signal(signal.SIGTERM)
        self.until("STOPPING=1")
        check("it stops", self.process.wait(20) == 0)


def run(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([BIN / "reconcile", *words], capture_output=True, text=True, stdin=subprocess.DEVNULL,
                          env={**os.environ, "RECONCILE_SOCKET": str(PATH), "XDG_STATE_HOME": str(DIR / "kept")})


def log() -> str:
    return (DIR / "log").read_text()


listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
listener.bind(str(PATH))
PATH.chmod(0o640)
listener.listen(16)

# Whoever asks before there is a daemon waits, and is answered by it.
early = subprocess.Popen([BIN / "reconcile", "status", "--json"], stdout=subprocess.PIPE, text=True,
                         env={**os.environ, "RECONCILE_SOCKET": str(PATH)})
daemon = Daemon([listener], watchdog=3)
told = daemon.until("READY=1")
if "STATUS=Not set up yet" not in told:
    daemon.until("STATUS=Not set up yet")
check("who asked early is answered", '"initialised":false' in (early.communicate(timeout=20)[0] or ""))
check("it is set up", run("init", "--name", "Joon").returncode == 0)
daemon.until("STATUS=Not paired yet")
fed = daemon.count("WATCHDOG=1", 4)
check("the watchdog is fed three times while it waits", 2 <= fed <= 5, fed)

# SIGHUP.
configure("log-level: debug\ndaily-limit: 7\n")
daemon.process.send_signal(signal.SIGHUP)
told = daemon.until("READY=1")
check("RELOADING comes with the time", any(line.startswith("MONOTONIC_USEC=") for line in told), told)
check("settings are read again", "settings read again" in log())
configure("log-level: error\ndiscovery: false\n")
before = log().count("settings read again")
daemon.process.send_signal(signal.SIGHUP)
daemon.until("READY=1")
check("a higher level holds from then on", log().count("settings read again") == before)
check("beacons are switched off", "switched off" in run("doctor").stdout)
configure("# as without a file\n")
daemon.process.send_signal(signal.SIGHUP)
daemon.until("READY=1")
check("and everything back on", log().count("settings read again") == before + 1 and "switched off" not in run("doctor").stdout)
configure("discovry: false\n")
daemon.process.send_signal(signal.SIGHUP)
daemon.until("READY=1")
check("what makes no sense is named, with its line", 'reconciled.yaml, line 1: there is no setting "discovry"' in log())
check("the daemon goes on", run("status").returncode == 0)
configure("state: /nowhere\n")
daemon.process.send_signal(signal.SIGHUP)
daemon.until("READY=1")
check("what needs a restart is named", "needs a restart setting=state" in log())
configure("# nothing\n")
daemon.stop()
check("the socket's file stays", PATH.is_socket() and stat.S_IMODE(PATH.stat().st_mode) == 0o640)

# Settings that make no sense.
for text, reason in [
    ("discovry: false\n", 'line 1: there is no setting "discovry"'),
    ("listen: \"[::]:7747\"\npeers: [a\n", "line 3: that is no YAML"),
    ("- listen\n", "that is no YAML"),
    ("peers: {a: 1}\n", 'the setting "peers" can\'t be read'),
    ("listen: [\"127.0.0.1:0\"]\n", 'the setting "listen" can\'t be read'),
    ("discovery: [false]\n", 'the setting "discovery" can\'t be read'),
    ("socket:\n", 'the setting "socket" can\'t be read'),
    ("state: \"\"\n", 'the setting "state" can\'t be read'),
    ("discovery: perhaps\n", 'the setting "discovery" can\'t be read'),
    ("daily-limit: none\n", 'the setting "daily-limit" can\'t be read'),
    ("log-level: loud\n", 'the setting "log-level" can\'t be read'),
]:
    configure(text)
    asking = [subprocess.Popen([BIN / "reconcile", *words], stderr=subprocess.PIPE, text=True,
                               env={**os.environ, "RECONCILE_SOCKET": str(PATH), "XDG_STATE_HOME": str(DIR / "kept")})
              for words in (["status"], ["log"], ["note", "-m", "words that were typed"])]
    time.sleep(0.2)
    before = len(log())
    daemon = Daemon([listener])
    check("it ends with what no restart mends", daemon.process.wait(20) == 78, text)
    check("one line says why", log()[before:].count("\n") == 1 and reason in log()[before:], log()[before:])
    check("the manager is told why", any(reason in line for line in daemon.until(reason)))
    for one in asking:
        said = one.communicate(timeout=20)[1]
        check("whoever asked is told why", one.returncode == 1 and "the daemon can't start" in said and reason in said, said)
check("what was typed meanwhile is kept", any("words that were typed" in file.read_text(errors="replace")
      for file in (DIR / "kept").rglob("*") if file.is_file()))

# What is handed over and can't be served on.
configure("")
datagram = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
network = socket.create_server(("127.0.0.1", 0))
connected = socket.socketpair()[0]
for handed in ([datagram], [network], [connected], [listener, listener]):
    check("a socket to serve on is asked for", Daemon(handed).process.wait(20) == 78)
check("the reason is told", log().count("not one listening Unix socket") == 4)
# Sockets for another process are none of ours.
daemon = Daemon([listener], pid="1")
daemon.until("READY=1")
check("it listens at a place of its own", (STATE / "socket").is_socket())
daemon.stop()
check("its own socket goes with it", not (STATE / "socket").exists())

print(f"{checked} passed, 0 failed")
