import Causality
import EventLog
import Journal

extension World {
    /// Some event that a person at a device might write; now and then one that breaks the rules.
    mutating func invent(on device: Device) throws -> NewEvent? {
        let here = device.disk.all.map { ($0.effective.id, $0.effective.header) }
        let rifts = Array(Set(here.filter { $0.1.kind == .rift }.map(\.0))).sorted()
        guard let rift = rifts.randomElement(using: &generator), !generator.chance(8) else {
            return rifts.count < 3 ? try event(.rift, nil, []) : nil
        }
        func some(_ kinds: Set<Kind>) -> [EntryID] {
            Set(here.filter { ($0.1.kind.map(kinds.contains) ?? false) && $0.1.rift == rift }.map(\.0))
                .sorted()
        }
        let kinds: [Kind] = [
            .hurt, .hurt, .hurt, .account, .reflection, .recognition, .amends, .amends, .receipt, .receipt,
            .letBe, .kept,
            .revise, .retract, .rest, .rest, .rest, .reopen, .title, .agreement, .sameAs, .reply, .erase,
            .consent, .tag,
        ]
        guard let kind = kinds.randomElement(using: &generator) else { return nil }
        switch kind {
        case .recognition, .amends, .letBe:
            guard let hurt = some([.hurt]).randomElement(using: &generator) else { return nil }
            return try event(kind, rift, [hurt])
        case .receipt:
            guard let answer = some([.recognition, .amends]).randomElement(using: &generator),
                let hurt = here.first(where: { $0.0 == answer })?.1.references.first?.entry
            else { return nil }
            var receipt = try event(kind, rift, [answer, hurt])
            receipt.value = UInt32.random(in: 1...3, using: &generator)
            return receipt
        case .kept:
            guard let amends = some([.amends]).randomElement(using: &generator) else { return nil }
            return try event(kind, rift, [amends])
        case .revise, .retract, .erase:
            guard
                let entry = some([.hurt, .account, .recognition, .amends, .reflection, .receipt, .letBe])
                    .randomElement(using: &generator)
            else { return nil }
            return try event(kind, rift, [entry])
        case .consent:
            guard let erasure = some([.erase]).randomElement(using: &generator) else { return nil }
            return try event(kind, rift, [erasure])
        case .sameAs:
            guard let other = rifts.randomElement(using: &generator), other != rift else { return nil }
            return try event(kind, rift, [other])
        default: return try event(kind, rift, [])
        }
    }

    private mutating func event(_ kind: Kind, _ rift: EntryID?, _ about: [EntryID]) throws -> NewEvent {
        let words = String(repeating: "x", count: Int.random(in: 1...40, using: &generator))
        let body = try Body([Field(.text, words)], salt: generator.bytes(16))
        return NewEvent(
            kind, rift: rift, references: about.map { Reference($0) }, body: kind == .rest ? nil : body)
    }
}
