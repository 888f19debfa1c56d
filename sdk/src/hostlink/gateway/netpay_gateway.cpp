#include "gateway/adapter.hpp"
#include "gateway/netpay_words.hpp"
#include "json_reader.hpp"

#include <cipherlane/core/hex.hpp>
#include <cipherlane/core/pause.hpp>
#include <cipherlane/crypto/random.hpp>
#include <cipherlane/hostlink/gateway/netpay_gateway.hpp>
#include <cipherlane/net/tcp.hpp>

#include <array>
#include <utility>

namespace cipherlane::hostlink::netpay {
namespace {

namespace json = boost::json;
using ports::qr_order_state;
using ports::qr_order_status;

constexpr std::string_view done_code = "00"; ///< `errCode` of poslink
constexpr std::size_t longest_code = 32;
constexpr auto clocks_apart = std::chrono::minutes(15); ///< the till's and netpay's, at most

error netpay_error(hostlink_errc what, std::string_view field = {}) {
    return error(what, layer::hostlink).during("netpay").in_field(field);
}

/// netpay takes nothing but yuan, and names no unit that could be another's.
result<void> check_sum(const amount& total) {
    if (total.unit() == cny && total.minor() > 0) return {};
    return netpay_error(hostlink_errc::bad_setting, "total").with_hint("expected CNY, more than nothing");
}

/// The value of `id` in a code's address, by which it is closed.
std::string code_id(std::string_view url) {
    const auto query = url.find('?');
    if (query == std::string_view::npos) return {};
    const auto all = read_form(url.substr(query + 1));
    if (!all) return {};
    const auto found = all->find("id");
    return found == all->end() ? std::string() : found->second;
}

result<void> same_text(const json_reader& read, std::string_view member, std::string_view ours) {
    if (read.text_or_none(member) == ours) return {};
    return unreadable_member(member);
}

} // namespace

struct gateway::state : adapter {
    state(const gateway_settings& with, std::shared_ptr<const platform> of, const ports::clock& time,
        notification_listener* from, logger to, host_connector connect)
        : adapter("netpay", with, with.merchant_id, from, std::move(connect))
        , settings(with)
        , known(std::move(of))
        , clock(time)
        , log(std::move(to)) {}

    struct reply {
        meaning what = meaning::unknown;
        std::string code; ///< `errCode`
        json::object body;
    };
    /// What a query says of a bill.
    struct told_bill {
        std::string word; ///< `billStatus`
        amount total;
        json::object body;
    };

    /// Signs and sends. @param text wiped by whoever made it.
    [[nodiscard]] result<json::object> send(const std::string& path, std::string_view text, const call& bounds) {
        std::array<std::uint8_t, 16> noise{};
        CIPHERLANE_CHECK(crypto::random_fill(noise));
        const auto nonce = to_hex(noise);
        const auto now = ports::to_civil(clock.now());
        const auto timestamp = now.yyyymmdd() + now.hhmmss();
        const auto& app = known->whose().app_id;
        const request_head head{app, timestamp, nonce};
        std::string header = "Accept: application/json\r\nUser-Agent: cipherlane\r\n";
        auto answer = result<http_answer>(http_answer());
        if (settings.form == request_form::body_sig) {
            CIPHERLANE_TRY(const auto value, known->authorization(head, text));
            header += "Content-Type: application/json; charset=utf-8\r\nAuthorization: " + value + "\r\n";
            answer = line.ask({"POST", path, header, text}, bounds);
        } else {
            CIPHERLANE_TRY(auto fields, known->form(head, text));
            auto query = write_form(fields);
            wipe_text(fields["content"]);
            std::string target;
            target.reserve(path.size() + 1 + query.size());
            target.append(path).append("?").append(query);
            wipe_text(query);
            answer = line.ask({"GET", target, header, {}}, bounds);
            wipe_text(target);
        }
        if (!answer) return answer.error();
        note_clock(answer->fields, clock);
        if (answer->status != 200) {
            const auto why =
                answer->status / 100 == 4 ? hostlink_errc::unnamed_refusal : hostlink_errc::gateway_failed;
            return fault(why).with_peer_code(std::to_string(answer->status));
        }
        return parse_json_object(answer->body);
    }

