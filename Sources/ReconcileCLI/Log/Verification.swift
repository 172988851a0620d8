import FoundationEssentials
import LocalAPI

/// `log --verify`: has the daemon check its journal, and tells how far it is.
struct Verification {
    private let client: LocalClient

    init(_ client: LocalClient) { self.client = client }

    func run() throws { throw LogUsageError("not yet") }
}
