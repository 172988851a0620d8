"""What the terminal tests share: the people, their commands, and the transcripts that are kept."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

from screen import columns
from terminal import Terminal

checked = 0


def check(what: str, holds: bool, screen: str = "") -> None:
    global checked
    checked += 1
    if not holds:
        raise SystemExit(f"terminal-test: {what}\n{screen}")


class Person:
    """Someone with a daemon, and with files of their own."""

    def __init__(self, reconcile: str, socket: str, kept: Path, golden: Path, **environment: str) -> None:
        self.reconcile, self.socket, self.kept, self.golden = reconcile, socket, kept, golden
        self.environment = {
            "RECONCILE_SOCKET": socket, "XDG_STATE_HOME": str(kept), "XDG_CONFIG_HOME": str(kept / "config"),
            "EDITOR": "false", "USER": "someone", **environment,
        }

    def at(self, *words: str, columns: int = 80, rows: int = 24, **environment: str) -> Terminal:
        """Types a command at a terminal."""
        return Terminal([self.reconcile, *words], columns, rows, **{**self.environment, **environment})

    def output(self, *words: str) -> str:
        """What a command prints that has no terminal."""
        ended = subprocess.run([self.reconcile, *words], env={**os.environ, **self.environment},
                               stdin=subprocess.DEVNULL, capture_output=True, text=True)
        return ended.stdout + ended.stderr

    def drafts(self) -> list[dict]:
        return json.loads(self.output("drafts", "--json"))

    def entries(self, kind: str) -> list[dict]:
        lines = self.output("log", "-o", "json", "--no-drafts", "-t", kind).split("\n")
        return [json.loads(line) for line in lines if line.startswith("{")]

    def unfinished(self) -> list[Path]:
        return sorted((self.kept / "reconcile-cli").glob("unfinished-*.json"))

    def keep(self, name: str, terminal: Terminal) -> None:
        """The transcript is the one that is kept; with UPDATE=1 it becomes that."""
        text = terminal.transcript()
        self.keep_text(name, text)
        for line in text.split("\n"):
            check(f"wider than the terminal: {line}", columns(line) <= terminal.columns, text)

    def keep_text(self, name: str, text: str) -> None:
        """The same of a transcript in which more differs from run to run."""
        path = self.golden / f"{name}.txt"
        if os.environ.get("UPDATE"):
            path.write_text(text)
        check(f"the screen is not {path.name}", path.exists() and path.read_text() == text, text)
