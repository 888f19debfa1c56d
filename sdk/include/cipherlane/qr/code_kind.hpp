#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace cipherlane::qr {

/// What a scanned text can be.
enum class code_kind : std::uint8_t {
    emv_merchant,          ///< EMV merchant-presented payload
    emv_consumer,          ///< EMV consumer-presented code, base64
    unionpay_url,          ///< 银联二维码, a URL of qr.95516.com
    wechat_url,            ///< 微信支付 native, weixin://wxpay/bizpayurl
    alipay_url,            ///< 支付宝 precreate, a URL of qr.alipay.com
    alipay_plus_url,       ///< Alipay+ MPM, https://DOMAIN/MPM/3/…
    upi_url,               ///< upi://pay
    wechat_payment_code,   ///< 微信付款码, shown by the payer
    alipay_payment_code,   ///< 支付宝付款码
    unionpay_payment_code, ///< 云闪付付款码
    card_number,           ///< a PAN, by range, length and check digit
    ecny_payment_code,     ///< 数字人民币付款码; in no built-in rule, since no source confirms its prefix
};

[[nodiscard]] std::string_view to_string(code_kind kind) noexcept;

/// Whether the payer shows the code (the till scans it) or scans it.
[[nodiscard]] bool shown_by_payer(code_kind kind) noexcept;

/// What the characters after the prefix may be.
enum class code_chars : std::uint8_t { digits, digits_with_check_digit, any };

/// One row: a text of this kind begins with something from `first` to `last` (compared over their common length), has
/// `least` to `most` characters and is made of `chars`.
struct code_rule {
    code_kind kind;
    std::string_view first;
    std::string_view last;
    std::size_t least;
    std::size_t most;
    code_chars chars;
    enum class letter_case : std::uint8_t { exact, ignored } prefix_case = letter_case::exact;
};

/// The built-in rows. Prefixes and lengths of the wallets' codes come from their public documentation and are not
/// promised for ever: hand over rows of your own (e-CNY among them) where an acquirer gives you better ones.
[[nodiscard]] std::span<const code_rule> code_rules() noexcept;

/// Every kind that a text can be, each once, in the order of the rows; empty: none. More than one: ambiguous, ask
/// the acquirer or the customer. Never told by the first digit alone: a 19-digit text that begins with 62 can be a
/// payment code and a card number. Surrounding white space is ignored.
[[nodiscard]] std::vector<code_kind> kinds_of(std::string_view text, std::span<const code_rule> rules = code_rules());

} // namespace cipherlane::qr
