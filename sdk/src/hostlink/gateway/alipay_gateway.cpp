#include "gateway/alipay_words.hpp"
#include "gateway/https_line.hpp"
#include "json_reader.hpp"

#include <cipherlane/core/base64.hpp>
#include <cipherlane/core/monotonic_clock.hpp>
#include <cipherlane/core/pause.hpp>
#include <cipherlane/core/secret_bytes.hpp>
#include <cipherlane/hostlink/errc.hpp>
#include <cipherlane/hostlink/gateway/alipay_gateway.hpp>
#include <cipherlane/hostlink/gateway/http_date.hpp>

#include <algorithm>
#include <map>
#include <utility>

namespace cipherlane::hostlink::alipay {
namespace {

namespace json = boost::json;
using ports::qr_order_state;
using ports::qr_order_status;

constexpr std::size_t most_remembered = 1'024;
/// Added to a code's end, as its clock and ours differ.
constexpr std::chrono::seconds after_the_end{60};

error alipay_error(hostlink_errc what, std::string_view field = {}) {
    return error(what, layer::hostlink).during("alipay").in_field(field);
}

result<void> check_trade_number(std::string_view number) {
    constexpr std::string_view allowed = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    if (number.empty() || number.size() > 64 || number.find_first_not_of(allowed) != std::string_view::npos) {
        return alipay_error(hostlink_errc::bad_setting, "order_number");
    }
    return {};
}

void wipe_content(std::string& text) {
    wipe(byte_span(reinterpret_cast<std::uint8_t*>(text.data()), text.size()));
}

/// Without the signs that a subject may not have.
std::string as_subject(std::string text) {
    constexpr std::string_view refused = "/=&";
    for (auto& c : text)
        if (refused.find(c) != std::string_view::npos) c = ' ';
    return text;
}

/// Alipay takes nothing but yuan, and is told no unit that could be another's.
result<void> check_unit(const amount& total) {
    if (total.unit() == cny) return {};
    return alipay_error(hostlink_errc::bad_setting, "total").with_hint("expected CNY");
}

/// Alipay's own word, not a page of something in between.
bool is_no_trade(const error& why) {
    return why.is(condition::rejected_by_peer) && why.peer_code() == "404";
}

} // namespace

struct gateway::state {
    state(const gateway_settings& with, std::shared_ptr<const platform> of, std::shared_ptr<const request_signer> by,
        const ports::clock& time, notification_listener* from, logger to, host_connector connect)
        : settings(with)
        , known(std::move(of))
        , signer(std::move(by))
        , clock(time)
        , listener(from)
        , log(std::move(to))
        , line(static_cast<const gateway_link&>(settings), std::move(connect))
        , made(clock.now()) {}

    struct reply {
        meaning what = meaning::unknown;
        std::string code;
        std::string sub_code;
        std::string text; ///< the signed object
    };

    /// Signs and sends a call. What comes back is proved, or is none.
    /// @param content wiped by whoever made it.
    [[nodiscard]] result<reply> ask(
        std::string_view method, std::string_view content, const call& bounds, std::string_view notify_url = {}) {
        CIPHERLANE_TRY(auto answer, send(method, content, notify_url, bounds));
        if (answer.status != 200) {
            const auto why =
                answer.status / 100 == 4 ? hostlink_errc::unnamed_refusal : hostlink_errc::gateway_failed;
            return alipay_error(why).at_endpoint(line.address()).with_peer_code(std::to_string(answer.status));
        }
        CIPHERLANE_TRY(const auto parts, split(answer.body, method));
        const bool proved = !parts.sign.empty() && known->verifies(parts.signed_text, parts.sign, parts.certificate);
        const auto object = parse_json_object(parts.signed_text);
        reply told;
        if (object) {
            told.code = json_reader(*object).text_or_none("code");
            told.sub_code = json_reader(*object).text_or_none("sub_code");
        }
        // What Alipay refuses about the application or its key it cannot always sign: nothing was begun.
        const bool unsigned_refusal = parts.sign.empty() && told.code.starts_with("4000") && told.code != "40004" &&
                                      told.sub_code.starts_with("isv.");
        if (!proved && !unsigned_refusal) {
            return alipay_error(hostlink_errc::unproven_answer, "sign")
                .at_endpoint(line.address())
                .with_peer_text(told.sub_code);
        }
        if (!object) return object.error();
        told.what = unsigned_refusal ? meaning::refused : meaning_of(told.code, told.sub_code);
        told.text = std::string(parts.signed_text);
        return told;
    }

