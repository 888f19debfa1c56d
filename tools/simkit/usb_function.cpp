#include "simkit/usb_function.hpp"

#include <algorithm>
#include <cerrno>

namespace cipherlane::sim {
namespace {

constexpr std::uint8_t device_to_host = 0x80;
constexpr std::uint8_t get_status = 0;
constexpr std::uint8_t clear_feature = 1;
constexpr std::uint8_t set_feature = 3;
constexpr std::uint8_t get_descriptor = 6;
constexpr std::uint8_t get_configuration = 8;
constexpr std::uint8_t set_configuration = 9;
constexpr std::uint8_t get_interface = 10;
constexpr std::uint8_t set_interface = 11;

/// Who a request is for (bits 0 to 4 of its type), and the one feature of an endpoint.
constexpr std::uint8_t for_endpoint = 2;
constexpr std::uint16_t endpoint_halt = 0;

} // namespace

usb_function::usb_function(device_model& model, sink finished)
    : model_(model)
    , finished_(std::move(finished)) {
    for (const auto& endpoint : model_.identity().endpoints)
        pipes_[endpoint.address].what = endpoint;
    for (const auto& interface : model_.identity().further_interfaces) {
        for (const auto& endpoint : interface.endpoints)
            pipes_[endpoint.address].what = endpoint;
    }
}

bool usb_function::submit(usb_request request) {
    const std::lock_guard lock(mutex_);
    if (!connected_) {
        finished_({request.id, -ESHUTDOWN, {}, 0});
        return true;
    }
    if (request.endpoint == 0) {
        run_control(request);
        return true;
    }
    const auto found = pipes_.find(request.endpoint);
    if (found == pipes_.end()) return false;
    pipe& line = found->second;
    line.requests.push_back({std::move(request)});
    if (line.fails_next != 0) {
        finish(line, std::exchange(line.fails_next, 0));
        return true;
    }
    advance(line);
    return true;
}

bool usb_function::cancel(std::uint64_t id) {
    const std::lock_guard lock(mutex_);
    for (auto& [address, line] : pipes_) {
        const auto found = std::ranges::find(line.requests, id, [](const waiting& w) { return w.request.id; });
        if (found == line.requests.end()) continue;
        waiting ended = std::move(*found);
        line.requests.erase(found);
        const std::size_t actual = ended.got.size();
        finished_({id, -ENOENT, std::move(ended.got), actual});
        return true;
    }
    return false;
}

void usb_function::clear_halt(std::uint8_t endpoint) {
    const std::lock_guard lock(mutex_);
    if (const auto found = pipes_.find(endpoint); found != pipes_.end()) {
        found->second.halted = false;
        advance(found->second);
    }
}

void usb_function::disconnect() {
    const std::lock_guard lock(mutex_);
    if (!std::exchange(connected_, false)) return;
    for (auto& [address, line] : pipes_)
        end_all(line, -ESHUTDOWN);
}

bool usb_function::connected() const {
    const std::lock_guard lock(mutex_);
    return connected_;
}

void usb_function::attach() {
    const std::lock_guard lock(mutex_);
    if (connected_) model_.attached(*this);
}

void usb_function::send(std::uint8_t endpoint, byte_view message, message_end end) {
    const std::lock_guard lock(mutex_);
    pipe& line = pipes_.at(endpoint);
    const std::size_t size = line.what.packet_size;
    for (std::size_t at = 0; at < message.size(); at += size) {
        const auto part = message.subspan(at, std::min(size, message.size() - at));
        line.packets.emplace_back(part.begin(), part.end());
    }
    const bool full = message.size() % size == 0;
    if (message.empty() || (full && end == message_end::closed)) line.packets.emplace_back();
    advance(line);
}

void usb_function::send_packet(std::uint8_t endpoint, bytes packet) {
    const std::lock_guard lock(mutex_);
    pipe& line = pipes_.at(endpoint);
    line.packets.push_back(std::move(packet));
    advance(line);
}

void usb_function::halt(std::uint8_t endpoint) {
    const std::lock_guard lock(mutex_);
    pipe& line = pipes_.at(endpoint);
    line.halted = true;
    end_all(line, -EPIPE);
}

void usb_function::set_pace(std::uint8_t endpoint, pace value) {
    const std::lock_guard lock(mutex_);
    pipe& line = pipes_.at(endpoint);
    line.waits = value == pace::wait;
    advance(line);
}

void usb_function::fail_next(std::uint8_t endpoint, int status) {
    const std::lock_guard lock(mutex_);
    pipe& line = pipes_.at(endpoint);
    if (line.requests.empty()) {
        line.fails_next = status;
    } else {
        finish(line, status);
    }
}

std::size_t usb_function::pending(std::uint8_t endpoint) const {
    const std::lock_guard lock(mutex_);
    const auto found = pipes_.find(endpoint);
    return found == pipes_.end() ? 0 : found->second.requests.size();
}

void usb_function::run_control(const usb_request& request) {
    auto answer = answer_control(request);
    if (!answer) return finished_({request.id, -EPIPE, {}, 0});
    const bool in = (request.setup.type & device_to_host) != 0;
    if (in) answer->resize(std::min(answer->size(), request.room));
    const std::size_t actual = in ? answer->size() : request.data.size();
    finished_({request.id, 0, std::move(*answer), actual});
}

std::optional<bytes> usb_function::answer_control(const usb_request& request) {
    const auto& setup = request.setup;
    const bool standard = (setup.type & 0x60U) == 0;
    const bool in = (setup.type & device_to_host) != 0;
    // A descriptor of an interface, as HID has, is the model's.
    if (setup.type == device_to_host && setup.request == get_descriptor) return answer_descriptor(setup);
    if (standard && in && setup.request == get_configuration) return bytes{1};
    if (standard && in && setup.request == get_interface) return bytes{0};
    if (standard && in && setup.request == get_status) return answer_status(setup);
    if (standard && !in && (setup.request == clear_feature || setup.request == set_feature)) {
        return change_feature(setup);
    }
    if (standard && !in && (setup.request == set_configuration || setup.request == set_interface)) return bytes{};
    return model_.control(*this, setup, request.data);
}

std::optional<bytes> usb_function::answer_descriptor(const control_request& setup) const {
    const usb_identity& identity = model_.identity();
    switch (setup.value >> 8) {
    case 1: return identity.device_descriptor();
    case 2: return identity.configuration_descriptor();
    case 3: return identity.string_descriptor(static_cast<std::uint8_t>(setup.value));
    default: return std::nullopt;
    }
}

bytes usb_function::answer_status(const control_request& setup) const {
    const auto found = pipes_.find(static_cast<std::uint8_t>(setup.index));
    const bool halted = (setup.type & 0x1FU) == for_endpoint && found != pipes_.end() && found->second.halted;
    return {static_cast<std::uint8_t>(halted ? 1 : 0), 0};
}

std::optional<bytes> usb_function::change_feature(const control_request& setup) {
    if ((setup.type & 0x1FU) != for_endpoint || setup.value != endpoint_halt) return bytes{};
    const auto endpoint = static_cast<std::uint8_t>(setup.index);
    if (!pipes_.contains(endpoint)) return std::nullopt;
    if (setup.request == set_feature) {
        halt(endpoint);
    } else {
        clear_halt(endpoint);
    }
    return bytes{};
}

void usb_function::advance(pipe& line) {
    while (!line.requests.empty() && !line.waits) {
        if (line.halted) return end_all(line, -EPIPE);
        if (!to_host(line.what.address)) {
            take_out(line);
        } else if (!fill_in(line)) {
            return;
        }
    }
}

void usb_function::take_out(pipe& line) {
    const usb_request request = std::move(line.requests.front().request);
    line.requests.pop_front();
    const std::size_t size = request.data.size();
    const bool ends = size == 0 || size % line.what.packet_size != 0 || request.zero_packet;
    // Told to the host first, as on a bus: the device acts on data that it has acknowledged.
    finished_({request.id, 0, {}, size});
    model_.received(
        *this, line.what.address, request.data, ends ? device_model::input::ends : device_model::input::goes_on);
}

/// Moves packets into the first request; true when that ended it.
bool usb_function::fill_in(pipe& line) {
    waiting& first = line.requests.front();
    while (!line.packets.empty()) {
        const bytes packet = std::move(line.packets.front());
        line.packets.pop_front();
        const std::size_t room = first.request.room - first.got.size();
        const std::size_t taken = std::min(packet.size(), room);
        first.got.insert(first.got.end(), packet.begin(), packet.begin() + static_cast<std::ptrdiff_t>(taken));
        if (packet.size() > room || packet.size() > line.what.packet_size) {
            finish(line, -EOVERFLOW);
            return true;
        }
        if (packet.size() < line.what.packet_size || first.got.size() == first.request.room) {
            finish(line, 0);
            return true;
        }
    }
    return false;
}

void usb_function::finish(pipe& line, int status) {
    waiting ended = std::move(line.requests.front());
    line.requests.pop_front();
    const std::size_t actual = to_host(line.what.address) ? ended.got.size() : 0;
    finished_({ended.request.id, status, std::move(ended.got), actual});
}

void usb_function::end_all(pipe& line, int status) {
    while (!line.requests.empty())
        finish(line, status);
}

} // namespace cipherlane::sim
