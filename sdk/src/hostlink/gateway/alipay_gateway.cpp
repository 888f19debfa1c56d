#include "gateway/adapter.hpp"
#include "gateway/alipay_words.hpp"
#include "gateway/zip_reader.hpp"
#include "json_reader.hpp"

#include <cipherlane/core/base64.hpp>
#include <cipherlane/core/digits.hpp>
#include <cipherlane/core/pause.hpp>
#include <cipherlane/hostlink/gateway/alipay_gateway.hpp>
#include <cipherlane/net/tcp.hpp>

#include <algorithm>
#include <map>
#include <utility>

namespace cipherlane::hostlink::alipay {
namespace {

namespace json = boost::json;
using ports::qr_order_state;
using ports::qr_order_status;

/// Added to a code's end, as its clock and ours differ.
constexpr std::chrono::seconds after_the_end{60};

error alipay_error(hostlink_errc what, std::string_view field = {}) {
    return error(what, layer::hostlink).during("alipay").in_field(field);
}

/// What the list of channels has of credit: a group (linked and express credit cards, 花呗 and its instalments), and
/// credit cards as such, which it names besides.
constexpr const char* all_credit = "credit_group,creditCard";

constexpr std::size_t largest_archive = 64U << 20U;
constexpr std::size_t largest_bill = 256U << 20U;

/// Where a bill lies.
struct bill_place {
    std::string address; ///< HOST:PORT
    std::string target;
    bool secured = false;
};
std::optional<bill_place> read_place(std::string_view url) {
    bill_place place;
    place.secured = url.starts_with("https://");
    if (!place.secured && !url.starts_with("http://")) return std::nullopt;
    url.remove_prefix(url.find("://") + 3);
    const auto path = std::min(url.find_first_of("/?"), url.size());
    place.address = url.substr(0, path);
    if (place.address.find(':') == std::string::npos) place.address += place.secured ? ":443" : ":80";
    place.target = url.substr(path);
    if (!place.target.starts_with('/')) place.target.insert(0, 1, '/');
    // What goes into a request as it is.
    const bool plain = std::all_of(url.begin(), url.end(), [](char c) { return c > ' ' && c <= '~'; });
    if (!plain || !net::parse_endpoint(place.address)) return std::nullopt;
    return place;
}

result<void> check_trade_number(std::string_view number) {
    constexpr std::string_view allowed = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    if (number.empty() || number.size() > 64 || number.find_first_not_of(allowed) != std::string_view::npos) {
        return alipay_error(hostlink_errc::bad_setting, "order_number");
    }
    return {};
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

} // namespace

struct gateway::state : adapter {
    state(const gateway_settings& with, std::shared_ptr<const platform> of, std::shared_ptr<const request_signer> by,
        const ports::clock& time, notification_listener* from, logger to, host_connector connect)
        : adapter("alipay", with, with.merchant_id, from, std::move(connect))
        , settings(with)
        , known(std::move(of))
        , signer(std::move(by))
        , clock(time)
        , log(std::move(to))
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
            return fault(why).with_peer_code(std::to_string(answer.status));
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
            const bool another = !parts.sign.empty() && !known->knows(parts.certificate);
            const auto days = known->fault_of_days();
            return fault(hostlink_errc::unproven_answer, another || !days.empty() ? "alipay_cert_sn" : "sign")
                .with_peer_text(another ? parts.certificate : told.sub_code)
                .with_hint(another ? std::string_view() : days);
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
        wipe_text(text);
        wipe_text(kept);
        if (!signature) return signature.error();
        all["sign"] = to_base64(*signature);
        parameters form;
        auto& carried = form["biz_content"] = content;
        auto body = write_form(form);
        wipe_text(carried);
        const auto target = settings.path + "?" + write_form(all);
        constexpr std::string_view header = "Accept: application/json\r\nUser-Agent: cipherlane\r\n"
                                            "Content-Type: application/x-www-form-urlencoded; charset=utf-8\r\n";
        auto answer = line.ask({"POST", target, header, body}, bounds);
        wipe_text(body);
        if (answer) note_clock(answer->fields, clock);
        return answer;
    }

