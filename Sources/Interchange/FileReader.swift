package import Query

/// Reads a file of entries in any of the formats, piece by piece.
package struct FileReader: Sendable {
    private enum Reader {
        case export(ExportReader)
        case json(JSONReader)
        case jrnl(JrnlReader)
    }

    private var reader: Reader

    /// A reader at the beginning of a file.
    package init(_ format: FileFormat, in context: TimeExpression.Context) {
        reader =
            switch format {
            case .export: .export(ExportReader())
            case .json: .json(JSONReader())
            case .jrnl: .jrnl(JrnlReader(in: context))
            }
    }

    /// Takes some bytes, and returns the entries that are whole now.
    package mutating func receive(_ bytes: some Collection<UInt8>) -> [FileItem] {
        switch reader {
        case .export(var inner):
            defer { reader = .export(inner) }
            return inner.receive(bytes)
        case .json(var inner):
            defer { reader = .json(inner) }
            return inner.receive(bytes)
        case .jrnl(var inner):
            defer { reader = .jrnl(inner) }
            return inner.receive(bytes)
        }
    }

    /// The end of the file.
    package mutating func finish() -> [FileItem] {
        switch reader {
        case .export(var inner):
            defer { reader = .export(inner) }
            return inner.finish()
        case .json(var inner):
            defer { reader = .json(inner) }
            return inner.finish()
        case .jrnl(var inner):
            defer { reader = .jrnl(inner) }
            return inner.finish()
        }
    }
}
