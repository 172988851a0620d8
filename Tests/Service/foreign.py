"""Makes a plain backup with a trigger of someone else's in its database: foreign.py BACKUP OUT. The digests are right."""

from __future__ import annotations

import hashlib
import sqlite3
import struct
import sys
import tempfile
from pathlib import Path

MAGIC, CHUNK = b"reconcile backup 1\n", 65_536
given = Path(sys.argv[1]).read_bytes()
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
    database.execute("CREATE TRIGGER mine AFTER INSERT ON event BEGIN DELETE FROM body; END")
    database.commit()
    database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    database.close()
    items[-1][1] = file.read_bytes()

content = b"".join(struct.pack(">BQ", kind, len(data)) + data for kind, data in items)
pieces = [content[start:start + CHUNK] for start in range(0, len(content), CHUNK)]
with open(sys.argv[2], "wb") as out:
    out.write(header)
    for number, piece in enumerate(pieces):
        last = bytes([number == len(pieces) - 1])
        digest = hashlib.sha256(header + struct.pack(">Q", number) + last + piece).digest()
        out.write(last + struct.pack(">I", len(piece) + 32) + piece + digest)
