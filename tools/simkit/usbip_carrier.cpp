#include "simkit/usbip_carrier.hpp"

#include <cerrno>
#include <utility>

namespace cipherlane::sim {

usbip_carrier::usbip_carrier(device_model& model, std::function<void(bytes)> to_host)
    : to_host_(std::move(to_host))
    , function_(model, [this](usb_outcome outcome) { finished(std::move(outcome)); }) {}

result<void> usbip_carrier::take(byte_view stream) {
    input_.insert(input_.end(), stream.begin(), stream.end());
    std::size_t used = 0;
    for (;;) {
        const byte_view left = byte_view(input_).subspan(used);
        if (left.size() < usbip_header_size) break;
        CIPHERLANE_TRY(const auto command, decode_usbip(left.first(usbip_header_size)));
        const auto* asked = std::get_if<usbip_submit>(&command);
        const std::size_t size = asked != nullptr ? asked->payload() : 0;
        if (left.size() - usbip_header_size < size) break;
        on_command(command);
        if (asked != nullptr) carry_out(*asked, left.subspan(usbip_header_size, size));
        if (const auto* unlink = std::get_if<usbip_unlink>(&command)) carry_out(*unlink);
        used += usbip_header_size + size;
    }
    input_.erase(input_.begin(), input_.begin() + static_cast<std::ptrdiff_t>(used));
    return {};
}

void usbip_carrier::disconnect() {
    const std::lock_guard lock(function_.mutex());
    ended_ = true;
    function_.disconnect();
}

void usbip_carrier::carry_out(const usbip_submit& asked, byte_view data) {
    usb_request request;
    request.id = asked.sequence;
    request.endpoint = asked.control() ? std::uint8_t{0} : asked.endpoint;
    request.setup = asked.setup;
    request.zero_packet = asked.zero_packet;
    if (asked.to_host()) {
        request.room = asked.length;
    } else {
        request.data.assign(data.begin(), data.end());
    }
    // An endpoint that is not there does not answer, which a host controller takes for a fault on the bus.
    if (!function_.submit(std::move(request))) finished({asked.sequence, -EPROTO, {}, 0});
}

/// A request that was taken back gets no answer of its own. One that already holds data is given back with it
/// instead, since the answer to the unlink has no room for data: to the host it looks as if the two had crossed.
void usbip_carrier::carry_out(const usbip_unlink& asked) {
    const std::lock_guard lock(function_.mutex());
    unlinking_ = asked.victim;
    const bool pending = function_.cancel(asked.victim);
    unlinking_.reset();
    const auto ended = std::exchange(taken_back_, std::nullopt);
    const bool holds_data = ended && !ended->data.empty();
    if (holds_data) give_back({ended->id, -ECONNRESET, ended->data, ended->actual});
    if (ended_) return;
    const auto header = encode_usbip_unlinked(asked.sequence, pending && !holds_data ? -ECONNRESET : 0);
    to_host_({header.begin(), header.end()});
}

void usbip_carrier::finished(usb_outcome outcome) {
    const std::lock_guard lock(function_.mutex());
    if (unlinking_ == outcome.id) {
        taken_back_ = std::move(outcome);
        return;
    }
    give_back(outcome);
}

void usbip_carrier::give_back(const usb_outcome& outcome) {
    if (ended_) return;
    const auto header =
        encode_usbip_submitted(static_cast<std::uint32_t>(outcome.id), outcome.status, outcome.actual);
    bytes message(header.begin(), header.end());
    message.insert(message.end(), outcome.data.begin(), outcome.data.end());
    to_host_(std::move(message));
}

} // namespace cipherlane::sim
