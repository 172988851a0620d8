import ArgumentParser
import Glibc
import Wording

struct Asides: Command {
    static let configuration = CommandConfiguration(
        abstract: "What is asked about the wording before you share: which questions there are, on or off.",
        discussion: "Example: reconcile asides --off several-at-once")
    @Option(help: "A question that is asked no more, by its name.") var off: [Check] = []
    @Option(help: "A question that is asked again.") var on: [Check] = []
    @Flag(help: "Print JSON.") var json = false

    func execute() throws {
        var without = try Self.off()
        without.formUnion(off)
        without.subtract(on)
        if !off.isEmpty || !on.isEmpty {
            let names = Check.allCases.filter(without.contains).map { $0.rawValue + "\n" }.joined()
            guard PrivateFile.write(Array(names.utf8), to: Self.path) else {
                throw CLIError.unwritable(Self.path, errno)
            }
        }
        if json {
            let states = Dictionary(
                // Can't trap: all cases of an enumeration.
                uniqueKeysWithValues: Check.allCases.map { ($0.rawValue, !without.contains($0)) })
            return Terminal.print(try encoded(states))
        }
        for check in Check.allCases {
            let name = check.rawValue + String(repeating: " ", count: 17 - check.rawValue.count)
            Terminal.print("\(without.contains(check) ? "off" : "on ")  \(name)\(check.aside)")
        }
    }

    /// The questions that are switched off on this account.
    static func off() throws -> Set<Check> {
        guard let bytes = PrivateFile.read(path) else { return [] }
        return Set(
            String(decoding: bytes, as: UTF8.self).split(separator: "\n").compactMap {
                Check(rawValue: String($0))
            })
    }

    private static var path: String { PrivateFile.directory + "/asides-off" }
}

extension Check: ExpressibleByArgument {}
