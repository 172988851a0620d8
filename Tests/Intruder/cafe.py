"""Someone on a network that a device comes to: records beacons on one, and on another watches the device and sends it
what was recorded.

    cafe.py record INTERFACE FILE      writes each beacon of the network to FILE, until it is ended
    cafe.py watch INTERFACE MAC ROUTER SECONDS FILE
                                       sends the beacons in FILE again and again, with the source that they had; fails
                                       if the device with that MAC says anything to anybody but the router

Frames are made and read by hand: this is to see what a device really sends.
"""

import socket
import struct
import sys
import time
from pathlib import Path

PORT = 7747
GROUP = socket.inet_aton("239.255.77.47")
IPV4, ARP, IPV6 = 0x0800, 0x0806, 0x86DD
LENGTH = 145


def cable(interface: str) -> socket.socket:
    opened = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.ntohs(3))
    opened.bind((interface, 0))
    return opened


def beacon(frame: bytes) -> tuple[bytes, bytes] | None:
    """The source address and the bytes of a beacon by IPv4."""
    if len(frame) < 42 or frame[12:14] != struct.pack(">H", IPV4) or frame[23] != 17 or frame[30:34] != GROUP:
        return None
    datagram = frame[14 + (frame[14] & 15) * 4 :]
    content = datagram[8 : struct.unpack(">H", datagram[4:6])[0]]
    return (frame[26:30], content) if len(content) == LENGTH and content[0] == 1 else None


def framed(source: bytes, content: bytes) -> bytes:
    """A beacon as it goes over the cable, from whatever source."""
    udp = struct.pack(">HHHH", PORT, PORT, 8 + len(content), 0) + content
    head = struct.pack(">BBHHHBBH4s4s", 0x45, 0, 20 + len(udp), 0, 0, 1, 17, 0, source, GROUP)
    total = sum(struct.unpack(">10H", head))
    total = (total & 0xFFFF) + (total >> 16)
    head = head[:10] + struct.pack(">H", ~(total + (total >> 16)) & 0xFFFF) + head[12:]
    return bytes.fromhex("01005e7f4d2f") + bytes.fromhex("020000000066") + struct.pack(">H", IPV4) + head + udp


def record(interface: str, file: str) -> None:
    opened = cable(interface)
    with open(file, "w", buffering=1) as recorded:
        while True:
            if found := beacon(opened.recv(65536)):
                recorded.write(f"{found[0].hex()} {found[1].hex()}\n")


def told(frame: bytes, router: bytes) -> str | None:
    """What a frame of the device's says to anybody but the router, or to the network as every machine does."""
    kind, packet = struct.unpack(">H", frame[12:14])[0], frame[14:]
    if kind == ARP:
        sender, target = packet[14:18], packet[24:28]
        return None if target in (router, sender) else f"asks who has {socket.inet_ntoa(target)}"
    if kind == IPV6:
        # Neighbours and groups, and beacons to the group of the link.
        isBeacon = packet[24:40] == socket.inet_pton(socket.AF_INET6, "ff12::7747")
        # MLD stands behind a hop-by-hop header.
        if packet[6] in (0, 58) or isBeacon:
            return None
        return f"sends to {socket.inet_ntop(socket.AF_INET6, packet[24:40])}"
    if kind == IPV4:
        target, protocol = packet[16:20], packet[9]
        length = (packet[0] & 15) * 4
        # IGMP; beacons; and the empty datagram that has a router show its link address.
        isNothing = target == router and protocol == 17 and packet[length + 4 : length + 6] == b"\0\x08"
        if protocol == 2 or target == GROUP or isNothing:
            return None
        return f"sends to {socket.inet_ntoa(target)} by protocol {protocol}"
    return None


def watch(interface: str, mac: str, router: str, seconds: str, file: str) -> None:
    device, gateway = bytes.fromhex(mac.replace(":", "")), socket.inet_aton(router)
    Path(file).touch()
    recorded = [tuple(map(bytes.fromhex, line.split())) for line in Path(file).open()]
    opened = cable(interface)
    opened.settimeout(0.2)
    end, following, seen, sent = time.monotonic() + float(seconds), 0.0, 0, 0
    while time.monotonic() < end:
        if recorded and time.monotonic() >= following:
            opened.send(framed(*recorded[sent % len(recorded)]))
            sent += 1
            following = time.monotonic() + 0.5
        try:
            frame = opened.recv(65536)
        except TimeoutError:
            continue
        if len(frame) < 34 or frame[6:12] != device:
            continue
        seen += 1
        if said := told(frame, gateway):
            raise SystemExit(f"after {float(seconds) - (end - time.monotonic()):.1f} s it {said}")
    if not seen:
        raise SystemExit("it sent nothing at all, so nothing was seen")
    print(f"{seen} frames in {seconds} s, {sent} beacons replayed; nobody was called")


if __name__ == "__main__":
    {"record": record, "watch": watch}[sys.argv[1]](*sys.argv[2:])
