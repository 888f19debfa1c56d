#include "display-sim/usb_display.hpp"

#include "display-sim/zbar_reader.hpp"

#include <cipherlane/drivers/display/code_reader.hpp>

#include <nlohmann/json.hpp>

#include <algorithm>
#include <stdexcept>
#include <utility>

namespace cipherlane::sim {
namespace {

using kind = usb_endpoint::kind;

constexpr std::uint8_t hid_class = 3;
constexpr std::uint8_t printer_class = 7;
constexpr std::uint8_t to_host = 0x81;
constexpr std::size_t report_size = 63;

usb_identity identity_of(const std::string& family) {
    usb_identity made;
    made.vendor = 0x1209; // pid.codes; the products are private to this project's tests
    made.manufacturer = "Cipherlane";
    made.product_name = family;
    if (family == "bulk-panel") {
        made.product = 0x5A11;
        made.endpoints = {{0x01, kind::bulk, 512, 0}, {to_host, kind::bulk, 512, 0}};
    } else if (family == "hid-plate") {
        made.product = 0x5A12;
        made.interface_class = hid_class;
        made.class_descriptor = {9, 0x21, 0x11, 0x01, 0, 1, 0x22, 34, 0};
        made.endpoints = {{0x01, kind::interrupt, 64, 1}, {to_host, kind::interrupt, 64, 1}};
        made.kernel_driver = "usbhid";
    } else if (family == "escpos") {
        made.product = 0x5A21;
        made.interface_class = printer_class;
        made.interface_subclass = 1;
        made.interface_protocol = 2;
        made.endpoints = {{0x01, kind::bulk, 64, 0}, {to_host, kind::bulk, 64, 0}};
        made.kernel_driver = "usblp";
    } else {
        throw std::invalid_argument("no USB display of family " + family);
    }
    return made;
}

} // namespace

usb_display::usb_display(const std::string& family, const display_options& options, std::string serial_number)
    : identity_(identity_of(family)) {
    identity_.serial_number = std::move(serial_number);
    if (identity_.interface_class == hid_class) reports_ = reports{2, 1, report_size};
    surroundings around;
    around.send = [this](bytes data) { send(std::move(data)); };
    around.later = [this](
                       std::chrono::milliseconds span, std::function<void()> what) { later(span, std::move(what)); };
    around.unplug = [this] {
        timer_.at(timer_.now(), [this] {
            const std::lock_guard sending(host_lock_);
            carrier* host = nullptr;
            {
                const std::lock_guard held(mutex_);
                host = std::exchange(host_, nullptr);
                model_->link_lost();
            }
            if (host != nullptr) host->unplug();
        });
    };
    model_ = make_display_model(family, options, std::move(around));
}

usb_display::~usb_display() = default;

void usb_display::take_reports_by_control() {
    std::erase_if(identity_.endpoints, [](const usb_endpoint& one) { return one.address != to_host; });
}

void usb_display::attached(carrier& host) {
    const std::lock_guard held(mutex_);
    host_ = &host;
}

void usb_display::detached() {
    const std::lock_guard sending(host_lock_);
    const std::lock_guard held(mutex_);
    host_ = nullptr;
    model_->link_lost();
}

void usb_display::received(carrier& host, std::uint8_t, byte_view data, input) {
    const std::lock_guard held(mutex_);
    host_ = &host;
    give(data);
}

std::optional<bytes> usb_display::control(carrier& host, const control_request& request, byte_view data) {
    constexpr std::uint8_t class_to_interface = 0x21;
    constexpr std::uint8_t set_report = 0x09;
    if (!reports_ || request.type != class_to_interface || request.request != set_report) return std::nullopt;
    if (request.value != (0x0200 | reports_->out_number)) return std::nullopt;
    const std::lock_guard held(mutex_);
    host_ = &host;
    give(data);
    return bytes{};
}

void usb_display::give(byte_view data) {
    if (reports_) {
        if (data.size() != reports_->size + 1 || data[0] != reports_->out_number)
            return; // not a report of this device
        data = data.subspan(1);
    }
    model_->receive(data);
    if (observer_) observer_(*model_);
}

bytes usb_display::report_of(byte_view part) const {
    bytes report(reports_->size + 1);
    report[0] = reports_->in_number;
    std::ranges::copy(part, report.begin() + 1);
    return report;
}

void usb_display::send(bytes data) {
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
void usb_display::later(std::chrono::milliseconds span, std::function<void()> what) {
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

void usb_display::watch(std::function<void(display_model&)> observer) {
    const std::lock_guard held(mutex_);
    observer_ = std::move(observer);
}

nlohmann::json usb_display::ask(const nlohmann::json& request) {
    std::unique_lock held(mutex_);
    if (request.at("cmd") != "read") return model_->control(request);
    // Readers take their time; the device goes on answering its host meanwhile.
    const auto seen = model_->picture();
    held.unlock();
    return {{"codes", drivers::read_codes(seen)}, {"zbar", read_with_zbar(seen)}};
}

} // namespace cipherlane::sim
