"""Stops one thread of a process, and no other: hang.py PID NAME [SECONDS]

The first one is meant whose name begins so.

What a program whose event loop hangs looks like from outside: its other threads go on, its sockets are open, and it
neither ends nor answers. ptrace(2) stops a single thread, where a signal would stop them all.
"""

from __future__ import annotations

import ctypes
import os
import sys
import time
from pathlib import Path

SEIZE, INTERRUPT, WALL = 0x4206, 0x4207, 0x40000000

libc = ctypes.CDLL(None, use_errno=True)
libc.ptrace.argtypes = [ctypes.c_long, ctypes.c_long, ctypes.c_void_p, ctypes.c_void_p]
process, name = sys.argv[1], sys.argv[2]
found = sorted(int(task.name) for task in Path(f"/proc/{process}/task").iterdir()
               if (task / "comm").read_text().startswith(name))
if not found:
    names = sorted((task / "comm").read_text().strip() for task in Path(f"/proc/{process}/task").iterdir())
    raise SystemExit(f"no thread is called {name}: {names}")
for request in (SEIZE, INTERRUPT):
    if libc.ptrace(request, found[0], None, None) != 0:
        raise SystemExit(f"ptrace: {os.strerror(ctypes.get_errno())}")
print(f"stopped {name}", flush=True)
end = time.monotonic() + float(sys.argv[3] if len(sys.argv) > 3 else "60")
while time.monotonic() < end:
    # Who stops a thread is also the one who has to take note of its end, or the process would not be gone.
    thread, status = os.waitpid(found[0], os.WNOHANG | WALL)
    if thread and (os.WIFEXITED(status) or os.WIFSIGNALED(status)):
        break
    time.sleep(0.05)
