"""The command lines of commands.txt."""

from __future__ import annotations

import re
import shlex
from dataclasses import dataclass
from pathlib import Path

WAYS = {"short", "cat", "values", "names", "status", "refused", "closed"}
RECORDS = {"json", "json-pretty", "json-sse", "json-seq", "export", "verbose"}


@dataclass(frozen=True)
class Row:
    """One command line, how to ask both programs, and how to compare what they say."""

    line: int
    way: str
    # What is compared of theirs: all, the other way round, or only the first.
    is_reversed: bool
    first: int | None
    ours: tuple[str, ...]
    theirs: tuple[str, ...]
    # The difference, in differences.md, for which theirs is asked in other words.
    reason: str | None
    zone: str = "Europe/Berlin"


def read(path: Path) -> list[Row]:
    rows = []
    for number, line in enumerate(path.read_text().splitlines(), 1):
        if line.strip() and not line.startswith("#"):
            rows.append(row(number, line))
    return rows


def row(number: int, line: str) -> Row:
    """`way | our words`, and where they differ `| their words | reason`."""
    columns = [column.strip() for column in re.split(r" \| ", line + " ")]
    if len(columns) not in (2, 4):
        raise ValueError(f"commands.txt:{number}: two columns or four, not {len(columns)}")
    way, _, modifier = columns[0].partition(",")
    first = re.fullmatch(r"first:(\d+)", modifier)
    if way not in WAYS | RECORDS or not (first or modifier in ("", "reversed")):
        raise ValueError(f"commands.txt:{number}: unknown way {columns[0]}")
    ours = shlex.split(columns[1])
    zone = {}
    if ours and ours[0].startswith("TZ="):
        zone = {"zone": ours.pop(0).removeprefix("TZ=")}
    theirs, reason = (shlex.split(columns[2]), columns[3]) if len(columns) == 4 else (ours, None)
    return Row(
        number, way, modifier == "reversed", int(first[1]) if first else None, tuple(ours), tuple(theirs), reason,
        **zone)


def documented(path: Path) -> set[str]:
    """The names of the differences: the headings of differences.md."""
    return set(re.findall(r"^## (\S+)$", path.read_text(), re.MULTILINE))
