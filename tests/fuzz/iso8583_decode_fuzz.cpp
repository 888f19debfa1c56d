// Any bytes: decode or refuse; what decodes must encode to the same bytes, and every print and sub-field reader must
// bear it. The first byte chooses the dialect.
#include <cipherlane/iso8583/codec.hpp>
#include <cipherlane/iso8583/cup_pos.hpp>
#include <cipherlane/iso8583/describe.hpp>
#include <cipherlane/iso8583/field48.hpp>
#include <cipherlane/iso8583/field60.hpp>
#include <cipherlane/iso8583/field61.hpp>
#include <cipherlane/iso8583/iso_dialects.hpp>
#include <cipherlane/iso8583/sign_in_keys.hpp>
#include <cipherlane/iso8583/transaction.hpp>

#include <algorithm>
#include <cstdlib>

namespace {

using namespace cipherlane;

void must(bool holds) {
    if (!holds) std::abort();
}

void round_trip(const iso8583::dialect& format, byte_view input, const iso8583::message_view& view) {
    const auto copy = view.to_message();
    const auto again = iso8583::encode(format, copy);
    must(again.has_value());
    must(std::equal(again->begin(), again->end(), input.begin(), input.end()));
    for (const int field : view.fields())
        must(view.equals(field, copy.get(field)));
    (void)iso8583::identify(view);
    (void)iso8583::answers(view, copy);
    if (const auto parsed = iso8583::field60::parse(copy.get(60))) must(parsed->to_digits() == copy.get(60));
    if (const auto parsed = iso8583::field61::parse(copy.get(61))) must(parsed->to_digits() == copy.get(61));
    if (const auto totals = iso8583::settlement_totals::parse(copy.get(48))) must(totals->to_digits().has_value());
    (void)iso8583::parse_upload_records(copy.get(48));
    (void)iso8583::sign_in_keys::parse(copy.binary(62));
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    const auto all = iso8583::built_in_dialects();
    const auto& format = *all[data[0] % all.size()];
    const byte_view input(data + 1, size - 1);
    const auto view = iso8583::decode(format, input);
    const auto partly = iso8583::decode_partly(format, input);
    must(view.has_value() == !partly.failure);
    (void)iso8583::describe(partly.view);
    (void)iso8583::describe(partly.view, iso8583::reveal::whole);
    if (view) round_trip(format, input, *view);
    return 0;
}
