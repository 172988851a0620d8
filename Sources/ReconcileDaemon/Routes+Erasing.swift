import Hummingbird

/// What a person decides about erasing that concerns this device only: nobody else is told of it.
extension Routes {
    func addErasing(to router: Router<BasicRequestContext>) {
        router.post("/erasures/here") { request, _ in
            try await answer {
                try await ledger.eraseHere(request.uri.queryParameters.get("entry") ?? "")
                return try await status()
            }
        }
        router.post("/erasures/decline") { request, _ in
            try await answer {
                try await ledger.declineErasure(request.uri.queryParameters.get("entry") ?? "")
                return try await status()
            }
        }
    }
}
