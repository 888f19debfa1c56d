#include "gateway-sim/notifier.hpp"

#include <cipherlane/core/hex.hpp>
#include <cipherlane/crypto/random.hpp>

#include <boost/asio/connect.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http.hpp>

#include <stdexcept>

namespace cipherlane::sim {

std::int64_t now_seconds() {
    return std::chrono::duration_cast<std::chrono::seconds>(std::chrono::system_clock::now().time_since_epoch())
        .count();
}

std::string random_hex(std::size_t digits) {
    bytes data((digits + 1) / 2);
    if (!crypto::random_fill(data)) throw std::runtime_error("no random numbers");
    return to_hex(data).substr(0, digits);
}

namespace {

namespace beast = boost::beast;
namespace http = boost::beast::http;
using boost::asio::ip::tcp;
using boost::system::error_code;
using request_type = http::request<http::string_body>;
using response_type = http::response<http::string_body>;

constexpr std::chrono::seconds time_to_take_it{5};
constexpr int notification_tries = 5;
constexpr std::chrono::milliseconds notification_pause{200};

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
    notifier(boost::asio::io_context& on, notice_signing sign, std::string url, std::string body, signature how,
        std::shared_ptr<counted_log> log)
        : timer_(on)
        , resolver_(on)
        , stream_(on)
        , sign_(std::move(sign))
        , url_(std::move(url))
        , body_(std::move(body))
        , how_(how)
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
        if (!split_url(url_, host, port, path)) {
            return log_->tell(log_level::warning, "no address", "notify_url is no http address");
        }
        make_request(host, path);
        stream_.expires_after(time_to_take_it);
        resolver_.async_resolve(host, port, [self = shared_from_this()](error_code failed, const auto& found) {
            if (failed) return self->again(failed);
            self->stream_.async_connect(found,
                [self](error_code refused, const tcp::endpoint&) { refused ? self->again(refused) : self->send(); });
        });
    }

    void make_request(const std::string& host, const std::string& path) {
        request_ = {http::verb::post, path, 11};
        request_.set(http::field::host, host);
        request_.set(http::field::content_type, "application/json");
        for (const auto& [name, value] : sign_(body_, how_))
            request_.set(name, value);
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
        if (response_.result_int() != 200 && response_.result_int() != 204) return again({});
        log_->tell(log_level::info, "taken", "notification taken");
    }

    void again(error_code why) {
        stream_.close();
        log_->tell(log_level::warning, "not taken",
            "notification not taken: " + (why ? why.message() : std::string("refused")));
        if (++tries_ < notification_tries) start(notification_pause * tries_);
    }

    boost::asio::steady_timer timer_;
    tcp::resolver resolver_;
    beast::tcp_stream stream_;
    notice_signing sign_;
    std::string url_;
    std::string body_;
    signature how_;
    std::shared_ptr<counted_log> log_;
    request_type request_;
    response_type response_;
    beast::flat_buffer buffer_;
    int tries_ = 0;
};

} // namespace

notice_signing signing_with(std::shared_ptr<const notification_signer> signer) {
    return [signer = std::move(signer)](std::string_view body, signature how) {
        const auto timestamp = std::to_string(now_seconds());
        const auto nonce = random_hex(32);
        auto text = signer->sign(timestamp, nonce, body).value();
        if (how == signature::wrong) text[0] = text[0] == 'A' ? 'B' : 'A';
        return notice_header{{"Cipherlane-Timestamp", timestamp}, {"Cipherlane-Nonce", nonce},
            {"Cipherlane-Signature-Type", std::string(notification_signer::type())}, {"Cipherlane-Signature", text}};
    };
}

void send_notification(boost::asio::io_context& on, notice_signing sign, std::string url, std::string body,
    signature how, std::chrono::milliseconds after, std::shared_ptr<counted_log> log) {
    std::make_shared<notifier>(on, std::move(sign), std::move(url), std::move(body), how, std::move(log))
        ->start(after);
}

} // namespace cipherlane::sim
