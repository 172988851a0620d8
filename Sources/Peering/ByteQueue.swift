/// Bytes that come at one end and leave at the other, without moving those in between each time.
struct ByteQueue {
    private var bytes: [UInt8] = []
    private var start = 0

    var count: Int { bytes.count - start }

    mutating func append(_ more: some Collection<UInt8>) {
        if start > 0, start >= bytes.count / 2 {
            bytes.removeFirst(start)
            start = 0
        }
        bytes += more
    }

    /// The first bytes, which stay; fewer if there are no more.
    func first(_ count: Int) -> ArraySlice<UInt8> { bytes[start...].prefix(count) }

    /// Takes the first bytes out, of which there must be so many.
    mutating func take(_ count: Int) -> [UInt8] {
        defer { start += count }
        return Array(bytes[start..<(start + count)])
    }
}