    [[nodiscard]] reply understood(json::object body) const {
        reply told;
        told.code = json_reader(body).text_or_none("errCode");
        told.what = meaning_of(told.code);
        told.body = std::move(body);
        return told;
    }

    /// A call about a bill. What comes back names merchant and terminal, and the bill where it went well.
    [[nodiscard]] result<reply> ask_bill(
        std::string_view verb, const bill_name& name, json::object wish, const call& bounds) {
        const auto& of = known->whose();
        wish["requestTimestamp"] = ports::to_civil(clock.now()).to_string();
        wish["mid"] = of.mid;
        wish["tid"] = of.tid;
        wish["instMid"] = bills;
        const bool by_number = wish.if_contains("qrCodeId") == nullptr;
        if (by_number) {
            wish["billNo"] = name.number;
            wish["billDate"] = name.date;
        }
        auto text = json::serialize(wish);
        CIPHERLANE_TRY(auto body, send(settings.bills_path + std::string(verb), text, bounds));
        const auto told = understood(std::move(body));
        const json_reader read(told.body);
        CIPHERLANE_CHECK(same_text(read, "mid", of.mid));
        CIPHERLANE_CHECK(same_text(read, "tid", of.tid));
        CIPHERLANE_CHECK(check_yuan(read));
        if (told.what != meaning::done || !by_number) return told;
        CIPHERLANE_CHECK(same_text(read, "billNo", name.number));
        CIPHERLANE_CHECK(same_text(read, "billDate", name.date));
        return told;
    }

    [[nodiscard]] error refusal(const reply& told) const {
        const bool decides =
            told.what == meaning::refused || told.what == meaning::look || told.what == meaning::no_order;
        return fault(decides ? hostlink_errc::refused_by_gateway : hostlink_errc::gateway_failed, place_of(told.code))
            .with_peer_code(told.what == meaning::no_order ? "404" : "400")
            .with_peer_text(told.code);
    }

    [[nodiscard]] error undecided(hostlink_errc what, std::string_view field, std::string_view word) const {
        return fault(what, field).with_peer_text(word);
    }

    /// What netpay says of a bill; none as a refusal with "404". Any other refusal is the question's, and decides
    /// nothing about the bill.
    [[nodiscard]] result<told_bill> look_up(const bill_name& name, const call& bounds) {
        CIPHERLANE_TRY(auto told, ask_bill("query", name, {}, bounds));
        if (told.what == meaning::no_order) return refusal(told);
        if (told.what != meaning::done)
            return undecided(hostlink_errc::unnamed_refusal, place_of(told.code), told.code);
        told_bill made;
        const json_reader read(told.body);
        CIPHERLANE_TRY(made.word, read.text("billStatus"));
        CIPHERLANE_TRY(made.total, read_fen(read, "totalAmount"));
        made.body = std::move(told.body);
        return made;
    }

    [[nodiscard]] result<qr_order_status> status_of(std::string_view number, const told_bill& told) const {
        if (told.word == "UNPAID") return ended(number, qr_order_state::waiting);
        if (told.word == "CLOSED") return ended(number, qr_order_state::cancelled);
        // REFUND does not say how much went back.
        if (told.word != "PAID") return undecided(hostlink_errc::not_done_yet, "billStatus", told.word);
        auto status = ended(number, qr_order_state::paid);
        status.paid = told.total;
        CIPHERLANE_TRY(const auto payment, read_payment(told.body));
        CIPHERLANE_TRY(status.transaction_number, payment_number(payment));
        return status;
    }

    [[nodiscard]] bool may_still_come(std::string_view number, const bill_name& name) const {
        return charges.is_within(settings.longest_way, number) || clock.now() < name.made + settings.longest_way;
    }

