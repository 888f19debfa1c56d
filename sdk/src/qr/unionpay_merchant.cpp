#include <cipherlane/core/digits.hpp>
#include <cipherlane/core/zero_padded.hpp>
#include <cipherlane/qr/errc.hpp>
#include <cipherlane/qr/mpm_check.hpp>
#include <cipherlane/qr/unionpay_merchant.hpp>

namespace cipherlane::qr {
namespace {

constexpr std::size_t iin_size = 8;
constexpr std::size_t merchant_size = 15;
constexpr std::uint8_t reference_label = 5;
constexpr std::uint8_t terminal_label = 7;

error refuse(std::string_view field) {
    return error(qr_errc::bad_value, layer::qr).during("issue code").in_field(field);
}

bool digits_of(std::string_view text, std::size_t size) noexcept {
    return text.size() == size && all_digits(text);
}

/// Sets what is not empty.
result<void> set_given(mpm_payload& payload, std::uint8_t id, std::string_view value) {
    return value.empty() ? result<void>() : payload.set(id, value);
}

result<void> set_given(mpm_payload& payload, std::uint8_t id, std::uint8_t sub, std::string_view value) {
    return value.empty() ? result<void>() : payload.set(id, sub, value);
}

struct code_terms {
    std::string_view initiation;
    currency unit;
    const amount* total; // null: the payer enters it
    std::string_view reference;
    std::string_view terminal;
};

result<mpm_payload> make_code(const unionpay_merchant& merchant, const code_terms& terms) {
    CIPHERLANE_TRY(const std::string account, unionpay_account(merchant));
    mpm_payload payload;
    CIPHERLANE_CHECK(payload.set(mpm_id::initiation, terms.initiation));
    CIPHERLANE_CHECK(payload.set(mpm_id::unionpay, account));
    CIPHERLANE_CHECK(set_given(payload, mpm_id::category, merchant.category));
    CIPHERLANE_CHECK(payload.set(mpm_id::currency, zero_padded(terms.unit.number, 3)));
    if (terms.total != nullptr) CIPHERLANE_CHECK(payload.set_amount(*terms.total));
    CIPHERLANE_CHECK(set_given(payload, mpm_id::country, merchant.country));
    CIPHERLANE_CHECK(set_given(payload, mpm_id::name, merchant.name));
    CIPHERLANE_CHECK(set_given(payload, mpm_id::city, merchant.city));
    CIPHERLANE_CHECK(set_given(payload, mpm_id::postal_code, merchant.postal_code));
    CIPHERLANE_CHECK(set_given(payload, mpm_id::additional, reference_label, terms.reference));
    CIPHERLANE_CHECK(set_given(payload, mpm_id::additional, terminal_label, terms.terminal));
    CIPHERLANE_CHECK(set_given(payload, mpm_id::language, 0, merchant.local_language));
    CIPHERLANE_CHECK(set_given(payload, mpm_id::language, 1, merchant.local_name));
    CIPHERLANE_CHECK(set_given(payload, mpm_id::language, 2, merchant.local_city));
    const auto violations = check_mpm(payload);
    if (!violations.empty()) return refuse(violations.front().objects.front());
    return payload;
}

} // namespace

result<std::string> unionpay_account(const unionpay_merchant& merchant) {
    const bool sound = digits_of(merchant.acquirer, iin_size) && digits_of(merchant.forwarder, iin_size) &&
                       merchant.merchant.size() == merchant_size;
    if (!sound) return refuse("15");
    return merchant.acquirer + merchant.forwarder + merchant.merchant;
}

result<mpm_payload> make_dynamic_code(
    const unionpay_merchant& merchant, const amount& total, std::string_view reference, std::string_view terminal) {
    if (reference.empty()) return refuse("62/05");
    return make_code(merchant, {"12", total.unit(), &total, reference, terminal});
}

result<mpm_payload> make_static_code(const unionpay_merchant& merchant, currency unit, std::string_view terminal) {
    return make_code(merchant, {"11", unit, nullptr, {}, terminal});
}

} // namespace cipherlane::qr
