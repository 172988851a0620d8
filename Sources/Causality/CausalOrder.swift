/// How two points of a history lie to each other.
package enum CausalOrder: Sendable {
    /// The first is contained in the second.
    case before
    /// The first contains the second.
    case after
    /// They are the same.
    case equal
    /// Neither contains the other.
    case concurrent
}
