#pragma once

#include <boost/system/error_code.hpp>

namespace cipherlane {

/// Error codes of `clearing`.
enum class clearing_errc {
    cannot_read = 1, ///< no such file of fees, or not one that can be read
    bad_fees,        ///< the file of fees has a fault
    no_fee,          ///< no rule for this merchant category, and no rule for all
    bad_shares,      ///< shares without a party, of nothing, or too large
    too_much,        ///< sums beyond what an amount holds
    other_currency,  ///< an item in another currency than its book
    no_font,         ///< for a printed statement: none of the usual ones is there, or not the one that is named
    cannot_write,    ///< a printed statement, into its file
    does_not_add_up, ///< the lines of a printed statement are not what its day comes to
};

[[nodiscard]] boost::system::error_code make_error_code(clearing_errc value) noexcept;

} // namespace cipherlane

template <>
struct boost::system::is_error_code_enum<cipherlane::clearing_errc> : std::true_type {};