    [[nodiscard]] result<http_answer> send(
        std::string_view method, std::string_view content, std::string_view notify_url, const call& bounds) {
        const auto& of = known->whose();
        parameters all{{"app_id", of.app_id}, {"method", std::string(method)}, {"format", "JSON"},
            {"charset", "utf-8"}, {"sign_type", signer->kind() == signature_kind::rsa_sha256 ? "RSA2" : "SM2"},
            {"timestamp", ports::to_civil(clock.now()).to_string()}, {"version", "1.0"},
            {"notify_url", std::string(notify_url)}, {"app_auth_token", of.app_auth_token},
            {"app_cert_sn", known->app_number()}, {"alipay_root_cert_sn", known->root_number()}};
        std::erase_if(all, [](const auto& one) { return one.second.empty(); });
        parameters with_content = all;
        auto& kept = with_content["biz_content"] = std::string(content);
        auto text = request_text(with_content);
        const auto signature = signer->sign(as_bytes(text));
        wipe_content(text);
        wipe_content(kept);
        if (!signature) return signature.error();
        all["sign"] = to_base64(*signature);
        auto body = write_form({{"biz_content", std::string(content)}});
        const auto target = settings.path + "?" + write_form(all);
        constexpr std::string_view header = "Accept: application/json\r\nUser-Agent: cipherlane\r\n"
                                            "Content-Type: application/x-www-form-urlencoded; charset=utf-8\r\n";
        auto answer = line.ask({"POST", target, header, body}, bounds);
        wipe_content(body);
        const auto date = answer ? answer->fields.only("Date") : std::nullopt;
        const auto theirs = date ? read_http_date(*date) : std::nullopt;
        if (theirs) offset = std::chrono::duration_cast<std::chrono::seconds>(*theirs - clock.now());
        return answer;
    }

    [[nodiscard]] error refusal(const reply& told) const {
        const bool decides =
            told.what == meaning::refused || told.what == meaning::look || told.what == meaning::no_trade;
        const auto status = told.what == meaning::no_trade ? "404" : told.code;
        return alipay_error(decides ? hostlink_errc::refused_by_gateway : hostlink_errc::gateway_failed)
            .at_endpoint(line.address())
            .with_peer_code(status)
            .with_peer_text(told.sub_code);
    }

    [[nodiscard]] qr_order_status ended(std::string_view number, qr_order_state now) const {
        qr_order_status status;
        status.order_number = std::string(number);
        status.merchant_id = settings.merchant_id;
        status.state = now;
        return status;
    }

    /// What Alipay says of a trade; `no_trade` as a refusal with "404".
    [[nodiscard]] result<qr_order_status> look_up(std::string_view number, const call& bounds) {
        const auto content = json::serialize(json::object{{"out_trade_no", std::string(number)}});
        CIPHERLANE_TRY(const auto told, ask("alipay.trade.query", content, bounds));
        if (told.what != meaning::done) return refusal(told);
        CIPHERLANE_TRY(auto status, read_trade(number, told.text));
        status.merchant_id = settings.merchant_id;
        if (status.state == qr_order_state::waiting && charges.contains(number))
            status.state = qr_order_state::paying;
        return status;
    }

    /// Why a question failed that followed a call which was sent: it says nothing of that call, unless that there is
    /// no such trade, and never that nothing was sent.
    [[nodiscard]] error after_send(const error& why) const {
        if (why.is(condition::outcome_unknown) || is_no_trade(why)) return why;
        return alipay_error(hostlink_errc::lost_after_send, why.field())
            .at_endpoint(line.address())
            .with_peer_code(why.peer_code())
            .with_hint(why.code().message());
    }

