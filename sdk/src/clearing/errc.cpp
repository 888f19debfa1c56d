#include <cipherlane/clearing/errc.hpp>
#include <cipherlane/core/error_category.hpp>

namespace cipherlane {
namespace {

constexpr errc_row clearing_rows[] = {
    {clearing_errc::cannot_read, condition::local_fault, "file of fees cannot be read"},
    {clearing_errc::bad_fees, condition::bad_message, "file of fees is wrong"},
    {clearing_errc::no_fee, condition::misuse, "no fee is agreed for this category"},
    {clearing_errc::bad_shares, condition::misuse, "shares cannot be paid out"},
    {clearing_errc::too_much, condition::misuse, "sums are too large"},
    {clearing_errc::other_currency, condition::misuse, "not in the currency of the book"},
    {clearing_errc::no_font, condition::local_fault, "no font for a printed statement"},
    {clearing_errc::cannot_write, condition::local_fault, "statement cannot be written"},
    {clearing_errc::does_not_add_up, condition::misuse, "lines do not add up to their day"},
};

const table_category clearing_category{"cipherlane.clearing", clearing_rows};

} // namespace

boost::system::error_code make_error_code(clearing_errc value) noexcept {
    return clearing_category.code(value);
}

} // namespace cipherlane
