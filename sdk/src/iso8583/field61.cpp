#include "cup_subfields.hpp"
#include "digit_parts.hpp"

#include <cipherlane/iso8583/field61.hpp>

namespace cipherlane::iso8583 {

result<field61> field61::parse(std::string_view digits) {
    field61 out;
    digit_parts parts(digits);
    CIPHERLANE_CHECK(parts.take(out.batch, "61.1"));
    CIPHERLANE_CHECK(parts.take(out.trace, "61.2"));
    CIPHERLANE_CHECK(parts.take(out.date, "61.3"));
    CIPHERLANE_CHECK(parts.take(out.auth_mode, "61.4"));
    CIPHERLANE_CHECK(parts.take(out.auth_organisation, "61.5", 1));
    if (out.trace.empty()) return fail(iso8583_errc::bad_subfield, "sub-fields", "61.2", digits.size());
    if (!parts.done()) return fail(iso8583_errc::trailing_bytes, "sub-fields", "61", parts.at());
    return out;
}

std::string field61::to_digits() const {
    std::string digits;
    for (const auto part : {batch.view(), trace.view(), date.view(), auth_mode.view(), auth_organisation.view()}) {
        if (part.empty()) break;
        digits += part;
    }
    return digits;
}

const composite_spec& field61_format() noexcept {
    return parts61;
}

} // namespace cipherlane::iso8583
