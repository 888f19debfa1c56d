#include "gateway/https_line.hpp"
#include "order_json.hpp"

#include <cipherlane/hostlink/errc.hpp>
#include <cipherlane/hostlink/http_gateway.hpp>

#include <algorithm>
#include <array>
#include <span>

namespace cipherlane::hostlink {
namespace {

error gateway_error(hostlink_errc what, std::string_view field = {}) {
    return error(what, layer::hostlink).during("gateway").in_field(field);
}

/// Order numbers become part of a URL: nothing else is let in.
result<void> check_number(std::string_view number) {
    constexpr std::string_view allowed = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    if (number.empty() || number.size() > 32 || number.find_first_not_of(allowed) != std::string_view::npos) {
        return gateway_error(hostlink_errc::bad_setting, "order_number");
    }
    return {};
}

std::string order_path(std::string_view number, std::string_view verb = {}) {
    return std::string("/orders/").append(number).append(verb);
}

/// What a request is about, and with which words the gateway refuses it.
struct subject {
    std::string_view order_number;
    std::string_view refund_number;
    std::span<const std::string_view> refusals;
};

constexpr std::array<std::string_view, 2> order_refusals{"bad_request", "order_differs"};
constexpr std::array<std::string_view, 1> status_refusals{"no_such_order"};
constexpr std::array<std::string_view, 5> charge_refusals{
    "bad_request", "order_differs", "code_used", "code_expired", "code_refused"};
constexpr std::array<std::string_view, 5> refund_refusals{
    "bad_request", "no_such_order", "no_such_payment", "not_paid", "refund_too_large"};

/// Whether this is the gateway's word on what was asked, or a page of something in between.
bool is_verdict(const error_body& body, const subject& about) {
    return body.order_number == about.order_number && body.refund_number == about.refund_number &&
           std::find(about.refusals.begin(), about.refusals.end(), body.code) != about.refusals.end();
}

error other_subject(std::string_view member) {
    return gateway_error(hostlink_errc::unreadable_answer, member);
}

/// The state of the order that was asked about; an answer about another, or another merchant's, is none.
result<ports::qr_order_status> read_status_of(
    std::string_view order_number, std::string_view merchant_id, std::string_view answer) {
    CIPHERLANE_TRY(auto status, read_status(answer));
    if (status.order_number != order_number) return other_subject("order_number");
    if (status.merchant_id != merchant_id) return other_subject("merchant_id");
    return status;
}

gateway_link link_of(const http_gateway_settings& settings) {
    gateway_link link;
    link.address = settings.address;
    link.connect_timeout = settings.connect_timeout;
    link.response_time = settings.response_time;
    link.tls = settings.tls;
    link.plain = settings.plain;
    return link;
}

} // namespace

result<void> http_gateway_settings::validate() const {
    CIPHERLANE_CHECK(link_of(*this).validate());
    if (merchant_id.empty()) return gateway_error(hostlink_errc::bad_setting, "merchant_id");
    return {};
}

struct http_gateway::state {
    /// One request on a connection of its own; the body of a good answer. Errors as the port says.
    [[nodiscard]] result<std::string> ask(std::string_view method, const std::string& path, std::string_view body,
        const subject& about, const call& bounds) {
        constexpr std::string_view header = "Accept: application/json\r\nContent-Type: application/json\r\n";
        auto answer = line.ask({method, path, header, body}, bounds);
        if (!answer) return answer.error();
        if (answer->status / 100 == 2) return std::move(answer->body);
        const auto why = read_error(answer->body);
        return named(gateway_error(meaning(answer->status, why, about))
                         .with_peer_code(std::to_string(answer->status))
                         .with_peer_text(why.code));
    }
    [[nodiscard]] static hostlink_errc meaning(unsigned status, const error_body& why, const subject& about) {
        if (status / 100 != 4) return hostlink_errc::gateway_failed;
        return is_verdict(why, about) ? hostlink_errc::refused_by_gateway : hostlink_errc::unnamed_refusal;
    }
    [[nodiscard]] error named(const error& why) const { return error(why).at_endpoint(settings.address); }

