import Glibc
import LocalAPI

/// Other programs, run with this one's terminal.
enum Program {
    /// Runs a program of the path and waits for it; its exit status, or 128 and the number of the signal that ended it.
    ///
    /// Throws ``CLIError/program(_:_:)`` where it can't be started.
    ///
    /// - Parameter environment: names and values besides those of this program.
    static func run(_ words: [String], environment: [String] = []) throws -> CInt {
        try wait(for: start(words, environment: environment, output: nil, isSilent: false))
    }

    /// Runs a program of the path without a word on the terminal; its exit status, and what it printed.
    static func output(_ words: [String]) throws -> (status: CInt, text: String) {
        var ends: [CInt] = [-1, -1]
        guard unsafe pipe(&ends) == 0 else { throw CLIError.program(words[0], errno) }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        defer { _ = close(ends[0]) }
        let process: pid_t
        do {
            defer { _ = close(ends[1]) }
            process = try start(words, environment: [], output: ends[1], isSilent: true)
        }
        var bytes: [UInt8] = []
        while let piece = readSome(from: ends[0]), !piece.isEmpty { bytes += piece }
        return (try wait(for: process), String(decoding: bytes, as: UTF8.self))
    }

    private static func start(
        _ words: [String], environment: [String], output: CInt?, isSilent: Bool
    ) throws -> pid_t {
        var process: pid_t = 0
        var actions = unsafe posix_spawn_file_actions_t()
        _ = unsafe posix_spawn_file_actions_init(&actions)
        defer { _ = unsafe posix_spawn_file_actions_destroy(&actions) }
        if let output { _ = unsafe posix_spawn_file_actions_adddup2(&actions, output, 1) }
        if isSilent {
            _ = unsafe posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0)
        }
        let code = unsafe withArguments(words) { arguments in
            unsafe withArguments(Terminal.wholeEnvironment + environment) { environment in
                unsafe posix_spawnp(&process, words[0], &actions, nil, arguments, environment)
            }
        }
        guard code == 0 else { throw CLIError.program(words[0], code) }
        return process
    }

    private static func wait(for process: pid_t) throws -> CInt {
        var status: CInt = 0
        while unsafe waitpid(process, &status, 0) < 0 {
            guard errno == EINTR else { throw CLIError.program("wait", errno) }
        }
        let signal = status & 0x7F
        return signal == 0 ? status >> 8 & 0xFF : 128 + signal
    }

    private static func withArguments<Answer>(
        _ words: [String], _ work: (UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>) -> Answer
    ) -> Answer {
        // Safe: each is copied, used only within the closure, and freed behind it.
        var pointers = unsafe words.map { unsafe strdup($0) } + [nil]
        defer { for index in unsafe pointers.indices { unsafe free(pointers[index]) } }
        return unsafe pointers.withUnsafeMutableBufferPointer { buffer in
            guard let base = buffer.baseAddress else { preconditionFailure("it ends with a null") }
            return unsafe work(base)
        }
    }
}
