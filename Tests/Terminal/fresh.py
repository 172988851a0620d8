"""The first evening, as two new people have it: written, then paired, with nothing read. How long it takes is told, not
judged: for the program, and for someone who types 200 characters a minute.

Run by scripts/terminal-test with the program, the sockets of two daemons that nobody set up, where the first one listens, a
directory for what goes on, and that of the transcripts."""

from __future__ import annotations

import os
import re
import sys
import time
from pathlib import Path

import journal
from journal import Person, check

RECONCILE, INES, TOMASZ, ADDRESS, KEPT, GOLDEN = sys.argv[1:7]
ines = Person(RECONCILE, INES, Path(KEPT) / "ines", Path(GOLDEN))
tomasz = Person(RECONCILE, TOMASZ, Path(KEPT) / "tomasz", Path(GOLDEN))

# Without a terminal nothing is asked.
check("a script is told what to type", "reconcile init --name YOU" in ines.output())
check("and nothing was set up", "reconcile init" in ines.output("status"))

began = time.monotonic()
first = ines.at()
first.until("Nothing leaves it until you share it")
first.until("What does your partner call you? [someone]")
first.type("Ines\n")
first.until("Write something now?")
first.type("h\n")
first.answer("What shall you call this?", "Before I could say it")
first.answer("as a camera would have it?", "On Sunday you told my sister I'd lost the contract.")
first.answer("What did it do to you?", "She rang to comfort me while I was still pretending at my desk.")
first.answer("What do you ask for?", "")
check("written at the first start", first.ends() == 0 and "a draft on this device" in first.screen, first.screen)
written, keys = time.monotonic() - began, first.typed
ines.keep("first-run", first)

skipped = tomasz.at()
skipped.until("What does your partner call you?")
skipped.type("\n")
skipped.until("Write something now?")
skipped.type("\n")
check("each question can be passed over", skipped.ends() == 0 and "reconcile pair" in skipped.screen, skipped.screen)
tomasz.keep("first-run-skipped", skipped)

here = ines.at("pair")
here.until("Looking")
there = tomasz.at("pair", "--address", ADDRESS)
codes = []
for screen in (here, there):
    screen.until("This screen's code:")
    codes.append(re.search(r"This screen's code: +(\S.*)", screen.screen)[1].strip())


def choose(screen, code: str) -> None:
    """Picks the other screen's code among those that are offered."""
    screen.until("n for none]")
    number = re.search(r"^ *(\d)\S* +" + re.escape(code), screen.screen, re.MULTILINE)
    check("the other's code is offered with a number", number is not None, screen.screen)
    screen.type(number[1] + "\n")


choose(here, codes[1])
choose(there, codes[0])
for screen in (here, there):
    # Words on paper are offered, and can wait.
    screen.until("Enter to go on without]")
    screen.type("\n")
check("paired here", here.ends() == 0, here.screen)
check("paired there", there.ends() == 0, there.screen)
paired, all_keys = time.monotonic() - began, keys + here.typed + there.typed
check("pairing tells who it was", "someone" in here.screen, here.screen)
for name, screen, own, other in (("pairing-here", here, *codes), ("pairing-there", there, *reversed(codes))):
    text = screen.transcript().replace(own, "THIS SCREEN").replace(other, "THE OTHER 1")
    # What else is offered is made up, and stands in any order.
    text = re.sub(r"(?:  \d  .*\n){3}", "  1  ... ... ...\n  2  THE OTHER 1\n  3  ... ... ...\n", text)
    text = re.sub(r"(none\]) \d", r"\1 2", text).replace(os.uname().nodename.split(".")[0], "machine")
    text = re.sub(r"port\s+\d+\s+\.\.\.", "port 7747 ...", text).replace(ADDRESS, "ADDRESS")
    ines.keep_text(name, text)
for person in (ines, tomasz):
    person.output("sync", "--wait")
draft = [draft["id"] for draft in ines.drafts() if draft["kind"] == "hurt"][0]
shared = ines.at("share", draft)
shared.until("keeps it as a draft.")
shared.type("\n")
check("and shared", shared.ends() == 0, shared.screen)
ines.keep("first-share", shared)
ines.output("sync", "--wait")
check("and read", "lost the contract" in tomasz.output("log", "-o", "prose"), tomasz.output("log", "-o", "prose"))
look = tomasz.at()
check("the glance says what might come next", look.ends() == 0 and "Ines told you a hurt." in look.screen, look.screen)
tomasz.keep("glance", look)
narrow = tomasz.at(columns=40)
narrow.ends()
tomasz.keep("glance-narrow", narrow)
print(f"written after {written:.1f} s and {keys} keys ({written + keys * 0.3:.0f} s by hand), paired after {paired:.1f} s and "
      f"{all_keys} keys ({paired + all_keys * 0.3:.0f} s by hand); {journal.checked} passed, 0 failed")
