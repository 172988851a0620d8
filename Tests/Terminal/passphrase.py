"""A passphrase, typed at a terminal: passphrase.py RECONCILE FILE; RECONCILE_SOCKET names the daemon."""

from __future__ import annotations

import os
import sys

from terminal import Terminal

COMMAND, FILE = sys.argv[1:]
WORDS = "blue umbrella, gewürfelt"


def create() -> Terminal:
    return Terminal([COMMAND, "backup", "create", "--to", FILE])


def check(what: str, truth: bool, screen: Terminal) -> None:
    if not truth:
        raise SystemExit(f"{what}:\n{screen.screen}")


left = create()
left.until("Passphrase:")
left.type("\x03")
check("Ctrl-C ends it", left.ends() == 130 and not os.path.exists(FILE), left)

differing = create()
differing.until("Passphrase:")
differing.type(WORDS + "\r")
differing.until("Once more:")
differing.type("something else\r")
check("two that differ make nothing", differing.ends() == 1 and "differ" in differing.screen and not os.path.exists(FILE), differing)

made = create()
made.until("Passphrase:")
made.type("x" + "\x7f" + WORDS + "\r")
made.until("Once more:")
made.type(WORDS + "\r")
check("it is made", made.ends() == 0 and os.path.exists(FILE), made)
check("nothing of it is on the screen", "umbrella" not in made.screen, made)

verified = Terminal([COMMAND, "backup", "verify", FILE])
verified.until("Passphrase:")
verified.type(WORDS + "\r")
check("the same words open it", verified.ends() == 0 and "PASS" in verified.screen, verified)
print("ok: a passphrase typed at a terminal: left by Ctrl-C, mistyped, unseen, and the same again")
