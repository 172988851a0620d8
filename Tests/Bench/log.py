"""Runs pairs of commands in turn, and prints the ratio of their times with what is promised of it.

The middle of several runs counts, and the first of each is left out: these machines are noisy, and the noise comes to
both. What takes milliseconds is run more often; --verify, which takes half a minute, once."""
import glob
import os
import statistics
import subprocess
import sys
import time

RECONCILE, JOURNAL, STORE = sys.argv[1:4]
RUNS = int(os.environ.get("RUNS", "5"))
SHORT = RUNS * 10


def took(words):
    start = time.perf_counter()
    subprocess.run(words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, stdin=subprocess.DEVNULL)
    return time.perf_counter() - start


def answers(words, may_be_empty=False):
    """That a command is measured which does what it is measured for: a refusal is fast."""
    ended = subprocess.run(words, stdout=subprocess.PIPE, stdin=subprocess.DEVNULL)
    if ended.returncode > may_be_empty or not (ended.stdout or may_be_empty):
        raise SystemExit(f"{' '.join(words)}: status {ended.returncode}, {len(ended.stdout)} bytes")


def day():
    """A day in the middle of it all."""
    first = subprocess.run(ours("-n", "+1", "-o", "short-unix"), capture_output=True, text=True).stdout.split(".")[0]
    last = subprocess.run(ours("-n", "1", "-o", "short-unix"), capture_output=True, text=True).stdout.split(".")[0]
    middle = (int(first) + int(last)) // 2
    return [f"--since=@{middle}", f"--until=@{middle + 86400}"]


def ours(*words):
    return [RECONCILE, "log", "--no-pager", *words]


def theirs(*words):
    return ["journalctl", "--file", JOURNAL, "--no-pager", *words]


def compare(name, words, promised, other=None, runs=RUNS):
    mine, their = [], []
    if runs > 1:
        took(ours(*words))
        took(theirs(*(other or words)))
    for _ in range(runs):
        mine.append(took(ours(*words)))
        their.append(took(theirs(*(other or words))))
    a, b = statistics.median(mine), statistics.median(their)
    verdict = "" if a / b <= promised else "   MISSED"
    print(f"{name:34} {a * 1000:9.1f} ms {b * 1000:9.1f} ms   ratio {a / b:5.2f}   promised {promised}{verdict}", flush=True)


print(f"{'':34} {'reconcile':>12} {'journalctl':>12}")
only = sys.argv[4:]


def wanted(name):
    return not only or any(word in name for word in only)


cases = [
    ("-n 10", ["-n", "10"], 0.25, None, SHORT),
    ("-n 10 AUTHOR=Mara KIND=hurt", ["-n", "10", "AUTHOR=Mara", "KIND=hurt"], 0.5, None, SHORT),
    ("-g zanz.bar", ["-g", "zanz.bar"], 0.5, None, RUNS),
    ("-g zanzibar", ["-g", "zanzibar"], 0.5, None, RUNS),
    ("-g 'pho.*zanz'", ["-g", "pho.*zanz"], 0.5, None, RUNS),
    ("-o json, everything", ["-o", "json"], 0.25, None, 3),
    ("-o cat, everything", ["-o", "cat"], 1, None, 3),
    ("-F RIFT", ["-F", "RIFT"], 0.1, None, RUNS),
    ("-F KIND", ["-F", "KIND"], 0.1, None, SHORT),
    ("--verify", ["--verify"], 0.5, None, 1),
]
for name, words, promised, other, runs in cases:
    if wanted(name):
        compare(name, words, promised, other, runs)
if wanted("day"):
    compare("one day by --since/--until", day(), 1, runs=SHORT)
# What no program can go below: one that does nothing, started and waited for.
if wanted("start"):
    starts = statistics.median([took(["/bin/true"]) for _ in range(SHORT + 1)][1:])
    print(f"{'starting /bin/true':34} {starts * 1000:9.1f} ms", flush=True)
# What prints a screenful, by whichever field: to be there before one notices.
screens = [
    [], ["-r"], ["-e", "-n", "40"], ["-n", "40", "-o", "prose"], ["-n", "40", "-o", "verbose"], ["-n", "40", "-o", "json"],
    ["-n", "40", "-o", "md"], ["-n", "+40"], ["-n", "40", "--me"], ["-n", "40", "--partner"], ["-n", "40", "AUTHOR=Mara"],
    ["-n", "40", "KIND=hurt"], ["-n", "40", "KIND=hurt", "+", "KIND=thanks"], ["-n", "40", "-t", "reflection"],
    ["-n", "40", "-T", "thanks"], ["-n", "40", "_DEVICE=laptop", "KIND=account"], ["-n", "40", "-g", "kitchen"],
    ["-n", "40", "-g", "kitchen.*letter"], ["-n", "40", "-g", "zanz.bar"], ["-n", "40", "TEXT=nothing"],
    ["-n", "40", "-u", "Rift 1-0"], ["-n", "40", "-u", "Rift *-0"], ["-F", "KIND"], ["-F", "RIFT"], ["-F", "AUTHOR"],
    ["-n", "40", "--since", "-30d"], ["-n", "40", "--until", "-3y"], ["--disk-usage"], ["--header"], ["-k"],
]
NOTHING = ["zanz.bar", "TEXT=nothing"]
if wanted("screens"):
    for words in screens:
        # A screen has about forty lines, and whoever sees it reads no further.
        run = [*ours(*words)] if words and words != ["-r"] else ["sh", "-c", f"{RECONCILE} log --no-pager {' '.join(words)} | head -n 40"]
        answers(run, may_be_empty=bool(words) and words[-1] in NOTHING)
        times = sorted(took(run) for _ in range(RUNS * 2))
        middle = statistics.median(times) * 1000
        print(f"{' '.join(words) or 'everything, from its beginning':44} {middle:7.1f} ms", "" if middle <= 50 else "  OVER 50 ms")
size = os.stat(STORE).st_blocks * 512
their = sum(os.stat(path).st_blocks * 512 for path in glob.glob(JOURNAL))
print(f"{'on disk':34} {size / 1e6:9.1f} MB {their / 1e6:9.1f} MB   ratio {size / their:5.2f}   promised 1.25")
