"""The access matrix: every way of not being let in, and the order in which they are tried.

Run by scripts/access-test, which has paired three daemons and does to them what this program wishes: it reads
lines `do COMMAND` and answers `done`. Honest peers come in between, with the same keys and the same code.
"""

from __future__ import annotations

import argparse
import random
import secrets
import socket
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, suppress
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from OpenSSL import SSL, crypto

import peer
from intruder import (
    AUTH,
    HELLO,
    NOTHING,
    TAGS,
    Case,
    Crosses,
    Dials,
    Intruder,
    Listens,
    Loses,
    NobodyCalls,
    NobodyListens,
    OpenSSL,
    Plain,
    Relays,
    Resumes,
    Script,
    attempt,
    try_all,
)
from peer import PAIRING, Certificate, Connection, Device, Kind, Role, framed
from world import HOST, Recording, World

STRANGER = Device.new()
"""A device of no journal."""

OTHER_JOURNAL = secrets.token_bytes(32)

Part = Callable[[Intruder], bytes]
"""What a case says in the place of a tag or a signature."""


def noise(count: int, length: int = 16) -> list[bytes]:
    return [secrets.token_bytes(length) for _ in range(count)]


# ── TLS ─────────────────────────────────────────────────────────────────────


def files(world: World, name: str, certificate: Certificate) -> tuple[str | Path, ...]:
    """The options that make `openssl s_client` show a certificate."""
    path = world.directory / name
    path.write_bytes(
        crypto.dump_certificate(crypto.FILETYPE_PEM, certificate.shown)
        + crypto.dump_privatekey(crypto.FILETYPE_PEM, certificate.key)
    )
    return "-cert", path, "-key", path


ALPN = ("-alpn", "reconcile/2")
SHOWN = "^<<< .*, Certificate$"
"""The daemon has shown its certificate, so it has not resumed a session."""
OFFERED = "^>>> .*length 0[2-9a-f][0-9a-f]{2}], ClientHello"
"""A ClientHello that is long enough for a ticket."""


def openssl_cases(world: World, of_joon: crypto.X509, of_mara: crypto.X509) -> list[Case]:
    """What a stranger can do with `openssl s_client` and the certificates that daemons show to anybody."""
    own = files(world, "own", Certificate.new())
    kinds: dict[str, peer.PrivateKey] = {
        "an RSA": rsa.generate_private_key(65537, 2048),
        "a P-384": ec.generate_private_key(ec.SECP384R1()),
    }
    edwards = files(world, "edwards", Certificate.new(ed25519.Ed25519PrivateKey.generate()))

    like = files(world, "like", Certificate.new(serial=of_mara.get_serial_number()))

    def old(version: str) -> OpenSSL:
        # What Debian's OpenSSL would not even ask for is asked for.
        arguments = (*own, *ALPN, f"-tls{version}", "-cipher", "DEFAULT@SECLEVEL=0")
        name = f"openssl: TLS {version.replace('_', '.')}"
        return OpenSSL(name, NOTHING, arguments, trace=("^<<< .*protocol_version",))

    def copy(whose: str, shown: crypto.X509) -> OpenSSL:
        arguments = (*files(world, whose, Certificate.copied(shown)), *ALPN)
        name = f"openssl: a copy of {whose} certificate"
        trace = ("^>>> .*, CertificateVerify$", "^<<< .*decrypt_error")
        return OpenSSL(name, NOTHING, arguments, trace=trace)

    return [
        OpenSSL("openssl: no certificate", NOTHING, ALPN, trace=("^<<< .*fatal",)),
        OpenSSL("openssl: no certificate, no ALPN", NOTHING, trace=("^<<< .*fatal",)),
        OpenSSL("openssl: no ALPN", NOTHING, own),
        OpenSSL("openssl: another ALPN", NOTHING, (*own, "-alpn", "h2")),
        old("1_2"),
        old("1_1"),
        OpenSSL("openssl: a certificate of its own", HELLO, (*own, *ALPN, "-sess_out", world.ticket)),
        OpenSSL("openssl: one that looks like Mara's", HELLO, (*like, *ALPN)),
        copy("Mara's", of_mara),
        copy("Joon's", of_joon),
        *(
            OpenSSL(f"openssl: {kind} certificate", HELLO, (*files(world, kind, Certificate.new(key)), *ALPN))
            for kind, key in kinds.items()
        ),
        # OpenSSL shows it to nobody who has not asked for its kind.
        OpenSSL("openssl: an Ed25519 certificate", NOTHING, (*edwards, *ALPN)),
        OpenSSL("openssl: garbage behind the handshake", HELLO, (*own, *ALPN), secrets.token_bytes(64)),
        OpenSSL("openssl: an HTTP request", HELLO, (*own, *ALPN), b"GET / HTTP/1.1\r\nHost: joon\r\n\r\n"),
    ]


