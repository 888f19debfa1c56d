#include "gateway-sim/server.hpp"

#include "gateway-sim/alipay_face.hpp"
#include "gateway-sim/gateway_faults.hpp"
#include "gateway-sim/netpay_face.hpp"
#include "gateway-sim/notification_signer.hpp"
#include "gateway-sim/notifier.hpp"
#include "gateway-sim/order_book.hpp"
#include "gateway-sim/own_face.hpp"
#include "gateway-sim/unionpay_face.hpp"
#include "gateway-sim/wechat_face.hpp"
#include "simkit/control_channel.hpp"
#include "simkit/control_desk.hpp"
#include "simkit/fault_player.hpp"
#include "simkit/listener.hpp"

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http.hpp>
#include <nlohmann/json.hpp>

#include <array>
#include <chrono>
#include <ctime>

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

/// What comes from something other than the gateway, which then never hears of the request.
std::optional<response_type> page_in_the_way(const std::string& kind) {
    if (kind == "server_error")
        return own_face::answer(500, {{"code", "server_error"}, {"message", "asked for by the rig"}});
    if (kind != "bare_404") return std::nullopt;
    response_type page(http::status::not_found, 11);
    page.body() = "<html>no such page</html>";
    return page;
}

} // namespace

struct gateway_server::impl {
    impl(boost::asio::io_context& on, std::shared_ptr<const notification_signer> key,
        const gateway_settings& settings, logger to)
        : idle(settings.idle)
        , io(on)
        , signer(std::move(key))
        , orders(now_seconds, random_hex, settings.ledger)
        , faults(gateway_faults(), settings.seed)
        , own(
              signer, orders, [this](const char* verb, const std::string& number) { return hit(verb, number); },
              [this](const gateway_order& order) { notify(order); })
        , log(std::make_shared<counted_log>(std::move(to), std::string(component))) {
        take_commands();
    }

    response_type serve(const request_type& request);
    std::string hit(const char* verb, const std::string& number);
    void take_commands();
    void notify(const gateway_order& order);
    std::pair<std::string, notice_signing> notice_of(const gateway_order& order, signature how);

    /// As Alipay.
    void wear(alipay_test_keys keys) {
        alipay = std::make_shared<alipay_face>(
            std::move(keys), orders,
            [this](const char* verb, const std::string& number) { return hit(verb, number); },
            [this](const gateway_order& order) { notify(order); });
    }
    /// As 银联商务.
    void wear(netpay_test_keys keys) {
        netpay = std::make_shared<netpay_face>(
            std::move(keys), orders,
            [this](const char* verb, const std::string& number) { return hit(verb, number); },
            [this](const gateway_order& order) { notify(order); });
    }
    /// As UnionPay.
    void wear(unionpay_test_keys keys) {
        unionpay = std::make_shared<unionpay_face>(
            std::move(keys), orders,
            [this](const char* verb, const std::string& number) { return hit(verb, number); },
            [this](const gateway_order& order) { notify(order); });
    }
    /// As WeChat Pay.
    void wear(wechat_test_keys keys) {
        wechat = std::make_shared<wechat_face>(
            std::move(keys), orders,
            [this](const char* verb, const std::string& number) { return hit(verb, number); },
            [this](const gateway_order& order) { notify(order); });
    }

    const std::chrono::milliseconds idle;
    boost::asio::io_context& io;
    std::shared_ptr<const notification_signer> signer;
    order_book orders;
    fault_plan faults;
    own_face own;
    std::shared_ptr<counted_log> log; ///< anybody who connects can cause any of its lines
    std::map<std::string, std::uint64_t> counters;
    std::shared_ptr<alipay_face> alipay;
    std::shared_ptr<netpay_face> netpay;
    std::shared_ptr<unionpay_face> unionpay;
    std::shared_ptr<wechat_face> wechat; ///< with none of them it is `own`
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

/// Now, "Sun, 06 Nov 1994 08:49:37 GMT": by it a till knows how far its clock is off.
std::string http_date() {
    const auto now = static_cast<std::time_t>(now_seconds());
    std::tm parts{};
    ::gmtime_r(&now, &parts);
    std::array<char, 40> text{};
    return {text.data(), std::strftime(text.data(), text.size(), "%a, %d %b %Y %H:%M:%S GMT", &parts)};
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
        response_.set(http::field::date, http_date());
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
        if (wechat) return wechat->serve(request);
        if (unionpay) return unionpay->serve(request);
        if (netpay) return netpay->serve(request);
        return alipay ? alipay->serve(request) : own.serve(request);
    } catch (const refusal& why) {
        return own_face::refused(why);
    } catch (const std::exception& why) { // the ledger cannot be written
        log->tell(log_level::error, "server error", why.what());
        return own_face::answer(500, {{"code", "server_error"}, {"message", "see the gateway's log"}});
    }
}

