"""What the two programs print, read into the same form, so that only what must be the same is compared."""

from __future__ import annotations

import json
import os
import re
import struct
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

from corpus import DEVICES, TITLES, Entry

# Fields that only one of the two has, and why: differences.md, "own-fields".
OURS_ONLY = {"__CURSOR", "__SEQNUM", "__SEQNUM_ID", "_TRANSPORT", "_DEVICE_ID", "_SEQ"}
THEIRS_ONLY = {"__CURSOR", "__MONOTONIC_TIMESTAMP", "_BOOT_ID", "_MACHINE_ID", "_SYSTEMD_UNIT"}
# Fields whose values are ids: ours are random, the corpus's are its own.
IDS = {"ENTRY_ID", "RIFT", "ANSWERS"}

TIME = re.compile(
    r"\[ *\d+\.\d{6}(?: < *\d+\.\d{6} >| {16})?\]"
    r"|[A-Z][a-z]{2} \d{4}-\d\d-\d\d \d\d:\d\d:\d\d(?:\.\d{6})? \S+"
    r"|[A-Z][a-z]{2} \d\d \d\d:\d\d:\d\d(?:\.\d{6})?"
    r"|\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{6})?[+-]\d{4}"
    r"|\d+\.\d{6}"
)
BLOB = re.compile(r"\[[\d.]+[BKM] blob data\]")
CURSOR_LINE = "-- cursor: "
Record = dict[str, list[str]]


class Unreadable(Exception):
    """An answer that has not the form that it must have."""


def escaped(text: str) -> str:
    """What `reconcile` shows of a text that a terminal would obey; differences.md, "controls"."""
    return "".join(f"<U+{ord(char):04X}>" if is_harmful(ord(char)) else char for char in text)


def is_harmful(code: int) -> bool:
    return (
        code < 0x20 and code not in (0x09, 0x0A) or 0x7F <= code < 0xA0
        or code in (0x061C, 0x200E, 0x200F) or 0x2028 <= code <= 0x202E or 0x2066 <= code <= 0x2069
    )


