import ArgumentParser
import Glibc
import ReconcileCLI

/// The command line's program.
@main
enum Main {
    static func main() {
        let words = CommandLine.arguments.dropFirst()
        if words.first == "log" { exit(LogProgram.run(Array(words.dropFirst()))) }
        if Array(words) == ["help", "safety"] { return Safety.tell() }
        Reconcile.main()
    }
}
