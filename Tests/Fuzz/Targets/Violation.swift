/// Stops at a property that does not hold, so that both the fuzzer and the replay notice.
func require(_ holds: Bool, _ property: @autoclosure () -> String) {
    guard holds else { fatalError("violated: \(property())") }
}

extension Sequence<UInt8> {
    /// The bytes as text, what is no UTF-8 replaced.
    var text: String { String(decoding: Array(self), as: UTF8.self) }
}

extension String {
    /// Whether two texts have the same bytes: `==` takes canonically equal ones for the same.
    func hasBytes(of other: some StringProtocol) -> Bool { utf8.elementsEqual(other.utf8) }
}
