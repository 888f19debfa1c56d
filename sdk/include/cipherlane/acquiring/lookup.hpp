#pragma once

#include <cipherlane/acquiring/payment.hpp>
#include <cipherlane/acquiring/refunds.hpp>
#include <cipherlane/ports/store.hpp>

#include <optional>
#include <string_view>

namespace cipherlane::acquiring {

struct trade_request;

/// A record as it may be told now: an approval of which its card has not said yet what it makes of it
/// (`ledger::records::at_card`), in whatever process, is not decided, as the card may still undo it.
[[nodiscard]] ports::journal_record as_told_now(ports::journal_record record);
/// What the journal says about the payment of a terminal that was begun with this key: whether it stands, was voided
/// or given back since. Asks the journal alone: nothing is paid, sent or decided, and no lane is needed. Nothing
/// where the key has not been used. For any thread. Errors: the journal's.
[[nodiscard]] result<std::optional<payment>> lookup(
    ports::store& journal, std::string_view terminal_id, std::string_view key, const call& bounds);
/// The same by `payment::handle`. Nothing where the terminal has no such payment.
[[nodiscard]] result<std::optional<payment>> lookup(
    ports::store& journal, std::string_view terminal_id, std::uint64_t handle, const call& bounds);
/// What a trade that is asked for now would find under its key: the payment, where the key has been used for the same
/// trade, amount and original; nothing where the key is free, also since nothing of the earlier attempt has left. To
/// be asked before somebody is troubled for a code, and where a lane has refused the trade before its turn. What is
/// `unknown` is to be asked for at the lane, which asks the host. Of a void or refund the kind need not be exact.
/// @return `key_reused` where the key belongs to something else.
[[nodiscard]] result<std::optional<payment>> lookup(
    ports::store& journal, std::string_view terminal_id, const trade_request& wish, const call& bounds);

} // namespace cipherlane::acquiring
