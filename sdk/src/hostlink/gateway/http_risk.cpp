#include "http_exchange.hpp"

#include <cipherlane/core/printable_text.hpp>
#include <cipherlane/hostlink/errc.hpp>
#include <cipherlane/hostlink/http_risk.hpp>
#include <cipherlane/net/engine.hpp>
#include <cipherlane/net/tcp.hpp>
#include <cipherlane/net/tls.hpp>

#include <boost/asio/io_context.hpp>
#include <boost/json.hpp>

namespace cipherlane::hostlink {
namespace {

constexpr std::size_t longest_reason = 100;

error risk_error(hostlink_errc what, std::string_view field = {}) {
    return error(what, layer::hostlink).during("risk").in_field(field);
}

std::string question(const ports::journal_record& payment) {
    boost::json::object made;
    made["terminal"] = payment.terminal_id;
    made["merchant"] = payment.merchant_id;
    made["key"] = payment.idempotency_key;
    made["trade"] = static_cast<unsigned>(payment.kind);
    made["amount"] = payment.requested.minor();
    made["currency"] = payment.requested.unit().number;
    made["card"] = payment.masked_pan;
    made["entry"] = payment.entry;
    made["operator"] = payment.operator_id;
    return boost::json::serialize(made);
}

result<ports::risk_opinion> read_opinion(std::string_view body) {
    boost::system::error_code code;
    const auto value = boost::json::parse({body.data(), body.size()}, code);
    if (code || !value.is_object()) return risk_error(hostlink_errc::unreadable_answer, "body");
    const auto text = [&](const char* name) -> std::string {
        const auto* found = value.get_object().if_contains(name);
        return found != nullptr && found->is_string() ? std::string(found->get_string()) : std::string();
    };
    ports::risk_opinion made;
    made.reason = printable_text(text("reason"), longest_reason);
    const auto word = text("word");
    if (word == "accept") {
        made.word = ports::risk_word::accept;
    } else if (word == "review") {
        made.word = ports::risk_word::review;
    } else if (word == "reject") {
        made.word = ports::risk_word::reject;
    } else {
        return risk_error(hostlink_errc::unreadable_answer, "word");
    }
    return made;
}

} // namespace

result<void> http_risk_settings::validate() const {
    const auto peer = net::parse_endpoint(address);
    if (!peer || peer->port == 0) return risk_error(hostlink_errc::bad_setting, "address");
    if (path.empty() || path.front() != '/' || path.find_first_of(" \r\n") != std::string::npos)
        return risk_error(hostlink_errc::bad_setting, "path");
    if (!tls && plain == plain_http::loopback_only && !net::is_loopback(peer->host))
        return risk_error(hostlink_errc::bad_setting, "tls");
    return {};
}

struct http_risk::state {
    http_risk_settings settings;
    net::tcp_settings peer;
    boost::asio::io_context io{}; ///< never run: links are used blocking

    [[nodiscard]] result<std::unique_ptr<net::transport>> connect(const call& bounds) {
        if (settings.tls) return net::connect_tls(io.get_executor(), peer, *settings.tls, bounds);
        return net::connect_tcp(io.get_executor(), peer, bounds);
    }
};

http_risk::http_risk(std::unique_ptr<state> made) noexcept
    : state_(std::move(made)) {}
http_risk::~http_risk() = default;

result<std::unique_ptr<http_risk>> http_risk::create(const http_risk_settings& settings) {
    CIPHERLANE_CHECK(settings.validate());
    CIPHERLANE_TRY(auto peer, net::parse_endpoint(settings.address));
    auto made = std::make_unique<state>();
    made->settings = settings;
    made->peer = std::move(peer);
    return std::unique_ptr<http_risk>(new http_risk(std::move(made))); // NOLINT: private
}

result<ports::risk_opinion> http_risk::judge(const ports::journal_record& payment, const call& bounds) {
    const auto named = [&](const error& why) { return error(why).at_endpoint(state_->settings.address); };
    const auto link = state_->connect(bounds);
    if (!link) return named(link.error());
    const auto body = question(payment);
    std::string request = "POST " + state_->settings.path + " HTTP/1.1\r\nHost: " + state_->settings.address;
    request += "\r\nConnection: close\r\nAccept: application/json\r\nContent-Type: application/json\r\n";
    request += "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
    http_exchange machine(std::move(request));
    const auto answer = net::run(machine, **link, bounds);
    if (!answer) return named(answer.error());
    if (answer->status / 100 != 2)
        return named(risk_error(hostlink_errc::gateway_failed).with_peer_code(std::to_string(answer->status)));
    auto said = read_opinion(answer->body);
    if (!said) return named(said.error());
    return said;
}

} // namespace cipherlane::hostlink