    [[nodiscard]] result<qr_order_status> look_up_after_send(std::string_view number, const call& bounds) {
        auto status = look_up(number, bounds);
        if (!status) return after_send(status.error());
        return status;
    }

    /// What a refusal is for a refund: of one that was sent before it says nothing, and its money is not free.
    [[nodiscard]] error refund_refused(const ports::qr_refund_request& request, const error& why) const {
        if (!request.asked_before || !why.is(condition::rejected_by_peer)) return why;
        return alipay_error(hostlink_errc::unnamed_refusal, why.field())
            .at_endpoint(line.address())
            .with_peer_code(why.peer_code())
            .with_peer_text(why.untrusted_peer_text());
    }

    /// The same, where a trade that is not there may be an order that nobody has scanned.
    [[nodiscard]] result<qr_order_status> look(std::string_view number, const call& bounds) {
        auto status = look_up(number, bounds);
        if (status || !is_no_trade(status.error())) return status;
        return without_trade(number, status.error());
    }

    [[nodiscard]] result<qr_order_status> without_trade(std::string_view number, const error& none) {
        if (charges.contains(number)) return may_still_come(number) ? too_soon() : none;
        const auto found = codes.find(number);
        const bool ours = found != codes.end();
        const auto ends = ours ? found->second : made + settings.longest_code;
        if (clock.now() < ends + (ours ? after_the_end : std::chrono::seconds(0)))
            return ended(number, qr_order_state::waiting);
        if (ours) return ended(number, qr_order_state::expired);
        return none;
    }

    [[nodiscard]] error too_soon() const {
        return alipay_error(hostlink_errc::may_still_come, "order_number").at_endpoint(line.address());
    }

    /// Whether a charge that was sent may still be on its way.
    /// Of a number that another till has sent, or this one before its start, nobody here knows when that was: then it
    /// counts from the first question about it.
    [[nodiscard]] bool may_still_come(std::string_view number) {
        auto found = charges.find(number);
        if (found == charges.end()) {
            found = asked.find(number);
            if (found == asked.end()) {
                forget_one(asked);
                found = asked.emplace(std::string(number), monotonic_clock::now()).first;
            }
        }
        return monotonic_clock::now() - found->second < settings.longest_way;
    }

    template <class Map>
    static void forget_one(Map& known_numbers) {
        if (known_numbers.size() < most_remembered) return;
        const auto oldest = std::min_element(known_numbers.begin(), known_numbers.end(),
            [](const auto& a, const auto& b) { return a.second < b.second; });
        known_numbers.erase(oldest);
    }

    [[nodiscard]] std::string notify_url() const {
        if (!settings.notify_url.empty()) return settings.notify_url;
        return listener != nullptr ? listener->url() : std::string();
    }

