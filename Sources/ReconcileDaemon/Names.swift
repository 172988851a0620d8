import Causality
import EventLog
import Journal
import Store

/// What persons and devices are called.
struct Names: Sendable {
    /// What is called something.
    enum Subject: Hashable, Sendable {
        case person(PersonID)
        case device(DeviceID)

        var isPerson: Bool {
            if case .person = self { true } else { false }
        }

        /// What an event names, if it is one that names something.
        init?(of header: EventHeader) {
            switch header.kind {
            case .personName: self.init(PersonID(header.subject).map(Self.person))
            case .deviceName: self.init(DeviceID(header.subject).map(Self.device))
            default: return nil
            }
        }

        private init?(_ subject: Self?) {
            guard let subject else { return nil }
            self = subject
        }
    }

    private var names: [Subject: String] = [:]
    private var persons: [Subject: PersonID] = [:]
    /// Whose names stand as they are where the other one takes the same.
    private var own: PersonID?

    init() {}

    /// The names of all that take part in a journal, or once did.
    init(in replica: Replica<Store>, _ store: Store) throws {
        own = replica.membership.person(of: replica.device)
        for person in replica.membership.persons { try update(.person(person), in: replica, store) }
        for member in replica.membership.members {
            try update(.device(member.bundle.device), in: replica, store)
        }
    }

    /// Finds out what one person or device is called: as many events are read as there are logs that may name it.
    mutating func update(_ subject: Subject, in replica: Replica<Store>, _ store: Store) throws {
        let (kind, bytes, person): (Kind, [UInt8], PersonID?) =
            switch subject {
            case .person(let id): (.personName, id.bytes, id)
            case .device(let id): (.deviceName, id.bytes, replica.membership.person(of: id))
            }
        persons[subject] = person
        // Only a device of the same person may name it.
        let events = try person.map { person in
            try store.names(kind, of: bytes, in: replica.counting(of: person))
        }
        let facts = replica.facts(of: events ?? [])
        let sights = try replica.sights(of: facts.count > 1 ? facts : [], in: events ?? [])
        let register = Register(
            facts, places: \.positions, precedence: \.precedence,
            isSuperseded: { sights.had($1, seen: $0) })
        names[subject] = try register.winner.flatMap { winner in
            try store.bodies(of: [winner.id])[winner.id].flatMap { body in
                (try? Body(bytes: body))?.fields.first.flatMap { Self.shown($0.text) }
            }
        }
    }

    /// A name as it is shown: anyone can write one of any length, and with any characters.
    static func shown(_ text: String) -> String? {
        var (shown, room) = ("", 128)
        for scalar in text.unicodeScalars where scalar.properties.generalCategory != .control {
            room -= UTF8.width(scalar)
            guard room >= 0 else { break }
            shown.unicodeScalars.append(scalar)
        }
        return shown.isEmpty ? nil : shown
    }

    /// A person's name; nil where the journal has none.
    subscript(person: PersonID) -> String? { names[.person(person)] }

    /// A device's name; nil where the journal has none.
    subscript(device: DeviceID) -> String? { names[.device(device)] }

    /// What a person is called on every screen: never what another one is.
    func person(_ id: PersonID) -> String { distinct(.person(id), id.short) }

    /// The same of a device.
    func device(_ id: DeviceID) -> String { distinct(.device(id), id.short) }

    /// A name, with the beginning of the id behind it where it is not one's own and sounds like one that is.
    private func distinct(_ subject: Subject, _ id: String) -> String {
        guard let name = names[subject] else { return id }
        guard let own, persons[subject] != own else { return name }
        let spoken = Self.spoken(name)
        let isTaken = names.contains { other, taken in
            persons[other] == own && other.isPerson == subject.isPerson && Self.spoken(taken) == spoken
        }
        return isTaken ? "\(name) (\(id))" : name
    }

    /// A name without what one hardly sees: case, spaces, and characters that take no room.
    private static func spoken(_ name: String) -> String {
        String(
            String.UnicodeScalarView(
                name.lowercased().unicodeScalars.filter {
                    $0.properties.isAlphabetic || $0.properties.numericType != nil
                }))
    }
}

extension Ledger {
    /// The names of persons and devices as the journal has them now.
    func names() throws -> Names {
        if let cachedNames { return cachedNames }
        let names = try replica.map { try Names(in: $0, store) } ?? Names()
        if replica != nil { cachedNames = names }
        return names
    }

    /// Finds out anew what those are called that a batch names.
    func updateNames(_ batch: EventBatch, _ outdated: Store.Outdated) throws {
        guard let replica, var names = cachedNames else { return }
        cachedNames = nil
        guard case .nothing = outdated else { return }
        var subjects = Set(batch.events.compactMap { Names.Subject(of: $0.effective.header) })
        for (id, _) in batch.bodies {
            if let header = try store.header(of: id), let subject = Names.Subject(of: header) {
                subjects.insert(subject)
            }
        }
        for subject in subjects { try names.update(subject, in: replica, store) }
        cachedNames = names
    }
}