    /// Before money moves: whether the answer could be believed at all.
    [[nodiscard]] result<void> check_days() const {
        const auto why = known->fault_of_days();
        if (why.empty()) return {};
        return fault(hostlink_errc::not_secured, "alipay_certificate_file").with_hint(why);
    }

    [[nodiscard]] error refusal(const reply& told) const {
        const bool decides =
            told.what == meaning::refused || told.what == meaning::look || told.what == meaning::no_trade;
        const auto status = told.what == meaning::no_trade ? "404" : told.code;
        return fault(
            decides ? hostlink_errc::refused_by_gateway : hostlink_errc::gateway_failed, place_of(told.sub_code))
            .with_peer_code(status)
            .with_peer_text(told.sub_code);
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

    /// What lies at another host of Alipay's, as it came.
    [[nodiscard]] result<std::string> fetch(const bill_place& place, const call& bounds) const {
        gateway_link link;
        link.address = place.address;
        link.connect_timeout = settings.connect_timeout;
        link.response_time = settings.response_time;
        if (place.secured) link.tls = settings.tls;
        if (place.secured && link.tls == nullptr)
            return alipay_error(hostlink_errc::bad_setting, "tls").at_endpoint(place.address);
        CIPHERLANE_CHECK(link.validate());
        https_line there(link, {});
        constexpr std::string_view header = "Accept: */*\r\nUser-Agent: cipherlane\r\n";
        CIPHERLANE_TRY(auto answer, there.ask({"GET", place.target, header, {}, largest_archive}, bounds));
        if (answer.status == 200) return std::move(answer.body);
        return alipay_error(hostlink_errc::gateway_failed, "bill")
            .at_endpoint(place.address)
            .with_peer_code(std::to_string(answer.status));
    }

    /// What `look_up` says, where a trade that is not there may be an order that nobody has scanned.
    [[nodiscard]] result<qr_order_status> look(std::string_view number, const call& bounds) {
        auto status = look_up(number, bounds);
        if (status || !is_none(status.error())) return status;
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

    /// Whether a charge that was sent may still be on its way.
    /// Of a number that another till has sent, or this one before its start, nobody here knows when that was: then it
    /// counts from the first question about it.
    [[nodiscard]] bool may_still_come(std::string_view number) {
        auto& known_numbers = charges.contains(number) ? charges : asked;
        known_numbers.note_once(number);
        return known_numbers.is_within(settings.longest_way, number);
    }

    gateway_settings settings;
    std::shared_ptr<const platform> known;
    std::shared_ptr<const request_signer> signer;
    const ports::clock& clock;
    logger log;
    std::chrono::system_clock::time_point made;
    std::map<std::string, std::chrono::system_clock::time_point, std::less<>>
        codes; ///< orders, and their codes' ends
    sent_numbers charges;
    sent_numbers asked; ///< about others' charges
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
    if (!known->is_own(own)) {
        return alipay_error(hostlink_errc::bad_key, "app_certificate_file")
            .with_hint("expected the certificate of merchant_key_file; this is another key's");
    }
    return std::unique_ptr<gateway>(new gateway(std::make_unique<state>(
        settings, std::move(known), std::move(signer), clock, listener, std::move(log), std::move(connect))));
}

std::string gateway::identity() const {
    const auto& of = state_->known->whose();
    return "alipay " + of.app_id + " " + of.seller_id;
}

std::optional<std::chrono::seconds> gateway::clock_offset() const {
    return state_->clock_offset();
}

result<ports::qr_order> gateway::create(const ports::qr_order_request& request, const call& bounds) {
    auto& own = *state_;
    CIPHERLANE_CHECK(check_trade_number(request.order_number));
    CIPHERLANE_CHECK(check_unit(request.total));
    CIPHERLANE_CHECK(own.check_days());
    const bool undated = request.issued.time_since_epoch().count() <= 0;
    const auto issued = undated ? own.clock.now() : request.issued;
    const auto& subject = request.subject.empty() ? own.settings.subject : request.subject;
    json::object content{{"out_trade_no", request.order_number}, {"total_amount", request.total.to_string()},
        {"subject", as_subject(subject)}, {"product_code", "QR_CODE_OFFLINE"},
        {"time_expire", ports::to_civil(issued + request.valid_for).to_string()}};
    if (!request.terminal_id.empty()) content["terminal_id"] = request.terminal_id;
    if (request.funds == ports::order_funds::no_credit) content["disable_pay_channels"] = all_credit;
    ports::qr_order order;
    order.order_number = request.order_number;
    order.merchant_id = own.settings.merchant_id;
    order.expires = issued + request.valid_for;
    forget_oldest(own.codes, std::less<>());
    own.codes[request.order_number] = order.expires; // also where the answer is lost: it may be scanned
    CIPHERLANE_TRY(const auto told,
        own.ask("alipay.trade.precreate", json::serialize(content), bounds, own.notify_url(own.settings.notify_url)));
    if (told.what == meaning::done) {
        CIPHERLANE_TRY(const auto object, parse_json_object(told.text));
        const json_reader read(object);
        CIPHERLANE_TRY(const auto number, read.text("out_trade_no"));
        if (number != request.order_number) return unreadable_member("out_trade_no");
        CIPHERLANE_TRY(order.code_url, read.code("qr_code"));
        return order;
    }
    if (told.what != meaning::look) return own.refusal(told);
    const auto there = own.after_send(own.look_up(request.order_number, bounds));
    if (!there && !is_none(there.error())) return there.error();
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
    if (gone.what == meaning::no_trade) {
        auto status = own.without_trade(order_number, own.refusal(gone));
        // No code of it can be scanned any more, whoever asked for it and whether or not he got it: it has ended.
        const bool over = !status && is_none(status.error()) && !own.charges.contains(order_number);
        return over ? own.ended(order_number, qr_order_state::expired) : std::move(status);
    }
    if (gone.what != meaning::done) return own.refusal(gone);
    CIPHERLANE_TRY(const auto object, parse_json_object(gone.text));
    if (json_reader(object).text_or_none("action") == "close")
        return own.ended(order_number, qr_order_state::cancelled);
    return own.look(order_number, bounds);
}

result<qr_order_status> gateway::charge(const ports::qr_charge_request& request, const call& bounds) {
    auto& own = *state_;
    CIPHERLANE_CHECK(check_trade_number(request.order_number));
    CIPHERLANE_CHECK(check_unit(request.total));
    CIPHERLANE_CHECK(own.check_days());
    const auto& subject = request.subject.empty() ? own.settings.subject : request.subject;
    json::object content{{"out_trade_no", request.order_number}, {"total_amount", request.total.to_string()},
        {"subject", as_subject(subject)}, {"product_code", "FACE_TO_FACE_PAYMENT"}, {"scene", "bar_code"}};
    if (!request.terminal_id.empty()) content["terminal_id"] = request.terminal_id;
    if (request.funds == ports::order_funds::no_credit) content["disable_pay_channels"] = all_credit;
    auto text = json::serialize(content);
    text.pop_back();
    append_secret(text, ",\"auth_code\":\"", request.code.expose(), "\"}");
    own.charges.note(request.order_number);
    const auto asked = own.ask("alipay.trade.pay", text, bounds, own.notify_url(own.settings.notify_url));
    wipe_text(text);
    if (!asked) return asked.error();
    const auto& told = *asked;
    const auto same_amount = [&](qr_order_status status) -> result<qr_order_status> {
        if (status.state == qr_order_state::paid && status.paid != request.total)
            return unreadable_member("total_amount");
        return status;
    };
    if (told.what == meaning::waits) return own.ended(request.order_number, qr_order_state::paying);
    if (told.what == meaning::look) {
        auto there = own.after_send(own.look_up(request.order_number, bounds));
        if (there) return same_amount(*std::move(there));
        return is_none(there.error()) ? own.refusal(told) : there.error();
    }
    if (told.what != meaning::done) return own.refusal(told);
    CIPHERLANE_TRY(const auto object, parse_json_object(told.text));
    const json_reader read(object);
    CIPHERLANE_TRY(const auto number, read.text("out_trade_no"));
    if (number != request.order_number) return unreadable_member("out_trade_no");
    auto status = own.ended(number, qr_order_state::paid);
    CIPHERLANE_TRY(const auto total, read.text("total_amount"));
    CIPHERLANE_TRY(status.paid, read_yuan(total, "total_amount"));
    CIPHERLANE_TRY(status.transaction_number, read.name("trade_no"));
    status.payer = payer_of(told.text);
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
        CIPHERLANE_TRY(const auto again, read.optional_text("retry_flag"));
        if (again == "Y") return alipay_error(hostlink_errc::not_done_yet, "retry_flag");
        CIPHERLANE_TRY(const auto action, read.optional_text("action"));
        if (action == "close") return own.ended(order_number, qr_order_state::cancelled);
    }
    auto status = own.after_send(own.look_up(order_number, bounds));
    if (!status) return is_none(status.error()) ? never_made(status.error()) : status.error();
    const bool gone = status->state == qr_order_state::cancelled || status->state == qr_order_state::refunded;
    if (told.what == meaning::done && !gone) return alipay_error(hostlink_errc::not_done_yet, "trade_status");
    return status;
}

result<qr_order_status> gateway::refund(const ports::qr_refund_request& request, const call& bounds) {
    auto& own = *state_;
    CIPHERLANE_CHECK(check_trade_number(request.order_number));
    CIPHERLANE_CHECK(check_trade_number(request.refund_number));
    CIPHERLANE_CHECK(check_unit(request.total));
    CIPHERLANE_CHECK(own.check_days());
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
        CIPHERLANE_TRY(status.transaction_number, read.name("trade_no"));
        const bool same =
            request.transaction_number.empty() || status.transaction_number == request.transaction_number;
        if (!same) return unreadable_member("trade_no");
        CIPHERLANE_TRY(const auto moved, read.optional_text("fund_change"));
        if (moved == "Y") return status;
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

result<gateway::downloaded_bill> gateway::bill(std::string_view day, const call& bounds) {
    auto& own = *state_;
    constexpr std::string_view form = "0000-00-00";
    const bool is_day =
        day.size() == form.size() && std::equal(day.begin(), day.end(), form.begin(),
                                         [](char c, char of) { return of == '-' ? c == '-' : is_digit(c); });
    if (!is_day) return alipay_error(hostlink_errc::bad_setting, "bill_date");
    const json::object wish{{"bill_type", "trade"}, {"bill_date", std::string(day)}};
    CIPHERLANE_TRY(
        const auto told, own.ask("alipay.data.dataservice.bill.downloadurl.query", json::serialize(wish), bounds));
    if (told.what != meaning::done) {
        const bool none = told.sub_code.ends_with("NO_BILL_DATA") || told.sub_code.ends_with("BILL_NOT_EXIST");
        if (!none) return own.refusal(told);
        return own.fault(hostlink_errc::refused_by_gateway, "bill_date").with_peer_text(told.sub_code);
    }
    CIPHERLANE_TRY(const auto object, parse_json_object(told.text));
    CIPHERLANE_TRY(const auto url, json_reader(object).text("bill_download_url"));
    const auto place = read_place(url);
    if (!place) return unreadable_member("bill_download_url");
    CIPHERLANE_TRY(const auto archive, own.fetch(*place, bounds));
    CIPHERLANE_TRY(auto files, read_zip(as_bytes(archive), largest_bill));
    // Their names differ; a line of names is what only the details have (支付宝交易号, in GBK).
    constexpr std::string_view first_column = "\n\xD6\xA7\xB8\xB6\xB1\xA6\xBD\xBB\xD2\xD7\xBA\xC5,";
    downloaded_bill made;
    for (auto& file : files) {
        auto& part = file.text.find(first_column) != std::string::npos ? made.details : made.summary;
        if (part.empty()) part = std::move(file.text);
    }
    if (made.details.empty()) return unreadable_member("bill");
    return made;
}

result<qr_order_status> gateway::wait_notification(std::string_view order_number, const call& bounds) {
    return state_->wait_notification(order_number, bounds);
}

} // namespace cipherlane::hostlink::alipay
