import Causality
import EventLog
import LocalAPI
import Query
import Store

/// Drafts that are shared by themselves later, unless they are taken back.
extension Ledger {
    /// Holds a draft until a time, or takes that back. Throws where it could not be shared now either.
    func hold(_ text: String, _ request: HoldRequest) throws -> DraftPayload {
        guard let found = try draft(text) else { throw ErrorPayload("unknown_draft", text) }
        var draft = found.content
        draft.held = nil
        if let until = request.until {
            let time = try Self.time(until, zone: request.zone)
            draft.held = Draft.Held(
                until: time, include: request.include, asOf: request.asOf, clock: .now())
            try checkShareable(draft, including: request.include)
        }
        if !request.isTrial {
            draft.trouble = nil
            try keep(draft, found.id)
        }
        guard let stored = try store.draft(found.id) else {
            throw ErrorPayload("unknown_draft", text)
        }
        return draft.payload(stored)
    }

    /// When the next one is to be shared, in milliseconds since 1970; nil if none is held.
    func nextDue() throws -> Int64? {
        try allDrafts().compactMap { $0.content?.held?.until }.min()
    }

    /// Shares what is due. What can't be shared is held no more, and says why.
    ///
    /// Returns the reasons for those. Throws where something may be different next time.
    ///
    /// - Parameter isSure: whether this machine's clock is known to be right.
    func shareDue(isSure: Bool) throws -> [String] {
        var reasons: [String] = []
        let clock = HoldingClock.now()
        let time = Machine.now().milliseconds
        // One that can't be read holds nobody else up.
        let due = try allDrafts().filter { $0.content?.held.map { $0.until <= time } ?? false }
        for id in due.map(\.stored.id) {
            // Sharing another one may have taken it along, or put its rift's id into it.
            guard let now = try store.draft(id), var draft = try? Draft(now), let held = draft.held else {
                continue
            }
            switch clock.verdict(heldAt: held.clock, isSure: isSure) {
            case .share: break
            case .wait:
                guard draft.trouble == nil else { continue }
                draft.trouble = "clock_unsure"
                try keep(draft, id)
                continue
            case .ask:
                (draft.held, draft.trouble) = (nil, "clock_moved")
                try keep(draft, id)
                reasons.append("clock_moved")
                continue
            }
            do {
                let request = ShareRequest(include: held.include, asOf: held.asOf)
                _ = try share("d\(id)", request, key: nil)
            } catch let refusal as ErrorPayload where refusal.error != "disk_full" {
                (draft.held, draft.trouble) = (nil, refusal.error)
                try keep(draft, id)
                reasons.append(refusal.error)
            }
        }
        return reasons
    }

    private func keep(_ draft: Draft, _ id: Int64) throws {
        try store.replaceDraft(id, with: draft.encoded(), key: nil, answer: [])
        changed()
    }

    /// Lets no draft be shared by itself any more, and says at each why.
    static func holdNothing(in store: Store, because reason: String) throws {
        for stored in try store.drafts() {
            guard var draft = try? Draft(stored), draft.held != nil else { continue }
            (draft.held, draft.trouble) = (nil, reason)
            try store.replaceDraft(stored.id, with: draft.encoded(), key: nil, answer: [])
        }
    }

    private static func time(_ text: String, zone: String?) throws -> Int64 {
        let now = Machine.now().milliseconds
        // A span alone, a day of the week and a time of day mean the past in a log, and here the time to come.
        let hasUnit = text.contains(where: \.isLetter)
        let isSpan = hasUnit && text.first?.isNumber == true && (try? TimeSpan.microseconds(text)) != nil
        for days: Int64 in [0, 1, 7] {
            let context = TimeExpression.Context(
                now: (now + days * 86_400_000) * 1_000, zone: SystemZones.local(zone),
                zoneNamed: SystemZones.named)
            guard let time = try? TimeExpression.microseconds(isSpan ? "+" + text : text, in: context) else {
                throw ErrorPayload("no_time_to_come", text)
            }
            if time / 1_000 > now { return time / 1_000 }
            guard mayBeLater(text) else { break }
        }
        throw ErrorPayload("past", text)
    }

    /// Whether words tell a time of day or a day of the week, each of which comes again.
    private static func mayBeLater(_ text: String) -> Bool {
        let first = text.lowercased().prefix { $0.isLetter }
        if ["mon", "tue", "wed", "thu", "fri", "sat", "sun"].contains(first.prefix(3)), !text.contains("-") {
            return true
        }
        return text.first?.isNumber == true && text.allSatisfy { $0.isNumber || ":apm ".contains($0) }
    }
}
