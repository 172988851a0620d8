"""Checks the manual and completion: check.py ROOT PROGRAMS MADE ADDRESS.

MADE holds what was generated: man, again (the same once more) and completions. ADDRESS is the socket of the daemon
whose journal world.py tells of.
"""

from __future__ import annotations

import sys
from pathlib import Path

from completions import check_completions
from pages import check_pages

results: list[bool] = []


def check(name: str, is_right: bool, found: object) -> None:
    results.append(is_right)
    if not is_right:
        print(f"FAILED: {name}" + (f": {found}" if found else ""))


def main() -> None:
    root, programs, made, address = (Path(word).resolve() for word in sys.argv[1:])
    check_pages(check, root, programs, made / "man", made / "again")
    here = made / "here"
    here.mkdir()
    check_completions(check, programs, made / "completions", here, address)
    print(f"{results.count(True)} passed, {results.count(False)} failed")
    sys.exit(0 if all(results) else 1)


main()
