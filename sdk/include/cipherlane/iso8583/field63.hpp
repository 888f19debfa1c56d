#pragma once

#include <cipherlane/core/result.hpp>

#include <string_view>

namespace cipherlane::iso8583 {

/// Field 63 of an answer: 63.1 card organisation (3 characters, e.g. "CUP"), 63.2 texts of the issuer, the network
/// and the acquirer in GBK. In requests field 63 is the operator ("01 "). Views into what was parsed.
struct field63 {
    std::string_view organisation; ///< without trailing spaces
    std::string_view texts;        ///< 63.2 as on the wire: see gbk.hpp; text of a peer, not to be trusted

    /// @return `iso8583_errc::bad_subfield` for fewer than three bytes.
    [[nodiscard]] static result<field63> parse(std::string_view value);
};

} // namespace cipherlane::iso8583
