"""An intruder at a daemon's door: what it can say, and the kinds of cases that matrix.py lists.

Each case records what the daemon sends behind TLS, and asserts that it ends the connection having said only
what any stranger may hear: HELLO; as dialler its tags; and AUTH where the tag was right.
"""

from __future__ import annotations

import contextlib
import re
import secrets
import select
import socket
import subprocess
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from OpenSSL import SSL

import peer
from peer import PATIENCE, SYNC, Bundle, Certificate, Closed, Connection, Device, Ends, Kind, Role
from world import HOST, Recording, World, Wrong

NOTHING: tuple[str, ...] = ()
HELLO = ("HELLO",)
TAGS = ("HELLO", "tags")
AUTH = ("HELLO", "AUTH")
"""What a daemon may have said by the end of a case."""


class Intruder:
    """What the intruder says on one connection: the truth, but for what a case changes."""

    def __init__(self, world: World, connection: Connection, whom: Bundle) -> None:
        self.world = world
        self.connection = connection
        self.whom = whom
        self.theirs = b""
        self.answer = b""

    @property
    def binding(self) -> Ends:
        return self.connection.binding

    @property
    def challenges(self) -> Ends:
        return self.connection.challenges(self.theirs)

    # Parts

    def tag(
        self,
        device: Device | None = None,
        *,
        role: Role | None = None,
        binding: Ends | None = None,
        journal: bytes | None = None,
    ) -> bytes:
        key = (device or self.world.laptop).pair_key(self.whom, journal or self.world.journal)
        return peer.tag(key, role or self.connection.role, binding or self.binding)

    def signature(
        self,
        device: Device | None = None,
        *,
        role: Role | None = None,
        binding: Ends | None = None,
        challenges: Ends | None = None,
        journal: bytes | None = None,
    ) -> bytes:
        return (device or self.world.laptop).event.sign(
            peer.proof(
                journal or self.world.journal,
                role or self.connection.role,
                binding or self.binding,
                challenges or self.challenges,
            )
        )

    # Steps, one after the other

    def heard(self) -> Intruder:
        """Reads the daemon's HELLO."""
        if not self.theirs:
            self.theirs = self.connection.expect(Kind.HELLO)
        return self

    def hello(self, challenge: bytes | None = None) -> Intruder:
        """Both say HELLO."""
        self.heard()
        self.connection.challenge = challenge or self.connection.challenge
        self.connection.hello()
        return self

    def say(self, kind: int, *fields: tuple[int, int | bytes]) -> Intruder:
        return self.heard().raw(peer.framed(kind, peer.encode(*fields)))

    def raw(self, stream: bytes) -> Intruder:
        self.connection.write(stream)
        return self

    def auth(self, *tags: bytes, signature: bytes = b"") -> Intruder:
        return self.say(Kind.AUTH, *((1, each) for each in tags), (2, signature))

    def answered(self) -> Intruder:
        """Reads the daemon's AUTH."""
        self.answer = self.connection.expect(Kind.AUTH)
        return self

    def tagged(self, device: Device | None = None) -> Intruder:
        """As far as a right tag leads a dialler."""
        return self.hello().auth(self.tag(device)).answered()


Script = Callable[[Intruder], object]


@dataclass
class Case:
    """One way of not being let in, and all that the daemon may say meanwhile."""

    name: str
    allowed: tuple[str, ...]

    def run(self, world: World, source: str) -> None:
        """Tries it, from an address. Throws `Wrong`, or whatever else goes wrong."""
        raise NotImplementedError

    def hang_up(self, world: World, connection: Connection, script: Script, daemon: str) -> None:
        """Says something, waits for the daemon to end the connection, and looks at all that it said."""
        with contextlib.suppress(Closed):
            script(Intruder(world, connection, world.bundles[daemon]))
        world.over(connection, self.allowed)


@dataclass
class Dials(Case):
    """The intruder calls a daemon, says something, and is hung up on."""

    script: Script = lambda intruder: None
    certificate: Certificate | None = None
    alpn: bytes = SYNC
    daemon: str = "joon"

    def run(self, world: World, source: str) -> None:
        certificate = self.certificate or Certificate.new()
        with world.dial(self.daemon, certificate, source=source, alpn=self.alpn) as connection:
            self.hang_up(world, connection, self.script, self.daemon)


@dataclass
class Listens(Case):
    """The intruder sits where Mara's device was, is called by Joon's, says something, and is hung up on."""

    script: Script = lambda intruder: None
    settings: SSL.Context | None = None
    refusal: str = ""
    """Why TLS must not even come about."""

    def run(self, world: World, source: str) -> None:
        settings = self.settings or peer.context(Certificate.new())
        with world.listening("mara") as server:
            try:
                connection = world.accept(server, settings)
            except Closed as error:
                if self.refusal and self.refusal in str(error):
                    return
                raise
            with connection:
                if self.refusal:
                    raise Wrong("TLS came about")
                self.hang_up(world, connection, self.script, "joon")


@dataclass
class NobodyCalls(Case):
    """The intruder sits where a device was, and the daemon never calls: it knows nobody there any more."""

    seat: str
    witness: str = ""
    """Where it does call, so that it is known to have been calling."""

    def run(self, world: World, source: str) -> None:
        with world.listening(self.seat) as server, contextlib.ExitStack() as stack:
            witness = stack.enter_context(world.listening(self.witness)) if self.witness else None
            world.do("joon sync")
            if witness:
                witness.accept()[0].close()
            # Nothing tells that a call is not coming; one that does would be here within milliseconds.
            server.settimeout(1.5)
            with contextlib.suppress(TimeoutError):
                server.accept()
                raise Wrong("it called")


