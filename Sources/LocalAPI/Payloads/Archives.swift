/// A wish to close the journal on this device.
package struct ArchiveRequest: Codable, Sendable {
    /// What the archive is to be called; nil leaves that to the daemon.
    package var name: String?
    /// A request for an archive of that name.
    package init(name: String?) { self.name = name }
}

/// A journal that was closed on this device, and can be read here.
package struct ArchivePayload: Codable, Equatable, Sendable {
    /// What it is called.
    package var name: String
    /// With whom it was kept; nil where that name never arrived.
    package var partner: String?
    /// When it was closed, in milliseconds since 1970.
    package var closed: Int64
    /// How many entries are in it.
    package var entries: Int64
    /// When the first of them was shared, in milliseconds since 1970; nil if there is none.
    package var first: Int64?
    /// And the last.
    package var last: Int64?
    /// How many drafts and notes moved along, into what took its place.
    package var drafts: Int64
    /// An archive without entries; what is in it is set afterwards.
    package init(name: String, partner: String?, closed: Int64, drafts: Int64) {
        (self.name, self.partner, self.closed, self.drafts) = (name, partner, closed, drafts)
        entries = 0
    }
}
