import ArgumentParser
import FoundationEssentials
import LocalAPI

struct Pair: Command {
    static let configuration = CommandConfiguration(
        abstract:
            "Meet your partner's device, or another one of yours: run it on both, and compare the codes.",
        discussion: """
            Examples, always on both machines:
              reconcile pair                          with your partner
              reconcile pair --address 10.0.0.2:7747  where they don't find each other
              reconcile pair --mine                   with another device of yours
              reconcile pair --again                  from here too, with who is known; on this one only
              reconcile pair --recover                to come back by recovery words

            One side names the other's address; both say the same of the others. With \
            --recover the new device asks for the words, and any device with the journal meets it. \
            In a script, `reconcile pair --confirm CODE` gives the code that the other side printed.
            """)
    @OptionGroup var socket: SocketOptions
    @Option(help: "Where the other daemon listens: HOST:PORT.") var address: String?
    @Flag(help: "The other device is yours too; one of the two has the journal.") var mine = false
    @Flag(help: "The new device comes back by the words that its person wrote down, after a loss.")
    var recover = false
    @Option(help: "The code that the other side shows; answers the pairing that is going on.") var confirm:
        String?
    @Flag(help: "Share again from this device with those who know it already, without comparing codes.")
    var again = false
    @Flag(help: "Stop the pairing that is going on.") var cancel = false

    func validate() throws {
        if mine, recover { throw ValidationError("--mine and --recover exclude each other.") }
    }

    func execute() throws {
        try Arguments.check()
        if cancel {
            _ = try socket.client.request("POST", "/pair/cancel", as: StatusPayload.self)
            return
        }
        if let confirm {
            _ = try socket.client.request(
                "POST", "/pair/confirm", body: ConfirmRequest(code: confirm), as: StatusPayload.self)
            Terminal.say(
                "That is the other screen's code. Both sides are paired once the other one says the same.")
            return
        }
        if recover { try giveWords() }
        if again {
            _ = try socket.client.request("POST", "/together", as: StatusPayload.self)
            Terminal.say("You share again from here, with everyone who shares with you.")
            return
        }
        var buffer: [UInt8] = []
        var result: Result<Void, any Error>?
        try socket.client.stream("POST", target) { piece in
            buffer += piece
            while let end = buffer.firstIndex(of: 0x0A) {
                let step = try JSONDecoder().decode(PairingStep.self, from: Data(buffer[..<end]))
                buffer.removeSubrange(...end)
                if let outcome = try show(step) { result = outcome }
            }
            return result == nil
        }
        guard let result else { throw LocalClientError.brokenOff }
        try result.get()
        if !mine, !recover { try offerWords() }
    }

    /// At the first pairing: who loses every device comes back by nothing else.
    private func offerWords() throws {
        guard Terminal.isInputTerminal,
            try socket.client.request("GET", "/recovery", as: [RecoveryPayload].self).isEmpty
        else { return }
        Terminal.say(
            "\nIf you lose this machine, twelve words on paper bring you back. Nothing else does but a backup."
        )
        let answer = Terminal.ask("Write them down now? [w to see them, Enter to go on without] ")
        guard answer?.lowercased().hasPrefix("w") == true else {
            Terminal.say("`reconcile recovery create` makes them at any time.")
            return
        }
        try CreateRecovery.run(socket)
    }

    private var target: String {
        let wish = mine ? "mine" : recover ? "recover" : "partner"
        return "/pair?for=\(wish)" + (address.map { "&address=" + percentEncoded($0) } ?? "")
    }

