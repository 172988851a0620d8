import FuzzTargets

/// What libFuzzer calls with each input.
@c(LLVMFuzzerTestOneInput)
public func fuzz(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    // libFuzzer's buffer is ours for as long as the call lasts.
    fuzzRequests(unsafe Array(UnsafeBufferPointer(start: start, count: count)))
    return 0
}
