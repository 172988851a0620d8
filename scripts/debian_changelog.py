#!/usr/bin/env -S python3 -B
"""Prints CHANGELOG.md as Debian writes one: debian_changelog.py VERSION MAINTAINER TIME.

What is not released yet belongs to VERSION. Where a version tells no date it is TIME, in seconds since 1970.
"""

from __future__ import annotations

import re
import sys
import textwrap
from datetime import datetime, timezone
from email.utils import format_datetime
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def releases(text: str, version: str) -> dict[str, tuple[str, list[str]]]:
    """By version: what its heading says besides, and its changes, each in one line."""
    found: dict[str, tuple[str, list[str]]] = {}
    changes: list[str] = []
    for line in text.split("\n"):
        if heading := re.fullmatch(r"## \[?([^\s\]]+)\]?(.*)", line):
            name = version if heading[1] == "Unreleased" else heading[1]
            changes = found.get(name, ("", []))[1]
            found[name] = (heading[2], changes)
        elif line.startswith("- "):
            changes.append(line[2:])
        elif line.strip() and not line.startswith("#") and changes:
            changes[-1] += " " + line.strip()
    return found


def date(heading: str, otherwise: int) -> str:
    day = re.search(r"\d{4}-\d{2}-\d{2}", heading)
    time = datetime.fromisoformat(day[0]) if day else datetime.fromtimestamp(otherwise, timezone.utc)
    return format_datetime(time.replace(tzinfo=timezone.utc))


def main() -> None:
    if len(sys.argv) != 4:
        sys.exit("Usage: debian_changelog.py VERSION MAINTAINER TIME")
    version, maintainer, time = sys.argv[1], sys.argv[2], int(sys.argv[3])
    found = releases((ROOT / "CHANGELOG.md").read_text(), version)
    # A version of which the file tells nothing is another build of what it tells.
    for name, (heading, changes) in ({version: found.pop(version, ("", []))} | found).items():
        print(f"reconcile ({name}) unstable; urgency=medium\n")
        for change in changes or ["Built anew."]:
            print(textwrap.fill(change, 79, initial_indent="  * ", subsequent_indent="    ", break_long_words=False))
        print(f"\n -- {maintainer}  {date(heading, time)}\n")


main()
