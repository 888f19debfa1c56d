#include <cipherlane/core/pause.hpp>
#include <cipherlane/drivers/transport/reopen.hpp>
#include <cipherlane/net/errc.hpp>

#include <algorithm>

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
        cipherlane::pause(bounds.no_later_than(schedule.pause_after(failures)));
        if (bounds.stopped()) return error(net_errc::cancelled, layer::drivers).during("open");
        if (bounds.until().passed()) return link;
    }
}

} // namespace cipherlane::drivers
