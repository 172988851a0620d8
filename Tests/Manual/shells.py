"""Real shells on a terminal of their own: what they make of keys is what a person would run."""

from __future__ import annotations

import os
import pty
import select
import signal
import subprocess
import time
from pathlib import Path


class Shell:
    """bash or zsh, with `reconcile` replaced by a function that notes its arguments.

    The completion itself asks the real program: it calls it as a command.
    """

    SETUP = {
        "bash": [
            "unset HISTFILE", "PS1='> '", "source {completions}/reconcile.bash", "bind 'TAB: menu-complete'",
        ],
        "zsh": [
            "unset HISTFILE", "PS1='> '", "fpath=({completions} $fpath)", "autoload -Uz compinit", "compinit -u -D",
            "setopt menu_complete no_list_beep interactive_comments",
        ],
    }
    START = {"bash": ["bash", "--noprofile", "--norc", "-i"], "zsh": ["zsh", "-f", "-i"]}

    def __init__(self, name: str, directory: Path, completions: Path, environment: dict[str, str]) -> None:
        self.name = f"{name} ({Path(environment['RECONCILE_SOCKET']).name})"
        self.screen = b""
        self.process, self.terminal = pty.fork()
        self.noted = directory / f"{self.process}.noted"
        if self.process == 0:
            os.chdir(directory)
            os.execvpe(name, self.START[name], environment | {"TERM": "xterm", "INPUTRC": "/dev/null"})
        for line in self.SETUP[name]:
            self.send(line.format(completions=completions) + "\n")
        note = "reconcile() {{ printf '%s\\0' \"$@\" > {0}.new; mv {0}.new {0}; }}\n"
        self.send(note.format(self.noted))
        # Set up once it answers.
        self.words("reconcile ready")

    def send(self, keys: str) -> None:
        os.write(self.terminal, keys.encode())

    def words(self, keys: str) -> list[str]:
        """What `reconcile` would get after some keys and Enter."""
        self.send(keys + "\n")
        end = time.monotonic() + 8
        while not self.noted.exists():
            if time.monotonic() > end:
                # A quote is still open, or a question: Ctrl-C leaves both.
                self.send("\x03")
                return ["(nothing was run)", repr(self.screen[-200:])]
            # What it prints has to be read, or it would wait.
            if select.select([self.terminal], [], [], 0.01)[0]:
                self.screen += os.read(self.terminal, 65_536)
        words = self.noted.read_bytes().decode().split("\0")[:-1]
        self.noted.unlink()
        return words

    def all(self, line: str, count: int) -> list[list[str]]:
        """The arguments for so many completions, by stepping through them with TAB."""
        return [self.words(line + "\t" * number) for number in range(1, count + 1)]

    def end(self) -> None:
        os.kill(self.process, signal.SIGKILL)
        os.waitpid(self.process, 0)
        os.close(self.terminal)


def fish(line: str, directory: Path, completions: Path, environment: dict[str, str]) -> tuple[list[str], str]:
    """What fish offers for a line, without the descriptions, and what it said on stderr."""
    script = f"source {completions}/reconcile.fish; complete -C $argv[1]"
    run = subprocess.run(
        ["fish", "--no-config", "-c", script, "--", line], cwd=directory, env=environment, capture_output=True,
        text=True, timeout=20)
    return [row.split("\t")[0] for row in run.stdout.splitlines()], run.stderr
