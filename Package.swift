// swift-tools-version: 6.3
import PackageDescription

/// The settings of every target of ours; what each is for stands in the architecture article.
let settings: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    .enableUpcomingFeature("InferIsolatedConformances"),
    .enableUpcomingFeature("ImmutableWeakCaptures"),
    .treatAllWarnings(as: .error),
    .strictMemorySafety(),
]

let argumentParser: Target.Dependency = .product(name: "ArgumentParser", package: "swift-argument-parser")
let crypto: Target.Dependency = .product(name: "Crypto", package: "swift-crypto")
let cryptoExtras: Target.Dependency = .product(name: "CryptoExtras", package: "swift-crypto")
let grdb: Target.Dependency = .product(name: "GRDB", package: "GRDB.swift")
let logging: Target.Dependency = .product(name: "Logging", package: "swift-log")
let protobuf: Target.Dependency = .product(name: "SwiftProtobuf", package: "swift-protobuf")
let nioCore: Target.Dependency = .product(name: "NIOCore", package: "swift-nio")
let nioPosix: Target.Dependency = .product(name: "NIOPosix", package: "swift-nio")
let nioSSL: Target.Dependency = .product(name: "NIOSSL", package: "swift-nio-ssl")

let package = Package(
    name: "reconcile",
    products: [
        .executable(name: "reconciled", targets: ["reconciled"]),
        .executable(name: "reconcile", targets: ["reconcile"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-asn1", from: "1.7.4"),
        .package(url: "https://github.com/apple/swift-async-algorithms", from: "1.1.4"),
        .package(url: "https://github.com/apple/swift-certificates", from: "1.21.1"),
        .package(
            url: "https://github.com/apple/swift-configuration", from: "1.4.0",
            traits: [.defaults, "CommandLineArguments", "YAML"]
        ),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
        .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.6"),
        .package(url: "https://github.com/apple/swift-protobuf", from: "1.39.0"),
        .package(url: "https://github.com/apple/swift-system", from: "1.8.1"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
    ],
    targets: [
        .target(name: "Causality", swiftSettings: settings),
        .target(name: "Journal", dependencies: ["Causality"], swiftSettings: settings),
        .target(
            name: "Wire", dependencies: [protobuf], exclude: ["reconcile.proto"], swiftSettings: settings),
        .target(
            name: "EventLog", dependencies: ["Causality", "Journal", "Wire", crypto, protobuf],
            swiftSettings: settings
        ),
        .target(
            name: "Peering", dependencies: ["Causality", "Journal", "Wire", "EventLog", crypto],
            swiftSettings: settings
        ),
        .target(
            name: "Store",
            dependencies: [
                "Causality", "CDatabase", "Journal", "EventLog", grdb,
                .product(name: "GRDBSQLite", package: "GRDB.swift"),
            ],
            swiftSettings: settings
        ),
        // Not called Network: Hummingbird takes any module of that name for Apple's.
        .target(
            name: "Transport",
            dependencies: [
                "CTimerFD", "Causality", "Peering", "EventLog", "Wire", nioCore, nioPosix, nioSSL, crypto,
                .product(name: "NIOTLS", package: "swift-nio"),
                .product(name: "SwiftASN1", package: "swift-asn1"),
                .product(name: "X509", package: "swift-certificates"),
            ],
            swiftSettings: settings
        ),
        .target(name: "Backup", dependencies: [crypto, cryptoExtras], swiftSettings: settings),
        .target(name: "Probes", dependencies: ["CStatFS", "LocalAPI"], swiftSettings: settings),
        .target(name: "Query", dependencies: ["Causality"], swiftSettings: settings),
        .target(name: "Interchange", dependencies: ["Query"], swiftSettings: settings),
        .target(name: "LocalAPI", dependencies: ["Causality", "Query"], swiftSettings: settings),
        .target(
            name: "ReconcileDaemon",
            dependencies: [
                "Backup", "Causality", "CPattern", "Journal", "Wire", "EventLog", "Peering", "Probes",
                "Store", "Transport", "Query",
                "Interchange", "LocalAPI",
                logging, nioCore, nioPosix,
                .product(name: "AsyncAlgorithms", package: "swift-async-algorithms"),
                .product(name: "Configuration", package: "swift-configuration"),
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "HummingbirdCore", package: "hummingbird"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
                .product(name: "SystemPackage", package: "swift-system"),
                .product(name: "UnixSignals", package: "swift-service-lifecycle"),
                .product(name: "Yams", package: "Yams"),
            ],
            exclude: ["Manual"],
            swiftSettings: settings
        ),
        .executableTarget(
            name: "reconciled", dependencies: ["CTaskHook", "ReconcileDaemon", logging, nioCore, nioPosix],
            swiftSettings: settings
        ),
        .target(name: "Wording", swiftSettings: settings),
        .target(name: "Typing", dependencies: ["Query"], swiftSettings: settings),
        .target(name: "CDatabase"),
        .target(name: "CGetOpt"),
        .target(name: "CPattern"),
        .target(name: "CStatFS"),
        .target(name: "CTaskHook"),
        .target(name: "CTimerFD"),
        .target(
            name: "ReconcileCLI",
            dependencies: ["CGetOpt", "LocalAPI", "Query", "Typing", "Wording", argumentParser],
            exclude: ["Completion", "Manual"],
            swiftSettings: settings
        ),
        .executableTarget(
            name: "reconcile", dependencies: ["ReconcileCLI", argumentParser], exclude: ["startup.order"],
            swiftSettings: settings),

        .target(
            name: "Simulator", dependencies: ["Causality", "Journal", "Wire", "EventLog", "Peering", crypto],
            path: "Tests/Simulator", swiftSettings: settings
        ),
        .executableTarget(
            name: "simulate", dependencies: ["Simulator", argumentParser], path: "Tests/simulate",
            swiftSettings: settings
        ),

        .target(
            name: "TestSupport", dependencies: ["Causality", "EventLog", "Journal", "Store"],
            path: "Tests/TestSupport", swiftSettings: settings
        ),
        .executableTarget(
            name: "verify", dependencies: ["Causality", "EventLog", "Store", "TestSupport", argumentParser],
            path: "Tests/verify", swiftSettings: settings
        ),
        .testTarget(
            name: "EventLogTests",
            dependencies: ["Causality", "EventLog", "Journal", "Store", "TestSupport", "Wire", crypto],
            swiftSettings: settings
        ),
        .testTarget(
            name: "TransportTests",
            dependencies: ["Causality", "EventLog", "Peering", "Transport", "Wire", nioCore, nioPosix],
            swiftSettings: settings
        ),
        .testTarget(
            name: "WordingTests", dependencies: ["Wording"], exclude: ["labelled.tsv"],
            swiftSettings: settings
        ),
        .testTarget(
            name: "ReconcileDaemonTests",
            dependencies: [
                "Causality", "EventLog", "Journal", "LocalAPI", "Peering", "Query", "ReconcileDaemon",
                "Store",
                "TestSupport", grdb, logging, nioCore, nioPosix,
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "Hummingbird", package: "hummingbird"),
            ],
            swiftSettings: settings),
        .testTarget(name: "BackupTests", dependencies: ["Backup"], swiftSettings: settings),
        .testTarget(name: "TypingTests", dependencies: ["Typing"], swiftSettings: settings),
        .testTarget(name: "CausalityTests", dependencies: ["Causality"], swiftSettings: settings),
        .testTarget(name: "JournalTests", dependencies: ["Causality", "Journal"], swiftSettings: settings),
        .testTarget(
            name: "QueryTests", dependencies: ["Causality", "LocalAPI", "Query"], exclude: ["Times"],
            swiftSettings: settings
        ),
        .testTarget(
            name: "InterchangeTests", dependencies: ["Interchange", "LocalAPI", "Query"],
            swiftSettings: settings),
        .testTarget(
            name: "PeeringTests", dependencies: ["Causality", "EventLog", "Journal", "Peering", "Wire"],
            swiftSettings: settings
        ),
        .testTarget(
            name: "StoreTests",
            dependencies: ["Causality", "EventLog", "Journal", "Simulator", "Store", "TestSupport", grdb],
            swiftSettings: settings
        ),
        .testTarget(
            name: "VectorTests",
            dependencies: [
                "Causality", "EventLog", "Journal", "Peering", "Store", "TestSupport", "Wire", crypto,
            ],
            swiftSettings: settings
        ),
        .target(
            name: "FuzzTargets",
            dependencies: [
                "Backup", "Causality", "EventLog", "Interchange", "Journal", "LocalAPI", "Peering",
                "Query", "ReconcileDaemon", "Store", "Transport", "Wire", grdb, logging, nioCore, nioPosix,
            ],
            path: "Tests/Fuzz/Targets",
            swiftSettings: settings
        ),
        .testTarget(name: "FuzzTests", dependencies: ["FuzzTargets"], swiftSettings: settings),
        .testTarget(name: "SimulatorTests", dependencies: ["Simulator"], swiftSettings: settings),
        .testTarget(name: "ArchitectureTests", swiftSettings: settings),
    ]
)

// Benchmarks see what is `package` only from within the package, and users should not build them.
if Context.environment["RECONCILE_BENCH"] != nil {
    package.targets.append(
        .executableTarget(
            name: "bench",
            dependencies: [
                "Causality", "Journal", "EventLog", "Wire", "Peering", "Store", "Transport", "LocalAPI",
                "TestSupport", argumentParser, nioCore, nioPosix,
            ],
            path: "Tests/Bench", exclude: ["as_journal.py", "follow.py", "log.py", "service.py"],
            swiftSettings: settings))
}
