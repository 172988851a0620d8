"""The words of the corpus: plain ones made of a small vocabulary, and odd ones that programs stumble over."""

from __future__ import annotations

import random

VOCABULARY = """
    I you we she it the a that this was were had have not never again only still then when because before after about
    said heard saw left kept gave took asked waited wanted tried felt thought knew forgot came went stayed called wrote
    kitchen table door phone train letter garden money sister brother mother holiday dinner morning evening Tuesday
    Sunday March Berlin Lisbon workshop shelf toolbox pencil key coat dog cat piano window stairs car map photo
    angry hurt sad tired quiet afraid small warm late early cold alone sorry Sorry SORRY glad lighter softer slower
    listen promise silence question answer blame repair trust plan habit word sentence voice hand face back shoulder
    naïve café Zoë Überraschung señor façade smörgås
""".split()

FEELINGS = ["angry", "sad", "small", "passed over", "ashamed", "tired", "afraid", "numb", "jealous", "relieved"]
DAYS = ["10 Mar", "Sunday", "the end of June", "2025-11-01", "before Christmas"]

# What journalctl prints as it is, and so must we.
UNICODE = [
    "Combining: e\u0301 a\u0308\u0323 n\u0303 \u1100\u1161\u11a8 and precomposed é ä ñ 각",
    "Zalgo: h\u0335\u0321\u0328e\u0334\u0322\u031bl\u0338\u0327p\u0337\u0328",
    "Family: \U0001f469\u200d\U0001f469\u200d\U0001f467\u200d\U0001f466 flags: \U0001f1e9\U0001f1ea\U0001f1f0\U0001f1f7",
    "Skin: \U0001f44b\U0001f3fd heart: \u2764\ufe0f keycap: 1\ufe0f\u20e3",
    "漢字かな交じり文と한국어와 全角ＡＢＣ",
    "請先問我。\n第二行在這裡。\n第三行。",
    "שלום, זה היה הכלים של אבא",
    "مرحبا، كان ذلك صندوق أبي",
    "हिन्दी में क्षमा और ไทยไม่มีช่องว่าง",
    "Astral: \U00020bb7 \U0001d49c \U0001f9f0 private: \ue000 tag: \U000e0041",
    "Zero width: a\u200bb\u2060c\ufeffd soft\u00adhyphen nbsp\u00a0here narrow\u202fhere",
    "Quotes \"double\" 'single' `back` \\backslash\\ \\u0041 \\n / </script> & %s %n $HOME {} []",
    "Ligature ﬁ, long ſ, Turkish İıIi, German ß ẞ, Greek ΣΟΦΟΣ σοφος",
    "Replacement \ufffd and the last of the plane before: \ufffd",
]

BLANKS = [
    "  two leading blanks",
    "two trailing blanks  ",
    "a blank line follows\n\nand another two\n\n\nthen the end",
    "ends with a newline\n",
    "ends with two newlines\n\n",
    "\nbegins with a newline",
    "   \nonly blanks on the first line",
    "indented\n    by four\n        by eight\n\tby a tab",
    "one\n\t\ntab only in the middle",
    "tab\there, tab at the end\t",
]

# What a terminal would obey; no two are equally long, so that journalctl's "[18B blob data]" tells which it is.
CONTROLS = [
    "colour \x1b[31mred\x1b[0m and back",
    "title \x1b]0;owned\x07 set",
    "clear \x1b[2J\x1b[H screen",
    "bell \x07 rings more than once \x07",
    "carriage\rreturn hides the beginning",
    "back\x08\x08\x08space hides the beginning too",
    "delete \x7f and the rest of this line",
    "eight-bit \x9b31m control sequence here, C1",
    "next line \x85 is a control character of C1 too",
    "nul \x00 in the middle of a text, where C ends a string",
    "noncharacter \uffff, which systemd does not count as text at all",
    "first line is harmless\nthe second has \x1b[1mbold\x1b[0m\nthe third is harmless again",
    "first line is harmless\nthe second has a \x07 bell in it\nthe third is harmless again, though",
]

# Controls of direction: journalctl sends them, we show them.
DIRECTIONS = [
    "override \u202egnihtyna\u202c ends",
    "isolates \u2066left\u2069 \u2067right\u2069 \u2068first\u2069",
    "marks \u200e \u200f \u061c and embeddings \u202aa\u202c \u202bb\u202c",
    "separators: line\u2028paragraph\u2029end",
]

# The lines of the rift "narrow.service", for --no-full.
NARROW = [
    "short",
    "x" * 200,
    "one\ntwo",
    "one\ntwo\nthree\nfour\nfive",
    "word " * 30 + "end",
]


def long_texts() -> list[str]:
    """Texts around and over 4,096 bytes, where journalctl's JSON gives up, and one of 70,000."""
    line = "The longest line that anyone wrote here, number %d, and it goes on.\n"
    return [
        "a" * (4095 - len("MESSAGE=")),
        "b" * (4096 - len("MESSAGE=")),
        "c" * 4096,
        "d" * 5000,
        "漢" * 1400,
        "漢字" * 2100,
        "".join(line % number for number in range(80)).rstrip(),
        "".join(line % number for number in range(300)).rstrip(),
        "e\u0301" * 3000,
        "\U0001f9f0" * 1100,
        " ".join("word%d" % number for number in range(9000)),
    ]


def plain(rng: random.Random) -> str:
    """One to five lines, most often one."""
    lines = rng.choices([1, 2, 3, 5], [85, 8, 4, 3])[0]
    return "\n".join(" ".join(rng.choices(VOCABULARY, k=rng.randint(3, 16))) + "." for _ in range(lines))
