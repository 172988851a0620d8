import Causality
import EventLog
import Journal
import LocalAPI
import Logging
import Store

/// One check of the journal, step by step: a copy is made, then checked, and what can be put right is if that is wanted.
struct Verification {
    private enum Phase { case begin, copying, checking, over }

    private let ledger: Ledger
    private let mends: Bool
    private let logger: Logger
    private var phase = Phase.begin
    private var check: JournalCheck?
    private var queue: [VerifyStep] = []
    private var told = 0
    private var last = VerifyStep(step: "done")
    private var bodies: [EntryID] = []
    private var rifts: [EntryID] = []

    init(of ledger: Ledger, mends: Bool, logger: Logger) {
        (self.ledger, self.mends, self.logger) = (ledger, mends, logger)
    }

    /// The next thing to be told; nil at the end.
    mutating func next() async -> VerifyStep? {
        while queue.isEmpty {
            guard phase != .over else { return nil }
            do {
                try await goOn()
            } catch {
                if phase == .copying { await ledger.stopCopy() }
                phase = .over
                queue.append(unreadable(error))
                last.problems += 1
                queue.append(last)
            }
        }
        return queue.removeFirst()
    }

    /// Gives up.
    mutating func stop() async {
        if phase == .copying { await ledger.stopCopy() }
        phase = .over
    }

    private mutating func goOn() async throws {
        // Whoever asked may have gone away.
        try Task.checkCancellation()
        switch phase {
        case .begin:
            check = try await ledger.beginCheck()
            phase = .copying
        case .copying:
            if let (done, all) = try await ledger.copyOn() {
                tell("copying", done, of: all, atLeast: 4_096)
            } else {
                (phase, told) = (.checking, 0)
                try await note(check?.begin() ?? [])
            }
        case .checking:
            guard let check, let problems = try await check.next() else { return try await finish() }
            note(problems)
            tell("checking", await check.checked, of: await check.all, atLeast: 5_000)
        case .over: break
        }
    }

    private mutating func tell(_ name: String, _ done: Int, of all: Int, atLeast: Int) {
        guard done - told >= atLeast else { return }
        told = done
        var step = VerifyStep(step: name)
        (step.done, step.all) = (done, all)
        queue.append(step)
    }

    private mutating func note(_ problems: [JournalCheck.Problem]) {
        for problem in problems {
            last.problems += 1
            if problem.kind == "body", let entry = problem.entry { bodies.append(entry) }
            if problem.kind == "standing", let entry = problem.entry { rifts.append(entry) }
            queue.append(VerifyStep(problem))
        }
    }

    private mutating func finish() async throws {
        if let check { last.done = await check.checked }
        if mends, !bodies.isEmpty || !rifts.isEmpty {
            let asked = try await ledger.mend(bodies: bodies, rifts: rifts)
            (last.mended, last.kept) = (asked + rifts.count, bodies.count - asked)
        }
        phase = .over
        queue.append(last)
    }

    private func unreadable(_ error: any Error) -> VerifyStep {
        // The kind of error, never its text: that may hold words of the journal.
        if !(error is CancellationError) {
            logger.error("the check could not go on", metadata: ["error": "\(type(of: error))"])
        }
        var step = VerifyStep(step: "problem")
        switch error {
        case StoreError.full: step.kind = "disk_full"
        case let refusal as ErrorPayload where refusal.error == "check_busy": step.kind = "busy"
        default: step.kind = "file"
        }
        return step
    }
}

extension VerifyStep {
    /// As it is told.
    init(_ problem: JournalCheck.Problem) {
        self.init(step: "problem")
        (kind, entry) = (problem.kind, problem.entry?.description)
        (author, at, count) = (problem.author, problem.at, problem.count)
    }
}
