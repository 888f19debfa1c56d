#pragma once

#include <boost/system/error_code.hpp>

namespace cipherlane {

/// Error codes of `reconcile`: why a statement, or the description of its form, was not taken. Errors name the file,
/// the line, what was found and what is allowed.
enum class reconcile_errc {
    cannot_read = 1, ///< no such file, or not one that can be read
    bad_form,        ///< the description of the form has a fault
    wrong_encoding,  ///< bytes that are not in the character set of the form
    bad_line,        ///< a line that does not have the form
    cut_short,       ///< the file ends before its end
    wrong_total,     ///< rows and totals of the file do not agree: something is missing or has been changed
    behind_end,      ///< rows behind the end: two files in one
    given_twice,     ///< the same file has been given before
};

[[nodiscard]] boost::system::error_code make_error_code(reconcile_errc value) noexcept;

} // namespace cipherlane

template <>
struct boost::system::is_error_code_enum<cipherlane::reconcile_errc> : std::true_type {};
