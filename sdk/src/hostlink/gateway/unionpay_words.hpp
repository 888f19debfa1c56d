#pragma once

#include <cipherlane/core/amount.hpp>
#include <cipherlane/core/result.hpp>
#include <cipherlane/hostlink/gateway/parameters.hpp>
#include <cipherlane/ports/qr_gateway.hpp>

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

/// UnionPay's words, and what they mean for money.
namespace cipherlane::hostlink::unionpay {

/// What `respCode` says of the call that it answers; of a query, about the query alone.
enum class meaning : std::uint8_t {
    done,     ///< of a refund or void: accepted
    refused,  ///< nothing was done by this call
    used,     ///< the number was: its query tells
    no_trade, ///< there is none of this number
    waits,    ///< taken, and its end is not known yet
    unknown,
};
[[nodiscard]] meaning meaning_of(std::string_view resp_code) noexcept;

/// What `origRespCode`, a query's word for a trade, says of its money.
enum class money : std::uint8_t {
    moved,
    open, ///< may still move
    none, ///< for ever
    unknown,
};
[[nodiscard]] money money_of(std::string_view orig_resp_code) noexcept;

/// How UnionPay knows a trade: by both.
struct trade_name {
    std::string order_id; ///< 8 to 40 letters and digits
    std::string txn_time; ///< yyyyMMddHHmmss, China's civil time
    std::chrono::system_clock::time_point made;
};
/// Of an order: its number has its time behind the first eight characters, as the till makes them. "-02", which ends
/// the number of a later code of an order, is "x02" at UnionPay. @return `hostlink_errc::bad_setting`.
[[nodiscard]] result<trade_name> name_of_order(std::string_view number);
/// The same of a refund, whose number has one character more in front. Errors as above.
[[nodiscard]] result<trade_name> name_of_refund(std::string_view number);
/// What undoes an order is a trade of its own: of the order's time, with a letter behind its number.
enum class undoing : std::uint8_t { reversal, void_payment };
[[nodiscard]] trade_name name_of_undoing(const trade_name& order, undoing how);
/// The till's number of an order.
[[nodiscard]] std::string number_of(std::string_view order_id);

/// `txnAmt`, fen. @return `hostlink_errc::unreadable_answer` with the member.
[[nodiscard]] result<amount> read_fen(std::string_view text, std::string_view member);
/// `txnAmt` of a trade in yuan. Errors as above, in "txnAmt" or "currencyCode".
[[nodiscard]] result<amount> read_total(const parameters& all);

} // namespace cipherlane::hostlink::unionpay
