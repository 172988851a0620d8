"""Writing at a terminal: each kind question by question, and what was typed when something comes between.

Run by scripts/terminal-test with the program, the sockets of both, a directory for what goes on, that of the transcripts,
and a command that starts and stops Joon's daemon."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import journal
from journal import Person, check
from terminal import Terminal

RECONCILE, JOON, MARA, KEPT, GOLDEN, DAEMON = sys.argv[1:7]
joon = Person(RECONCILE, JOON, Path(KEPT) / "joon", Path(GOLDEN))
mara = Person(RECONCILE, MARA, Path(KEPT) / "mara", Path(GOLDEN))
END = "keep it private"
LONG = "窓を開けて、雨の匂いがした。👩‍👩‍👧 Grüße aus der Küche. " * 90


def both() -> None:
    for person in (joon, mara):
        person.output("sync", "--wait")


def share(asked: Terminal) -> None:
    """At the last question: shares it, and agrees to what is shown."""
    asked.until("(Enter)?")
    asked.type("s\n")
    asked.until("keeps it as a draft.")
    asked.type("\n")


def keep_private(asked: Terminal) -> None:
    """At the last question: keeps it."""
    asked.until("(Enter)?")
    asked.type("\n")


# The first hurt of a journal: a rift is opened for it, and both go when it is shared.
asked = joon.at("hurt")
asked.answer("What shall you call this?", "Dad's toolbox")
asked.answer("as a camera would have it?", "On Tuesday you gave Dad's toolbox to the charity shop without asking me.")
asked.answer("What did it do to you?", "I found the empty shelf first. It was the last thing of his I still used.")
asked.answer("What do you ask for?", "Ask before anything of his leaves.")
asked.until("(Enter)?")
check("before anything is asked about sharing it is a draft", len(joon.drafts()) == 2)
check("and nothing unfinished is left", joon.unfinished() == [])
asked.type("s\n")
asked.until("keeps it as a draft.")
asked.type("\n")
check("it is shared", asked.ends() == 0 and "hurt, shared" in asked.screen, asked.screen)
joon.keep("hurt", asked)
both()

# The answers, at the other's, found by what they answer.
asked = mara.at("recognize")
asked.answer("Which hurt is it about?", "")
asked.answer("Tell it back", "It was how you still worked beside him, and I cleared it like clutter.")
asked.answer("Why does it make sense", "")
share(asked)
check("a recognition is shared", asked.ends() == 0, asked.screen)
mara.keep("recognize", asked)

asked = mara.at("amends")
asked.answer("Which hurt is it about?", "")
asked.answer("What did you do?", "I decided about something that wasn't mine.")
asked.answer("How is it for you now?", "I keep seeing the shelf. I'm sorry.")
asked.answer("What will you put right?", "The shop is holding the plane; I'll fetch it Monday.")
asked.answer("By when?", "10 Mar")
asked.answer("What will be different?", "")
asked.until("(Enter)?")
asked.type("h\n")
asked.answer("Until when?", "yesterday")
asked.until("that is over: yesterday")
asked.type("3s\r")
asked.until("keeps it as a draft.")
asked.type("\n")
check("an amends is held", asked.ends() == 0 and "will be shared on" in asked.screen, asked.screen)
mara.keep("amends-held", asked)
check("a held one is a draft", [draft["kind"] for draft in mara.drafts()] == ["amends"])
for _ in range(200):
    if mara.entries("amends"):
        break
    time.sleep(0.1)
check("a held one is shared by itself", len(mara.entries("amends")) == 1 and mara.drafts() == [])
both()
check("and comes to the other", len(joon.entries("amends")) == 1)

asked = joon.at("receive")
asked.until("Which answer is it about?")
asked.type("1\r")
asked.answer("Has this reached you?", "partly")
asked.answer("like to say to it?", "Let me come. I'd like to carry it.")
asked.answer("What do you still need?", "")
share(asked)
# Whoever answers without having looked is shown first what is new.
asked.until("all the same?")
asked.type("y\n")
check("a receipt is shared", asked.ends() == 0 and "receipt, shared" in asked.screen, asked.screen)
joon.keep("receive", asked)
both()
check("it says partly", joon.entries("receipt")[0]["CHOICE"] == "partly")

asked = mara.at("kept")
asked.answer("Which promise of yours?", "")
asked.answer("What did you do?", "We went together. The plane, two chisels, his pencil stub.")
keep_private(asked)
check("what was kept can be kept private", asked.ends() == 0 and "stays on this device" in asked.screen, asked.screen)
mara.keep("kept-promise", asked)

asked = joon.at("reflect")
asked.answer("Which rift does it belong to?", "1")
asked.answer("Which piece of this was yours?", "I used the silence so you'd feel some of it.")
asked.answer("What did your piece do?", "")
asked.answer("What old thing was in the room", "At home nobody said a thing was precious. You were meant to know.")
asked.answer("to a friend who had done the same?", "")
asked.until("(Enter)?")
asked.type("s\n")
asked.until("Stays with you: underneath.")
asked.until("keeps it as a draft.")
asked.type("underneath\n")
asked.until("underneath:")
asked.until("keeps it as a draft.", times=2)
asked.type("n\n")
check("shown again with what was chosen, and put by", asked.ends() == 0 and "Not shared." in asked.screen, asked.screen)
joon.keep("reflect", asked)

asked = joon.at("reflect")
asked.answer("Which rift does it belong to?", "1")
asked.answer("Which piece of this was yours?", "")
asked.answer("None of it was yours?", "y")
for question in ("What did your piece do?", "What old thing", "to a friend"):
    asked.answer(question, "")
keep_private(asked)
check("none of it is a full answer", asked.ends() == 0 and joon.drafts()[-1]["fields"] == [{"name": "none-here", "text": "yes"}],
      asked.screen)

asked = joon.at("account")
asked.answer("Which rift does it belong to?", "1")
asked.answer("What did you feel?", "tired, far away")
asked.answer("from where you stood?", "I came home late.")
keep_private(asked)
asked.ends()
check("words with commas are several", [field["text"] for field in joon.drafts()[-1]["fields"]] == ["tired", "far away", "I came home late."])
joon.keep("account", asked)

for command, question, kind in (("thanks", "What for?", "thanks"), ("reply", "What do you want to say?", "reply")):
    asked = joon.at(command)
    asked.answer(question, "For the soup.")
    keep_private(asked)
    check(f"{command} is kept", asked.ends() == 0 and joon.drafts()[-1]["kind"] == kind, asked.screen)

asked = joon.at("let-be")
asked.answer("Which hurt of yours?", "")
asked.answer("Why, if you like?", "")
keep_private(asked)
check("a hurt can be let be without a word", asked.ends() == 0 and joon.drafts()[-1]["kind"] == "let_be", asked.screen)

asked = joon.at("note")
asked.answer("it stays on this device.", "Why did that sting?")
check("nobody is asked to share a note", asked.ends() == 0 and "for yourself" in asked.screen, asked.screen)
joon.keep("note", asked)


# Reworded, with what stands there; and left at the last question, where it is a draft already.
asked = joon.at("revise", joon.entries("hurt")[0]["ENTRY_ID"][:8])
asked.until("without asking me.")
asked.type("\x7f, and I was at work.\r")
asked.answer("What did it do to you?", "")
asked.answer("What do you ask for?", "")
check("an entry is reworded", asked.ends() == 0 and "shared" in asked.screen, asked.screen)
joon.keep("revise", asked)
check("by what was typed", "without asking me, and I was at work." in joon.output("log", "-o", "cat"))
asked = joon.at("rift", "title", "Dad's toolbox")
asked.answer("What shall you call this?", "The toolbox")
check("a rift is called something else", asked.ends() == 0 and "The toolbox" in joon.output("rift", "list"), asked.screen)
asked = joon.at("rest", "The toolbox")
asked.until("Lay this down together?")
asked.type("n\n")
check("and is not laid down unasked", asked.ends() == 1 and "Laid down" not in joon.output("rift", "show", "The toolbox"), asked.screen)
asked = joon.at("thanks")
asked.answer("What for?", "For nothing.")
asked.until("(Enter)?")
asked.type("\x03")
check("Ctrl-C at the last question ends it", asked.ends() == 130, asked.screen)
check("and it is a draft", joon.drafts()[-1]["fields"][0]["text"] == "For nothing.")
joon.output("rift", "title", "The toolbox", "Dad's toolbox")

# --- What was typed is safe

def resumed(words: str) -> None:
    """What was typed is offered, and goes on."""
    again = joon.at("note")
    again.until("Go on with it?")
    again.type("\r")
    again.until(words.split(" ")[-1], times=2)
    again.type(" And on.\r")
    check("it goes on", again.ends() == 0, again.screen)
    check("as it was", joon.drafts()[-1]["fields"][0]["text"] == words + " And on.", str(joon.drafts()[-1]))
    check("and nothing unfinished is left", joon.unfinished() == [])


asked = joon.at("note")
asked.until("it stays on this device.")
asked.type("Half a thought")
asked.until("Half a thought")
asked.type("\x03")
check("Ctrl-C ends it", asked.ends() == 130 and "goes on with it" in asked.screen, asked.screen)
joon.keep("interrupted", asked)
check("what is unfinished is for its person alone", (joon.unfinished()[0].stat().st_mode & 0o777) == 0o600)
check("the glance tells of it", "Begun and not finished: reconcile note" in joon.output())
resumed("Half a thought")

asked = joon.at("note")
asked.until("it stays on this device.")
asked.type("The window went")
asked.until("The window went")
asked.close()
resumed("The window went")

asked = joon.at("note")
asked.until("it stays on this device.")
asked.type("Told to end")
asked.until("Told to end")
check("SIGTERM ends it", asked.kill(signal.SIGTERM) == 143)
resumed("Told to end")

asked = joon.at("note")
asked.until("it stays on this device.")
asked.type("Killed after a pause")
asked.until("Killed after a pause")
for _ in range(100):
    if joon.unfinished():
        break
    time.sleep(0.1)
asked.kill(signal.SIGKILL)
resumed("Killed after a pause")

asked = joon.at("note")
asked.until("it stays on this device.")
asked.type("\x03")
check("nothing typed leaves nothing", asked.ends() == 130 and joon.unfinished() == [], asked.screen)

subprocess.run([DAEMON, "stop"], check=True)
asked = joon.at("note")
asked.answer("it stays on this device.", "While it was down")
check("a daemon that is down loses nothing", asked.ends() == 1 and "goes on with it" in asked.screen, asked.screen)
joon.keep("no-daemon", asked)
check("from a pipe neither", "is kept" in joon.output("thanks", "-m", "For the tea."))
subprocess.run([DAEMON, "start"], check=True)
asked = joon.at("note")
asked.until("Go on with it?")
asked.type("\r")
check("what is whole is only handed over", asked.ends() == 0 and joon.drafts()[-1]["fields"][0]["text"] == "While it was down",
      asked.screen)
asked = joon.at("thanks")
asked.until("Go on with it?")
asked.type("d\r")
asked.answer("What for?", "For the lamp.")
keep_private(asked)
check("what was thrown away is gone", asked.ends() == 0 and joon.unfinished() == [] and "tea" not in joon.output("drafts"), asked.screen)

# Whatever isn't plainly "throw it away" throws nothing away; and what was refused can be said again, about something else.
asked = joon.at("note")
asked.until("it stays on this device.")
asked.type("Half\x03")
asked.ends()
asked = joon.at("note")
asked.until("Go on with it?")
asked.type("don't know\r")
asked.until("Go on with it?", times=2)
asked.type("\r")
asked.until("Half", times=2)
asked.type(" and whole\r")
check("nothing was thrown away", asked.ends() == 0 and joon.drafts()[-1]["fields"][0]["text"] == "Half and whole", asked.screen)
check("a refused one is kept", "is kept" in joon.output("hurt", "--rift", "nope", "--act", "You went.", "--impact", "I waited."))
asked = joon.at("hurt")
asked.until("Go on with it?")
asked.type("\r")
asked.answer("Which rift does it belong to?", "1")
for question in ("as a camera would have it?", "What did it do to you?", "What do you ask for?"):
    asked.answer(question, "")
keep_private(asked)
check("and gets another rift", asked.ends() == 0 and [field["text"] for field in joon.drafts()[-1]["fields"]] == ["You went.", "I waited."],
      asked.screen)

# Typed faster than asked: nothing is lost, and nothing that can't be undone is answered by it.
asked = joon.at("thanks")
asked.type("For the fish.\rs\r\r\r")
asked.until("keeps it as a draft.")
time.sleep(0.3)
check("an Enter typed before shares nothing", joon.drafts()[-1]["fields"][0]["text"] == "For the fish.", asked.screen)
asked.type("\x03")
check("and Ctrl-C ends it there", asked.ends() == 130 and joon.drafts()[-1]["fields"][0]["text"] == "For the fish.", asked.screen)
asked = joon.at("hurt", "--rift", "Dad's toolbox")
asked.until("as a camera would have it?")
asked.type("You sang.\rI laughed.\r\r")
keep_private(asked)
check("answers typed ahead are answers", asked.ends() == 0 and [field["text"] for field in joon.drafts()[-1]["fields"]] == ["You sang.", "I laughed."],
      asked.screen)

# Without a daemon the words come first, and what they belong to later.
subprocess.run([DAEMON, "stop"], check=True)
asked = joon.at("hurt")
asked.until("No daemon answers.")
asked.answer("as a camera would have it?", "You slept.")
asked.answer("What did it do to you?", "I cooked.")
asked.answer("What do you ask for?", "")
check("it is kept", asked.ends() == 1 and len(joon.unfinished()) == 1, asked.screen)
subprocess.run([DAEMON, "start"], check=True)
asked = joon.at("hurt")
asked.until("Go on with it?")
asked.type("\r")
asked.answer("Which rift does it belong to?", "1")
for question in ("as a camera would have it?", "What did it do to you?", "What do you ask for?"):
    asked.answer(question, "")
keep_private(asked)
check("and goes on when there is one", asked.ends() == 0 and joon.unfinished() == [], asked.screen)

# A question that has to be answered, and was not.
asked = joon.at("hurt", "--rift", "Dad's toolbox")
asked.answer("as a camera would have it?", "You left.")
asked.answer("What did it do to you?", "")
asked.answer("What do you ask for?", "")
check("it says what is missing, and keeps the rest", asked.ends() == 1 and "impact is missing" in asked.screen, asked.screen)
for one in joon.unfinished():
    one.unlink()


# --- The keys, the terminal, the editor

asked = joon.at("note", columns=40)
asked.until("it stays on this device.")
asked.paste("first line\r\nsecond line\r\n" + LONG)
asked.until("Küche.")
asked.type("\x01\x1b[A\x1b[B\x05\x17\x17the end\r")
check("a long text in several scripts is whole", asked.ends() == 0, asked.screen[-2000:])
text = joon.drafts()[-1]["fields"][0]["text"]
check("as it was pasted, but for what was deleted behind it",
      text == ("first line\nsecond line\n" + LONG).rstrip().removesuffix("der Küche.") + "the end", text[-200:])

asked = joon.at("note", columns=40)
asked.until("it stays on this device.")
asked.type("窓を開けて雨の匂いがした。" * 3 + "👩‍👩‍👧 é and words that go on")
asked.until("go on")
asked.resize(60)
asked.type(" and on")
asked.until("and on")
asked.resize(40)
asked.type("\x0c")
asked.until("and on")
asked.type(" for ever\r")
check("another width changes nothing", asked.ends() == 0 and joon.drafts()[-1]["fields"][0]["text"].endswith("go on and on for ever"),
      asked.screen)
joon.keep("narrow", asked)

asked = joon.at("note", NO_COLOR="1")
asked.answer("it stays on this device.", "Plain.")
check("NO_COLOR is heard", asked.ends() == 0 and asked.drawn.styles == 0, asked.screen)
asked = joon.at("note")
asked.answer("it stays on this device.", "Bold.")
check("and without it questions stand out", asked.ends() == 0 and asked.drawn.styles > 0)
asked = joon.at("note", TERM="dumb")
asked.answer("it stays on this device.", "Dumb.", end="\n")
check("a terminal that can't draw takes lines", asked.ends() == 0 and joon.drafts()[-1]["fields"][0]["text"] == "Dumb.", asked.screen)

editor = Path(KEPT) / "editor"
editor.write_text("#!/bin/sh\nstat -c '%a %n' \"$1\" > \"$1.seen\"; mv \"$1.seen\" " + f"{KEPT}/seen\n" + "sed -i '1s/$/ and more\\n# a heading/' \"$1\"\n")
editor.chmod(0o755)
asked = joon.at("note", EDITOR=str(editor))
asked.until("it stays on this device.")
asked.type("Begun\x18")
asked.until("# a heading")
asked.type("\r")
check("the editor goes on with what was typed", asked.ends() == 0 and joon.drafts()[-1]["fields"][0]["text"] == "Begun and more\n# a heading",
      asked.screen)
mode, path = (Path(KEPT) / "seen").read_text().split()
check("its file was for its person alone", mode == "600", mode)
check("and is gone", not os.path.exists(path))
asked = joon.at("note", EDITOR="false")
asked.until("it stays on this device.")
asked.type("Still here\x18")
asked.until("the editor")
asked.type(" and on\r")
check("an editor that fails takes nothing with it", asked.ends() == 0 and joon.drafts()[-1]["fields"][0]["text"] == "Still here and on",
      asked.screen)

# Words in arguments: one note, once.
asked = joon.at("note", "-m", "Typed in the shell.")
check("it is said where they lie", asked.ends() == 0 and "stay in your shell's history" in asked.screen, asked.screen)
asked = joon.at("note", "-m", "Typed again.")
check("once", asked.ends() == 0 and "history" not in asked.screen, asked.screen)

# One's own questions.
own = joon.kept / "config" / "reconcile"
own.mkdir(parents=True)
(own / "prompts").write_text("# German\nnote.text = Für dich; es bleibt auf diesem Gerät.\nnote.tekst = ?\n")
asked = joon.at("note")
asked.answer("es bleibt auf diesem Gerät.", "Gut.")
check("they are asked", asked.ends() == 0 and "For yourself" not in asked.screen, asked.screen)
check("a line that asks nothing is told", "prompts:3: no question is called that" in asked.screen.replace("\n", ""), asked.screen)
print(f"{journal.checked} passed, 0 failed")
