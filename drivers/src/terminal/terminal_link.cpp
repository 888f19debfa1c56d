#include "terminal_link.hpp"

#include "../refusals.hpp"

#include <cipherlane/net/errc.hpp>

#include <array>
#include <utility>

namespace cipherlane::drivers {

terminal_link::terminal_link(terminal_opener open)
    : open_(std::move(open)) {}

terminal_link::~terminal_link() = default;

bool terminal_link::attached() const noexcept {
    return wire_ != nullptr && wire_->is_open();
}

result<void> terminal_link::connect(const call& bounds) {
    if (attached()) return {};
    drop();
    CIPHERLANE_TRY(wire_, open_(bounds));
    return {};
}

void terminal_link::drop() noexcept {
    if (wire_) wire_->close();
    wire_.reset();
}

result<void> terminal_link::write(byte_view data, const call& bounds) {
    return wire_->write(data, bounds);
}

result<void> terminal_link::hush(std::chrono::milliseconds silence, const call& bounds) {
    constexpr int most = 8; // times the silence that is waited for
    std::array<std::uint8_t, 256> heard{};
    const auto limit = deadline::in(most * silence);
    while (!limit.passed()) {
        auto size = wire_->read_some(heard, bounds.no_later_than(silence));
        if (size) continue;
        const bool silent = size.error().code() == net_errc::timed_out && !bounds.until().passed();
        if (silent) return {};
        return here(std::move(size).error());
    }
    return here(refused(drivers_errc::at_work));
}

error terminal_link::here(error why) const {
    if (wire_ == nullptr) return why;
    return std::move(why).at_endpoint(wire_->endpoint());
}

} // namespace cipherlane::drivers
