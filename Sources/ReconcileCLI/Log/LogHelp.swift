/// The text of `reconcile log --help`, made from the table of options.
enum LogHelp {
    /// Groups of options, each under its title.
    static func table(_ groups: [(title: String, options: [LogOption])]) -> String {
        groups.filter { $0.options.contains { $0.refusal == nil } }.map { group in
            group.title + ":\n" + group.options.map(row).joined(separator: "\n")
        }.joined(separator: "\n\n")
    }

    static var text: String {
        """
        Usage: reconcile log [OPTIONS] [MATCHES]

        Shows the journal, as journalctl shows its own.

        \(table(LogOption.groups))

        Matches are FIELD=VALUE, FIELD!=VALUE or FIELD=*. Different fields have to hold
        together, values of one field are alternatives, and + stands between groups.

        Examples:
          reconcile log -u toolbox -n 20
          reconcile log --since "last monday" -t hurt -t amends
          reconcile log -g 'workshop|shelf' AUTHOR=Mara
        """
    }

    private static func row(_ option: LogOption) -> String {
        var names = option.short.map { "-\($0), " } ?? "    "
        names += "--\(option.long)"
        if let argument = option.argument { names += option.isOptional ? "[=\(argument)]" : "=\(argument)" }
        let indent = 31
        let start = "  " + names
        let blank = String(repeating: " ", count: indent)
        var lines = start.count < indent - 1 ? [start + blank.dropFirst(start.count)] : [start, blank]
        for word in option.help.split(separator: " ") {
            if lines[lines.count - 1].count + word.count > 79 {
                lines.append(blank)
            }
            let line = lines[lines.count - 1]
            lines[lines.count - 1] += (line.hasSuffix(" ") ? "" : " ") + word
        }
        return lines.joined(separator: "\n")
    }
}
