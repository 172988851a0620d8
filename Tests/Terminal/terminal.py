"""A person at a terminal: runs a command in a real pseudo-terminal, types, and reads the screen as it is drawn."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import select
import signal
import struct
import termios
import time
import traceback

from screen import Screen

PATIENCE = 20.0


class Terminal:
    """A command in a terminal of its own."""

    def __init__(self, words: list[str], columns: int = 80, rows: int = 24, **environment: str) -> None:
        self.columns = columns
        self.drawn = Screen(columns)
        self.rest = ""
        self.bytes = b""
        self.typed = 0
        self.pid, self.descriptor = pty.fork()
        if self.pid == 0:
            # The size is there before the first question is asked.
            fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
            # What started these tests may ignore what a terminal sends; a shell at a terminal does not.
            for number in (signal.SIGINT, signal.SIGHUP, signal.SIGQUIT, signal.SIGTERM):
                signal.signal(number, signal.SIG_DFL)
            os.execvpe(words[0], words, {**os.environ, "TERM": "xterm", **environment})

    @property
    def screen(self) -> str:
        return self.drawn.text()

    def type(self, text: str) -> None:
        """Types something, as it is."""
        self.typed += len(text)
        os.write(self.descriptor, text.encode())

    def paste(self, text: str) -> None:
        """Pastes something, as a terminal does that was asked to tell that apart."""
        self.type(f"\x1b[200~{text}\x1b[201~")

    def resize(self, columns: int, rows: int = 24) -> None:
        """Gives the terminal another size, as when its window is pulled."""
        self.columns = self.drawn.columns = columns
        fcntl.ioctl(self.descriptor, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))

    def read(self) -> bool:
        """Reads what is printed next; false at the end."""
        try:
            piece = os.read(self.descriptor, 65536)
        except OSError:
            return False
        self.bytes += piece
        # A character may be cut in two.
        text = self.bytes.decode(errors="ignore")
        self.bytes = self.bytes[len(text.encode()):]
        self.rest = self.drawn.feed(self.rest + text)
        return bool(piece)

    def until(self, text: str, times: int = 1) -> str:
        """Waits until something stands on the screen, so many times."""
        end = time.monotonic() + PATIENCE
        while self.screen.count(text) < times:
            if not self.is_ready(end) or not self.read():
                self.give_up(repr(text))
        return self.screen

    def is_ready(self, end: float) -> bool:
        """Whether something comes before a moment."""
        return bool(select.select([self.descriptor], [], [], max(0, end - time.monotonic()))[0])

    def give_up(self, what: str) -> None:
        """Ends the command, which may be stuck, and the tests."""
        os.kill(self.pid, signal.SIGKILL)
        lines = ", ".join(str(frame.lineno) for frame in traceback.extract_stack()[:-2])
        raise SystemExit(f"line {lines}: waited in vain for {what}; the screen shows:\n{self.screen}")

    def answer(self, question: str, text: str, end: str = "\r") -> None:
        """Answers a question once it is asked."""
        self.until(question)
        self.type(text)
        if text:
            self.until(text.split("\n")[-1].split(" ")[-1])
        self.type(end)

    def close(self) -> None:
        """Closes the terminal, as by its window."""
        os.close(self.descriptor)
        os.waitpid(self.pid, 0)

    def kill(self, number: int = signal.SIGKILL) -> int:
        """Ends the command by a signal."""
        os.kill(self.pid, number)
        return self.ends()

    def ends(self) -> int:
        """Waits for the end, and tells the exit status; a signal counts as 128 and its number."""
        end = time.monotonic() + PATIENCE
        while True:
            if not self.is_ready(end):
                self.give_up("the end")
            if not self.read():
                break
        os.close(self.descriptor)
        code = os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])
        return code if code >= 0 else 128 - code

    def transcript(self) -> str:
        """What is on the screen, with ids and times made the same for every run."""
        text = re.sub(r"\b[0-9a-f]{8}\b", "xxxxxxxx", self.screen)
        text = re.sub(r"reconcile-two\.\w{6}", "reconcile-two.xxxxxx", text)
        text = re.sub(r"\b[A-Z][a-z]{2} [ 0-9]\d [A-Z][a-z]{2} \d{4} \d\d:\d\d", "Www dd Mmm yyyy hh:mm", text)
        return text.strip() + "\n"
