"""Times a daemon as a service manager sees it: service.py RECONCILED RECONCILE STATE."""

from __future__ import annotations

import os
import signal
import socket
import statistics
import subprocess
import sys
import time

DAEMON, COMMAND, STATE = sys.argv[1:]
ADDRESS = f"\0reconcile-bench-{os.getpid()}"


def started(told: socket.socket) -> tuple[subprocess.Popen[bytes], float]:
    """A daemon, and after how many milliseconds it said that it serves."""
    begin = time.perf_counter()
    daemon = subprocess.Popen([DAEMON, "--state", STATE, "--listen", "127.0.0.1:0"], stderr=subprocess.DEVNULL,
                              env={**os.environ, "NOTIFY_SOCKET": "@" + ADDRESS[1:]})
    while b"READY=1" not in told.recv(4096):
        pass
    return daemon, (time.perf_counter() - begin) * 1000


def dropped() -> bool:
    """Whether all that is cached of files could be dropped, as after a boot."""
    try:
        with open("/proc/sys/vm/drop_caches", "w") as file:
            file.write("3\n")
        return True
    except OSError:
        return False


def show(what: str, times: list[float], promised: float) -> None:
    print(f"{what}: median {statistics.median(times):.1f} ms, {min(times):.1f} to {max(times):.1f}, "
          f"{len(times)} runs; promised {promised:.0f}")


with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as told:
    told.bind(ADDRESS)
    told.settimeout(60)
    for what, is_cold in (("READY, files cached", False), ("READY, nothing cached", True)):
        times = []
        for _ in range(11):
            if is_cold and not dropped():
                break
            daemon, took = started(told)
            times.append(took)
            daemon.send_signal(signal.SIGTERM)
            daemon.wait()
            told.setblocking(False)
            try:
                while told.recv(4096):
                    pass
            except BlockingIOError:
                told.settimeout(60)
        if times:
            show(what, times, 200)
    daemon, _ = started(told)
    status = []
    for _ in range(51):
        begin = time.perf_counter()
        subprocess.run([COMMAND, "status"], stdout=subprocess.DEVNULL, check=True,
                       env={**os.environ, "RECONCILE_SOCKET": STATE + "/socket"})
        status.append((time.perf_counter() - begin) * 1000)
    show("reconcile status", status, 40)
    daemon.send_signal(signal.SIGTERM)
    daemon.wait()
