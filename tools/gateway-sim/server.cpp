#include "gateway-sim/server.hpp"

#include "gateway-sim/notification_signer.hpp"
#include "gateway-sim/order_book.hpp"
#include "simkit/control_channel.hpp"
#include "simkit/control_desk.hpp"
#include "simkit/fault_player.hpp"
#include "simkit/listener.hpp"

#include <cipherlane/core/hex.hpp>
#include <cipherlane/crypto/random.hpp>

#include <boost/asio/connect.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http.hpp>
#include <nlohmann/json.hpp>

#include <chrono>
#include <random>

namespace cipherlane::sim {
namespace {

namespace beast = boost::beast;
namespace http = boost::beast::http;
using boost::asio::ip::tcp;
using boost::system::error_code;
using request_type = http::request<http::string_body>;
using response_type = http::response<http::string_body>;

constexpr std::string_view component = "gateway-sim";
constexpr std::chrono::seconds exchange_time{5};
constexpr int notification_tries = 5;
constexpr std::chrono::milliseconds notification_pause{200};

std::vector<fault_kind> gateway_faults() {
    const std::vector<std::string> requests{"GET", "POST"};
    const std::vector<std::string> notices{"notification"};
    return {{"no_answer", fault_effect::end, requests}, {"late_answer", fault_effect::wait, requests},
        {"server_error", fault_effect::alter, requests}, {"bare_404", fault_effect::alter, requests},
        {"no_notification", fault_effect::withhold, notices}, {"late_notification", fault_effect::wait, notices},
        {"duplicate_notification", fault_effect::repeat, notices}, {"bad_signature", fault_effect::alter, notices}};
}

std::int64_t now_seconds() {
    return std::chrono::duration_cast<std::chrono::seconds>(std::chrono::system_clock::now().time_since_epoch())
        .count();
}

std::string random_hex(std::size_t digits) {
    bytes data((digits + 1) / 2);
    if (!crypto::random_fill(data)) throw std::runtime_error("no random numbers");
    return to_hex(data).substr(0, digits);
}

response_type answer(unsigned status, const nlohmann::json& body) {
    response_type made(static_cast<http::status>(status), 11);
    made.set(http::field::content_type, "application/json");
    made.body() = body.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
    return made;
}

/// What comes from something other than the gateway, which then never hears of the request.
std::optional<response_type> page_in_the_way(const std::string& kind) {
    if (kind == "server_error") return answer(500, {{"code", "server_error"}, {"message", "asked for by the rig"}});
    if (kind != "bare_404") return std::nullopt;
    response_type page(http::status::not_found, 11);
    page.body() = "<html>no such page</html>";
    return page;
}

/// "http://HOST:PORT/PATH" in its parts; false if it is anything else.
bool split_url(const std::string& url, std::string& host, std::string& port, std::string& path) {
    constexpr std::string_view scheme = "http://";
    if (!url.starts_with(scheme)) return false;
    const auto slash = url.find('/', scheme.size());
    const auto authority = url.substr(scheme.size(), slash == std::string::npos ? slash : slash - scheme.size());
    const auto colon = authority.rfind(':');
    if (colon == std::string::npos) return false;
    host = authority.substr(0, colon);
    port = authority.substr(colon + 1);
    path = slash == std::string::npos ? "/" : url.substr(slash);
    return true;
}

/// One notification on its way to a till, tried until it is taken.
class notifier : public std::enable_shared_from_this<notifier> {
  public:
    notifier(boost::asio::io_context& on, std::shared_ptr<const notification_signer> signer, std::string url,
        std::string body, bool spoil, logger log)
        : timer_(on)
        , resolver_(on)
        , stream_(on)
        , signer_(std::move(signer))
        , url_(std::move(url))
        , body_(std::move(body))
        , spoil_(spoil)
        , log_(std::move(log)) {}

    void start(std::chrono::milliseconds after) {
        timer_.expires_after(after);
        timer_.async_wait([self = shared_from_this()](error_code failed) {
            if (!failed) self->attempt();
        });
    }

  private:
    void attempt() {
        std::string host;
        std::string port;
        std::string path;
        if (!split_url(url_, host, port, path)) return log_.warning(component, "notify_url is no http address");
        make_request(host, path);
        stream_.expires_after(exchange_time);
        resolver_.async_resolve(host, port, [self = shared_from_this()](error_code failed, const auto& found) {
            if (failed) return self->again(failed);
            self->stream_.async_connect(found,
                [self](error_code refused, const tcp::endpoint&) { refused ? self->again(refused) : self->send(); });
        });
    }

    void make_request(const std::string& host, const std::string& path) {
        const auto timestamp = std::to_string(now_seconds());
        const auto nonce = random_hex(32);
        auto signature = signer_->sign(timestamp, nonce, body_).value();
        if (spoil_) signature[0] = signature[0] == 'A' ? 'B' : 'A';
        request_ = {http::verb::post, path, 11};
        request_.set(http::field::host, host);
        request_.set(http::field::content_type, "application/json");
        request_.set("Cipherlane-Timestamp", timestamp);
        request_.set("Cipherlane-Nonce", nonce);
        request_.set("Cipherlane-Signature-Type", notification_signer::type());
        request_.set("Cipherlane-Signature", signature);
        request_.body() = body_;
        request_.prepare_payload();
    }