def openssl_ticket(world: World, when: str) -> list[Case]:
    """The ticket that a daemon gave to a stranger."""
    arguments = (*ALPN, "-sess_in", world.ticket)
    own = files(world, "own", Certificate.new())
    return [
        OpenSSL(f"openssl: ticket and no certificate, {when}", NOTHING, arguments, trace=(OFFERED, SHOWN)),
        OpenSSL(f"openssl: ticket, {when}", HELLO, (*own, *arguments), trace=(OFFERED, SHOWN)),
    ]


def plain_cases() -> list[Case]:
    """Without TLS, or without the end of its handshake."""
    hello = framed(Kind.HELLO, peer.encode((1, b"reconcile"), (2, b"\2"), (4, secrets.token_bytes(32))))
    return [
        Plain("plain TCP: frames", NOTHING, hello + framed(Kind.AUTH) + framed(Kind.SUMMARY)),
        Plain("plain TCP: nothing at all", NOTHING),
        Plain("plain TCP: the beginning of TLS", NOTHING, bytes.fromhex("160301020001")),
    ]


# ── A dialler ───────────────────────────────────────────────────────────────


def tag_cases(genuine: Recording) -> list[Case]:
    """Whatever is not the right tag is answered by nothing at all."""

    def case(name: str, tags: Callable[[Intruder], list[bytes]]) -> Dials:
        return Dials(f"dialler: {name}", HELLO, lambda i: i.hello().auth(*tags(i)))

    return [
        case("no tags", lambda i: []),
        case("random tags", lambda i: noise(8)),
        case("the right tag in the ninth place", lambda i: [*noise(8), i.tag()]),
        case("the right tag less a byte", lambda i: [i.tag()[:-1]]),
        case("the right tag and a byte", lambda i: [i.tag() + b"\0"]),
        case("an empty tag", lambda i: [b""]),
        case("a tag by a key of zeros", lambda i: [peer.tag(bytes(32), Role.DIALLER, i.binding)]),
        case("the tag of a device of no journal", lambda i: [i.tag(STRANGER)]),
        case("the tag by another journal's pair key", lambda i: [i.tag(journal=OTHER_JOURNAL)]),
        case("a tag with the listener's role", lambda i: [i.tag(role=Role.LISTENER)]),
        case("a tag with the certificates swapped", lambda i: [i.tag(binding=i.binding.swapped)]),
        case("a tag for another connection", lambda i: [i.tag(binding=genuine.binding)]),
    ]