    [[nodiscard]] result<qr_order_status> look(std::string_view number, const bill_name& name, const call& bounds) {
        const auto told = look_up(name, bounds);
        if (told) return status_of(number, *told);
        const bool none = is_none(told.error());
        return none && may_still_come(number, name) ? too_soon() : told.error();
    }

    /// What poslink says of a payer's code: `queryResCode`.
    struct told_charge {
        std::string word;
        amount total;
        std::string transaction_number;
    };
    /// @param code the payer's; empty: none is told.
    [[nodiscard]] result<json::object> ask_code(std::string_view verb, const bill_name& name, json::object wish,
        const call& bounds, std::string_view code = {}) {
        wish["merchantCode"] = known->whose().mid;
        wish["terminalCode"] = known->whose().tid;
        wish["merchantOrderId"] = name.number;
        auto text = json::serialize(wish);
        if (!code.empty()) {
            text.pop_back();
            append_secret(text, ",\"payCode\":\"", code, "\"}");
        }
        auto body = send(settings.codes_path + std::string(verb), text, bounds);
        wipe_text(text);
        return body;
    }

    /// Whether that is the word for a charge that was never made, and the day of which it speaks is the charge's.
    /// Both days are netpay's, whose clock is not the till's: around midnight it is not known which it means.
    [[nodiscard]] bool says_none(std::string_view code, const bill_name& name) const {
        if (settings.no_charge_code.empty() || code != settings.no_charge_code) return false;
        const auto is_its_day = [&](std::chrono::system_clock::time_point at) {
            return ports::to_civil(at).to_string().substr(0, name.date.size()) == name.date;
        };
        return is_its_day(name.made - clocks_apart) && is_its_day(clock.now() + clocks_apart);
    }
    [[nodiscard]] error no_charge(std::string_view code) const {
        return fault(hostlink_errc::refused_by_gateway, "errCode").with_peer_code("404").with_peer_text(code);
    }
    [[nodiscard]] error undecided_charge(std::string_view code) const {
        return undecided(hostlink_errc::unnamed_refusal, "errCode", code);
    }

    /// What poslink says of a payer's code; none as a refusal with "404", where the settings know the word for it.
    [[nodiscard]] result<told_charge> look_up_charge(const bill_name& name, const call& bounds) {
        CIPHERLANE_TRY(const auto body, ask_code("query", name, {}, bounds));
        const json_reader read(body);
        const auto code = read.text_or_none("errCode");
        if (code != done_code) return says_none(code, name) ? no_charge(code) : undecided_charge(code);
        CIPHERLANE_CHECK(same_text(read, "merchantOrderId", name.number));
        CIPHERLANE_CHECK(check_yuan(read));
        told_charge made;
        CIPHERLANE_TRY(made.word, read.text("queryResCode"));
        CIPHERLANE_TRY(made.total, read_fen(read, "originalTransactionAmount"));
        CIPHERLANE_TRY(made.transaction_number, read.optional_text("orderId"));
        return made;
    }

    /// 0 done, 1 timed out, 2 voided, 3 given back, 4 reversed, 5 failed, FF not known.
    [[nodiscard]] result<qr_order_status> status_of(std::string_view number, const told_charge& told) const {
        if (told.word == "1") return ended(number, qr_order_state::paying);
        if (told.word == "2" || told.word == "4" || told.word == "5") return ended(number, qr_order_state::cancelled);
        if (told.word != "0") return undecided(hostlink_errc::not_done_yet, "queryResCode", told.word);
        auto status = ended(number, qr_order_state::paid);
        status.paid = told.total;
        CIPHERLANE_TRY(status.transaction_number, as_name(told.transaction_number, "orderId"));
        return status;
    }

