#include "../one_call.hpp"

#include <cipherlane/core/monotonic_clock.hpp>
#include <cipherlane/drivers/display/device_display.hpp>
#include <cipherlane/drivers/display/step_exchange.hpp>
#include <cipherlane/drivers/errc.hpp>
#include <cipherlane/net/engine.hpp>

#include <algorithm>
#include <utility>

namespace cipherlane::drivers {
namespace {

using std::chrono::milliseconds;

} // namespace

device_display::device_display(std::unique_ptr<net::transport> link, std::unique_ptr<screen_protocol> protocol)
    : link_(std::move(link))
    , protocol_(std::move(protocol)) {}

device_display::~device_display() = default;

result<bytes> device_display::perform(result<step_list> steps, const call& bounds) {
    const one_call mine(under_way_);
    CIPHERLANE_CHECK(mine.check());
    return carry_out(std::move(steps), bounds);
}

result<bytes> device_display::carry_out(result<step_list> steps, const call& bounds) {
    if (!steps) return std::move(steps).error().at_endpoint(link_->endpoint());
    auto from = unsettled_ ? step_exchange::start::after_failure : step_exchange::start::clean;
    auto drawing = steps->empty() ? milliseconds{0} : std::exchange(steps->back().pause_after, milliseconds{0});
    auto rest = std::max(milliseconds{0}, std::chrono::ceil<milliseconds>(busy_until_ - monotonic_clock::now()));
    step_exchange exchange(*std::move(steps), from, rest);
    unsettled_ = true;
    auto outcome = net::run(exchange, *link_, bounds);
    unsettled_ = !outcome;
    busy_until_ = monotonic_clock::now() + drawing;
    protocol_->carried_out(exchange.carried_out());
    if (!outcome) {
        protocol_->settled(screen_protocol::ending::failed);
        return std::move(outcome).error().at_endpoint(link_->endpoint());
    }
    protocol_->settled(screen_protocol::ending::done, *outcome);
    return outcome;
}

result<void> device_display::show(const ports::display_content& what, const call& bounds) {
    const one_call mine(under_way_);
    CIPHERLANE_CHECK(mine.check());
    CIPHERLANE_CHECK(carry_out(protocol_->show(what), bounds));
    return {};
}

result<void> device_display::set_brightness(int percent, const call& bounds) {
    CIPHERLANE_CHECK(perform(protocol_->set_brightness(percent), bounds));
    return {};
}

result<std::string> device_display::heartbeat(const call& bounds) {
    auto question = protocol_->heartbeat();
    if (!question && !link_->is_open()) { // a device that cannot be asked may still be known to be gone
        return error(drivers_errc::device_gone, layer::drivers).during("heartbeat").at_endpoint(link_->endpoint());
    }
    const one_call mine(under_way_);
    CIPHERLANE_CHECK(mine.check());
    CIPHERLANE_TRY(const auto answer, carry_out(std::move(question), bounds));
    auto name = protocol_->identity(answer);
    unsettled_ = !name; // what stands on the line belongs to something else
    return name;
}

ports::display_capabilities device_display::capabilities() const noexcept {
    return protocol_->capabilities();
}

} // namespace cipherlane::drivers
