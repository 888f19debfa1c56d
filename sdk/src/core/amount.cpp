#include <cipherlane/core/amount.hpp>
#include <cipherlane/core/errc.hpp>
#include <cipherlane/core/zero_padded.hpp>

#include <ostream>

namespace cipherlane {

result<amount> amount::from_minor(std::int64_t minor, currency unit) {
    if (minor < 0 || minor > max_minor) return error(core_errc::out_of_range, layer::core).during("amount");
    return amount(minor, unit);
}

result<amount> amount::parse(std::string_view text, currency unit) {
    const auto scanned = detail::scan_amount(text, unit.decimals);
    const auto fail = [&](core_errc why) {
        const auto form = unit.decimals == 0 ? std::string("without a point")
                                             : "with at most " + std::to_string(unit.decimals) + " behind the point";
        return error(why, layer::core).during("amount").with_hint("expected up to 12 digits, " + form);
    };
    switch (scanned.fault) {
    case detail::amount_fault::empty: return fail(core_errc::wrong_length);
    case detail::amount_fault::no_digit: return fail(core_errc::not_digits).at_offset(scanned.at);
    case detail::amount_fault::out_of_range: return fail(core_errc::out_of_range).at_offset(scanned.at);
    case detail::amount_fault::none: break;
    }
    return amount(scanned.minor, unit);
}

std::string amount::to_string() const {
    const bool below = minor_ < 0;
    // Of the least number there is no opposite; its digits are those of this one.
    const auto size = below ? 0 - static_cast<std::uint64_t>(minor_) : static_cast<std::uint64_t>(minor_);
    auto digits = zero_padded(size, unit_.decimals + 1U);
    if (unit_.decimals != 0) digits.insert(digits.size() - unit_.decimals, ".");
    if (below) digits.insert(0, "-");
    return digits;
}

std::string amount::to_n12() const {
    return zero_padded(minor_, 12);
}

std::ostream& operator<<(std::ostream& out, const amount& value) {
    return out << value.to_string();
}

} // namespace cipherlane
