#pragma once

#include <cipherlane/core/bytes.hpp>
#include <cipherlane/core/result.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace cipherlane::drivers {

/// How the length of a data field (BMP) is told.
enum class zvt_length : std::uint8_t {
    fixed,
    ll,  ///< two bytes F0…F9, a decimal digit each; they count bytes
    lll, ///< three
    tlv, ///< up to 7F, 81 n, 82 high low
};

/// A row of the table of data fields.
struct zvt_field_row {
    std::uint8_t tag;
    zvt_length form;
    std::uint8_t size; ///< of a fixed field
};

/// Data fields of ZVT (PA00P015 13.08, chapter 9), ascending. What is not here ends a message: its length is unknown.
inline constexpr auto zvt_fields = std::to_array<zvt_field_row>({
    {0x01, zvt_length::fixed, 1},  // seconds to wait
    {0x02, zvt_length::fixed, 1},  // repeats of the status information
    {0x03, zvt_length::fixed, 1},  // service byte
    {0x04, zvt_length::fixed, 6},  // amount
    {0x05, zvt_length::fixed, 1},  // pump
    {0x06, zvt_length::tlv, 0},    // container
    {0x0B, zvt_length::fixed, 3},  // trace number
    {0x0C, zvt_length::fixed, 3},  // time
    {0x0D, zvt_length::fixed, 2},  // date
    {0x0E, zvt_length::fixed, 2},  // expiry
    {0x17, zvt_length::fixed, 2},  // card sequence number
    {0x19, zvt_length::fixed, 1},  // payment type, status byte
    {0x22, zvt_length::ll, 0},     // card number
    {0x23, zvt_length::ll, 0},     // track 2
    {0x24, zvt_length::lll, 0},    // track 3
    {0x27, zvt_length::fixed, 1},  // result code
    {0x29, zvt_length::fixed, 4},  // terminal id
    {0x2A, zvt_length::fixed, 15}, // contract number
    {0x2D, zvt_length::ll, 0},     // track 1
    {0x2E, zvt_length::lll, 0},
    {0x37, zvt_length::fixed, 3}, // trace number of the original
    {0x3A, zvt_length::fixed, 2},
    {0x3B, zvt_length::fixed, 8}, // authorisation
    {0x3C, zvt_length::lll, 0},   // additional text
    {0x3D, zvt_length::fixed, 3},
    {0x49, zvt_length::fixed, 2}, // currency
    {0x4C, zvt_length::ll, 0},
    {0x60, zvt_length::lll, 0}, // totals
    {0x70, zvt_length::fixed, 4},
    {0x71, zvt_length::fixed, 4},
    {0x72, zvt_length::fixed, 1},
    {0x73, zvt_length::fixed, 1},
    {0x74, zvt_length::fixed, 1},
    {0x75, zvt_length::fixed, 1},
    {0x87, zvt_length::fixed, 2}, // receipt number
    {0x88, zvt_length::fixed, 3}, // turnover number
    {0x8A, zvt_length::fixed, 1}, // card type
    {0x8B, zvt_length::ll, 0},    // card name
    {0x8C, zvt_length::fixed, 1},
    {0x9A, zvt_length::lll, 0},
    {0xA0, zvt_length::fixed, 1}, // the host's result code
    {0xA7, zvt_length::ll, 0},
    {0xAA, zvt_length::fixed, 3},
    {0xAF, zvt_length::lll, 0},
    {0xBA, zvt_length::fixed, 5},
    {0xD0, zvt_length::fixed, 1},
    {0xD1, zvt_length::ll, 0},
    {0xD2, zvt_length::fixed, 1},
    {0xD3, zvt_length::fixed, 1},
    {0xE0, zvt_length::fixed, 1},
    {0xE1, zvt_length::ll, 0},
    {0xE2, zvt_length::ll, 0},
    {0xE3, zvt_length::ll, 0},
    {0xE4, zvt_length::ll, 0},
    {0xE5, zvt_length::ll, 0},
    {0xE6, zvt_length::ll, 0},
    {0xE7, zvt_length::ll, 0},
    {0xE8, zvt_length::ll, 0},
    {0xE9, zvt_length::fixed, 1},
    {0xEA, zvt_length::fixed, 1},
    {0xEB, zvt_length::fixed, 8},
    {0xF0, zvt_length::fixed, 1},
    {0xF1, zvt_length::ll, 0},
    {0xF2, zvt_length::ll, 0},
    {0xF3, zvt_length::ll, 0},
    {0xF4, zvt_length::ll, 0},
    {0xF5, zvt_length::ll, 0},
    {0xF6, zvt_length::ll, 0},
    {0xF7, zvt_length::ll, 0},
    {0xF8, zvt_length::ll, 0},
    {0xF9, zvt_length::fixed, 1},
    {0xFA, zvt_length::fixed, 1},
    {0xFB, zvt_length::fixed, 1},
    {0xFC, zvt_length::fixed, 1},
    {0xFD, zvt_length::fixed, 1},
});

namespace detail {

constexpr bool zvt_fields_ascend() {
    for (std::size_t i = 1; i < zvt_fields.size(); ++i) {
        if (zvt_fields[i - 1].tag >= zvt_fields[i].tag) return false;
    }
    return true;
}
static_assert(zvt_fields_ascend());

} // namespace detail

/// A data field, or an element of a container. The value is a view of the message.
struct zvt_field {
    std::uint32_t tag = 0;
    byte_view value;
    std::size_t offset = 0; ///< of its tag
};

/// Reads data fields one after the other.
class zvt_field_reader {
  public:
    explicit zvt_field_reader(byte_view data) noexcept
        : data_(data) {}
    /// Nothing at the end. @return `bad_content` with the field's tag and offset: unknown, cut off, length wrong.
    [[nodiscard]] result<std::optional<zvt_field>> next();

  private:
    byte_view data_;
    std::size_t at_ = 0;
};

/// Reads the elements of a container (BMP 06) one after the other: tags of one to three bytes, lengths up to two.
class zvt_tlv_reader {
  public:
    explicit zvt_tlv_reader(byte_view data) noexcept
        : data_(data) {}
    /// As `zvt_field_reader::next`.
    [[nodiscard]] result<std::optional<zvt_field>> next();

  private:
    byte_view data_;
    std::size_t at_ = 0;
};

/// Writes data fields, in the order in which it is called.
class zvt_field_writer {
  public:
    zvt_field_writer& raw(byte_view data);
    zvt_field_writer& byte(std::uint8_t tag, std::uint8_t value);
    /// A fixed field of packed digits, zeros in front.
    zvt_field_writer& digits(std::uint8_t tag, std::uint64_t value);
    /// A field of the table with any value: cut or filled with zeros to its size where that is fixed.
    zvt_field_writer& value(std::uint8_t tag, byte_view content);
    /// An element of a container, tag and length before it.
    zvt_field_writer& element(std::uint32_t tag, byte_view content);

    [[nodiscard]] const bytes& data() const noexcept { return data_; }

  private:
    bytes data_;
};

/// Null for a tag that the table does not have.
[[nodiscard]] const zvt_field_row* find_zvt_field(std::uint8_t tag) noexcept;

} // namespace cipherlane::drivers
