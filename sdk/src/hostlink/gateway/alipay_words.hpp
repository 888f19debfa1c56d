#pragma once

#include <cipherlane/core/result.hpp>
#include <cipherlane/ports/qr_gateway.hpp>

#include <cstdint>
#include <string>
#include <string_view>

/// Alipay's words, and what they mean for money.
namespace cipherlane::hostlink::alipay {

enum class meaning : std::uint8_t {
    done,     ///< the request; what became of the money the answer says
    refused,  ///< nothing was done by this call
    look,     ///< nothing by this call, and the trade may be in another state: its query tells
    no_trade, ///< there is none of this number, perhaps as nobody has scanned yet
    waits,    ///< the payer is at it
    unknown,
};
[[nodiscard]] meaning meaning_of(std::string_view code, std::string_view sub_code) noexcept;
/// What a refusal is about: "clock", a setting, or "code" alone.
[[nodiscard]] std::string_view place_of(std::string_view sub_code) noexcept;

/// "19.90", as Alipay writes amounts. @return `hostlink_errc::unreadable_answer` with the member.
[[nodiscard]] result<amount> read_yuan(std::string_view text, std::string_view member);

/// A trade's state out of a query's answer.
/// @return `hostlink_errc::unreadable_answer` with the member that is missing or another's.
[[nodiscard]] result<ports::qr_order_status> read_trade(std::string_view order_number, std::string_view json);

/// Who has paid, and from what, out of an answer that says so.
[[nodiscard]] ports::order_payer payer_of(std::string_view json);

/// `trade_status` of a trade that was paid, or not. @param was_paid whether the trade has a day on which it was.
[[nodiscard]] result<ports::qr_order_state> state_of(std::string_view trade_status, std::string_view paid_on);

} // namespace cipherlane::hostlink::alipay
