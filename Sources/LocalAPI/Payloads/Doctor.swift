/// Something that was tried to find out how things are, and what came of it; people's text for it is made elsewhere.
package struct ProbePayload: Codable, Sendable {
    /// What was tried.
    package var name: String
    /// What came of it, in a word.
    package var outcome: String
    /// A path, an address or a device in it; none of them is anyone's words, and all are left out of a report.
    package var subject: String?
    /// A number in it: bytes, milliseconds, or how many.
    package var number: Int64?

    /// What came of trying something, from its parts.
    package init(_ name: String, _ outcome: String, subject: String? = nil, number: Int64? = nil) {
        (self.name, self.outcome, self.subject, self.number) = (name, outcome, subject, number)
    }
}

/// What the daemon found out about itself.
package struct DoctorPayload: Codable, Sendable {
    /// The daemon's version.
    package var version: String
    /// The port on which devices come in.
    package var port: Int
    /// All that was tried: the state directory, the network, the sandbox.
    package var probes: [ProbePayload]
    /// What was found out, from its parts.
    package init(version: String, port: Int, probes: [ProbePayload]) {
        (self.version, self.port, self.probes) = (version, port, probes)
    }
}
