"""What the intruder has to do with: three daemons, the keys of two of them, and what honest peers get."""

from __future__ import annotations

import contextlib
import re
import socket
import sqlite3
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from queue import SimpleQueue
from threading import Lock

from OpenSSL import SSL
from OpenSSL.crypto import FILETYPE_ASN1, X509, dump_publickey

import peer
from peer import PATIENCE, SYNC, Certificate, Connection, Device, Ends, Kind, Role

HOST = "127.0.0.1"
CANARIES = ("canary-of-both", "canary-after-mara-left")


class Wrong(Exception):
    """The daemon did what it must not do, or a case was not what it should be."""


@dataclass
class Recording:
    """A genuine connection, of which an intruder can use everything again."""

    certificate: Certificate
    binding: Ends
    challenges: Ends
    challenge: bytes
    said: list[bytes]
    heard: list[peer.Frame]
    ticket: SSL.Session

    @staticmethod
    def of(connection: Connection, certificate: Certificate) -> Recording:
        frames, _ = peer.unframed(connection.received)
        ticket = connection.tls.get_session()
        assert ticket
        challenges = connection.challenges(frames[0].payload)
        return Recording(
            certificate, connection.binding, challenges, connection.challenge, connection.said, frames, ticket
        )

    @property
    def answer(self) -> bytes:
        """The daemon's AUTH."""
        return self.heard[1].payload


