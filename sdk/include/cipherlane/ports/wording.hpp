#pragma once

#include <cipherlane/core/language.hpp>
#include <cipherlane/ports/display.hpp>

#include <string>

namespace cipherlane::ports {

/// The words a customer display shows that are not the caller's; from the table of words, and each may be changed.
struct wording {
    wording()
        : wording(language::english) {}

    std::string approved;
    std::string declined;
    std::string cancelled;
    std::string expired;
    std::string unknown;
    std::string to_pay;
    std::string scan;
    /// The same where there is no room for all of it in letters that can be read.
    std::string scan_brief;
    std::string expired_brief;
    std::string remaining;     ///< after the number of seconds
    std::string currency_mark; ///< before an amount in `marked`, e.g. "¥"; empty: none
    currency marked = cny;     ///< amounts in another currency have its letters instead: "USD 12.34"

    [[nodiscard]] static wording of(language in) { return wording(in); }
    [[nodiscard]] static wording english() { return of(language::english); }
    [[nodiscard]] static wording chinese() { return of(language::chinese); }

    [[nodiscard]] const std::string& outcome(payment_outcome what) const noexcept;
    /// Where there is little room; the same as `outcome` where that is short already.
    [[nodiscard]] const std::string& brief_outcome(payment_outcome what) const noexcept;
    [[nodiscard]] std::string money(const amount& total) const;

  private:
    explicit wording(language in);
};

} // namespace cipherlane::ports
