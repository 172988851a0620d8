import Store

/// The drafts, kept as they were read last.
///
/// They are asked for after each change, to see what is due, and by everyone who reads the log; and whoever takes notes
/// for years has thousands of them.
extension Ledger {
    /// A draft with what it says.
    struct KeptDraft: Sendable {
        let stored: StoredDraft
        /// Nil where it can't be read.
        let content: Draft?

        /// What it says. Throws where it can't be read.
        func read() throws -> Draft { try content ?? Draft(stored) }
    }

    /// What is kept of the drafts, and of which state of them that is.
    struct KeptDrafts {
        let state: Int
        let all: [KeptDraft]
        /// As they are read in the log; nil as long as nobody asked, and again when titles may have changed.
        var views: [DraftView]?
    }

    /// All drafts, oldest first.
    func allDrafts() throws -> [KeptDraft] {
        // They moved along when it was closed.
        guard !isArchive else { return [] }
        let state = store.draftState
        if let keptDrafts, keptDrafts.state == state { return keptDrafts.all }
        let all = try store.drafts().map { KeptDraft(stored: $0, content: try? Draft($0)) }
        keptDrafts = KeptDrafts(state: state, all: all)
        return all
    }
}
