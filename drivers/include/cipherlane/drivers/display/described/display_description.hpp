#pragma once

#include <cipherlane/core/result.hpp>
#include <cipherlane/drivers/description/packet_layout.hpp>
#include <cipherlane/drivers/display/step.hpp>
#include <cipherlane/drivers/transport/hid.hpp>
#include <cipherlane/drivers/transport/report_link.hpp>
#include <cipherlane/drivers/transport/serial.hpp>
#include <cipherlane/drivers/transport/usb.hpp>

#include <array>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace cipherlane::drivers {

/// What a command of a described display may carry.
enum class command_value : std::uint8_t {
    // texts and bytes
    code, ///< the text of the payment code
    payee,
    amount, ///< with its currency mark
    words,  ///< of the outcome, or what stands above an amount
    line1,
    line2,
    pixels, ///< of the rectangle, in the description's format
    // numbers
    seconds, ///< how long the code is still valid
    level,   ///< of brightness
    left,
    top,
    right,
    bottom, ///< of the rectangle; the last column and row are inside
    width,
    height,   ///< of the rectangle
    ink,      ///< of a rectangle that is filled, as one RGB565 number
    size,     ///< bytes of the command's data, over all its packets
    part,     ///< number of the packet within the command, from 0
    parts,    ///< how many there are
    offset,   ///< of the packet's first byte in the data
    sequence, ///< counts packets, over all commands
};
inline constexpr std::size_t command_values = static_cast<std::size_t>(command_value::sequence) + 1;

/// Bytes with places for values: "10 {part:u8} 'AT+' {code}".
struct command_template {
    struct item {
        enum class kind : std::uint8_t { literal, value, size_of_value } what = kind::literal;
        bytes literal{};
        command_value value{};
        number_form form = number_form::none; ///< of a number
    };
    std::vector<item> items;

    [[nodiscard]] bool uses(command_value value) const noexcept;
};

/// What a device says to a command.
struct answer_rule {
    enum class shape : std::uint8_t {
        none,
        line,   ///< up to LF
        block,  ///< `size` bytes
        packet, ///< as the description's answer packets
    } form = shape::none;
    /// With a command of several packets: after each or after the last.
    enum class frequency : std::uint8_t { each, last } after = frequency::each;
    enum class foreign : std::uint8_t { fails, skipped } others = foreign::fails;
    std::size_t size = 0;
    command_template good{}; ///< stands at `good_at`; empty: any answer is good
    std::size_t good_at = 0;
    bytes refused{}; ///< stands at `refused_at`; empty: none is known
    std::size_t refused_at = 0;
    std::optional<std::size_t> code_at{}; ///< the byte of a refusal that says why
    std::chrono::milliseconds timeout{1'000};
};

/// One command: `head` goes in front of each packet's share of `data`.
struct described_command {
    command_template head{};
    command_template data{};
    answer_rule answer{};
    std::chrono::milliseconds pause{0};   ///< the device is left alone for so long afterwards
    std::optional<std::size_t> name_at{}; ///< heartbeat: where the device's name or version begins in its answer
    std::size_t name_size = 0;            ///< 0: up to the end
};

/// What a description says how to do.
enum class described_action : std::uint8_t {
    init,
    qr,
    picture,
    fill,
    show,
    amount,
    text,
    outcome,
    approved,
    declined,
    cancelled,
    expired,
    clear,
    remaining,
    brightness,
    heartbeat,
};
inline constexpr std::size_t described_actions = static_cast<std::size_t>(described_action::heartbeat) + 1;
/// "qr", as the section is called.
[[nodiscard]] std::string_view to_string(described_action action) noexcept;

/// A display whose protocol is described by a file instead of code: for the many boards whose protocol only their
/// owner knows. The file's form is in docs/13-devices.md.
struct display_description {
    std::string name;  ///< "shop-panel"
    std::string title; ///< for people

    enum class link : std::uint8_t { usb, hid, serial } over = link::usb;
    usb_settings usb{};
    hid_filter hid{};
    enum class hid_way : std::uint8_t { either, hidraw, libusb } through = hid_way::either;
    report_shape reports{};
    serial_settings line{};

    packet_layout packet{};
    packet_layout answer_packet{};
    std::size_t largest_data = 0; ///< of one packet, without its head; 0: what the length can tell

    enum class text_set : std::uint8_t { utf8, ascii, gbk } text = text_set::utf8;
    std::string never{};            ///< characters that the protocol cannot carry
    std::size_t largest_text = 512; ///< bytes of one text

    struct panel {
        int width = 0;
        int height = 0;
        enum class format : std::uint8_t { bits, rgb565_be, rgb565_le } pixels = format::rgb565_le;
        enum class ink : std::uint8_t { set, clear } dark = ink::set; ///< of `bits`: what a dark pixel is
        std::size_t parts = 8; ///< rectangles an update may have; 0: whole pictures only
    };
    std::optional<panel> glass{}; ///< a pixel display; nothing: it draws codes itself

    /// Whether each command replaces the whole content; if not, the screen is cleared before each.
    enum class content : std::uint8_t { adds, replaces } commands_do = content::adds;
    std::uint32_t level_least = 0; ///< of brightness, for 0 percent
    std::uint32_t level_most = 255;

    std::array<std::vector<described_command>, described_actions> commands{};

    [[nodiscard]] const std::vector<described_command>& of(described_action action) const noexcept {
        return commands[static_cast<std::size_t>(action)];
    }
    [[nodiscard]] bool can(described_action action) const noexcept { return !of(action).empty(); }
};

/// Reads a description.
/// @param source stands for the text in errors, e.g. the file's name
/// @return `bad_setting` with "source:line" as endpoint and the key as field ("packet.length", "command.qr.data"):
/// not
///   TOML, a key that is not known, a value of the wrong type or out of range, a command that cannot work.
[[nodiscard]] result<display_description> parse_display_description(std::string_view text, std::string_view source);

/// Reads a description from a file. @return as above; `bad_setting` naming the file if it cannot be read.
[[nodiscard]] result<display_description> load_display_description(const std::string& file);

} // namespace cipherlane::drivers
