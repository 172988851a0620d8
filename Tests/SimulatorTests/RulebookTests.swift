import Simulator
import Testing

/// Who takes part, against the same rules written down once more: all short histories of four devices.
@Suite struct RulebookTests {
    private func differences(
        admissions: Int, retirements: Int, each stride: Int, allOrders: Bool
    ) throws -> [String] {
        let cast = try Rulebook.Cast()
        var (count, found) = (0, [String]())
        try Rulebook.histories(admissions: admissions, retirements: retirements) { steps in
            count += 1
            guard count.isMultiple(of: stride) else { return }
            let orders = allOrders ? Self.permutations(steps.count) : Rulebook.arrivals(of: steps)
            let difference = try Rulebook.difference(steps, in: cast, orders: orders)
            if let difference { found.append("\(difference): \(steps)") }
        }
        return found
    }

    private static func permutations(_ count: Int) -> [[Int]] {
        guard count > 0 else { return [[]] }
        return permutations(count - 1).flatMap { shorter in
            (0...shorter.count).map { place in
                Array(shorter[..<place]) + [count - 1] + Array(shorter[place...])
            }
        }
    }

    @Test(arguments: [(1, 1), (1, 2), (2, 1), (2, 2), (3, 1)])
    func `short histories come to the same in every order of arrival`(_ shape: (Int, Int)) throws {
        let found = try differences(
            admissions: shape.0, retirements: shape.1, each: 1, allOrders: true)
        #expect(found.isEmpty, "\(found.prefix(3))")
    }

    /// All of them: `scripts/simulate --histories`.
    @Test func `some histories of six come to the same as they can arrive`() throws {
        let found = try differences(admissions: 3, retirements: 3, each: 997, allOrders: false)
        #expect(found.isEmpty, "\(found.prefix(3))")
    }

    @Test func `some histories of six come to the same in any order whatever`() throws {
        let found = try differences(admissions: 3, retirements: 3, each: 99_991, allOrders: true)
        #expect(found.isEmpty, "\(found.prefix(3))")
    }
}
