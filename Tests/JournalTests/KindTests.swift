import Journal
import Testing

@Suite struct KindTests {
    @Test func `every kind, field and choice is found by its own name`() {
        for kind in Kind.allCases { #expect(Kind(name: kind.name) == kind) }
        for field in FieldName.allCases { #expect(FieldName(name: field.name) == field) }
        for choice in ReceiptChoice.allCases { #expect(ReceiptChoice(name: choice.name) == choice) }
        #expect(ReceiptChoice(name: "not-yet") == .notYet)
        #expect(Kind(name: "forgive") == nil)
    }

    @Test func `underneath and kindness, and nothing else, stay private unless chosen`() {
        let hidden = Kind.allCases.filter { $0 != .note }.flatMap(\.fields).filter(\.isPrivate).map(\.name)
        #expect(hidden == [.underneath, .kindness])
    }
}
