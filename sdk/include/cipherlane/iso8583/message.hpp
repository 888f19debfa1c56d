#pragma once

#include <cipherlane/core/bytes.hpp>
#include <cipherlane/core/fixed_text.hpp>
#include <cipherlane/iso8583/dialect.hpp>
#include <cipherlane/iso8583/field_set.hpp>
#include <cipherlane/iso8583/tpdu.hpp>

#include <array>
#include <cstdint>
#include <memory>
#include <string_view>

namespace cipherlane::iso8583 {

/// A message as values by field number, independent of any dialect's bytes.
///
/// Values are what counts, without padding: digits for numeric fields ("021", not "0210"), digits and 'D' for
/// tracks, characters for text (in the character set of the wire, see gbk.hpp), raw bytes for binary fields.
/// Whether a value fits its field is decided by `encode`, which knows the dialect.
///
/// Move-only and wiped, because it may hold a PAN, a track or a PIN block. `clear` keeps the memory, so that a
/// message which is used again allocates nothing. Not thread-safe.
class message {
  public:
    message() = default;
    explicit message(std::string_view mti)
        : mti_(mti) {}
    message(message&& other) noexcept;
    message& operator=(message&& other) noexcept;
    message(const message&) = delete;
    message& operator=(const message&) = delete;
    ~message();

    /// A copy on purpose.
    [[nodiscard]] message clone() const;

    /// Four digits, e.g. "0200".
    message& set_mti(std::string_view digits) noexcept;
    [[nodiscard]] std::string_view mti() const noexcept { return mti_.view(); }

    message& set_tpdu(const iso8583::tpdu& value) noexcept;
    [[nodiscard]] const iso8583::tpdu& tpdu() const noexcept { return tpdu_; }
    /// The digits of a plain header, e.g. "603100310730".
    message& set_header(std::string_view digits) noexcept;
    [[nodiscard]] std::string_view header() const noexcept { return header_.view(); }
    /// The header of a dialect that has pieces: all their bytes, one piece behind the other, as on the wire.
    message& set_header_pieces(byte_view data);
    [[nodiscard]] byte_view header_pieces() const noexcept { return at(slots_[header_slot]); }
    /// What stands behind the message, where the dialect does not lay down its bytes.
    message& set_trailer(byte_view data);
    [[nodiscard]] byte_view trailer() const noexcept { return at(slots_[trailer_slot]); }
    /// How many bitmaps are written at least, empty or not, 0 to 3. 0: what the fields need and the dialect says.
    message& set_bitmaps(int least) noexcept;
    [[nodiscard]] int bitmaps() const noexcept { return bitmaps_; }
    /// The dial-monitor header of 33 bytes beginning with "LRI"; empty: none.
    message& set_monitor_header(byte_view data) noexcept;
    [[nodiscard]] byte_view monitor_header() const noexcept { return {monitor_.data(), monitor_size_}; }

    /// Puts digits, a track or text into a field (2 to 192), replacing what was there.
    message& set(int field, std::string_view value);
    /// Puts bytes into a binary field.
    message& set(int field, byte_view value) { return set(field, as_text(value)); }
    message& set(int field, const char* value) { return set(field, std::string_view(value)); }
    /// Puts eight zero bytes where the MAC will be: `encode` says where they went.
    message& leave_mac_hole(int field = 64);
    message& remove(int field) noexcept;
    /// Forgets everything, wiped; keeps the memory.
    void clear() noexcept;

    [[nodiscard]] bool has(int field) const noexcept { return present_.contains(field); }
    [[nodiscard]] const field_set& fields() const noexcept { return present_; }
    /// The value; empty if the field is absent. Lives until the message changes.
    [[nodiscard]] std::string_view get(int field) const noexcept {
        if (!present_.contains(field)) return {};
        return as_text(at(slots_[static_cast<std::size_t>(field)]));
    }
    /// The same as bytes.
    [[nodiscard]] byte_view binary(int field) const noexcept { return as_bytes(get(field)); }

  private:
    struct slot {
        std::uint32_t offset = 0;
        std::uint32_t size = 0;
    };
    // No field has these numbers.
    static constexpr std::size_t header_slot = 0;
    static constexpr std::size_t trailer_slot = 1;

    [[nodiscard]] byte_view at(const slot& place) const noexcept { return {arena_.get() + place.offset, place.size}; }
    message& put(slot& place, byte_view data, bool taken);
    std::uint8_t* make_room(slot& place, std::size_t size, bool taken);
    void forget_envelope() noexcept;
    void grow(std::size_t least);
    [[nodiscard]] byte_span used() noexcept { return {arena_.get(), used_}; }

    fixed_text<4> mti_;
    fixed_text<2 * max_header_bytes> header_;
    iso8583::tpdu tpdu_;
    std::array<std::uint8_t, lri_bytes> monitor_{};
    std::uint8_t monitor_size_ = 0;
    std::uint8_t bitmaps_ = 0;
    field_set present_;
    std::array<slot, max_field + 1> slots_{};
    std::unique_ptr<std::uint8_t[]> arena_;
    std::uint32_t used_ = 0;
    std::uint32_t capacity_ = 0;
};

} // namespace cipherlane::iso8583
