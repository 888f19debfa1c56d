// What the pad does with a chip card: GOC and FNC.
#include "pinpad-sim/pad_model.hpp"
#include "pinpad-sim/pad_status.hpp"
#include "pinpad-sim/pad_text.hpp"

#include <cipherlane/core/hex.hpp>

#include <algorithm>
#include <utility>

namespace cipherlane::sim {
namespace {

using namespace pad_status;
using pad_text::digits;
using pad_text::hex_secret;
using pad_text::number;

/// Four bytes in hex.
std::int64_t floor_limit(std::string_view hex) {
    std::int64_t limit = 0;
    for (const char digit : hex)
        limit = limit * 16 + hex_value(digit);
    return limit;
}

} // namespace

void pad_model::go_on_chip(std::string_view rest) {
    constexpr std::size_t fixed = 86; // with no acquirer parameters
    if (!chip_) return answer("GOC", invalid_call);
    auto block = rest.substr(std::min<std::size_t>(3, rest.size()));
    if (number(rest.substr(0, 3)) != static_cast<int>(fixed) || block.size() < fixed + 6) {
        return answer("GOC", invalid_parameter);
    }
    auto tags = block.substr(fixed);
    auto tag_bytes = number(tags.substr(3, 3));
    if (tag_bytes < 0 || tags.size() < 6 + 2 * static_cast<std::size_t>(tag_bytes)) {
        return answer("GOC", invalid_parameter);
    }
    chip_tags_ = tags.substr(6, 2 * static_cast<std::size_t>(tag_bytes));
    auto amount = block.substr(0, 12);
    if (auto packed = from_hex(amount)) chip_->objects["9F02"] = *packed;
    auto method = number(block.substr(27, 1));
    auto slot = number(block.substr(28, 2));
    auto key = hex_secret(block.substr(30, 32));
    if (method < 0 || method > 1 || slot < 0 || !key) return answer("GOC", invalid_parameter);
    if (block.substr(25, 1) == "0") return answer_offline(number(amount) <= floor_limit(block.substr(63, 8)));
    if (chip_->pin == test_card::pin_kind::none) return answer_chip({});
    if (chip_->pin == test_card::pin_kind::online && master(slot) == nullptr) return answer("GOC", key_missing);
    notify("ENTER PIN");
    pin_.emplace(pin_task{true, {method, slot, *std::move(key), chip_->pan}, pin_entry(4, 12)});
    display_ = "AMOUNT  " + std::string(amount).substr(4) + "ENTER PIN       ";
    display_.resize(32, ' ');
    await_keys(wait::pin, "GOC", with_.idle);
}

/// The host cannot be asked: no PIN goes to it, and nothing is left for FNC to end.
void pad_model::answer_offline(bool below_floor_limit) {
    const bool approved = chip_->offline && below_floor_limit;
    chip_->objects["9F27"] = {static_cast<std::uint8_t>(approved ? 0x40 : 0x00)}; // TC, or AAC
    const auto data = collect(chip_tags_);
    answer("GOC", ok,
        std::string(approved ? "0" : "1") + "00000" + std::string(16, '0') + std::string(20, '0') +
            digits(data.size() / 2, 3) + data + "000");
    chip_online_ = false;
}

void pad_model::answer_chip(const std::string& pin_block) {
    bool offline = chip_->pin == test_card::pin_kind::offline;
    bool declined = offline && !chip_online_;
    auto data = collect(chip_tags_);
    answer("GOC", ok,
        std::string(declined ? "1" : "2") + "0" + (offline && !declined ? "1" : "0") + (declined ? "1" : "0") + "0" +
            (pin_block.empty() ? "0" : "1") + (pin_block.empty() ? std::string(16, '0') : pin_block) +
            std::string(20, '0') + digits(data.size() / 2, 3) + data + "000");
    chip_online_ = !declined;
}

std::string pad_model::collect(std::string_view tags_hex) const {
    std::string out;
    for (std::size_t at = 0; at + 2 <= tags_hex.size();) {
        bool two = (hex_value(tags_hex[at + 1]) == 0xF && (hex_value(tags_hex[at]) & 1) == 1);
        auto tag = std::string(tags_hex.substr(at, two ? 4 : 2));
        at += tag.size();
        auto object = chip_->objects.find(tag);
        if (object == chip_->objects.end()) continue; // left out, as the specification says
        const bytes length{static_cast<std::uint8_t>(object->second.size())};
        out += tag + to_hex(length) + to_hex(object->second);
    }
    return out;
}

void pad_model::finish_chip(std::string_view rest) {
    if (!chip_ || !chip_online_) return answer("FNC", invalid_call);
    auto size = number(rest.substr(0, 3));
    if (size < 10 || rest.size() < 9 + static_cast<std::size_t>(size)) return answer("FNC", invalid_parameter);
    auto block = rest.substr(3, static_cast<std::size_t>(size));
    auto tags = rest.substr(3 + static_cast<std::size_t>(size));
    auto count = number(tags.substr(3, 3));
    if (count < 0 || tags.size() != 6 + 2 * static_cast<std::size_t>(count)) return answer("FNC", invalid_parameter);
    bool approved = (block[0] == '0' && block.substr(2, 2) == "00") || block[0] == '9';
    auto results = chip_->objects.find("95");
    bool doubts = approved && !chip_->believes_issuer && results != chip_->objects.end();
    if (doubts && results->second.size() == 5)
        results->second[4] = static_cast<std::uint8_t>(results->second[4] | 0x40U);
    auto data = collect(tags.substr(6));
    std::string decision = !approved ? "2" : chip_->accepts ? "0" : "1";
    chip_online_ = false;
    answer("FNC", ok, decision + digits(data.size() / 2, 3) + data + "00" + "000");
}

} // namespace cipherlane::sim
