#include <cipherlane/core/amount.hpp>
#include <cipherlane/core/errc.hpp>

#include <ostream>

namespace cipherlane {

result<amount> amount::parse(std::string_view text, currency unit) {
    std::int64_t minor = 0;
    std::size_t decimals = 0;
    bool after_point = false;
    if (text.empty()) return error(core_errc::wrong_length, layer::core).during("amount");
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '.' && !after_point && i > 0 && i + 1 < text.size()) {
            after_point = true;
            continue;
        }
        if (text[i] < '0' || text[i] > '9') {
            return error(core_errc::not_digits, layer::core).during("amount").at_offset(i);
        }
        minor = minor * 10 + (text[i] - '0');
        decimals += after_point ? 1 : 0;
        if (minor > max_minor || decimals > unit.decimals) {
            return error(core_errc::out_of_range, layer::core).during("amount").at_offset(i);
        }
    }
    for (; decimals < unit.decimals; ++decimals)
        minor *= 10;
    if (minor > max_minor) return error(core_errc::out_of_range, layer::core).during("amount");
    return amount(minor, unit);
}

std::string amount::to_string() const {
    std::string digits = std::to_string(minor_);
    if (unit_.decimals == 0) return digits;
    if (digits.size() <= unit_.decimals) digits.insert(0, unit_.decimals + 1 - digits.size(), '0');
    digits.insert(digits.size() - unit_.decimals, ".");
    return digits;
}

std::string amount::to_n12() const {
    std::string digits = std::to_string(minor_);
    if (digits.size() < 12) digits.insert(0, 12 - digits.size(), '0');
    return digits;
}

std::ostream& operator<<(std::ostream& out, const amount& value) {
    return out << value.to_string();
}

} // namespace cipherlane
