import ArgumentParser
import ReconcileCLI

/// The command line's program.
@main
enum Main {
    static func main() { Reconcile.main() }
}
