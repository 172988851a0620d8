"""Text for groff: what people read, and what has to stay as it is typed."""

from __future__ import annotations

import re

# Characters that groff would turn into others, or take for its own.
ESCAPES = str.maketrans(
    {"\\": "\\(rs", "-": "\\-", "'": "\\(aq", "`": "\\(ga", "^": "\\(ha", "~": "\\(ti"})


def code(text: str) -> str:
    """Text that has to stay as it is typed."""
    return safe(text.translate(ESCAPES))


def prose(text: str) -> str:
    """Text for people; what stands in backquotes, and options, are code."""
    parts = re.split(r"`([^`]*)`", text)
    return safe("".join(
        f"\\fB{code(part)}\\fR" if number % 2 else with_options(plain(part)) for number, part in enumerate(parts)))


def with_options(text: str) -> str:
    return re.sub(r"(?<![\w-])--?[A-Za-z][a-z-]*", lambda found: code(found[0]), text)


def plain(text: str) -> str:
    return text.replace("\\", "\\(rs").replace("~", "\\(ti")


def safe(line: str) -> str:
    """A line that is no request."""
    return "\\&" + line if line[:1] in (".", "'") else line


def sentence(text: str, words: tuple[str, ...] = ()) -> str:
    """Text as a sentence; one that begins with a word to be typed keeps it as it is."""
    first = re.match(r"[\w-]*", text)
    if first is None or first[0] not in words:
        text = text[:1].upper() + text[1:]
    return text if text.endswith((".", "?", "!")) else text + "."
