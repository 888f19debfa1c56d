#include "cup_subfields.hpp"
#include "digit_parts.hpp"

#include <cipherlane/iso8583/field60.hpp>

namespace cipherlane::iso8583 {

result<field60> field60::parse(std::string_view digits) {
    field60 out;
    digit_parts parts(digits);
    CIPHERLANE_CHECK(parts.take(out.type, "60.1"));
    CIPHERLANE_CHECK(parts.take(out.batch, "60.2"));
    CIPHERLANE_CHECK(parts.take(out.network, "60.3"));
    CIPHERLANE_CHECK(parts.take(out.reader, "60.4"));
    CIPHERLANE_CHECK(parts.take(out.ic_condition, "60.5"));
    CIPHERLANE_CHECK(parts.take(out.partial_amount, "60.6"));
    CIPHERLANE_CHECK(parts.take(out.account, "60.7"));
    if (out.batch.empty()) return fail(iso8583_errc::bad_subfield, "sub-fields", "60.2", digits.size());
    if (!parts.done()) return fail(iso8583_errc::trailing_bytes, "sub-fields", "60", parts.at());
    return out;
}

std::string field60::to_digits() const {
    std::string digits;
    for (const auto part : {type.view(), batch.view(), network.view(), reader.view(), ic_condition.view(),
             partial_amount.view(), account.view()}) {
        if (part.empty()) break;
        digits += part;
    }
    return digits;
}

const composite_spec& field60_format() noexcept {
    return parts60;
}

} // namespace cipherlane::iso8583
