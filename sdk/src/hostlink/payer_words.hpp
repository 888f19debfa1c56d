#pragma once

#include <cipherlane/ports/order_payer.hpp>

#include <boost/json.hpp>

#include <string>
#include <string_view>

/// What gateways tell of who has paid, and from what. It decides nothing about money: what is missing, of another
/// kind or not known is not told.
namespace cipherlane::hostlink {

/// Stands for a payer. @param whose the application within which the gateway's name of its payer is unique
[[nodiscard]] std::string payer_mark(std::string_view whose, std::string_view payer);

/// The SDK's own words: debit, credit, prepaid, balance.
[[nodiscard]] ports::funding funding_of_word(std::string_view word) noexcept;

namespace wechat {

/// `bank_type`: "CMB_CREDIT", "CMB_DEBIT". What has no such ending, as change and funds in the wallet, is not known.
[[nodiscard]] ports::funding funding_of(std::string_view bank_type) noexcept;

} // namespace wechat

namespace alipay {

/// `fund_bill_list`, where a payment may come from several places: credit among them makes it credit, a prepaid card
/// prepaid; coupons and points are nobody's money. Of a bank card the kind must be told ("CREDIT_CARD").
[[nodiscard]] ports::funding funding_of(const boost::json::value* bills);

} // namespace alipay

namespace unionpay {

/// `payCardType`: 01 debit, 02 and 03 (准贷记) credit, 05 and 06 prepaid. 04 is a card of both kinds.
[[nodiscard]] ports::funding funding_of(std::string_view pay_card_type) noexcept;

} // namespace unionpay

} // namespace cipherlane::hostlink
