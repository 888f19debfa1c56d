#include "wakeup.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdint>
#include <limits>
#include <poll.h>
#include <stop_token>
#include <sys/eventfd.h>
#include <unistd.h>

namespace cipherlane::net {

wakeup::wakeup() noexcept
    : descriptor_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {}

wakeup::~wakeup() {
    if (descriptor_ >= 0) ::close(descriptor_);
}

void wakeup::signal() noexcept {
    const std::uint64_t one = 1;
    // Fails only when the counter is at its top: readable all the same.
    [[maybe_unused]] const auto written = ::write(descriptor_, &one, sizeof one);
}

void wakeup::clear() noexcept {
    std::uint64_t count = 0;
    [[maybe_unused]] const auto taken = ::read(descriptor_, &count, sizeof count);
}

wait_end wait_ready(int descriptor, readiness what, wakeup& interrupt, const call& bounds) {
    const std::stop_callback on_stop(bounds.stop(), [&interrupt] { interrupt.signal(); });
    for (;;) {
        if (bounds.stopped()) return wait_end::cancelled;
        const auto left = bounds.until().left().count();
        std::array watched{
            pollfd{descriptor, static_cast<short>(what == readiness::read ? POLLIN : POLLOUT), 0},
            pollfd{interrupt.descriptor(), POLLIN, 0},
        };
        const int span = static_cast<int>(std::min<std::int64_t>(left, std::numeric_limits<int>::max()));
        const int ready = ::poll(watched.data(), watched.size(), span);
        if (ready < 0 && errno == EINTR) continue;
        if (watched[1].revents != 0) return wait_end::cancelled;
        if (watched[0].revents != 0) return wait_end::ready;
        if (bounds.until().passed()) return wait_end::timed_out;
    }
}

} // namespace cipherlane::net
