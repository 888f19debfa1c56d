#include "../../cases.hpp"
#include "../../charset/plain_text.hpp"
#include "../../refusals.hpp"
#include "plate_desk.hpp"

#include <cipherlane/net/errc.hpp>
#include <cipherlane/net/listen.hpp>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http.hpp>

#include <functional>
#include <thread>

namespace cipherlane::drivers {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using tcp = asio::ip::tcp;
/// Of one type for all small servers, so that a program has Beast's reading and writing once.
using http_done = std::function<void(beast::error_code, std::size_t)>;

constexpr std::size_t largest_request = 8'192;
constexpr std::size_t most_connections = 32;
constexpr std::chrono::seconds patience{5};
constexpr std::chrono::milliseconds after_failure{100};

class plate_connection final : public std::enable_shared_from_this<plate_connection> {
  public:
    plate_connection(tcp::socket socket, plate_desk& desk, std::size_t& open)
        : stream_(std::move(socket))
        , desk_(desk)
        , open_(open) {
        ++open_;
    }
    ~plate_connection() { --open_; }
    plate_connection(const plate_connection&) = delete;
    plate_connection& operator=(const plate_connection&) = delete;

    void next() {
        parser_.emplace();
        parser_->body_limit(largest_request);
        stream_.expires_after(patience);
        http::async_read(
            stream_, buffer_, *parser_, http_done([self = shared_from_this()](beast::error_code code, std::size_t) {
                if (!code) self->answer();
            }));
    }

  private:
    void answer() {
        const auto& request = parser_->get();
        const auto target = request.target();
        const bool asks = request.method() == http::verb::post; // nothing else counts as fetched
        const auto made =
            asks ? desk_.serve({target.data(), target.size()}, request.body()) : plate_desk::answer{405U, {}};
        answer_ = {};
        answer_.version(request.version());
        answer_.result(made.status);
        answer_.set(http::field::content_type, "application/json");
        answer_.body() = made.body;
        answer_.keep_alive(request.keep_alive());
        answer_.prepare_payload();
        stream_.expires_after(patience);
        http::async_write(
            stream_, answer_, http_done([self = shared_from_this()](beast::error_code code, std::size_t) {
                if (!code && self->answer_.keep_alive()) return self->next();
                beast::error_code ignored;
                self->stream_.socket().shutdown(tcp::socket::shutdown_both, ignored);
            }));
    }

    beast::tcp_stream stream_;
    plate_desk& desk_;
    std::size_t& open_;
    beast::flat_buffer buffer_;
    std::optional<http::request_parser<http::string_body>> parser_;
    http::response<http::string_body> answer_;
};

std::string_view name_of(ports::payment_outcome what) noexcept {
    switch (what) {
    case ports::payment_outcome::approved: return "approved";
    case ports::payment_outcome::declined: return "declined";
    case ports::payment_outcome::cancelled: return "cancelled";
    case ports::payment_outcome::expired: return "expired";
    case ports::payment_outcome::unknown: return "unknown";
    }
    return "unknown";
}

} // namespace

result<void> code_plate_profile::validate() const {
    if (plates.empty()) return bad_setting("plates").with_hint("expected the number (IMEI) of each plate");
    for (const auto& number : plates) {
        if (number.empty()) return bad_setting("plates");
    }
    if (base.empty() || base.front() != '/') return bad_setting("base");
    if (fixed_path.empty() || fixed_path == code_path) return bad_setting("fixed_path");
    if (code_path.empty()) return bad_setting("code_path");
    if (plate_name.empty()) return bad_setting("plate_name");
    if (asks_within.count() <= 0) return bad_setting("asks_within");
    return {};
}

struct code_plate::state {
    explicit state(code_plate_profile profile)
        : desk(std::move(profile))
        , acceptor(io)
        , again(io) {}

    void accept() {
        acceptor.async_accept([this](boost::system::error_code code, tcp::socket socket) {
            if (code == asio::error::operation_aborted || !acceptor.is_open()) return;
            if (code) return accept_later();
            if (open < most_connections) std::make_shared<plate_connection>(std::move(socket), desk, open)->next();
            accept();
        });
    }

    /// Without descriptors each attempt fails at once.
    void accept_later() {
        again.expires_after(after_failure);
        again.async_wait([this](boost::system::error_code code) {
            if (!code) accept();
        });
    }

    plate_desk desk;
    std::size_t open = 0; ///< connections; of the thread alone; outlives those that `io` still holds
    asio::io_context io;
    tcp::acceptor acceptor;
    asio::steady_timer again;
    std::uint16_t port = 0;
    std::size_t plates = 0;
    std::thread thread;
};

code_plate::code_plate(std::unique_ptr<state> made) noexcept
    : state_(std::move(made)) {}

code_plate::~code_plate() {
    state_->io.stop();
    state_->thread.join();
}

result<std::unique_ptr<code_plate>> code_plate::listen(
    const std::string& address, code_plate_profile profile, logger log) {
    CIPHERLANE_CHECK(profile.validate());
    const auto listens = net::listen_tcp(address);
    if (!listens) {
        const bool wrong = listens.error().code() == net_errc::bad_endpoint;
        const auto why = wrong ? drivers_errc::bad_address : drivers_errc::busy;
        return refused(why).during("listen").at_endpoint(address);
    }
    const auto plates = profile.plates.size();
    auto made = std::make_unique<state>(std::move(profile));
    made->plates = plates;
    const bool v6 = listens->of == net::listening_socket::family::v6;
    made->acceptor.assign(v6 ? tcp::v6() : tcp::v4(), listens->descriptor);
    made->port = listens->port;
    log.info("plate", "code plates are answered at port " + std::to_string(made->port));
    made->accept();
    made->thread = std::thread([&io = made->io] { io.run(); });
    return std::unique_ptr<code_plate>(new code_plate(std::move(made)));
}

result<void> code_plate::show(const ports::display_content& what, const call& bounds) {
    using content = plate_desk::content;
    auto& desk = state_->desk;
    return std::visit(
        cases{[&](const ports::qr_view& view) -> result<void> {
                  CIPHERLANE_CHECK(check_plain_utf8(view.payload, "payload"));
                  CIPHERLANE_CHECK(check_plain_utf8(view.payee, "payee"));
                  return desk.give(content{view.payload, view.total.to_string(), view.payee, "waiting"}, bounds);
              },
            [&](const ports::outcome_view& end) -> result<void> {
                return desk.give(content{{}, end.total.to_string(), {}, name_of(end.what)}, bounds);
            },
            [&](const ports::blank_view&) -> result<void> { return desk.give({}, bounds); },
            [&](const ports::amount_view& money) -> result<void> {
                return desk.give(content{{}, money.total.to_string(), {}, "waiting"}, bounds);
            },
            [&](const ports::text_view&) -> result<void> { return cannot("show_text"); },
            [&](const ports::remaining_view&) -> result<void> { return cannot("show_remaining"); }},
        what);
}

result<void> code_plate::set_brightness(int, const call&) {
    return cannot("set_brightness");
}

result<std::string> code_plate::heartbeat(const call& bounds) {
    CIPHERLANE_CHECK(state_->desk.hear(bounds));
    return std::to_string(state_->plates) + " code plate(s)";
}

ports::display_capabilities code_plate::capabilities() const noexcept {
    ports::display_capabilities can;
    can.qr = can.amount = can.outcome = can.acknowledges = true;
    return can;
}

std::uint16_t code_plate::port() const noexcept {
    return state_->port;
}

} // namespace cipherlane::drivers