    void send() {
        http::async_write(stream_, request_, [self = shared_from_this()](error_code failed, std::size_t) {
            if (failed) return self->again(failed);
            self->buffer_.clear();
            self->response_ = {};
            http::async_read(self->stream_, self->buffer_, self->response_,
                [self](error_code lost, std::size_t) { self->finish(lost); });
        });
    }

    void finish(error_code lost) {
        if (lost) return again(lost);
        error_code ignored;
        stream_.socket().shutdown(tcp::socket::shutdown_both, ignored);
        if (response_.result_int() != 200) return again({});
        log_.info(component, "notification taken");
    }

    void again(error_code why) {
        stream_.close();
        log_.warning(component, "notification not taken: " + (why ? why.message() : std::string("refused")));
        if (++tries_ < notification_tries) start(notification_pause * tries_);
    }

    boost::asio::steady_timer timer_;
    tcp::resolver resolver_;
    beast::tcp_stream stream_;
    std::shared_ptr<const notification_signer> signer_;
    std::string url_;
    std::string body_;
    bool spoil_;
    logger log_;
    request_type request_;
    response_type response_;
    beast::flat_buffer buffer_;
    int tries_ = 0;
};

} // namespace

struct gateway_server::impl {
    impl(boost::asio::io_context& on, std::shared_ptr<const notification_signer> key,
        const gateway_settings& settings, logger to)
        : idle(settings.idle)
        , io(on)
        , signer(std::move(key))
        , orders(now_seconds, random_hex, settings.ledger)
        , faults(gateway_faults(), settings.seed)
        , log(std::move(to)) {
        take_commands();
    }

    response_type serve(const request_type& request);
    response_type route(const request_type& request);
    void take_commands();
    void notify(const gateway_order& order);

    const std::chrono::milliseconds idle;
    boost::asio::io_context& io;
    std::shared_ptr<const notification_signer> signer;
    order_book orders;
    fault_plan faults;
    logger log;
    std::map<std::string, std::uint64_t> counters;
    control_desk desk;
    std::unique_ptr<control_channel> rig;
    std::unique_ptr<listener> door;
};

namespace {

/// A page in a browser names its origin, and one whose name was made to mean this machine names a foreign host.
void refuse_browsers(const request_type& request) {
    const std::string_view host = request[http::field::host];
    const auto name = host.substr(0, host.rfind(':'));
    const bool foreign = !name.empty() && name != "127.0.0.1" && name != "localhost";
    if (foreign || request.count(http::field::origin) != 0) {
        throw refusal(403, "no_browsers", "not for web pages");
    }
}

/// One HTTP connection of a till.
class http_session : public std::enable_shared_from_this<http_session> {
  public:
    http_session(tcp::socket socket, std::function<response_type(const request_type&)> serve, fault_plan& faults,
        std::chrono::milliseconds idle)
        : stream_(std::move(socket))
        , timer_(stream_.get_executor())
        , serve_(std::move(serve))
        , faults_(faults)
        , idle_(idle) {}

    void read() {
        request_ = {};
        stream_.expires_after(idle_);
        http::async_read(stream_, buffer_, request_, [self = shared_from_this()](error_code failed, std::size_t) {
            if (!failed) self->work();
        });
    }

  private:
    void work() {
        const auto planned = faults_.hit(std::string(request_.method_string()));
        const auto in_the_way = planned ? page_in_the_way(planned->kind) : std::nullopt;
        response_ = in_the_way ? *in_the_way : serve_(request_);
        const auto made = play(planned, {});
        if (made.hang_up) return close();
        timer_.expires_after(made.delay);
        timer_.async_wait([self = shared_from_this()](error_code) { self->write(); });
    }

    void write() {
        response_.keep_alive(request_.keep_alive());
        response_.prepare_payload();
        stream_.expires_after(exchange_time);
        http::async_write(stream_, response_, [self = shared_from_this()](error_code failed, std::size_t) {
            if (failed) return;
            self->response_.keep_alive() ? self->read() : self->close();
        });
    }

    void close() {
        error_code ignored;
        stream_.socket().shutdown(tcp::socket::shutdown_both, ignored);
        stream_.close();
    }

