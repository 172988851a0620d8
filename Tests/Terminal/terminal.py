"""A person at a terminal: runs a command in a real pseudo-terminal, types, and reads the screen as it is printed."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import select
import struct
import termios
import time

PATIENCE = 20.0


class Terminal:
    """A command in a terminal of its own."""

    def __init__(self, words: list[str], columns: int = 80, **environment: str) -> None:
        self.screen = ""
        self.columns = columns
        self.pid, self.descriptor = pty.fork()
        if self.pid == 0:
            os.execvpe(words[0], words, {**os.environ, "TERM": "xterm", **environment})
        fcntl.ioctl(self.descriptor, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))

    def type(self, text: str) -> None:
        """Types something, as it is."""
        os.write(self.descriptor, text.encode())

    def read(self) -> bool:
        """Reads what is printed next; false at the end."""
        try:
            piece = os.read(self.descriptor, 65536)
        except OSError:
            return False
        self.screen += piece.decode(errors="replace").replace("\r\n", "\n")
        return bool(piece)

    def until(self, text: str) -> str:
        """Waits until something stands on the screen."""
        end = time.monotonic() + PATIENCE
        while text not in self.screen:
            ready, _, _ = select.select([self.descriptor], [], [], max(0, end - time.monotonic()))
            if not ready or not self.read():
                raise SystemExit(f"waited in vain for {text!r}; the screen shows:\n{self.screen}")
        return self.screen

    def ends(self) -> int:
        """Waits for the end, and tells the exit status; a signal counts as 128 and its number."""
        while self.read():
            pass
        os.close(self.descriptor)
        code = os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])
        return code if code >= 0 else 128 - code

    def transcript(self) -> str:
        """What was on the screen, with ids and times made the same for every run."""
        text = re.sub(r"\b[0-9a-f]{8}\b", "xxxxxxxx", self.screen)
        return "\n".join(line.rstrip() for line in text.split("\n")).strip() + "\n"
