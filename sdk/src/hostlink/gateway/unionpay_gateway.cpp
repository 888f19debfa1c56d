#include "gateway/adapter.hpp"
#include "gateway/unionpay_words.hpp"
#include "json_reader.hpp"
#include "payer_words.hpp"

#include <cipherlane/core/pause.hpp>
#include <cipherlane/hostlink/gateway/unionpay_gateway.hpp>

#include <algorithm>
#include <map>
#include <optional>
#include <utility>

namespace cipherlane::hostlink::unionpay {
namespace {

using ports::qr_order_state;
using ports::qr_order_status;

/// By so much, or by a quarter of its life, a code ends at UnionPay before the till stops waiting for it: there is no
/// closing, and the till's next order waits for this one's end. Two thirds of it are for clocks that differ.
constexpr std::chrono::seconds earlier_end{30};
/// As UnionPay writes "tell nobody".
constexpr std::string_view no_notices = "http://www.specialUrl.com";

error unionpay_error(hostlink_errc what, std::string_view field = {}) {
    return error(what, layer::hostlink).during("unionpay").in_field(field);
}

/// UnionPay takes nothing but yuan here, and is told no unit that could be another's.
result<void> check_total(const amount& total) {
    if (total.unit() == cny && total.minor() > 0) return {};
    return unionpay_error(hostlink_errc::bad_setting, "total").with_hint("expected CNY, more than nothing");
}

/// A refund's refusal: its amount is more than the payment still has.
constexpr std::string_view more_than_is_left = "36";

/// What a refusal is about: the signature is a matter of two settings.
constexpr std::string_view place_of(std::string_view resp_code) noexcept {
    return resp_code == "11" ? "sign_certificate or merchant_key" : "respCode";
}

std::string civil_digits(std::chrono::system_clock::time_point when) {
    const auto civil = ports::to_civil(when);
    return civil.yyyymmdd() + civil.hhmmss();
}

} // namespace

struct gateway::state : adapter {
    state(const gateway_settings& with, std::shared_ptr<const platform> of, std::shared_ptr<const request_signer> by,
        notification_listener* from, logger to, host_connector connect)
        : adapter("unionpay", with, with.merchant_id, from, std::move(connect))
        , settings(with)
        , known(std::move(of))
        , signer(std::move(by))
        , log(std::move(to)) {}

    struct reply {
        meaning what = meaning::unknown;
        std::string code; ///< `respCode`
        parameters all;
    };
    /// What a query says of a trade.
    struct told_trade {
        money what = money::unknown;
        std::string code; ///< `origRespCode`
        parameters all;
    };
    /// A code that was asked for here. Its text is told once.
    struct shown_code {
        std::string text;
        amount total;
        std::chrono::system_clock::time_point ends;
        std::chrono::seconds margin{};
    };

    /// Signs and sends a trade. What comes back is proved and names it, or is none.
    [[nodiscard]] result<reply> ask(
        const std::string& path, const trade_name& name, parameters trade, const call& bounds) {
        const auto type = trade["txnType"];
        const auto kind = trade["txnSubType"];
        auto sent = send(path, name, std::move(trade), bounds);
        if (!sent) return sent.error();
        if (sent->status != 200) {
            const auto why = sent->status / 100 == 4 ? hostlink_errc::unnamed_refusal : hostlink_errc::gateway_failed;
            return fault(why).with_peer_code(std::to_string(sent->status));
        }
        reply told;
        CIPHERLANE_TRY(told.all, read_answer(sent->body));
        const auto value = [&](std::string_view member) { return value_of(told.all, member); };
        if (const auto proved = known->check(told.all); !proved) {
            return fault(hostlink_errc::unproven_answer, proved.error().field())
                .with_peer_text(value("respMsg"))
                .with_hint(proved.error().hint());
        }
        if (value("merId") != known->whose().mer_id) return unreadable_member("merId");
        if (value("orderId") != name.order_id) return unreadable_member("orderId");
        if (value("txnTime") != name.txn_time) return unreadable_member("txnTime");
        const auto served = value("subMerId"); // of a platform's merchant, where it is told
        if (!served.empty() && served != known->whose().sub_mer_id) return unreadable_member("subMerId");
        const bool asks = type == "00"; // its answer may be told in the words of the trade that is asked about
        if (!asks && value("txnType") != type) return unreadable_member("txnType");
        if (!asks && value("txnSubType") != kind) return unreadable_member("txnSubType");
        told.code = value("respCode");
        told.what = meaning_of(told.code);
        return told;
    }

