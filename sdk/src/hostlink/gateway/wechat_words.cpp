#include "gateway/wechat_words.hpp"

#include "json_reader.hpp"
#include "payer_words.hpp"

#include <cipherlane/hostlink/errc.hpp>

#include <algorithm>
#include <array>

namespace cipherlane::hostlink::wechat {
namespace {

struct code_row {
    std::string_view code;
    meaning what;
};

/// Codes of 4xx answers. What is not here decides nothing.
constexpr std::array<code_row, 34> wechat_codes{{
    {"PARAM_ERROR", meaning::refused},
    {"SIGN_ERROR", meaning::refused},
    {"APPID_MCHID_NOT_MATCH", meaning::refused},
    {"MCH_NOT_EXISTS", meaning::refused},
    {"NO_AUTH", meaning::refused},
    {"TRADE_ERROR", meaning::refused},
    {"RULE_LIMIT", meaning::refused},
    {"RULELIMIT", meaning::refused},
    {"NOT_ENOUGH", meaning::refused},
    {"NOTENOUGH", meaning::refused},
    {"USER_ACCOUNT_ABNORMAL", meaning::refused},
    {"ACCOUNT_ERROR", meaning::refused},
    {"AUTH_CODE_ERROR", meaning::refused},
    {"AUTH_CODE_INVALID", meaning::refused},
    {"AUTH_CODE_EXPIRE", meaning::refused},
    {"AUTHCODEEXPIRE", meaning::refused},
    {"NOTSUPORTCARD", meaning::refused},
    {"BUYER_MISMATCH", meaning::refused},
    {"OPENID_MISMATCH", meaning::refused},
    {"STATEMENT_CREATING", meaning::refused},
    {"NO_STATEMENT_EXIST", meaning::refused},
    {"INVALID_REQUEST", meaning::look},
    {"OUT_TRADE_NO_USED", meaning::look},
    {"ORDER_PAID", meaning::look},
    {"ORDERPAID", meaning::look},
    {"ORDER_CLOSED", meaning::look},
    {"ORDERCLOSED", meaning::look},
    {"ORDERREVERSED", meaning::look},
    {"ORDER_NOT_EXIST", meaning::no_order},
    {"ORDERNOTEXIST", meaning::no_order},
    {"RESOURCE_NOT_EXISTS", meaning::no_order},
    {"USERPAYING", meaning::waits},
    {"USER_PAYING", meaning::waits},
    {"BANKERROR", meaning::unknown},
}};

struct state_row {
    std::string_view word;
    ports::qr_order_state state;
};
constexpr std::array<state_row, 6> wechat_states{{
    {"SUCCESS", ports::qr_order_state::paid},
    {"NOTPAY", ports::qr_order_state::waiting},
    {"USERPAYING", ports::qr_order_state::paying},
    {"ACCEPT", ports::qr_order_state::paying},
    {"CLOSED", ports::qr_order_state::cancelled},
    {"PAYERROR", ports::qr_order_state::cancelled},
}};

result<void> check_identity(const merchant& of, const json_reader& read) {
    if (!of.is_partner()) {
        CIPHERLANE_CHECK(same_text(read, "mchid", of.mchid));
        return same_text(read, "appid", of.appid);
    }
    CIPHERLANE_CHECK(same_text(read, "sp_mchid", of.mchid));
    CIPHERLANE_CHECK(same_text(read, "sub_mchid", of.sub_mchid));
    return same_text(read, "sp_appid", of.appid);
}

/// Of an order that nobody has paid the amount may be missing, or be without its currency.
result<std::optional<amount>> total_of(const boost::json::object& order, bool moved) {
    if (!order.contains("amount")) return std::optional<amount>();
    CIPHERLANE_TRY(const auto sums, json_reader(order).object("amount"));
    CIPHERLANE_TRY(const auto minor, sums.number("total"));
    CIPHERLANE_TRY(const auto unit, sums.optional_text("currency"));
    if (unit.empty() ? moved : unit != "CNY") return unreadable_member("amount.currency");
    if (minor > amount::max_minor) return unreadable_member("amount.total");
    return std::optional(amount(minor));
}

/// Of a partner's order both applications may know the payer.
ports::order_payer payer_of(const merchant& of, const json_reader& read) {
    ports::order_payer made;
    made.pays = funding_of(read.text_or_none("bank_type"));
    const auto whom = read.object("payer");
    if (!whom) return made;
    if (!of.is_partner()) {
        made.name = payer_mark(of.appid, whom->text_or_none("openid"));
    } else if (const auto id = whom->text_or_none("sp_openid"); !id.empty()) {
        made.name = payer_mark(of.appid, id);
    } else {
        made.name = payer_mark(of.sub_appid, whom->text_or_none("sub_openid"));
    }
    return made;
}

} // namespace

result<void> same_text(const json_reader& read, std::string_view member, std::string_view ours) {
    CIPHERLANE_TRY(const auto theirs, read.text(member));
    if (theirs != ours) return unreadable_member(member);
    return {};
}

meaning meaning_of(unsigned status, std::string_view code) noexcept {
    if (status / 100 != 4 || status == 429) return meaning::unknown;
    const auto* const found =
        std::find_if(wechat_codes.begin(), wechat_codes.end(), [&](const code_row& row) { return row.code == code; });
    return found == wechat_codes.end() ? meaning::unknown : found->what;
}

result<ports::qr_order_state> state_of(std::string_view trade_state, std::string_view transaction) {
    if (trade_state == "REVOKED") {
        return transaction.empty() ? ports::qr_order_state::cancelled : ports::qr_order_state::refunded;
    }
    if (trade_state == "REFUND") {
        return error(hostlink_errc::not_done_yet, layer::hostlink)
            .during("gateway")
            .in_field("trade_state")
            .with_peer_text("REFUND: in part or whole, and not by this till");
    }
    const auto* const found = std::find_if(
        wechat_states.begin(), wechat_states.end(), [&](const state_row& row) { return row.word == trade_state; });
    if (found == wechat_states.end()) return unreadable_member("trade_state");
    return found->state;
}

result<told_order> read_order(const merchant& of, std::string_view order_number, std::string_view json) {
    CIPHERLANE_TRY(const auto object, parse_json_object(json));
    const json_reader read(object);
    CIPHERLANE_CHECK(check_identity(of, read));
    told_order told;
    CIPHERLANE_TRY(told.status.order_number, read.name("out_trade_no"));
    if (!order_number.empty() && told.status.order_number != order_number) return unreadable_member("out_trade_no");
    CIPHERLANE_TRY(told.trade_state, read.text("trade_state"));
    CIPHERLANE_TRY(told.status.transaction_number, read.optional_text("transaction_id"));
    told.status.terminal_id = read.text_or_none("attach");
    const auto& word = told.trade_state;
    const bool moved =
        word == "SUCCESS" || word == "REFUND" || (word == "REVOKED" && !told.status.transaction_number.empty());
    CIPHERLANE_TRY(const auto total, total_of(object, moved));
    if (total) told.total = *total;
    if (word == "REFUND") {
        if (!total) return unreadable_member("amount");
        return told;
    }
    CIPHERLANE_TRY(told.status.state, state_of(told.trade_state, told.status.transaction_number));
    const bool was_paid =
        told.status.state == ports::qr_order_state::paid || told.status.state == ports::qr_order_state::refunded;
    if (told.status.state == ports::qr_order_state::paid) {
        CIPHERLANE_CHECK(read.name("transaction_id"));
        if (!total) return unreadable_member("amount");
    }
    if (was_paid) {
        told.status.paid = told.total;
        told.status.payer = payer_of(of, read);
    }
    if (!was_paid) told.status.transaction_number.clear();
    return told;
}

} // namespace cipherlane::hostlink::wechat
