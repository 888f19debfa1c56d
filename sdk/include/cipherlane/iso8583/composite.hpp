#pragma once

#include <cipherlane/core/bytes.hpp>
#include <cipherlane/core/fixed_text.hpp>
#include <cipherlane/core/result.hpp>
#include <cipherlane/iso8583/deviation.hpp>
#include <cipherlane/iso8583/field_spec.hpp>

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace cipherlane::iso8583 {

/// How sub-fields follow one another inside a field's value.
enum class composite_style : std::uint8_t {
    positional, ///< by length, in order; the value may end after any sub-field
    tagged,     ///< tag, length, value, with sizes as `composite_spec` says
    ber_tlv,    ///< EMV BER-TLV (tags of one to three bytes here, definite lengths)
    bitmap,     ///< a bitmap of its own, then the sub-fields whose bits are set, in order
};

/// Whether bit 1 of a bitmap inside a field says that one more of the same size follows.
enum class bitmap_goes_on : std::uint8_t { no, yes };

/// The most bytes of all bitmaps inside a field.
inline constexpr std::size_t max_inner_bitmap_bytes = 24;

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
    // Of sub-fields behind a bitmap; `min` and `max` then count digits, characters or bytes of the value.
    iso8583::encoding encoding = iso8583::encoding::ascii;
    length_form length = length_form::fixed;
    length_encoding prefix = length_encoding::ascii;

    /// Bytes of a value of so many digits, characters or bytes.
    [[nodiscard]] constexpr std::size_t wire_bytes(std::size_t units) const noexcept {
        if (encoding == iso8583::encoding::bcd) return (units + 1) / 2;
        return encoding == iso8583::encoding::hex ? 2 * units : units;
    }
    [[nodiscard]] constexpr std::size_t prefix_bytes() const noexcept {
        const auto count = static_cast<std::size_t>(length);
        return prefix == length_encoding::bcd || prefix == length_encoding::binary ? (count + 1) / 2 : count;
    }
};

/// The structure of a field's value. Lengths count as in the value: characters of digits, bytes of text or binary.
/// Behind a bitmap each sub-field has an encoding of its own, as a field has.
struct composite_spec {
    composite_style style = composite_style::positional;
    std::uint8_t tag_bytes = 0;     ///< tagged: size of a tag
    encoding tag = encoding::ascii; ///< tagged: ascii, or binary (written as hex in `subfield_spec::tag`)
    std::uint8_t length_bytes = 0;  ///< tagged: size of a length
    length_encoding length = length_encoding::ascii;
    unknown_tags unknown = unknown_tags::keep;
    std::span<const subfield_spec> parts{};
    std::uint8_t bitmap_bytes = 0;           ///< bitmap: 1 to 16 bytes of bits
    encoding bitmap_form = encoding::binary; ///< bitmap: binary, or hex characters
    bitmap_goes_on goes_on = bitmap_goes_on::no;

    /// bitmap: the greatest number that a bit can have.
    [[nodiscard]] constexpr int last_bit() const noexcept {
        const auto all = goes_on == bitmap_goes_on::yes ? max_inner_bitmap_bytes / bitmap_bytes * bitmap_bytes
                                                        : std::size_t{bitmap_bytes};
        return static_cast<int>(8 * all);
    }
};

/// The number of a sub-field behind a bitmap, from its tag: "25" or "127.25"; 0 where the tag is none.
[[nodiscard]] constexpr int bit_number(std::string_view tag) noexcept {
    const auto dot = tag.rfind('.');
    if (dot != std::string_view::npos) tag.remove_prefix(dot + 1);
    int number = 0;
    for (const char c : tag) {
        if (c < '0' || c > '9' || number > 999) return 0;
        number = number * 10 + (c - '0');
    }
    return number;
}

