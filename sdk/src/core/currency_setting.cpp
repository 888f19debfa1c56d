#include <cipherlane/core/currency_setting.hpp>

namespace cipherlane {

void read_currency(toml_reader& in, currency& to) {
    auto number = to.number;
    in.number("currency", number, 1, 999);
    if (const auto listed = find_currency(number)) {
        to = *listed;
    } else {
        in.fail("currency", "expected a number of ISO 4217, such as 156");
    }
}

} // namespace cipherlane
