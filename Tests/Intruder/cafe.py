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
GROUP6 = socket.inet_pton(socket.AF_INET6, "ff12::7747")
IPV4, ARP, IPV6 = 0x0800, 0x0806, 0x86DD
UDP, ICMP6 = 17, 58
LENGTH = 145


def cable(interface: str) -> socket.socket:
    opened = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.ntohs(3))
    opened.bind((interface, 0))
    return opened


def beacon(frame: bytes) -> tuple[bytes, bytes] | None:
    """The source address and the bytes of a beacon."""
    kind, packet = frame[12:14], frame[14:]
    if kind == struct.pack(">H", IPV4) and len(packet) >= 28 and packet[9] == UDP and packet[16:20] == GROUP:
        source, datagram = packet[12:16], packet[(packet[0] & 15) * 4 :]
    elif kind == struct.pack(">H", IPV6) and len(packet) >= 48 and packet[6] == UDP and packet[24:40] == GROUP6:
        source, datagram = packet[8:24], packet[40:]
    else:
        return None
    content = datagram[8 : struct.unpack(">H", datagram[4:6])[0]]
    return (source, content) if len(content) == LENGTH and content[0] == 1 else None


def checksum(content: bytes) -> int:
    total = sum(struct.unpack(f">{len(content) // 2}H", content))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


def framed(source: bytes, content: bytes) -> bytes:
    """A beacon as it goes over the cable, from whatever source."""
    length = 8 + len(content)
    udp = struct.pack(">HHHH", PORT, PORT, length, 0) + content
    sender = bytes.fromhex("020000000066")
    if len(source) == 4:
        head = struct.pack(">BBHHHBBH4s4s", 0x45, 0, 20 + length, 0, 0, 1, UDP, 0, source, GROUP)
        head = head[:10] + struct.pack(">H", checksum(head)) + head[12:]
        return bytes.fromhex("01005e7f4d2f") + sender + struct.pack(">H", IPV4) + head + udp
    pseudo = source + GROUP6 + struct.pack(">II", length, UDP)
    total = checksum(pseudo + udp + b"\0" * (length % 2))
    udp = udp[:6] + struct.pack(">H", total or 0xFFFF) + udp[8:]
    head = struct.pack(">IHBB", 6 << 28, length, UDP, 1) + source + GROUP6
    return bytes.fromhex("333300007747") + sender + struct.pack(">H", IPV6) + head + udp


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
        return told6(packet)
    if kind == IPV4:
        target, protocol = packet[16:20], packet[9]
        length = (packet[0] & 15) * 4
        # IGMP; beacons; and the empty datagram that has a router show its link address.
        isNothing = target == router and protocol == UDP and packet[length + 4 : length + 6] == b"\0\x08"
        if protocol == 2 or target == GROUP or isNothing:
            return None
        return f"sends to {socket.inet_ntoa(target)} by protocol {protocol}"
    return None


def told6(packet: bytes) -> str | None:
    target, protocol = packet[24:40], packet[6]
    # MLD stands behind a hop-by-hop header.
    if protocol == 0 or target == GROUP6:
        return None
    if protocol == ICMP6 and packet[40] in (133, 136):
        # Looks for routers, or says that it is there.
        return None
    if protocol == ICMP6 and packet[40] == 135:
        # From no address: it looks whether its own is free.
        if packet[8:24] == bytes(16):
            return None
        return f"asks who has {socket.inet_ntop(socket.AF_INET6, packet[48:64])}"
    return f"sends to {socket.inet_ntop(socket.AF_INET6, target)} by protocol {protocol}"


def watch(interface: str, mac: str, router: str, seconds: str, file: str) -> None:
    device, gateway = bytes.fromhex(mac.replace(":", "")), socket.inet_aton(router)
    opened = cable(interface)
    opened.settimeout(0.2)
    end, following, seen, sent = time.monotonic() + float(seconds), 0.0, 0, 0
    while time.monotonic() < end:
        if time.monotonic() >= following:
            # It may still be written.
            recorded = [line.split() for line in Path(file).read_text().splitlines(keepends=True) if line[-1] == "\n"]
            if recorded:
                opened.send(framed(*map(bytes.fromhex, recorded[sent % len(recorded)])))
                sent += 1
            following = time.monotonic() + 0.5
        try:
            frame = opened.recv(65536)
        except TimeoutError:
            continue
        if len(frame) < 54 - 12 or frame[6:12] != device:
            continue
        seen += 1
        if said := told(frame, gateway):
            raise SystemExit(f"after {float(seconds) - (end - time.monotonic()):.1f} s it {said}")
    if not seen:
        raise SystemExit("it sent nothing at all, so nothing was seen")
    print(f"{seen} frames in {seconds} s, {sent} beacons replayed; nobody was called")


if __name__ == "__main__":
    {"record": record, "watch": watch}[sys.argv[1]](*sys.argv[2:])
