#pragma once

#include <cipherlane/core/result.hpp>

#include <string>

namespace cipherlane::acquiring {

/// How a sale is paid in instalments (分期付款). Goes out in field 62: periods 2 digits, plan code 30 characters, fee
/// mode 1 digit. The order of the three is general knowledge (doubtful).
struct instalment_plan {
    int periods = 0;     ///< 2 to 99
    std::string code;    ///< the issuer's code of the plan, up to 30 letters and digits
    char fee_mode = '0'; ///< who pays the fee, and when: a digit, as the issuer says

    /// Field 62, 33 characters. @return `acquiring_errc::bad_request` with the member's name.
    [[nodiscard]] result<std::string> to_field62() const;
};

} // namespace cipherlane::acquiring
