#include "pinpad-sim/keypad/framed_models.hpp"

#include <cipherlane/core/hex.hpp>

#include <string>
#include <utility>

namespace cipherlane::sim {
namespace {

constexpr std::uint8_t stx = 0x02, etx = 0x03;

std::uint8_t exclusive_or(byte_view data) {
    std::uint8_t value = 0;
    for (const auto one : data)
        value ^= one;
    return value;
}

bytes zt588_frame(std::string_view text) {
    auto length = std::to_string(text.size());
    length.insert(0, 3 - length.size(), '0');
    bytes out{stx};
    out.insert(out.end(), length.begin(), length.end());
    out.insert(out.end(), text.begin(), text.end());
    out.push_back(etx);
    const auto check = to_hex(bytes{exclusive_or(byte_view(out).subspan(1))});
    out.insert(out.end(), check.begin(), check.end());
    return out;
}

bytes epp_frame(std::uint8_t status, byte_view data = {}) {
    bytes out{stx, static_cast<std::uint8_t>(1 + data.size()), status};
    out.insert(out.end(), data.begin(), data.end());
    out.push_back(exclusive_or(byte_view(out).subspan(1)));
    return out;
}

std::string text_of(byte_view data) {
    return std::string(as_text(data));
}

int two_digits(std::string_view text) {
    return (text[0] - '0') * 10 + (text[1] - '0');
}

/// What a key is on the line: digits are hidden.
bytes shown_key(char key) {
    return {key == 'E' ? std::uint8_t{0x0D} : key == 'C' ? std::uint8_t{0x1B} : std::uint8_t{'*'}};
}

} // namespace

zt588_model::zt588_model(settings with, master_keys masters, surroundings around)
    : keypad_model({"1", "2", "3", "6", "7"}, with, keypad_keys(keypad_keys::family::des, std::move(masters)),
          std::move(around)) {}

bytes zt588_model::foreign_answer() const {
    return zt588_frame("?SCAN 123");
}

std::size_t zt588_model::take(byte_view line) {
    if (line.front() != stx) return 1;
    if (line.size() < 4) return 0;
    std::size_t length = 0;
    for (const auto one : line.subspan(1, 3)) {
        if (one < '0' || one > '9') return 1;
        length = length * 10 + (one - std::size_t{'0'});
    }
    const auto size = length + 7;
    if (line.size() < size) return 0;
    const auto text = text_of(line.subspan(4, length));
    const auto check = to_hex(bytes{exclusive_or(line.subspan(1, length + 4))});
    if (line[length + 4] != etx || as_text(line.subspan(length + 5, 2)) != check || text.empty()) return size;
    if (!swallowed(text.substr(0, 1))) carry_out(text);
    return size;
}

void zt588_model::key_pressed(char key) {
    around().send(shown_key(key));
}

void zt588_model::carry_out(std::string_view text) {
    const std::string name(text.substr(0, 1));
    if (name == "3") return say(name, zt588_frame("ZT588 V1.0"));
    if (name == "1" || name == "2") return load(text);
    if (name == "6" && text.size() > 14) {
        slot_ = two_digits(text.substr(1, 2));
        account_ = text.substr(7);
        pin_.clear();
        if (keys().working(0, slot_) == nullptr) return say(name, zt588_frame("\xE4"));
        say(name, zt588_frame("0"));
        return begin_entry(4, two_digits(text.substr(5, 2)), [this](pin_entry::state how, std::string_view digits) {
            if (how == pin_entry::state::entered) pin_ = digits;
        });
    }
    if (name == "7") return fetch(name);
    end_entry();
    say(name, zt588_frame("\xE1"));
}

void zt588_model::load(std::string_view text) {
    const std::string name(text.substr(0, 1));
    if (name == "1") {
        const auto key = text.size() == 37 ? from_hex(text.substr(5)) : result<bytes>(bytes());
        if (!key || key->empty()) return say(name, zt588_frame("\xE1"));
        keys().put_master(two_digits(text.substr(1, 2)), *key);
        return say(name, zt588_frame("0"));
    }
    const auto key = text.size() == 39 ? from_hex(text.substr(7)) : result<bytes>(bytes());
    if (!key || key->empty()) return say(name, zt588_frame("\xE1"));
    const int master = two_digits(text.substr(1, 2));
    const int slot = two_digits(text.substr(3, 2));
    if (!keys().put_working(master, slot, *key)) return say(name, zt588_frame("\xE2"));
    // Slots of working keys are the device's own, whatever master key they came under.
    (void)keys().put_working(0, slot, *key);
    const auto check = keys().check_value(*keys().working(master, slot));
    say(name, zt588_frame(to_hex(byte_view(check).first(4))));
}

void zt588_model::fetch(const std::string& name) {
    const auto* key = keys().working(0, slot_);
    if (pin_.empty() || key == nullptr) return say(name, zt588_frame("\xEE"));
    auto length = std::to_string(pin_.size());
    length.insert(0, 2 - length.size(), '0');
    say(name, zt588_frame("000" + length + to_hex(keys().pin_block(*key, pin_, account_))));
    pin_.clear();
}

epp_model::epp_model(settings with, master_keys masters, surroundings around)
    : keypad_model({"32", "33", "34", "35", "42", "43", "45"}, with,
          keypad_keys(keypad_keys::family::des, std::move(masters)), std::move(around)) {}

bytes epp_model::foreign_answer() const {
    const bytes version{'V', '1', '.', '0'};
    return epp_frame(0x21, version);
}

std::size_t epp_model::take(byte_view line) {
    if (line.front() != stx) return 1;
    if (line.size() < 2 || line.size() < std::size_t{3} + line[1]) return 0;
    const std::size_t size = std::size_t{3} + line[1];
    if (line[1] == 0 || exclusive_or(line.subspan(1, size - 2)) != line[size - 1]) return size;
    const auto name = to_hex(line.subspan(2, 1));
    if (!swallowed(name)) carry_out(line[2], line.subspan(3, size - 4));
    return size;
}

void epp_model::key_pressed(char key) {
    around().send(shown_key(key));
}

void epp_model::carry_out(std::uint8_t command, byte_view data) {
    constexpr std::uint8_t good = 0x04, wrong = 0x15, no_key = 0xA4, unknown = 0xE0;
    const auto name = to_hex(bytes{command});
    const auto tell = [&](std::uint8_t status) { say(name, epp_frame(status)); };
    switch (command) {
    case 0x32:
        if (data.size() != 9 && data.size() != 17) return tell(wrong);
        keys().put_master(data[0], data.subspan(1));
        return tell(good);
    case 0x33:
        if (data.size() != 10 && data.size() != 18) return tell(wrong);
        return tell(keys().put_working(data[0], data[1], data.subspan(2)) ? good : no_key);
    case 0x43:
        if (data.size() != 2) return tell(wrong);
        active_ = {data[0], data[1]};
        return tell(keys().working(data[0], data[1]) != nullptr ? good : no_key);
    case 0x34: account_ = text_of(data); return tell(account_.size() == 12 ? good : wrong);
    case 0x35:
        if (data.size() != 5) return tell(wrong);
        pin_.clear();
        tell(good);
        return begin_entry(4, data[0], [this](pin_entry::state how, std::string_view digits) {
            if (how == pin_entry::state::entered) pin_ = digits;
        });
    case 0x42: {
        const auto* key = keys().working(active_.first, active_.second);
        if (key == nullptr) return tell(no_key);
        if (pin_.empty()) return tell(wrong);
        say(name, epp_frame(good, keys().pin_block(*key, std::exchange(pin_, {}), account_)));
        return;
    }
    case 0x45: end_entry(); return tell(good);
    default: tell(unknown);
    }
}

bare_model::bare_model(set of, settings with, master_keys masters, surroundings around)
    : keypad_model({"0C", "0D", "12", "14", "82"}, with, keypad_keys(keypad_keys::family::des, std::move(masters)),
          std::move(around))
    , of_(of) {}

std::size_t bare_model::take(byte_view line) {
    constexpr std::uint8_t off = 0x83, enter = 0x82;
    const auto first = line.front();
    if (first == off) {
        end_entry();
        return 1;
    }
    if (of_ == set::plain) {
        if (first == enter && !swallowed("82")) ask_digits();
        return 1;
    }
    const std::size_t size = first == 0x12 ? 18 : first == 0x14 ? 2 : first == 0x0D || first == 0x0C ? 17 : 1;
    if (line.size() < size) return 0;
    if (size == 1 || swallowed(to_hex(line.first(1)))) return size;
    if (first == 0x12) keys().put_master(line[1] & 0x0F, folded(line.subspan(2, 16)));
    if (first == 0x14) active_ = line[1] & 0x0F;
    if (first == 0x0D) (void)keys().put_working(active_, 0, folded(line.subspan(1, 16)));
    if (first == 0x0C) ask_pin(text_of(line.subspan(1, 16)));
    return size;
}

void bare_model::ask_pin(std::string account) {
    begin_entry(4, 12, [this, account](pin_entry::state how, std::string_view digits) {
        const auto* key = keys().working(active_, 0);
        if (how != pin_entry::state::entered || key == nullptr) return;
        bytes out;
        for (const auto one : keys().pin_block(*key, digits, account)) {
            out.push_back(static_cast<std::uint8_t>(0x30U | one >> 4U));
            out.push_back(static_cast<std::uint8_t>(0x30U | (one & 0x0FU)));
        }
        say("0C", out);
    });
}

void bare_model::ask_digits() {
    begin_entry(1, 12, [this](pin_entry::state how, std::string_view digits) {
        if (how != pin_entry::state::entered) return;
        bytes out(digits.begin(), digits.end());
        out.push_back('\r');
        say("82", out);
    });
}

} // namespace cipherlane::sim
