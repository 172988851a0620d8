"""Asks `reconcile log` and stock journalctl the same, and compares what they answer.

oracle.py journal                      the corpus in the Journal Export Format
oracle.py import ROUND LOG             what is imported in a round; LOG is `log -o json` of who imports
oracle.py compare RECONCILE JOURNAL    every line of commands.txt; RECONCILE_SOCKET tells the daemon
"""

from __future__ import annotations

import difflib
import json
import os
import re
import shlex
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import exchange
import table
from answers import Reader, Unreadable, escaped, is_harmful, lines
from corpus import Entry, corpus
from table import Row

HERE = Path(__file__).parent
PATIENCE = 30
FILE = re.compile(r"\{file(?::(\w*))?\}")


@dataclass
class Answer:
    """What a program did."""

    status: int
    out: bytes
    err: bytes


@dataclass
class Comparable:
    """An answer, with only what must be the same."""

    status: int
    told: list[str]
    cursor: str | None = None
    kept_cursor: str | None = None


class Program:
    """One of the two: how it is called, what its cursors and ids are, and how its answers are read."""

    def __init__(self, command: list[str], reader: Reader, cursors: list[str], ids: list[str]) -> None:
        self.command = command
        self.reader = reader
        self.cursors = cursors
        self.ids = ids

    def start(self, words: tuple[str, ...], row: Row, files: Path) -> tuple[subprocess.Popen[bytes], Path | None]:
        """Starts it; the other one runs at the same time."""
        words, kept = self.filled(words, files)
        environment = dict(os.environ, TZ=row.zone, LC_ALL="C.UTF-8")
        for name in ("PAGER", "RECONCILE_PAGER", "COLUMNS", "POSIXLY_CORRECT"):
            environment.pop(name, None)
        process = subprocess.Popen(
            self.command + list(words), env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.PIPE)
        return process, kept

    def filled(self, words: tuple[str, ...], files: Path) -> tuple[tuple[str, ...], Path | None]:
        """The words with this program's cursors, ids and files in the place of {cursor:7}, {id:7} and {file:7}."""
        kept = None
        result = []
        for word in words:
            word = re.sub(r"\{cursor:(\d+)\}", lambda found: self.cursors[int(found[1])], word)
            word = re.sub(r"\{id:(\d+)\}", lambda found: self.ids[int(found[1])], word)
            if found := FILE.search(word):
                kept = files / ("ours" if self.reader.is_ours else "theirs")
                kept.unlink(missing_ok=True)
                if found[1] is not None:
                    kept.write_text(self.cursors[int(found[1])] + "\n" if found[1].isdigit() else found[1])
                word = FILE.sub(str(kept), word)
            result.append(word)
        return tuple(result), kept

    def finish(self, process: subprocess.Popen[bytes], row: Row) -> Answer:
        """Waits for it; where the reader is to go away, reads only the first line."""
        if row.way == "closed":
            assert process.stdout and process.stderr
            line = process.stdout.readline()
            process.stdout.close()
            status, err = process.wait(PATIENCE), process.stderr.read()
            process.stderr.close()
            return Answer(status if status >= 0 else 128 - status, line, err)
        out, err = process.communicate(timeout=PATIENCE)
        return Answer(process.returncode if process.returncode >= 0 else 128 - process.returncode, out, err)

    def comparable(self, answer: Answer, row: Row, kept: Path | None) -> Comparable:
        if row.way == "status":
            # A failure that theirs explains, ours explains too; and only on stderr.
            return Comparable(answer.status, [f"{bool(answer.out)} on stdout"] + ["explained"] * bool(answer.err))
        if row.way == "closed":
            return Comparable(answer.status, [f"{bool(answer.out)} on stdout"])
        # Lengths in the export format are no text; all else is.
        out, cursor = self.reader.split_cursor(answer.out.decode(errors="surrogateescape"))
        told = (self.reader.records(out, row.way) if row.way in table.RECORDS
                else getattr(self.reader, row.way)(out))
        return Comparable(answer.status, told, cursor, self.kept_cursor(kept))

    def kept_cursor(self, file: Path | None) -> str | None:
        """The entry at which a cursor file points, or what else is in it."""
        if not file or not file.exists():
            return None
        text = file.read_text()
        return self.reader.entry_of_cursor(text).id if "t=" in text else text


