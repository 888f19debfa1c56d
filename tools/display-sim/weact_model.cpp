#include "display-sim/weact_model.hpp"

#include <nlohmann/json.hpp>

namespace cipherlane::sim {
namespace {

/// Whole length of a command by its first byte; 0 for one that is not known.
constexpr std::size_t length_of(std::uint8_t command) noexcept {
    switch (command) {
    case 0x02: return 3;
    case 0x03: return 5;
    case 0x04: return 12;
    case 0x05: return 10;
    case 0x06: return 4;
    case 0x07:
    case 0x40:
    case 0x81:
    case 0xC2:
    case 0xC3: return 2;
    default: return 0;
    }
}

/// What answers at all.
std::vector<fault_kind> weact_faults() {
    const std::vector<std::string> questions{"version", "serial"};
    return {{"silent", fault_effect::withhold, questions}, {"delay", fault_effect::wait, questions},
        {"garbage", fault_effect::alter, questions}, {"unplug", fault_effect::end, questions}};
}

} // namespace

weact_model::weact_model(const display_options& options, surroundings around)
    : display_model(options, weact_faults(), std::move(around))
    , glass_(options.width, options.height, drivers::black) {}

void weact_model::link_lost() {
    command_.clear();
    pixel_bytes_ = pixel_at_ = 0;
}

void weact_model::receive(byte_view data) {
    count("bytes", data.size());
    for (auto one : data) {
        if (pixel_at_ < pixel_bytes_) {
            put_pixel_byte(one);
        } else {
            take(one);
        }
    }
}

void weact_model::put_pixel_byte(std::uint8_t one) {
    if (pixel_at_ % 2 == 0) {
        low_byte_ = one;
    } else {
        const auto index = static_cast<int>(pixel_at_ / 2);
        glass_.set(target_.left + index % target_.width, target_.top + index / target_.width,
            static_cast<drivers::colour>(low_byte_ | (one << 8)));
    }
    ++pixel_at_;
}

void weact_model::take(std::uint8_t one) {
    if (command_.empty()) {
        wanted_ = length_of(one);
        if (wanted_ == 0) {
            count("unknown");
            return;
        }
    }
    command_.push_back(one);
    if (command_.size() < wanted_) return;
    if (command_.back() == 0x0A) {
        execute();
    } else {
        count("broken");
    }
    command_.clear();
}

void weact_model::execute() {
    auto number = [this](std::size_t at) { return command_[at] | (command_[at + 1] << 8); };
    auto area = [&] {
        const drivers::rectangle asked{number(1), number(3), number(5) - number(1) + 1, number(7) - number(3) + 1};
        return asked;
    };
    count("commands");
    switch (command_[0]) {
    case 0x02: orientation_ = command_[1]; break;
    case 0x03: brightness_ = command_[1]; break;
    case 0x04:
        count("fills");
        glass_.fill(area(), static_cast<drivers::colour>(number(9)));
        break;
    case 0x05: {
        const auto asked = area();
        if (asked.empty() || drivers::common(asked, glass_.bounds()) != asked) {
            count("broken");
            break;
        }
        count("bitmaps");
        count("pixels", static_cast<std::uint64_t>(asked.area()));
        target_ = asked;
        pixel_bytes_ = static_cast<std::size_t>(asked.area()) * 2;
        pixel_at_ = 0;
        break;
    }
    case 0x40: glass_.fill(glass_.bounds(), drivers::black); break;
    case 0xC2: {
        bytes answer(19);
        const std::string version = "V1.0.0.0";
        answer[0] = 0xC2;
        std::copy(version.begin(), version.end(), answer.begin() + 1);
        answer[18] = 0x0A;
        respond("version", std::move(answer));
        break;
    }
    case 0xC3: {
        const std::string serial = "AB00000001";
        bytes answer{0xC3};
        answer.insert(answer.end(), serial.begin(), serial.end());
        answer.push_back(0x0A);
        respond("serial", std::move(answer));
        break;
    }
    default: break;
    }
}

void weact_model::respond(const std::string& name, bytes answer) {
    player().send(
        name, std::move(answer), [](const fault&, const bytes& right) { return bytes(right.size(), 0x55); });
}

nlohmann::json weact_model::state() const {
    return {{"brightness", brightness_}, {"orientation", orientation_}, {"width", glass_.width()},
        {"height", glass_.height()}};
}

} // namespace cipherlane::sim
