#include <cipherlane/core/monotonic_clock.hpp>
#include <cipherlane/hostlink/traced_host.hpp>

namespace cipherlane::hostlink {

traced_host::traced_host(std::shared_ptr<ports::host> inner, std::shared_ptr<certification_trace> trace)
    : inner_(std::move(inner))
    , trace_(std::move(trace)) {}

template <class Ask>
result<bytes> traced_host::traced(byte_view request, Ask ask) {
    const auto asked = trace_->clock().now();
    const auto begin = monotonic_clock::now();
    auto answer = ask();
    const auto took = std::chrono::duration_cast<std::chrono::milliseconds>(monotonic_clock::now() - begin);
    trace_->note(request, answer, asked, took);
    return answer;
}

result<bytes> traced_host::exchange(byte_view request, const ports::answer_filter& filter, const call& bounds) {
    return traced(request, [&] { return inner_->exchange(request, filter, bounds); });
}

result<bytes> traced_host::inquire(byte_view request, const ports::answer_filter& filter, const call& bounds) {
    return traced(request, [&] { return inner_->inquire(request, filter, bounds); });
}

} // namespace cipherlane::hostlink
