import Causality
import EventLog
import Journal
import Peering
import Testing

@Suite struct BeaconTests {
    private let journal = Digest([UInt8](repeating: 7, count: 32)) ?? .zero
    private let address: [UInt8] = [10, 0, 0, 1]
    private let home = NetworkID(router: [2, 0, 0, 0, 0, 9], address: [10, 0, 0, 254], prefixLength: 24)

    /// A device and what it needs to call the others, for each of some devices.
    private func household(_ count: Int) -> [(bundle: Bundle, keys: BeaconKeys)] {
        let keys = (0..<count).map { _ in DeviceKeys() }
        let bundles = keys.enumerated().map { index, keys in
            keys.bundle(of: PersonID(prefix: [UInt8](repeating: UInt8(index % 2), count: 16)))
        }
        return zip(keys, bundles).map { keys, own in
            (own, BeaconKeys(keys: keys, own: own, journal: journal, peers: bundles.filter { $0 != own }))
        }
    }

    private func random() -> [UInt8] { (0..<Beacon.length).map { _ in .random(in: 0...255) } }

    @Test func `whoever is called knows who calls and from which port`() {
        let all = household(9)
        let others = all.dropFirst()
        let bytes = Beacon.bytes(
            from: all[0].keys, to: others.map(\.bundle), address: address, port: 40_123, on: home,
            random: random())
        #expect(bytes.count == Beacon.length)
        for other in others {
            let found = Beacon.sender(
                of: bytes, address: address, on: home, to: other.keys,
                among: all.map(\.bundle).filter { $0 != other.bundle })
            #expect(found?.peer == all[0].bundle)
            #expect(found?.port == 40_123)
        }
    }

    @Test func `nobody else can tell anything`() {
        let all = household(3)
        let bytes = Beacon.bytes(
            from: all[0].keys, to: [all[1].bundle], address: address, port: 1, on: home, random: random())
        // One that is not called, a stranger, and the sender itself, who hears its own beacon.
        #expect(
            Beacon.sender(of: bytes, address: address, on: home, to: all[2].keys, among: [all[0].bundle])
                == nil)
        let stranger = household(2)
        #expect(
            Beacon.sender(
                of: bytes, address: address, on: home, to: stranger[0].keys, among: [stranger[1].bundle])
                == nil)
        #expect(
            Beacon.sender(of: bytes, address: address, on: home, to: all[0].keys, among: [all[1].bundle])
                == nil)
    }

    @Test func `a beacon sent again from elsewhere, or changed, does not verify`() {
        let all = household(2)
        let bytes = Beacon.bytes(
            from: all[0].keys, to: [all[1].bundle], address: address, port: 7_747, on: home, random: random())
        #expect(
            Beacon.sender(
                of: bytes, address: [10, 0, 0, 2], on: home, to: all[1].keys, among: [all[0].bundle]) == nil)
        for place in 0..<(1 + Beacon.nonceLength + 16) {
            var changed = bytes
            changed[place] ^= 1
            let found = Beacon.sender(
                of: changed, address: address, on: home, to: all[1].keys, among: [all[0].bundle])
            #expect(found == nil, "byte \(place)")
        }
        #expect(
            Beacon.sender(
                of: Array(bytes.dropLast()), address: address, on: home, to: all[1].keys,
                among: [all[0].bundle]) == nil
        )
        #expect(
            Beacon.sender(of: [], address: address, on: home, to: all[1].keys, among: [all[0].bundle]) == nil)
    }

    @Test func `a beacon sent again on another network does not verify`() {
        let all = household(2)
        let bytes = Beacon.bytes(
            from: all[0].keys, to: [all[1].bundle], address: address, port: 7_747, on: home, random: random())
        let others = [
            NetworkID.none,
            NetworkID(router: [2, 0, 0, 0, 0, 8], address: [10, 0, 0, 254], prefixLength: 24),
            NetworkID(router: [2, 0, 0, 0, 0, 9], address: [10, 0, 1, 254], prefixLength: 24),
            NetworkID(router: [2, 0, 0, 0, 0, 9], address: [10, 0, 0, 254], prefixLength: 16),
        ]
        for other in others {
            #expect(
                Beacon.sender(
                    of: bytes, address: address, on: other, to: all[1].keys, among: [all[0].bundle]) == nil)
        }
        // Which of its network's addresses a router has says nothing more.
        #expect(home == NetworkID(router: [2, 0, 0, 0, 0, 9], address: [10, 0, 0, 1], prefixLength: 24))
    }

    @Test func `two beacons of one device have nothing in common but their version`() {
        let all = household(2)
        let two = (0..<2).map { _ in
            Beacon.bytes(
                from: all[0].keys, to: [all[1].bundle], address: address, port: 7_747, on: home,
                random: random())
        }
        // Not one stretch of four bytes of the first is anywhere in the second.
        for start in 1..<(Beacon.length - 4) {
            let stretch = Array(two[0][start..<(start + 4)])
            let found = (1..<(Beacon.length - 4)).contains { Array(two[1][$0..<($0 + 4)]) == stretch }
            #expect(!found, "byte \(start)")
        }
    }

    @Test func `a pairing beacon says where, and is no other beacon`() {
        let bytes = Beacon.pairing(port: 7_748, random: random())
        #expect(Beacon.pairingPort(bytes) == 7_748)
        let all = household(2)
        #expect(
            Beacon.sender(of: bytes, address: address, on: home, to: all[1].keys, among: [all[0].bundle])
                == nil)
        let call = Beacon.bytes(
            from: all[0].keys, to: [all[1].bundle], address: address, port: 7_747, on: home, random: random())
        #expect(Beacon.pairingPort(call) == nil)
        #expect(Beacon.pairingPort([2]) == nil)
    }
}
