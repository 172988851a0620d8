"""A relay that is cut off half way: it hands one device's log to another device, and not what that log answers.

    relay.py take RELAY FROM PORT FILE     as the device of the state directory RELAY, fetches FROM's own log
    relay.py give AS TO PORT FILE          as the device of the state directory AS, hands it to TO

Each is an honest peer with that device's keys, so a daemon can't tell. The device that is played must not run meanwhile:
RELAY's journal is read too."""

from __future__ import annotations

import json
import socket
import sys
from pathlib import Path

import peer
from peer import Certificate, Connection, Device, Kind, Role, decode, field

# An ACK, by which the other side says that something is durable.
ACK = 9


def dial(port: int) -> Connection:
    return Connection(socket.create_connection(("127.0.0.1", port)), Role.DIALLER, peer.context(Certificate.new()))


def take(relay: Path, origin: Path, port: int, file: Path) -> None:
    genesis = peer.Genesis.stored(relay)
    device = Device.stored(origin).bundle(bytes(16)).device
    (other,) = (founder for founder in genesis.founders if founder.device == device)
    runs = []
    with dial(port) as connection:
        peer.authenticate(connection, Device.stored(relay), other, genesis.journal)
        # Whoever has nothing is sent everything.
        connection.send(Kind.SUMMARY)
        while (frame := connection.read()).kind != Kind.LIVE:
            if frame.kind == Kind.RUN and field(frame.payload, 1) == device:
                runs.append(frame.payload.hex())
    if not runs:
        raise SystemExit("relay: nothing of that log came")
    file.write_text(json.dumps({"journal": genesis.journal.hex(), "runs": runs}))


def give(origin: Path, target: Path, port: int, file: Path) -> None:
    kept = json.loads(file.read_text())
    journal, runs = bytes.fromhex(kept["journal"]), [bytes.fromhex(run) for run in kept["runs"]]
    other = Device.stored(target).bundle(bytes(16))
    with dial(port) as connection:
        peer.authenticate(connection, Device.stored(origin), other, journal)
        # All that it says it has is that one log.
        connection.send(Kind.SUMMARY, *((2, field(run, 7)) for run in runs[-1:]))
        for run in runs:
            connection.write(peer.framed(Kind.RUN, run))
        wanted = decode(field(runs[-1], 7))[3][0]
        while True:
            frame = connection.read()
            heads = [decode(head) for head in decode(frame.payload).get(1, [])] if frame.kind == ACK else []
            if any(head[1][0] == field(runs[-1], 1) and head[3][0] == wanted for head in heads):
                return


if __name__ == "__main__":
    mode, one, two, where, kept_in = sys.argv[1:]
    {"take": take, "give": give}[mode](Path(one), Path(two), int(where), Path(kept_in))
