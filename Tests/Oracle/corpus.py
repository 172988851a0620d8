"""One journal that two persons wrote over two years: the same entries on every machine, from one seed."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from datetime import datetime, timezone
from functools import cached_property

import texts

SEED = 20240302
SIZE = 2400
DEVICES = {"Joon": "home", "Mara": "laptop"}
BEGIN = datetime(2024, 3, 2, 7, tzinfo=timezone.utc)
END = datetime(2026, 2, 20, 7, tzinfo=timezone.utc)
# How often the two exchange what they wrote, each in turn; Joon begins.
ROUNDS = 4

# A title with a suffix that systemd knows can be asked for by -u in both programs.
TITLES = [
    "toolbox.service", "kitchen.service", "kitchen-sink.service", "move.target", "holiday.timer", "narrow.service",
    "money_2024.service", "money_2025.service", "Piano.service", "silence.path", "odd.service", "a.b-c_d:e.service",
    "Dad's toolbox", "Who asked whom?", "The 3 a.m. call", "Küche, morgens", "引っ越し", "=equals=", "[brackets]*",
    "slash/and\\backslash", "שקט", "two  blanks",
]
TAGS = ["old", "Zeit", "money", "sleep", "家", "two words", "ÄRGER", "x=y", "holiday"]

# The entries' times in which something may go wrong: around the changes of the clock in Berlin and in New York, at
# midnight in both and in Greenwich, at the turn of the year, on the leap day's morrow.
TURNS = [
    "2024-03-10T07:00", "2024-03-31T01:00", "2024-10-27T00:30", "2024-10-27T01:00", "2024-11-03T06:00",
    "2025-03-09T07:00", "2025-03-30T01:00", "2025-10-26T00:30", "2025-10-26T01:00", "2025-11-02T06:00",
    "2024-12-31T23:00", "2025-01-01T00:00", "2025-01-01T05:00", "2025-06-30T22:00", "2025-07-01T00:00",
    "2025-07-01T04:00", "2025-07-01T12:00",
]


@dataclass
class Entry:
    """One entry; its id is our own name for it, `e0001` by its place in the timeline."""

    id: str
    time: int
    author: str
    kind: str
    fields: list[tuple[str, str]]
    rift: Entry | None = None
    answers: list[Entry] = field(default_factory=list)
    choice: str | None = None
    round: int = 0
    # Of a rift: its tags.
    tags: list[str] = field(default_factory=list)

    @cached_property
    def message(self) -> str:
        words = [value for name, value in self.fields if name != "NONE_HERE"]
        return "\n".join(([self.choice] if self.choice else []) + words)

    @property
    def home(self) -> Entry | None:
        """The rift that it belongs to; a rift belongs to itself."""
        return self if self.kind == "rift" else self.rift

    @property
    def needs(self) -> list[Entry]:
        return self.answers + ([self.rift] if self.rift else [])

    @cached_property
    def record(self) -> dict[str, list[str]]:
        """Every field that both programs know, with its values."""
        record = {
            "__REALTIME_TIMESTAMP": [str(self.time)], "ENTRY_ID": [self.id], "MESSAGE": [self.message],
            "KIND": [self.kind], "SYSLOG_IDENTIFIER": [self.kind], "AUTHOR": [self.author],
            "_DEVICE": [DEVICES[self.author]], "_HOSTNAME": [DEVICES[self.author]], "STATE": ["shared"],
        }
        if self.home:
            record |= {"RIFT": [self.home.id], "RIFT_TITLE": [self.home.message]}
            if self.home.tags:
                record["TAG"] = sorted(self.home.tags)
        if self.answers:
            record["ANSWERS"] = sorted(answer.id for answer in self.answers)
        if self.choice:
            record["CHOICE"] = [self.choice]
        for name, value in self.fields:
            record.setdefault(name, []).append(value)
        return record


def corpus() -> list[Entry]:
    """All entries in the order of the timeline."""
    return Writers(random.Random(SEED)).write()


class Writers:
    """Joon and Mara, who write what the rules of the kinds let them write."""

    def __init__(self, rng: random.Random) -> None:
        self.rng = rng
        self.entries: list[Entry] = []
        self.odd = (
            texts.UNICODE * 2 + texts.BLANKS + texts.CONTROLS + texts.DIRECTIONS + texts.long_texts()
        )
        rng.shuffle(self.odd)

    def write(self) -> list[Entry]:
        times = moments(self.rng)
        titles = iter(TITLES)
        opens = {9 * number for number in range(len(TITLES))}
        odd_at = set(self.rng.sample(range(300, len(times)), len(self.odd)))
        narrow = iter(texts.NARROW)
        for place, time in enumerate(times):
            author = self.rng.choice(["Joon", "Mara"])
            if place in opens:
                self.add(time, author, "rift", [("TITLE", next(titles))])
            elif place in odd_at:
                self.write_odd(time, author, self.odd.pop())
            elif 250 <= place < 250 + len(texts.NARROW):
                home = next(entry for entry in self.entries if entry.message == "narrow.service")
                self.add(time, home.author, "account", [("TEXT", next(narrow))], rift=home)
            else:
                self.write_any(time, author)
        assert {tag for entry in self.entries for tag in entry.tags} == set(TAGS), "a tag that no rift has"
        return self.entries

    def add(self, time: int, author: str, kind: str, fields: list[tuple[str, str]], **links) -> Entry:
        entry = Entry(f"e{len(self.entries):04}", time, author, kind, fields, **links)
        entry.round = self.round_of(author, entry.needs)
        assert entry.round < ROUNDS, "it answers what arrives too late"
        self.entries.append(entry)
        return entry

    @staticmethod
    def round_of(author: str, needs: list[Entry]) -> int:
        """The exchange in which it can be written: a person's own words are there at once, the other's later."""
        rounds = [need.round if need.author == author else need.round + 1 for need in needs]
        return max(rounds, default=0 if author == "Joon" else 1)

    def pick(self, author: str, *kinds: str, by: str | None = None, rift: Entry | None = None) -> Entry | None:
        """An entry that this author can still name before the last exchange."""
        found = [
            entry for entry in self.entries
            if entry.kind in kinds and (by is None or entry.author == by)
            and self.round_of(author, [entry]) < ROUNDS and entry.message != "narrow.service"
        ]
        return self.rng.choice(found) if found else None

    def write_odd(self, time: int, author: str, text: str) -> None:
        rift = self.pick(author, "rift")
        if rift and self.rng.random() < 0.5:
            self.add(time, author, "account", [("TEXT", text)], rift=rift)
        else:
            self.add(time, author, self.rng.choice(["thanks", "reply"]), [("TEXT", text)])

    def write_any(self, time: int, author: str) -> None:
        kinds = ["account", "hurt", "reflection", "recognition", "amends", "receipt", "kept", "let_be", "reply",
                 "thanks", "tag"]
        kind = self.rng.choices(kinds, [16, 12, 7, 9, 10, 12, 4, 3, 14, 11, 4])[0]
        if not getattr(self, "write_" + kind)(time, author):
            self.add(time, author, "thanks", [("TEXT", texts.plain(self.rng))])

    # What each writes, or nothing if there is nothing to answer.

    def write_account(self, time: int, author: str) -> Entry | None:
        rift = self.pick(author, "rift")
        felt = [("FELT", feeling) for feeling in self.rng.sample(texts.FEELINGS, self.rng.choice([0, 0, 1, 2, 3]))]
        return rift and self.add(time, author, "account", felt + [("TEXT", self.text())], rift=rift)

    def write_hurt(self, time: int, author: str) -> Entry | None:
        rift = self.pick(author, "rift")
        fields = [("ACT", self.text()), ("IMPACT", self.text())] + self.maybe("ASK")
        return rift and self.add(time, author, "hurt", fields, rift=rift)

    def write_reflection(self, time: int, author: str) -> Entry | None:
        rift = self.pick(author, "rift")
        part = ("PART", self.text()) if self.rng.random() < 0.8 else ("NONE_HERE", "yes")
        return rift and self.add(time, author, "reflection", [part] + self.maybe("EFFECT"), rift=rift)

    def write_recognition(self, time: int, author: str) -> Entry | None:
        hurt = self.pick(author, "hurt", by=other(author))
        fields = [("HEARD", self.text())] + self.maybe("MAKES_SENSE")
        return hurt and self.add(time, author, "recognition", fields, rift=hurt.rift, answers=[hurt])

    def write_amends(self, time: int, author: str) -> Entry | None:
        hurt = self.pick(author, "hurt", by=other(author))
        fields = [("OWN", self.text())] + self.maybe("REMORSE") + self.maybe("REPAIR")
        if self.rng.random() < 0.4:
            fields.append(("BY", self.rng.choice(texts.DAYS)))
        fields += self.maybe("CHANGE")
        if not hurt:
            return None
        more = [
            entry for entry in self.entries
            if entry.kind == "hurt" and entry.rift is hurt.rift and entry.author == hurt.author
            and entry is not hurt and entry.round <= hurt.round
        ]
        hurts = [hurt] + (self.rng.sample(more, 1) if more and self.rng.random() < 0.3 else [])
        return self.add(time, author, "amends", fields, rift=hurt.rift, answers=hurts)

    def write_receipt(self, time: int, author: str) -> Entry | None:
        answer = self.pick(author, "recognition", "amends", by=other(author))
        fields = self.maybe("TEXT") + self.maybe("STILL_NEED")
        choice = self.rng.choice(["not_yet", "partly", "enough"])
        return answer and self.add(
            time, author, "receipt", fields, rift=answer.rift, answers=[answer, self.rng.choice(answer.answers)],
            choice=choice)

    def write_kept(self, time: int, author: str) -> Entry | None:
        amends = self.pick(author, "amends", by=author)
        return amends and self.add(
            time, author, "kept", [("TEXT", self.text())], rift=amends.rift, answers=[amends])

    def write_let_be(self, time: int, author: str) -> Entry | None:
        hurt = self.pick(author, "hurt", by=author)
        return hurt and self.add(
            time, author, "let_be", [("TEXT", self.text())], rift=hurt.rift, answers=[hurt])

    def write_reply(self, time: int, author: str) -> Entry | None:
        about = self.pick(author, "account", "hurt", "reflection", "amends") if self.rng.random() < 0.4 else None
        return self.add(
            time, author, "reply", [("TEXT", self.text())], rift=about.rift if about else None,
            answers=[about] if about else [])

    def write_thanks(self, time: int, author: str) -> Entry | None:
        rift = self.pick(author, "rift") if self.rng.random() < 0.3 else None
        return self.add(time, author, "thanks", [("TEXT", self.text())], rift=rift)

    def write_tag(self, time: int, author: str) -> Entry | None:
        rift = self.pick(author, "rift")
        tag = self.rng.choice(TAGS)
        if not rift or tag in rift.tags:
            return None
        rift.tags.append(tag)
        return self.add(time, author, "tag", [("TEXT", tag)], rift=rift)

    def text(self) -> str:
        return texts.plain(self.rng)

    def maybe(self, name: str) -> list[tuple[str, str]]:
        return [(name, self.text())] if self.rng.random() < 0.4 else []


def other(author: str) -> str:
    return "Mara" if author == "Joon" else "Joon"


def moments(rng: random.Random) -> list[int]:
    """Times in microseconds, whole milliseconds, no two alike: bursts within a second, a minute, an hour."""
    begin, end = int(BEGIN.timestamp() * 1000), int(END.timestamp() * 1000)
    found = set()
    for turn in TURNS:
        at = int(datetime.fromisoformat(turn + "+00:00").timestamp() * 1000)
        found |= {at + gap for gap in (-3_600_000, -1_800_000, -1_000, -1, 0, 1, 999, 1_000, 1_800_000, 3_600_000)}
    while len(found) < SIZE:
        at = rng.randrange(begin, end)
        for _ in range(rng.randint(1, 6)):
            found.add(at)
            at += rng.choice([rng.randint(1, 400), rng.randint(1_000, 50_000), rng.randint(60_000, 3_500_000)])
    return [1000 * at for at in sorted(found)[:SIZE]]
