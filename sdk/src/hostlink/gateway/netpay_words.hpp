#pragma once

#include "json_reader.hpp"

#include <cipherlane/core/amount.hpp>
#include <cipherlane/core/result.hpp>
#include <cipherlane/hostlink/gateway/netpay_platform.hpp>
#include <cipherlane/ports/qr_gateway.hpp>

#include <array>
#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

/// 银联商务's words, and what they mean for money.
namespace cipherlane::hostlink::netpay {

inline constexpr std::string_view bills = "QRPAYDEFAULT"; ///< `instMid`

/// What `errCode` says of the call that it answers; of a query, about the query alone.
enum class meaning : std::uint8_t {
    done,     ///< the call; what became of the money the answer says
    refused,  ///< nothing was done by this call
    look,     ///< nothing by this call, and the bill may be in another state: its query tells
    no_order, ///< there is none of this number
    unknown,
};
[[nodiscard]] meaning meaning_of(std::string_view err_code) noexcept;
/// What a refusal is about: "clock", a setting, or "errCode" alone.
[[nodiscard]] std::string_view place_of(std::string_view err_code) noexcept;

/// A bill or a refund, as netpay knows it: by both.
struct bill_name {
    std::string number; ///< source, then the till's number without its century
    std::string date;   ///< yyyy-MM-dd, China's civil time
    std::chrono::system_clock::time_point made;
};
/// Of an order: its number has the till's form, terminal 8, yyyyMMddHHmmss, 6 more, and perhaps "-02", which is one
/// letter here, as numbers are short. @return `hostlink_errc::bad_setting`.
[[nodiscard]] result<bill_name> name_of_order(std::string_view source, std::string_view number);
/// The same of a refund, whose number has "R" in front. Errors as above.
[[nodiscard]] result<bill_name> name_of_refund(std::string_view source, std::string_view number);
/// The till's number; empty where it is none.
[[nodiscard]] std::string number_of(std::string_view source, std::string_view bill_no);

/// A sum of fen, which netpay writes as a number or as digits. @return `hostlink_errc::unreadable_answer`.
[[nodiscard]] result<amount> read_fen(const json_reader& read, std::string_view member);
/// `billPayment`, an object or a text with one. Errors as above.
[[nodiscard]] result<boost::json::object> read_payment(const boost::json::object& bill);
/// Whose payment of a bill it is: `targetOrderId`, or netpay's own `merOrderId`; done, where it says what it is.
/// Errors as above.
[[nodiscard]] result<std::string> payment_number(const boost::json::object& payment);
/// Which may name the currency.
inline constexpr std::array<const char*, 3> yuan_members{"currency", "currencyCode", "transactionCurrencyCode"};
/// The currency, where one is named, is yuan. Errors as above.
[[nodiscard]] result<void> check_yuan(const json_reader& read);

} // namespace cipherlane::hostlink::netpay
