import Hummingbird
import LocalAPI
import Probes

/// What `reconcile doctor` has the daemon try.
extension Routes {
    func addDoctor(to router: Router<BasicRequestContext>) {
        router.post("/doctor") { _, _ in
            try await answer {
                let network = NetworkProbes(
                    ledger: ledger, links: links, listening: listening, hasBeacons: await discovery.hasBeacons
                )
                let confinement = Confinement.attempts().map { attempt in
                    ProbePayload("sandbox_" + attempt.name, attempt.outcome.rawValue)
                }
                return DoctorPayload(
                    version: Daemon.version, port: listening.port,
                    probes: await ledger.storeProbes() + network.run() + confinement)
            }
        }
    }
}
