import Causality
import Journal

extension Standing {
    /// What a rift comes to, by the names that the oracle uses.
    var story: [String: String] {
        var story = ["state": state.rawValue]
        for (hurt, state) in hurts { story["hurt \(hurt)"] = state.rawValue }
        for entry in Set(takenBack.keys).union(erased) { story["gone \(entry)"] = "yes" }
        func tell(_ name: String, _ register: Register<EntryID>) {
            guard let winner = register.winner else { return }
            story[name] = "\([winner] + register.apart)"
        }
        tell("title", title)
        tell("agreement", agreement)
        for (tag, register) in tags { tell("tag \(tag)", register) }
        for (entry, register) in wordings { tell("wording \(entry)", register) }
        return story
    }
}
