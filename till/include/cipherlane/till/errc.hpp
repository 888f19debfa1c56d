#pragma once

#include <boost/system/error_code.hpp>

namespace cipherlane {

/// Error codes of `till`: why a till cannot be put together from its settings and parts. The comment gives the
/// condition.
enum class till_errc {
    no_file = 1,     ///< local_fault: a file that the settings name, or the settings themselves, cannot be read
    not_toml,        ///< bad_message: the settings break TOML's syntax
    bad_setting,     ///< misuse: a key that is unknown or missing, or a value that breaks its rule; see `error::hint`
    missing_setting, ///< misuse: something else in the file needs it
    not_built,       ///< unsupported: this version has no such part
    null_part,       ///< misuse: a part was given that is no part
    shared_part,     ///< misuse: a part of one terminal was given to a till of several
    in_use,          ///< misuse: a device or a terminal belongs to another till of this process
    device_busy,     ///< misuse: another terminal of this till is using the device
    test_key,        ///< misuse: a key that everybody knows, and a host or gateway that is not this machine
    nobody_on_duty,  ///< misuse: an operator must sign on first
    no_right,        ///< misuse: the operator on duty may not do this; the field is the right, the hint says who may
    wrong_secret,    ///< misuse: no such operator, or another secret
    locked_out,      ///< misuse: too many wrong secrets; the hint says until when
    rule_refuses,    ///< misuse: a rule forbids it; the hint names it, its source and what would be allowed
    risk_refuses,    ///< misuse: whoever judges risk has rejected it, or wants somebody who may review it
    no_such_terminal, ///< misuse: the settings name no such terminal
    no_route,         ///< misuse: all routes are closed by hand, or there is none to that host
};

[[nodiscard]] boost::system::error_code make_error_code(till_errc value) noexcept;

} // namespace cipherlane

template <>
struct boost::system::is_error_code_enum<cipherlane::till_errc> : std::true_type {};
