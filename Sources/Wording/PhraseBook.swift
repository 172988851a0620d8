/// The phrases of several signs as one machine, which reads a text once and finds all of them.
///
/// A phrase is written in words between blanks:
/// - `always|never` is one of these words; `so|very?` is one of them or none.
/// - `#` is a number in figures.
/// - `,` is a pause, `,?` a pause or none, and `.` the end of a sentence or the beginning of the text.
/// - `..3` is up to three words in the same sentence, and `...` any number of them.
///
/// Each token moves each place that is held at most once, so the work is at most the text's length times the
/// size of the book, which is fixed; there is nothing to go back to. Several ways to one place keep the
/// longest.
struct PhraseBook: Sendable {
    /// The places that can be reached from others: lists, each of which ends with ``endOfList``.
    private var targets = [endOfList]
    /// Where in ``targets`` it is told where a token leads to, by ``key(_:_:)``.
    private var moves: [Int: Int] = [:]
    /// The same for words of which ``moves`` tells nothing, by place.
    private var anyWord = [noTargets]
    /// The phrases that end there, by place. The first place is where each of them begins.
    private var ends: [[Findings.Source]] = [[]]

    private static let endOfList = -1
    private static let noTargets = 0

    /// A book of signs; their words are entered into the lexicon.
    init(_ signs: [Sign], _ lexicon: inout Lexicon) {
        var builder = Builder(lexicon)
        for sign in signs {
            for phrase in sign.pattern.phrases { builder.add(phrase, .init(sign, isExcuse: false)) }
            for phrase in sign.pattern.excuses { builder.add(phrase, .init(sign, isExcuse: true)) }
        }
        lexicon = builder.lexicon
        ends = builder.ends
        anyWord = builder.anyWord.map { append($0) }
        for (key, reached) in builder.completeMoves { moves[key] = append(reached) }
    }

    /// Finds every phrase in a text.
    func findings(in tokens: [Token]) -> Findings {
        var scan = Scan(self, tokens)
        for index in tokens.indices { scan.read(index) }
        return scan.findings
    }

    private mutating func append(_ list: [Int]) -> Int {
        if list.isEmpty { return Self.noTargets }
        defer { targets += list + [Self.endOfList] }
        return targets.count
    }

    private static func key(_ place: Int, _ token: Int) -> Int { place << 24 | token }
}

// Reading.
extension PhraseBook {
    /// One reading of one text.
    private struct Scan {
        private(set) var findings: Findings
        private let book: PhraseBook
        /// The places that are held and, beside them, where what led there began: earlier beginnings come
        /// first.
        private var places: [Int] = []
        private var starts: [Int] = []
        private var nextPlaces: [Int] = []
        private var nextStarts: [Int] = []
        /// The last token that led to a place, by place.
        private var arrived: [Int]

        init(_ book: PhraseBook, _ tokens: [Token]) {
            self.book = book
            findings = Findings(tokens)
            arrived = Array(repeating: -1, count: book.ends.count)
        }

        mutating func read(_ index: Int) {
            let token = findings.tokens[index]
            let (number, isWord, isKnown) = (token.number, token.isWord, token != .otherWord)
            places.append(0)
            starts.append(index)
            findings.steps += places.count
            var thread = 0
            // Plain loops over numbers: without the optimiser they are several times as fast as sequences.
            while thread < places.count {
                let place = places[thread]
                if isKnown, let list = book.moves[PhraseBook.key(place, number)] {
                    arrive(list, from: starts[thread], at: index)
                } else if isWord {
                    let list = book.anyWord[place]
                    if list != PhraseBook.noTargets { arrive(list, from: starts[thread], at: index) }
                }
                thread += 1
            }
            swap(&places, &nextPlaces)
            swap(&starts, &nextStarts)
            nextPlaces.removeAll(keepingCapacity: true)
            nextStarts.removeAll(keepingCapacity: true)
        }

        private mutating func arrive(_ list: Int, from start: Int, at index: Int) {
            var next = list
            while true {
                let target = book.targets[next]
                if target == PhraseBook.endOfList { return }
                next += 1
                // The first to arrive has come the longest way.
                if arrived[target] == index { continue }
                arrived[target] = index
                nextPlaces.append(target)
                nextStarts.append(start)
                let ends = book.ends[target]
                if ends.isEmpty { continue }
                for source in ends { findings.add(source, start..<index + 1) }
            }
        }
    }
}

// Building.
extension PhraseBook {
    /// Takes phrases apart; the beginnings that they share are built once.
    private struct Builder {
        private(set) var lexicon: Lexicon
        private(set) var anyWord: [[Int]] = [[]]
        private var bearsPauses = [false]
        private var moves: [Int: [Int]] = [:]
        private(set) var ends: [[Findings.Source]] = [[]]
        private var built: [String: [Int]] = [:]

        init(_ lexicon: Lexicon) { self.lexicon = lexicon }

        mutating func add(_ phrase: Substring, _ source: Findings.Source) {
            var path = ""
            var reached = [0]
            for step in phrase.split(separator: " ") {
                if step.hasPrefix(".."), let count = Int(step.dropFirst(2)) {
                    reached = gap(reached, upTo: count, along: path)
                    path += " \(step)"
                } else {
                    path += " \(step)"
                    reached = extend(reached, by: step, along: path)
                }
            }
            for place in reached where !ends[place].contains(source) { ends[place].append(source) }
        }

        /// The moves by known tokens, with those that any word or a pause allows as well.
        var completeMoves: [Int: [Int]] {
            var complete = moves
            for (place, bears) in bearsPauses.enumerated() where bears {
                complete[PhraseBook.key(place, Token.pause.number), default: []].append(place)
            }
            for key in moves.keys where key & 0xFF_FFFF > Token.stop.number {
                complete[key, default: []] += anyWord[key >> 24]
            }
            return complete
        }

        /// Where one can be after a step from any of these places.
        private mutating func extend(_ origins: [Int], by step: Substring, along path: String) -> [Int] {
            if let reached = built[path] { return reached }
            let place = addPlace()
            var reached = [place]
            if step == "..." {
                bearsPauses[place] = true
                connect(origins, to: place, by: .pause)
                for origin in origins + [place] { anyWord[origin].append(place) }
                reached += origins
            } else {
                let isOptional = step.hasSuffix("?")
                for word in (isOptional ? step.dropLast() : step).split(separator: "|") {
                    connect(origins, to: place, by: lexicon.enter(String(word)))
                }
                if isOptional { reached += origins }
            }
            built[path] = reached
            return reached
        }

        /// Where one can be after some words at most. Longer gaps share what shorter ones from there have
        /// built.
        private mutating func gap(_ origins: [Int], upTo count: Int, along path: String) -> [Int] {
            var reached = origins
            var last = origins
            for words in 0...count {
                let path = "\(path) ..\(words)"
                let place = built[path]?.first ?? addPlace()
                if built.updateValue([place], forKey: path) == nil {
                    bearsPauses[place] = true
                    if words == 0 {
                        connect(origins, to: place, by: .pause)
                    } else {
                        for origin in last { anyWord[origin].append(place) }
                    }
                }
                last = words == 0 ? origins + [place] : [place]
                reached.append(place)
            }
            return reached
        }

        private mutating func connect(_ origins: [Int], to place: Int, by token: Token) {
            for origin in origins { moves[PhraseBook.key(origin, token.number), default: []].append(place) }
        }

        private mutating func addPlace() -> Int {
            anyWord.append([])
            bearsPauses.append(false)
            ends.append([])
            return ends.count - 1
        }
    }
}
