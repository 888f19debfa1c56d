#pragma once

#include <cipherlane/core/bytes.hpp>
#include <cipherlane/core/result.hpp>
#include <cipherlane/emv/tlv.hpp>

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace cipherlane::emv {

/// Formats of data elements (EMV 4.4 Book 3, 4.3).
enum class tag_format : std::uint8_t {
    a,          ///< letters
    an,         ///< letters and digits
    ans,        ///< any printable character
    b,          ///< bytes or bits
    cn,         ///< digits packed from the left, filled with F
    n,          ///< digits packed from the right, filled with 0
    track2,     ///< digits, D as separator, filled with F
    dol,        ///< tags and lengths
    constructed ///< a template
};

/// Where a tag is defined.
enum class tag_origin : std::uint8_t { emv, contactless, unionpay, iso7816 };

/// What of a value may be printed.
enum class tag_privacy : std::uint8_t {
    open,
    pan,    ///< first six and last four digits
    secret, ///< nothing: track data, a PIN, a name
};

/// One row of the dictionary.
struct tag_entry {
    tag_number tag;
    std::string_view name;
    tag_format format;
    std::uint8_t least; ///< bytes; 0 for templates
    std::uint16_t most; ///< bytes; 0: no limit laid down
    tag_origin origin;
    tag_privacy privacy;
};

/// All rows, in the order of their tags.
[[nodiscard]] std::span<const tag_entry> tag_dictionary() noexcept;

/// The row of a tag, or null. UnionPay's own tags (9F63, 9F74, DF31 and others) are in the same table.
[[nodiscard]] const tag_entry* find_tag(tag_number tag) noexcept;

[[nodiscard]] std::string_view to_string(tag_format format) noexcept;

/// Whether a value has the length and the form that the dictionary gives for its tag, dates and times among it;
/// unknown tags pass.
/// @return `emv_errc::bad_value` with the tag, and in the hint what was found and what is expected or allowed.
[[nodiscard]] result<void> check_value(tag_number tag, byte_view value);

/// Whether personal data may stand where the tag does not say so: in a tag that is not known, in a value that has not
/// the form of its tag (it may be one that was shifted), in text, and in bits of no fixed length that look like a
/// card number.
[[nodiscard]] bool may_be_personal(tag_number tag, byte_view value);

/// A value for people: digits for n and cn, text for a, an and ans where it is printable, else hex. PAN masked;
/// track data, names and other secrets as their length alone; card, phone and identity numbers masked where
/// `may_be_personal`.
[[nodiscard]] std::string describe_value(tag_number tag, byte_view value);

} // namespace cipherlane::emv
