"""Seeds of the fuzzer's corpora from the vectors: python3 Tests/Fuzz/seeds.py, after the vectors have changed."""
import json
import pathlib

tests = pathlib.Path(__file__).resolve().parent.parent


def vectors(name):
    return json.loads((tests / f"Vectors/{name}.json").read_text())


def seed(target, name, data):
    # The fuzzer would cut them; as vectors they are tested whole.
    if len(data) > 16_384:
        return
    folder = tests / "Fuzz/Corpus" / target
    folder.mkdir(parents=True, exist_ok=True)
    words = "-".join("".join(c if c.isalnum() else " " for c in name.lower()).split())
    (folder / f"seed-{words[:48]}").write_bytes(data)


def frame(kind, payload):
    return (len(payload) + 1).to_bytes(4, "big") + bytes([kind]) + payload


def varint(number):
    out = bytearray()
    while number > 127:
        out.append(number & 127 | 128)
        number >>= 7
    return bytes(out + bytes([number]))


def field(number, value):
    if isinstance(value, int):
        return varint(number << 3) + varint(value)
    return varint(number << 3 | 2) + varint(len(value)) + value


unhex = bytes.fromhex
log, bundle = vectors("golden/log"), vectors("golden/bundle")[0]
handshake, pairing = vectors("golden/handshake"), vectors("golden/pairing")
run = unhex(log["run"])

for number, said in enumerate(handshake["frames"]):
    seed("frames", f"handshake {number}", unhex(said["frame"]))
for case in vectors("reject/exchange")[:8]:
    seed("frames", case["name"], unhex(case["bytes"]))

for number, event in enumerate(log["events"]):
    seed("headers", f"header {number}", unhex(event["header"]))
    if event.get("body"):
        seed("headers", f"body {number}", unhex(event["body"]))
for case in vectors("reject/headers")[::3]:
    seed("headers", case["name"], unhex(case["bytes"]))
seed("headers", "genesis", unhex(pairing["genesis"]))

for mend in (0, 1, 2):
    seed("runs", f"log mended {mend}", bytes([mend]) + run)
for case in vectors("reject/runs")[::4]:
    seed("runs", case["name"], bytes([1]) + unhex(case["bytes"]))

head, most = unhex(log["heads"][0]), 2**64 - 1
ids = b"".join(field(1, unhex(event["id"])) for event in log["events"])
place = b"".join(field(3, field(1, n) + field(2, bytes(32))) for n in (1, most))
device = field(1, unhex(log["device"])) + varint(2 << 3 | 1) + int(log["epoch"]).to_bytes(8, "little")
messages = {
    "summary": frame(4, field(1, most) + field(2, head)), "plan": frame(5, field(1, most)), "run": frame(6, run),
    "want": frame(7, ids), "bodies": frame(8, ids[:18] + field(2, unhex(log["events"][0]["body"]))),
    "ack": frame(9, field(1, head)), "live": frame(10, b""), "fork": frame(11, device + place),
    "ping": frame(12, field(1, most)), "pong": frame(13, field(1, 1)), "error": frame(14, field(1, 7)),
    "partnership": frame(16, field(1, most) + field(2, 1)), "unknown": frame(200, b"x"),
}
for name, message in messages.items():
    seed("sync", name, bytes([0]) + message)
seed("sync", "all", bytes([0]) + b"".join(m for n, m in messages.items() if n != "error"))
seed("sync", "as it came", bytes([1]) + b"".join(messages.values()))

for side in "HJ":
    seed("pairing", f"all of {side}", b"".join(unhex(f["frame"]) for f in pairing["frames"] if f["from"] == side))
for case in vectors("reject/pairing")[::3]:
    seed("pairing", case["name"], unhex(case["frame"]))

seed("bundles", "file", bytes([0xFE]) + unhex(bundle["file"]))
seed("bundles", "sealed", bytes([0x41]) + unhex(bundle["frames"]))
for case in vectors("reject/bundles")[::3]:
    seed("bundles", case["name"], bytes([0x20]) + unhex(case["bytes"]))

for number, case in enumerate(vectors("golden/beacons")):
    seed("beacons", f"golden {number}", unhex(case["address"])[:4].ljust(4, b"\0") + unhex(case["beacon"]))
seed("beacons", "pairing", bytes(4) + bytes([2, 0x1E, 0x43]) + bytes(142))


def item(kind, content):
    return bytes([kind]) + len(content).to_bytes(8, "big") + content


seed("backups", "items", bytes([0x11]) + item(1, b'{"made":1}') + item(3, b"SQLite format 3"))
seed("backups", "empty items", bytes([0x03]) + item(1, b"") + item(2, b"") + item(3, b""))
seed("backups", "endless item", bytes([0x11]) + bytes([3]) + b"\xff" * 8 + b"x")
seed("backups", "file", bytes([0x10]) + b"reconcile backup 1\n" + bytes(18) + bytes([1, 0, 0, 0, 32]) + bytes(32))
seed("backups", "costly", bytes([0x10]) + b"reconcile backup 1\n" + bytes([1, 255]) + bytes(16))

statements = {
    "sequence": "UPDATE event SET sequence = -1 WHERE sequence = 2",
    "far": "UPDATE event SET sequence = 9223372036854775807 WHERE sequence = 2; UPDATE head SET sequence = 7",
    "trigger": "CREATE TRIGGER t AFTER UPDATE ON meta BEGIN DELETE FROM draft; END",
    "view": "DROP TABLE grdb_migrations; CREATE VIEW grdb_migrations AS "
    "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c) SELECT x AS identifier FROM c",
    "types": "UPDATE sqlite_master SET sql = replace(sql, ' STRICT', ''); UPDATE event SET at = 'x', kind = NULL",
    "parents": "UPDATE log SET parent = id, parent_sequence = 1", "meta": "UPDATE meta SET value = x''",
    "headers": "UPDATE event SET header = x'0801', hash = x'00'", "drafts": "UPDATE draft SET id = -5, written = -1",
    "numbers": "UPDATE sqlite_sequence SET seq = 9223372036854775807",
    "foretold": "INSERT INTO foretold VALUES (x'00', 1, -1)", "meeting": "INSERT INTO meeting VALUES (zeroblob(16), '', "
    "-9223372036854775808, 9223372036854775807, -9223372036854775808, 0, 9223372036854775807, 2)",
    "registers": "UPDATE register SET rank = -9223372036854775808, kind = -1",
}
for name, sql in statements.items():
    seed("databases", name, b"SQL" + sql.encode())
seed("databases", "bytes", b"".join(n.to_bytes(3, "big") + bytes([v]) for n, v in ((18, 1), (100, 5), (4100, 255))))
