#include "simkit/usb_device.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <utility>

namespace cipherlane::sim {
namespace {

constexpr std::uint8_t to_host = 0x81;

} // namespace

usb_device::usb_device(usb_identity identity, std::optional<report_form> reports, const maker& make)
    : identity_(std::move(identity))
    , reports_(reports) {
    surroundings around;
    around.send = [this](bytes data) { send(std::move(data)); };
    around.later = [this](
                       std::chrono::milliseconds span, std::function<void()> what) { later(span, std::move(what)); };
    around.unplug = [this] { timer_.at(timer_.now(), [this] { leave(); }); };
    model_ = make(std::move(around));
}

usb_device::~usb_device() = default;

void usb_device::leave() {
    const std::lock_guard sending(host_lock_);
    carrier* host = nullptr;
    {
        const std::lock_guard held(mutex_);
        host = std::exchange(host_, nullptr);
        model_->link_lost();
    }
    if (host != nullptr) host->unplug();
}

void usb_device::take_reports_by_control() {
    std::erase_if(identity_.endpoints, [](const usb_endpoint& one) { return one.address != to_host; });
}

void usb_device::attached(carrier& host) {
    const std::lock_guard held(mutex_);
    host_ = &host;
}

void usb_device::detached() {
    const std::lock_guard sending(host_lock_);
    const std::lock_guard held(mutex_);
    host_ = nullptr;
    model_->link_lost();
}

void usb_device::received(carrier& host, std::uint8_t, byte_view data, input) {
    const std::lock_guard held(mutex_);
    host_ = &host;
    give(data);
}

std::optional<bytes> usb_device::control(carrier& host, const control_request& request, byte_view data) {
    constexpr std::uint8_t class_to_interface = 0x21;
    constexpr std::uint8_t set_report = 0x09;
    if (!reports_ || request.type != class_to_interface || request.request != set_report) return std::nullopt;
    if (request.value != (0x0200 | reports_->out_number)) return std::nullopt;
    const std::lock_guard held(mutex_);
    host_ = &host;
    give(data);
    return bytes{};
}

void usb_device::give(byte_view data) {
    if (reports_) {
        if (data.size() != reports_->size + 1 || data[0] != reports_->out_number)
            return; // not a report of this device
        data = data.subspan(1);
    }
    model_->receive(data);
    given();
}

bytes usb_device::report_of(byte_view part) const {
    bytes report(reports_->size + 1);
    report[0] = reports_->in_number;
    std::ranges::copy(part, report.begin() + 1);
    return report;
}

void usb_device::send(bytes data) {
    const std::lock_guard held(mutex_);
    std::vector<bytes> messages;
    if (reports_) {
        for (std::size_t at = 0; at < data.size(); at += reports_->size) {
            messages.push_back(report_of(byte_view(data).subspan(at, std::min(reports_->size, data.size() - at))));
        }
    } else {
        messages.push_back(std::move(data));
    }
    for (auto& message : messages) {
        if (outbox_ != nullptr) {
            outbox_->push_back(std::move(message));
        } else if (host_ != nullptr) {
            // A report fills its packet and ends there; the panel closes a full packet as bulk protocols do.
            host_->send(to_host, message, reports_ ? message_end::open : message_end::closed);
        }
    }
}

/// What a task sends is kept until the model's lock is free: the carrier's lock comes before it everywhere else.
void usb_device::later(std::chrono::milliseconds span, std::function<void()> what) {
    timer_.at(timer_.now() + span, [this, what = std::move(what)] {
        const std::lock_guard sending(host_lock_);
        std::vector<bytes> messages;
        carrier* host = nullptr;
        {
            const std::lock_guard held(mutex_);
            outbox_ = &messages;
            what();
            outbox_ = nullptr;
            host = host_;
        }
        for (const auto& message : messages) {
            if (host != nullptr) host->send(to_host, message, reports_ ? message_end::open : message_end::closed);
        }
    });
}

nlohmann::json usb_device::ask(const nlohmann::json& request) {
    const auto held = hold();
    return model_->control(request);
}

} // namespace cipherlane::sim
