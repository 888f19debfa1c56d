#include "flow/own_code.hpp"

#include <cipherlane/qr/mpm.hpp>

#include <algorithm>

namespace cipherlane::acquiring {
namespace {

namespace id = qr::mpm_id;

constexpr std::string_view used_once = "12"; ///< object 01: a dynamic code
constexpr std::uint8_t scheme_id = 0;
constexpr std::uint8_t account_id = 1;
constexpr std::uint8_t reference_label = 5;
constexpr std::uint8_t terminal_label = 7;

result<void> set_account(qr::mpm_payload& code, const qr_settings& of) {
    const auto tag = static_cast<std::uint8_t>(of.account_tag);
    if (tag < id::first_template) return code.set(tag, of.account);
    CIPHERLANE_CHECK(code.set(tag, scheme_id, of.account_scheme));
    return code.set(tag, account_id, of.account);
}

} // namespace

result<std::string> build_own_code(
    const terminal_settings& settings, std::string_view order_number, const amount& total) {
    const auto terminal = std::min(order_number.size(), settings.terminal_id.size());
    qr::mpm_payload code;
    CIPHERLANE_CHECK(code.set(id::initiation, used_once));
    CIPHERLANE_CHECK(set_account(code, settings.qr));
    CIPHERLANE_CHECK(code.set(id::category, settings.qr.category));
    CIPHERLANE_CHECK(code.set_amount(total));
    CIPHERLANE_CHECK(code.set(id::country, settings.qr.country));
    CIPHERLANE_CHECK(code.set(id::name, settings.qr.name));
    CIPHERLANE_CHECK(code.set(id::city, settings.qr.city));
    CIPHERLANE_CHECK(code.set(id::additional, reference_label, order_number.substr(terminal)));
    CIPHERLANE_CHECK(code.set(id::additional, terminal_label, order_number.substr(0, terminal)));
    return code.to_text();
}

} // namespace cipherlane::acquiring
