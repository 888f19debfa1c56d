#include "gateway/adapter.hpp"
#include "gateway/lower_hex.hpp"
#include "gateway/wechat_words.hpp"
#include "json_reader.hpp"

#include <cipherlane/core/monotonic_clock.hpp>
#include <cipherlane/core/pause.hpp>
#include <cipherlane/core/printable_text.hpp>
#include <cipherlane/crypto/digest.hpp>
#include <cipherlane/crypto/random.hpp>
#include <cipherlane/hostlink/gateway/wechat_gateway.hpp>
#include <cipherlane/net/tcp.hpp>

#include <array>
#include <utility>

namespace cipherlane::hostlink::wechat {
namespace {

namespace json = boost::json;
using ports::qr_order_state;
using ports::qr_order_status;

constexpr unsigned accepted = 202;
constexpr std::size_t largest_bill = 64U << 20U;
constexpr std::chrono::hours age_of_certificates{12};

error wechat_error(hostlink_errc what, std::string_view field = {}) {
    return error(what, layer::hostlink).during("wechat").in_field(field);
}

/// What WeChat takes as a number, of which those of a URL are written as they are.
result<void> check_order_number(std::string_view number) {
    constexpr std::string_view allowed = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    if (number.size() < 6 || number.size() > 32 || number.find_first_not_of(allowed) != std::string_view::npos) {
        return wechat_error(hostlink_errc::bad_setting, "order_number");
    }
    return {};
}

std::string nonce_text() {
    std::array<std::uint8_t, 16> noise{};
    if (!crypto::random_fill(noise)) return {};
    return to_hex(noise);
}

/// "2026-09-21T22:15:00+08:00"
std::string rfc3339(std::chrono::system_clock::time_point when) {
    auto text = ports::to_civil(when).to_string();
    text[10] = 'T';
    return text + "+08:00";
}

/// At most so many characters of UTF-8, none cut through.
std::string shortened(std::string_view text, std::size_t bytes) {
    if (text.size() <= bytes) return std::string(text);
    while (bytes > 0 && (static_cast<unsigned char>(text[bytes]) & 0xC0U) == 0x80U)
        --bytes;
    return std::string(text.substr(0, bytes));
}

/// WeChat takes nothing but yuan, and is told no unit that could be another's.
result<void> check_unit(const amount& total) {
    if (total.unit() == cny) return {};
    return wechat_error(hostlink_errc::bad_setting, "total").with_hint("expected CNY");
}

error stated(const error& why, unsigned status, std::string_view code) {
    return error(why).with_peer_code(std::to_string(status)).with_peer_text(code);
}

} // namespace

struct gateway::state : adapter {
    state(const gateway_settings& with, std::shared_ptr<platform> of, std::shared_ptr<const request_signer> by,
        notification_listener* from, logger to, host_connector connect)
        : adapter("wechat", with, with.merchant_id, from, std::move(connect))
        , settings(with)
        , known(std::move(of))
        , signer(std::move(by))
        , log(std::move(to)) {}

    struct reply {
        unsigned status = 0;
        std::string body;
        [[nodiscard]] bool good() const noexcept { return status / 100 == 2; }
        [[nodiscard]] std::string code() const {
            const auto object = parse_json_object(body);
            return object ? json_reader(*object).text_or_none("code") : std::string();
        }
    };

    /// Signs and sends. What comes back is proved, or refuses.
    [[nodiscard]] result<reply> ask(
        std::string_view method, const std::string& target, std::string_view body, const call& bounds) {
        CIPHERLANE_CHECK(have_keys(bounds));
        CIPHERLANE_TRY(auto answer, send(method, target, body, usual_body_limit, bounds));
        note_refusal(method, target, answer);
        CIPHERLANE_CHECK(prove(answer, bounds));
        return reply{answer.status, std::move(answer.body)};
    }

    /// WeChat's people find a request by its Request-Id, whose last number tells them the reason.
    void note_refusal(std::string_view method, const std::string& target, const http_answer& answer) const {
        const auto id = answer.fields.only("Request-Id");
        if (answer.status / 100 == 2 || !id) return;
        constexpr std::size_t longest_id = 128;
        log.info("wechat", std::string(method) + " " + target.substr(0, target.find('?')) + ": " +
                               std::to_string(answer.status) + " " +
                               printable_text(reply{answer.status, answer.body}.code(), longest_id) +
                               ", Request-Id " + printable_text(*id, longest_id));
    }

