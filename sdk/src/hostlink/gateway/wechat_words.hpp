#pragma once

#include "json_reader.hpp"

#include <cipherlane/core/result.hpp>
#include <cipherlane/hostlink/gateway/wechat_platform.hpp>
#include <cipherlane/ports/qr_gateway.hpp>

#include <cstdint>
#include <string>
#include <string_view>

/// WeChat Pay's words, and what they mean for money.
namespace cipherlane::hostlink::wechat {

/// What a refusal says about the order that was asked about.
enum class meaning : std::uint8_t {
    refused,  ///< nothing was done by this call
    look,     ///< nothing by this call, and the order may be there in another state: its query tells
    no_order, ///< there is none of this number
    waits,    ///< accepted: the payer is at it
    unknown,  ///< everything else, and every 5xx
};
[[nodiscard]] meaning meaning_of(unsigned status, std::string_view code) noexcept;

/// A member that must be ours. @return `hostlink_errc::unreadable_answer` with it.
[[nodiscard]] result<void> same_text(const json_reader& read, std::string_view member, std::string_view ours);

/// What `trade_state` says, in the port's words.
/// @param transaction the number of a payment, empty where there was none: a reversed order had one if it was paid.
/// @return `hostlink_errc::unreadable_answer` for a word that is none; `not_done_yet` for REFUND, which does not say
/// how much.
[[nodiscard]] result<ports::qr_order_state> state_of(std::string_view trade_state, std::string_view transaction);

/// An order's state out of an answer or a notice: merchant, application and currency are compared, and the number
/// where one was asked about.
/// @return `hostlink_errc::unreadable_answer` with the member that is missing or another's.
struct told_order {
    ports::qr_order_status status;
    std::string trade_state;
    amount total; ///< of the order, whatever its state
};
[[nodiscard]] result<told_order> read_order(const merchant& of, std::string_view order_number, std::string_view json);

} // namespace cipherlane::hostlink::wechat