def signature_cases(genuine: Recording) -> list[Case]:
    """The right tag, by Mara's pair key, is answered by AUTH; without her signature that is all."""

    def case(name: str, signature: Part) -> Dials:
        return Dials(f"dialler: {name}", AUTH, lambda i: i.tagged().auth(signature=signature(i)))

    return [
        Dials("dialler: the right tag, then silence", AUTH, lambda i: i.tagged()),
        Dials("dialler: the right tag twice", AUTH, lambda i: i.tagged().auth(i.tag())),
        Dials(
            "dialler: tag and signature at once, then silence",
            AUTH,
            lambda i: i.hello().auth(i.tag(), signature=i.signature()).answered(),
        ),
        case("an empty signature", lambda i: b""),
        case("a random signature", lambda i: secrets.token_bytes(64)),
        case("a signature with a byte more", lambda i: i.signature() + b"\0"),
        case("a signature by a device of no journal", lambda i: i.signature(STRANGER)),
        case("a signature by another device of the same person", lambda i: i.signature(i.world.phone)),
        Dials(
            "dialler: the other device's tag, this one's signature",
            AUTH,
            lambda i: i.tagged(i.world.phone).auth(signature=i.signature()),
        ),
        case("a signature with the listener's role", lambda i: i.signature(role=Role.LISTENER)),
        case("a signature with the certificates swapped", lambda i: i.signature(binding=i.binding.swapped)),
        case("a signature for another connection", lambda i: i.signature(binding=genuine.binding)),
        case("a signature, challenges swapped", lambda i: i.signature(challenges=i.challenges.swapped)),
        case("a signature over old challenges", lambda i: i.signature(challenges=genuine.challenges)),
        case("a signature over another journal's id", lambda i: i.signature(journal=OTHER_JOURNAL)),
    ]


def reflection_cases(genuine: Recording) -> list[Case]:
    """The daemon's own AUTH, and one that was right before."""
    hello, first, last = genuine.said[:3]
    same = genuine.certificate
    answer = framed(Kind.AUTH, genuine.answer)

    def its_challenge(i: Intruder) -> object:
        i.heard().hello(peer.field(i.theirs, 4)).auth(i.tag()).answered()
        return i.raw(framed(Kind.AUTH, i.answer))

    return [
        Dials(
            "dialler: its own signature reflected",
            AUTH,
            lambda i: i.tagged().auth(signature=peer.field(i.answer, 2)),
        ),
        Dials("dialler: its own AUTH reflected", AUTH, lambda i: i.tagged().raw(framed(Kind.AUTH, i.answer))),
        Dials("dialler: its own AUTH reflected, and its challenge", AUTH, its_challenge),
        Dials("dialler: its own AUTH as the first", HELLO, lambda i: i.hello().raw(answer), same),
        Dials("dialler: an AUTH replayed", HELLO, lambda i: i.heard().raw(hello + first + last)),
        Dials(
            "dialler: an AUTH replayed with the same certificate",
            AUTH,
            lambda i: i.heard().raw(hello + first).answered().raw(last),
            same,
        ),
    ]


def order_cases() -> list[Case]:
    """Messages where they have no place, and what is none."""
    too_long = framed(Kind.AUTH, bytes(5_000))
    skipping = (Kind.AUTH_OK, Kind.SUMMARY, Kind.RUN, Kind.WANT)
    early = (*skipping, Kind.PING, Kind.ERROR, Kind.CLOSE, Kind.PAIR_HELLO)
    right, name = secrets.token_bytes(32), b"reconcile"

    def case(name: str, script: Script, allowed: tuple[str, ...] = HELLO, alpn: bytes = peer.SYNC) -> Dials:
        return Dials(f"dialler: {name}", allowed, script, alpn=alpn)

    def hello(what: str, *fields: tuple[int, int | bytes]) -> Dials:
        # Then all that would be right.
        return case(f"HELLO {what}", lambda i: i.say(Kind.HELLO, *fields).auth(i.tag()))

    def instead(kind: Kind) -> Dials:
        return case(f"{kind.name} instead of AUTH", lambda i: i.hello().say(kind))

    def unsigned(kind: Kind) -> Dials:
        return case(f"{kind.name} instead of a signature", lambda i: i.tagged().say(kind), AUTH)

    return [
        *map(instead, early),
        *map(unsigned, skipping),
        case("a message of a later version instead of AUTH", lambda i: i.hello().say(200)),
        case("all at once, unsigned", lambda i: i.hello().auth(i.tag()).auth().say(Kind.SUMMARY), AUTH),
        case("AUTH before HELLO", lambda i: i.heard().auth(i.tag())),
        case("HELLO twice", lambda i: i.hello().hello().auth(i.tag())),
        hello("of versions 1 and 3 only", (1, name), (2, b"\1\3"), (4, right)),
        hello("of no version", (1, name), (4, right)),
        hello("of something else", (1, b"reconcila"), (2, b"\2"), (4, right)),
        hello("with 31 bytes of challenge", (1, name), (2, b"\2"), (4, right[:31])),
        hello("with 33 bytes of challenge", (1, name), (2, b"\2"), (4, right + b"\0")),
        hello("that is empty"),
        case("an AUTH that can't be read", lambda i: i.hello().raw(framed(Kind.AUTH, b"\xff" * 9))),
        case("a frame of 5,000 bytes", lambda i: i.hello().raw(too_long)),
        case("a tag and a frame of 5,000 bytes", lambda i: i.tagged().raw(too_long), AUTH),
        case("a frame of 4 GiB", lambda i: i.hello().raw(b"\xff" * 4 + b"\2")),
        case("an empty frame", lambda i: i.hello().raw(bytes(4))),
        case("half a frame", lambda i: i.hello().raw(framed(Kind.AUTH, bytes(99))[:50])),
        # Nobody here wants to pair: what comes for that is not even greeted.
        case("HELLO where one pairs", lambda i: i.connection.hello(), NOTHING, PAIRING),
        case("a pairing's HELLO", lambda i: i.raw(framed(Kind.PAIR_HELLO)), NOTHING, PAIRING),
    ]


