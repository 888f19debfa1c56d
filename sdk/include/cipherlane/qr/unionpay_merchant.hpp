#pragma once

#include <cipherlane/core/amount.hpp>
#include <cipherlane/core/result.hpp>
#include <cipherlane/qr/mpm.hpp>

#include <string>
#include <string_view>

namespace cipherlane::qr {

/// Who issues a UnionPay merchant-presented code (银联商户主扫码).
struct unionpay_merchant {
    std::string acquirer;  ///< IIN, 8 digits
    std::string forwarder; ///< IIN, 8 digits
    std::string merchant;  ///< merchant number, 15 characters
    std::string category;  ///< MCC, 4 digits
    std::string name;      ///< Common Character Set, at most 25
    std::string city;      ///< Common Character Set, at most 15
    std::string country = "CN";
    std::string postal_code;    ///< empty: left out
    std::string local_language; ///< "ZH"; empty: object 64 left out
    std::string local_name;     ///< at most 25 characters
    std::string local_city;     ///< empty: left out
};

/// The value of object 15: acquirer, forwarder and merchant, 31 characters together.
///
/// The split 8 + 8 + 15 is inferred from two payloads of independent origin, not read in a specification.
/// @return `qr_errc::bad_value` with the field "15".
[[nodiscard]] result<std::string> unionpay_account(const unionpay_merchant& merchant);

/// A code for one payment: 01 = 12, the amount, a reference the notification comes back with (62-05, at most 25
/// characters), the terminal (62-07; empty: left out).
/// @return `qr_errc::bad_value` with the object of the first rule of `check_mpm` that the payload would break.
[[nodiscard]] result<mpm_payload> make_dynamic_code(const unionpay_merchant& merchant, const amount& total,
    std::string_view reference, std::string_view terminal = {});

/// A code that is used again: 01 = 11, no amount (the payer enters it).
[[nodiscard]] result<mpm_payload> make_static_code(
    const unionpay_merchant& merchant, currency unit = cny, std::string_view terminal = {});

} // namespace cipherlane::qr
