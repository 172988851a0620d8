"""How long after a partner's command has returned `log -f` shows what it wrote, and what following costs while nothing
happens.

The first is more than the time since the entry arrived: the way from one daemon to the other is in it."""
import os
import statistics
import subprocess
import sys
import time

RECONCILE, WRITER, READER, READER_PID = sys.argv[1:5]
WRITES = int(os.environ.get("WRITES", "100"))
IDLE = float(os.environ.get("IDLE", "20"))
TICK = os.sysconf("SC_CLK_TCK")


def environment(socket):
    return {**os.environ, "RECONCILE_SOCKET": socket}


def processor(pid):
    """Seconds of processor time that a process has had."""
    fields = open(f"/proc/{pid}/stat").read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / TICK


def idle(*pids):
    before = [processor(pid) for pid in pids]
    time.sleep(IDLE)
    return [processor(pid) - start for pid, start in zip(pids, before)]


print(f"daemon without a follower: {idle(READER_PID)[0] * 1000:.0f} ms of processor in {IDLE:.0f} s")
follower = subprocess.Popen(
    [RECONCILE, "log", "-f", "-n", "0", "-o", "cat"], env=environment(READER), stdout=subprocess.PIPE, text=True
)
time.sleep(1)
daemon, command = idle(READER_PID, follower.pid)
print(f"daemon with a follower: {daemon * 1000:.0f} ms; the follower itself: {command * 1000:.0f} ms")

delays = []
for number in range(WRITES):
    text = f"written for the follower {number}"
    subprocess.run(
        [RECONCILE, "thanks", "--share", "-m", text], env=environment(WRITER), stdout=subprocess.DEVNULL, check=True
    )
    written = time.perf_counter()
    line = follower.stdout.readline().strip()
    delays.append(max(0, time.perf_counter() - written) * 1000)
    if line != text:
        raise SystemExit(f"the follower shows {line!r}, not {text!r}")
    time.sleep(0.02)
follower.terminate()
delays.sort()
print(
    f"shown after the partner's command returned, {WRITES} times: median {statistics.median(delays):.1f} ms,"
    f" p95 {delays[int(WRITES * 0.95)]:.1f} ms, longest {delays[-1]:.1f} ms; promised 50 ms"
    + ("" if delays[int(WRITES * 0.95)] <= 50 else "   MISSED")
)
