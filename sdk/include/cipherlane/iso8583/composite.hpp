#pragma once

#include <cipherlane/core/bytes.hpp>
#include <cipherlane/core/fixed_text.hpp>
#include <cipherlane/core/result.hpp>
#include <cipherlane/iso8583/field_spec.hpp>

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace cipherlane::iso8583 {

/// How sub-fields follow one another inside a field's value.
enum class composite_style : std::uint8_t {
    positional, ///< by length, in order; the value may end after any sub-field
    tagged,     ///< tag, length, value, with sizes as `composite_spec` says
    ber_tlv,    ///< EMV BER-TLV (tags of one to three bytes here, definite lengths)
};

/// What to do with a tag that the table does not name.
enum class unknown_tags : std::uint8_t { keep, refuse };

/// One sub-field: its tag (or position), size and name.
struct subfield_spec {
    std::string_view tag; ///< "60.2" style position, text tag "A3", or hex "9F26"; the path in errors
    iso8583::kind kind = kind::text;
    std::uint16_t min = 0; ///< in digits, characters or bytes; positional sub-fields take `max` unless last
    std::uint16_t max = 0;
    iso8583::mask mask = mask::none;
    std::string_view name{};
    const composite_spec* inside = nullptr;
};

/// The structure of a field's value. Lengths count as in the value: characters of digits, bytes of text or binary.
struct composite_spec {
    composite_style style = composite_style::positional;
    std::uint8_t tag_bytes = 0;     ///< tagged: size of a tag
    encoding tag = encoding::ascii; ///< tagged: ascii, or binary (written as hex in `subfield_spec::tag`)
    std::uint8_t length_bytes = 0;  ///< tagged: size of a length
    length_encoding length = length_encoding::ascii;
    unknown_tags unknown = unknown_tags::keep;
    std::span<const subfield_spec> parts{};
};

/// True if the table fits together: sizes, tags of the right length, none twice.
[[nodiscard]] constexpr bool valid(const composite_spec& spec) noexcept {
    const bool tagged = spec.style == composite_style::tagged;
    if (tagged && (spec.tag_bytes < 1 || spec.tag_bytes > 4 || spec.length_bytes < 1 || spec.length_bytes > 4)) {
        return false;
    }
    if (tagged && spec.tag != encoding::ascii && spec.tag != encoding::binary) return false;
    if (tagged && spec.length == length_encoding::binary && spec.length_bytes > 2) return false;
    if (spec.style == composite_style::positional && spec.parts.empty()) return false;
    for (std::size_t i = 0; i < spec.parts.size(); ++i) {
        const auto& part = spec.parts[i];
        if (part.tag.empty() || part.max == 0 || part.min > part.max || part.kind == kind::none) return false;
        const std::size_t size = spec.tag == encoding::ascii ? spec.tag_bytes : spec.tag_bytes * std::size_t{2};
        if (tagged && part.tag.size() != size) return false;
        for (std::size_t j = 0; j < i; ++j) {
            if (spec.parts[j].tag == part.tag) return false;
        }
    }
    return true;
}

/// One sub-field that was read.
struct subfield {
    fixed_text<8> tag;                   ///< as in the table: text or upper-case hex
    byte_view value;                     ///< into the value that was given
    std::size_t offset = 0;              ///< of `value`, from the start of what was given
    const subfield_spec* spec = nullptr; ///< null: the table does not name the tag
};

/// Reads the sub-fields of a value one after the other. Holds no memory; allocates nothing.
class composite_reader {
  public:
    composite_reader(const composite_spec& spec, byte_view value) noexcept
        : spec_(&spec)
        , value_(value) {}
    composite_reader(const composite_spec& spec, std::string_view value) noexcept
        : composite_reader(spec, as_bytes(value)) {}

    /// The next sub-field, or nothing at the end.
    /// @return `iso8583_errc::truncated`, `bad_length_prefix`, `bad_subfield` (unknown where the table refuses it, or
    /// of a wrong size), `not_digits`, with the tag as path and the offset in the value; `trailing_bytes` behind the
    /// last position.
    [[nodiscard]] result<std::optional<subfield>> next();

  private:
    [[nodiscard]] result<std::optional<subfield>> next_positional();
    [[nodiscard]] result<std::optional<subfield>> next_tagged();
    [[nodiscard]] result<std::optional<subfield>> next_ber();
    [[nodiscard]] result<void> check(const subfield& part) const;

    const composite_spec* spec_;
    byte_view value_;
    std::size_t at_ = 0;
    std::size_t part_ = 0;
};

/// The first sub-field with this tag; nothing if it is not there. Errors as `composite_reader::next`.
[[nodiscard]] result<std::optional<byte_view>> find_subfield(
    const composite_spec& spec, byte_view value, std::string_view tag);

/// Appends sub-fields to a value.
class composite_writer {
  public:
    explicit composite_writer(const composite_spec& spec) noexcept
        : spec_(&spec) {}

    /// Positional sub-fields in their order, tagged ones in any.
    /// @return `iso8583_errc::bad_subfield`, `too_long`, `too_short`, `not_digits` with the tag as path.
    [[nodiscard]] result<void> add(std::string_view tag, byte_view value);
    [[nodiscard]] result<void> add(std::string_view tag, std::string_view value) { return add(tag, as_bytes(value)); }

    [[nodiscard]] byte_view value() const noexcept { return out_; }
    [[nodiscard]] std::string_view text() const noexcept { return as_text(out_); }

  private:
    [[nodiscard]] result<void> add_tagged(std::string_view tag, byte_view value);
    [[nodiscard]] result<void> add_ber(std::string_view tag, byte_view value);

    const composite_spec* spec_;
    bytes out_;
    std::size_t part_ = 0;
};

} // namespace cipherlane::iso8583