    http_gateway_settings settings;
    https_line line;
    notification_listener* listener;
    logger log;
};

http_gateway::http_gateway(std::unique_ptr<state> made) noexcept
    : state_(std::move(made)) {}
http_gateway::~http_gateway() = default;

result<std::unique_ptr<http_gateway>> http_gateway::create(
    const http_gateway_settings& settings, notification_listener* listener, logger log, host_connector connect) {
    CIPHERLANE_CHECK(settings.validate());
    if (listener != nullptr) listener->expect_merchant(settings.merchant_id);
    auto made = std::unique_ptr<state>(
        new state{settings, https_line(link_of(settings), std::move(connect)), listener, std::move(log)});
    return std::unique_ptr<http_gateway>(new http_gateway(std::move(made)));
}

std::string http_gateway::identity() const {
    const auto& of = state_->settings;
    return (of.name.empty() ? of.address : of.name) + " " + of.merchant_id;
}

std::vector<std::string> http_gateway::earlier_identities() const {
    const auto& of = state_->settings;
    std::vector<std::string> all;
    for (const auto& one : of.earlier_addresses)
        all.push_back(one + " " + of.merchant_id);
    // It may have got its name after it had been used.
    if (!of.name.empty()) all.push_back(of.address + " " + of.merchant_id);
    return all;
}

result<ports::qr_order> http_gateway::create(const ports::qr_order_request& request, const call& bounds) {
    CIPHERLANE_CHECK(check_number(request.order_number));
    const auto url = state_->listener != nullptr ? state_->listener->url() : std::string();
    const auto body = write_order(request, state_->settings.merchant_id, url);
    const subject about{request.order_number, {}, order_refusals};
    CIPHERLANE_TRY(const auto answer, state_->ask("POST", "/orders", body, about, bounds));
    CIPHERLANE_TRY(auto order, read_order(answer, request.total));
    if (order.order_number != request.order_number) return other_subject("order_number");
    if (order.merchant_id != state_->settings.merchant_id) return other_subject("merchant_id");
    return order;
}

result<ports::qr_order_status> http_gateway::query(std::string_view order_number, const call& bounds) {
    CIPHERLANE_CHECK(check_number(order_number));
    CIPHERLANE_TRY(const auto answer,
        state_->ask("GET", order_path(order_number), {}, {order_number, {}, status_refusals}, bounds));
    return read_status_of(order_number, state_->settings.merchant_id, answer);
}

result<ports::qr_order_status> http_gateway::cancel(std::string_view order_number, const call& bounds) {
    CIPHERLANE_CHECK(check_number(order_number));
    CIPHERLANE_TRY(const auto answer,
        state_->ask("POST", order_path(order_number, "/cancel"), {}, {order_number, {}, status_refusals}, bounds));
    return read_status_of(order_number, state_->settings.merchant_id, answer);
}

result<ports::qr_order_status> http_gateway::refund(const ports::qr_refund_request& request, const call& bounds) {
    CIPHERLANE_CHECK(check_number(request.order_number));
    CIPHERLANE_CHECK(check_number(request.refund_number));
    const subject about{request.order_number, request.refund_number, refund_refusals};
    CIPHERLANE_TRY(const auto answer,
        state_->ask("POST", order_path(request.order_number, "/refund"), write_refund(request), about, bounds));
    CIPHERLANE_TRY(const auto number, read_refund_number(answer));
    if (number != request.refund_number) return other_subject("refund_number");
    return read_status_of(request.order_number, state_->settings.merchant_id, answer);
}

result<ports::qr_order_status> http_gateway::charge(const ports::qr_charge_request& request, const call& bounds) {
    CIPHERLANE_CHECK(check_number(request.order_number));
    const auto url = state_->listener != nullptr ? state_->listener->url() : std::string();
    auto body = write_charge(request, state_->settings.merchant_id, url);
    const subject about{request.order_number, {}, charge_refusals};
    const auto answer = state_->ask("POST", "/charges", body, about, bounds);
    wipe(byte_span(reinterpret_cast<std::uint8_t*>(body.data()), body.size()));
    if (!answer) return answer.error();
    CIPHERLANE_TRY(auto status, read_status_of(request.order_number, state_->settings.merchant_id, *answer));
    if (status.paid.unit() != request.total.unit()) return other_subject("currency");
    return status;
}

result<ports::qr_order_status> http_gateway::reverse(std::string_view order_number, const call& bounds) {
    CIPHERLANE_CHECK(check_number(order_number));
    // By its merchant the gateway keeps the number of a charge that has not come yet, and refuses it if it does.
    const auto body = write_reversal(state_->settings.merchant_id);
    CIPHERLANE_TRY(const auto answer,
        state_->ask("POST", order_path(order_number, "/reverse"), body, {order_number, {}, status_refusals}, bounds));
    return read_status_of(order_number, state_->settings.merchant_id, answer);
}

result<ports::qr_order_status> http_gateway::wait_notification(std::string_view order_number, const call& bounds) {
    if (state_->listener == nullptr) return gateway_error(hostlink_errc::no_notifications);
    return state_->listener->wait(order_number, bounds);
}

result<std::string> http_gateway::public_key(const call& bounds) {
    return state_->ask("GET", "/public-key", {}, {}, bounds);
}

} // namespace cipherlane::hostlink
