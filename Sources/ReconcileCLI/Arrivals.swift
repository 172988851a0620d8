import LocalAPI

/// Who was let in lately, as every front page tells it.
enum Arrivals {
    /// A line for each.
    static func lines(_ status: StatusPayload) -> [String] { status.arrivals.map(line) }

    private static func line(_ arrival: ArrivalPayload) -> String {
        let whose = arrival.kind == .ownDevice ? "yours" : "\(arrival.person)'s"
        var line = "A further device of \(whose), '\(arrival.name)', was let in"
        if let day = arrival.day { line += " on \(Terminal.time(day))" }
        if let by = arrival.byName { line += " by '\(by)'" }
        // A name can be changed, and be that of another one.
        let id = short(arrival.device)
        line += " (\(id))."
        switch (arrival.kind, arrival.isRetired) {
        case (_, true): line += " It is retired."
        case (.ownDevice, false): line += " Not you? reconcile devices retire \(id)"
        case (.partnersDevice, false): line += " Ask them if you wonder."
        }
        return shownLine(line)
    }
}
