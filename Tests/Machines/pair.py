"""Two people at two terminals pair their machines by comparing codes: pair.py HERE... ++ THERE...

Both are commands that run `reconcile pair` on a machine. Each person looks across, and picks the other screen's code.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "Terminal"))

from terminal import Terminal  # noqa: E402

cut = sys.argv.index("++")
screens = [Terminal(sys.argv[1:cut]), Terminal(sys.argv[cut + 1:])]
codes = []
for screen in screens:
    screen.until("Which code does the OTHER screen show?")
    codes.append(re.search(r"This screen's code: +(\d{3} \d{3} \d{3})", screen.screen)[1])
for screen, other in zip(screens, reversed(codes)):
    choice = re.search(rf"^ *(\d) +{other}$", screen.screen, re.MULTILINE)
    screen.type(choice[1] + "\r")
for screen in screens:
    # Recovery words are offered at the first pairing, and can be left for later.
    screen.until("Write them down now?")
    screen.type("\r")
for screen in screens:
    if screen.ends() != 0 or "Paired with" not in screen.screen:
        raise SystemExit(f"not paired:\n{screen.screen}")
    print(re.search(r"Paired with .*", screen.screen)[0])
