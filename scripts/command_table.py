"""What `reconcile` takes, read from the program: for the manual and for completion.

ArgumentParser tells of all commands but `log` and `export`, which tell of themselves (`--dump-options`).
"""

from __future__ import annotations

import json
import subprocess
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True)
class Values:
    """What can stand somewhere: a way to complete it, and what that way needs.

    any, file · words: these · field: the values of a field in the journal · name: the names of fields ·
    names: several of them, with commas · match: FIELD=VALUE · rift, draft, device, archive: what is called so
    """
    way: str = "any"
    words: tuple[str, ...] = ()


@dataclass(frozen=True)
class Option:
    long: str
    short: str | None
    argument: str | None
    help: str
    values: Values = Values()
    # The argument may be left out, and stands in the same word.
    is_loose: bool = False
    is_required: bool = False
    is_repeating: bool = False
    refusal: str | None = None


@dataclass(frozen=True)
class Place:
    """An argument that is known by its place."""
    name: str
    help: str
    values: Values
    is_required: bool
    is_repeating: bool


@dataclass
class Command:
    # The words that call it: ("rift", "show").
    path: tuple[str, ...]
    abstract: str
    discussion: str
    groups: list[tuple[str, list[Option]]] = field(default_factory=list)
    places: list[Place] = field(default_factory=list)
    commands: list[Command] = field(default_factory=list)
    # Which of these is meant where none is named.
    default: str | None = None

    @property
    def options(self) -> list[Option]:
        return [option for _, options in self.groups for option in options]

    def all(self) -> list[Command]:
        """This one, and all below it."""
        return [self] + [command for below in self.commands for command in below.all()]


# The commands' own options and places, by the names of their values: ArgumentParser knows no values.
KNOWN = {
    "rift": Values("rift"), "other": Values("rift"), "device": Values("device"), "drafts": Values("draft"),
    "entry": Values("draft"), "file": Values("file"), "socket": Values("file"),
    "reached": Values("words", ("not-yet", "partly", "enough")),
    "include": Values("words", ("underneath", "kindness")),
    "format": Values("words", ("export", "json", "jrnl")),
}
# `init --device` and `devices rename DEVICE NAME` make names; `reply` and `thanks` answer what is shared.
UNKNOWN = {(("init",), "device"), (("reply",), "entry"), (("thanks",), "entry")}


def run(program: Path, *words: str) -> str:
    return subprocess.run([program, *words], check=True, capture_output=True, text=True, timeout=60).stdout


def read(directory: Path) -> Command:
    """The command and all below it, as the programs in a directory tell of them."""
    program = directory / "reconcile"
    top = parsed(json.loads(run(program, "--experimental-dump-help"))["command"], ())
    names = tuple(command.path[-1] for command in top.commands)
    for command in top.commands:
        if command.path == ("help",):
            command.places = [Place("COMMAND", "", Values("words", names), False, True)]
        if command.path in [("log",), ("export",)]:
            dump = json.loads(run(program, *command.path, "--dump-options"))
            command.groups = [(group["title"], [own(row) for row in group["options"]]) for group in dump]
            command.places = [Place("MATCH", "", Values("match"), False, True)]
    return top


def parsed(dump: dict, path: tuple[str, ...]) -> Command:
    command = Command(
        path, dump.get("abstract", ""), dump.get("discussion", ""), default=dump.get("defaultSubcommand"))
    options = []
    for row in dump.get("arguments", []):
        if not row["shouldDisplay"]:
            continue
        name = row["valueName"]
        values = Values() if (path, name) in UNKNOWN else KNOWN.get(name, Values())
        is_required, is_repeating = not row["isOptional"], row["isRepeating"]
        if row["kind"] == "positional":
            command.places.append(
                Place(name.upper(), row.get("abstract", ""), values, is_required, is_repeating))
            continue
        names = {name["kind"]: name["name"] for name in row["names"]}
        argument = name.upper() if row["kind"] == "option" else None
        options.append(
            Option(
                names["long"], names.get("short"), argument, row.get("abstract", ""),
                values if argument else Values(), False, is_required, is_repeating))
    command.groups = [("", options)]
    command.commands = [
        parsed(below, path + (below["commandName"],)) for below in dump.get("subcommands", [])]
    return command


def own(row: dict) -> Option:
    """An option of `log` or `export`."""
    values = Values()
    if row.get("argument") == "FIELD":
        values = Values("name", tuple(row.get("words", ())))
    elif row.get("argument") == "LIST":
        values = Values("names")
    elif "words" in row:
        values = Values("words", tuple(row["words"]))
    elif "field" in row:
        values = Values("field", (row["field"],))
    elif row.get("isArchive"):
        values = Values("archive")
    elif row["isFile"]:
        values = Values("file")
    return Option(
        row["long"], row.get("short"), row.get("argument"), row["help"], values, row["isOptional"],
        is_repeating=True, refusal=row.get("refusal"))