    [[nodiscard]] result<http_answer> send(
        const std::string& path, const trade_name& name, parameters trade, const call& bounds) {
        const auto& of = known->whose();
        parameters all{{"version", "5.1.0"}, {"encoding", "UTF-8"}, {"signMethod", "01"}, {"bizType", "000000"},
            {"channelType", "08"}, {"accessType", of.is_partner() ? "2" : "0"}, {"merId", of.mer_id},
            {"certId", known->cert_id()}, {"orderId", name.order_id}, {"txnTime", name.txn_time}};
        if (of.is_partner()) {
            all["subMerId"] = of.sub_mer_id;
            all["subMerName"] = of.sub_mer_name;
            all["subMerAbbr"] = of.sub_mer_abbr;
        }
        all.merge(trade);
        const auto signature = sign(*signer, all);
        if (signature) all["signature"] = *signature;
        auto body = write_form(all);
        if (const auto code = all.find("qrNo"); code != all.end()) wipe_text(code->second);
        if (!signature) {
            wipe_text(body);
            return signature.error();
        }
        constexpr std::string_view header = "Accept: */*\r\nUser-Agent: cipherlane\r\n"
                                            "Content-Type: application/x-www-form-urlencoded; charset=UTF-8\r\n";
        auto answer = line.ask({"POST", path, header, body}, bounds);
        wipe_text(body);
        if (answer) note_clock(answer->fields, known->clock());
        return answer;
    }

    [[nodiscard]] error refusal(const reply& told) const {
        const bool decides =
            told.what == meaning::refused || told.what == meaning::used || told.what == meaning::no_trade;
        return fault(decides ? hostlink_errc::refused_by_gateway : hostlink_errc::gateway_failed, place_of(told.code))
            .with_peer_code(told.what == meaning::no_trade ? "404" : told.code)
            .with_peer_text(value_of(told.all, "respMsg"));
    }

    [[nodiscard]] error undecided(hostlink_errc what, std::string_view field, const reply& told) const {
        return fault(what, field).with_peer_code(told.code).with_peer_text(value_of(told.all, "respMsg"));
    }

    /// What UnionPay says of a trade; none as a refusal with "404". Any other refusal is the question's, and decides
    /// nothing about the trade.
    [[nodiscard]] result<told_trade> look_up(const trade_name& name, const call& bounds) {
        CIPHERLANE_TRY(auto told, ask(settings.query_path, name, {{"txnType", "00"}, {"txnSubType", "00"}}, bounds));
        if (told.what == meaning::no_trade) return refusal(told);
        if (told.what != meaning::done) return undecided(hostlink_errc::unnamed_refusal, place_of(told.code), told);
        told_trade made;
        made.code = value_of(told.all, "origRespCode");
        if (made.code.empty()) return unreadable_member("origRespCode");
        made.what = money_of(made.code);
        made.all = std::move(told.all);
        return made;
    }

    [[nodiscard]] error still_open(const told_trade& told) const {
        return fault(hostlink_errc::not_done_yet, "origRespCode").with_peer_text(told.code);
    }

    [[nodiscard]] result<qr_order_status> status_of(std::string_view number, const told_trade& told) const {
        switch (told.what) {
        case money::none: return ended(number, qr_order_state::cancelled);
        case money::open:
            return ended(number, charges.contains(number) ? qr_order_state::paying : qr_order_state::waiting);
        case money::unknown: return still_open(told);
        case money::moved: break;
        }
        return paid(number, told.all);
    }

    [[nodiscard]] result<qr_order_status> paid(std::string_view number, const parameters& all) const {
        auto status = ended(number, qr_order_state::paid);
        CIPHERLANE_TRY(status.paid, read_total(all));
        CIPHERLANE_TRY(status.transaction_number, as_name(std::string(value_of(all, "queryId")), "queryId"));
        status.payer.pays = funding_of(value_of(all, "payCardType"));
        return status;
    }

    [[nodiscard]] std::chrono::system_clock::time_point now() const { return known->clock().now(); }

    /// Whether something that was sent about a number may still be on its way: its number says when it was made.
    [[nodiscard]] bool may_still_come(std::string_view number, const trade_name& name) const {
        return charges.is_within(settings.longest_way, number) || now() < name.made + settings.longest_way;
    }

