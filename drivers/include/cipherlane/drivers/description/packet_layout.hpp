#pragma once

#include <cipherlane/core/bytes.hpp>
#include <cipherlane/core/result.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace cipherlane::drivers {

/// How a number stands in a packet.
enum class number_form : std::uint8_t {
    none,
    u8,
    be16,
    le16,
    be32,
    le32,
    digits3, ///< three decimal digits, as text
    decimal, ///< as many digits as it takes
};

/// The form that descriptions call so: "be16". Nothing for another word.
[[nodiscard]] std::optional<number_form> parse_number_form(std::string_view word);
/// Bytes of a number in this form; 0 for `none` and `decimal`.
[[nodiscard]] std::size_t size_of(number_form form) noexcept;
/// The largest number that it can carry; 0 for `none`.
[[nodiscard]] std::uint64_t most_of(number_form form) noexcept;
void put_number(bytes& to, std::uint32_t value, number_form form);
/// `from` must hold `size_of(form)` bytes. What are no digits is a number larger than any.
[[nodiscard]] std::uint32_t get_number(byte_view from, number_form form) noexcept;

/// What guards a packet. The check values are those of the ASCII digits "123456789".
enum class checksum_kind : std::uint8_t {
    none,
    sum8,         ///< sum of the bytes, DD
    xor8,         ///< exclusive or of the bytes, 31
    sum16,        ///< sum in 16 bits, 01DD
    crc16_ccitt,  ///< CRC-16/IBM-3740 (often "CCITT-FALSE"), 29B1
    crc16_xmodem, ///< CRC-16/XMODEM, 31C3
    crc16_modbus, ///< CRC-16/MODBUS, 4B37
    crc32,        ///< CRC-32/ISO-HDLC, CBF43926
};

[[nodiscard]] std::size_t size_of(checksum_kind kind) noexcept;
[[nodiscard]] std::uint32_t checksum(checksum_kind kind, byte_view data) noexcept;

/// How a protocol packs what it has to say: header, length, content, checksum, trailer, each of which may be absent.
struct packet_layout {
    bytes header;
    number_form length = number_form::none;
    /// What the length counts: the content alone, everything after the length itself, or the whole packet.
    enum class counted : std::uint8_t { content, rest, all } counts = counted::content;
    checksum_kind check = checksum_kind::none;
    /// What the checksum is over: the content alone, everything between header and checksum, or that and the header.
    enum class covered : std::uint8_t { content, after_header, all } covers = covered::after_header;
    enum class order : std::uint8_t { high_first, low_first } check_order = order::high_first;
    /// Where the checksum stands. Behind the trailer it is over that, too, unless over the content alone.
    enum class place : std::uint8_t { before_trailer, after_trailer } check_at = place::before_trailer;
    enum class written : std::uint8_t { binary, hex } check_as = written::binary; ///< hex: upper-case text
    bytes trailer;
    std::size_t largest = 4'096; ///< content of a packet that is read; a longer one is broken

    /// Bytes of a packet without its content.
    [[nodiscard]] std::size_t overhead() const noexcept;
    /// The longest content that the length can tell; a packet without length has no such end.
    [[nodiscard]] std::uint64_t most_content() const noexcept;
    /// `content` must not be longer than `most_content`.
    [[nodiscard]] bytes pack(byte_view content) const;

    /// What stands at the front of bytes that were received.
    struct found {
        enum class state : std::uint8_t { more, whole, broken } what = state::more;
        std::size_t before = 0; ///< bytes that belong to no packet
        std::size_t size = 0;   ///< of the packet, if whole
        byte_view content{};    ///< if whole; part of what was searched
    };
    /// Looks for the first packet. It needs a length or a trailer to know a packet's end.
    [[nodiscard]] found find(byte_view data) const noexcept;

  private:
    [[nodiscard]] std::size_t check_size() const noexcept;
    [[nodiscard]] byte_view covered_part(byte_view upto_check, std::size_t content_size) const noexcept;
    struct check_field {
        std::array<std::uint8_t, 8> data{};
        std::size_t size = 0;
        [[nodiscard]] byte_view view() const noexcept { return {data.data(), size}; }
    };
    [[nodiscard]] check_field check_of(byte_view upto_check, std::size_t content_size) const noexcept;
    [[nodiscard]] found measured(byte_view packet, std::size_t before) const noexcept;
    [[nodiscard]] found terminated(byte_view packet, std::size_t before) const noexcept;
    [[nodiscard]] found checked(byte_view packet, std::size_t before) const noexcept;
};

} // namespace cipherlane::drivers
