#include <cipherlane/core/error_category.hpp>
#include <cipherlane/reconcile/errc.hpp>

namespace cipherlane {
namespace {

constexpr errc_row rows[] = {
    {reconcile_errc::cannot_read, condition::local_fault, "statement cannot be read"},
    {reconcile_errc::bad_form, condition::bad_message, "description of the statement is wrong"},
    {reconcile_errc::wrong_encoding, condition::bad_message, "not in the statement's character set"},
    {reconcile_errc::bad_line, condition::bad_message, "line does not have the statement's form"},
    {reconcile_errc::cut_short, condition::bad_message, "statement ends before its end"},
    {reconcile_errc::wrong_total, condition::bad_message, "rows do not add up to the statement's own totals"},
    {reconcile_errc::behind_end, condition::bad_message, "something stands behind the statement's end"},
    {reconcile_errc::given_twice, condition::misuse, "the same statement was given before"},
};

const table_category category{"cipherlane.reconcile", rows};

} // namespace

boost::system::error_code make_error_code(reconcile_errc value) noexcept {
    return category.code(value);
}

} // namespace cipherlane
