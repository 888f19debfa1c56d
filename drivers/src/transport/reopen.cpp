#include <cipherlane/drivers/transport/reopen.hpp>
#include <cipherlane/net/errc.hpp>

#include <algorithm>
#include <condition_variable>
#include <mutex>

namespace cipherlane::drivers {

std::chrono::milliseconds reopen_schedule::pause_after(unsigned failures) const noexcept {
    auto pause = static_cast<double>(first.count());
    const auto limit = static_cast<double>(most.count());
    for (unsigned i = 1; i < failures && pause < limit; ++i)
        pause *= factor;
    return std::chrono::milliseconds(static_cast<std::int64_t>(std::min(pause, limit)));
}

result<std::unique_ptr<net::transport>> open_persistently(
    const transport_opener& open, const call& bounds, const reopen_schedule& schedule) {
    for (unsigned failures = 1;; ++failures) {
        auto link = open(bounds);
        if (link || link.error().is(condition::misuse) || link.error().is(condition::cancelled)) return link;
        const deadline until = bounds.until().no_later_than(schedule.pause_after(failures));
        std::mutex unshared;
        std::unique_lock lock(unshared);
        std::condition_variable_any never;
        never.wait_until(lock, bounds.stop(), until.at(), [] { return false; });
        if (bounds.stopped()) return error(net_errc::cancelled, layer::drivers).during("open");
        if (bounds.until().passed()) return link;
    }
}

} // namespace cipherlane::drivers
