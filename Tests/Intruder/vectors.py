"""Comes to what stands in Tests/Vectors/golden, and reads what may be read, by the protocol's article alone: a second opinion on every byte."""

from __future__ import annotations

import hmac
import json
import re
import sys
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

import peer
from peer import Bundle, Device, Ends, Role, decode, field, sha256, sized, tag, transcript, unframed

Vector = dict[str, Any]
ZERO = bytes(32)


def raw(text: str) -> bytes:
    return bytes.fromhex(text)


def verify(bundle: Bundle, signature: bytes, message: bytes) -> None:
    """Throws if a signature is not the device's."""
    Ed25519PublicKey.from_public_bytes(bundle.event_key).verify(signature, message)


class Vectors:
    """The files, with the devices that all of them are about."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        keys = self.read("keys")
        self.devices = [
            Device(
                Ed25519PrivateKey.from_private_bytes(raw(one["eventSecret"])),
                X25519PrivateKey.from_private_bytes(raw(one["meetSecret"])),
            )
            for one in keys["devices"]
        ]
        persons = [raw(one["person"]) for one in keys["devices"]]
        self.bundles = [device.bundle(person) for device, person in zip(self.devices, persons)]
        self.journal = raw(keys["journal"])
        self.pair_key = self.devices[0].pair_key(self.bundles[1], self.journal)

    def read(self, name: str) -> Any:
        return json.loads((self.folder / f"{name}.json").read_text())

    def keys(self) -> None:
        keys = self.read("keys")
        for one, bundle in zip(keys["devices"], self.bundles):
            assert raw(one["eventKey"]) == bundle.event_key and raw(one["meetKey"]) == bundle.meet_key
            assert raw(one["device"]) == bundle.device
        genesis = raw(keys["genesis"])
        first, second = Bundle.decoded(field(genesis, 1)), Bundle.decoded(field(genesis, 2))
        assert first.device < second.device
        assert sha256(transcript("genesis", first.part, second.part, field(genesis, 3))) == self.journal
        first_role = 1 if decode(genesis).get(6) == [1] else 2
        for bundle, number, role in ((first, 4, first_role), (second, 5, 3 - first_role)):
            verify(bundle, field(genesis, number), transcript("pairing confirm", role, field(genesis, 3)))
        assert self.pair_key == raw(keys["pairKey"])
        assert self.pair_key == self.devices[1].pair_key(self.bundles[0], self.journal)

    def recovery(self) -> None:
        paper = self.read("recovery")
        secret = HKDF(SHA256(), 32, salt=None, info=b"reconcile/2 recovery").derive(raw(paper["bytes"]))
        key = Ed25519PrivateKey.from_private_bytes(secret)
        assert key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw) == raw(paper["publicKey"])
        assert len(paper["words"].split()) == 12
        first, second = self.bundles[:2]
        announced = raw(paper["announced"])
        said = {
            "announcement": transcript("announcement", self.journal, first.person),
            "comeback": transcript(
                "recover", self.journal, announced, first.person, sized(second.event_key), sized(second.meet_key)
            ),
            "withdrawal": transcript("withdrawal", self.journal, announced),
        }
        for name, message in said.items():
            assert key.sign(message) == raw(paper[name]), name

    def pairing(self) -> None:
        pairing = self.read("pairing")
        host_s, joiner_s = map(raw, pairing["certificates"])
        host_nonce, joiner_nonce = map(raw, pairing["nonces"])
        frames = [(one["from"], *unframed(raw(one["frame"]))[0][0]) for one in pairing["frames"]]
        assert [(side, kind) for side, kind, _ in frames[:4]] == [("J", 32), ("H", 33), ("J", 34), ("H", 35)]
        joiner_hello, commit = frames[0][2], frames[1][2]
        host_hello = field(commit, 1)
        assert field(frames[2][2], 1) == joiner_nonce and field(frames[3][2], 1) == host_nonce
        t1 = sha256(transcript("pairing T1", sized(joiner_hello), sized(host_hello), joiner_s, host_s))
        commitment = sha256(transcript("pairing commitment", sized(host_nonce), t1))
        assert field(commit, 2) == commitment
        t2 = sha256(transcript("pairing T2", t1, commitment, sized(joiner_nonce), sized(host_nonce)))
        assert t2 == raw(pairing["t2"])
        for role, text in zip((1, 2), pairing["codes"]):
            number = int.from_bytes(sha256(transcript("pairing code", t2, role))[:8], "big") % 10**9
            digits = f"{number:09}"
            assert f"{digits[:3]} {digits[3:6]} {digits[6:]}" == text
        confirms = {side: payload for side, kind, payload in frames if kind == 36}
        # Neither has a journal yet.
        assert all(not decode(payload).get(1) for _, kind, payload in frames if kind == 39)
        for role, side, hello in ((1, "H", host_hello), (2, "J", joiner_hello)):
            confirm = confirms[side]
            bundle = Bundle.decoded(field(confirm, 7))
            verify(bundle, field(confirm, 1), transcript("pairing confirm", role, t2))
            names = (sized(field(confirm, number)) for number in (3, 4))
            hidden = transcript("pairing names", sized(field(confirm, 2)), bundle.part, sized(b""), *names)
            assert sha256(hidden) == field(hello, 5) and set(decode(hello)) == {1, 2, 5}

    def handshake(self) -> None:
        shake = self.read("handshake")
        binding = Ends(raw(shake["diallerCertificate"]), raw(shake["listenerCertificate"]))
        challenges = Ends(*map(raw, shake["challenges"]))
        said: dict[str, list[bytes]] = {"D": [], "L": []}
        for one in shake["frames"]:
            said[one["from"]].append(unframed(raw(one["frame"]))[0][0].payload)
        for side, challenge in zip("DL", challenges):
            assert field(said[side][0], 1) == b"reconcile" and field(said[side][0], 4) == challenge
        tags = decode(said["D"][1])[1]
        assert len(tags) == 8 and tags[0] == tag(self.pair_key, Role.DIALLER, binding)
        assert tags[1:] == [raw(one) for one in shake["padding"]][1:]
        assert decode(said["L"][1])[1] == [tag(self.pair_key, Role.LISTENER, binding)]
        for side, index, role, bundle in (("L", 1, Role.LISTENER, 1), ("D", 2, Role.DIALLER, 0)):
            proof = peer.proof(self.journal, role, binding, challenges)
            verify(self.bundles[bundle], field(said[side][index], 2), proof)
        # Both have nothing: digests over no heads and no bodies.
        for side, index in (("D", 3), ("L", 2)):
            assert field(said[side][index], 1) == sha256(transcript("heads"))
            assert field(said[side][index], 2) == sha256(transcript("missing"))

    def log(self) -> None:
        log = self.read("log")
        device, epoch = raw(log["device"]), log["epoch"]
        assert device == self.bundles[0].device and raw(log["journal"]) == self.journal
        run = raw(log["run"])
        headers, bodies = decode(run)[5], decode(run)[6]
        assert len(log["events"]) == len(headers) == len(bodies)
        previous = ZERO
        for number, (event, header, body) in enumerate(zip(log["events"], headers, bodies), 1):
            assert event["sequence"] == number and raw(event["header"]) == header and raw(event["body"]) == body
            link = transcript("header", self.journal, device, epoch, number, previous, sized(header))
            previous = sha256(link)
            assert previous == raw(event["hash"]) and previous[:16] == raw(event["id"])
            assert field(header, 6) == event["kind"]
            assert int.from_bytes(field(header, 2), "little") == event["stamp"]
            zigzag = field(header, 4)
            assert zigzag >> 1 ^ -(zigzag & 1) == event["at"]
            if body:
                assert field(header, 11) == sha256(transcript("body", sized(body)))
                assert field(header, 12) == -(-len(body) // 256) * 256
        for head in map(raw, log["heads"]):
            assert field(head, 1) == device and int.from_bytes(field(head, 2), "little") == epoch
            signed = transcript("head", self.journal, device, epoch, field(head, 3), field(head, 4))
            verify(self.bundles[0], field(head, 5), signed)
        last = len(headers)
        assert field(field(run, 7), 4) == previous
        assert sha256(transcript("heads", device, epoch, last, previous)) == raw(log["headsDigest"])

    def beacons(self) -> None:
        for vector in self.read("beacons"):
            beacon, address, port = raw(vector["beacon"]), raw(vector["address"]), vector["port"]
            router, length, network = raw(vector["routerAddress"]), vector["prefixLength"], bytes(16)
            if router:
                kept = int.from_bytes(router, "big") >> len(router) * 8 - length << len(router) * 8 - length
                prefix = kept.to_bytes(len(router), "big")
                network = sha256(
                    transcript("network", sized(raw(vector["routerLink"])), sized(prefix), length)
                )[:16]
            assert network == raw(vector["network"])
            assert len(beacon) == 145 and beacon[0] == 1
            nonce, slot = beacon[1:17], beacon[17:33]
            sender = self.bundles[vector["sender"]].device
            expected = transcript("beacon", sender, sized(nonce), sized(address), port, network)
            assert hmac.digest(self.pair_key, expected, "sha256")[:14] == slot[:14]
            mask = hmac.digest(self.pair_key, transcript("beacon port", sender, sized(nonce)), "sha256")
            assert int.from_bytes(slot[14:], "big") ^ int.from_bytes(mask[:2], "big") == port

    def bundle(self) -> None:
        for vector in self.read("bundle"):
            secret = X25519PrivateKey.from_private_bytes(raw(vector["meetSecret"]))
            rest, info = raw(vector["file"]), transcript("bundle", raw(vector["journal"]))
            magic = b"reconcile bundle 1\n"
            assert rest.startswith(magic)
            envelope, rest = cut(rest[len(magic) :])
            keys = [key for sealed in decode(envelope)[1] if (key := open_hpke(secret, sealed, info))]
            assert len(keys) == 1 and len(decode(envelope)[1]) == 8
            frames, number = b"", 0
            while rest:
                chunk, rest = cut(rest)
                nonce = number.to_bytes(11, "big") + bytes([not rest])
                frames += ChaCha20Poly1305(keys[0]).decrypt(nonce, chunk, None)
                number += 1
            assert frames == raw(vector["frames"])
            assert [kind for kind, _ in unframed(frames)[0]] == [48, 6]

    def messages(self) -> None:
        shapes = schema((Path(__file__).parents[2] / "Sources/Wire/reconcile.proto").read_text())
        for one in json.loads((self.folder.parent / "reject/messages.json").read_text()):
            assert is_readable(raw(one["bytes"]), one["message"], shapes) != one["isRefused"], one["name"]


Shapes = dict[str, dict[int, tuple[str, bool]]]


def schema(proto: str) -> Shapes:
    """The fields of each message by number: their types, and whether there are many."""
    proto = re.sub(r"//.*", "", proto)
    enums = re.findall(r"enum (\w+)", proto)
    fields = re.compile(r"(repeated )?(\w+) \w+ = (\d+)")
    return {
        name: {
            int(number): ("enum" if kind in enums else kind, bool(many))
            for many, kind, number in fields.findall(body)
        }
        for name, body in re.findall(r"message (\w+) \{([^}]*)\}", proto)
    }


class Unreadable(Exception):
    """What the article does not let a message be."""


def number(message: bytes, place: int, most: int) -> tuple[int, int]:
    """A varint of at most so many bytes, and the place behind it."""
    for length in range(1, most + 1):
        part = message[place : place + length]
        if len(part) == length and part[-1] < 0x80:
            value = sum((byte & 0x7F) << 7 * index for index, byte in enumerate(part))
            if value < 2**64:
                return value, place + length
    raise Unreadable


def is_readable(message: bytes, name: str, shapes: Shapes) -> bool:
    """Whether bytes are a message, by "Readable" in the article."""
    try:
        read(message, name, shapes)
    except (Unreadable, UnicodeDecodeError):
        return False
    return True


def read(message: bytes, name: str, shapes: Shapes) -> None:
    place, once = 0, set()
    limits = {"uint32": 2**32, "sint32": 2**32, "uint64": 2**64, "sint64": 2**64, "enum": 2**31, "bool": 2}
    while place < len(message):
        key, place = number(message, place, 5)
        known, many = shapes[name].get(key >> 3, ("", True))
        if key >= 2**32 or key < 8:
            raise Unreadable
        if known in shapes and not many and key >> 3 in once:
            raise Unreadable
        once.add(key >> 3)
        wire = key & 7
        if wire == 0 and known in ("", *limits):
            value, place = number(message, place, 10)
            if value >= limits.get(known, 2**64):
                raise Unreadable
        elif wire == 1 and known in ("", "fixed64") or wire == 5 and not known:
            place += 8 if wire == 1 else 4
        elif wire == 2 and (known in ("", "bytes", "string", *shapes) or known == "uint32" and many):
            length, place = number(message, place, 5)
            content, place = message[place : place + length], place + length
            if place > len(message):
                raise Unreadable
            if known == "string":
                content.decode()
            elif known in shapes:
                read(content, known, shapes)
            elif known == "uint32":
                packed = 0
                while packed < length:
                    value, packed = number(content, packed, 10)
                    if value >= 2**32:
                        raise Unreadable
        else:
            raise Unreadable
        if place > len(message):
            raise Unreadable


def cut(stream: bytes) -> tuple[bytes, bytes]:
    """What stands behind its length, and the rest."""
    length = int.from_bytes(stream[:4], "big")
    return stream[4 : 4 + length], stream[4 + length :]


def open_hpke(secret: X25519PrivateKey, sealed: bytes, info: bytes) -> bytes | None:
    """HPKE of RFC 9180 in base mode, spelt out: X25519, HKDF-SHA-256, ChaCha20-Poly1305."""

    def extract(salt: bytes, suite: bytes, label: bytes, ikm: bytes) -> bytes:
        return hmac.digest(salt or ZERO, b"HPKE-v1" + suite + label + ikm, "sha256")

    def expand(key: bytes, suite: bytes, label: bytes, info: bytes, length: int) -> bytes:
        labelled = length.to_bytes(2, "big") + b"HPKE-v1" + suite + label + info
        return hmac.digest(key, labelled + b"\x01", "sha256")[:length]

    kem, hpke = b"KEM\x00\x20", b"HPKE\x00\x20\x00\x01\x00\x03"
    encapsulated, ciphertext = field(sealed, 1), field(sealed, 2)
    own = secret.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
    shared = secret.exchange(X25519PublicKey.from_public_bytes(encapsulated))
    prk = extract(b"", kem, b"eae_prk", shared)
    secret_shared = expand(prk, kem, b"shared_secret", encapsulated + own, 32)
    context = b"\x00" + extract(b"", hpke, b"psk_id_hash", b"") + extract(b"", hpke, b"info_hash", info)
    prk = extract(secret_shared, hpke, b"secret", b"")
    key, nonce = expand(prk, hpke, b"key", context, 32), expand(prk, hpke, b"base_nonce", context, 12)
    try:
        return ChaCha20Poly1305(key).decrypt(nonce, ciphertext, b"")
    except InvalidTag:
        return None


def main() -> None:
    vectors = Vectors(Path(sys.argv[1]))
    checks = [
        vectors.keys,
        vectors.recovery,
        vectors.pairing,
        vectors.handshake,
        vectors.log,
        vectors.beacons,
        vectors.bundle,
        vectors.messages,
    ]
    for check in checks:
        check()
        print(f"ok  {check.__name__}")
    print(f"vectors: {len(checks)} files, every byte as it should be")


if __name__ == "__main__":
    main()
