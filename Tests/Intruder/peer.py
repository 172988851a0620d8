"""A small peer of Reconcile's protocol: TLS, frames, HELLO, AUTH and AUTH_OK, for either end.

Written from Sources/Wire/reconcile.proto and not from the Swift code, so what the daemon makes of it also
shows whether that file says enough. It can be honest (`authenticate`), and say each part of that wrongly.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets
import socket
import sqlite3
import struct
from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum
from pathlib import Path
from typing import Any, NamedTuple

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat
from OpenSSL import SSL, crypto

PrivateKey = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey | Ed25519PrivateKey

VERSION = 2
"""Of the protocol."""

SYNC, PAIRING = b"reconcile/2", b"reconcile-pair/2"
"""What a connection is for, by ALPN."""

PATIENCE = 20
"""Seconds within which anything has to happen: far more than the daemon's own 5, for a busy machine."""


class Role(IntEnum):
    """The two ends of a connection."""

    DIALLER = 1
    LISTENER = 2

    @property
    def other(self) -> Role:
        return Role(3 - self)


class Kind(IntEnum):
    """The types of frames that are used here."""

    HELLO = 1
    AUTH = 2
    AUTH_OK = 3
    SUMMARY = 4
    RUN = 6
    WANT = 7
    LIVE = 10
    PING = 12
    ERROR = 14
    CLOSE = 15
    PAIR_HELLO = 32


class Ends(NamedTuple):
    """What the dialler and the listener each bring: their S, or their challenges."""

    dialler: bytes
    listener: bytes

    @property
    def swapped(self) -> Ends:
        return Ends(self.listener, self.dialler)


class Frame(NamedTuple):
    kind: int
    payload: bytes


class Closed(Exception):
    """The other side ended the connection."""


class NotProved(Exception):
    """The other side is not who it should be."""


# ── Bytes ───────────────────────────────────────────────────────────────────


def varint(number: int) -> bytes:
    """A number in base 128, the low digits first."""
    return bytes([number]) if number < 0x80 else bytes([number & 0x7F | 0x80]) + varint(number >> 7)


def encode(*fields: tuple[int, int | bytes]) -> bytes:
    """A protobuf message of numbers and bytes."""
    message = b""
    for field, value in fields:
        if isinstance(value, int):
            message += varint(field << 3) + varint(value)
        else:
            message += varint(field << 3 | 2) + varint(len(value)) + value
    return message


def decode(message: bytes) -> dict[int, list[Any]]:
    """The values of each field of a protobuf message: ints or bytes, as its wire type says."""
    fields: dict[int, list[Any]] = {}
    place = 0

    def number() -> int:
        nonlocal place
        value = shift = 0
        while True:
            byte = message[place]
            place += 1
            value |= (byte & 0x7F) << shift
            shift += 7
            if byte < 0x80:
                return value

    while place < len(message):
        key = number()
        value: int | bytes
        if key & 7 == 0:
            value = number()
        else:
            length = {1: 8, 5: 4}.get(key & 7) or number()
            value = message[place : place + length]
            place += length
        fields.setdefault(key >> 3, []).append(value)
    return fields


def field(message: bytes, number: int) -> Any:
    """The only value of a field; empty bytes if it is absent."""
    return decode(message).get(number, [b""])[-1]


def framed(kind: int, payload: bytes = b"") -> bytes:
    """A frame: its length, its type, its payload."""
    return struct.pack(">IB", len(payload) + 1, kind) + payload


def unframed(stream: bytes) -> tuple[list[Frame], bytes]:
    """The frames at the start of a stream, and what is left behind them."""
    frames = []
    while len(stream) >= 5:
        length = int.from_bytes(stream[:4], "big")
        if len(stream) < 4 + length:
            break
        frames.append(Frame(stream[4], stream[5 : 4 + length]))
        stream = stream[4 + length :]
    return frames, stream


def sized(part: bytes) -> bytes:
    """Bytes of any length in a transcript: they stand behind it."""
    return struct.pack(">I", len(part)) + part


