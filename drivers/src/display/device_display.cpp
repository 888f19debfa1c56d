#include <cipherlane/drivers/display/device_display.hpp>
#include <cipherlane/drivers/display/step_exchange.hpp>
#include <cipherlane/drivers/errc.hpp>
#include <cipherlane/net/engine.hpp>

#include <algorithm>
#include <utility>

namespace cipherlane::drivers {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

result<void> no_value(result<bytes> outcome) {
    CIPHERLANE_CHECK(outcome);
    return {};
}

} // namespace

device_display::device_display(std::unique_ptr<net::transport> link, std::unique_ptr<screen_protocol> protocol)
    : link_(std::move(link))
    , protocol_(std::move(protocol)) {}

device_display::~device_display() = default;

result<bytes> device_display::perform(result<step_list> steps, const call& bounds) {
    if (!steps) return std::move(steps).error().at_endpoint(link_->endpoint());
    auto from = unsettled_ ? step_exchange::start::after_failure : step_exchange::start::clean;
    auto drawing = steps->empty() ? milliseconds{0} : std::exchange(steps->back().pause_after, milliseconds{0});
    auto rest = std::max(milliseconds{0}, std::chrono::ceil<milliseconds>(busy_until_ - steady_clock::now()));
    step_exchange exchange(*std::move(steps), from, rest);
    unsettled_ = true;
    auto outcome = net::run(exchange, *link_, bounds);
    unsettled_ = !outcome;
    busy_until_ = steady_clock::now() + drawing;
    protocol_->settled(outcome ? screen_protocol::ending::done : screen_protocol::ending::failed);
    if (!outcome) return std::move(outcome).error().at_endpoint(link_->endpoint());
    return outcome;
}

result<void> device_display::show_qr(const ports::qr_view& view, const call& bounds) {
    return no_value(perform(protocol_->show_qr(view), bounds));
}

result<void> device_display::show_amount(const amount& total, const call& bounds) {
    return no_value(perform(protocol_->show_amount(total), bounds));
}

result<void> device_display::show_text(std::string_view line1, std::string_view line2, const call& bounds) {
    return no_value(perform(protocol_->show_text(line1, line2), bounds));
}

result<void> device_display::show_outcome(ports::payment_outcome what, const amount& total, const call& bounds) {
    return no_value(perform(protocol_->show_outcome(what, total), bounds));
}

result<void> device_display::clear(const call& bounds) {
    return no_value(perform(protocol_->clear(), bounds));
}

result<void> device_display::show_remaining(std::chrono::seconds left, const call& bounds) {
    return no_value(perform(protocol_->show_remaining(left), bounds));
}

result<void> device_display::set_brightness(int percent, const call& bounds) {
    return no_value(perform(protocol_->set_brightness(percent), bounds));
}

result<std::string> device_display::heartbeat(const call& bounds) {
    auto question = protocol_->heartbeat();
    if (!question && !link_->is_open()) { // a device that cannot be asked may still be known to be gone
        return error(drivers_errc::device_gone, layer::drivers).during("heartbeat").at_endpoint(link_->endpoint());
    }
    CIPHERLANE_TRY(auto answer, perform(std::move(question), bounds));
    return protocol_->identity(answer);
}

ports::display_capabilities device_display::capabilities() const noexcept {
    return protocol_->capabilities();
}

} // namespace cipherlane::drivers