    /// What "no such trade" is for an order: a trade is made by the scan.
    [[nodiscard]] result<qr_order_status> without_trade(
        std::string_view number, const trade_name& name, const error& none) const {
        if (charges.contains(number)) return may_still_come(number, name) ? too_soon() : none;
        const auto ours = codes.find(number);
        const auto ends =
            ours == codes.end() ? name.made + settings.longest_code : ours->second.ends + ours->second.margin;
        if (now() < ends) return ended(number, qr_order_state::waiting);
        if (ours != codes.end()) return ended(number, qr_order_state::expired);
        return none;
    }

    [[nodiscard]] result<qr_order_status> look(std::string_view number, const trade_name& name, const call& bounds) {
        const auto told = look_up(name, bounds);
        if (told) return status_of(number, *told);
        return is_none(told.error()) ? without_trade(number, name, told.error()) : told.error();
    }

    [[nodiscard]] parameters money_call(std::string_view type, std::string_view kind, const amount& total) const {
        return {{"txnType", std::string(type)}, {"txnSubType", std::string(kind)},
            {"txnAmt", std::to_string(total.minor())}, {"backUrl", notify_url(settings.notify_url, no_notices)}};
    }

    [[nodiscard]] result<ports::qr_order> create_again(
        const ports::qr_order_request& request, const trade_name& name, const reply& told, const call& bounds);
    [[nodiscard]] result<bool> undo(const trade_name& order, undoing how, parameters trade, const call& bounds);
    [[nodiscard]] result<void> refund_told(
        const ports::qr_refund_request& request, const trade_name& name, const call& bounds);
    [[nodiscard]] std::optional<qr_order_status> gone_back(
        const ports::qr_refund_request& request, const trade_name& order, const call& bounds);