class World:
    """The three daemons, what was stolen from two of them, and how the cases went."""

    def __init__(self, directory: Path, ports: dict[str, int]) -> None:
        self.directory = directory
        self.ports = ports
        self.ticket = directory / "ticket"
        """Where `openssl s_client` keeps one."""
        self.bundles: dict[str, peer.Bundle] = {}
        self.known: list[bytes] = []
        self.voice = Lock()
        self.cases = 0
        self.failures = 0
        self.sources: SimpleQueue[str] = SimpleQueue()
        # One is an address that the daemon knows, and two are strangers', who have four places: so there is
        # always one for the next case, even where the daemon has not quite done with the last.
        for address in (HOST, "127.0.0.11", "127.0.0.12"):
            self.sources.put(address)

    def steal(self) -> None:
        """Takes over the keys of Mara's devices, and learns what must never be heard."""
        stolen = {name: self.directory / f"stolen-{name}" for name in ("mara", "phone")}
        self.laptop, self.phone = (Device.stored(state) for state in stolen.values())
        genesis = peer.Genesis.stored(stolen["mara"])
        self.journal = genesis.journal
        own = self.laptop.bundle(b"").device
        for bundle in genesis.founders:
            self.bundles["mara" if bundle.device == own else "joon"] = bundle
        phone = self.phone.bundle(self.bundles["mara"].person)
        self.known = [word.encode() for word in (*CANARIES, "Joon", "Mara", "laptop", "phone", "home")]
        numbers = [self.journal]
        for bundle in (*self.bundles.values(), phone):
            numbers += [bundle.person, bundle.device, bundle.event_key, bundle.meet_key]
        with sqlite3.connect(stolen["mara"] / "journal.sqlite") as database:
            for row in database.execute("SELECT id, hash FROM event"):
                numbers += row
        for told in ("joon.json", "devices.json"):
            digits = re.findall("[0-9a-f]{32}", (self.directory / told).read_text())
            numbers += [bytes.fromhex(each) for each in digits]
        # The start of an id tells as much as all of it.
        self.known += [form for number in numbers for form in (number[:8], number[:8].hex().encode())]

    def shown(self, name: str) -> X509:
        """The certificate that a daemon shows to anybody."""
        with self.dial(name, Certificate.new()) as connection:
            certificate = connection.tls.get_peer_certificate()
        assert certificate
        return certificate

    def unlinkable(self, one: X509, other: X509) -> None:
        """Asserts that two certificates have nothing in common but what anybody's has."""

        anybodys = Certificate.new().shown.to_cryptography()
        first, second = one.to_cryptography(), other.to_cryptography()
        # All that a certificate holds: what is random differs, and the rest is what everybody's says.
        differ = (
            first.serial_number != second.serial_number
            and first.signature != second.signature
            and dump_publickey(FILETYPE_ASN1, one.get_pubkey()) != dump_publickey(FILETYPE_ASN1, other.get_pubkey())
        )
        if differ and all(
            (each.version, each.issuer, each.subject, each.not_valid_before, each.not_valid_after)
            == (anybodys.version, anybodys.issuer, anybodys.subject, anybodys.not_valid_before, anybodys.not_valid_after)
            and not list(each.extensions)
            for each in (first, second)
        ):
            self.say("control: its certificates before and after a restart have nothing in common")
        else:
            self.failed("two certificates of a daemon have something in common")

    def do(self, command: str) -> None:
        """Has the driver do something with the daemons."""
        self.say(f"do {command}")
        if sys.stdin.readline() != "done\n":
            raise SystemExit(f"the driver did not: {command}")

    def restart(self, name: str, place: str | None = None) -> None:
        """Has a daemon start again, perhaps in another place."""
        self.do(f"stop {name}")
        self.do(f"start {name} {self.ports[place or name]}")

    def say(self, text: str) -> None:
        with self.voice:
            print(text, flush=True)

    # What the daemons' logs tell

    def count(self, name: str, text: str) -> int:
        return (self.directory / f"{name}.log").read_text().count(text)

    def connected(self) -> int:
        """How often anyone was let in by any daemon."""
        return sum(self.count(name, "peer connected") for name in ("joon", "mara", "phone"))

    @contextlib.contextmanager
    def unseen(self, title: str) -> Iterator[None]:
        """A series of cases, in which nobody is let in."""
        self.say(f"\n{title}")
        before = self.connected()
        yield
        if self.connected() != before:
            self.failed("a daemon's log says that someone was let in")

    def failed(self, text: str) -> None:
        self.failures += 1
        self.say(f"FAILED  {text}")

    def check(self, received: bytes, allowed: tuple[str, ...]) -> None:
        """Asserts that a daemon said what it may and nothing else, and no byte of the journal."""
        frames, rest = peer.unframed(received)
        if tuple(map(describe, frames)) != allowed or rest:
            raise Wrong(f"it said {[describe(frame) for frame in frames]} and {len(rest)} bytes")
        for known in self.known:
            if known in received:
                raise Wrong(f"it said {known!r}")

    def over(self, connection: Connection, allowed: tuple[str, ...]) -> None:
        """Waits for a daemon to end a connection, and looks at all that it said."""
        try:
            connection.drain()
        except TimeoutError:
            said = [describe(frame) for frame in peer.unframed(connection.received)[0]]
            raise Wrong(f"it does not hang up, and said {said}") from None
        self.check(connection.received, allowed)

    # Connections

    def dial(
        self,
        name: str,
        certificate: Certificate | None = None,
        *,
        source: str = HOST,
        alpn: bytes = SYNC,
        session: SSL.Session | None = None,
    ) -> Connection:
        """Calls a daemon over TLS."""
        sock = socket.create_connection((HOST, self.ports[name]), PATIENCE, (source, 0))
        return Connection(sock, Role.DIALLER, peer.context(certificate, alpn), session)

    @contextlib.contextmanager
    def listening(self, name: str) -> Iterator[socket.socket]:
        """Sits where a device was."""
        with socket.create_server((HOST, self.ports[name])) as server:
            server.settimeout(PATIENCE)
            yield server

    def accept(self, server: socket.socket, settings: SSL.Context, caller: str = "joon") -> Connection:
        """Lets a daemon call."""
        self.do(f"{caller} sync")
        return Connection(server.accept()[0], Role.LISTENER, settings)

    # Controls: what honest peers get, with the same keys and the same code

    @contextlib.contextmanager
    def control(self, text: str, daemon: str = "joon") -> Iterator[None]:
        """A genuine connection, and the wait until the daemon knows that it has ended."""
        before = self.count(daemon, "peer disconnected")
        yield
        limit = time.monotonic() + PATIENCE
        while self.count(daemon, "peer disconnected") == before:
            if time.monotonic() > limit:
                raise SystemExit(f"{daemon}'s daemon does not notice that an honest peer has gone")
            time.sleep(0.02)
        self.say(f"control: {text}")

    def authenticate(self, connection: Connection, own: Device, daemon: str = "joon") -> None:
        peer.authenticate(connection, own, self.bundles[daemon], self.journal)

    def honest(self, own: Device, daemon: str) -> Recording:
        """Gets in as dialler: so the keys are right, and only what a case changes keeps it out."""
        certificate = Certificate.new()
        with self.control(f"an honest peer gets in at {daemon}'s", daemon):
            with self.dial(daemon, certificate) as connection:
                self.authenticate(connection, own, daemon)
                return Recording.of(connection, certificate)

    def honest_listener(self, own: Device, seat: str) -> Recording:
        """Is called where a device was, and lets the daemon know that it is that device."""
        certificate = Certificate.new()
        with self.control(f"an honest peer is met where {seat} listens"):
            with self.listening(seat) as server, self.accept(server, peer.context(certificate)) as connection:
                self.authenticate(connection, own)
                return Recording.of(connection, certificate)

    def canaries(self) -> None:
        """An honest peer that goes on gets the journal: a byte of it in the wrong place would be noticed."""
        with self.control("one that sends a SUMMARY gets RUNs with the canaries"):
            with self.dial("joon", Certificate.new()) as connection:
                self.authenticate(connection, self.laptop)
                runs = self.told(connection)
        for word in CANARIES:
            if word.encode() not in runs:
                raise SystemExit(f"no {word} in any RUN")

    @staticmethod
    def told(connection: Connection) -> bytes:
        """Says that it has nothing of the journal, and returns the RUNs that follow."""
        connection.send(Kind.SUMMARY)
        runs = b""
        while (frame := connection.read()).kind != Kind.LIVE:
            runs += frame.payload if frame.kind == Kind.RUN else b""
        return runs


def describe(frame: peer.Frame) -> str:
    """What a frame is, if it is one that a stranger may hear and holds nothing more."""
    fields = peer.decode(frame.payload) if frame.kind in (Kind.HELLO, Kind.AUTH) else {}
    lengths = {
        number: [len(value) if isinstance(value, bytes) else value for value in values]
        for number, values in fields.items()
    }
    if frame.kind == Kind.HELLO and lengths == {1: [9], 2: [1], 4: [32]} and fields[1] == [b"reconcile"]:
        return "HELLO"
    if frame.kind == Kind.AUTH and lengths == {1: [16] * 8}:
        return "tags"
    if frame.kind == Kind.AUTH and lengths == {1: [16], 2: [64]}:
        return "AUTH"
    return f"type {frame.kind} with {frame.payload.hex()}"
