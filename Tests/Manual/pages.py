"""Checks that the manual pages are whole, right and well formed."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

Check = Callable[[str, bool, object], None]


def check_pages(check: Check, root: Path, programs: Path, pages: Path, again: Path) -> None:
    texts = {path.name: rendered(path) for path in sorted(pages.glob("man*/*"))}
    names = ["reconcile-log.1", "reconcile.1", "reconciled.8", "reconciled.yaml.5"]
    check("all pages are there", sorted(texts) == names, sorted(texts))
    for path in sorted(pages.glob("man*/*")):
        check_form(check, path, texts[path.name], again)
    check_commands(check, programs, texts)
    check_words(check, root, programs, texts)


def rendered(path: Path) -> str:
    run = subprocess.run(
        ["man", "-P", "cat", "-l", path], capture_output=True, text=True,
        env={"PATH": "/usr/bin:/bin", "LANG": "C.UTF-8", "MANWIDTH": "80", "MAN_KEEP_FORMATTING": ""})
    return re.sub(r".\x08", "", run.stdout)


def check_form(check: Check, path: Path, text: str, again: Path) -> None:
    name = path.name
    groff = ["groff", "-man", "-ww", "-z", "-Tutf8", path]
    for words in [groff, ["man", "--warnings=w", "-l", path], ["lexgrog", path]]:
        run = subprocess.run(words, capture_output=True, text=True, env={"PATH": "/usr/bin:/bin", "LANG": "C.UTF-8"})
        check(f"{words[0]} has nothing to say against {name}", run.returncode == 0 and not run.stderr, run.stderr)
    long = [line for line in text.splitlines() if len(line) > 80]
    check(f"{name} fits a terminal", bool(text) and not long, long)
    check(f"{name} is the same each time", path.read_bytes() == (again / path.parent.name / name).read_bytes(), "")
    check(f"nothing in {name} was left to be put in", not re.search(r"@[A-Za-z][-A-Za-z ]*@", text), "")
    for section in ["NAME", "SYNOPSIS", "DESCRIPTION", "EXAMPLES", "SEE ALSO"]:
        check(f"{name} has {section}", re.search(f"^{section}$", text, re.MULTILINE) is not None, "")


def commands(dump: dict, path: str) -> Iterator[tuple[str, dict]]:
    yield path, dump
    for below in dump.get("subcommands", []):
        yield from commands(below, f"{path} {below['commandName']}")


def output(program: Path, *words: str) -> str:
    return subprocess.run([program, *words], capture_output=True, text=True, check=True).stdout


def tells(text: str, word: str) -> bool:
    return re.search(rf"(?<![\w-]){re.escape(word)}(?![\w-])", text) is not None


def check_commands(check: Check, programs: Path, texts: dict[str, str]) -> None:
    page = texts["reconcile.1"]
    dump = json.loads(output(programs / "reconcile", "--experimental-dump-help"))["command"]
    for path, command in commands(dump, "reconcile"):
        if path != "reconcile":
            check(f"`{path}` has an entry", re.search(rf"^ {{7}}{path}( |$)", page, re.MULTILINE) is not None, "")
        for argument in command.get("arguments", []):
            for name in argument.get("names", []):
                if name["kind"] == "long":
                    check(f"{path} --{name['name']} is told", tells(page, f"--{name['name']}"), "")
    for command, name in [("log", "reconcile-log.1"), ("export", "reconcile.1")]:
        groups = json.loads(output(programs / "reconcile", command, "--dump-options"))
        for option in [option for group in groups for option in group["options"]]:
            # What is chosen by `export` is told with `log`.
            text = texts[name] + texts["reconcile-log.1"]
            check(f"{command} --{option['long']} is told", tells(text, f"--{option['long']}"), "")
            for word in option.get("words", []):
                check(f"{command} --{option['long']} {word} is told", tells(text, word), "")


def check_words(check: Check, root: Path, programs: Path, texts: dict[str, str]) -> None:
    log = texts["reconcile-log.1"]
    fields = re.findall(r': "(_*[A-Z][A-Z_]*)"$', (root / "Sources/Query/LogField.swift").read_text(), re.MULTILINE)
    check("there are fields", len(fields) > 30, fields)
    for field in fields:
        check(f"the field {field} is told", tells(log, field), "")
    for kind in re.findall(r"^\S+$", output(programs / "reconcile", "log", "--list-catalog"), re.MULTILINE):
        check(f"the kind {kind} is told", re.search(rf"^ {{7}}{kind}( |$)", log, re.MULTILINE) is not None, "")
    for sources, text in [("ReconcileCLI", log + texts["reconcile.1"]), ("reconciled", texts["reconciled.8"])]:
        code = "".join(path.read_text() for path in (root / "Sources" / sources).rglob("*.swift"))
        for name in set(re.findall(r'environment\("([A-Z_]+)"\)', code)):
            check(f"{name} is told, which {sources} reads", tells(text, name), "")
    daemon = texts["reconciled.8"]
    for name in re.findall(r"^#?([a-z-]+):", (root / "config/reconciled.yaml").read_text(), re.MULTILINE):
        check(f"the setting {name} is told", tells(texts["reconciled.yaml.5"], name), "")
        check(f"--{name} is told", tells(daemon, f"--{name}"), "")
        variable = "RECONCILE_" + name.upper().replace("-", "_")
        check(f"{variable} is told", tells(daemon, variable), "")
    for name in re.findall(r"^  (--[a-z-]+)", output(programs / "reconciled", "--help"), re.MULTILINE):
        check(f"{name} is told", tells(daemon, name), "")
    sources = [root / "Sources/reconciled/Main.swift", root / "Sources/ReconcileDaemon/Daemon.swift"]
    code = "".join(path.read_text() for path in sources)
    for status in set(re.findall(r"exit\((\d+)\)|\", (\d+)\)", code)):
        status = "".join(status)
        check(f"status {status} is told", re.search(rf"^ {{7}}{status} ", daemon, re.MULTILINE) is not None, "")