    gateway_settings settings;
    std::shared_ptr<const platform> known;
    std::shared_ptr<const request_signer> signer;
    logger log;
    std::map<std::string, shown_code, std::less<>> codes; ///< by order
    sent_numbers charges;
};

result<void> gateway_settings::validate() const {
    CIPHERLANE_CHECK(gateway_link::validate());
    if (merchant_id.empty()) return unionpay_error(hostlink_errc::bad_setting, "merchant_id");
    if (!path.starts_with('/')) return unionpay_error(hostlink_errc::bad_setting, "path");
    if (!query_path.starts_with('/')) return unionpay_error(hostlink_errc::bad_setting, "query_path");
    if (refund_poll.count() <= 0) return unionpay_error(hostlink_errc::bad_setting, "refund_poll");
    return {};
}

gateway::gateway(std::unique_ptr<state> made) noexcept
    : state_(std::move(made)) {}
gateway::~gateway() = default;

result<std::unique_ptr<gateway>> gateway::create(const gateway_settings& settings,
    std::shared_ptr<const platform> known, std::shared_ptr<const request_signer> signer,
    notification_listener* listener, logger log, host_connector connect) {
    CIPHERLANE_CHECK(settings.validate());
    CIPHERLANE_TRY(const auto own, signer->public_der());
    if (signer->kind() != signature_kind::rsa_sha256 || !known->is_own(own)) {
        return unionpay_error(hostlink_errc::bad_key, "sign_certificate")
            .with_hint("expected the certificate of the key that signs, RSA");
    }
    return std::unique_ptr<gateway>(new gateway(std::make_unique<state>(
        settings, std::move(known), std::move(signer), listener, std::move(log), std::move(connect))));
}

std::string gateway::identity() const {
    const auto& of = state_->known->whose();
    return "unionpay " + of.mer_id + (of.is_partner() ? " " + of.sub_mer_id : std::string());
}

std::optional<std::chrono::seconds> gateway::clock_offset() const {
    return state_->clock_offset();
}

result<ports::qr_order> gateway::create(const ports::qr_order_request& request, const call& bounds) {
    auto& own = *state_;
    CIPHERLANE_TRY(const auto name, name_of_order(request.order_number));
    CIPHERLANE_CHECK(check_total(request.total));
    if (request.funds == ports::order_funds::no_credit) return cannot_refuse_credit("unionpay");
    const bool undated = request.issued.time_since_epoch().count() <= 0;
    const auto earlier = std::min<std::chrono::seconds>(earlier_end, request.valid_for / 4);
    state::shown_code code;
    code.total = request.total;
    code.ends = (undated ? own.now() : request.issued) + request.valid_for - earlier;
    code.margin = earlier * 2 / 3;
    auto trade = own.money_call("01", "07", request.total);
    trade["currencyCode"] = "156";
    trade["payTimeout"] = civil_digits(code.ends);
    if (!request.terminal_id.empty()) trade["termId"] = request.terminal_id;
    const bool fresh = !own.codes.contains(request.order_number);
    if (fresh) {
        forget_oldest(own.codes, [](const auto& a, const auto& b) { return a.ends < b.ends; });
        own.codes[request.order_number] = code; // also where the answer is lost: somebody may have the code
    }
    CIPHERLANE_TRY(const auto told, own.ask(own.settings.path, name, std::move(trade), bounds));
    if (told.what == meaning::used) return own.create_again(request, name, told, bounds);
    if (told.what != meaning::done) return own.refusal(told);
    auto& kept = own.codes[request.order_number];
    kept = std::move(code);
    CIPHERLANE_TRY(kept.text, as_code(std::string(value_of(told.all, "qrCode")), "qrCode"));
    ports::qr_order order;
    order.order_number = request.order_number;
    order.merchant_id = own.settings.merchant_id;
    order.code_url = kept.text;
    order.expires = kept.ends;
    return order;
}

/// The number was used: by this very order, or by another.
result<ports::qr_order> gateway::state::create_again(
    const ports::qr_order_request& request, const trade_name& name, const reply& told, const call& bounds) {
    ports::qr_order order;
    order.order_number = request.order_number;
    order.merchant_id = settings.merchant_id;
    const auto ours = codes.find(request.order_number);
    const bool shown = ours != codes.end() && !ours->second.text.empty();
    const auto there = after_send(look_up(name, bounds));
    if (!there && !is_none(there.error())) return there.error();
    if (there && there->what != money::open) {
        CIPHERLANE_TRY(const auto status, status_of(request.order_number, *there));
        const bool same = status.state == qr_order_state::cancelled || status.paid == request.total;
        if (!same) return refusal(told);
        order.state = status.state;
        return order;
    }
    if (shown && ours->second.total != request.total) return refusal(told);
    if (!shown) return undecided(hostlink_errc::not_done_yet, "qrCode", told);
    order.code_url = ours->second.text;
    order.expires = ours->second.ends;
    return order;
}

result<qr_order_status> gateway::query(std::string_view order_number, const call& bounds) {
    CIPHERLANE_TRY(const auto name, name_of_order(order_number));
    return state_->look(order_number, name, bounds);
}

result<qr_order_status> gateway::cancel(std::string_view order_number, const call& bounds) {
    auto& own = *state_;
    CIPHERLANE_TRY(const auto name, name_of_order(order_number));
    const auto ours = own.codes.find(order_number);
    auto status = own.look(order_number, name, bounds);
    // No code of it can be scanned any more, whoever asked for it and whether or not he got it: it has ended.
    if (!status && is_none(status.error()) && !own.charges.contains(order_number))
        return own.ended(order_number, qr_order_state::expired);
    if (!status || status->state != qr_order_state::waiting || ours == own.codes.end()) return status;
    // A code that is about to end is waited for.
    const auto left =
        std::chrono::ceil<std::chrono::milliseconds>(ours->second.ends + ours->second.margin - own.now());
    if (left.count() < 0 || left > bounds.until().left() / 2 || bounds.stopped()) return status;
    pause(call(left, bounds.stop()));
    return own.look(order_number, name, bounds);
}

result<qr_order_status> gateway::charge(const ports::qr_charge_request& request, const call& bounds) {
    auto& own = *state_;
    CIPHERLANE_TRY(const auto name, name_of_order(request.order_number));
    CIPHERLANE_CHECK(check_total(request.total));
    if (request.funds == ports::order_funds::no_credit) return cannot_refuse_credit("unionpay");
    auto trade = own.money_call("01", "06", request.total);
    trade["currencyCode"] = "156";
    if (!request.terminal_id.empty()) trade["termId"] = request.terminal_id;
    trade["qrNo"] = std::string(request.code.expose());
    own.charges.note(request.order_number);
    CIPHERLANE_TRY(const auto told, own.ask(own.settings.path, name, std::move(trade), bounds));
    const auto same_amount = [&](result<qr_order_status> status) -> result<qr_order_status> {
        if (status && status->state == qr_order_state::paid && status->paid != request.total)
            return unreadable_member("txnAmt");
        return status;
    };
    if (told.what == meaning::waits) return own.ended(request.order_number, qr_order_state::paying);
    const bool whole = !value_of(told.all, "currencyCode").empty() && !value_of(told.all, "queryId").empty();
    if (told.what == meaning::done && whole) return same_amount(own.paid(request.order_number, told.all));
    if (told.what != meaning::used && told.what != meaning::done) return own.refusal(told);
    const auto there = own.after_send(own.look_up(name, bounds));
    if (there) return same_amount(own.status_of(request.order_number, *there));
    return is_none(there.error()) ? own.too_soon() : there.error();
}

/// Sends what undoes an order, under a number of its own that is always the same. Whether it is done; not, where
/// UnionPay refuses it.
result<bool> gateway::state::undo(const trade_name& order, undoing how, parameters trade, const call& bounds) {
    const auto name = name_of_undoing(order, how);
    CIPHERLANE_TRY(const auto told, ask(settings.path, name, std::move(trade), bounds));
    if (told.what == meaning::refused) return false;
    const bool accepted = told.what == meaning::done;
    if (accepted && how == undoing::reversal) return true;
    if (!accepted && told.what != meaning::used && told.what != meaning::waits)
        return undecided(hostlink_errc::gateway_failed, "respCode", told);
    const auto there = after_send(look_up(name, bounds));
    if (!there) {
        if (is_none(there.error())) return undecided(hostlink_errc::not_done_yet, "respCode", told);
        return there.error();
    }
    if (there->what == money::moved) return true;
    if (there->what == money::none) return false;
    return still_open(*there);
}

result<qr_order_status> gateway::reverse(std::string_view order_number, const call& bounds) {
    auto& own = *state_;
    CIPHERLANE_TRY(const auto name, name_of_order(order_number));
    const auto told = own.look_up(name, bounds);
    if (!told) {
        if (!is_none(told.error())) return told.error();
        return own.may_still_come(order_number, name) ? own.too_soon() : told.error();
    }
    if (told->what == money::none) return own.ended(order_number, qr_order_state::cancelled);
    parameters reversal{
        {"txnType", "99"}, {"txnSubType", "01"}, {"origOrderId", name.order_id}, {"origTxnTime", name.txn_time}};
    if (told->what != money::moved) {
        reversal["txnAmt"] = value_of(told->all, "txnAmt");
        CIPHERLANE_TRY(const bool gone, own.undo(name, undoing::reversal, std::move(reversal), bounds));
        if (gone) return own.ended(order_number, qr_order_state::cancelled);
        return own.fault(hostlink_errc::not_done_yet, "reversal");
    }
    CIPHERLANE_TRY(auto status, own.paid(order_number, told->all));
    status.state = qr_order_state::refunded;
    auto back = own.money_call("31", "00", status.paid);
    back["origQryId"] = status.transaction_number;
    CIPHERLANE_TRY(const bool voided, own.undo(name, undoing::void_payment, std::move(back), bounds));
    if (voided) return status;
    // Perhaps as a reversal has undone it before.
    const auto before = own.after_send(own.look_up(name_of_undoing(name, undoing::reversal), bounds));
    if (before && before->what == money::moved) return status;
    if (!before && !is_none(before.error())) return before.error();
    return own.fault(hostlink_errc::not_done_yet, "void");
}

/// What its own number says of a refund that was sent; "404" where there is none.
result<void> gateway::state::refund_told(
    const ports::qr_refund_request& request, const trade_name& name, const call& bounds) {
    for (;;) {
        CIPHERLANE_TRY(const auto there, after_send(look_up(name, bounds)));
        if (there.what == money::moved || there.what == money::none) {
            CIPHERLANE_TRY(const auto total, read_total(there.all));
            if (total != request.total) return unreadable_member("txnAmt");
            if (there.what == money::moved) return {};
            // Its own number says that it moves nothing: the one word that declines a refund which was sent.
            return fault(hostlink_errc::refused_by_gateway, "origRespCode")
                .with_peer_code("409")
                .with_peer_text(there.code);
        }
        const auto need = settings.refund_poll + settings.refund_poll;
        if (bounds.until().left() < need || bounds.stopped()) return still_open(there);
        pause(call(settings.refund_poll, bounds.stop()));
    }
}

/// The payment, where all of it has gone back by what undid its charge. One that is paid while it is being undone is
/// told as undone; the late notice of its payment asks for the money once more, which UnionPay refuses for ever.
/// Ask only where the refund was refused by `more_than_is_left`: that the undoing was taken proves nothing alone, as
/// it is taken of a charge of which nothing has moved, too, and such a one may be paid later still.
std::optional<qr_order_status> gateway::state::gone_back(
    const ports::qr_refund_request& request, const trade_name& order, const call& bounds) {
    const auto told = look_up(order, bounds);
    if (!told || told->what != money::moved) return std::nullopt;
    const auto payment = paid(request.order_number, told->all);
    const bool same =
        payment && payment->paid == request.total &&
        (request.transaction_number.empty() || request.transaction_number == payment->transaction_number);
    if (!same) return std::nullopt;
    auto status = ended(request.order_number, qr_order_state::refunded);
    status.paid = request.total;
    status.transaction_number = payment->transaction_number;
    for (const auto how : {undoing::reversal, undoing::void_payment}) {
        const auto undone = look_up(name_of_undoing(order, how), bounds);
        if (undone && undone->what == money::moved) return status;
    }
    return std::nullopt;
}

result<qr_order_status> gateway::refund(const ports::qr_refund_request& request, const call& bounds) {
    auto& own = *state_;
    CIPHERLANE_TRY(const auto order_name, name_of_order(request.order_number));
    CIPHERLANE_TRY(const auto name, name_of_refund(request.refund_number));
    CIPHERLANE_CHECK(check_total(request.total));
    auto status = own.ended(request.order_number, qr_order_state::refunded);
    status.paid = request.total;
    status.transaction_number = request.transaction_number;
    if (request.asked_before) {
        const auto before = own.refund_told(request, name, bounds);
        if (before) return status;
        if (before.error().untrusted_peer_text() == more_than_is_left)
            if (const auto gone = own.gone_back(request, order_name, bounds)) return *gone;
        if (!is_none(before.error())) return before.error();
    }
    // The refund names the payment by UnionPay's number, which also tells that there is one.
    const auto order = own.look_up(order_name, bounds);
    if (!order) {
        return is_none(order.error()) ? own.refund_refused(request, order.error()) : own.after_send(order.error());
    }
    const bool was_told = !request.transaction_number.empty(); // see `refund_refused`
    if (order->what == money::unknown || (order->what != money::moved && was_told)) return own.still_open(*order);
    if (order->what != money::moved) {
        return own.refund_refused(request, own.fault(hostlink_errc::refused_by_gateway, "origRespCode")
                                               .with_peer_code("409")
                                               .with_peer_text(order->code));
    }
    CIPHERLANE_TRY(const auto payment, own.paid(request.order_number, order->all));
    if (!request.transaction_number.empty() && payment.transaction_number != request.transaction_number) {
        return own.refund_refused(
            request, own.fault(hostlink_errc::refused_by_gateway, "transaction_number").with_peer_code("409"));
    }
    status.transaction_number = payment.transaction_number;
    auto trade = own.money_call("04", "00", request.total);
    trade["origQryId"] = payment.transaction_number;
    CIPHERLANE_TRY(const auto told, own.ask(own.settings.path, name, std::move(trade), bounds));
    const bool used = told.what == meaning::used;
    if (told.what == meaning::refused && told.code == more_than_is_left)
        if (const auto gone = own.gone_back(request, order_name, bounds)) return *gone;
    if (!used && told.what != meaning::done && told.what != meaning::waits)
        return own.refund_refused(request, own.refusal(told));
    const auto end = own.refund_told(request, name, bounds);
    if (end) return status;
    if (is_none(end.error())) return own.undecided(hostlink_errc::not_done_yet, "respCode", told);
    // The number is of a refund of another amount: none by this call.
    if (used && end.error().field() == "txnAmt") return own.refund_refused(request, own.refusal(told));
    return end.error();
}

result<qr_order_status> gateway::wait_notification(std::string_view order_number, const call& bounds) {
    return state_->wait_notification(order_number, bounds);
}

} // namespace cipherlane::hostlink::unionpay
