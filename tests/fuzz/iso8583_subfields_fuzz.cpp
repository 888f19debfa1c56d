// Sub-fields: what the first byte's reader accepts is written again as the same bytes, and every text is refused or
// converted there and back.
#include <cipherlane/core/gbk.hpp>
#include <cipherlane/iso8583/codec.hpp>
#include <cipherlane/iso8583/composite.hpp>
#include <cipherlane/iso8583/cup_pos.hpp>
#include <cipherlane/iso8583/field48.hpp>
#include <cipherlane/iso8583/field59.hpp>
#include <cipherlane/iso8583/field60.hpp>
#include <cipherlane/iso8583/field61.hpp>
#include <cipherlane/iso8583/field62.hpp>
#include <cipherlane/iso8583/field63.hpp>
#include <cipherlane/iso8583/pos_header.hpp>
#include <cipherlane/iso8583/sign_in_keys.hpp>
#include <cipherlane/iso8583/tpdu.hpp>

#include <algorithm>
#include <cstdlib>

namespace {

using namespace cipherlane;
using namespace cipherlane::iso8583;

void must(bool holds) {
    if (!holds) std::abort();
}

bool same(byte_view a, byte_view b) {
    return std::equal(a.begin(), a.end(), b.begin(), b.end());
}

constexpr subfield_spec packed_rows[] = {
    {.tag = "0001", .kind = kind::digits, .max = 999, .name = "digits"},
    {.tag = "9F26", .kind = kind::binary, .min = 8, .max = 8, .name = "binary"},
};
constexpr composite_spec packed_lengths{.style = composite_style::tagged,
    .tag_bytes = 2,
    .tag = encoding::binary,
    .length_bytes = 2,
    .length = length_encoding::bcd,
    .unknown = unknown_tags::refuse,
    .parts = packed_rows};
constexpr composite_spec ebcdic_lengths{
    .style = composite_style::tagged, .tag_bytes = 1, .length_bytes = 2, .length = length_encoding::ebcdic};
constexpr composite_spec wide_lengths{
    .style = composite_style::tagged, .tag_bytes = 1, .length_bytes = 2, .length = length_encoding::binary};
static_assert(valid(packed_lengths) && valid(ebcdic_lengths) && valid(wide_lengths));

/// BER lengths may be longer than they need be; then what is written is shorter.
enum class form : bool { only_one, many };

void composite(const composite_spec& spec, byte_view value, form lengths) {
    composite_reader reader(spec, value);
    composite_writer writer(spec);
    while (true) {
        const auto part = reader.next();
        if (!part) {
            must(part.error().offset().has_value() && *part.error().offset() <= value.size());
            return;
        }
        if (!*part) break;
        const auto& found = **part;
        must(same(value.subspan(found.offset, found.value.size()), found.value));
        if (found.spec != nullptr && found.spec->inside != nullptr)
            composite(*found.spec->inside, found.value, lengths);
        const auto first = find_subfield(spec, value, found.tag.view());
        must(first.has_value() && first->has_value());
        must(writer.add(found.tag.view(), found.value).has_value());
    }
    must(lengths == form::many ? writer.value().size() <= value.size() : same(writer.value(), value));
}

void digits(byte_view value) {
    const auto text = as_text(value);
    if (const auto read = field60::parse(text)) must(read->to_digits() == text);
    if (const auto read = field61::parse(text)) must(read->to_digits() == text);
    if (const auto read = settlement_totals::parse(text)) {
        const auto again = read->to_digits();
        must(again.has_value() && again->starts_with(text));
    }
    if (const auto read = parse_upload_records(text)) must(write_upload_records(*read).value() == text);
    if (const auto read = pos_header::parse(text)) must(read->digits() == text);
    if (const auto read = tpdu::parse(text)) must(read->to_string() == text && read->swapped().swapped() == *read);
    (void)field63::parse(text);
}

void keys(byte_view value) {
    for (const auto& layout : sign_in_layouts()) {
        const auto read = sign_in_keys::parse(value, layout);
        must(read.has_value() == (value.size() == layout.size()));
        if (read) must(same(read->to_field62(layout).value(), value));
    }
    if (const auto cryptogram = read_sm4_pin(value)) {
        must(read_sm4_pin(write_sm4_pin(*cryptogram).value()).has_value());
    }
}

void texts(byte_view value) {
    if (const auto text = gbk_to_utf8(value)) must(same(as_bytes(utf8_to_gbk(*text).value()), value));
    if (const auto wire = utf8_to_gbk(as_text(value))) must(gbk_to_utf8(as_bytes(*wire)).value() == as_text(value));
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    const byte_view value(data + 1, size - 1);
    switch (data[0] % 11) {
    case 0: composite(field59_format(), value, form::only_one); break;
    case 1: composite(field60_format(), value, form::only_one); break;
    case 2: composite(field61_format(), value, form::only_one); break;
    case 3: composite(field62_tlv_format(), value, form::only_one); break;
    case 4: composite(*cup_pos().field(55).inside, value, form::many); break;
    case 5: composite(packed_lengths, value, form::only_one); break;
    case 6: composite(ebcdic_lengths, value, form::only_one); break;
    case 7: composite(wide_lengths, value, form::only_one); break;
    case 8: digits(value); break;
    case 9: keys(value); break;
    default: texts(value); break;
    }
    return 0;
}
