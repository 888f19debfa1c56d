#include "payer_words.hpp"

#include <cipherlane/core/bytes.hpp>
#include <cipherlane/core/hex.hpp>
#include <cipherlane/crypto/digest.hpp>

#include <algorithm>
#include <array>
#include <optional>

namespace cipherlane::hostlink {
namespace {

using ports::funding;

struct funding_row {
    std::string_view word;
    funding pays;
};

constexpr std::array<funding_row, 4> own_words{{
    {"debit", funding::debit},
    {"credit", funding::credit},
    {"prepaid", funding::prepaid},
    {"balance", funding::balance},
}};

/// `fund_channel`. BANKCARD says by `fund_type` which card it is.
constexpr std::array<funding_row, 5> alipay_channels{{
    {"PCREDIT", funding::credit},                                              // 花呗
    {"PCARD", funding::prepaid},                                               // 预付卡
    {"MCARD", funding::prepaid},                                               // 商家储值卡
    {"ALIPAYACCOUNT", funding::balance}, {"FINANCEACCOUNT", funding::balance}, // 余额宝
}};

constexpr std::array<funding_row, 2> alipay_cards{{
    {"DEBIT_CARD", funding::debit},
    {"CREDIT_CARD", funding::credit},
}};

/// What merchant or platform adds.
constexpr std::array<std::string_view, 5> alipay_gifts{"COUPON", "POINT", "DISCOUNT", "MDISCOUNT", "MCOUPON"};

constexpr std::array<funding_row, 5> unionpay_cards{{
    {"01", funding::debit},
    {"02", funding::credit},
    {"03", funding::credit},
    {"05", funding::prepaid},
    {"06", funding::prepaid},
}};

template <std::size_t Size>
funding in(const std::array<funding_row, Size>& rows, std::string_view word) noexcept {
    const auto* const found =
        std::find_if(rows.begin(), rows.end(), [&](const funding_row& row) { return row.word == word; });
    return found == rows.end() ? funding::unknown : found->pays;
}

/// Answers write `fund_channel`, notices `fundChannel`.
std::string_view text_in(const boost::json::object& from, std::string_view one, std::string_view other) {
    for (const auto name : {one, other}) {
        const auto* const value = from.if_contains({name.data(), name.size()});
        const auto* const text = value == nullptr ? nullptr : value->if_string();
        if (text != nullptr) return {text->data(), text->size()};
    }
    return {};
}

funding of_bill(const boost::json::object& bill, std::string_view channel) {
    return channel == "BANKCARD" ? in(alipay_cards, text_in(bill, "fund_type", "fundType"))
                                 : in(alipay_channels, channel);
}

/// Which counts of two.
funding graver(funding one, funding other) noexcept {
    for (const auto pays : {funding::credit, funding::prepaid, funding::unknown, funding::debit})
        if (one == pays || other == pays) return pays;
    return funding::balance;
}

} // namespace

std::string payer_mark(std::string_view whose, std::string_view payer) {
    constexpr std::size_t kept = 16; // of the digest: two payers of one shop are never the same
    if (payer.empty()) return {};
    const auto text = std::string(whose) + "\n" + std::string(payer);
    const auto made = crypto::digest(crypto::digest_algorithm::sha256, as_bytes(text));
    return made ? to_hex(made->view().first(kept)) : std::string();
}

ports::funding funding_of_word(std::string_view word) noexcept {
    return in(own_words, word);
}

ports::funding wechat::funding_of(std::string_view bank_type) noexcept {
    if (bank_type.ends_with("_CREDIT")) return funding::credit;
    return bank_type.ends_with("_DEBIT") ? funding::debit : funding::unknown;
}

ports::funding alipay::funding_of(const boost::json::value* bills) {
    const auto* const list = bills == nullptr ? nullptr : bills->if_array();
    if (list == nullptr) return funding::unknown;
    std::optional<funding> made;
    for (const auto& one : *list) {
        const auto* const bill = one.if_object();
        if (bill == nullptr) return funding::unknown;
        const auto channel = text_in(*bill, "fund_channel", "fundChannel");
        if (std::find(alipay_gifts.begin(), alipay_gifts.end(), channel) != alipay_gifts.end()) continue;
        const auto pays = of_bill(*bill, channel);
        made = made ? graver(*made, pays) : pays;
    }
    return made.value_or(funding::unknown);
}

ports::funding unionpay::funding_of(std::string_view pay_card_type) noexcept {
    return in(unionpay_cards, pay_card_type);
}

} // namespace cipherlane::hostlink