    beast::tcp_stream stream_;
    boost::asio::steady_timer timer_;
    std::function<response_type(const request_type&)> serve_;
    fault_plan& faults_;
    const std::chrono::milliseconds idle_; ///< for a whole request
    beast::flat_buffer buffer_;
    request_type request_;
    response_type response_;
};

} // namespace

response_type gateway_server::impl::serve(const request_type& request) {
    ++counters[std::string(request.method_string())];
    try {
        refuse_browsers(request);
        return route(request);
    } catch (const refusal& why) {
        nlohmann::json body{{"code", why.code}, {"message", why.what()}};
        if (!why.order_number.empty()) body["order_number"] = why.order_number;
        if (!why.refund_number.empty()) body["refund_number"] = why.refund_number;
        return answer(why.status, body);
    } catch (const nlohmann::json::exception&) {
        return answer(400, {{"code", "bad_request"}, {"message", "the body is no JSON"}});
    } catch (const std::exception& why) { // the ledger cannot be written
        log.error(component, why.what());
        return answer(500, {{"code", "server_error"}, {"message", "see the gateway's log"}});
    }
}

response_type gateway_server::impl::route(const request_type& request) {
    constexpr std::string_view root = "/orders";
    const std::string target(request.target());
    const bool post = request.method() == http::verb::post;
    if (!post && target == "/public-key") {
        response_type pem(http::status::ok, 11);
        pem.set(http::field::content_type, "application/x-pem-file");
        pem.body() = signer->public_pem();
        return pem;
    }
    if (post && target == root) {
        const auto [order, fresh] = orders.create(nlohmann::json::parse(request.body()));
        return answer(fresh ? 201 : 200, order.to_json());
    }
    if (!target.starts_with("/orders/")) throw refusal(404, "no_such_page", "no such page");
    auto number = target.substr(root.size() + 1);
    std::string verb;
    if (const auto slash = number.find('/'); slash != std::string::npos) {
        verb = number.substr(slash + 1);
        number.resize(slash);
    }
    if (!post && verb.empty()) return answer(200, orders.find(number).to_json());
    if (post && verb == "cancel") return answer(200, orders.cancel(number).to_json());
    if (post && verb == "refund") {
        const auto wish = nlohmann::json::parse(request.body());
        auto order = orders.refund(number, wish).to_json();
        order["refund_number"] = wish.at("refund_number");
        return answer(200, order);
    }
    throw refusal(404, "no_such_page", "no such page");
}

void gateway_server::impl::notify(const gateway_order& order) {
    if (order.notify_url.empty()) return;
    const auto planned = faults.hit("notification");
    const nlohmann::json body{{"notification_id", random_hex(32)}, {"event", "paid"}, {"order", order.to_json()}};
    const auto text = body.dump();
    const auto data = as_bytes(text);
    const bool spoil = planned && planned->kind == "bad_signature";
    const auto made = play(planned, bytes(data.begin(), data.end()));
    for (int copy = 0; copy < made.copies && !made.message.empty(); ++copy) {
        std::make_shared<notifier>(io, signer, order.notify_url, text, spoil, log)->start(made.delay);
    }
}

void gateway_server::impl::take_commands() {
    desk.add("faults", {"set:list?", "seed:number?"}, "plans faults; alone it lists them and the kinds",
        [this](const nlohmann::json& request) { return faults.control(request); });
    desk.add("orders", {}, "all orders", [this](const nlohmann::json&) {
        return nlohmann::json{{"orders", orders.list()}};
    });
    desk.add("counters", {}, "requests by method, faults", [this](const nlohmann::json&) {
        auto all = counters;
        all.insert(faults.counters().begin(), faults.counters().end());
        return nlohmann::json{{"counters", all}};
    });
    desk.add("public_key", {}, "PEM of the key that signs notifications", [this](const nlohmann::json&) {
        return nlohmann::json{{"pem", signer->public_pem()}};
    });
    desk.add("pay", {"order_number:text"}, "what the payer's wallet does", [this](const nlohmann::json& request) {
        const auto order = orders.pay(request.at("order_number").get<std::string>());
        notify(order);
        return nlohmann::json{{"order", order.to_json()}};
    });
}

result<std::unique_ptr<gateway_server>> gateway_server::start(
    boost::asio::io_context& on, const gateway_settings& settings, logger log) {
    CIPHERLANE_TRY(auto signer,
        settings.key_file.empty() ? notification_signer::create() : notification_signer::keep(settings.key_file));
    auto body = std::make_shared<impl>(
        on, std::make_shared<const notification_signer>(std::move(signer)), settings, std::move(log));
    CIPHERLANE_TRY(body->door, listener::open(on, settings.port, [weak = std::weak_ptr(body)](tcp::socket socket) {
        const auto self = weak.lock();
        if (!self) return;
        auto serve = [self](const request_type& request) { return self->serve(request); };
        std::make_shared<http_session>(std::move(socket), serve, self->faults, self->idle)->read();
    }));
    CIPHERLANE_TRY(
        body->rig, control_channel::listen(on, settings.control_port,
                       [raw = body.get()](const nlohmann::json& request) { return raw->desk.serve(request); }));
    return std::unique_ptr<gateway_server>(new gateway_server(std::move(body)));
}

gateway_server::gateway_server(std::shared_ptr<impl> body)
    : impl_(std::move(body)) {}

gateway_server::~gateway_server() = default;

std::uint16_t gateway_server::port() const noexcept {
    return impl_->door->port();
}

nlohmann::json gateway_server::control(const nlohmann::json& request) {
    return impl_->desk.serve(request);
}

std::uint16_t gateway_server::control_port() const noexcept {
    return impl_->rig->port();
}

const std::string& gateway_server::public_key() const noexcept {
    return impl_->signer->public_pem();
}

} // namespace cipherlane::sim
