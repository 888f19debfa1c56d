#include <cipherlane/drivers/scanner/scan_reader.hpp>

#include <array>
#include <cstring>
#include <linux/input.h>
#include <string_view>
#include <utility>

namespace cipherlane::drivers {
namespace {

/// A row of keys that follow each other by number, plain and with the shift key, American layout.
struct key_row {
    std::uint16_t first;
    std::string_view plain;
    std::string_view shifted;
};

constexpr std::array rows{
    key_row{KEY_1, "1234567890-=", "!@#$%^&*()_+"},
    key_row{KEY_TAB, "\t", "\t"},
    key_row{KEY_Q, "qwertyuiop[]", "QWERTYUIOP{}"},
    key_row{KEY_ENTER, "\r", "\r"},
    key_row{KEY_A, "asdfghjkl;'`", "ASDFGHJKL:\"~"},
    key_row{KEY_BACKSLASH, "\\", "|"},
    key_row{KEY_Z, "zxcvbnm,./", "ZXCVBNM<>?"},
    key_row{KEY_SPACE, " ", " "},
    key_row{KEY_KPENTER, "\r", "\r"},
};

/// The keypad, by number from KEY_KP7: digits whatever layout the scanner was set to.
constexpr std::string_view keypad = "789-456+1230.";

char keypad_character(std::uint16_t code) noexcept {
    return code >= KEY_KP7 && code < KEY_KP7 + keypad.size() ? keypad[static_cast<std::size_t>(code - KEY_KP7)]
                                                             : '\0';
}

char character_of(std::uint16_t code, bool shifted) noexcept {
    for (const auto& row : rows) {
        if (code < row.first || code >= row.first + row.plain.size()) continue;
        return (shifted ? row.shifted : row.plain)[static_cast<std::size_t>(code - row.first)];
    }
    return keypad_character(code);
}

} // namespace

wedge_scan_reader::wedge_scan_reader(const scanner_profile& profile)
    : scan_reader(profile)
    , event_(sizeof(input_event)) {}

void wedge_scan_reader::reset() {
    wipe(event_.expose());
    at_ = 0;
    shift_left_ = shift_right_ = alt_ = false;
    number_ = 0;
    scan_reader::reset();
}

bool wedge_scan_reader::feed(std::uint8_t byte) {
    event_.expose()[at_++] = byte;
    if (at_ < event_.size()) return false;
    at_ = 0;
    input_event event{};
    std::memcpy(&event, event_.expose().data(), sizeof event);
    if (event.type == EV_SYN && event.code == SYN_DROPPED) spoil(); // the system has lost some of them
    return event.type == EV_KEY && key(event.code, event.value);
}

/// A character by its number on the keypad while ALT is held: so scanners type whatever the layout is.
bool wedge_scan_reader::alt_key(std::int32_t value) {
    constexpr std::int32_t released = 0;
    alt_ = value != released;
    const auto typed = std::exchange(number_, 0U);
    return value == released && typed > 0 && typed <= 0xFF && add(static_cast<std::uint8_t>(typed));
}

bool wedge_scan_reader::key(std::uint16_t code, std::int32_t value) {
    constexpr std::int32_t released = 0;
    constexpr std::int32_t pressed = 1;
    if (code == KEY_LEFTSHIFT) shift_left_ = value != released;
    if (code == KEY_RIGHTSHIFT) shift_right_ = value != released;
    if (code == KEY_LEFTALT && value <= pressed) return alt_key(value);
    if (value != pressed) return false; // a key that repeats is a person's
    if (alt_) {
        const char digit = keypad_character(code);
        if (digit >= '0' && digit <= '9' && number_ <= 0xFF)
            number_ = 10 * number_ + static_cast<unsigned>(digit - '0');
        return false;
    }
    const char one = character_of(code, shift_left_ || shift_right_);
    return one != '\0' && add(static_cast<std::uint8_t>(one));
}

} // namespace cipherlane::drivers
