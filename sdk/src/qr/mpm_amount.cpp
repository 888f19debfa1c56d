#include <cipherlane/core/zero_padded.hpp>
#include <cipherlane/qr/errc.hpp>
#include <cipherlane/qr/mpm.hpp>

#include <charconv>

namespace cipherlane::qr {

currency currency_by_number(std::uint16_t number) noexcept {
    return find_currency(number).value_or(currency{number, 2});
}

result<void> mpm_payload::set_amount(const cipherlane::amount& total) {
    if (total.minor() == 0) return error(qr_errc::bad_value, layer::qr).during("write MPM").in_field("54");
    CIPHERLANE_CHECK(set(mpm_id::currency, zero_padded(total.unit().number, 3)));
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