class Oracle:
    """Both programs, and how the comparison went."""

    def __init__(self, ours: Program, theirs: Program, files: Path) -> None:
        self.ours = ours
        self.theirs = theirs
        self.files = files
        self.passed = 0
        self.failed = 0

    def compare(self, row: Row) -> None:
        started = [(program, *program.start(words, row, self.files))
                   for program, words in ((self.ours, row.ours), (self.theirs, row.theirs))]
        problem: list[str]
        try:
            answers = [(program, program.finish(process, row), kept) for program, process, kept in started]
            problem = self.refusal(answers[0][1]) if row.way == "refused" else self.difference(row, answers)
        except (Unreadable, ValueError, KeyError, IndexError) as error:
            problem = [f"can't be read: {type(error).__name__} {error}"]
        except subprocess.TimeoutExpired as error:
            problem = [f"no end within {PATIENCE} s: {shlex.join(error.cmd)}"]
        finally:
            for _, process, _ in started:
                if process.poll() is None:
                    process.kill()
        self.count(f"commands.txt:{row.line}: {title(row)}", problem)

    def difference(self, row: Row, answers: list[tuple[Program, Answer, Path | None]]) -> list[str]:
        read = []
        for program, answer, kept in answers:
            try:
                read.append(program.comparable(answer, row, kept))
            except (Unreadable, ValueError, KeyError, IndexError) as error:
                who = "reconcile" if program is self.ours else "journalctl"
                said = answer.err.decode(errors="replace").strip()
                raise Unreadable(f"{who}'s answer: {error!r:.300} status {answer.status} {said:.200}") from error
        ours, theirs = read
        if row.is_reversed:
            theirs.told.reverse()
        theirs.told = theirs.told[:row.first]
        problem = []
        if ours.status != theirs.status:
            said = answers[0][1].err.decode(errors="replace").strip()
            problem.append(f"status {ours.status} instead of {theirs.status} {said:.200}".rstrip())
        if ours.told != theirs.told:
            problem.append(f"{len(ours.told)} instead of {len(theirs.told)}:")
            changed = difflib.unified_diff(theirs.told, ours.told, "journalctl", "reconcile", lineterm="", n=0)
            problem += [cut(one) for one in list(changed)[2:10]] or ["the same in another order"]
        if ours.cursor != theirs.cursor:
            problem.append(f"-- cursor: at {ours.cursor} instead of {theirs.cursor}")
        if ours.kept_cursor != theirs.kept_cursor and answers[1][2]:
            problem.append(f"the cursor file: at {ours.kept_cursor} instead of {theirs.kept_cursor}")
        return problem

    @staticmethod
    def refusal(ours: Answer) -> list[str]:
        """What has no meaning here is refused with one line."""
        said = ours.err.decode().splitlines()
        if ours.status == 1 and not ours.out and len(said) == 1:
            return []
        return [f"not refused with one line: status {ours.status}, {len(ours.out)} B, {said[:3]}"]

    def check_differences(self, rows: list[Row]) -> None:
        """What differs is documented, and what is documented differs."""
        met = {row.reason for row in rows if row.reason} | self.ours.reader.met | self.theirs.reader.met
        named = table.documented(HERE / "differences.md")
        self.count("differences.md", [f"{name} is not documented" for name in sorted(met - named)]
                   + [f"{name} is documented and doesn't differ" for name in sorted(named - met)])

    def count(self, name: str, problem: list[str]) -> None:
        if not problem:
            self.passed += 1
            return
        self.failed += 1
        print("\n      ".join([f"FAIL  {name}"] + problem))


