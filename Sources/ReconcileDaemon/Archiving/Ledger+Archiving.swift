import Causality
import EventLog
import FoundationEssentials
import Glibc
import Journal
package import LocalAPI
import Store

/// Closing the journal on this device, and beginning anew.
extension Ledger {
    /// Closes the journal: it can be read as an archive from now on, and this device begins anew with the drafts, under new
    /// keys and as a new person. Nobody is told.
    ///
    /// Throws a refusal, or ``StoreError/full``, as long as nothing was changed.
    ///
    /// - Parameters:
    ///   - wanted: what the archive is to be called; nil for the partner's name and the month.
    ///   - step: called before each change on the disk.
    package func archive(
        as wanted: String?, before step: () throws -> Void = {}
    ) throws -> ArchivePayload {
        let replica = try paired()
        guard let identity else { throw ErrorPayload("not_initialised") }
        guard !isArchive else { throw ErrorPayload("archive_closed") }
        guard !isImporting else { throw ErrorPayload("import_busy") }
        guard !isBackingUp, snapshot == nil else { throw ErrorPayload("check_busy") }
        let drafts = try allDrafts()
        let archive = try describe(replica, identity, as: wanted, drafts: drafts.count)
        do {
            // What both agreed to erase is in no archive; and the log beside the database has to be in it.
            try eraseOwed()
            try store.checkpoint()
            let size = drafts.reduce(0) { $0 + $1.stored.content.count }
            guard try directory.freeBytes() > UInt64(clamping: 2 * size) + 1 << 20 else {
                throw StoreError.full
            }
            try directory.prepareArchive(archive, identity: try successor(of: identity), before: step) {
                path in
                let new = try Store(path: path)
                try new.takeOver(
                    drafts.map { try moved($0, to: archive.name) }, of: store)
                try new.close()
            }
        } catch DaemonError.state(_, ENOSPC), DaemonError.state(_, EDQUOT) {
            throw StoreError.full
        }
        try step()
        try decide()
        try reopen { try directory.finishArchive(before: step) }
        return archive
    }

    private func decide() throws {
        do { try directory.decideArchive() } catch {
            // Whether it is durable is not known: the next start goes on from what is there.
            diskFailed(EIO)
            throw error
        }
    }

    private func describe(
        _ replica: Replica<Store>, _ identity: DeviceIdentity, as wanted: String?, drafts: Int
    ) throws -> ArchivePayload {
        let own = try replica.membership.person(of: replica.device) ?? identity.personID()
        let partner = replica.membership.persons.first { $0 != own }
        let name = try partner.flatMap { try names()[$0] }
        let now = Machine.now()
        if let wanted {
            guard ArchiveName.isValid(wanted) else { throw ErrorPayload("bad_archive_name", wanted) }
            guard directory.unused(wanted) == wanted else { throw ErrorPayload("archive_taken", wanted) }
        }
        let usual = ArchiveName.usual(
            partner: name,
            at: now.milliseconds / 1_000 + Int64(clamping: Machine.offset(at: now.milliseconds / 1_000)))
        var archive = ArchivePayload(
            name: wanted ?? directory.unused(usual), partner: name, closed: now.milliseconds,
            drafts: Int64(clamping: drafts))
        let kinds = Kind.allCases.filter(\.isEntry)
        (archive.entries, archive.first, archive.last) = try store.extent(of: kinds.map(\.rawValue))
        return archive
    }

    /// A new device of a new person, by the same names.
    private func successor(of identity: DeviceIdentity) throws -> DeviceIdentity {
        let keys = DeviceKeys()
        let name = try names()[identity.personID()]
        return DeviceIdentity(
            person: PersonID(prefix: Machine.random(16)).description,
            personName: name ?? identity.personName, deviceName: identity.deviceName,
            eventKey: keys.secrets.event, meetKey: keys.secrets.meet)
    }

    // MARK: Drafts

    /// A draft as it moves along: what it names in the journal that it leaves stays with it in words, for its writer alone.
    private func moved(_ kept: KeptDraft, to archive: String) throws -> StoredDraft {
        guard var draft = kept.content else { return kept.stored }
        var parts = try draft.about.map { "about " + (try label(ofEntry: $0)) }
        if let rift = draft.rift.flatMap({ EntryID(hexadecimal: $0) }) {
            parts.append("in " + (try label(ofRift: rift)))
            draft.rift = nil
        }
        if !parts.isEmpty { draft.was = "\(parts.joined(separator: ", ")), in the archive \(archive)" }
        draft.about = []
        if draft.held != nil { (draft.held, draft.trouble) = (nil, "archived") }
        return StoredDraft(
            id: kept.stored.id, content: try draft.encoded(), written: kept.stored.written)
    }

    private func label(ofRift rift: EntryID) throws -> String {
        guard try store.header(of: rift) != nil, let title = try riftView(rift).title else {
            return "the rift \(rift.short)"
        }
        return "\"\(Self.beginning(of: String(decoding: title, as: UTF8.self)))\""
    }

    private func label(ofEntry text: String) throws -> String {
        guard let id = EntryID(hexadecimal: text), let event = try store.logged(id) else {
            return "entry \(text)"
        }
        let payload = try entry(event, paired().standing(ofEntry: id))
        let words = payload.fields.first.map { " \"\(Self.beginning(of: $0.text))\"" } ?? ""
        return "\(payload.author)'s \(payload.kind)\(words)"
    }

    /// The beginning of a text, on one line.
    private static func beginning(of text: String) -> String {
        let line = text.split(whereSeparator: \.isNewline).first.map(String.init) ?? ""
        return line.count <= 60 ? line : line.prefix(59) + "…"
    }
}
