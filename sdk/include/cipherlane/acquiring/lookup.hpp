#pragma once

#include <cipherlane/acquiring/payment.hpp>
#include <cipherlane/ports/store.hpp>

#include <optional>
#include <string_view>

namespace cipherlane::acquiring {

/// What the journal says about the payment of a terminal that was begun with this key: whether it stands, was voided
/// or given back since. Asks the journal alone: nothing is paid, sent or decided, and no lane is needed. Nothing
/// where the key has not been used. For any thread. Errors: the journal's.
[[nodiscard]] result<std::optional<payment>> lookup(
    ports::store& journal, std::string_view terminal_id, std::string_view key, const call& bounds);
/// The same by `payment::handle`. Nothing where the terminal has no such payment.
[[nodiscard]] result<std::optional<payment>> lookup(
    ports::store& journal, std::string_view terminal_id, std::uint64_t handle, const call& bounds);

/// Fills in what has been given back of an approved payment; what is not decided is left out. One of which everything
/// went back becomes `refunded`.
[[nodiscard]] result<void> tell_refunds(ports::store& journal, payment& value, const call& bounds);

} // namespace cipherlane::acquiring
