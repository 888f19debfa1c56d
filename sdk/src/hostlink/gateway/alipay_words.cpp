#include "gateway/alipay_words.hpp"

#include "json_reader.hpp"
#include "payer_words.hpp"

#include <algorithm>
#include <array>

namespace cipherlane::hostlink::alipay {
namespace {

struct sub_code_row {
    std::string_view code; ///< without "ACQ."
    meaning what;
};

/// Of business failures (40004). What is not here decides nothing.
constexpr std::array<sub_code_row, 36> alipay_codes{{
    {"TRADE_HAS_SUCCESS", meaning::look},
    {"TRADE_HAS_CLOSE", meaning::look},
    {"TRADE_STATUS_ERROR", meaning::look},
    {"REASON_TRADE_STATUS_INVALID", meaning::look},
    {"REASON_ILLEGAL_STATUS", meaning::look},
    {"CONTEXT_INCONSISTENT", meaning::look},
    {"TRADE_CANCEL_TIME_OUT", meaning::look},
    {"CANCEL_NOT_ALLOWED", meaning::look},
    {"REASON_TRADE_BEEN_FREEZEN", meaning::look},
    {"DISCORDANT_REPEAT_REQUEST", meaning::look},
    {"TRADE_NOT_EXIST", meaning::no_trade},
    {"PAYMENT_AUTH_CODE_INVALID", meaning::refused},
    {"BUYER_BALANCE_NOT_ENOUGH", meaning::refused},
    {"BUYER_BANKCARD_BALANCE_NOT_ENOUGH", meaning::refused},
    {"ERROR_BALANCE_PAYMENT_DISABLE", meaning::refused},
    {"NO_PAYMENT_INSTRUMENTS_AVAILABLE", meaning::refused},
    {"PULL_MOBILE_CASHIER_FAIL", meaning::refused},
    {"USER_FACE_PAYMENT_SWITCH_OFF", meaning::refused},
    {"PAYMENT_FAIL", meaning::refused},
    {"PAYMENT_REQUEST_HAS_RISK", meaning::refused},
    {"TOTAL_FEE_EXCEED", meaning::refused},
    {"SELLER_BEEN_BLOCKED", meaning::refused},
    {"MERCHANT_STATUS_NOT_NORMAL", meaning::refused},
    {"INVALID_PARAMETER", meaning::refused},
    {"ACCESS_FORBIDDEN", meaning::refused},
    {"APPLY_PC_MERCHANT_CODE_ERROR", meaning::refused},
    {"SELLER_BALANCE_NOT_ENOUGH", meaning::refused},
    {"REASON_TRADE_REFUND_FEE_ERR", meaning::refused},
    {"REFUND_AMT_NOT_EQUAL_TOTAL", meaning::refused},
    {"TRADE_HAS_FINISHED", meaning::refused},
    {"TRADE_NOT_ALLOW_REFUND", meaning::refused},
    {"NOT_ALLOW_PARTIAL_REFUND", meaning::refused},
    {"BUYER_ERROR", meaning::refused},
    {"CUSTOMER_VALIDATE_ERROR", meaning::refused},
    {"BUYER_ENABLE_STATUS_FORBID", meaning::refused},
    {"BUYER_SELLER_EQUAL", meaning::refused},
}};

} // namespace

meaning meaning_of(std::string_view code, std::string_view sub_code) noexcept {
    if (code == "10000") return meaning::done;
    if (code == "10003") return meaning::waits;
    constexpr std::array<std::string_view, 5> never_begun{"20001", "40001", "40002", "40003", "40006"};
    if (std::find(never_begun.begin(), never_begun.end(), code) != never_begun.end()) return meaning::refused;
    constexpr std::string_view prefix = "ACQ.";
    if (code != "40004" || !sub_code.starts_with(prefix)) return meaning::unknown;
    sub_code.remove_prefix(prefix.size());
    if (sub_code.starts_with("BEYOND_")) return meaning::refused; // some limit of the merchant's
    const auto* const found = std::find_if(
        alipay_codes.begin(), alipay_codes.end(), [&](const sub_code_row& row) { return row.code == sub_code; });
    return found == alipay_codes.end() ? meaning::unknown : found->what;
}

std::string_view place_of(std::string_view sub_code) noexcept {
    struct place_row {
        std::string_view word; ///< in the sub code
        std::string_view place;
    };
    constexpr std::array<place_row, 5> places{{
        {"invalid-timestamp", "clock"},
        {"invalid-signature", "merchant_key_file"},
        {"invalid-app-id", "app_id"},
        {"root-cert-sn", "root_certificates_file"},
        {"app-cert-sn", "app_certificate_file"},
    }};
    const auto* const found = std::find_if(places.begin(), places.end(),
        [&](const place_row& row) { return sub_code.find(row.word) != std::string_view::npos; });
    return found == places.end() ? "code" : found->place;
}

result<amount> read_yuan(std::string_view text, std::string_view member) {
    const auto value = amount::parse(text);
    if (!value) return unreadable_member(member);
    return *value;
}

result<ports::qr_order_state> state_of(std::string_view trade_status, std::string_view paid_on) {
    using ports::qr_order_state;
    if (trade_status == "WAIT_BUYER_PAY") return qr_order_state::waiting;
    if (trade_status == "TRADE_SUCCESS" || trade_status == "TRADE_FINISHED") return qr_order_state::paid;
    // Closed unpaid, or given back whole: only a trade that was paid has a day of it.
    if (trade_status == "TRADE_CLOSED") return paid_on.empty() ? qr_order_state::cancelled : qr_order_state::refunded;
    return unreadable_member("trade_status");
}

ports::order_payer payer_of(std::string_view json) {
    const auto object = parse_json_object(json);
    if (!object) return {};
    const json_reader read(*object);
    auto id = read.text_or_none("buyer_user_id");
    if (id.empty()) id = read.text_or_none("buyer_open_id");
    return {funding_of(object->if_contains("fund_bill_list")), payer_mark("alipay", id)};
}

result<ports::qr_order_status> read_trade(std::string_view order_number, std::string_view json) {
    CIPHERLANE_TRY(const auto object, parse_json_object(json));
    const json_reader read(object);
    ports::qr_order_status status;
    CIPHERLANE_TRY(status.order_number, read.text("out_trade_no"));
    if (status.order_number != order_number) return unreadable_member("out_trade_no");
    CIPHERLANE_TRY(const auto word, read.text("trade_status"));
    CIPHERLANE_TRY(const auto paid_on, read.optional_text("send_pay_date"));
    CIPHERLANE_TRY(status.state, state_of(word, paid_on));
    const bool was_paid =
        status.state == ports::qr_order_state::paid || status.state == ports::qr_order_state::refunded;
    if (!was_paid) return status;
    CIPHERLANE_TRY(const auto total, read.text("total_amount"));
    CIPHERLANE_TRY(status.paid, read_yuan(total, "total_amount"));
    CIPHERLANE_TRY(status.transaction_number, read.name("trade_no"));
    status.payer = payer_of(json);
    return status;
}

} // namespace cipherlane::hostlink::alipay