    gateway_settings settings;
    std::shared_ptr<const platform> known;
    std::shared_ptr<const request_signer> signer;
    const ports::clock& clock;
    notification_listener* listener;
    logger log;
    https_line line;
    std::chrono::system_clock::time_point made;
    std::optional<std::chrono::seconds> offset; ///< of Alipay's clock
    std::map<std::string, std::chrono::system_clock::time_point, std::less<>>
        codes;                                                               ///< orders, and their codes' ends
    std::map<std::string, monotonic_clock::time_point, std::less<>> charges; ///< and when they were sent
    std::map<std::string, monotonic_clock::time_point, std::less<>> asked; ///< about others' charges, and since when
};

result<void> gateway_settings::validate() const {
    CIPHERLANE_CHECK(gateway_link::validate());
    if (merchant_id.empty()) return alipay_error(hostlink_errc::bad_setting, "merchant_id");
    if (!path.starts_with('/')) return alipay_error(hostlink_errc::bad_setting, "path");
    if (subject.empty()) return alipay_error(hostlink_errc::bad_setting, "subject");
    if (refund_poll.count() <= 0) return alipay_error(hostlink_errc::bad_setting, "refund_poll");
    return {};
}

gateway::gateway(std::unique_ptr<state> made) noexcept
    : state_(std::move(made)) {}
gateway::~gateway() = default;

result<std::unique_ptr<gateway>> gateway::create(const gateway_settings& settings,
    std::shared_ptr<const platform> known, std::shared_ptr<const request_signer> signer, const ports::clock& clock,
    notification_listener* listener, logger log, host_connector connect) {
    CIPHERLANE_CHECK(settings.validate());
    CIPHERLANE_TRY(const auto own, signer->public_der());
    if (known->holds(own)) {
        return alipay_error(hostlink_errc::bad_key, "public_key_file")
            .with_hint("expected Alipay's key; this is the application's own");
    }
    if (listener != nullptr) listener->expect_merchant(settings.merchant_id);
    return std::unique_ptr<gateway>(new gateway(std::make_unique<state>(
        settings, std::move(known), std::move(signer), clock, listener, std::move(log), std::move(connect))));
}

std::string gateway::identity() const {
    const auto& of = state_->known->whose();
    return "alipay " + of.app_id + " " + of.seller_id;
}

std::optional<std::chrono::seconds> gateway::clock_offset() const {
    return state_->offset;
}

result<ports::qr_order> gateway::create(const ports::qr_order_request& request, const call& bounds) {
    auto& own = *state_;
    CIPHERLANE_CHECK(check_trade_number(request.order_number));
    CIPHERLANE_CHECK(check_unit(request.total));
    const bool undated = request.issued.time_since_epoch().count() <= 0;
    const auto issued = undated ? own.clock.now() : request.issued;
    const auto& subject = request.subject.empty() ? own.settings.subject : request.subject;
    json::object content{{"out_trade_no", request.order_number}, {"total_amount", request.total.to_string()},
        {"subject", as_subject(subject)}, {"product_code", "QR_CODE_OFFLINE"},
        {"time_expire", ports::to_civil(issued + request.valid_for).to_string()}};
    if (!request.terminal_id.empty()) content["terminal_id"] = request.terminal_id;
    ports::qr_order order;
    order.order_number = request.order_number;
    order.merchant_id = own.settings.merchant_id;
    order.expires = issued + request.valid_for;
    state::forget_one(own.codes);
    own.codes[request.order_number] = order.expires; // also where the answer is lost: it may be scanned
    CIPHERLANE_TRY(
        const auto told, own.ask("alipay.trade.precreate", json::serialize(content), bounds, own.notify_url()));
    if (told.what == meaning::done) {
        CIPHERLANE_TRY(const auto object, parse_json_object(told.text));
        const json_reader read(object);
        CIPHERLANE_TRY(const auto number, read.text("out_trade_no"));
        if (number != request.order_number) return unreadable_member("out_trade_no");
        CIPHERLANE_TRY(order.code_url, read.text("qr_code"));
        if (order.code_url.empty()) return unreadable_member("qr_code");
        return order;
    }
    if (told.what != meaning::look) return own.refusal(told);
    const auto there = own.look_up_after_send(request.order_number, bounds);
    if (!there && !is_no_trade(there.error())) return there.error();
    const bool ended = there && (there->state == qr_order_state::cancelled || there->paid == request.total);
    if (!ended || there->state == qr_order_state::waiting) return own.refusal(told);
    order.state = there->state;
    return order;
}

result<qr_order_status> gateway::query(std::string_view order_number, const call& bounds) {
    CIPHERLANE_CHECK(check_trade_number(order_number));
    return state_->look(order_number, bounds);
}

result<qr_order_status> gateway::cancel(std::string_view order_number, const call& bounds) {
    auto& own = *state_;
    CIPHERLANE_CHECK(check_trade_number(order_number));
    const auto content = json::serialize(json::object{{"out_trade_no", std::string(order_number)}});
    CIPHERLANE_TRY(const auto told, own.ask("alipay.trade.close", content, bounds));
    if (told.what == meaning::done) return own.ended(order_number, qr_order_state::cancelled);
    if (told.what == meaning::look) return own.look(order_number, bounds);
    if (told.what != meaning::no_trade) return own.refusal(told);
    // Nobody has scanned: there is nothing to close, and the code can be scanned until it ends. To cancel it closes
    // the order behind it, where Alipay says so.
    CIPHERLANE_TRY(const auto gone, own.ask("alipay.trade.cancel", content, bounds));
    if (gone.what != meaning::done) {
        return gone.what == meaning::no_trade ? own.without_trade(order_number, own.refusal(gone))
                                              : result<qr_order_status>(own.refusal(gone));
    }
    CIPHERLANE_TRY(const auto object, parse_json_object(gone.text));
    if (json_reader(object).text_or_none("action") == "close")
        return own.ended(order_number, qr_order_state::cancelled);
    return own.look(order_number, bounds);
}

result<qr_order_status> gateway::charge(const ports::qr_charge_request& request, const call& bounds) {
    auto& own = *state_;
    CIPHERLANE_CHECK(check_trade_number(request.order_number));
    CIPHERLANE_CHECK(check_unit(request.total));
    const auto& subject = request.subject.empty() ? own.settings.subject : request.subject;
    json::object content{{"out_trade_no", request.order_number}, {"total_amount", request.total.to_string()},
        {"subject", as_subject(subject)}, {"product_code", "FACE_TO_FACE_PAYMENT"}, {"scene", "bar_code"}};
    if (!request.terminal_id.empty()) content["terminal_id"] = request.terminal_id;
    constexpr std::string_view member = ",\"auth_code\":\"";
    auto text = json::serialize(content);
    text.pop_back();
    const auto code = request.code.expose();
    text.reserve(text.size() + member.size() + 2 * code.size() + 2);
    text += member;
    for (const char one : code) {
        if (one == '"' || one == '\\') text += '\\';
        text += one;
    }
    text += "\"}";
    state::forget_one(own.charges);
    own.charges[request.order_number] = monotonic_clock::now();
    const auto asked = own.ask("alipay.trade.pay", text, bounds, own.notify_url());
    wipe_content(text);
    if (!asked) return asked.error();
    const auto& told = *asked;
    const auto same_amount = [&](qr_order_status status) -> result<qr_order_status> {
        if (status.state == qr_order_state::paid && status.paid != request.total)
            return unreadable_member("total_amount");
        return status;
    };
    if (told.what == meaning::waits) return own.ended(request.order_number, qr_order_state::paying);
    if (told.what == meaning::look) {
        auto there = own.look_up_after_send(request.order_number, bounds);
        if (there) return same_amount(*std::move(there));
        return is_no_trade(there.error()) ? own.refusal(told) : there.error();
    }
    if (told.what != meaning::done) return own.refusal(told);
    CIPHERLANE_TRY(const auto object, parse_json_object(told.text));
    const json_reader read(object);
    CIPHERLANE_TRY(const auto number, read.text("out_trade_no"));
    if (number != request.order_number) return unreadable_member("out_trade_no");
    auto status = own.ended(number, qr_order_state::paid);
    CIPHERLANE_TRY(const auto total, read.text("total_amount"));
    CIPHERLANE_TRY(status.paid, read_yuan(total, "total_amount"));
    CIPHERLANE_TRY(status.transaction_number, read.text("trade_no"));
    return same_amount(std::move(status));
}

result<qr_order_status> gateway::reverse(std::string_view order_number, const call& bounds) {
    auto& own = *state_;
    CIPHERLANE_CHECK(check_trade_number(order_number));
    const auto content = json::serialize(json::object{{"out_trade_no", std::string(order_number)}});
    CIPHERLANE_TRY(const auto told, own.ask("alipay.trade.cancel", content, bounds));
    const auto never_made = [&](const error& why) { return own.may_still_come(order_number) ? own.too_soon() : why; };
    if (told.what == meaning::no_trade) return never_made(own.refusal(told));
    if (told.what != meaning::done && told.what != meaning::look) return own.refusal(told);
    if (told.what == meaning::done) {
        CIPHERLANE_TRY(const auto object, parse_json_object(told.text));
        const json_reader read(object);
        CIPHERLANE_TRY(const auto number, read.text("out_trade_no"));
        if (number != order_number) return unreadable_member("out_trade_no");
        if (read.text_or_none("retry_flag") == "Y") return alipay_error(hostlink_errc::not_done_yet, "retry_flag");
        if (read.text_or_none("action") == "close") return own.ended(order_number, qr_order_state::cancelled);
    }
    auto status = own.look_up_after_send(order_number, bounds);
    if (!status) return is_no_trade(status.error()) ? never_made(status.error()) : status.error();
    const bool gone = status->state == qr_order_state::cancelled || status->state == qr_order_state::refunded;
    if (told.what == meaning::done && !gone) return alipay_error(hostlink_errc::not_done_yet, "trade_status");
    return status;
}

result<qr_order_status> gateway::refund(const ports::qr_refund_request& request, const call& bounds) {
    auto& own = *state_;
    CIPHERLANE_CHECK(check_trade_number(request.order_number));
    CIPHERLANE_CHECK(check_trade_number(request.refund_number));
    CIPHERLANE_CHECK(check_unit(request.total));
    json::object content{{"out_trade_no", request.order_number}, {"out_request_no", request.refund_number},
        {"refund_amount", request.total.to_string()}};
    if (!request.transaction_number.empty()) content["trade_no"] = request.transaction_number;
    CIPHERLANE_TRY(const auto told, own.ask("alipay.trade.refund", json::serialize(content), bounds));
    const bool used = told.sub_code.ends_with("DISCORDANT_REPEAT_REQUEST");
    if (told.what != meaning::done && !used) return own.refund_refused(request, own.refusal(told));
    auto status = own.ended(request.order_number, qr_order_state::refunded);
    status.paid = request.total;
    status.transaction_number = request.transaction_number;
    if (told.what == meaning::done) {
        CIPHERLANE_TRY(const auto object, parse_json_object(told.text));
        const json_reader read(object);
        CIPHERLANE_TRY(const auto number, read.text("out_trade_no"));
        if (number != request.order_number) return unreadable_member("out_trade_no");
        CIPHERLANE_TRY(status.transaction_number, read.text("trade_no"));
        if (read.text_or_none("fund_change") == "Y") return status;
    }
    // Moved before, or not yet: the refund itself tells, and only one word of it says that it is done.
    const json::object which{{"out_trade_no", request.order_number}, {"out_request_no", request.refund_number}};
    for (;;) {
        const auto there = own.ask("alipay.trade.fastpay.refund.query", json::serialize(which), bounds);
        if (!there) return own.after_send(there.error());
        // Whatever is refused is the question: what was sent before it stands.
        if (there->what != meaning::done)
            return alipay_error(hostlink_errc::not_done_yet, "refund_status").with_peer_text(there->sub_code);
        CIPHERLANE_TRY(const auto object, parse_json_object(there->text));
        const json_reader read(object);
        if (read.text_or_none("refund_status") == "REFUND_SUCCESS") {
            CIPHERLANE_TRY(const auto number, read.text("out_request_no"));
            if (number != request.refund_number) return unreadable_member("out_request_no");
            CIPHERLANE_TRY(const auto text, read.text("refund_amount"));
            CIPHERLANE_TRY(const auto sum, read_yuan(text, "refund_amount"));
            if (sum == request.total) return status;
            return used ? own.refund_refused(request, own.refusal(told))
                        : result<qr_order_status>(unreadable_member("refund_amount"));
        }
        const auto need = own.settings.refund_poll + own.settings.refund_poll;
        if (bounds.until().left() < need || bounds.stopped())
            return alipay_error(hostlink_errc::not_done_yet, "refund_status");
        pause(call(own.settings.refund_poll, bounds.stop()));
    }
}

result<qr_order_status> gateway::wait_notification(std::string_view order_number, const call& bounds) {
    if (state_->listener == nullptr) return alipay_error(hostlink_errc::no_notifications);
    return state_->listener->wait(order_number, bounds);
}

} // namespace cipherlane::hostlink::alipay