    [[nodiscard]] result<http_answer> send(std::string_view method, const std::string& target, std::string_view body,
        std::size_t limit, const call& bounds) {
        CIPHERLANE_TRY(auto header, signed_header(method, target, body));
        auto answer = line.ask({method, target, header, body, limit}, bounds);
        if (answer) note_clock(answer->fields, known->clock());
        return answer;
    }

    [[nodiscard]] result<std::string> signed_header(
        std::string_view method, const std::string& target, std::string_view body) {
        const auto seconds =
            std::chrono::duration_cast<std::chrono::seconds>(known->clock().now().time_since_epoch()).count();
        const auto timestamp = std::to_string(seconds);
        const auto nonce = nonce_text();
        if (nonce.empty()) return wechat_error(hostlink_errc::bad_key, "nonce");
        auto text = request_text(method, target, timestamp, nonce, body);
        const auto& of = known->whose();
        auto credentials = authorization(*signer, {of.mchid, of.serial, timestamp, nonce}, text);
        wipe_text(text);
        if (!credentials) return credentials.error();
        std::string header = "Accept: application/json\r\nUser-Agent: cipherlane\r\n";
        if (!body.empty()) header += "Content-Type: application/json\r\n";
        // Asks for answers under the public key, where certificates are still about.
        if (const auto id = known->public_key_id(); !id.empty()) header += "Wechatpay-Serial: " + id + "\r\n";
        return header + "Authorization: " + *credentials + "\r\n";
    }

    /// Of 2xx every answer carries a signature; of the others those that carry one must be right.
    [[nodiscard]] result<void> prove(const http_answer& answer, const call& bounds) {
        if (answer.status / 100 != 2 && !answer.fields.has("Wechatpay-Signature")) return {};
        auto checked = known->check(answer.fields, answer.body);
        if (!checked && checked.error().field() == "Wechatpay-Serial" && known->wants_keys() &&
            known->claim_refresh()) {
            if (fetch_certificates(share_of(bounds))) checked = known->check(answer.fields, answer.body);
        }
        if (checked) return {};
        const error why = checked.error(); // by value: what its hint views is its own
        const auto word = why.code().message();
        return fault(hostlink_errc::unproven_answer, why.field())
            .with_peer_code(std::to_string(answer.status))
            .with_hint(why.hint().empty() ? word : word + ": " + std::string(why.hint()));
    }

    /// Without a key no answer could be believed: then nothing is sent at all.
    [[nodiscard]] result<void> have_keys(const call& bounds) {
        const bool none = !known->has_keys();
        const auto fetched = known->fetched();
        const bool old = fetched && monotonic_clock::now() - *fetched > age_of_certificates;
        const bool wanted = known->wants_keys() || (old && known->public_key_id().empty());
        if (wanted && (none || settings.refreshes_in_sale) && known->claim_refresh()) {
            const auto taken = fetch_certificates(none ? bounds : share_of(bounds));
            if (!taken) log.warning("wechat", "certificates not fetched: " + taken.error().to_string());
        }
        if (!none || known->has_keys()) return {};
        return fault(hostlink_errc::not_secured, "platform key")
            .with_hint("expected gateway.public_key_file, or certificates that can be fetched");
    }

    /// What a sale can spare for certificates that it may not need.
    [[nodiscard]] static call share_of(const call& bounds) { return bounds.no_later_than(bounds.until().left() / 4); }

    [[nodiscard]] result<void> fetch_certificates(const call& bounds) {
        CIPHERLANE_TRY(const auto answer, send("GET", "/v3/certificates", {}, usual_body_limit, bounds));
        if (answer.status / 100 != 2) {
            const reply told{answer.status, answer.body};
            const auto code = told.code();
            const bool none = meaning_of(told.status, code) == meaning::no_order;
            if (none) known->note_no_certificates();
            return stated(wechat_error(none ? hostlink_errc::refused_by_gateway : hostlink_errc::gateway_failed,
                              "certificates"),
                told.status, code);
        }
        return known->take_certificates(answer.fields, answer.body);
    }

