#pragma once

#include <cipherlane/acquiring/flow.hpp>
#include <cipherlane/acquiring/service_request.hpp>

namespace cipherlane::acquiring {

/// Asks the host for one of its services (MTI 0820, 0800 for a master key). None of them moves money, none is sealed
/// with a MAC, and silence is `timed_out`.
///
/// A list comes page by page, is kept in the journal after each page (`store::find_list`) and given to the PIN pad
/// where its kernel takes it: what was broken off on the same day goes on where it stopped. They run by themselves
/// before a trade when the host asks for them in its header (processing requests 1, 2, 4, 5), in the time that the
/// trade's call leaves beyond card and host's answer; one that fails then holds no trade up and is tried again before
/// the next, one that is not answered after some minutes. Its wish for a remote update (6) is raised as an alert.
/// Lists and the status move no money: their call's deadline ends the wait for an answer.
///
/// A master key is asked for only where sealer and PIN pad both can take it (`unsupported` otherwise); it is proved
/// by its check value and kept, encrypted under the one before it.
/// @return `rejected_by_peer` with the host's code (`service_refused`, `check_value_wrong`), `bad_message`
/// (`bad_answer`), `timed_out`, `link_lost`, `unsupported`.
using host_service = flow<service_request, service_report>;

extern template class flow<service_request, service_report>;

} // namespace cipherlane::acquiring
