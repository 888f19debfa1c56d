#pragma once

#include <cipherlane/core/bytes.hpp>
#include <cipherlane/iso8583/dialect.hpp>
#include <cipherlane/iso8583/field_set.hpp>
#include <cipherlane/iso8583/message.hpp>
#include <cipherlane/iso8583/tpdu.hpp>

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace cipherlane::iso8583 {

/// A message that was decoded and checked, as views into the bytes it came from. Holds no memory of its own.
///
/// Lives as long as those bytes and the dialect. Cheap enough to return by value; safe to read from several threads.
class message_view {
  public:
    /// Four digits; empty where reading stopped before them.
    [[nodiscard]] std::string_view mti() const noexcept { return {mti_.data(), mti_[0] == '\0' ? 0 : mti_.size()}; }
    [[nodiscard]] const iso8583::tpdu& tpdu() const noexcept { return tpdu_; }
    /// Whether there was one: a dialect without, or a message cut before its end, has none.
    [[nodiscard]] bool has_tpdu() const noexcept { return has_tpdu_; }
    /// The header in hex: the digits of a plain one.
    [[nodiscard]] std::string header() const;
    /// The bytes of the plain header, or of all pieces; `header_pieces` in envelope.hpp tells them apart.
    [[nodiscard]] byte_view header_bytes() const noexcept { return header_; }
    /// What stands behind the message and belongs to its frame.
    [[nodiscard]] byte_view trailer() const noexcept { return trailer_; }
    /// Bytes of headers and message: all that was given but length and trailer.
    [[nodiscard]] std::size_t body_bytes() const noexcept { return input_.size(); }
    /// Bitmaps on the wire: 1 to 3, an empty one among them; 0 where reading stopped before them.
    [[nodiscard]] int bitmaps() const noexcept { return bitmaps_; }
    /// 33 bytes, or none.
    [[nodiscard]] byte_view monitor_header() const noexcept { return monitor_; }

    [[nodiscard]] const field_set& fields() const noexcept { return present_; }
    [[nodiscard]] bool has(int field) const noexcept { return present_.contains(field); }
    /// Length of the value in digits, characters or bytes; 0 if absent.
    [[nodiscard]] std::size_t size(int field) const noexcept;
    /// The field's bytes on the wire without the length prefix; empty if absent.
    [[nodiscard]] byte_view wire(int field) const noexcept;
    /// Where the field's bytes begin, from the start of the input of `decode`.
    [[nodiscard]] std::size_t offset(int field) const noexcept;

    /// The value (digits, track, text or raw bytes) in `out`, which must hold `size(field)` characters.
    /// Allocates nothing.
    std::string_view value(int field, std::span<char> out) const noexcept;
    /// The value in a string of its own; empty if absent. Not for secrets: it is not wiped.
    [[nodiscard]] std::string value(int field) const;
    /// True if the field is there with this value; compares in place.
    [[nodiscard]] bool equals(int field, std::string_view value) const noexcept;
    /// Everything, in a message of its own.
    [[nodiscard]] message to_message() const;

    /// The bytes that the MAC is made over: message type to the field before the MAC. Empty without a MAC field.
    [[nodiscard]] byte_view mac_range() const noexcept { return mac_range_; }
    /// The wire bytes of the MAC field (64, or 128 or 192 where the dialect has it): 8, or 16 where the dialect
    /// writes binary fields as hex; empty if there is none.
    [[nodiscard]] byte_view mac() const noexcept { return mac_; }

    [[nodiscard]] const dialect& format() const noexcept { return *format_; }

  private:
    friend class decoder;
    friend class body_reader;
    struct slot {
        std::uint16_t offset = 0; // of the value, behind its prefix
        std::uint16_t units = 0;
    };
    void copy_value(const field_spec& spec, slot at, char* out) const noexcept;
    [[nodiscard]] bool long_value_is(const field_spec& spec, std::string_view wanted) const noexcept;

    const dialect* format_ = nullptr;
    byte_view input_;       // from the TPDU on
    std::uint8_t base_ = 0; // bytes of length in front of it
    bool has_tpdu_ = false;
    std::uint8_t bitmaps_ = 0;
    byte_view header_;
    byte_view monitor_;
    byte_view trailer_;
    byte_view mac_range_;
    byte_view mac_;
    iso8583::tpdu tpdu_;
    std::array<char, 4> mti_{};
    field_set present_;
    std::array<slot, max_field + 1> slots_{};
};

} // namespace cipherlane::iso8583
