import LocalAPI

extension LocalClient {
    /// Reads a rift page by page, in the order of the timeline.
    ///
    /// - Parameter take: told each page; false if no more are wanted.
    func pages(ofRift name: String, from: String? = nil, _ take: (RiftPayload) throws -> Bool) throws {
        var next = from
        repeat {
            let from = next.map { "&from=" + percentEncoded($0) } ?? ""
            let page = try request(
                "GET", "/rift?name=" + percentEncoded(name) + from, as: RiftPayload.self)
            next = page.next
            guard try take(page) else { return }
        } while next != nil
    }

    /// A rift with its entries, up to a number that nobody reads; where there are more, it says where those begin.
    ///
    /// - Parameter isWanted: which entries are asked for.
    func rift(
        _ name: String, from: String? = nil, where isWanted: (EntryPayload) -> Bool = { _ in true }
    ) throws -> RiftPayload {
        var whole: RiftPayload?
        var read = 0
        try pages(ofRift: name, from: from) { page in
            var next = page
            next.entries = (whole?.entries ?? []) + page.entries.filter(isWanted)
            read += page.entries.count
            whole = next
            return read < Self.mostEntries
        }
        guard let whole else { throw LocalClientError.refused(ErrorPayload("unknown_rift", name)) }
        return whole
    }

    private static var mostEntries: Int { 5_000 }
}
