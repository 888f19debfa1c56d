#pragma once

#include <cipherlane/acquiring/flow.hpp>
#include <cipherlane/acquiring/sign_in_report.hpp>

#include <cstdint>

namespace cipherlane::acquiring {

struct sign_in_request {
    /// A person's word, agreed with the acquirer: the terminal, whose open batch is empty, begins this one, a later
    /// one. 0: the open batch stays.
    std::uint32_t begin_batch = 0;
};

/// Signs the terminal in (签到): MTI 0800, working keys from field 62. The check values of the MAC key (TAK) and,
/// where the sealer holds the master key, of the PIN key (TPK) are verified before the keys are used; the keys are
/// stored as delivered, encrypted under the master key. Runs by itself before a trade when the host asks for it
/// (processing request 3 in the header, answer code A0). Pending reversals are not touched.
///
/// A host that names a later batch in its answer (60.2) than the open one has settled batches that this journal does
/// not know: `alert_kind::host_ahead`. A terminal that has never signed in from its journal then does not begin: the
/// journal that it had may be lost, and numbers that the host has seen would come again.
/// @return `rejected_by_peer` with the host's code (`sign_in_refused`, `check_value_wrong`), `bad_message`
/// (`bad_working_keys`), `timed_out`, `link_lost`, `misuse` (`host_ahead`, as above; `bad_request` and the journal's
/// for a batch that cannot be begun).
using sign_in = flow<sign_in_request, sign_in_report>;

extern template class flow<sign_in_request, sign_in_report>;

} // namespace cipherlane::acquiring
