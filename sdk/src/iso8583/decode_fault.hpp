#pragma once

#include <cipherlane/core/error.hpp>
#include <cipherlane/iso8583/dialect.hpp>
#include <cipherlane/iso8583/errc.hpp>

#include <string>
#include <string_view>

namespace cipherlane::iso8583 {

/// Where and why reading stopped, and what the error says of it; put together only where there is a fault.
struct decode_fault {
    const dialect& format;
    byte_view input;  ///< headers and message
    std::size_t base; ///< bytes of length in front of it
    iso8583_errc why;
    std::string_view path; ///< where `number` is 0
    int number;
    std::size_t where;         ///< in `input`
    std::size_t at;            ///< how far reading came
    std::size_t expected;      ///< bytes that are missing or there
    const header_piece* piece; ///< the one that was read last
    int bitmaps;               ///< that were read
    bool one_more;             ///< a bitmap announces one that the dialect does not have

    [[nodiscard]] error to_error() const;

  private:
    /// What was found, and what would be right. No more of the input than a few bytes of what holds no card data.
    [[nodiscard]] std::string hint() const;
    [[nodiscard]] std::string found_bytes(std::size_t most) const;
    [[nodiscard]] std::string found_byte() const;
    [[nodiscard]] std::string character_words() const;
    [[nodiscard]] std::string length_hint() const;
    [[nodiscard]] std::string header_hint() const;
    [[nodiscard]] std::string bitmap_hint() const;
};

} // namespace cipherlane::iso8583