def transcript(label: str, *parts: int | bytes) -> bytes:
    """What is hashed or signed: a label, then numbers, digests, ids and whatever is `sized`."""
    return sized(b"reconcile/2 " + label.encode()) + b"".join(
        struct.pack(">Q", part) if isinstance(part, int) else part for part in parts
    )


def sha256(message: bytes) -> bytes:
    return hashlib.sha256(message).digest()


# ── Devices ─────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class Bundle:
    """What a device shows of itself: whose it is, and its public keys."""

    person: bytes
    event_key: bytes
    meet_key: bytes

    @staticmethod
    def decoded(message: bytes) -> Bundle:
        return Bundle(field(message, 1), field(message, 2), field(message, 3))

    @property
    def device(self) -> bytes:
        return sha256(self.event_key)[:16]

    @property
    def part(self) -> bytes:
        """The bundle in a transcript."""
        return self.person + sized(self.event_key) + sized(self.meet_key)


@dataclass(frozen=True)
class Device:
    """A device's secret keys."""

    event: Ed25519PrivateKey
    meet: X25519PrivateKey

    @staticmethod
    def new() -> Device:
        return Device(Ed25519PrivateKey.generate(), X25519PrivateKey.generate())

    @staticmethod
    def stored(state: Path) -> Device:
        """The device whose state directory this is."""
        identity = json.loads((state / "identity").read_text())
        return Device(
            Ed25519PrivateKey.from_private_bytes(bytes(identity["eventKey"])),
            X25519PrivateKey.from_private_bytes(bytes(identity["meetKey"])),
        )

    def bundle(self, person: bytes) -> Bundle:
        def raw(key: Ed25519PublicKey | X25519PublicKey) -> bytes:
            return key.public_bytes(Encoding.Raw, PublicFormat.Raw)

        return Bundle(person, raw(self.event.public_key()), raw(self.meet.public_key()))

    def pair_key(self, other: Bundle, journal: bytes) -> bytes:
        """The key that this device shares with one other of a journal."""
        secret = self.meet.exchange(X25519PublicKey.from_public_bytes(other.meet_key))
        return HKDF(hashes.SHA256(), 32, salt=journal, info=b"reconcile/2 pair key").derive(secret)


@dataclass(frozen=True)
class Genesis:
    """The journal's beginning: its id and the two devices that founded it."""

    journal: bytes
    founders: tuple[Bundle, Bundle]

    @staticmethod
    def stored(state: Path) -> Genesis:
        """The genesis kept in a state directory."""
        with sqlite3.connect(state / "journal.sqlite") as database:
            (message,) = database.execute("SELECT value FROM meta WHERE key = 'genesis'").fetchone()
        first, second = Bundle.decoded(field(message, 1)), Bundle.decoded(field(message, 2))
        journal = sha256(transcript("genesis", first.part, second.part, field(message, 3)))
        return Genesis(journal, (first, second))


# ── AUTH ────────────────────────────────────────────────────────────────────


def tag(pair_key: bytes, role: Role, binding: Ends) -> bytes:
    """By which only the two devices of a pair key know each other; the role is that of whoever says it."""
    return hmac.digest(pair_key, transcript("auth tag", role, *binding), "sha256")[:16]


def proof(journal: bytes, role: Role, binding: Ends, challenges: Ends) -> bytes:
    """What a device signs to prove who it is; the role is the signer's."""
    return transcript("auth", journal, role, *binding, *map(sized, challenges))


