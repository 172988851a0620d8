"""Sharing at a terminal: what the partner will see, what stays, the asides, and what becomes of each answer.

Run by scripts/terminal-test with the program, the sockets of both, and a directory for what goes on."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import journal
from journal import Person, check

RECONCILE, JOON, MARA, KEPT, GOLDEN = sys.argv[1:6]
joon = Person(RECONCILE, JOON, Path(KEPT), Path(GOLDEN))
mara = Person(RECONCILE, MARA, Path(KEPT), Path(GOLDEN))

# Kept, and shared.
joon.output("rift", "open", "Tuesday")
asked = joon.at("hurt", "--rift", "d1", "--share", "--act", "You are so selfish and you always do this.",
             "--impact", "I am afraid of you when you shout.")
asked.until("keeps it as a draft.")
asked.type("n\n")
check("a draft that is kept is no failure", asked.ends() == 0, asked.screen)
joon.keep("kept", asked)
check("it is still a draft", [draft["kind"] for draft in joon.drafts()] == ["rift", "hurt"])
check("nothing was shared", "-- No entries" in mara.output("log") or mara.output("log").strip() == "")

# What is neither Enter nor yes shares nothing: it can't be unsaid.
for answer in ("what?", "q", "-n", "share"):
    asked = joon.at("share", "d2")
    asked.until("keeps it as a draft.")
    asked.type(answer + "\n")
    check(f"{answer!r} keeps it", asked.ends() == 0 and len(joon.drafts()) == 2, asked.screen)

# Left at the question, by Ctrl-C and by a closed terminal: it waits.
for leave in ("interrupt", "hang up"):
    asked = joon.at("share", "d2")
    asked.until("keeps it as a draft.")
    if leave == "interrupt":
        asked.type("\x03")
        check("Ctrl-C ends it", asked.ends() == 130, asked.screen)
    else:
        os.close(asked.descriptor)
        os.waitpid(asked.pid, 0)
    check(f"after {leave} it is still a draft", len(joon.drafts()) == 2)

# Each question can be switched off; the line about fear can't.
joon.output("asides", "--off", "label", "--off", "always-never")
asked = joon.at("share", "d2")
asked.until("keeps it as a draft.")
check("what is off is not asked", "What did they do?" not in asked.screen and "one time" not in asked.screen, asked.screen)
check("where help is listed is always told", "reconcile help safety" in asked.screen, asked.screen)
asked.type("\n")
check("Enter shares", asked.ends() == 0 and "hurt, shared" in asked.screen, asked.screen)
joon.output("asides", "--on", "label", "--on", "always-never")
joon.output("sync", "--wait")
check("it came as it was written", "You are so selfish and you always do this." in mara.output("log", "-o", "cat"))

# What lies underneath stays, unless it is chosen; and the questions are no part of what is sent.
reflection = ["reflect", "--rift", "Tuesday", "-m", "I'm sorry, but you made me do it.", "--underneath", "At home nobody asked.",
              "--kindness", "You were tired."]
joon.output(*reflection)
asked = joon.at("share", joon.drafts()[-1]["id"])
asked.until("keeps it as a draft.")
asked.type("\n")
check("a reflection is shared", asked.ends() == 0, asked.screen)
joon.keep("underneath", asked)
joon.output("sync", "--wait")
told = mara.output("log", "-o", "json")
check("the part came", "you made me do it" in told)
for words in ("nobody asked", "You were tired", "second half", "its own entry", "What did they do"):
    check(f"nothing of {words!r} came", words not in told)
    found = subprocess.run(["grep", "-rqa", "-e", words, str(Path(MARA).parent)], check=False).returncode
    check(f"{words!r} is nowhere at the partner's", found == 1)

# Without a terminal nobody is asked.
check("a script is not asked", "shared" in joon.output("thanks", "--share", "-m", "You always were kind."))
print(f"{journal.checked} passed, 0 failed")
