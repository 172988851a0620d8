"""Checks completion in the shells themselves: what they offer, and what a person would run by it."""

from __future__ import annotations

import os
import socket
import subprocess
import time
import unicodedata
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from shells import Shell, fish
from world import DEVICE, DRAFT, TAGS, TITLES, TRAP, UNSEEMLY

Check = Callable[[str, bool, object], None]

# What is typed, and the words that it comes to with TAB.
ONE = [
    ("reconcile dev", ["devices"]),
    ("reconcile rift sho", ["rift", "show"]),
    ("reconcile help bund", ["help", "bundle"]),
    ("reconcile bundle create --ev", ["bundle", "create", "--everything"]),
    ("reconcile log --rev", ["log", "--reverse"]),
    ("reconcile log -n 5 --no-tr", ["log", "-n", "5", "--no-tr"]),
    ("reconcile log -n 5 --no-ta", ["log", "-n", "5", "--no-tail"]),
    ("reconcile log --vacuum-s", ["log", "--vacuum-s"]),
    ("reconcile log -o short-iso-", ["log", "-o", "short-iso-precise"]),
    ("reconcile log --output=json-se", ["log", "--output=json-seq"]),
    ("reconcile log --color=al", ["log", "--color=always"]),
    ("reconcile log -t hur", ["log", "-t", "hurt"]),
    ("reconcile log -thur", ["log", "-thurt"]),
    ("reconcile log -rt hur", ["log", "-rt", "hurt"]),
    ("reconcile log --exclude-identifier=hur", ["log", "--exclude-identifier=hurt"]),
    ("reconcile log -u Dad", ["log", "-u", "Dad's toolbox"]),
    ("reconcile log -u 'Dad", ["log", "-u", "Dad's toolbox"]),
    ('reconcile log -u "Dad', ["log", "-u", "Dad's toolbox"]),
    ("reconcile log -fu Dad\\'s\\ t", ["log", "-fu", "Dad's toolbox"]),
    ("reconcile log --rift=end:", ["log", "--rift=end:~root"]),
    ("reconcile log -u Only", ["log", "-u", DRAFT]),
    ("reconcile log --tag work", ["log", "--tag", TAGS[1]]),
    ("reconcile log --facility='$", ["log", f"--facility={TAGS[0]}"]),
    ("reconcile log -M '$", ["log", "-M", DEVICE]),
    ("reconcile log --author Ma", ["log", "--author", "Mara"]),
    ("reconcile log KIND=hur", ["log", "KIND=hurt"]),
    ("reconcile log KIND=hurt + AUTHOR=Ma", ["log", "KIND=hurt", "+", "AUTHOR=Mara"]),
    ("reconcile log -- KIND!=hur", ["log", "--", "KIND!=hurt"]),
    ("reconcile log RIFT_TITLE=a:", ["log", "RIFT_TITLE=a: b"]),
    ("reconcile log -F RIFT_T", ["log", "-F", "RIFT_TITLE"]),
    ("reconcile log --output-fields=KIND,AUT", ["log", "--output-fields=KIND,AUTHOR"]),
    ("reconcile log --cursor-file=with", ["log", "--cursor-file=with blank"]),
    ("reconcile export --to with", ["export", "--to", "with blank"]),
    ("reconcile export --format m", ["export", "--format", "md"]),
    ("reconcile import --format jr", ["import", "--format", "jrnl"]),
    ("reconcile import with", ["import", "with blank"]),
    ("reconcile rift show Dad", ["rift", "show", "Dad's toolbox"]),
    ("reconcile hurt --act x --rift Dad", ["hurt", "--act", "x", "--rift", "Dad's toolbox"]),
    # Drafts by their numbers; fish would also offer what begins with a D.
    ("reconcile hurt -r d1", ["hurt", "-r", "d1"]),
    ("reconcile share d", ["share", "d1"]),
    ("reconcile receive 77ab par", ["receive", "77ab", "partly"]),
    ("reconcile devices retire '$", ["devices", "retire", DEVICE]),
    ("reconcile init --device x", ["init", "--device", "x"]),
]
# Where every title is offered, before what is typed of one.
EVERYWHERE = [
    "reconcile log -u ", "reconcile log -u '", 'reconcile log -u "', "reconcile log --unit=",
    "reconcile log RIFT_TITLE=",
]


def is_seemly(text: str) -> bool:
    return not any(unicodedata.category(character) in ("Cc", "Cf", "Zl", "Zp") for character in text)