# ── Connections ─────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class Certificate:
    """A certificate and a key, usually its own."""

    shown: crypto.X509
    key: crypto.PKey

    @staticmethod
    def new(key: PrivateKey | None = None, serial: int | None = None) -> Certificate:
        """One that is made to be thrown away, as every device shows."""
        key, nobody = key or ec.generate_private_key(ec.SECP256R1()), x509.Name([])
        built = (
            x509.CertificateBuilder(nobody, nobody, key.public_key(), serial or x509.random_serial_number())
            .not_valid_before(datetime(1970, 1, 1))
            .not_valid_after(datetime(2100, 1, 1))
            .sign(key, None if isinstance(key, Ed25519PrivateKey) else hashes.SHA256())
        )
        der = key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
        shown = crypto.X509.from_cryptography(built)
        return Certificate(shown, crypto.load_privatekey(crypto.FILETYPE_ASN1, der))

    @staticmethod
    def copied(shown: crypto.X509) -> Certificate:
        """Somebody else's, with a key that says that it belongs to it, and does not."""
        key = shown.get_pubkey().to_cryptography_key()
        assert isinstance(key, ec.EllipticCurvePublicKey)
        point = key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        # An ECPrivateKey of RFC 5915: OpenSSL compares its point with the certificate's, and computes none.
        start, curve = bytes.fromhex("30770201010420"), bytes.fromhex("a00a06082a8648ce3d030107a144034200")
        sec1 = start + bytes([1]) + secrets.token_bytes(31) + curve + point
        return Certificate(shown, crypto.load_privatekey(crypto.FILETYPE_ASN1, sec1))


def s_of(certificate: crypto.X509) -> bytes:
    """The digest of a certificate's subject public key info."""
    return sha256(crypto.dump_publickey(crypto.FILETYPE_ASN1, certificate.get_pubkey()))


def context(
    certificate: Certificate | None = None, alpn: bytes = SYNC, version: int = SSL.TLS1_3_VERSION
) -> SSL.Context:
    """The TLS settings of either end: one version of TLS, and any certificate of the other side's will do."""

    def accept(tls: SSL.Connection, *_: object) -> bool:
        # Only called where a certificate came, so not where a session is resumed.
        tls.set_app_data("shown")
        return True

    def select(_: SSL.Connection, offered: list[bytes]) -> Any:
        return alpn if alpn in offered else SSL.NO_OVERLAPPING_PROTOCOLS

    made = SSL.Context(SSL.TLS_METHOD)
    made.set_min_proto_version(version)
    made.set_max_proto_version(version)
    made.set_verify(SSL.VERIFY_PEER | SSL.VERIFY_FAIL_IF_NO_PEER_CERT, accept)
    made.set_session_id(b"peer")
    made.set_alpn_protos([alpn])
    made.set_alpn_select_callback(select)
    if certificate:
        made.use_certificate(certificate.shown)
        made.use_privatekey(certificate.key)
    return made


