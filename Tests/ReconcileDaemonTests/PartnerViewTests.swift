import Causality
import EventLog
import FoundationEssentials
import LocalAPI
import Peering
import Store
import Testing
import TestSupport

@testable import ReconcileDaemon

/// What this device tells its person of the partner's: the same whether they are off, elsewhere, or have left.
@Suite struct PartnerViewTests {
    /// What a device knows of one that is not connected, by why it isn't.
    private static let absences: [String: @Sendable (inout Meeting) -> Links.Trouble?] = [
        "off": { _ in .noAnswer },
        "never tried": { _ in nil },
        "elsewhere, and someone else at its address": { meeting in
            meeting.places = ["10.1.2.3:7747", "192.168.178.20:7747"].map {
                Meeting.Place(address: $0, network: .none)
            }
            return .notProved
        },
        "unpaired since an hour": { meeting in
            meeting.seen += 3_600_000
            return .notProved
        },
        "apart and back": { meeting in
            (meeting.seen, meeting.skew) = (9, -412)
            return nil
        },
        "unpaired with a full disk": { meeting in
            meeting.places = []
            return .diskFull
        },
        "unpaired while under attack": { _ in .violation },
    ]

    private func status(_ pair: PairedLedger, _ reports: [DeviceID: Links.Report]) async throws
        -> StatusPayload
    {
        var status = StatusPayload(version: "1", initialised: true, paired: true)
        try await pair.ledger.fill(&status, reports: reports)
        return status
    }

    private func bytes(_ status: StatusPayload) throws -> Data {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        return try encoder.encode(status)
    }

    private let home = Meeting.Place(address: "192.168.1.7:7747", network: .none)

    private func meeting() -> Meeting {
        var meeting = Meeting()
        (meeting.places, meeting.seen) = ([home], 1_700_000_000_000)
        (meeting.settled, meeting.skew) = (2, 250)
        return meeting
    }

    @Test func `absent is absent, byte for byte`() async throws {
        let pair = try await PairedLedger(Couple())
        _ = try await pair.write("something to send")
        var told: [Data: String] = [:]
        for (name, absence) in Self.absences {
            var meeting = meeting()
            let trouble = absence(&meeting)
            let report = Links.Report(
                meeting: meeting, isConnected: false, expected: 0, trouble: trouble, fault: nil)
            told[try await bytes(status(pair, [pair.other.device: report]))] = name
            // The line for the service manager, which everyone on the machine may read.
            let state = await pair.ledger.serviceState(reports: [pair.other.device: report])
            #expect(StatusLine.line(for: state).hasPrefix("0 of 1 device connected, "))
        }
        #expect(told.count == 1, "what differs: \(told.values.sorted())")
        let found = try await status(pair, [:]).devices.first { !$0.isThisDevice }
        let device = try #require(found)
        #expect(device.isOwn == false && device.address == nil && device.seen == nil && device.skew == nil)
    }

    @Test func `a fault of this device's is told, and outlasts attempts to connect`() async throws {
        let pair = try await PairedLedger(Couple())
        for fault in [Links.Trouble.noRoom, .refusedRun] {
            #expect(fault.concernsThisDevice)
            let report = Links.Report(
                meeting: meeting(), isConnected: false, expected: 0, trouble: .noAnswer, fault: fault)
            let told = try await status(pair, [pair.other.device: report]).devices
            #expect(told.first { !$0.isThisDevice }?.trouble == fault.rawValue)
        }
        for trouble in [Links.Trouble.noAnswer, .notProved, .violation, .diskFull] {
            #expect(!trouble.concernsThisDevice)
        }
    }

    @Test func `two clocks that disagree by hours are told of in whole hours`() async throws {
        let pair = try await PairedLedger(Couple())
        for (skew, told) in [
            (Int64(3_599_999), Int64?.none), (7_200_001, 7_200_000), (-3_700_000, -3_600_000),
            (.min, .min / 3_600_000 * 3_600_000),
        ] {
            var meeting = meeting()
            meeting.skew = skew
            let report = Links.Report(
                meeting: meeting, isConnected: true, expected: 0, trouble: nil, fault: nil)
            let found = try await status(pair, [pair.other.device: report]).devices.first { !$0.isThisDevice }
            #expect(found?.skew == told)
        }
    }

    @Test func `of one's own device all is told`() async throws {
        let pair = try await PairedLedger(Couple())
        let report = Links.Report(
            meeting: meeting(), isConnected: false, expected: 0, trouble: .noAnswer, fault: nil)
        let visible = await pair.ledger.visible([pair.own.device: report, pair.other.device: report])
        #expect(visible[pair.own.device]?.meeting == meeting())
        #expect(visible[pair.own.device]?.trouble == .noAnswer)
        #expect(visible[pair.other.device]?.meeting?.places.isEmpty == true)
    }
}
