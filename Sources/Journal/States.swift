/// Where a hurt stands; the first that matches, in this order.
package enum HurtState: String, CaseIterable, Sendable {
    case takenBack = "taken_back"
    case received
    case letBe = "let_be"
    case answered
    case heard
    case told
}

/// Where a rift stands; the first that matches, in this order.
package enum RiftState: String, CaseIterable, Sendable {
    case resting
    case settled
    case mending
    case spoken
    case gathering
    case begun
}
