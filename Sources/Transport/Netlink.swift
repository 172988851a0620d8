import Glibc
import NIOCore

/// The kernel's socket for links, addresses, routes and neighbours (rtnetlink(7)), by its numbers: Glibc's module has no
/// names for them.
enum Netlink {
    /// A message of the kernel's: its type, the bytes of its fixed part, and its attributes.
    struct Message: Equatable {
        let type: UInt16
        let fixed: [UInt8]
        var attributes: [UInt16: [UInt8]] = [:]
        /// Whether what is told changed while it was (NLM_F_DUMP_INTR).
        var isTorn = false
    }

    /// The bytes of a message's header.
    static let headerLength = 16
    /// The types of the messages that are asked for and answered.
    static let (newLink, newAddress, newRoute, newNeighbour) = (
        UInt16(16), UInt16(20), UInt16(24), UInt16(28)
    )
    static let (getLink, getAddress, getRoute, getNeighbour) = (
        UInt16(18), UInt16(22), UInt16(26), UInt16(30)
    )
    private static let (error, done) = (UInt16(2), UInt16(3))
    /// No machine has more to tell that would be of use here.
    private static let limit = 4 << 20

    /// A socket that hears of some groups, and waits for nothing. Throws `IOError` where netlink is not allowed.
    static func open(groups: UInt32) throws -> CInt {
        let type = CInt(SOCK_RAW.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue)
        let descriptor = socket(AF_NETLINK, type, 0)
        guard descriptor >= 0 else { throw IOError(errnoCode: errno, reason: "netlink") }
        // sockaddr_nl: the family, padding, the port that the kernel chooses, and the groups.
        var address = (UInt16(AF_NETLINK), UInt16(0), UInt32(0), groups)
        // Safe: twelve bytes, as the kernel expects them for this family.
        let result = unsafe withUnsafePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe bind(descriptor, $0, 12)
            }
        }
        guard result == 0 else {
            let code = errno
            _ = Glibc.close(descriptor)
            throw IOError(errnoCode: code, reason: "netlink")
        }
        return descriptor
    }

    /// What the kernel answers to a request.
    ///
    /// - Parameters:
    ///   - type: what is asked for.
    ///   - fixed: the fixed part of the request.
    ///   - attributes: what is asked about; without any everything of that type is told.
    ///
    /// Throws `IOError` where netlink is not allowed, the kernel has no answer, or what it tells changes meanwhile.
    static func ask(
        _ type: UInt16, fixed: [UInt8], attributes: [(type: UInt16, content: [UInt8])] = []
    ) throws -> [Message] {
        // The kernel answers while it is asked, so nothing has to be waited for.
        let descriptor = try open(groups: 0)
        defer { _ = Glibc.close(descriptor) }
        let request = request(type, fixed, attributes)
        // Safe: the bytes live until the call returns.
        guard unsafe send(descriptor, request, request.count, 0) == request.count else {
            throw IOError(errnoCode: errno, reason: "netlink")
        }
        var (messages, received) = ([Message](), 0)
        while received < limit {
            let datagram = unsafe [UInt8](unsafeUninitializedCapacity: 1 << 16) { buffer, count in
                // Safe: at most the buffer's length is written, and as much as was is counted.
                count = max(0, unsafe recv(descriptor, buffer.baseAddress, buffer.count, 0))
            }
            guard !datagram.isEmpty else { throw IOError(errnoCode: errno, reason: "netlink") }
            received += datagram.count
            let part = parse(datagram)
            messages += part.filter { $0.type != done && $0.type != error }
            if part.contains(where: { $0.type == error || $0.isTorn }) {
                throw IOError(errnoCode: ENOENT, reason: "netlink")
            }
            if !attributes.isEmpty || part.contains(where: { $0.type == done }) { return messages }
        }
        return messages
    }

    private static func request(
        _ type: UInt16, _ fixed: [UInt8], _ attributes: [(type: UInt16, content: [UInt8])]
    ) -> [UInt8] {
        var content = fixed
        for attribute in attributes {
            content +=
                bytes(UInt16(truncatingIfNeeded: 4 + attribute.content.count)) + bytes(attribute.type)
                + attribute.content
        }
        // NLM_F_REQUEST, and NLM_F_DUMP for everything.
        let flags: UInt16 = attributes.isEmpty ? 0x301 : 0x1
        return bytes(UInt32(truncatingIfNeeded: headerLength + content.count)) + bytes(type) + bytes(flags)
            + bytes(UInt32(1)) + bytes(UInt32(0)) + content
    }

    /// The messages in a datagram; what is not a whole one at the end is left out.
    static func parse(_ datagram: [UInt8]) -> [Message] {
        var (messages, rest) = ([Message](), datagram[...])
        while rest.count >= headerLength {
            let length = Int(clamping: number(rest.prefix(4)))
            guard length >= headerLength, length <= rest.count else { break }
            let type = UInt16(truncatingIfNeeded: number(rest.dropFirst(4).prefix(2)))
            let content = rest.prefix(length).dropFirst(headerLength)
            let fixed = content.prefix(fixedLength(of: type))
            messages.append(
                Message(
                    type: type, fixed: Array(fixed), attributes: attributes(content.dropFirst(fixed.count)),
                    isTorn: number(rest.dropFirst(6).prefix(2)) & 0x10 != 0))
            rest = rest.dropFirst(aligned(length))
        }
        return messages
    }

    /// The attributes in some bytes (rtattr), the last of each type.
    static func attributes(_ bytes: ArraySlice<UInt8>) -> [UInt16: [UInt8]] {
        var (attributes, rest) = ([UInt16: [UInt8]](), bytes)
        while rest.count >= 4 {
            let length = Int(clamping: number(rest.prefix(2)))
            guard length >= 4, length <= rest.count else { break }
            let type = UInt16(truncatingIfNeeded: number(rest.dropFirst(2).prefix(2)))
            attributes[type] = Array(rest.prefix(length).dropFirst(4))
            rest = rest.dropFirst(aligned(length))
        }
        return attributes
    }

    /// ifinfomsg, ifaddrmsg, and rtmsg or ndmsg.
    private static func fixedLength(of type: UInt16) -> Int {
        switch type {
        case newLink: 16
        case newAddress: 8
        default: 12
        }
    }

    /// Where the next one begins behind a message or attribute of some length.
    static func aligned(_ length: Int) -> Int { (length + 3) & ~3 }

    /// A number of up to four bytes in the machine's order, which is little-endian on all that this runs on.
    static func number(_ bytes: some Collection<UInt8>) -> UInt32 {
        bytes.prefix(4).enumerated().reduce(0) {
            $0 | UInt32(truncatingIfNeeded: $1.element) << (8 * $1.offset)
        }
    }

    /// A number's bytes in the machine's order.
    static func bytes(_ number: some FixedWidthInteger) -> [UInt8] {
        (0..<number.bitWidth / 8).map { UInt8(truncatingIfNeeded: number >> ($0 * 8)) }
    }
}
