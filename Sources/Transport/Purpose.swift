/// What a connection is for; each has an ALPN name of its own.
package enum Purpose: String, CaseIterable, Sendable {
    case sync = "reconcile/2"
    case pairing = "reconcile-pair/2"
}
