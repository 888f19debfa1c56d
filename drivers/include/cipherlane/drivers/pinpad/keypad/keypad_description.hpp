#pragma once

#include <cipherlane/core/bytes.hpp>
#include <cipherlane/core/result.hpp>
#include <cipherlane/drivers/description/packet_layout.hpp>
#include <cipherlane/drivers/pinpad/keypad/keypad_pattern.hpp>
#include <cipherlane/drivers/transport/serial.hpp>

#include <array>
#include <chrono>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace cipherlane::drivers {

/// What a description says how to do.
enum class keypad_action : std::uint8_t {
    open,
    plain_key,    ///< a master key in clear, at a key ceremony
    master_key,   ///< a master key under the one before it
    master_check, ///< the check value of the master key that is there
    pin_key,
    mac_key,
    card, ///< a magnetic stripe
    pin,
    digits, ///< in clear: never a card's PIN
    mac,
    serial_cryptogram, ///< the terminal serial cryptogram (终端序列号密文), with the key that the maker has put in
    show,
    cancel,
    close,
};
inline constexpr std::size_t keypad_actions = static_cast<std::size_t>(keypad_action::close) + 1;
/// "pin_key", as the section is called.
[[nodiscard]] std::string_view to_string(keypad_action action) noexcept;

/// What a device means by a status.
enum class keypad_status : std::uint8_t { ok, refused, cancelled, timeout, no_key };

/// One thing said to a keypad, and what it says to it.
struct keypad_step {
    enum class packed : std::uint8_t { as_is, frame, admin_frame };
    enum class shape : std::uint8_t {
        none,
        packet, ///< packed as what was sent
        echo,   ///< what was sent, once more
        block,  ///< `size` bytes
        line,   ///< up to CR or LF
        byte,   ///< one that is expected; others are keys being pressed
        some,   ///< any bytes, up to a silence
    };
    enum class waits : std::uint8_t { for_device, for_cardholder };

    keypad_pattern send{}; ///< empty: only waits
    packed how = packed::as_is;
    shape answer = shape::none;
    std::size_t size = 0;
    keypad_pattern good{};
    keypad_pattern refused{};
    keypad_pattern cancelled{};
    waits for_whom = waits::for_device;
    std::chrono::milliseconds timeout{0};
    std::chrono::milliseconds poll{0};  ///< asked again after so long until the answer is good; 0: asked once
    std::chrono::milliseconds pause{0}; ///< the device is left alone for so long afterwards
    int tries = 1;                      ///< how often it is sent while nothing, or something broken, comes back
    bool ended = false;                 ///< the device says EOT when it is through
};

/// A PIN keypad (密码键盘) whose protocol is described by a file instead of code. The file's form is in
/// docs/13-devices.md.
struct keypad_description {
    std::string name;
    std::string title;

    serial_settings line{};
    packet_layout frame{};
    packet_layout admin_frame{};

    enum class cipher : std::uint8_t { tdes, sm4 } keys_for = cipher::tdes;
    enum class text_set : std::uint8_t { ascii, gbk } text = text_set::ascii;

    /// Every frame is answered by ACK, NAK (send it again) or EOT, on both sides.
    bool acknowledged = false;
    std::chrono::milliseconds acknowledge{1'000};
    std::chrono::milliseconds answer{2'000};
    std::chrono::milliseconds quiet{80}; ///< the silence that ends what has no other end
    int tries = 3;

    unsigned slots = 1;      ///< of master keys
    unsigned first_slot = 0; ///< how the device counts them: what its first slot is called
    unsigned pin_slot = 0;   ///< of working keys, as the device counts them
    unsigned mac_slot = 0;
    /// Whether a working key is handed over as the host sent it, under the master key. A device that wants it in
    /// clear gets none from a till, which never has it.
    enum class handed_over : std::uint8_t { enciphered, in_clear } working = handed_over::enciphered;
    std::vector<std::size_t> pin_key_sizes{8, 16}; ///< bytes
    std::vector<std::size_t> mac_key_sizes{8, 16}; ///< those with which its MACs are the host's

    /// What the command `mac` gives.
    enum class mac_kind : std::uint8_t {
        chain, ///< CBC-MAC of two blocks: the last one
        block, ///< one block enciphered
        whole, ///< the POS MAC of a message
    } mac_is = mac_kind::chain;

    /// What the command `serial_cryptogram` gives.
    enum class serial_kind : std::uint8_t {
        characters, ///< the cryptogram
        block,      ///< one block enciphered by SM4 under the maker's key: the till does the rest
    } serial_is = serial_kind::characters;
    unsigned serial_slot = 0;        ///< of the maker's key
    std::size_t serial_longest = 60; ///< serial number and factor together that the device takes

    std::map<bytes, keypad_status> statuses;

    std::array<std::vector<keypad_step>, keypad_actions> commands{};

    [[nodiscard]] const std::vector<keypad_step>& of(keypad_action action) const noexcept {
        return commands[static_cast<std::size_t>(action)];
    }
    [[nodiscard]] bool can(keypad_action action) const noexcept { return !of(action).empty(); }
    /// PINs of cards can be taken with it.
    [[nodiscard]] bool takes_pins() const noexcept {
        return can(keypad_action::pin) && working == handed_over::enciphered;
    }
    [[nodiscard]] bool makes_macs() const noexcept {
        return can(keypad_action::mac) && working == handed_over::enciphered;
    }
    /// How a step is packed; not of one that goes out as it is.
    [[nodiscard]] const packet_layout& layout_of(const keypad_step& step) const noexcept {
        return step.how == keypad_step::packed::admin_frame ? admin_frame : frame;
    }
    /// A step's bytes on the line. @return `bad_setting` naming the value that does not fit its place, `too_long`.
    [[nodiscard]] result<secret_bytes> line_of(const keypad_step& step, const keypad_data& values) const;
    [[nodiscard]] std::size_t block_size() const noexcept { return keys_for == cipher::sm4 ? 16 : 8; }
};

/// Reads a description.
/// @param source stands for the text in errors, e.g. the file's name
/// @return `bad_setting` with "source:line" as endpoint and the key as field ("keys.slots", "command.pin.good"): not
///   TOML, a key that is not known, a value of the wrong type or out of range, a command that cannot work.
[[nodiscard]] result<keypad_description> parse_keypad_description(std::string_view text, std::string_view source);

/// Reads a description from a file. @return as above; `bad_setting` naming the file if it cannot be read.
[[nodiscard]] result<keypad_description> load_keypad_description(const std::string& file);

/// The names of the descriptions that come with the library ("psbc", "pp791").
[[nodiscard]] std::vector<std::string_view> shipped_keypads();
/// One of them. @return `unknown_driver`.
[[nodiscard]] result<keypad_description> shipped_keypad(std::string_view name);

} // namespace cipherlane::drivers
