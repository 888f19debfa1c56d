#pragma once

#include <cipherlane/core/bytes.hpp>
#include <cipherlane/core/result.hpp>
#include <cipherlane/emv/errc.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace cipherlane::emv {

/// A tag as its bytes read as one number: 0x82, 0x9F26, 0xDF8129. At most four bytes.
using tag_number = std::uint32_t;

/// Bytes of a tag, 1 to 4.
[[nodiscard]] constexpr std::size_t tag_size(tag_number tag) noexcept {
    return tag > 0xFFFFFF ? 4 : tag > 0xFFFF ? 3 : tag > 0xFF ? 2 : 1;
}

/// Whether the value of this tag is itself TLV (bit 6 of the first byte).
[[nodiscard]] constexpr bool is_template(tag_number tag) noexcept {
    return ((tag >> (8 * (tag_size(tag) - 1))) & 0x20U) != 0;
}

/// "9F26".
[[nodiscard]] std::string tag_text(tag_number tag);

/// How much a reader of TLV forgives.
enum class tlv_reading : std::uint8_t {
    strict,
    tolerant, ///< padding of FF between objects, and lengths of 128 to 255 in one byte; each is told
};

/// What a tolerant reader has met in front of, or in, the object that it found.
enum class tlv_deviation : std::uint8_t {
    none,
    padding,         ///< bytes FF where EMV allows only 00
    one_byte_length, ///< a length above 127 that stands alone, without the 81 in front
};

[[nodiscard]] std::string_view to_string(tlv_deviation what) noexcept;

/// Bounds of a reader: input from outside never decides how much work or stack it takes.
struct tlv_limits {
    static constexpr std::size_t most_depth = 8;
    std::size_t depth = most_depth; ///< levels, at most `most_depth`
    std::size_t size = 65'536;      ///< bytes of the whole input
    tlv_reading reading = tlv_reading::strict;
};

/// One data object; views the input.
struct tlv_object {
    tag_number tag = 0;
    byte_view value;
    std::size_t offset = 0; ///< of the tag, from the start of the whole input
};

/// Reads the objects of one level, one after another, without allocation.
///
///     tlv_reader reader(field_55);
///     while (reader.next()) use(reader.object());
///     CIPHERLANE_CHECK(reader.finish());
///
/// BER-TLV as in EMV 4.4 Book 3 Annex B and ISO/IEC 8825-1: tags of 1 to 4 bytes, lengths in the short form or the
/// long form with 1 to 4 bytes, minimal or not. 00 bytes between objects are skipped, as Annex B1 allows; FF is not,
/// since it begins tags of contactless kernels (FF8105). Order is the input's; unknown tags are like any other; a tag
/// may come twice. Views live as long as the input.
///
/// Under `tlv_reading::tolerant` FF is padding unless it begins a tag that fits: FF81… of a contactless kernel, or
/// one FF alone whose tag and length go with what follows.
class tlv_reader {
  public:
    explicit tlv_reader(byte_view data, const tlv_limits& limits = {}) noexcept;

    /// Goes to the next object; false at the end of the level and at a fault.
    [[nodiscard]] bool next() noexcept;
    /// The object that the last `next` found.
    [[nodiscard]] const tlv_object& object() const noexcept { return object_; }
    /// A reader for the template that the last `next` found.
    [[nodiscard]] tlv_reader inside() const noexcept;
    /// Nothing where the level was read to its end; else why reading stopped.
    /// @return `emv_errc::cut_tag`, `tag_too_long`, `cut_length`, `bad_length`, `length_past_end`, `too_deep`,
    /// `too_large`, with the path of the templates and the tag ("70/9F26") and the byte offset of the object.
    [[nodiscard]] result<void> finish() const;
    /// What the last `next` has forgiven, and where, from the start of the whole input.
    [[nodiscard]] tlv_deviation deviation() const noexcept { return deviation_; }
    [[nodiscard]] std::size_t deviation_offset() const noexcept { return base_ + deviation_at_; }
    /// Levels above this one.
    [[nodiscard]] std::size_t depth() const noexcept { return depth_; }

  private:
    tlv_reader() noexcept = default;
    bool fail(emv_errc why, tag_number tag) noexcept;
    void skip_padding() noexcept;
    void deviates(tlv_deviation what, std::size_t at) noexcept;

    byte_view data_;
    tlv_reading how_ = tlv_reading::strict;
    tlv_deviation deviation_ = tlv_deviation::none;
    std::size_t deviation_at_ = 0;
    std::size_t at_ = 0;
    std::size_t base_ = 0;
    tlv_object object_;
    std::size_t depth_ = 0;
    std::size_t most_depth_ = tlv_limits::most_depth;
    int fault_ = 0;
    tag_number fault_tag_ = 0;
    std::array<tag_number, tlv_limits::most_depth> above_{};
};

/// Reads everything, templates included, and says whether it is sound.
/// @return errors of `tlv_reader::finish`.
[[nodiscard]] result<void> check_tlv(byte_view data, const tlv_limits& limits = {});

/// The value of the first object with this tag on the top level; nothing where there is none.
/// @return errors of `tlv_reader::finish` for the bytes before it.
[[nodiscard]] result<std::optional<byte_view>> find_tlv(byte_view data, tag_number tag);

/// The value at a path of tags: `find_tlv(data, {0x70, 0x9F26})`. The first object that fits at each level.
[[nodiscard]] result<std::optional<byte_view>> find_tlv(byte_view data, std::initializer_list<tag_number> path);

/// The value of the first object with this tag at any depth, templates searched in order.
[[nodiscard]] result<std::optional<byte_view>> find_tlv_deep(byte_view data, tag_number tag);

/// Bytes that an object with a value of `value_size` bytes takes.
[[nodiscard]] std::size_t tlv_size(tag_number tag, std::size_t value_size) noexcept;

/// Writes BER-TLV into the caller's buffer, lengths in their shortest form; allocates nothing.
///
/// A fault sticks: calls after it do nothing and `finish` tells the first one.
class tlv_writer {
  public:
    explicit tlv_writer(byte_span out) noexcept
        : out_(out) {}

    tlv_writer& put(tag_number tag, byte_view value) noexcept;
    /// A number in `digits` decimal digits, packed two a byte (format n).
    tlv_writer& put_digits(tag_number tag, std::string_view digits) noexcept;
    /// Opens a template; what follows goes inside until `end`.
    tlv_writer& begin(tag_number tag) noexcept;
    tlv_writer& end() noexcept;
    /// Copies objects that are TLV already.
    tlv_writer& put_raw(byte_view objects) noexcept;

    /// The bytes written.
    /// @return `emv_errc::buffer_too_small`, `bad_tag`, `too_deep`, `unbalanced`, `bad_value` (not digits).
    [[nodiscard]] result<byte_view> finish() const;

  private:
    void fail(emv_errc why, tag_number tag) noexcept;

    struct open_template {
        tag_number tag;
        std::size_t value_at;
    };
    byte_span out_;
    std::size_t size_ = 0;
    std::size_t depth_ = 0;
    std::array<open_template, tlv_limits::most_depth> open_{};
    int fault_ = 0;
    tag_number fault_tag_ = 0;
};

} // namespace cipherlane::emv
