"""Asks the daemon the same in two ways: so that it may tell the first page at once, with its outcome in front, and so that
it can't, because a pattern is looked for that every text has. Both must answer the same.

  told_at_once.py SOCKET SEED QUERIES
"""
import random
import socket
import sys

path, seed, queries = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
chance = random.Random(seed)


def ask(target):
    client = socket.socket(socket.AF_UNIX)
    client.connect(path)
    client.sendall(f"GET {target} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".encode())
    answer = b""
    while piece := client.recv(1 << 16):
        answer += piece
    head, rest = answer.split(b"\r\n\r\n", 1)
    lines, body = head.decode().lower().split("\r\n"), b""
    if "transfer-encoding: chunked" in lines:
        while True:
            size, rest = rest.split(b"\r\n", 1)
            if int(size, 16) == 0:
                break
            body, rest = body + rest[: int(size, 16)], rest[int(size, 16) + 2 :]
        lines += rest.decode().lower().split("\r\n")
    else:
        body = rest
    assert lines[0].endswith("200 ok"), f"{target}: {lines[0]} {body[:200]}"
    outcome = {line.split(": ")[0]: line.split(": ")[1] for line in lines if line.startswith("entries-")}
    return body, outcome, "transfer-encoding: chunked" in lines


def counts():
    return chance.choice([0, 1, 2, 10, 40, 999, 1000, 1001, 1500])


_, outcome, _ = ask("/entries?newest=1")
cursors = [outcome["entries-cursor"]]
at_once = 0
for number in range(queries):
    words = ["output=" + chance.choice(["short", "cat", "json", "export", "verbose", "prose"])]
    words += chance.choice([[], [f"newest={counts()}"], [f"oldest={counts()}"]])
    words += chance.choice([[], [], ["reverse=1"]])
    words += chance.choice([[], [], ["drafts=none"], ["drafts=only"], ["portable=1"]])
    words += chance.choice([[], [], ["kind=thanks"], ["not_kind=thanks"], ["since=2020-01-01"], ["until=2024-01-01"]])
    words += chance.choice([[], [f"{chance.choice(['cursor', 'after_cursor'])}={chance.choice(cursors)}"]])
    target = "/entries?" + "&".join(words)
    mine, streamed = ask(target), ask(target + "&grep=.")
    assert mine[:2] == streamed[:2], f"seed {seed}, query {number}: {target} says {mine[1]}, streamed {streamed[1]}"
    at_once += not mine[2]
    if "entries-cursor" in mine[1]:
        cursors.append(mine[1]["entries-cursor"])
assert 0 < at_once < queries, f"{at_once} of {queries} were told at once"
print(f"{queries} queries answered alike, {at_once} of them at once")
