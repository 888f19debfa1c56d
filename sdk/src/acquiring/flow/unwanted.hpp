#pragma once

#include "flow/besides.hpp"
#include "lane/lane_core.hpp"

namespace cipherlane::acquiring {

/// Payments that their order did not want: after its end, or a second one. Each goes back, once.

/// Gives a payment back: a record of its own, durable before the gateway is asked, by a key that is the payment's, so
/// that the same news never gives back twice. The gateway is asked at once where that may be, and where it does not
/// decide it again by `send_returns`, by the same number. Nothing where the settings leave it to a person, or the
/// gateway has not named the payment.
/// @return what kept it from becoming durable: then nothing was asked for, and the news must be heard again.
[[nodiscard]] result<void> give_back_unwanted(
    lane_core& on, const ports::journal_record& order, const ports::qr_order_status& told, besides& spare);

/// Whether a payment of that order that was told after its end is being given back, or was: no person decides then.
[[nodiscard]] result<bool> is_given_back(lane_core& on, const ports::journal_record& order);

/// Whether a payment of that order that was told after its end has gone back: then the order is `refunded`, and that
/// is written where the till had ended before it could.
[[nodiscard]] bool end_given_back(lane_core& on, ports::journal_record& order);

/// Asks for what is to be given back and is not decided, oldest first. What cannot be done now stays.
void send_returns(lane_core& on, besides& spare);
/// The oldest of them alone: a customer waits.
void send_oldest_return(lane_core& on, besides& spare);

} // namespace cipherlane::acquiring
