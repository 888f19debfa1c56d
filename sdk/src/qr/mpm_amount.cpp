#include <cipherlane/qr/errc.hpp>
#include <cipherlane/qr/mpm.hpp>

#include <algorithm>
#include <array>
#include <charconv>

namespace cipherlane::qr {
namespace {

// ISO 4217: the currencies whose minor unit is not a hundredth, by number.
constexpr std::array exponents{
    currency{48, 3},
    currency{108, 0},
    currency{152, 0},
    currency{174, 0},
    currency{262, 0},
    currency{324, 0},
    currency{352, 0},
    currency{368, 3},
    currency{392, 0},
    currency{400, 3},
    currency{410, 0},
    currency{414, 3},
    currency{434, 3},
    currency{512, 3},
    currency{548, 0},
    currency{600, 0},
    currency{646, 0},
    currency{704, 0},
    currency{788, 3},
    currency{800, 0},
    currency{927, 4},
    currency{940, 0},
    currency{950, 0},
    currency{952, 0},
    currency{953, 0},
    currency{990, 4},
};
static_assert(std::is_sorted(exponents.begin(), exponents.end()));

} // namespace

currency currency_by_number(std::uint16_t number) noexcept {
    const auto at = std::lower_bound(exponents.begin(), exponents.end(), number,
        [](const currency& row, std::uint16_t wanted) { return row.number < wanted; });
    if (at != exponents.end() && at->number == number) return *at;
    return {number, 2};
}

result<void> mpm_payload::set_amount(const cipherlane::amount& total) {
    if (total.minor() == 0) return error(qr_errc::bad_value, layer::qr).during("write MPM").in_field("54");
    std::string number = std::to_string(total.unit().number);
    number.insert(0, number.size() < 3 ? 3 - number.size() : 0, '0');
    CIPHERLANE_CHECK(set(mpm_id::currency, number));
    return set(mpm_id::amount, total.to_string());
}

result<std::optional<amount>> mpm_payload::total() const {
    const auto text = find(mpm_id::amount);
    if (!text) return std::optional<amount>();
    const auto number = find(mpm_id::currency);
    std::uint16_t unit = 0;
    if (!number || std::from_chars(number->data(), number->data() + number->size(), unit).ptr !=
                       number->data() + number->size()) {
        return error(qr_errc::missing_value, layer::qr).during("read MPM").in_field("53");
    }
    // "98." is an amount of whole units (EMVCo QRCPS MPM v1.1, 4.7.5).
    const auto digits = text->ends_with('.') ? text->substr(0, text->size() - 1) : *text;
    auto value = amount::parse(digits, currency_by_number(unit));
    if (!value) return std::move(value).error().in_field("54");
    return std::optional<amount>(*value);
}

} // namespace cipherlane::qr