    /// What a refusal is for whoever asked.
    [[nodiscard]] error refusal(const reply& answer, meaning what) const {
        const auto code = answer.code();
        const bool decides = what == meaning::refused || what == meaning::look || what == meaning::no_order;
        const bool unnamed = answer.status / 100 == 4 && answer.status != 429;
        const auto why = decides   ? hostlink_errc::refused_by_gateway
                         : unnamed ? hostlink_errc::unnamed_refusal
                                   : hostlink_errc::gateway_failed;
        auto made_error = fault(why);
        constexpr std::chrono::seconds most_off{300};
        // Else it is the key, its serial number or what was signed.
        if (code == "SIGN_ERROR") made_error = std::move(made_error).in_field("serial or merchant_key");
        const auto offset = clock_offset();
        if (code == "SIGN_ERROR" && offset && std::chrono::abs(*offset) > most_off)
            made_error = std::move(made_error).in_field("clock");
        // "404" is the port's word for an order that is not there.
        const unsigned status = what == meaning::no_order ? 404 : answer.status == 404 ? 400 : answer.status;
        return stated(made_error, status, code);
    }

    [[nodiscard]] std::string order_target(std::string_view number, std::string_view verb = {}) const {
        std::string target = known->whose().is_partner() ? "/v3/pay/partner/transactions/out-trade-no/"
                                                         : "/v3/pay/transactions/out-trade-no/";
        return target.append(number).append(verb);
    }

    [[nodiscard]] std::string verb_target(std::string_view verb) const {
        std::string target = known->whose().is_partner() ? "/v3/pay/partner/transactions/" : "/v3/pay/transactions/";
        return target.append(verb);
    }

    /// Merchant and application, as each body has them.
    [[nodiscard]] json::object identified() const {
        const auto& of = known->whose();
        if (!of.is_partner()) return {{"appid", of.appid}, {"mchid", of.mchid}};
        json::object made_object{{"sp_appid", of.appid}, {"sp_mchid", of.mchid}, {"sub_mchid", of.sub_mchid}};
        if (!of.sub_appid.empty()) made_object["sub_appid"] = of.sub_appid;
        return made_object;
    }

    [[nodiscard]] result<told_order> look_up(std::string_view number, const call& bounds) {
        const auto& of = known->whose();
        const auto whose =
            of.is_partner() ? "?sp_mchid=" + of.mchid + "&sub_mchid=" + of.sub_mchid : "?mchid=" + of.mchid;
        CIPHERLANE_TRY(const auto answer, ask("GET", order_target(number, whose), {}, bounds));
        if (!answer.good()) return refusal(answer, meaning_of(answer.status, answer.code()));
        CIPHERLANE_TRY(auto told, read_order(of, number, answer.body));
        told.status.merchant_id = settings.merchant_id;
        return told;
    }

    /// The state of an order, after a call that did not say it.
    [[nodiscard]] result<qr_order_status> look(std::string_view number, const call& bounds) {
        CIPHERLANE_TRY(auto told, look_up(number, bounds));
        if (told.trade_state == "REFUND") return state_of(told.trade_state, {}).error();
        return std::move(told.status);
    }

    /// The same after `refused`, which stands where there is no such order.
    [[nodiscard]] result<told_order> look_after(std::string_view number, const reply& refused, const call& bounds) {
        auto told = after_send(look_up(number, bounds));
        if (!told && is_none(told.error())) return refusal(refused, meaning::refused);
        return told;
    }

    /// Whether something that was sent about a number may still be on its way to the gateway.
    /// Of a number that another till has sent, or this one before its start, nobody here knows when that was: then it
    /// counts from the first question about it.
    [[nodiscard]] bool may_still_come(std::string_view number) {
        sent.note_once(number);
        return sent.is_within(settings.longest_way, number);
    }

    /// An order needs one, and a refund without one may be told in the form of API v2.
    [[nodiscard]] std::string told_at() const { return notify_url(settings.notify_url, "https://localhost/none"); }

    [[nodiscard]] result<qr_order_status> read_refund(
        const ports::qr_refund_request& request, const told_order& order, const reply& answer);
    [[nodiscard]] result<qr_order_status> refund_told(
        const ports::qr_refund_request& request, const told_order& order, const call& bounds);
    [[nodiscard]] std::string refund_target(std::string_view number) const {
        std::string target = "/v3/refund/domestic/refunds/";
        target.append(number);
        if (known->whose().is_partner()) target += "?sub_mchid=" + known->whose().sub_mchid;
        return target;
    }

