#pragma once

#include <cipherlane/acquiring/flow.hpp>
#include <cipherlane/acquiring/sign_in_report.hpp>

namespace cipherlane::acquiring {

struct sign_in_request {};

/// Signs the terminal in (签到): MTI 0800, working keys from field 62. The check values of the MAC key (TAK) and,
/// where the sealer holds the master key, of the PIN key (TPK) are verified before the keys are used; the keys are
/// stored as delivered, encrypted under the master key. Runs by itself before a trade when the host asks for it
/// (processing request 3 in the header, answer code A0). Pending reversals are not touched.
/// @return `rejected_by_peer` with the host's code (`sign_in_refused`, `check_value_wrong`), `bad_message`
/// (`bad_working_keys`), `timed_out`, `link_lost`.
using sign_in = flow<sign_in_request, sign_in_report>;

extern template class flow<sign_in_request, sign_in_report>;

} // namespace cipherlane::acquiring