# ── A listener ──────────────────────────────────────────────────────────────


def listener_cases(genuine: Recording, of_mara: crypto.X509) -> list[Case]:
    """Joon's daemon calls where Mara's was; whoever answers gets tags, which tell a stranger nothing."""
    hello, answer = genuine.said[:2]
    same = peer.context(genuine.certificate)
    old = peer.context(Certificate.new(), version=SSL.TLS1_2_VERSION)
    copy = peer.context(Certificate.copied(of_mara))

    def case(name: str, script: Script, settings: SSL.Context | None = None) -> Listens:
        return Listens(f"listener: {name}", TAGS, script, settings)

    def replayed(i: Intruder) -> object:
        return i.heard().raw(hello).answered().raw(answer)

    def proof(name: str, tag: Part, signature: Part) -> Listens:
        return case(name, lambda i: i.hello().answered().auth(tag(i), signature=signature(i)))

    return [
        Listens("listener: silence", HELLO),
        case("HELLO and silence", lambda i: i.hello()),
        proof("a random tag", lambda i: noise(1)[0], lambda i: i.signature()),
        proof("no tag", lambda i: b"", lambda i: i.signature()),
        proof("its own role in the tag", lambda i: i.tag(role=Role.DIALLER), lambda i: i.signature()),
        proof("a tag by another pair key", lambda i: i.tag(journal=OTHER_JOURNAL), lambda i: i.signature()),
        case("its own tags reflected", lambda i: i.hello().answered().raw(framed(Kind.AUTH, i.answer))),
        proof("the right tag and no signature", lambda i: i.tag(), lambda i: b""),
        proof("a signature by another device", lambda i: i.tag(), lambda i: i.signature(i.world.phone)),
        proof("the other device's tag", lambda i: i.tag(i.world.phone), lambda i: i.signature()),
        proof("its own role in the signature", lambda i: i.tag(), lambda i: i.signature(role=Role.DIALLER)),
        proof("swapped challenges", lambda i: i.tag(), lambda i: i.signature(challenges=i.challenges.swapped)),
        proof("another journal's id signed", lambda i: i.tag(), lambda i: i.signature(journal=OTHER_JOURNAL)),
        case("an AUTH replayed", replayed),
        case("an AUTH replayed with the same certificate", replayed, same),
        case("AUTH_OK at once", lambda i: i.hello().answered().say(Kind.AUTH_OK).say(Kind.SUMMARY)),
        case("a tag and AUTH_OK", lambda i: i.hello().answered().auth(i.tag()).say(Kind.AUTH_OK)),
        case("a frame of 5,000 bytes", lambda i: i.hello().answered().raw(framed(Kind.AUTH, bytes(5_000)))),
        Listens("listener: AUTH before HELLO", HELLO, lambda i: i.heard().auth(i.tag())),
        Listens("listener: no ALPN", NOTHING, settings=peer.context(Certificate.new(), PAIRING)),
        Listens("listener: TLS 1.2", NOTHING, settings=old, refusal="unsupported protocol"),
        Listens("listener: a copy of Mara's certificate", NOTHING, settings=copy, refusal="decrypt error"),
    ]