def check_completions(check: Check, programs: Path, completions: Path, directory: Path, address: Path) -> None:
    (directory / "with blank").touch()
    (directory / "home").mkdir()
    environment = {
        "PATH": f"{programs}:{os.environ['PATH']}", "HOME": str(directory / "home"), "LANG": "C.UTF-8",
        "RECONCILE_SOCKET": str(address),
    }
    run = subprocess.run(["reconcile", "log", "-F", "RIFT_TITLE"], env=environment, capture_output=True, text=True)
    titles = sorted({title for title in run.stdout.split("\n")[:-1] if is_seemly(title)})
    check("all titles are there", set(TITLES + [DRAFT]) <= set(titles), set(TITLES) - set(titles))
    silent = socket.socket(socket.AF_UNIX)
    silent.bind(str(directory / "silent"))
    silent.listen()
    # A shell waits most of the time: all of them at once. They begin before the threads, which don't go with fork.
    shells: list[Shell] = []
    asking: list[Callable[[], None]] = []
    for name in ["bash", "zsh"]:
        for line in ["", *EVERYWHERE]:
            shells.append(Shell(name, directory, completions, environment))
            asking.append(lambda shell=shells[-1], line=line: check_shell(check, shell, line, titles))
    asking.append(lambda: check_fish(check, directory, completions, environment, titles))
    # Where no daemon answers, or one does and then says nothing, what is known is completed, quietly and soon.
    for what in ["none", "silent"]:
        without = environment | {"RECONCILE_SOCKET": str(directory / what)}
        for name in ["bash", "zsh"]:
            shells.append(Shell(name, directory, completions, without))
            asking.append(lambda shell=shells[-1]: check_alone(check, shell, address))
        asking.append(lambda without=without: check_fish_alone(check, directory, completions, without, address))
    with ThreadPoolExecutor(len(asking)) as threads:
        for result in [threads.submit(ask) for ask in asking]:
            result.result()
    for shell in shells:
        shell.end()
    silent.close()
    for title in UNSEEMLY:
        check(f"{title!r} is not offered", title not in titles, "")
    traps = [path for place in [directory, directory / "home"] for path in place.glob(TRAP + "*")]
    check("nothing that people wrote was run", not traps, traps)


def check_shell(check: Check, shell: Shell, line: str, titles: list[str]) -> None:
    """Tries all titles behind a line, or each of the single completions."""
    for single, words in [] if line else ONE:
        found = shell.words(single + "\t")
        check(f"{shell.name} completes {single}", found == words, found)
    if line:
        found = sorted(words[-1] for words in shell.all(line, len(titles)))
        wanted = sorted(before(line) + title for title in titles)
        check(f"{shell.name} offers all titles behind {line}", found == wanted, set(found) ^ set(wanted))
    check(f"{shell.name} sends no one's escapes to the terminal", b"\x1b[31m" not in shell.screen, "")


def before(line: str) -> str:
    """What stands before a title in the same word."""
    return line.split()[-1] if line.endswith("=") else ""


def check_fish(
    check: Check, directory: Path, completions: Path, environment: dict[str, str], titles: list[str]
) -> None:
    for line, words in ONE:
        found, errors = fish(line, directory, completions, environment)
        # What is whole already, or fits nothing, needs no offer.
        is_right = found == [words[-1]] or line.endswith(words[-1]) and not found
        check(f"fish completes {line}", is_right and not errors, (found, errors))
    for line in EVERYWHERE:
        found, errors = fish(line, directory, completions, environment)
        wanted = sorted(before(line) + title for title in titles)
        is_right = sorted(found) == wanted and not errors
        check(f"fish offers all titles behind {line}", is_right, (set(found) ^ set(wanted), errors))


def check_alone(check: Check, shell: Shell, address: Path) -> None:
    begin = time.monotonic()
    found = shell.words("reconcile log -u Dad\t")
    check(f"{shell.name} is not held up", found[-1] == "Dad" and time.monotonic() - begin < 6, found)
    found = shell.words("reconcile log --rev\t")
    check(f"{shell.name} knows options", found == ["log", "--reverse"], found)
    found = shell.words(f"reconcile log --socket={address} -t hur\t")
    check(f"{shell.name} asks the daemon that is named", found[-1] == "hurt", found)
    check(f"{shell.name} shows no errors", b"no daemon" not in shell.screen, shell.screen[-300:])


def check_fish_alone(
    check: Check, directory: Path, completions: Path, environment: dict[str, str], address: Path
) -> None:
    begin = time.monotonic()
    found, errors = fish("reconcile log -u Dad", directory, completions, environment)
    check("fish is not held up", not found and not errors and time.monotonic() - begin < 6, errors)
    found, _ = fish(f"reconcile log --socket {address} -t hur", directory, completions, environment)
    check("fish asks the daemon that is named", found == ["hurt"], found)