def title(row: Row) -> str:
    zone = "" if row.zone == "Europe/Berlin" else f"TZ={row.zone} "
    words = f"{zone}log {shlex.join(row.ours)}"
    return words if row.ours == row.theirs else f"{words}   (journalctl {shlex.join(row.theirs)})"


def cut(line: str) -> str:
    line = escaped(line).replace("\n", "\\n")
    return line if len(line) <= 220 else line[:200] + f"… ({len(line)} characters)"


def answer_to(command: list[str]) -> str:
    return subprocess.run(
        command, check=True, capture_output=True, timeout=PATIENCE, env=dict(os.environ, TZ="UTC")).stdout.decode()


def journalctl(journal: str, entries: list[Entry]) -> Program:
    """Theirs, with what it hides of the texts that hold control characters."""
    command = ["journalctl", "--no-pager", "--file", journal]
    reader = Reader(entries, is_ours=False)
    for entry in entries:
        if not any(is_harmful(ord(char)) or char == "\uffff" for char in entry.message):
            continue
        (seen,) = reader.short(answer_to(command + ["ENTRY_ID=" + entry.id]))
        shown = seen[reader.prefix.match(seen).end():].replace("\n    ", "\n")
        wanted = escaped(entry.message).replace("\t", " " * 8)
        if shown != wanted:
            assert shown not in reader.hidden, f"two texts are hidden behind {shown}"
            reader.hidden[shown] = wanted
    exported = answer_to(command + ["-o", "export", "--output-fields=KIND"])
    cursors = re.findall(r"^__CURSOR=(.*)$", exported, re.MULTILINE)
    assert len(cursors) == len(entries), f"the journal file has {len(cursors)} entries instead of {len(entries)}"
    return Program(command, reader, cursors, [entry.id for entry in entries])


def reconcile(program: str, entries: list[Entry]) -> Program:
    """Ours, with the ids and cursors that the entries have in its journal."""
    command = [program, "log"]
    records = [json.loads(line) for line in lines(answer_to(command + ["-o", "json"]))]
    ids = matched(records, entries)
    reader = Reader(entries, is_ours=True, ids={ids[entry.id]: entry.id for entry in entries if entry.id in ids})
    missing = [entry.id for entry in entries if entry.id not in ids]
    if missing or len(records) != len(entries):
        sys.exit(f"the journal has {len(records)} entries instead of {len(entries)}; missing: {missing[:5]}")
    return Program(command, reader, [record["__CURSOR"] for record in records], [ids[entry.id] for entry in entries])


def matched(records: list[dict[str, str]], entries: list[Entry]) -> dict[str, str]:
    """The corpus's ids with the journal's: no two entries have the same time."""
    by_time = {record["__REALTIME_TIMESTAMP"]: record["ENTRY_ID"] for record in records}
    return {entry.id: by_time[str(entry.time)] for entry in entries if str(entry.time) in by_time}


def compare(program: str, journal: str) -> int:
    entries = corpus()
    rows = table.read(HERE / "commands.txt")
    begin = time.monotonic()
    with tempfile.TemporaryDirectory() as files:
        oracle = Oracle(reconcile(program, entries), journalctl(journal, entries), Path(files))
        for row in rows:
            oracle.compare(row)
        oracle.check_differences(rows)
    print(f"{len(entries)} entries, {len(rows)} command lines, {time.monotonic() - begin:.1f} s")
    print(f"{oracle.passed} passed, {oracle.failed} failed")
    return 1 if oracle.failed else 0


def main(arguments: list[str]) -> int:
    match arguments:
        case ["journal"]:
            sys.stdout.buffer.write(exchange.journal(corpus()))
        case ["import", number, log]:
            records = [json.loads(line) for line in lines(Path(log).read_text())]
            sys.stdout.write(exchange.imported(corpus(), int(number), matched(records, corpus())))
        case ["compare", program, journal]:
            return compare(program, journal)
        case _:
            print(__doc__, file=sys.stderr)
            return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
