#pragma once

#include <cipherlane/core/bytes.hpp>
#include <cipherlane/core/error.hpp>
#include <cipherlane/iso8583/deviation.hpp>
#include <cipherlane/iso8583/dialect.hpp>
#include <cipherlane/iso8583/message_view.hpp>

#include <optional>
#include <string>
#include <vector>

namespace cipherlane::iso8583 {

/// How much a print shows. `masked` follows each field's `mask`: never a whole PAN, no track, PIN block or key.
enum class reveal : std::uint8_t { masked, whole };

/// One row of a description.
struct described_row {
    std::optional<std::size_t> offset; ///< of the value, from the start of the input
    int depth;                         ///< 0 for a field, more for what stands inside
    std::string path;                  ///< the whole path: "55/9F26", "header/base24/product"
    std::string label;                 ///< its last part, as printed: "9F26"
    std::string name;
    std::string value;
    bool wrong = false; ///< a length inside a header is not that of what is there
};

/// A message row by row: what `describe` prints, for programs. Values follow `how`.
[[nodiscard]] std::vector<described_row> describe_rows(const message_view& what, reveal how = reveal::masked);

/// A message field by field for people: byte offset, number, name, value, with the sub-fields that the dialect knows.
/// Text of the peer comes as UTF-8 with control characters replaced; text that is no GBK comes as hex.
[[nodiscard]] std::string describe(const message_view& what, reveal how = reveal::masked);

/// The field in which a message ends too early.
struct cut_field {
    int number;
    std::size_t offset;   ///< where its value begins
    std::size_t expected; ///< bytes of the value
    std::size_t found;
};

/// What could be read of a message, and where reading stopped.
struct partial_message {
    message_view view;            ///< the fields before the fault
    std::optional<error> failure; ///< nothing if the message is whole and right
    /// Of a message without `failure`: the first fault inside a field whose structure the dialect knows ("55/95").
    std::optional<error> inside;
    reading how = reading::strict; ///< as it was read
    field_set announced;           ///< every bit of the bitmaps, whether the dialect has the field or not
    std::optional<cut_field> cut;
    std::size_t stopped_at = 0;        ///< how far reading came, from the start of the input
    bool poll = false;                 ///< a length of zero: no message at all
    std::vector<deviation> deviations; ///< under `reading::tolerant`, in the order of their places
};

/// Like `decode`, but keeps what was read before a fault: for `explain`, never for processing.
///
/// `reading::tolerant` goes on where a rule is broken that leaves no doubt about what follows: filler, characters and
/// digits of another kind, bits without a field, a beginning of TPDU or header, a length in front that does not fit,
/// padding of FF inside BER-TLV.
[[nodiscard]] partial_message decode_partly(const dialect& format, byte_view input, reading how = reading::strict);

[[nodiscard]] std::vector<described_row> describe_rows(const partial_message& what, reveal how = reveal::masked);
/// As above, with the whole bitmap, and the field that is cut.
[[nodiscard]] std::string describe(const partial_message& what, reveal how = reveal::masked);

} // namespace cipherlane::iso8583
