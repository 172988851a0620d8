"""A screen as a terminal draws it: only what Reconcile uses of ECMA-48. Anything else fails, so that nothing else is used."""

from __future__ import annotations

import re
import unicodedata

SEQUENCE = re.compile(r"\x1b\[([?0-9;]*)([A-Za-z])")


def width(character: str) -> int:
    """The columns of a character, of those that the tests type."""
    if unicodedata.combining(character) or character in "\u200d\ufe0f":
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def columns(line: str) -> int:
    """The columns of a line; what joins an emoji to the one before it takes no room."""
    parts = line.split("\u200d")
    return sum(map(width, parts[0])) + sum(sum(map(width, part[1:])) for part in parts[1:])


class Screen:
    """Cells, from the first line that was ever printed; nothing scrolls away."""

    def __init__(self, columns: int) -> None:
        self.columns = columns
        self.lines: list[list[str]] = [[]]
        self.row = self.column = 0
        self.styles = 0

    def feed(self, text: str) -> str:
        """Draws what is printed; returns the beginning of a sequence whose end is not there yet."""
        while text:
            if text[0] != "\x1b":
                self.draw(text[0])
                text = text[1:]
                continue
            found = SEQUENCE.match(text)
            if not found:
                if len(text) > 12:
                    raise SystemExit(f"no sequence that is known: {text[:12]!r}")
                return text
            self.obey(found[1], found[2])
            text = text[found.end():]
        return ""

    def draw(self, character: str) -> None:
        if character == "\r":
            self.column = 0
        elif character == "\n":
            self.row += 1
            self.grow()
        elif width(character) == 0:
            line = self.lines[self.row]
            line[self.column - 1] += character
        else:
            # What joins an emoji to the one before it takes no room.
            line = self.lines[self.row]
            before = next((cell for cell in reversed(line[: self.column]) if cell), "")
            if before.endswith("\u200d"):
                place = max(index for index, cell in enumerate(line[: self.column]) if cell)
                line[place] += character
                return
            if self.column + width(character) > self.columns:
                self.row, self.column = self.row + 1, 0
                self.grow()
                line = self.lines[self.row]
            line += [" "] * (self.column + width(character) - len(line))
            line[self.column] = character
            if width(character) == 2:
                line[self.column + 1] = ""
            self.column += width(character)

    def obey(self, parameters: str, final: str) -> None:
        number = int(parameters) if parameters.isdigit() else 1
        if final == "A":
            self.row = max(0, self.row - number)
        elif final == "C":
            self.column = min(self.columns - 1, self.column + number)
        elif final == "J" and parameters == "":
            self.lines[self.row] = self.lines[self.row][: self.column]
            del self.lines[self.row + 1:]
        elif final == "K" and parameters == "":
            self.lines[self.row] = self.lines[self.row][: self.column]
        elif final == "J" and parameters == "2":
            self.lines, self.row, self.column = [[]], 0, 0
        elif final == "H" and parameters == "":
            self.row = self.column = 0
        elif final == "m":
            self.styles += 1
        elif parameters in ("?2004", ) and final in "hl":
            pass
        else:
            raise SystemExit(f"no sequence that is known: ESC [ {parameters} {final}")

    def grow(self) -> None:
        while len(self.lines) <= self.row:
            self.lines.append([])

    def text(self) -> str:
        return "\n".join("".join(line).rstrip() for line in self.lines)
