#pragma once

#include <cipherlane/core/bytes.hpp>
#include <cipherlane/core/result.hpp>

#include <cstdint>
#include <string>
#include <vector>

namespace cipherlane::iso8583 {

/// Field 62 of an answer of `download`: one character that says what follows, then the page. Which characters, and
/// that a request counts what has come, is general knowledge (doubtful).
struct list_page {
    enum class position : std::uint8_t {
        none, ///< '0': there is nothing
        last, ///< '1': nothing follows
        more, ///< '2': ask for the next
    };
    position at = position::none;
    byte_view content; ///< a view into what was parsed

    /// @return `iso8583_errc::bad_subfield` for an empty field or another character.
    [[nodiscard]] static result<list_page> parse(byte_view field62);
};

/// Field 62 of a request for a page: '1' and the number of pages that have come, two digits (the last two of it).
[[nodiscard]] std::string page_request(std::uint32_t pages_had);

/// The entries that a query lists, a CA key each (9F06 with 9F22) or an application (9F06): what the request for one
/// of them carries in field 62. Other tags are left out.
/// @return `iso8583_errc::bad_subfield` for what is no TLV.
[[nodiscard]] result<std::vector<bytes>> listed_entries(byte_view content);

} // namespace cipherlane::iso8583