    gateway_settings settings;
    std::shared_ptr<platform> known;
    std::shared_ptr<const request_signer> signer;
    logger log;
    sent_numbers sent; ///< charges, or first asked about
};

result<void> gateway_settings::validate() const {
    CIPHERLANE_CHECK(gateway_link::validate());
    if (merchant_id.empty()) return wechat_error(hostlink_errc::bad_setting, "merchant_id");
    const auto peer = net::parse_endpoint(address);
    const bool live = peer && !net::is_loopback(peer->host);
    if (live && !notify_url.empty() && !notify_url.starts_with("https://"))
        return wechat_error(hostlink_errc::bad_setting, "notify_url").with_hint("expected https");
    if (notify_url.size() > 255 || notify_url.find('?') != std::string::npos)
        return wechat_error(hostlink_errc::bad_setting, "notify_url");
    if (description.empty()) return wechat_error(hostlink_errc::bad_setting, "description");
    if (refund_poll.count() <= 0) return wechat_error(hostlink_errc::bad_setting, "refund_poll");
    return {};
}

gateway::gateway(std::unique_ptr<state> made) noexcept
    : state_(std::move(made)) {}
gateway::~gateway() = default;

result<std::unique_ptr<gateway>> gateway::create(const gateway_settings& settings, std::shared_ptr<platform> known,
    std::shared_ptr<const request_signer> signer, notification_listener* listener, logger log,
    host_connector connect) {
    CIPHERLANE_CHECK(settings.validate());
    CIPHERLANE_TRY(const auto own, signer->public_der());
    if (known->holds(own)) {
        return wechat_error(hostlink_errc::bad_key, "public_key_file")
            .with_hint("expected the platform's key; this is the merchant's own");
    }
    return std::unique_ptr<gateway>(new gateway(std::make_unique<state>(
        settings, std::move(known), std::move(signer), listener, std::move(log), std::move(connect))));
}

std::string gateway::identity() const {
    const auto& of = state_->known->whose();
    return "wechat " + of.mchid + (of.is_partner() ? " " + of.sub_mchid : std::string());
}

result<ports::qr_order> gateway::create(const ports::qr_order_request& request, const call& bounds) {
    auto& own = *state_;
    CIPHERLANE_CHECK(check_order_number(request.order_number));
    CIPHERLANE_CHECK(check_unit(request.total));
    const bool undated = request.issued.time_since_epoch().count() <= 0;
    const auto issued = undated ? own.known->clock().now() : request.issued;
    auto body = own.identified();
    body["description"] = shortened(request.subject.empty() ? own.settings.description : request.subject, 127);
    body["out_trade_no"] = request.order_number;
    body["time_expire"] = rfc3339(issued + request.valid_for);
    if (!request.terminal_id.empty()) body["attach"] = request.terminal_id;
    body["notify_url"] = own.told_at();
    if (request.funds == ports::order_funds::no_credit) body["limit_pay"] = json::array{"no_credit"};
    body["amount"] = json::object{{"total", request.total.minor()}, {"currency", "CNY"}};
    ports::qr_order order;
    order.order_number = request.order_number;
    order.merchant_id = own.settings.merchant_id;
    order.expires = issued + request.valid_for;
    CIPHERLANE_TRY(const auto answer, own.ask("POST", own.verb_target("native"), json::serialize(body), bounds));
    if (answer.status == accepted) return wechat_error(hostlink_errc::not_done_yet, "code_url");
    if (answer.good()) {
        CIPHERLANE_TRY(const auto object, parse_json_object(answer.body));
        CIPHERLANE_TRY(order.code_url, json_reader(object).code("code_url"));
        return order;
    }
    const auto what = meaning_of(answer.status, answer.code());
    if (what != meaning::look) return own.refusal(answer, what);
    CIPHERLANE_TRY(const auto told, own.look_after(request.order_number, answer, bounds));
    if (told.trade_state == "REFUND") return state_of(told.trade_state, {}).error();
    if (told.total != request.total || told.status.state == qr_order_state::waiting)
        return own.refusal(answer, meaning::refused);
    order.state = told.status.state;
    return order;
}

result<qr_order_status> gateway::query(std::string_view order_number, const call& bounds) {
    CIPHERLANE_CHECK(check_order_number(order_number));
    return state_->look(order_number, bounds);
}

result<qr_order_status> gateway::cancel(std::string_view order_number, const call& bounds) {
    auto& own = *state_;
    CIPHERLANE_CHECK(check_order_number(order_number));
    auto body = own.identified();
    body.erase("appid");
    body.erase("sp_appid");
    body.erase("sub_appid");
    CIPHERLANE_TRY(
        const auto answer, own.ask("POST", own.order_target(order_number, "/close"), json::serialize(body), bounds));
    // Only the one is documented; any other has accepted what it may not have done.
    constexpr unsigned no_content = 204;
    if (answer.status == no_content) return own.ended(order_number, qr_order_state::cancelled);
    const auto what = answer.good() ? meaning::look : meaning_of(answer.status, answer.code());
    if (what != meaning::look) return own.refusal(answer, what);
    CIPHERLANE_TRY(auto told, answer.good() ? own.after_send(own.look_up(order_number, bounds))
                                            : own.look_after(order_number, answer, bounds));
    if (told.trade_state == "REFUND") return state_of(told.trade_state, {}).error();
    return std::move(told.status);
}

result<qr_order_status> gateway::charge(const ports::qr_charge_request& request, const call& bounds) {
    auto& own = *state_;
    CIPHERLANE_CHECK(check_order_number(request.order_number));
    CIPHERLANE_CHECK(check_unit(request.total));
    if (request.funds == ports::order_funds::no_credit) return cannot_refuse_credit("wechat");
    auto object = own.identified();
    object["description"] = shortened(request.subject.empty() ? own.settings.description : request.subject, 127);
    object["out_trade_no"] = request.order_number;
    if (!request.terminal_id.empty()) object["attach"] = request.terminal_id;
    object["amount"] = json::object{{"total", request.total.minor()}, {"currency", "CNY"}};
    // WeChat wants a shop's number, and takes no empty one.
    const auto& shop = request.terminal_id.empty() ? own.settings.merchant_id : request.terminal_id;
    json::object scene{{"store_info", json::object{{"out_id", shop}}}};
    if (!request.device_serial.empty()) scene["device_id"] = request.device_serial;
    object["scene_info"] = std::move(scene);
    auto body = json::serialize(object);
    body.pop_back();
    append_secret(body, ",\"payer\":{\"auth_code\":\"", request.code.expose(), "\"}}");
    own.sent.note(request.order_number);
    const auto asked = own.ask("POST", own.verb_target("codepay"), body, bounds);
    wipe_text(body);
    if (!asked) return asked.error();
    const auto& answer = *asked;
    const auto same_amount = [&](const told_order& told) -> result<qr_order_status> {
        if (told.trade_state == "REFUND") return state_of(told.trade_state, {}).error();
        if (told.status.state == qr_order_state::paid && told.total != request.total)
            return unreadable_member("amount.total");
        return told.status;
    };
    // It names the order, or says in an error's form that the payer is at it.
    if (answer.status == accepted && !answer.code().empty())
        return own.ended(request.order_number, qr_order_state::paying);
    if (answer.good()) {
        CIPHERLANE_TRY(auto told, read_order(own.known->whose(), request.order_number, answer.body));
        told.status.merchant_id = own.settings.merchant_id;
        return same_amount(told);
    }
    const auto what = meaning_of(answer.status, answer.code());
    if (what == meaning::waits) return own.ended(request.order_number, qr_order_state::paying);
    if (what != meaning::look) return own.refusal(answer, what);
    CIPHERLANE_TRY(const auto told, own.look_after(request.order_number, answer, bounds));
    return same_amount(told);
}

result<qr_order_status> gateway::reverse(std::string_view order_number, const call& bounds) {
    auto& own = *state_;
    CIPHERLANE_CHECK(check_order_number(order_number));
    CIPHERLANE_TRY(const auto answer,
        own.ask("POST", own.order_target(order_number, "/reverse"), json::serialize(own.identified()), bounds));
    const auto what = answer.good() ? meaning::look : meaning_of(answer.status, answer.code());
    const auto never_made = [&](const error& why) -> error {
        if (!own.may_still_come(order_number)) return why;
        return own.too_soon();
    };
    if (what == meaning::no_order) return never_made(own.refusal(answer, what));
    if (what != meaning::look) return own.refusal(answer, what);
    // WeChat names the order and does not say what has become of it.
    auto told = own.after_send(own.look_up(order_number, bounds));
    if (!told) return is_none(told.error()) ? never_made(told.error()) : told.error();
    auto& status = told->status;
    if (told->trade_state == "REFUND" && answer.good()) {
        status.state = qr_order_state::refunded;
        status.paid = told->total;
    }
    const bool gone = status.state == qr_order_state::cancelled || status.state == qr_order_state::refunded;
    if (told->trade_state == "REFUND" && !gone) return state_of(told->trade_state, {}).error();
    if (answer.good() && !gone) return wechat_error(hostlink_errc::not_done_yet, "trade_state");
    return std::move(status);
}

result<qr_order_status> gateway::state::read_refund(
    const ports::qr_refund_request& request, const told_order& order, const reply& answer) {
    CIPHERLANE_TRY(const auto object, parse_json_object(answer.body));
    const json_reader read(object);
    CIPHERLANE_CHECK(same_text(read, "out_refund_no", request.refund_number));
    CIPHERLANE_CHECK(same_text(read, "out_trade_no", request.order_number));
    CIPHERLANE_CHECK(same_text(read, "transaction_id", order.status.transaction_number));
    CIPHERLANE_TRY(const auto sums, read.object("amount"));
    CIPHERLANE_TRY(const auto minor, sums.number("refund"));
    if (minor != request.total.minor()) return unreadable_member("amount.refund");
    CIPHERLANE_TRY(const auto whole, sums.number("total"));
    if (whole != order.total.minor()) return unreadable_member("amount.total");
    if (!same_text(sums, "currency", "CNY")) return unreadable_member("amount.currency");
    CIPHERLANE_TRY(const auto word, read.text("status"));
    if (word == "SUCCESS") {
        auto status = order.status;
        status.merchant_id = settings.merchant_id;
        status.state = qr_order_state::refunded;
        status.paid = order.total;
        return status;
    }
    auto why =
        wechat_error(word == "CLOSED" ? hostlink_errc::refused_by_gateway : hostlink_errc::not_done_yet, "status")
            .with_peer_text(word);
    if (word == "ABNORMAL")
        log.warning("wechat", "refund " + request.refund_number + " cannot reach the payer's card");
    return why;
}

/// The refund as its number has it, once it was sent.
result<qr_order_status> gateway::state::refund_told(
    const ports::qr_refund_request& request, const told_order& order, const call& bounds) {
    auto there = ask("GET", refund_target(request.refund_number), {}, bounds);
    if (!there) return after_send(there.error());
    if (there->status == accepted) return wechat_error(hostlink_errc::not_done_yet, "status");
    if (there->good()) return read_refund(request, order, *there);
    return after_send(refusal(*there, meaning_of(there->status, there->code())));
}

result<qr_order_status> gateway::refund(const ports::qr_refund_request& request, const call& bounds) {
    auto& own = *state_;
    CIPHERLANE_CHECK(check_order_number(request.order_number));
    CIPHERLANE_CHECK(check_order_number(request.refund_number));
    CIPHERLANE_CHECK(check_unit(request.total));
    // The refund names the whole of the order, which only WeChat knows for certain.
    const auto found = own.look_up(request.order_number, bounds);
    if (!found) {
        const auto& why = found.error();
        if (!why.is(condition::rejected_by_peer) || is_none(why)) return own.refund_refused(request, why);
        return own.after_send(why); // a key, a clock, a right: nothing of the refund
    }
    const auto& order = *found;
    if (order.trade_state != "SUCCESS" && order.trade_state != "REFUND") {
        if (!request.transaction_number.empty()) // see `refund_refused`
            return wechat_error(hostlink_errc::not_done_yet, "trade_state").with_peer_text(order.trade_state);
        return own.refund_refused(request, wechat_error(hostlink_errc::refused_by_gateway, "trade_state")
                                               .with_peer_code("409")
                                               .with_peer_text(order.trade_state));
    }
    if (!request.transaction_number.empty() && order.status.transaction_number != request.transaction_number) {
        return own.refund_refused(
            request, wechat_error(hostlink_errc::refused_by_gateway, "transaction_number").with_peer_code("409"));
    }
    json::object body{{"out_trade_no", request.order_number}, {"out_refund_no", request.refund_number},
        {"notify_url", own.told_at()},
        {"amount",
            json::object{{"refund", request.total.minor()}, {"total", order.total.minor()}, {"currency", "CNY"}}}};
    const auto& of = own.known->whose();
    if (of.is_partner()) body["sub_mchid"] = of.sub_mchid;
    CIPHERLANE_TRY(const auto answer, own.ask("POST", "/v3/refund/domestic/refunds", json::serialize(body), bounds));
    auto status = result<qr_order_status>(wechat_error(hostlink_errc::not_done_yet, "status"));
    if (answer.good() && answer.status != accepted) {
        status = own.read_refund(request, order, answer);
    } else {
        const auto what = answer.good() ? meaning::look : meaning_of(answer.status, answer.code());
        if (what != meaning::look) return own.refund_refused(request, own.refusal(answer, what));
        status = own.refund_told(request, order, bounds);
        if (!status && is_none(status.error())) {
            if (answer.good()) return wechat_error(hostlink_errc::not_done_yet, "status");
            return own.refund_refused(request, own.refusal(answer, meaning::refused));
        }
    }
    for (;;) {
        if (status || status.error().untrusted_peer_text() != "PROCESSING") return status;
        const auto need = own.settings.refund_poll + own.settings.refund_poll;
        if (bounds.until().left() < need || bounds.stopped()) return status;
        pause(call(own.settings.refund_poll, bounds.stop()));
        auto later = own.refund_told(request, order, bounds);
        if (!later && is_none(later.error())) return status;
        status = std::move(later);
    }
}

result<qr_order_status> gateway::wait_notification(std::string_view order_number, const call& bounds) {
    return state_->wait_notification(order_number, bounds);
}

result<void> gateway::refresh_certificates(const call& bounds) {
    return state_->fetch_certificates(bounds);
}

std::optional<std::chrono::seconds> gateway::clock_offset() const {
    return state_->clock_offset();
}

result<gateway::downloaded_bill> gateway::bill(std::string_view day, bill_kind kind, const call& bounds) {
    auto& own = *state_;
    constexpr std::array<std::string_view, 3> words{"ALL", "SUCCESS", "REFUND"};
    constexpr std::string_view allowed = "0123456789-";
    if (day.size() != 10 || day.find_first_not_of(allowed) != std::string_view::npos)
        return wechat_error(hostlink_errc::bad_setting, "bill_date");
    std::string target = "/v3/bill/tradebill?bill_date=";
    target.append(day).append("&bill_type=").append(words.at(static_cast<std::size_t>(kind)));
    const auto& of = own.known->whose();
    if (of.is_partner()) target += "&sub_mchid=" + of.sub_mchid;
    CIPHERLANE_TRY(const auto answer, own.ask("GET", target, {}, bounds));
    if (!answer.good()) return own.refusal(answer, meaning_of(answer.status, answer.code()));
    CIPHERLANE_TRY(const auto object, parse_json_object(answer.body));
    const json_reader read(object);
    CIPHERLANE_TRY(const auto hash, read.text("hash_value"));
    if (read.text_or_none("hash_type") != "SHA1") return unreadable_member("hash_type");
    CIPHERLANE_TRY(const auto url, read.text("download_url"));
    const auto scheme = url.find("://");
    const auto path = scheme == std::string::npos ? scheme : url.find('/', scheme + 3);
    if (path == std::string::npos) return unreadable_member("download_url");
    // Signed as any call, to the host that we know, and answered without a signature: the digest proves the file.
    CIPHERLANE_TRY(auto file, own.send("GET", url.substr(path), {}, largest_bill, bounds));
    if (file.status / 100 != 2) {
        const state::reply told{file.status, std::move(file.body)};
        return own.refusal(told, meaning_of(told.status, told.code()));
    }
    CIPHERLANE_TRY(const auto digest, crypto::digest(crypto::digest_algorithm::sha1, as_bytes(file.body)));
    downloaded_bill made{std::move(file.body), to_lower_hex(digest.view()) == hash};
    if (!made.proved) own.log.warning("wechat", "the bill of " + std::string(day) + " does not fit its digest");
    return made;
}

} // namespace cipherlane::hostlink::wechat