/// What goes wrong with an order of this number at `verb`.
std::string gateway_server::impl::hit(const char* verb, const std::string& number) {
    const auto planned = faults.hit(verb);
    orders.fail_next_write(planned && planned->kind == "ledger_fails");
    if (!planned) return {};
    if (planned->kind == "forgotten") {
        refusal why(404, "no_such_order", "no order of this number");
        why.order_number = number;
        throw why;
    }
    if (planned->kind == "sign_error") throw refusal(401, "SIGN_ERROR", "asked for by the rig");
    return planned->kind;
}

/// A notice, and what signs it at each try: of all but WeChat Pay the notice itself is signed.
std::pair<std::string, notice_signing> gateway_server::impl::notice_of(const gateway_order& order, signature how) {
    if (alipay || unionpay || netpay) {
        auto text = alipay     ? alipay->notice_of(order, how)
                    : unionpay ? unionpay->notice_of(order, how)
                               : netpay->notice_of(order, how);
        return {std::move(text), [](std::string_view, signature) {
                    return notice_header{{"Content-Type", "application/x-www-form-urlencoded; charset=utf-8"}};
                }};
    }
    if (wechat) {
        return {wechat->notice_of(order),
            [face = wechat](std::string_view told, signature wanted) { return face->header_of(told, wanted); }};
    }
    return {own.notice_of(order), signing_with(signer)};
}

void gateway_server::impl::notify(const gateway_order& order) {
    if (order.notify_url.empty()) return;
    const auto planned = faults.hit("notification");
    const auto how = planned && planned->kind == "bad_signature" ? signature::wrong : signature::right;
    const auto [text, sign] = notice_of(order, how);
    const auto data = as_bytes(text);
    const auto made = play(planned, bytes(data.begin(), data.end()));
    for (int copy = 0; copy < made.copies && !made.message.empty(); ++copy) {
        send_notification(io, sign, order.notify_url, text, how, made.delay, log);
    }
}

