#include "display-sim/panel_model.hpp"

#include <cipherlane/core/hex.hpp>
#include <cipherlane/qr/crc16.hpp>

#include <nlohmann/json.hpp>

namespace cipherlane::sim {
namespace {

constexpr std::size_t overhead = 6; // header, length, CRC
constexpr std::size_t largest = 8'192;
constexpr int panel_width = 240;
constexpr int panel_height = 320;

} // namespace

panel_model::panel_model(const display_options& options, surroundings around)
    : packet_model(options, {"01", "02", "10", "11", "12", "20"}, std::move(around))
    , hidden_(panel_width, panel_height, drivers::black)
    , glass_(panel_width, panel_height, drivers::black) {}

std::size_t panel_model::take(byte_view data) {
    if (data[0] != 0xA5) {
        count("stray");
        return 1;
    }
    if (data.size() < 4) return 0;
    const auto size = static_cast<std::size_t>(word(data, 2));
    if (data[1] != 0x5A || size == 0 || size > largest) {
        count("stray");
        return 1;
    }
    if (data.size() < size + overhead) return 0;
    const auto content = data.subspan(4, size);
    if (word(data, 4 + size) != qr::crc16(data.subspan(2, size + 2))) {
        count("broken");
    } else {
        execute(content);
    }
    return size + overhead;
}

bytes panel_model::wrap(byte_view content) const {
    bytes out{0x5A, 0xA5, static_cast<std::uint8_t>(content.size() & 0xFFU),
        static_cast<std::uint8_t>(content.size() >> 8U)};
    out.insert(out.end(), content.begin(), content.end());
    const auto crc = qr::crc16(byte_view(out).subspan(2));
    out.push_back(static_cast<std::uint8_t>(crc & 0xFFU));
    out.push_back(static_cast<std::uint8_t>(crc >> 8U));
    return out;
}

void panel_model::execute(byte_view content) {
    const auto command = content[0];
    const auto name = to_hex(content.first(1));
    count("commands");
    count("command " + name);
    bytes answer{command, 0x00};
    std::uint8_t code = 0;
    switch (command) {
    case 0x01: ready_ = true; break;
    case 0x02:
        for (const char one : std::string_view("V2.1"))
            answer.push_back(static_cast<std::uint8_t>(one));
        break;
    case 0x10:
        code = draw(content);
        if (content.size() >= 3) answer.insert(answer.end(), content.begin() + 1, content.begin() + 3);
        break;
    case 0x11: code = fill(content); break;
    case 0x12: glass_ = hidden_; break;
    case 0x20:
        if (content.size() == 2) {
            brightness_ = content[1];
        } else {
            code = 0x02;
        }
        break;
    default: code = 0x01; break;
    }
    if (!ready_ && command != 0x02) code = 0x06; // not initialised
    if (code != 0) answer = {command, 0x15, code};
    respond(name, std::move(answer));
}

std::uint8_t panel_model::draw(byte_view content) {
    constexpr std::size_t head = 13;
    if (content.size() <= head) return 0x02;
    const drivers::rectangle where{word(content, 5), word(content, 7), word(content, 9), word(content, 11)};
    if (where.empty() || drivers::common(where, hidden_.bounds()) != where) return 0x03;
    const int part = word(content, 1);
    if (part == 0) {
        target_ = where;
        pixel_at_ = 0;
        count("pictures");
        count("pixels", static_cast<std::uint64_t>(where.area()));
    } else if (part != next_part_ || where != target_) {
        return 0x04;
    }
    next_part_ = part + 1;
    const auto all = static_cast<std::size_t>(target_.area()) * 2;
    if (pixel_at_ + content.size() - head > all) return 0x05;
    for (const auto one : content.subspan(head)) {
        if (pixel_at_ % 2 == 1) {
            const auto index = static_cast<int>(pixel_at_ / 2);
            hidden_.set(target_.left + index % target_.width, target_.top + index / target_.width,
                static_cast<drivers::colour>(low_byte_ | (one << 8)));
        }
        low_byte_ = one;
        ++pixel_at_;
    }
    return next_part_ == word(content, 3) && pixel_at_ != all ? 0x05 : 0x00;
}

std::uint8_t panel_model::fill(byte_view content) {
    if (content.size() != 11) return 0x02;
    const drivers::rectangle where{word(content, 1), word(content, 3), word(content, 5), word(content, 7)};
    if (where.empty() || drivers::common(where, hidden_.bounds()) != where) return 0x03;
    hidden_.fill(where, static_cast<drivers::colour>(word(content, 9)));
    return 0;
}

nlohmann::json panel_model::state() const {
    return {{"brightness", brightness_}, {"ready", ready_}, {"width", glass_.width()}, {"height", glass_.height()}};
}

} // namespace cipherlane::sim
