#pragma once

#include <cipherlane/ports/display.hpp>

#include <string>

namespace cipherlane::drivers {

/// The words a display shows that are not the caller's.
struct wording {
    std::string approved = "Paid";
    std::string declined = "Declined";
    std::string cancelled = "Cancelled";
    std::string expired = "Code expired";
    std::string to_pay = "Total";
    std::string scan = "Scan to pay";
    std::string remaining = "s left"; ///< after the number of seconds
    std::string currency_mark;        ///< before an amount, e.g. "¥"; empty: none

    [[nodiscard]] static wording english() { return {}; }
    [[nodiscard]] static wording chinese();

    [[nodiscard]] const std::string& outcome(ports::payment_outcome what) const noexcept;
    [[nodiscard]] std::string money(const amount& total) const { return currency_mark + total.to_string(); }
};

} // namespace cipherlane::drivers