class Connection:
    """A TLS connection; it remembers all that either side said.

    Throws `Closed` wherever the other side has closed it, and `TimeoutError` where nothing comes.
    """

    def __init__(
        self, sock: socket.socket, role: Role, settings: SSL.Context, session: SSL.Session | None = None
    ) -> None:
        self.role = role
        self.challenge = secrets.token_bytes(32)
        self.said: list[bytes] = []
        self.received = b""
        self._read = 0
        # A blocking socket with a time limit of the kernel's, which OpenSSL understands and Python's is not.
        sock.settimeout(None)
        for option in (socket.SO_RCVTIMEO, socket.SO_SNDTIMEO):
            sock.setsockopt(socket.SOL_SOCKET, option, struct.pack("ll", PATIENCE, 0))
        self.sock = sock
        self.tls = SSL.Connection(settings, sock)
        if session:
            self.tls.set_session(session)
        if role is Role.DIALLER:
            self.tls.set_connect_state()
        else:
            self.tls.set_accept_state()
        try:
            self._patiently(self.tls.do_handshake)
        except BaseException:
            sock.close()
            raise

    @staticmethod
    def _patiently(act: Any, *arguments: object) -> Any:
        try:
            return act(*arguments)
        except SSL.WantReadError:
            raise TimeoutError from None
        except SSL.Error as error:
            raise Closed(*error.args) from None

    def __enter__(self) -> Connection:
        return self

    def __exit__(self, *_: object) -> None:
        # Without a farewell OpenSSL would not use this connection's session again.
        try:
            self.tls.shutdown()
        except SSL.Error:
            pass
        self.sock.close()

    @property
    def was_resumed(self) -> bool:
        """Whether TLS came about by a ticket, without the other side's certificate."""
        return self.tls.get_app_data() is None

    @property
    def binding(self) -> Ends:
        """The S of both ends."""
        own, other = self.tls.get_certificate(), self.tls.get_peer_certificate()
        assert own and other
        ends = Ends(s_of(own), s_of(other))
        return ends if self.role is Role.DIALLER else ends.swapped

    def write(self, stream: bytes) -> None:
        self.said.append(stream)
        self._patiently(self.tls.sendall, stream)

    def send(self, kind: int, *fields: tuple[int, int | bytes]) -> None:
        self.write(framed(kind, encode(*fields)))

    def receive(self) -> bytes:
        """What comes next, at least a byte."""
        stream = self._patiently(self.tls.recv, 65_536)
        self.received += stream
        return stream

    def read(self) -> Frame:
        """The next frame."""
        while True:
            frames, _ = unframed(self.received[self._read :])
            if frames:
                self._read += 5 + len(frames[0].payload)
                return frames[0]
            self.receive()

    def drain(self) -> None:
        """Reads until the other side closes."""
        try:
            while True:
                self.receive()
        except Closed:
            return

    def expect(self, kind: Kind) -> bytes:
        """The payload of the next frame, which has to be of this type."""
        frame = self.read()
        if frame.kind != kind:
            raise NotProved(f"type {frame.kind} instead of {kind.name}")
        return frame.payload

    def hello(self) -> None:
        """Says HELLO. Versions are packed, as repeated numbers are in proto3."""
        self.send(Kind.HELLO, (1, b"reconcile"), (2, varint(VERSION)), (4, self.challenge))

    def challenges(self, hello: bytes) -> Ends:
        """Both challenges, by the other side's HELLO."""
        ends = Ends(self.challenge, field(hello, 4))
        return ends if self.role is Role.DIALLER else ends.swapped


def verify(message: bytes, connection: Connection, other: Bundle, journal: bytes, challenges: Ends) -> None:
    """Checks the signature in an AUTH. Throws `NotProved`."""
    signed = proof(journal, connection.role.other, connection.binding, challenges)
    try:
        Ed25519PublicKey.from_public_bytes(other.event_key).verify(field(message, 2), signed)
    except InvalidSignature:
        raise NotProved("signature") from None


def authenticate(connection: Connection, own: Device, other: Bundle, journal: bytes) -> bytes:
    """Does all that an honest peer does: HELLO, AUTH, AUTH_OK; returns the other side's AUTH_OK.

    Says that it has other events than the other side, so that an exchange follows. Throws `NotProved`.
    """
    role, binding = connection.role, connection.binding
    pair_key = own.pair_key(other, journal)
    connection.hello()
    challenges = connection.challenges(connection.expect(Kind.HELLO))
    signature = own.event.sign(proof(journal, role, binding, challenges))
    own_tag, other_tag = tag(pair_key, role, binding), tag(pair_key, role.other, binding)
    if role is Role.DIALLER:
        padding = [secrets.token_bytes(16) for _ in range(7)]
        connection.send(Kind.AUTH, *((1, each) for each in [own_tag, *padding]))
    answer = connection.expect(Kind.AUTH)
    if other_tag not in decode(answer).get(1, []):
        raise NotProved("tag")
    if role is Role.LISTENER:
        connection.send(Kind.AUTH, (1, own_tag), (2, signature))
        answer = connection.expect(Kind.AUTH)
    verify(answer, connection, other, journal, challenges)
    if role is Role.DIALLER:
        connection.send(Kind.AUTH, (2, signature))
    connection.send(Kind.AUTH_OK, (1, secrets.token_bytes(32)), (2, secrets.token_bytes(32)))
    return connection.expect(Kind.AUTH_OK)