void gateway_server::impl::take_commands() {
    desk.add("faults", {"set:list?", "seed:number?"}, "plans faults; alone it lists them and the kinds",
        [this](const nlohmann::json& request) { return faults.control(request); });
    desk.add("orders", {"status:text?"}, "all orders, or those of one status", [this](const nlohmann::json& request) {
        auto all = orders.list();
        if (!request.contains("status")) return nlohmann::json{{"orders", std::move(all)}};
        nlohmann::json some = nlohmann::json::array();
        for (auto& one : all)
            if (one.at("status") == request.at("status")) some.push_back(std::move(one));
        return nlohmann::json{{"orders", std::move(some)}};
    });
    desk.add("refund", {"refund_number:text"}, "whether a refund of this number was done, and of which order",
        [this](const nlohmann::json& request) {
            const auto number = request.at("refund_number").get<std::string>();
            const auto order = orders.find_refund(number);
            if (!order) return nlohmann::json{{"done", false}};
            return nlohmann::json{
                {"done", true}, {"order_number", order->number}, {"amount", order->refunds.at(number).amount}};
        });
    desk.add("counters", {}, "requests by method, faults", [this](const nlohmann::json&) {
        auto all = counters;
        all.insert(faults.counters().begin(), faults.counters().end());
        return nlohmann::json{{"counters", all}};
    });
    desk.add("public_key", {}, "PEM of the key that signs notifications", [this](const nlohmann::json&) {
        return nlohmann::json{{"pem", signer->public_pem()}};
    });
    desk.add("pay", {"order_number:text", "payer:text?", "from:text?", "who:text?"},
        "what the payer's wallet does; payer is usual, late (the code is closed) or second (it is paid); from "
        "(debit, "
        "credit, prepaid, balance) and who are told with the order",
        [this](const nlohmann::json& request) {
            static const std::map<std::string, order_book::payer> payers{{"usual", order_book::payer::usual},
                {"late", order_book::payer::late}, {"second", order_book::payer::second}};
            const auto who = payers.find(request.value("payer", std::string("usual")));
            if (who == payers.end()) throw std::invalid_argument("payer must be usual, late or second");
            const auto order = orders.pay(request.at("order_number").get<std::string>(), who->second,
                {request.value("from", std::string()), request.value("who", std::string())});
            notify(order);
            return nlohmann::json{{"order", order.to_json()}};
        });
    desk.add("wallet", {"code:text", "manner:text"},
        "how the wallet of a payment code behaves: pays, asks (for a password, until pay) or refuses",
        [this](const nlohmann::json& request) {
            using manner = order_book::wallet_manner;
            static const std::map<std::string, manner> manners{
                {"pays", manner::pays}, {"asks", manner::asks}, {"refuses", manner::refuses}};
            const auto how = manners.find(request.at("manner").get<std::string>());
            if (how == manners.end()) throw std::invalid_argument("manner must be pays, asks or refuses");
            orders.know_wallet(request.at("code").get<std::string>(), how->second);
            return nlohmann::json::object();
        });
    desk.add("serial_key", {"terminal_id:text", "key:text"},
        "from now on charges of this terminal must carry a right terminal serial cryptogram",
        [this](const nlohmann::json& request) {
            own.expect_serial(request.at("terminal_id").get<std::string>(), request.at("key").get<std::string>());
            return nlohmann::json::object();
        });
    desk.add("give_back", {"order_number:text"}, "the gateway gives back all of a payment, by itself",
        [this](const nlohmann::json& request) {
            const auto order = orders.give_back_all(request.at("order_number").get<std::string>());
            return nlohmann::json{{"order", order.to_json()}};
        });
}

result<std::unique_ptr<gateway_server>> gateway_server::start(
    boost::asio::io_context& on, const gateway_settings& settings, logger log) {
    CIPHERLANE_TRY(auto signer,
        settings.key_file.empty() ? notification_signer::create() : notification_signer::keep(settings.key_file));
    auto body = std::make_shared<impl>(
        on, std::make_shared<const notification_signer>(std::move(signer)), settings, std::move(log));
    if (!settings.wechat_keys.empty()) {
        CIPHERLANE_TRY(auto keys, wechat_test_keys::keep(settings.wechat_keys));
        body->wear(std::move(keys));
    }
    if (!settings.alipay_keys.empty()) {
        CIPHERLANE_TRY(auto keys, alipay_test_keys::keep(settings.alipay_keys));
        body->wear(std::move(keys));
    }
    if (!settings.netpay_keys.empty()) {
        CIPHERLANE_TRY(auto keys, netpay_test_keys::keep(settings.netpay_keys));
        body->wear(std::move(keys));
    }
    if (!settings.unionpay_keys.empty()) {
        CIPHERLANE_TRY(auto keys, unionpay_test_keys::keep(settings.unionpay_keys));
        body->wear(std::move(keys));
    }
    CIPHERLANE_TRY(body->door, listener::open(on, settings.port, [weak = std::weak_ptr(body)](tcp::socket socket) {
        const auto self = weak.lock();
        if (!self) return;
        auto serve = [self](const request_type& request) { return self->serve(request); };
        std::make_shared<http_session>(std::move(socket), serve, self->faults, self->idle)->read();
    }));
    CIPHERLANE_TRY(
        body->rig, control_channel::listen(on, settings.control,
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

std::string gateway_server::control_place() const {
    return impl_->rig->where();
}

const std::string& gateway_server::public_key() const noexcept {
    return impl_->signer->public_pem();
}

} // namespace cipherlane::sim
