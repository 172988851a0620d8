"""Makes a plain backup of someone else's making, with the right digests: foreign.py WHAT BACKUP OUT

WHAT is what was done to it: a trigger in its database, other words in an entry, a name that is none, or
pages of zeros.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
import struct
import sys
import tempfile
from pathlib import Path

MAGIC, CHUNK = b"reconcile backup 1\n", 65_536
what, source, target = sys.argv[1:]
given = Path(source).read_bytes()
header, place, content = given[:len(MAGIC) + 18], len(MAGIC) + 18, b""
while place < len(given):
    (length,) = struct.unpack(">I", given[place + 1:place + 5])
    content += given[place + 5:place + 5 + length - 32]
    place += 5 + length

items, place = [], 0
while place < len(content):
    kind, length = struct.unpack(">BQ", content[place:place + 9])
    items.append([kind, content[place + 9:place + 9 + length]])
    place += 9 + length
with tempfile.TemporaryDirectory() as folder:
    file = Path(folder) / "journal.sqlite"
    file.write_bytes(items[-1][1])
    database = sqlite3.connect(file)
    if what == "trigger":
        database.execute("CREATE TRIGGER mine AFTER INSERT ON event BEGIN DELETE FROM body; END")
    if what == "words":
        event, words = database.execute("SELECT event, bytes FROM body ORDER BY event LIMIT 1").fetchone()
        database.execute("UPDATE body SET bytes = ? WHERE event = ?", (words[:-1] + bytes([words[-1] ^ 1]), event))
    database.commit()
    database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    database.close()
    items[-1][1] = file.read_bytes()
    if what == "pages":
        items[-1][1] = items[-1][1][:8192] + bytes(65_536) + items[-1][1][8192 + 65_536:]

if what == "name":
    manifest = json.loads(items[0][1])
    manifest["deviceName"] = "home\x1b[2J"
    items[0][1] = json.dumps(manifest).encode()
content = b"".join(struct.pack(">BQ", kind, len(data)) + data for kind, data in items)
pieces = [content[start:start + CHUNK] for start in range(0, len(content), CHUNK)]
with open(target, "wb") as out:
    out.write(header)
    for number, piece in enumerate(pieces):
        last = bytes([number == len(pieces) - 1])
        digest = hashlib.sha256(header + struct.pack(">Q", number) + last + piece).digest()
        out.write(last + struct.pack(">I", len(piece) + 32) + piece + digest)
