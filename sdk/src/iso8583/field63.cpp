#include "fail.hpp"

#include <cipherlane/iso8583/field63.hpp>

namespace cipherlane::iso8583 {

result<field63> field63::parse(std::string_view value) {
    if (value.size() < 3) return fail(iso8583_errc::bad_subfield, "sub-fields", "63.1", value.size());
    field63 out{.organisation = value.substr(0, 3), .texts = value.substr(3)};
    while (out.organisation.ends_with(' '))
        out.organisation.remove_suffix(1);
    return out;
}

} // namespace cipherlane::iso8583
