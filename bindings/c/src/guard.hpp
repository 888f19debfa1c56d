#pragma once

#include <cipherlane/c/status.h>
#include <cipherlane/core/result.hpp>

#include <new>
#include <string>

// What every entry point of the C interface goes through: arguments that cannot be, errors and exceptions become a
// status; nothing else leaves.

namespace cipherlane::c {

/// Codes of the interface itself; `status.h` has the same numbers.
enum class c_errc {
    null_argument = CIPHERLANE_CODE_NULL_ARGUMENT,
    bad_handle = CIPHERLANE_CODE_BAD_HANDLE,
    in_use = CIPHERLANE_CODE_IN_USE,
    bad_argument = CIPHERLANE_CODE_BAD_ARGUMENT,
    no_room = CIPHERLANE_CODE_NO_ROOM,
    no_field = CIPHERLANE_CODE_NO_FIELD,
    no_memory = CIPHERLANE_CODE_NO_MEMORY,
    fault = CIPHERLANE_CODE_FAULT,
    outcome_unknown = CIPHERLANE_CODE_OUTCOME_UNKNOWN,
};
[[nodiscard]] boost::system::error_code make_error_code(c_errc value) noexcept;

/// An error of the interface itself about an argument.
[[nodiscard]] error refuse(c_errc why, std::string_view argument) noexcept;

/// The condition of an error as its number in `status.h`.
[[nodiscard]] cipherlane_condition condition_of(const error& why) noexcept;

/// Fills a status that may be null.
void tell_ok(cipherlane_status* why) noexcept;
cipherlane_condition tell(const error& what, cipherlane_status* why) noexcept;

/// The exception under way as an error. Call it in a handler only.
[[nodiscard]] error current_fault() noexcept;

/// Runs `body`, which returns `result<void>`: the one guard of all entry points.
template <class Body>
cipherlane_condition guard(cipherlane_status* why, Body&& body) noexcept {
    try {
        if (const result<void> end = body(); !end) return tell(end.error(), why);
        tell_ok(why);
        return CIPHERLANE_OK;
    } catch (...) {
        return tell(current_fault(), why);
    }
}

} // namespace cipherlane::c

template <>
struct boost::system::is_error_code_enum<cipherlane::c::c_errc> : std::true_type {};
