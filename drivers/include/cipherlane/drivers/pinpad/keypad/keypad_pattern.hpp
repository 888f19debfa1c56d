#pragma once

#include <cipherlane/core/bytes.hpp>
#include <cipherlane/core/result.hpp>
#include <cipherlane/core/secret_bytes.hpp>

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace cipherlane::drivers {

/// What commands to a keypad and its answers carry.
enum class keypad_value : std::uint8_t {
    // bytes and text
    key,       ///< as it was delivered: enciphered, or in clear with `plain_key`
    check,     ///< a key's check value (KCV)
    account,   ///< all digits of the PAN; cut or filled with zeros on the left to a size
    account12, ///< the twelve digits before the check digit, as ISO 9564 format 0 takes them
    amount,    ///< "12.34"
    line1,
    line2,
    serial,     ///< the serial number that the terminal serial cryptogram is over
    factor,     ///< and the digits behind it
    cryptogram, ///< that cryptogram: eight characters
    data,       ///< what the MAC is over
    block,      ///< the PIN block, enciphered
    mac,        ///< what `mac` or `serial_cryptogram` gave: a MAC, or a block enciphered
    track2,     ///< digits and '=' or 'D'
    digits,     ///< in clear, of `digits`
    status,     ///< judged by the table of them
    skip,       ///< of no interest
    // numbers
    master,  ///< slot of the master key, counted as the device does
    slot,    ///< slot of the working key
    blocks,  ///< of eight bytes in `key`
    size,    ///< bytes of `data`
    least,   ///< digits of a PIN
    most,    ///< digits of a PIN
    seconds, ///< that the cardholder has
};
inline constexpr std::size_t keypad_values = static_cast<std::size_t>(keypad_value::seconds) + 1;
inline constexpr std::size_t keypad_texts = static_cast<std::size_t>(keypad_value::skip) + 1;

/// What a command is filled with, or an answer has given. Move-only: there are keys and PIN blocks among it.
class keypad_data {
  public:
    void set(keypad_value what, byte_view data) { texts_[index(what)] = secret_bytes(data); }
    void set(keypad_value what, unsigned number) { numbers_[index(what)] = number; }
    [[nodiscard]] byte_view text(keypad_value what) const noexcept { return texts_[index(what)].expose(); }
    [[nodiscard]] unsigned number(keypad_value what) const noexcept { return numbers_[index(what)]; }

  private:
    [[nodiscard]] static std::size_t index(keypad_value what) noexcept { return static_cast<std::size_t>(what); }
    std::array<secret_bytes, keypad_texts> texts_{};
    std::array<unsigned, keypad_values> numbers_{};
};

/// Bytes with places for values, to be filled in or to be matched: "1B 'ic' {master:nibble} {account12}".
class keypad_pattern {
  public:
    /// How a value stands on the line.
    enum class form : std::uint8_t {
        bytes,
        hex,     ///< upper-case digits
        nibbles, ///< each half byte as 30 to 3F
        text,
        u8,     ///< a number
        nibble, ///< a number, as 30 to 3F
        digit1,
        digit2, ///< two decimal digits
        digit3,
    };
    struct item {
        bytes literal{}; ///< empty: a value
        keypad_value value{};
        form as = form::bytes;
        std::size_t size = 0; ///< on the line; 0: as long as it is, or up to what follows
    };

    /// Reads bytes in hexadecimal, characters in quotes, and values as {NAME}, {NAME:FORM} or {NAME:FORM:SIZE}.
    /// @return nothing for text that is none of these.
    [[nodiscard]] static std::optional<keypad_pattern> parse(std::string_view text);

    [[nodiscard]] bool empty() const noexcept { return items_.empty(); }
    [[nodiscard]] bool uses(keypad_value what) const noexcept;
    [[nodiscard]] const std::vector<item>& items() const noexcept { return items_; }
    /// Its length where that does not depend on the values; 0 where it does.
    [[nodiscard]] std::size_t fixed_size() const noexcept;

    /// @return `bad_setting` naming the value that does not fit its place.
    [[nodiscard]] result<secret_bytes> fill_in(const keypad_data& values) const;
    /// Whether this is all of `text`, or where `whole` is no, its beginning; takes the values.
    enum class extent : std::uint8_t { whole, front };
    [[nodiscard]] bool match(byte_view text, extent how, keypad_data& values) const;

  private:
    std::vector<item> items_;
};

/// "master", as patterns call it.
[[nodiscard]] std::string_view to_string(keypad_value value) noexcept;

} // namespace cipherlane::drivers