def relay_cases() -> list[Case]:
    """In the middle, passing on every frame: AUTH is bound to both certificates, and worth nothing there."""
    return [
        Relays("relay: Mara to Joon", TAGS, "joon", "mara", "moved joon"),
        Relays("relay: Joon to Mara", TAGS, "mara", "joon", "moved mara"),
        Relays("relay: Joon to himself", TAGS, "mara", "joon", "moved joon"),
        Crosses("relay: Joon's tags on a call to him", HELLO, "moved joon"),
    ]


# ── Who was somebody once ───────────────────────────────────────────────────


def ticket_cases(genuine: Recording, when: str) -> list[Case]:
    """The ticket of a connection on which Mara's device was let in: not even TLS takes it."""
    replay = b"".join(genuine.said[:3])

    def case(name: str, certificate: Certificate, script: Script) -> Resumes:
        return Resumes(f"ticket: {name}, {when}", HELLO, genuine, certificate, script)

    return [
        Resumes(f"ticket: no certificate, {when}", NOTHING, genuine),
        case("no AUTH", genuine.certificate, lambda i: i.hello().say(Kind.SUMMARY)),
        case("an AUTH replayed", Certificate.new(), lambda i: i.heard().raw(replay)),
    ]


def former_cases(who: str, device: Device, genuine: Recording, daemon: str = "joon") -> list[Case]:
    """Somebody with all the right keys, who is nobody now: not even the tag is answered."""
    replay = b"".join(genuine.said[:3])

    def case(name: str, script: Script, certificate: Certificate | None = None) -> Dials:
        return Dials(f"{who}: {name}, to {daemon}", HELLO, script, certificate, daemon=daemon)

    def all_right(i: Intruder) -> object:
        return i.hello().auth(i.tag(device)).auth(signature=i.signature(device))

    return [
        case("tag", lambda i: i.hello().auth(i.tag(device))),
        case("tag and signature", all_right),
        case("an AUTH replayed", lambda i: i.heard().raw(replay), genuine.certificate),
        Resumes(f"{who}: a ticket, to {daemon}", HELLO, genuine, genuine.certificate, all_right, daemon),
    ]


# ── The order ───────────────────────────────────────────────────────────────


def free_ports(count: int) -> list[int]:
    """Below those that the kernel gives to outgoing connections, one of which might be there first."""
    above = int(Path("/proc/sys/net/ipv4/ip_local_port_range").read_text().split()[0])
    with ExitStack() as servers:
        ports: list[int] = []
        for _ in range(100):
            port = random.randrange(1024, above) if above > 2048 else 0
            with suppress(OSError):
                ports.append(servers.enter_context(socket.create_server((HOST, port))).getsockname()[1])
            if len(ports) == count:
                return ports
    raise SystemExit("no port is free")


def resumption_is_noticed(world: World) -> None:
    """A control: where a server does resume sessions, both clients do too, and the cases say so."""
    settings = peer.context(Certificate.new())
    ticket: SSL.Session | None = None
    saved = files(world, "own", Certificate.new())

    def serve() -> None:
        for _ in range(4):
            Connection(server.accept()[0], Role.LISTENER, settings).__exit__()

    with socket.create_server((HOST, 0)) as server, ThreadPoolExecutor(1) as pool:
        world.ports["resuming"] = server.getsockname()[1]
        served = pool.submit(serve)
        for is_again in (False, True):
            with world.dial("resuming", Certificate.new(), session=ticket) as connection:
                connection.drain()
                ticket = connection.tls.get_session()
                if connection.was_resumed != is_again:
                    raise SystemExit("the intruder's tickets are no good")
        first = OpenSSL("", NOTHING, (*saved, *ALPN, "-sess_out", world.ticket), daemon="resuming")
        arguments = (*ALPN, "-sess_in", world.ticket)
        again = OpenSSL("", NOTHING, arguments, trace=(OFFERED, SHOWN), daemon="resuming")
        if attempt(world, first) or SHOWN not in (attempt(world, again) or ""):
            raise SystemExit("the tickets of openssl s_client are no good")
        served.result()
    world.say("control: a server that resumes sessions is noticed")


