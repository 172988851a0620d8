/// The comparison code: the first nine digits that a transcript comes to, one for each role.
package struct PairingCode: Hashable, Sendable {
    /// The code as a number below 10⁹.
    package let number: UInt32

    /// A code from its number.
    package init(number: UInt32) { self.number = number }

    /// A code as people write it, spaces or not; nil for anything but nine digits.
    package init?(_ text: some StringProtocol) {
        let digits = String(text.filter { $0 != " " && $0 != "-" })
        guard digits.utf8.count == 9, digits.utf8.allSatisfy({ (48...57).contains($0) }),
            // Can't trap: of a text, nil where it is no number.
            let number = UInt32(digits)
        else { return nil }
        self.number = number
    }

    /// `482 019 337`.
    package var text: String {
        let digits = String(number)
        let padded = Array(String(repeating: "0", count: 9 - digits.count) + digits)
        return String(padded[0..<3]) + " " + String(padded[3..<6]) + " " + String(padded[6..<9])
    }
}