    private func show(_ step: PairingStep) throws -> Result<Void, any Error>? {
        switch step.step {
        case "waiting":
            Terminal.say(Explanation.pairing(for: step.intent ?? ""))
            if step.isBlind == true {
                let port = step.port ?? 0
                Terminal.say(
                    "Discovery is off here, so the other machine has to call, within five minutes. There:")
                Terminal.say("  reconcile pair --address ADDRESS:\(port)")
                return nil
            }
            Terminal.say(
                address.map { "Looking for the other device at \($0) ..." }
                    ?? "Looking for the other device, for five minutes; this one listens on port \(step.port ?? 0) ..."
            )
        case "alone": Terminal.say(Explanation.alone(port: step.port ?? 0, calling: address))
        case "misfit":
            let place = step.address.map { " at \(shownLine($0))" } ?? ""
            Terminal.say(
                "Someone\(place) wants to pair, but \(Explanation.pairing(failed: step.failure ?? ""))")
        case "stranger":
            Terminal.say(Explanation.stranger(at: shownLine(step.address ?? "?"), step.failure ?? ""))
        case "compare": try compare(step)
        case "paired":
            Terminal.say(
                "Paired with \(shownLine(step.partner ?? "?"))'s \(shownLine(step.device ?? "?")).")
            return .success(())
        case "failed": return .failure(CLIError.pairingFailed(step.failure ?? ""))
        default: break
        }
        return nil
    }

    /// Hands over the words, unless this side has the journal and only compares codes.
    private func giveWords() throws {
        guard try !socket.client.request("GET", "/status", as: StatusPayload.self).met else { return }
        while true {
            let text =
                Terminal.isInputTerminal
                ? try Passphrase.typed("Your twelve recovery words (they don't show): ")
                : Array(try Terminal.readInput().utf8)
            do {
                let request = WordsRequest(words: String(decoding: text, as: UTF8.self))
                _ = try socket.client.request("POST", "/pair/words", body: request, as: StatusPayload.self)
                return
            } catch LocalClientError.refused(let refusal)
                where Terminal.isInputTerminal && refusal.error.hasPrefix("words_")
            {
                Terminal.note("reconcile: \(Explanation.text(of: LocalClientError.refused(refusal)))")
            }
        }
    }

    private func compare(_ step: PairingStep) throws {
        Terminal.say("\nThis screen's code:  \(step.code ?? "")\n")
        guard Terminal.isInputTerminal else {
            Terminal.say(
                "Compare it, then run: reconcile pair --confirm CODE, with the other screen's code")
            return
        }
        let choices = step.choices ?? []
        for (index, choice) in choices.enumerated() { Terminal.say("  \(index + 1)  \(choice)") }
        while true {
            guard let answer = Terminal.ask("Which code does the OTHER screen show? [1-3, or n for none] ")
            else {
                // The end of input says nothing about the codes.
                _ = try socket.client.request("POST", "/pair/cancel", as: StatusPayload.self)
                return
            }
            if answer.lowercased().hasPrefix("n") { return try confirm(nil) }
            if let number = Int(answer), choices.indices.contains(number - 1) {
                return try confirm(choices[number - 1])
            }
        }
    }

    private func confirm(_ code: String?) throws {
        do {
            _ = try socket.client.request(
                "POST", "/pair/confirm", body: ConfirmRequest(code: code), as: StatusPayload.self)
            if code != nil { Terminal.say("Waiting for the other side to say the same ...") }
        } catch LocalClientError.refused(let refusal)
            where ["no_pairing", "codes_differ"].contains(refusal.error)
        {
            // It has ended: the next step tells why.
        }
    }
}

struct Unpair: Command {
    static let configuration = CommandConfiguration(
        abstract: "Stop sharing with your partner: at once, and without a reason.",
        discussion: """
            Nothing goes to your partner's devices any more, and nothing comes from them. Both keep everything that \
            was shared so far. Your partner is not told; they see that you are not connected. What you write from here \
            on is a draft. Further devices of yours stop as soon as they hear of it from this one. \
            `reconcile pair`, on both machines, goes on with the same journal.

            Example: reconcile unpair
            """)
    @OptionGroup var socket: SocketOptions

    func execute() throws {
        try Arguments.check()
        let status = try socket.client.request("POST", "/unpair", as: StatusPayload.self)
        Terminal.say("You share with nobody now. What was shared so far stays with both of you.")
        let person = status.devices.first(where: \.isThisDevice)?.person
        let others = status.devices.filter { $0.person == person && !$0.isThisDevice && !$0.retired }
        for device in others where !device.connected {
            Terminal.say(
                shownLine(
                    "Your \(device.name) is not connected: until it is, it doesn't know, and nothing new goes to it."
                )
            )
        }
    }
}