def try_everything(world: World) -> None:
    of_joon, of_mara = world.shown("joon"), world.shown("mara")
    for name in ("mara", "phone"):
        world.do(f"steal {name}")
    world.do("joon thanks --share -m canary-after-mara-left")
    world.do("tell")
    world.steal()
    world.canaries()
    resumption_is_noticed(world)
    laptop = world.honest(world.laptop, "joon")
    world.honest_listener(world.phone, "phone")
    called = world.honest_listener(world.laptop, "mara")

    with world.unseen("Strangers"):
        try_all(world, openssl_cases(world, of_joon, of_mara) + plain_cases(), at_once=3)
    with world.unseen("Mara's device calls, but for one thing"):
        cases = tag_cases(laptop) + signature_cases(laptop) + reflection_cases(laptop) + order_cases()
        try_all(world, cases, at_once=3)
    with world.unseen("Joon's daemon calls Mara's device, which it is but for one thing"):
        try_all(world, listener_cases(called, of_mara))

    world.ports["moved joon"], world.ports["moved mara"] = free_ports(2)
    with world.unseen("Old tickets"):
        for when in ("right after", "after a restart"):
            try_all(world, openssl_ticket(world, when) + ticket_cases(laptop, when), at_once=3)
            before = world.shown("joon")
            world.restart("joon")
            world.unlinkable(before, world.shown("joon"))

    world.restart("joon", "moved joon")
    world.do(f"start mara {world.ports['moved mara']}")
    with world.unseen("Between two daemons that can't reach each other"):
        try_all(world, relay_cases())
    for name in ("joon", "mara"):
        world.restart(name)

    world.say("\nThe phone is retired")
    world.do("both")
    at_joon, at_mara = world.honest(world.phone, "joon"), world.honest(world.phone, "mara")
    try_all(world, [Loses("retired: a connection that stood", NOTHING, world.phone, "retire_phone")])
    with world.unseen("The phone comes back"):
        cases = former_cases("retired", world.phone, at_joon)
        try_all(world, cases + former_cases("retired", world.phone, at_mara, "mara"))
        world.do("stop mara")
        try_all(world, [NobodyCalls("retired: nobody calls it", NOTHING, "phone", "mara")])

    world.say("\nJoon stops sharing with Mara")
    laptop = world.honest(world.laptop, "joon")
    try_all(world, [Loses("unpaired: a connection that stood", NOTHING, world.laptop, "joon unpair")])
    with world.unseen("Mara's device comes back"):
        for when in ("unpaired", "unpaired, after a restart"):
            try_all(world, [NobodyListens(f"{when}: nobody listens", NOTHING)])
            # Until he pairs with someone: then anyone may come in, and she is nobody all the same.
            world.do("joon_looks")
            try_all(world, former_cases(f"{when}, and he pairs", world.laptop, laptop))
            world.do("joon_stops_looking")
            world.restart("joon")
        try_all(world, [NobodyCalls("unpaired: nobody calls it", NOTHING, "mara")])


def main() -> int:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("directory", type=Path)
    arguments.add_argument("ports", nargs=3, type=int, help="where Joon, Mara and her phone listen")
    given = arguments.parse_args()
    world = World(given.directory, dict(zip(("joon", "mara", "phone"), given.ports)))
    try_everything(world)
    outcome = f"{world.failures} failures" if world.failures else "no journal byte in any"
    world.say(f"\naccess: {world.cases} cases, {outcome}")
    return 1 if world.failures else 0


if __name__ == "__main__":
    raise SystemExit(main())