/// True if the table fits together: sizes, tags of the right length, none twice.
[[nodiscard]] constexpr bool valid(const composite_spec& spec) noexcept {
    const bool tagged = spec.style == composite_style::tagged;
    if (tagged && (spec.tag_bytes < 1 || spec.tag_bytes > 4 || spec.length_bytes < 1 || spec.length_bytes > 4)) {
        return false;
    }
    if (tagged && spec.tag != encoding::ascii && spec.tag != encoding::binary) return false;
    if (tagged && spec.length == length_encoding::binary && spec.length_bytes > 2) return false;
    if (spec.style == composite_style::positional && spec.parts.empty()) return false;
    const bool bits = spec.style == composite_style::bitmap;
    if (bits && (spec.bitmap_bytes < 1 || spec.bitmap_bytes > 16 || spec.parts.empty())) return false;
    if (bits && spec.bitmap_form != encoding::binary && spec.bitmap_form != encoding::hex) return false;
    for (std::size_t i = 0; i < spec.parts.size(); ++i) {
        const auto& part = spec.parts[i];
        if (part.tag.empty() || part.max == 0 || part.min > part.max || part.kind == kind::none) return false;
        const std::size_t size = spec.tag == encoding::ascii ? spec.tag_bytes : spec.tag_bytes * std::size_t{2};
        if (tagged && part.tag.size() != size) return false;
        if (bits && (bit_number(part.tag) < 1 || bit_number(part.tag) > spec.last_bit())) return false;
        if (bits && part.length == length_form::fixed && part.min != part.max) return false;
        if (!bits && (part.length != length_form::fixed || part.encoding != encoding::ascii)) return false;
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
    std::size_t units = 0;               ///< behind a bitmap: digits, characters or bytes of the value
};

/// A sub-field behind a bitmap as text: digits that were packed, characters that were EBCDIC; other values as they
/// are.
[[nodiscard]] std::string subfield_text(const subfield& part);

/// Reads the sub-fields of a value one after the other. Holds no memory; allocates nothing.
class composite_reader {
  public:
    /// `reading::tolerant` passes over padding of FF between the objects of BER-TLV and takes a length above 127 that
    /// stands alone for what it means; see `borne`.
    composite_reader(const composite_spec& spec, byte_view value, reading how = reading::strict) noexcept
        : spec_(&spec)
        , value_(value)
        , how_(how) {}
    composite_reader(const composite_spec& spec, std::string_view value) noexcept
        : composite_reader(spec, as_bytes(value)) {}

    /// The next sub-field, or nothing at the end.
    /// @return `iso8583_errc::truncated`, `bad_length_prefix`, `bad_subfield` (unknown where the table refuses it, or
    /// of a wrong size), `not_digits`, with the tag as path and the offset in the value; `trailing_bytes` behind the
    /// last position.
    [[nodiscard]] result<std::optional<subfield>> next();
    /// What the last `next` has forgiven, its place counted from the start of the value.
    [[nodiscard]] const std::optional<deviation>& borne() const noexcept { return borne_; }

  private:
    [[nodiscard]] result<std::optional<subfield>> next_positional();
    [[nodiscard]] result<std::optional<subfield>> next_tagged();
    [[nodiscard]] result<std::optional<subfield>> next_ber();
    [[nodiscard]] result<std::optional<subfield>> next_bit();
    [[nodiscard]] result<void> read_bitmap();
    [[nodiscard]] result<std::size_t> read_length(const subfield_spec& part);
    [[nodiscard]] result<void> check(const subfield& part) const;
    void skip_padding() noexcept;

    const composite_spec* spec_;
    byte_view value_;
    reading how_ = reading::strict;
    std::optional<deviation> borne_;
    std::size_t at_ = 0;
    std::size_t part_ = 0;
    std::array<std::uint8_t, max_inner_bitmap_bytes> bits_{};
    std::size_t bit_bytes_ = 0; ///< of `bits_`; 0: not read yet
    int bit_ = 0;               ///< the last one looked at
};

/// The first sub-field with this tag; nothing if it is not there. Errors as `composite_reader::next`.
[[nodiscard]] result<std::optional<byte_view>> find_subfield(
    const composite_spec& spec, byte_view value, std::string_view tag);

/// Appends sub-fields to a value, which is wiped at the end: it may hold a payment code or a PIN block.
class composite_writer {
  public:
    explicit composite_writer(const composite_spec& spec) noexcept
        : spec_(&spec) {}
    composite_writer(const composite_writer&) = delete;
    composite_writer& operator=(const composite_writer&) = delete;
    ~composite_writer();

    /// Positional sub-fields in their order, those behind a bitmap too, tagged ones in any. Behind a bitmap `value`
    /// is what stands on the wire behind its length.
    /// @return `iso8583_errc::bad_subfield`, `too_long`, `too_short`, `not_digits` with the tag as path.
    [[nodiscard]] result<void> add(std::string_view tag, byte_view value);
    [[nodiscard]] result<void> add(std::string_view tag, std::string_view value) { return add(tag, as_bytes(value)); }

    [[nodiscard]] byte_view value() const noexcept { return out_; }
    [[nodiscard]] std::string_view text() const noexcept { return as_text(out_); }

  private:
    [[nodiscard]] result<void> add_tagged(std::string_view tag, byte_view value);
    [[nodiscard]] result<void> add_ber(std::string_view tag, byte_view value);
    [[nodiscard]] result<void> add_bit(const subfield_spec& part, byte_view value);
    void set_bit(int number);

    const composite_spec* spec_;
    bytes out_;
    std::size_t part_ = 0;
    std::size_t bitmaps_ = 0; ///< written so far
    int last_bit_ = 0;
};

} // namespace cipherlane::iso8583
