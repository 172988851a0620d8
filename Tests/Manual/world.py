"""What the journal holds in which completion is tried: titles that a shell or a terminal would obey, if let."""

from __future__ import annotations

import json

# A file of this name must never come into being.
TRAP = "trapped"

TITLES = [
    "Dad's toolbox", f"$(touch {TRAP})", f"`touch {TRAP}`", f"; touch {TRAP} #", f"x | touch {TRAP} & y > {TRAP}",
    "a: b", "a=b", "end:~root", 'back\\slash "quoted"', "ends'", 'ends"', "ends\\", "'begins", '"begins', "!history", "^x^y",
    "*glob?[x]", "{a,b}", "%s %d", "~root", "#hash", "-dash", " blank ", "änderung ☕", f"'; touch {TRAP}; '",
    f'"; touch {TRAP}; "', f"'$(touch {TRAP})'", "$'\\n'", "<U+001B>",
]
# A terminal would obey these; they are nowhere offered.
UNSEEMLY = ["esc\x1b[31mred", "bell\x07", "c1\x9b31m", "turned\u202eback", f"two\nlines\n$(touch {TRAP})", "tab\there"]
TAGS = [f"$(touch {TRAP})", "work shop"]
DEVICE = f"$(touch {TRAP}) \"laptop\""
DRAFT = "Only here"


def lines() -> str:
    """For `reconcile import --format json --share`."""
    rows = [{"KIND": "rift", "TITLE": title} for title in TITLES + UNSEEMLY]
    rows += [{"KIND": "tag", "TEXT": tag, "RIFT_TITLE": TITLES[0]} for tag in TAGS]
    rows += [{"KIND": "hurt", "ACT": "You left.", "IMPACT": "I waited.", "RIFT_TITLE": TITLES[0]}]
    return "".join(json.dumps(row) + "\n" for row in rows)


if __name__ == "__main__":
    print(lines(), end="")
