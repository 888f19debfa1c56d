#pragma once

#include <boost/system/error_code.hpp>

namespace cipherlane::hsm {

/// Error codes of `hsm`.
enum class hsm_errc {
    refused = 1,    ///< the unit answered with an error; `peer_code` says which
    verification,   ///< the unit compared, and it does not match
    out_of_service, ///< refused in a way that takes the unit out: not authorised, LMK changed
    unknown_command,
    unsupported, ///< the profile has no command for the operation, or not in this form
    missing_field,
    bad_value,
    bad_length,
    incomplete,   ///< more bytes are needed
    left_over,    ///< bytes after the end of the message
    wrong_answer, ///< the answer's code belongs to another command
    wrong_header, ///< the header did not come back as sent
    bad_scheme,   ///< a key's tag is none of this dialect
    key_length,   ///< a key's digits do not fit its tag
    bad_block,    ///< a key block's header is malformed
    profile_syntax,
    profile_value,
    no_profile,
    no_unit, ///< no unit of the pool is usable now
    closed,
    late_answer,
    lost_answer,       ///< the request left and no answer came
    busy,              ///< the client's one call at a time is under way
    own_thread,        ///< a blocking call in a handler of the pool would wait for itself
    unreadable_answer, ///< one came that is none of the command; what the unit did cannot be known
};

[[nodiscard]] boost::system::error_code make_error_code(hsm_errc value) noexcept;

} // namespace cipherlane::hsm

template <>
struct boost::system::is_error_code_enum<cipherlane::hsm::hsm_errc> : std::true_type {};
