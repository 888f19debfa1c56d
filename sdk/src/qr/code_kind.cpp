#include "characters.hpp"

#include <cipherlane/core/digits.hpp>
#include <cipherlane/core/pan.hpp>
#include <cipherlane/qr/code_kind.hpp>

#include <algorithm>
#include <array>

namespace cipherlane::qr {
namespace {

constexpr std::size_t unlimited = 4096;

constexpr code_rule starts(code_kind kind, std::string_view prefix, std::size_t least) noexcept {
    return {kind, prefix, prefix, least, unlimited, code_chars::any, code_rule::letter_case::ignored};
}

constexpr std::array rules{
    code_rule{code_kind::emv_merchant, "000201", "000201", 14, unlimited, code_chars::any},
    code_rule{code_kind::emv_consumer, "hQVDUFY", "hQVDUFY", 32, unlimited, code_chars::any},
    starts(code_kind::unionpay_url, "https://qr.95516.com/", 22),
    starts(code_kind::wechat_url, "weixin://wxpay/bizpayurl?", 26),
    starts(code_kind::alipay_url, "https://qr.alipay.com/", 23), starts(code_kind::upi_url, "upi://pay?", 11),
    code_rule{code_kind::wechat_payment_code, "10", "15", 18, 18, code_chars::digits},
    code_rule{code_kind::alipay_payment_code, "25", "30", 16, 24, code_chars::digits},
    code_rule{code_kind::unionpay_payment_code, "62", "62", 19, 19, code_chars::digits},
    // ISO/IEC 7812 ranges of the schemes that a Chinese till meets.
    code_rule{code_kind::card_number, "2221", "2720", 16, 16, code_chars::digits_with_check_digit},
    code_rule{code_kind::card_number, "34", "34", 15, 15, code_chars::digits_with_check_digit},
    code_rule{code_kind::card_number, "37", "37", 15, 15, code_chars::digits_with_check_digit},
    code_rule{code_kind::card_number, "30", "30", 14, 19, code_chars::digits_with_check_digit},
    code_rule{code_kind::card_number, "3528", "3589", 16, 19, code_chars::digits_with_check_digit},
    code_rule{code_kind::card_number, "36", "39", 14, 19, code_chars::digits_with_check_digit},
    code_rule{code_kind::card_number, "4", "4", 13, 19, code_chars::digits_with_check_digit},
    code_rule{code_kind::card_number, "51", "55", 16, 16, code_chars::digits_with_check_digit},
    code_rule{code_kind::card_number, "60", "60", 16, 19, code_chars::digits_with_check_digit},
    code_rule{code_kind::card_number, "62", "62", 16, 19, code_chars::digits_with_check_digit},
    code_rule{code_kind::card_number, "64", "65", 16, 19, code_chars::digits_with_check_digit},
    code_rule{code_kind::card_number, "81", "81", 16, 19, code_chars::digits_with_check_digit},
    code_rule{code_kind::card_number, "9", "9", 16, 19, code_chars::digits_with_check_digit}, // domestic, 9xxxxx
};

static_assert(std::all_of(rules.begin(), rules.end(), [](const code_rule& rule) {
    return rule.first.size() == rule.last.size() && !rule.first.empty() && rule.first <= rule.last &&
           rule.least <= rule.most && rule.first.size() <= rule.least;
}));

char lower(char c) noexcept {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

bool in_range(std::string_view text, const code_rule& rule) noexcept {
    const auto head = text.substr(0, rule.first.size());
    if (rule.prefix_case == code_rule::letter_case::exact) return head >= rule.first && head <= rule.last;
    return std::equal(head.begin(), head.end(), rule.first.begin(), rule.first.end(),
        [](char a, char b) { return lower(a) == lower(b); });
}

bool has_chars(std::string_view text, code_chars chars) noexcept {
    if (chars == code_chars::any) return true;
    if (text.find_first_not_of("0123456789") != std::string_view::npos) return false;
    if (chars == code_chars::digits) return true;
    return !text.empty() && luhn_digit(text.substr(0, text.size() - 1)) == text.back();
}

/// https://DOMAIN/MPM/3/…, any domain: a prefix alone cannot say it.
bool is_alipay_plus(std::string_view text) noexcept {
    constexpr std::string_view scheme = "https://";
    constexpr std::string_view path = "/MPM/3/";
    const auto slash = text.size() > scheme.size() ? text.find('/', scheme.size()) : std::string_view::npos;
    if (slash == std::string_view::npos || slash == scheme.size()) return false;
    const bool secure =
        std::equal(scheme.begin(), scheme.end(), text.begin(), [](char a, char b) { return a == lower(b); });
    return secure && text.substr(slash).starts_with(path) && text.size() > slash + path.size();
}

} // namespace

std::string_view to_string(code_kind kind) noexcept {
    constexpr std::string_view names[] = {"EMV merchant-presented", "EMV consumer-presented", "UnionPay URL",
        "WeChat Pay URL", "Alipay URL", "Alipay+ URL", "UPI URL", "WeChat payment code", "Alipay payment code",
        "UnionPay payment code", "card number", "e-CNY payment code"};
    return names[static_cast<std::size_t>(kind)];
}

bool shown_by_payer(code_kind kind) noexcept {
    switch (kind) {
    case code_kind::emv_consumer:
    case code_kind::wechat_payment_code:
    case code_kind::alipay_payment_code:
    case code_kind::unionpay_payment_code:
    case code_kind::ecny_payment_code: return true;
    default: return false;
    }
}

std::span<const code_rule> code_rules() noexcept {
    return rules;
}

std::vector<code_kind> kinds_of(std::string_view text, std::span<const code_rule> rows) {
    text = trimmed(text);
    std::vector<code_kind> kinds;
    auto add = [&](code_kind kind) {
        if (std::find(kinds.begin(), kinds.end(), kind) == kinds.end()) kinds.push_back(kind);
    };
    for (const auto& rule : rows) {
        const bool length = text.size() >= rule.least && text.size() <= rule.most;
        if (length && in_range(text, rule) && has_chars(text, rule.chars)) add(rule.kind);
    }
    if (is_alipay_plus(text)) add(code_kind::alipay_plus_url);
    return kinds;
}

} // namespace cipherlane::qr
