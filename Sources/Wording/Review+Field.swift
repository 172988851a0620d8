extension Review {
    /// One field of an entry and the words in it. A field that repeats is given several times.
    package struct Field: Equatable, Sendable {
        /// The field's name, as in `makes_sense`.
        package let name: String
        /// What was written.
        package let text: String

        /// A field with its words; `makes-sense` is taken too.
        package init(_ name: String, _ text: String) {
            self.name = String(name.map { $0 == "-" ? "_" : $0 })
            self.text = text
        }

        /// Whether it is written for oneself, even if it is shared this once.
        package var isPrivate: Bool { name == "underneath" || name == "kindness" }
    }
}