@dataclass
class NobodyListens(Case):
    """There is nothing where a daemon was: not even TLS, by which it would be known to be there."""

    daemon: str = "joon"

    def run(self, world: World, source: str) -> None:
        with contextlib.suppress(ConnectionRefusedError):
            socket.create_connection((HOST, world.ports[self.daemon]), 5).close()
            raise Wrong("someone listens")


@dataclass
class Relays(Case):
    """The intruder sits where a device was, and carries all that its caller says to a daemon and back."""

    seat: str
    caller: str
    called: str

    def run(self, world: World, source: str) -> None:
        certificate = Certificate.new()
        with world.listening(self.seat) as server:
            with world.accept(server, peer.context(certificate), self.caller) as one:
                with world.dial(self.called, certificate) as other:
                    self.carry(one, other)
                    # Neither is told that the other has gone: each has to end it.
                    world.over(one, self.allowed)
                    world.over(other, HELLO)

    @staticmethod
    def carry(one: Connection, other: Connection) -> None:
        ways = {one: other, other: one}
        with contextlib.suppress(Closed):
            while True:
                ready = [end for end in ways if end.tls.pending()]
                sockets = [] if ready else select.select([end.sock for end in ways], [], [], PATIENCE)[0]
                for end in ready or [end for end in ways if end.sock in sockets]:
                    ways[end].write(end.receive())


@dataclass
class Crosses(Case):
    """The intruder is called, and on a call of its own says what it heard, by the same certificate."""

    called: str

    def run(self, world: World, source: str) -> None:
        certificate, joon = Certificate.new(), world.bundles["joon"]
        with world.listening("mara") as server:
            with world.accept(server, peer.context(certificate)) as one:
                with world.dial(self.called, certificate) as other:
                    tags = Intruder(world, one, joon).hello().answered().answer
                    Intruder(world, other, joon).hello().raw(peer.framed(Kind.AUTH, tags))
                    world.over(one, TAGS)
                    world.over(other, self.allowed)


@dataclass
class Resumes(Case):
    """The intruder calls with the ticket of a connection on which somebody was let in."""

    recording: Recording
    certificate: Certificate | None = None
    script: Script = lambda intruder: None
    daemon: str = "joon"

    def run(self, world: World, source: str) -> None:
        ticket = self.recording.ticket
        with world.dial(self.daemon, self.certificate, source=source, session=ticket) as connection:
            if connection.was_resumed:
                raise Wrong("the ticket was good")
            self.hang_up(world, connection, self.script, self.daemon)


@dataclass
class Loses(Case):
    """A device is connected when it loses its place: the connection ends, and nothing more is said on it."""

    own: Device
    command: str

    def run(self, world: World, source: str) -> None:
        with world.dial("joon", Certificate.new()) as connection:
            world.authenticate(connection, self.own)
            world.told(connection)
            connection.received = b""
            world.do(self.command)
            world.over(connection, self.allowed)


@dataclass
class OpenSSL(Case):
    """`openssl s_client`, which says what the case makes it say and waits to be hung up on."""

    arguments: tuple[str | Path, ...] = ()
    input: bytes = b""
    trace: tuple[str, ...] = ()
    """What there has to be among the messages of TLS, as expressions for a line."""
    daemon: str = "joon"

    def run(self, world: World, source: str) -> None:
        trace = world.directory / f"trace-{secrets.token_hex(4)}"
        address = f"{HOST}:{world.ports[self.daemon]}"
        command = ["openssl", "s_client", "-connect", address, "-bind", f"{source}:0", *self.arguments]
        command += ["-quiet", "-msg", "-msgfile", trace]
        pipe = subprocess.PIPE
        with subprocess.Popen(command, bufsize=0, stdin=pipe, stdout=pipe, stderr=pipe) as client:
            assert client.stdout
            # Speaks when it is spoken to.
            if self.input:
                select.select([client.stdout], [], [], PATIENCE)
            try:
                received, errors = client.communicate(self.input, PATIENCE)
            finally:
                client.kill()
        world.check(received, self.allowed)
        messages = trace.read_text()
        for line in self.trace:
            if not re.search(line, messages, re.MULTILINE):
                raise Wrong(f"no {line!r} in TLS's messages: {errors.decode()}")


@dataclass
class Plain(Case):
    """TCP without TLS."""

    stream: bytes = b""

    def run(self, world: World, source: str) -> None:
        with socket.create_connection((HOST, world.ports["joon"]), PATIENCE, (source, 0)) as sock:
            sock.sendall(self.stream)
            received = b""
            with contextlib.suppress(ConnectionError):
                while piece := sock.recv(4096):
                    received += piece
        # TLS's part can be no more than an alert.
        if received and (received[0] != 0x15 or len(received) != 7):
            raise Wrong(f"it said {received!r}")


def attempt(world: World, case: Case) -> str | None:
    """Runs a case; returns why it failed."""
    source = world.sources.get()
    try:
        case.run(world, source)
    except (Wrong, Closed, OSError, peer.NotProved, subprocess.TimeoutExpired) as error:
        return f"{type(error).__name__}: {error}"
    finally:
        world.sources.put(source)
    return None


def try_all(world: World, cases: list[Case], at_once: int = 1) -> None:
    """Runs cases and tells of each."""
    with ThreadPoolExecutor(at_once) as pool:
        for case, failure in zip(cases, pool.map(lambda case: attempt(world, case), cases)):
            world.cases += 1
            if failure:
                world.failed(f"{world.cases:3}  {case.name}: {failure}")
            else:
                world.say(f"ok {world.cases:3}  {case.name}  ({', '.join(case.allowed) or 'nothing'})")
