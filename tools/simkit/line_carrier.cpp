#include "simkit/line_carrier.hpp"

#include <utility>

namespace cipherlane::sim {

line_carrier::line_carrier(
    device_model& model, std::function<void(bytes)> send, std::function<void()> unplug, std::uint8_t endpoint)
    : model_(model)
    , send_(std::move(send))
    , unplug_(std::move(unplug))
    , endpoint_(endpoint) {}

void line_carrier::attach() {
    model_.attached(*this);
}

void line_carrier::take(byte_view data) {
    if (waits_) {
        kept_.insert(kept_.end(), data.begin(), data.end());
        return;
    }
    model_.received(*this, endpoint_, data, device_model::input::goes_on);
}

void line_carrier::send(std::uint8_t, byte_view message, message_end) {
    send_({message.begin(), message.end()});
}

void line_carrier::halt(std::uint8_t) {}

void line_carrier::set_pace(std::uint8_t endpoint, pace value) {
    if (endpoint != endpoint_) return;
    waits_ = value == pace::wait;
    if (!waits_ && !kept_.empty()) take(std::exchange(kept_, {}));
}

void line_carrier::unplug() {
    unplug_();
}

} // namespace cipherlane::sim