    gateway_settings settings;
    std::shared_ptr<const platform> known;
    const ports::clock& clock;
    logger log;
    sent_numbers charges;
};

result<void> gateway_settings::validate() const {
    CIPHERLANE_CHECK(gateway_link::validate());
    const auto peer = net::parse_endpoint(address);
    // Nothing else would prove an answer.
    if (tls == nullptr && peer && !net::is_loopback(peer->host))
        return netpay_error(hostlink_errc::bad_setting, "tls").with_hint("expected TLS, as answers are not signed");
    if (merchant_id.empty()) return netpay_error(hostlink_errc::bad_setting, "merchant_id");
    if (!bills_path.starts_with('/')) return netpay_error(hostlink_errc::bad_setting, "bills_path");
    if (!codes_path.starts_with('/')) return netpay_error(hostlink_errc::bad_setting, "codes_path");
    if (subject.empty()) return netpay_error(hostlink_errc::bad_setting, "subject");
    if (refund_poll.count() <= 0) return netpay_error(hostlink_errc::bad_setting, "refund_poll");
    if (no_charge_code == done_code || no_charge_code.size() > longest_code)
        return netpay_error(hostlink_errc::bad_setting, "no_charge_code");
    return {};
}

gateway::gateway(std::unique_ptr<state> made) noexcept
    : state_(std::move(made)) {}
gateway::~gateway() = default;

result<std::unique_ptr<gateway>> gateway::create(const gateway_settings& settings,
    std::shared_ptr<const platform> known, const ports::clock& clock, notification_listener* listener, logger log,
    host_connector connect) {
    CIPHERLANE_CHECK(settings.validate());
    return std::unique_ptr<gateway>(new gateway(
        std::make_unique<state>(settings, std::move(known), clock, listener, std::move(log), std::move(connect))));
}

std::string gateway::identity() const {
    const auto& of = state_->known->whose();
    return "netpay " + of.mid + " " + of.tid;
}

std::optional<std::chrono::seconds> gateway::clock_offset() const {
    return state_->clock_offset();
}

result<ports::qr_order> gateway::create(const ports::qr_order_request& request, const call& bounds) {
    auto& own = *state_;
    CIPHERLANE_TRY(const auto name, name_of_order(own.known->whose().source, request.order_number));
    CIPHERLANE_CHECK(check_sum(request.total));
    const bool undated = request.issued.time_since_epoch().count() <= 0;
    ports::qr_order order;
    order.order_number = request.order_number;
    order.merchant_id = own.settings.merchant_id;
    order.expires = (undated ? own.clock.now() : request.issued) + request.valid_for;
    json::object wish{{"totalAmount", request.total.minor()},
        {"billDesc", request.subject.empty() ? own.settings.subject : request.subject},
        {"expireTime", ports::to_civil(order.expires).to_string()}};
    if (const auto url = own.notify_url(own.settings.notify_url); !url.empty()) wish["notifyUrl"] = url;
    if (request.funds == ports::order_funds::no_credit) wish["limitCreditCard"] = "true";
    CIPHERLANE_TRY(const auto told, own.ask_bill("get-qrcode", name, std::move(wish), bounds));
    if (told.what == meaning::done) {
        CIPHERLANE_TRY(order.code_url, json_reader(told.body).code("billQRCode"));
        return order;
    }
    if (told.what != meaning::look) return own.refusal(told);
    // The number was used, by this very order or by another.
    const auto there = own.after_send(own.look_up(name, bounds));
    if (!there) return is_none(there.error()) ? own.too_soon() : there.error();
    if (there->total != request.total) return own.refusal(told);
    CIPHERLANE_TRY(const auto status, own.status_of(request.order_number, *there));
    order.state = status.state;
    if (status.state != qr_order_state::waiting) return order;
    order.code_url = json_reader(there->body).text_or_none("billQRCode");
    if (order.code_url.empty()) return own.undecided(hostlink_errc::not_done_yet, "billQRCode", told.code);
    return order;
}

result<qr_order_status> gateway::query(std::string_view order_number, const call& bounds) {
    auto& own = *state_;
    CIPHERLANE_TRY(const auto name, name_of_order(own.known->whose().source, order_number));
    if (!own.charges.contains(order_number)) return own.look(order_number, name, bounds);
    const auto told = own.look_up_charge(name, bounds);
    if (told) return own.status_of(order_number, *told);
    const bool none = is_none(told.error());
    return none && own.may_still_come(order_number, name) ? own.too_soon() : told.error();
}

result<qr_order_status> gateway::cancel(std::string_view order_number, const call& bounds) {
    auto& own = *state_;
    CIPHERLANE_TRY(const auto name, name_of_order(own.known->whose().source, order_number));
    const auto before = own.look_up(name, bounds);
    if (!before) {
        const bool none = is_none(before.error());
        return none && own.may_still_come(order_number, name) ? own.too_soon() : before.error();
    }
    if (before->word != "UNPAID") return own.status_of(order_number, *before);
    // A code is closed by the number in its address, and only the bill's own word closes the order.
    const auto id = code_id(json_reader(before->body).text_or_none("billQRCode"));
    if (id.empty()) return own.undecided(hostlink_errc::not_done_yet, "billQRCode", before->word);
    CIPHERLANE_TRY(const auto told, own.ask_bill("close-qrcode", name, {{"qrCodeId", id}}, bounds));
    const bool looks = told.what == meaning::done || told.what == meaning::look;
    if (!looks) return own.undecided(hostlink_errc::unnamed_refusal, "errCode", told.code);
    const auto after = own.after_send(own.look_up(name, bounds));
    if (!after)
        return is_none(after.error()) ? own.undecided(hostlink_errc::not_done_yet, "billStatus", told.code)
                                      : after.error();
    if (after->word == "UNPAID") return own.undecided(hostlink_errc::not_done_yet, "billStatus", after->word);
    return own.status_of(order_number, *after);
}

result<qr_order_status> gateway::charge(const ports::qr_charge_request& request, const call& bounds) {
    auto& own = *state_;
    CIPHERLANE_TRY(const auto name, name_of_order(own.known->whose().source, request.order_number));
    CIPHERLANE_CHECK(check_sum(request.total));
    if (request.funds == ports::order_funds::no_credit) return cannot_refuse_credit("netpay");
    json::object wish{{"transactionAmount", request.total.minor()}, {"transactionCurrencyCode", "156"},
        {"merchantRemark", request.subject.empty() ? own.settings.subject : request.subject},
        {"payMode", "CODE_SCAN"}, {"deviceType", "11"}};
    own.charges.note(request.order_number);
    CIPHERLANE_TRY(const auto body, own.ask_code("pay", name, std::move(wish), bounds, request.code.expose()));
    const auto code = json_reader(body).text_or_none("errCode");
    // Whatever it says: the answer does not name the order, its query does.
    const auto asked = own.after_send(own.look_up_charge(name, bounds));
    if (!asked) return is_none(asked.error()) ? own.too_soon() : asked.error();
    const auto& told = *asked;
    if (told.word == "5") {
        return own.fault(hostlink_errc::refused_by_gateway, "queryResCode")
            .with_peer_code("400")
            .with_peer_text(code);
    }
    CIPHERLANE_TRY(auto status, own.status_of(request.order_number, told));
    if (told.total != request.total) return unreadable_member("originalTransactionAmount");
    return status;
}

result<qr_order_status> gateway::reverse(std::string_view order_number, const call& bounds) {
    auto& own = *state_;
    CIPHERLANE_TRY(const auto name, name_of_order(own.known->whose().source, order_number));
    const auto before = own.look_up_charge(name, bounds);
    if (!before) {
        const bool none = is_none(before.error());
        return none && own.may_still_come(order_number, name) ? own.too_soon() : before.error();
    }
    CIPHERLANE_TRY(auto status, own.status_of(order_number, *before));
    if (status.state == qr_order_state::cancelled) return status;
    CIPHERLANE_TRY(const auto body, own.ask_code("voidpayment", name, {}, bounds));
    const auto code = json_reader(body).text_or_none("errCode");
    const auto there = own.after_send(own.look_up_charge(name, bounds));
    if (!there) return is_none(there.error()) ? own.undecided_charge(code) : there.error();
    const auto& after = *there;
    const bool gone = after.word == "2" || after.word == "4" || after.word == "5";
    if (!gone) return own.undecided(hostlink_errc::not_done_yet, "queryResCode", code);
    status.state = status.state == qr_order_state::paid ? qr_order_state::refunded : qr_order_state::cancelled;
    return status;
}

result<qr_order_status> gateway::refund(const ports::qr_refund_request& request, const call& bounds) {
    auto& own = *state_;
    const auto& source = own.known->whose().source;
    CIPHERLANE_TRY(const auto order_name, name_of_order(source, request.order_number));
    CIPHERLANE_TRY(const auto name, name_of_refund(source, request.refund_number));
    CIPHERLANE_CHECK(check_sum(request.total));
    const auto order = own.look_up(order_name, bounds);
    if (!order) {
        return is_none(order.error()) ? own.refund_refused(request, order.error()) : own.after_send(order.error());
    }
    if (order->word != "PAID" && order->word != "REFUND") {
        const bool unpaid = order->word == "UNPAID" || order->word == "CLOSED";
        if (!unpaid || !request.transaction_number.empty())
            return own.undecided(hostlink_errc::not_done_yet, "billStatus", order->word); // see `refund_refused`
        return own.refund_refused(request, own.fault(hostlink_errc::refused_by_gateway, "billStatus")
                                               .with_peer_code("409")
                                               .with_peer_text(order->word));
    }
    CIPHERLANE_TRY(const auto payment, read_payment(order->body));
    CIPHERLANE_TRY(const auto transaction, payment_number(payment));
    if (!request.transaction_number.empty() && transaction != request.transaction_number) {
        return own.refund_refused(
            request, own.fault(hostlink_errc::refused_by_gateway, "transaction_number").with_peer_code("409"));
    }
    bool sent = request.asked_before;
    for (;;) {
        const json::object wish{{"refundOrderId", name.number}, {"refundAmount", request.total.minor()}};
        const auto asked = own.ask_bill("refund", order_name, wish, bounds);
        if (!asked) return sent ? own.after_send(asked.error()) : asked.error();
        const auto& told = *asked;
        if (told.what != meaning::done) {
            if (sent) return own.undecided(hostlink_errc::unnamed_refusal, "errCode", told.code);
            return own.refusal(told);
        }
        sent = true;
        const json_reader read(told.body);
        CIPHERLANE_CHECK(same_text(read, "refundOrderId", name.number));
        CIPHERLANE_TRY(const auto sum, read_fen(read, "refundAmount"));
        if (sum != request.total) return unreadable_member("refundAmount");
        const auto word = read.text_or_none("refundStatus");
        if (word == "SUCCESS") {
            auto status = own.ended(request.order_number, qr_order_state::refunded);
            status.paid = request.total;
            status.transaction_number = transaction;
            return status;
        }
        if (word == "FAIL") {
            // Its own number says that it moves nothing: the one word that declines a refund which was sent.
            return own.fault(hostlink_errc::refused_by_gateway, "refundStatus")
                .with_peer_code("409")
                .with_peer_text(word);
        }
        // The same number again is the same refund, and tells what has become of it.
        const auto need = own.settings.refund_poll + own.settings.refund_poll;
        if (bounds.until().left() < need || bounds.stopped())
            return own.undecided(hostlink_errc::not_done_yet, "refundStatus", word);
        pause(call(own.settings.refund_poll, bounds.stop()));
    }
}

result<qr_order_status> gateway::wait_notification(std::string_view order_number, const call& bounds) {
    return state_->wait_notification(order_number, bounds);
}

} // namespace cipherlane::hostlink::netpay
