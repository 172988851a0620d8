import ArgumentParser
import Causality
import EventLog
import Store
import TestSupport

/// Walks every log in the state directory of a stopped daemon as a peer would that has nothing: each header's hash over
/// all before it, each signed head, and each body against its commitment.
@main
struct Verify: ParsableCommand {
    @Argument(help: "State directories.") var states: [String]

    func run() throws {
        for state in states {
            let journal = try StoppedJournal(state: state)
            let replica = journal.replica
            var (events, heads, bodies) = (0, 0, 0)
            for outgoing in try replica.plan(for: PeerKnowledge()).sends {
                var rest: SyncPlan.Outgoing? = outgoing
                var previous = Digest.zero
                while let next = rest {
                    guard let found = try replica.run(of: next) else {
                        throw ValidationError("\(state): events after \(next.after) have no signed head")
                    }
                    let run = found.run
                    _ = try PreparedRun(run, journal: replica.journal)
                    guard run.previous == previous, let member = replica.membership.member(run.log.device),
                        run.closing.isSigned(by: member.bundle, journal: replica.journal)
                    else {
                        throw ValidationError("\(state): the head at \(run.closing.sequence) does not hold")
                    }
                    for (header, body) in zip(run.headers, run.bodies) where !body.isEmpty {
                        guard Body.opens(try EventHeader(bytes: header), with: body) else {
                            throw ValidationError("\(state): a body is not what its header says")
                        }
                        bodies += 1
                    }
                    previous = run.closing.hash
                    events += run.headers.count
                    heads += 1
                    rest = found.rest
                }
            }
            guard try Int64(events) == journal.store.rows() else {
                throw ValidationError(
                    "\(state): \(events) events are in logs, \(try journal.store.rows()) in the store")
            }
            print("verified: \(events) events, \(bodies) bodies, \(heads) runs")
            try journal.store.close()
        }
    }
}
