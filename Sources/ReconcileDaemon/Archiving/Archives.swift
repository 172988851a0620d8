import EventLog
import LocalAPI
package import Logging
import NIOCore
import Store

/// The journals that were closed on this device, for reading.
///
/// One is kept open for a while after it was read; a reading that goes on holds its own. What nobody holds is closed.
package actor Archives {
    private struct Known { weak var ledger: Ledger? }

    /// How long one is kept open for the next who reads.
    private static let idle = TimeAmount.seconds(60)

    private let directory: StateDirectory
    private let executor: any SerialExecutor
    private let logger: Logger
    private var known: [String: Known] = [:]
    private var last: (ledger: Ledger, use: Int)?
    private var uses = 0

    /// Safe: the executor lives as long as the process. Opening a database blocks.
    package nonisolated var unownedExecutor: UnownedSerialExecutor {
        unsafe BackupThread.loop.executor.asUnownedSerialExecutor()
    }

    /// The archives in a state directory.
    ///
    /// - Parameter executor: where they are read, once they are open.
    package init(in directory: StateDirectory, on executor: any SerialExecutor, logger: Logger) {
        (self.directory, self.executor, self.logger) = (directory, executor, logger)
    }

    /// What there is.
    func list() throws -> [ArchivePayload] { try directory.listArchives() }

    /// An archive, to be read. Throws a refusal where there is none of that name, or it can't be opened.
    package func ledger(_ name: String) async throws -> Ledger {
        guard let path = directory.archivePath(name) else { throw ErrorPayload("unknown_archive", name) }
        // One that nobody holds any more may be closing still.
        for _ in 0..<50 {
            do {
                let ledger = try known[path]?.ledger ?? open(path)
                keep(ledger, at: path)
                return ledger
            } catch StoreError.inUse {
            } catch DaemonError.stateInUse {}
            try await pause(for: .milliseconds(20))
        }
        throw ErrorPayload("archive_unreadable", name)
    }

    private func open(_ path: String) throws -> Ledger {
        let directory = try StateDirectory(path: path)
        return try Ledger(directory: directory, isArchive: true, on: executor) { [logger] code in
            // Nothing is written in it that anyone relies on.
            logger.error("an archive can't be read", metadata: ["sqlite": "\(code)"])
        }
    }

    private func keep(_ ledger: Ledger, at path: String) {
        known = known.filter { $0.value.ledger != nil }
        known[path] = Known(ledger: ledger)
        uses += 1
        let use = uses
        last = (ledger, use)
        Task {
            try await pause(for: Self.idle)
            forget(use)
        }
    }

    private func forget(_ use: Int) { if last?.use == use { last = nil } }

    /// Deletes from archives the drafts that moved along. What can't be done now is done at the next start.
    package func settle() {
        for name in directory.archivesWithDrafts() {
            guard let path = directory.archivePath(name) else { continue }
            do {
                let store = try Store(path: path + "/journal.sqlite")
                try store.removeDrafts()
                try store.close()
                try directory.forgetDrafts(ofArchive: name)
            } catch {
                logger.error(
                    "drafts are in an archive still that moved along",
                    metadata: ["error": "\(type(of: error))"])
            }
        }
    }
}
