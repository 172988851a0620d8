import LocalAPI

/// Who was let in lately, as every front page tells it.
enum Arrivals {
    /// A line for each.
    static func lines(_ status: StatusPayload) -> [String] { status.arrivals.map(line) }

    private static func line(_ arrival: ArrivalPayload) -> String {
        if arrival.kind == .words || arrival.kind == .wordsWithdrawn { return words(arrival) }
        let whose = arrival.kind == .ownDevice ? "yours" : "\(arrival.person)'s"
        var line = "A further device of \(whose), '\(arrival.name)', was let in"
        if let day = arrival.day { line += " on \(Terminal.time(day))" }
        if arrival.isByWords { line += " with recovery words" }
        if let by = arrival.byName { line += " by '\(by)'" }
        // A name can be changed, and be that of another one.
        let id = short(arrival.device)
        line += " (\(id))."
        switch (arrival.kind, arrival.isRetired) {
        case (_, true): line += " It is retired."
        case (.ownDevice, false): line += " Not you? reconcile devices retire \(id)"
        default: line += " Ask them if you wonder."
        }
        return shownLine(line)
    }

    /// Words on paper can let a device in as well as another device can.
    private static func words(_ arrival: ArrivalPayload) -> String {
        var line = "Recovery words of yours were \(arrival.kind == .words ? "made" : "withdrawn")"
        if let day = arrival.day { line += " on \(Terminal.time(day))" }
        if let by = arrival.byName { line += " on '\(by)'" }
        line += " (\(short(arrival.device)))."
        if arrival.isRetired {
            line += " That device is retired."
        } else if arrival.kind == .words {
            line += " Not you? reconcile recovery withdraw \(short(arrival.device))"
            if let by = arrival.by { line += ", and: reconcile devices retire \(short(by))" }
        } else if let by = arrival.by {
            line += " Not you? reconcile devices retire \(short(by))"
        }
        return shownLine(line)
    }
}