@dataclass
class Reader:
    """Reads one program's answers."""

    entries: list[Entry]
    is_ours: bool
    # Ours: the journal's ids with those of the corpus.
    ids: dict[str, str] = field(default_factory=dict)
    # Theirs: what stands in short modes for a text that it doesn't print.
    hidden: dict[str, str] = field(default_factory=dict)
    # The differences that were met.
    met: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.by_time = {entry.time: entry for entry in self.entries}
        names = {entry.kind for entry in self.entries} | set(TITLES)
        devices = "|".join(DEVICES.values())
        alternatives = "|".join(re.escape(name) for name in sorted(names, key=len, reverse=True))
        self.prefix = re.compile(rf"(?:{TIME.pattern})(?: (?:{devices}))? (?:{alternatives}): ")

    def entry_of_cursor(self, cursor: str) -> Entry:
        """The entry that a cursor points at: both programs put its time into it."""
        found = re.search(r"(?:^|;)t=([0-9a-f]+)", cursor)
        time = int(found[1], 16) * (1000 if self.is_ours else 1) if found else None
        if time not in self.by_time:
            raise Unreadable(f"a cursor that points nowhere: {cursor}")
        return self.by_time[time]

    def split_cursor(self, out: str) -> tuple[str, str | None]:
        """The output without what --show-cursor adds, and the id of the entry that this points at."""
        start = out.rfind(CURSOR_LINE)
        if start < 0 or (start > 0 and out[start - 1] != "\n") or not out.endswith("\n"):
            return out, None
        return out[:start], self.entry_of_cursor(out[start + len(CURSOR_LINE):-1]).id

    # Text for people

    def short(self, out: str) -> list[str]:
        """The entries of a short mode: continuation lines begin with four blanks, and nothing is hidden."""
        entries: list[tuple[str, list[str]]] = []
        width = 0
        for line in lines(out):
            if line == "-- No entries --":
                entries.append((line, [""]))
            elif found := self.prefix.match(line):
                entries.append((found[0], [line[found.end():]]))
                width = 4 if self.is_ours else len(found[0].encode())
            elif entries and line.startswith(" " * width):
                entries[-1][1].append(line[width:])
                self.met.add("indent")
            else:
                raise Unreadable(f"neither an entry's first line nor a continuation: {line[:100]!r}")
        return [prefix + "\n    ".join(self.unhidden("\n".join(text)).split("\n")) for prefix, text in entries]

    def unhidden(self, text: str) -> str:
        if self.is_ours:
            return text
        shown = self.hidden.get(text) or escaped(text)
        if shown != text:
            self.met.add("controls")
        return shown

    def cat(self, out: str) -> list[str]:
        shown = out if self.is_ours else escaped(out)
        if shown != out:
            self.met.add("controls")
        return lines(shown)

    def values(self, out: str) -> list[str]:
        """Lines in any order, ids made comparable."""
        return sorted(self.ids.get(line, line) for line in lines(out))

    def names(self, out: str) -> list[str]:
        return sorted(self.common_names(lines(out)))

    # Records

    def records(self, out: str, mode: str) -> list[str]:
        """The fields of each entry that both programs have, as one line of JSON."""
        parse: dict[str, Callable[[str], Iterator[Record]]] = {"verbose": self.verbose, "export": self.export}
        found = parse[mode](out) if mode in parse else self.json(out, mode)
        return [json.dumps(self.comparable(record), ensure_ascii=False, sort_keys=True) for record in found]

    def comparable(self, record: Record) -> Record:
        names = self.common_names(record)
        return {
            name: sorted(self.ids.get(value, value) if name in IDS else value for value in record[name])
            for name in names
        }

    def common_names(self, names: Iterable[str]) -> list[str]:
        own = OURS_ONLY if self.is_ours else THEIRS_ONLY
        kept = [name for name in names if name not in own]
        if kept != list(names):
            self.met.add("own-fields")
        return kept

    def json(self, out: str, mode: str) -> Iterator[Record]:
        objects = []
        decoder = json.JSONDecoder(object_pairs_hook=unique)
        start = 0
        while start < len(out):
            start = re.compile(r"(?:\x1e|data: |\s)*").match(out, start).end()
            if start < len(out):
                found, start = decoder.raw_decode(out, start)
                objects.append(found)
        if (there := skeleton(out)) != (wanted := layout(objects, mode)):
            place = len(os.path.commonprefix([there, wanted]))
            raise Unreadable(f"the layout is not that of {mode}: {there[place:place + 60]!r}")
        for found in objects:
            yield {name: self.json_values(found, name) for name in found}

    def json_values(self, found: dict, name: str) -> list[str]:
        value = found[name]
        if value is None and not self.is_ours:
            self.met.add("json-null")
            values = self.by_time[int(found["__REALTIME_TIMESTAMP"])].record[name]
            if len(values) > 1 or len(name) + 1 + len(values[0].encode()) < 4096:
                raise Unreadable(f"{name} is null without being long")
            return values
        is_list = isinstance(value, list) and not (value and isinstance(value[0], int))
        return [self.json_text(one) for one in (value if is_list else [value])]

    def json_text(self, value: object) -> str:
        if isinstance(value, list) and not self.is_ours:
            self.met.add("json-bytes")
            return bytes(value).decode()
        if not isinstance(value, str):
            raise Unreadable(f"not a string: {value!r:.60}")
        return value

    def export(self, out: str) -> Iterator[Record]:
        data = out.encode(errors="surrogateescape")
        record: Record = {}
        place = 0
        while place < len(data):
            end = data.index(b"\n", place)
            line = data[place:end]
            place = end + 1
            if not line:
                yield record
                record = {}
            elif b"=" in line:
                name, value = line.split(b"=", 1)
                record.setdefault(name.decode(), []).append(value.decode())
            else:
                (length,) = struct.unpack_from("<Q", data, place)
                place += 8 + length
                record.setdefault(line.decode(), []).append(data[place - length:place].decode())
                if data[place:place + 1] != b"\n":
                    raise Unreadable(f"no newline after {line.decode()}")
                place += 1
        if record:
            raise Unreadable("no empty line after the last entry")

    def verbose(self, out: str) -> Iterator[Record]:
        head = re.compile(rf"({TIME.pattern}) \[([^]]*)\]$")
        record: Record = {}
        entry = None
        name = ""
        for line in lines(out):
            if line == "-- No entries --":
                yield {"": [line]}
            elif found := head.match(line):
                if record:
                    yield self.readable(record, entry)
                entry = self.entry_of_cursor(found[2])
                record = {"time": [found[1]]}
                name = ""
            elif found := re.match(r"    ([A-Z0-9_]+)=(.*)$", line):
                name = found[1]
                record.setdefault(name, []).append(found[2])
            elif name and line.startswith(indent := " " * (len(name) + 5)):
                record[name][-1] += "\n" + line[len(indent):]
            else:
                raise Unreadable(f"no line of verbose: {line[:100]!r}")
        if record:
            yield self.readable(record, entry)

    def readable(self, record: Record, entry: Entry | None) -> Record:
        """Theirs, with the texts that it doesn't print or that we don't send to a terminal."""
        if self.is_ours or not entry:
            return record
        texts = {
            name: entry.record[name] if BLOB.fullmatch(values[0]) and name in entry.record else values
            for name, values in record.items()
        }
        shown = {name: [escaped(value) for value in values] for name, values in texts.items()}
        if shown != record:
            self.met.add("controls")
        return shown


def lines(out: str) -> list[str]:
    """Lines that end with a newline each; nothing else ends one."""
    if out and not out.endswith("\n"):
        raise Unreadable(f"no newline at the end: {out[-60:]!r}")
    return out.split("\n")[:-1]


def unique(pairs: list[tuple[str, object]]) -> dict[str, object]:
    names = [name for name, _ in pairs]
    if len(set(names)) < len(names):
        raise Unreadable(f"a name stands twice: {names}")
    return dict(pairs)


def skeleton(out: str) -> str:
    """JSON without its words."""
    return re.sub(r'"(?:[^"\\]|\\.)*"', '""', out)


def layout(objects: list[dict], mode: str) -> str:
    """The skeleton that some objects have in a mode."""
    if mode == "json-pretty":
        return "".join("{\n\t" + ",\n\t".join(f'"" : {pretty(value)}' for value in found.values()) + "\n}\n"
                       for found in objects)
    begin, end = {"json": ("", "\n"), "json-sse": ("data: ", "\n\n"), "json-seq": ("\x1e", "\n")}[mode]
    return "".join(
        begin + "{" + ",".join(f'"":{skeleton(json.dumps(value, separators=(",", ":")))}' for value in found.values())
        + "}" + end for found in objects)


def pretty(value: object) -> str:
    if not isinstance(value, list):
        return skeleton(json.dumps(value))
    return "[\n\t\t" + ",\n\t\t".join(skeleton(json.dumps(one)) for one in value) + "\n\t]"
