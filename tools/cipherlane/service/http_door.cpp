#include "cipherlane/service/http_door.hpp"

#include "cipherlane/service/event_log.hpp"
#include "cipherlane/service/url_text.hpp"
#include "cipherlane/service/wiping_allocator.hpp"
#include "simkit/accept_loop.hpp"
#include "simkit/unix_listener.hpp"

#include <cipherlane/acquiring/errc.hpp>
#include <cipherlane/core/counted_log.hpp>
#include <cipherlane/net/listen.hpp>

#include <boost/asio/generic/stream_protocol.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/beast/core/basic_stream.hpp>
#include <boost/beast/core/flat_static_buffer.hpp>
#include <boost/beast/http.hpp>

#include <algorithm>
#include <array>
#include <exception>
#include <poll.h>
#include <sys/socket.h>
#include <vector>

namespace cipherlane::service {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using boost::system::error_code;
using socket_type = asio::generic::stream_protocol::socket;
using stream_type = beast::basic_stream<asio::generic::stream_protocol>;

namespace {

/// The header, and a piece of the body at a time.
constexpr std::size_t read_buffer = 16'384;
constexpr std::uint32_t largest_header = 8192;
constexpr std::chrono::seconds linger_time{2};
constexpr std::chrono::seconds watch_time{1};
constexpr std::size_t most_unread = 1'048'576;
constexpr const char* still_here = ": still here\n\n";

std::string_view view(beast::string_view text) {
    return {text.data(), text.size()};
}

/// A request whose header holds the token or a session, and whose body may hold a code.
using private_body = http::basic_string_body<char, std::char_traits<char>, wiping_allocator<char>>;
using private_parser = http::request_parser<private_body, wiping_allocator<char>>;

template <class Text>
void wipe_text(Text& text) {
    text.resize(text.capacity());
    wipe(std::span(reinterpret_cast<std::uint8_t*>(text.data()), text.size()));
    text.clear();
}

std::string refusal_body(std::string_view what, std::string_view hint) {
    std::string made = R"({"error":{"text":")";
    made.append(what).append(R"(","condition":"misuse","hint":")").append(hint).append("\"}}\n");
    return made;
}

bool is_loopback(std::string_view address) {
    return address.starts_with("127.") || address.starts_with("[::1]:");
}

} // namespace

bool is_token(std::string_view shown, const secret_bytes& token) noexcept {
    // Both at their longest, with their length behind: nothing of the time depends on where they differ.
    std::array<std::uint8_t, longest_token + 2> left{};
    std::array<std::uint8_t, longest_token + 2> right{};
    const auto fill = [](auto& into, byte_view text) {
        const auto size = std::min(text.size(), longest_token);
        std::copy_n(text.begin(), size, into.begin());
        into[longest_token] = static_cast<std::uint8_t>(text.size() & 0xFFU);
        into[longest_token + 1] = static_cast<std::uint8_t>(std::min<std::size_t>(text.size() >> 8U, 0xFF));
    };
    fill(left, as_bytes(shown));
    fill(right, token.expose());
    const bool same = equal_in_constant_time(left, right);
    wipe(left);
    wipe(right);
    return same;
}

/// What is behind a connection that the door wants ended.
class open_session {
  public:
    open_session() = default;
    open_session(const open_session&) = delete;
    open_session& operator=(const open_session&) = delete;
    virtual ~open_session() = default;
    virtual void end_when_done() = 0;
    virtual void drop() = 0;
    /// Whether it makes room when somebody else comes: it has not shown the token, or says nothing more.
    [[nodiscard]] virtual bool makes_room() const noexcept = 0;
};

struct http_door::impl {
    impl(asio::io_context& on, door_settings with, handler to, logger where)
        : io(on)
        , settings(std::move(with))
        , serve(std::move(to))
        , log(std::move(where), "service") {}

    asio::io_context& io;
    const door_settings settings;
    const handler serve;
    counted_log log; ///< anybody who connects can cause any of its lines
    door_counters counts;
    std::string address;
    std::vector<open_session*> open; ///< the oldest first
    std::shared_ptr<sim::accept_loop<asio::ip::tcp>> loop;
    std::unique_ptr<sim::unix_listener> unix_door;
    bool closing = false;

    [[nodiscard]] bool has(const open_session* one) const {
        return std::find(open.begin(), open.end(), one) != open.end();
    }
    /// For one that ends another one: each is there, or has gone.
    template <class Each>
    void for_each(Each each) const {
        const auto all = open;
        for (auto* one : all)
            if (has(one)) each(*one);
    }
    [[nodiscard]] bool has_room() {
        if (counts.connections < settings.most_connections) return true;
        const auto which =
            std::find_if(open.begin(), open.end(), [](const open_session* one) { return one->makes_room(); });
        if (which == open.end()) return false;
        ++counts.dropped;
        (*which)->drop();
        return counts.connections < settings.most_connections;
    }
};

namespace {

template <class Door>
class session final : public open_session, public std::enable_shared_from_this<session<Door>> {
  public:
    enum class entry : std::uint8_t { by_address, by_socket };

    session(socket_type socket, std::shared_ptr<Door> door, entry by)
        : stream_(std::move(socket))
        , timer_(stream_.get_executor())
        , watch_timer_(stream_.get_executor())
        , door_(std::move(door))
        , by_(by) {
        door_->open.push_back(this);
        ++door_->counts.connections;
    }
    ~session() override {
        unsubscribe();
        buffer_.clear(); // of what has begun nobody will see the end
        forget_request();
        leave();
    }

    /// One who has not shown the token yet has less time.
    void begin() {
        if (needs_no_token()) known_ = true;
        read(header_time());
    }
    /// The first byte of a request is waited for as long as a connection may idle, its last one for as long as a
    /// request may take.
    void read(std::chrono::milliseconds until_first_byte) {
        head_only_ = false;
        parser_.emplace();
        parser_->header_limit(largest_header);
        parser_->body_limit(door_->settings.most_body);
        stream_.expires_after(until_first_byte);
        if (buffer_.size() > 0) return read_header();
        stream_.async_read_some(buffer_.prepare(buffer_.max_size()),
            [self = this->shared_from_this()](error_code failed, std::size_t size) {
                if (failed) return self->end();
                self->buffer_.commit(size);
                self->read_header();
            });
    }

    void end_when_done() override {
        last_ = true;
        if (streaming_ || (!busy_ && !answering_)) end();
    }
    void drop() override {
        busy_ = false;
        leave(); // its place is free now, and not once the last of its handlers has heard
        end();
    }
    [[nodiscard]] bool makes_room() const noexcept override { return !known_ || (busy_ && parted_); }

  private:
    void leave() {
        if (std::erase(door_->open, this) != 0) --door_->counts.connections;
    }
    [[nodiscard]] std::chrono::milliseconds header_time() const {
        const auto& given = door_->settings;
        return known_ ? given.request_time : std::min(given.request_time, given.stranger_time);
    }
    [[nodiscard]] bool needs_no_token() const { return door_->settings.token.empty() && by_ == entry::by_socket; }

    void read_header() {
        stream_.expires_after(header_time());
        http::async_read_header(
            stream_, buffer_, *parser_, [self = this->shared_from_this()](error_code failed, std::size_t) {
                if (failed) return self->refuse_unreadable(failed);
                self->judge_header();
            });
    }

    [[nodiscard]] bool may_come_in() {
        if (needs_no_token()) return true;
        const auto& token = door_->settings.token;
        constexpr std::string_view scheme = "bearer ";
        const auto shown = view(parser_->get()[http::field::authorization]);
        const bool named =
            shown.size() > scheme.size() && beast::iequals(beast::string_view(shown.data(), scheme.size()),
                                                beast::string_view(scheme.data(), scheme.size()));
        return is_token(named ? shown.substr(scheme.size()) : std::string_view(), token);
    }

    void judge_header() {
        ++door_->counts.requests;
        head_only_ = parser_->get().method() == http::verb::head;
        if (!may_come_in()) {
            ++door_->counts.wrong_tokens;
            door_->log.tell(log_level::warning, "token", "a request without the right token was refused");
            last_ = true; // whatever body it has is not read
            http_answer no{401, refusal_body("wrong or missing token", "expected Authorization: Bearer TOKEN"),
                "application/json", {{"WWW-Authenticate", "Bearer"}}, {}};
            return write(std::move(no));
        }
        known_ = true;
        stream_.expires_after(door_->settings.request_time);
        http::async_read(
            stream_, buffer_, *parser_, [self = this->shared_from_this()](error_code failed, std::size_t) {
                if (failed) return self->refuse_unreadable(failed);
                self->hand_over();
            });
    }

    void refuse_unreadable(error_code why) {
        last_ = true;
        if (why == http::error::body_limit)
            return write({413,
                refusal_body(
                    "body too large", "expected at most " + std::to_string(door_->settings.most_body) + " bytes"),
                "application/json", {}, {}});
        if (why == http::error::header_limit || why == http::error::buffer_overflow)
            return write(
                {431, refusal_body("header too large", "expected at most 8192 bytes"), "application/json", {}, {}});
        if (why == beast::error::timeout) {
            ++door_->counts.dropped;
            // The stream's timer has closed the socket: nothing more can be said.
            return end();
        }
        const bool broken = why.category() == http::make_error_code(http::error::bad_method).category() &&
                            why != http::error::end_of_stream && why != http::error::partial_message;
        if (!broken) return end();
        ++door_->counts.dropped;
        write({400, refusal_body("no HTTP request", "expected HTTP/1.1"), "application/json", {}, {}});
    }

    void hand_over() {
        auto& message = parser_->get();
        http_request request;
        request.method = std::string(view(message.method_string()));
        request.last_event_id = std::string(view(message["Last-Event-ID"]));
        const auto target = view(message.target());
        const auto mark = target.find('?');
        request.path = std::string(target.substr(0, mark));
        if (mark != std::string_view::npos) request.query = query_of(target.substr(mark + 1));
        request.operator_session = view(message["Operator-Session"]);
        request.body.assign(message.body().data(), message.body().size());
        keep_alive_ = message.keep_alive();
        forget_request();
        busy_ = true;
        watch_for_end();
        // The answer may come on any thread, and when the connection has long gone.
        auto once = std::make_shared<std::weak_ptr<session>>(this->weak_from_this());
        const answer_sink tell = [once, io = &door_->io, number = ++asked_](http_answer answer) {
            asio::post(*io, [once, number, made = std::move(answer)]() mutable {
                const auto self = once->lock();
                if (self == nullptr || !self->busy_ || self->asked_ != number) return wipe_text(made.body);
                self->answer_with(std::move(made));
            });
        };
        alive_ = this->shared_from_this();
        // Whatever one request does, the payments of the others go on.
        try {
            door_->serve(std::move(request), tell);
        } catch (const std::exception&) {
            door_->log.tell(log_level::error, "fault", "a request could not be served");
            tell({500, refusal_body("the service has failed at this request", "ask by the key what has become of it"),
                "application/json", {}, {}});
        }
    }

    void answer_with(http_answer answer) {
        busy_ = false;
        const auto self = std::exchange(alive_, nullptr);
        stop_watching();
        if (answer.events.log) return begin_stream(std::move(answer.events));
        write(std::move(answer));
    }

    /// Somebody who has gone is not waited for: the connection is free for another one. What was begun for him goes
    /// on. One who has only said that he sends no more still gets his answer, unless somebody else needs the place.
    void watch_for_end() {
        parted_ = false;
        const auto watch = ++watch_;
        stream_.socket().async_wait(
            socket_type::wait_read, [weak = this->weak_from_this(), watch](error_code failed) {
                const auto self = weak.lock();
                if (self != nullptr && !failed && self->watch_ == watch) self->look_for_end();
            });
    }
    /// There is something to be read, an end or a next request: seen to later, so the socket tells nothing more of
    /// itself, and is looked at.
    void look_for_end() {
        pollfd now{stream_.socket().native_handle(), POLLIN | POLLRDHUP, 0};
        if (::poll(&now, 1, 0) < 0) return;
        if ((now.revents & (POLLERR | POLLHUP)) != 0) return gone();
        const bool news = !parted_ && (now.revents & POLLRDHUP) != 0;
        parted_ = parted_ || news;
        if (news && streaming_ && !writing_) { // one who has closed will say so
            chunk_ = still_here;
            write_chunk();
        }
        watch_timer_.expires_after(watch_time);
        watch_timer_.async_wait([weak = this->weak_from_this(), watch = watch_](error_code stopped) {
            const auto self = weak.lock();
            if (self != nullptr && !stopped && self->watch_ == watch) self->look_for_end();
        });
    }
    void stop_watching() {
        ++watch_;
        watch_timer_.cancel();
        error_code ignored;
        stream_.socket().cancel(ignored);
    }
    void gone() {
        busy_ = false;
        const auto self = std::exchange(alive_, nullptr);
        end();
    }

    void write(http_answer answer) {
        answer_ = {};
        answer_.version(11);
        answer_.result(answer.status);
        answer_.set(http::field::content_type, answer.type);
        answer_.set(http::field::cache_control, "no-store");
        for (const auto& [name, value] : answer.headers)
            answer_.set(name, value);
        answer_.body() = std::move(answer.body);
        answer_.keep_alive(keep_alive_ && !last_ && !door_->closing);
        answer_.prepare_payload();
        if (head_only_) answer_.body().clear(); // its length is told, and none of it sent
        stream_.expires_after(door_->settings.write_time);
        answering_ = true;
        http::async_write(stream_, answer_, [self = this->shared_from_this()](error_code failed, std::size_t) {
            self->answering_ = false;
            wipe_text(self->answer_.body()); // what an operator shows from now on may stand in it
            if (failed) return self->end();
            if (!self->answer_.keep_alive()) return self->let_it_be_read();
            self->read(self->door_->settings.idle_time);
        });
    }

    /// What was not read of a request would reset the connection, and the answer be lost with it.
    void let_it_be_read() {
        error_code ignored;
        stream_.socket().shutdown(socket_type::shutdown_send, ignored);
        stream_.expires_after(linger_time);
        unread_ = 0;
        pass_over();
    }
    void pass_over() {
        buffer_.clear();
        stream_.async_read_some(buffer_.prepare(buffer_.max_size()),
            [self = this->shared_from_this()](error_code failed, std::size_t size) {
                self->unread_ += size;
                if (failed || self->unread_ > most_unread) return self->end();
                self->pass_over();
            });
    }

    void begin_stream(event_wish wish) {
        if (door_->counts.streams >= door_->settings.most_streams) {
            ++door_->counts.turned_away;
            return write({503, refusal_body("too many streams of events", "close one, or ask later"),
                "application/json", {{"Retry-After", "5"}}, {}});
        }
        streaming_ = true;
        ++door_->counts.streams;
        events_ = std::move(wish);
        seen_ = events_.log->begin_after(events_.after);
        subscription_ = events_.log->subscribe([io = &door_->io, weak = this->weak_from_this()] {
            asio::post(*io, [weak] {
                if (const auto self = weak.lock()) self->send_events();
            });
        });
        chunk_ = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nCache-Control: no-store\r\n"
                 "Connection: close\r\n\r\nretry: 2000\n\n";
        watch_for_end();
        alive_ = this->shared_from_this();
        write_chunk();
    }

    void send_events() {
        if (writing_ || !streaming_) return;
        chunk_ = events_.log->take(seen_, events_.terminal);
        if (!chunk_.empty()) return write_chunk();
        timer_.expires_after(door_->settings.heartbeat);
        timer_.async_wait([weak = this->weak_from_this()](error_code stopped) {
            const auto self = weak.lock();
            if (self == nullptr || stopped || self->writing_) return;
            self->chunk_ = still_here;
            self->write_chunk();
        });
    }

    void write_chunk() {
        writing_ = true;
        stream_.expires_after(door_->settings.write_time);
        asio::async_write(
            stream_, asio::buffer(chunk_), [self = this->shared_from_this()](error_code failed, std::size_t) {
                self->writing_ = false;
                if (failed) return self->gone();
                self->stream_.expires_never();
                self->send_events();
            });
    }

    void unsubscribe() {
        if (!streaming_) return;
        streaming_ = false;
        --door_->counts.streams;
        events_.log->unsubscribe(subscription_);
    }

    void forget_request() {
        if (parser_) wipe_text(parser_->get().body()); // a short one stands in it
        parser_.reset();
        // Of the next request, where it has begun, the first bytes move to the front.
        const auto room = buffer_.prepare(buffer_.max_size() - buffer_.size());
        wipe(std::span(static_cast<std::uint8_t*>(room.data()), room.size()));
    }

    void end() {
        unsubscribe();
        const auto self = std::exchange(alive_, nullptr);
        ++watch_;
        timer_.cancel();
        watch_timer_.cancel();
        error_code ignored;
        stream_.socket().shutdown(socket_type::shutdown_both, ignored);
        stream_.close();
    }

    stream_type stream_;
    asio::steady_timer timer_;
    asio::steady_timer watch_timer_;
    std::shared_ptr<Door> door_;
    const entry by_;
    beast::flat_static_buffer<read_buffer> buffer_;
    std::optional<private_parser> parser_;
    http::response<http::string_body> answer_;
    std::shared_ptr<session> alive_; ///< while nothing but an answer, or an event, can wake it
    std::uint64_t asked_ = 0;
    std::uint64_t watch_ = 0;
    std::size_t unread_ = 0;
    bool busy_ = false;      ///< a request is with its handler
    bool answering_ = false; ///< its answer is on its way
    bool known_ = false;     ///< it has shown the token, or needs none
    bool parted_ = false;    ///< it sends no more
    bool head_only_ = false;
    bool keep_alive_ = true;
    bool last_ = false;
    // Of a stream of events.
    event_wish events_;
    event_log::number seen_ = 0;
    event_log::number subscription_ = 0;
    std::string chunk_;
    bool streaming_ = false;
    bool writing_ = false;
};

/// One too many is told so as far as the socket takes it, and waited for by nobody.
template <class Door>
void take(const std::shared_ptr<Door>& door, socket_type socket, typename session<Door>::entry by) {
    if (door->has_room()) return std::make_shared<session<Door>>(std::move(socket), door, by)->begin();
    ++door->counts.turned_away;
    door->log.tell(log_level::warning, "full", "one connection too many was closed");
    constexpr std::string_view full =
        "HTTP/1.1 503 Service Unavailable\r\nRetry-After: 1\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
    (void)!::send(socket.native_handle(), full.data(), full.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
}

} // namespace

http_door::http_door(std::shared_ptr<impl> body)
    : impl_(std::move(body)) {}

http_door::~http_door() {
    close();
    impl_->for_each([](open_session& one) { one.drop(); });
}

result<void> door_settings::validate() const {
    const auto wrong = [](std::string_view field, std::string_view hint) {
        return error(acquiring_errc::bad_request, layer::tools).during("listen").in_field(field).with_hint(hint);
    };
    if (!address.empty() && !is_loopback(address))
        return wrong("listen", "expected an address of this machine alone, 127.0.0.1:PORT or [::1]:PORT");
    if (!address.empty() && token.empty()) return wrong("token-file", "expected a token");
    const auto size = token.size();
    if (size != 0 && (size < shortest_token || size > longest_token))
        return wrong("token-file", "expected a token of 16 to 256 characters");
    return {};
}

result<std::unique_ptr<http_door>> http_door::open(
    asio::io_context& on, door_settings settings, handler serve, logger log) {
    CIPHERLANE_CHECK(settings.validate());
    using session_type = session<impl>;
    auto body = std::make_shared<impl>(on, std::move(settings), std::move(serve), std::move(log));
    if (!body->settings.address.empty()) {
        CIPHERLANE_TRY(const auto listens, net::listen_tcp(body->settings.address));
        const bool v6 = listens.of == net::listening_socket::family::v6;
        body->loop = std::make_shared<sim::accept_loop<asio::ip::tcp>>(
            on,
            [weak = std::weak_ptr(body)](asio::ip::tcp::socket peer) {
                error_code ignored;
                peer.set_option(asio::ip::tcp::no_delay(true), ignored);
                if (const auto door = weak.lock())
                    take(door, socket_type(std::move(peer)), session_type::entry::by_address);
            },
            sim::descriptors::all_but_the_last);
        body->loop->acceptor.assign(v6 ? asio::ip::tcp::v6() : asio::ip::tcp::v4(), listens.descriptor);
        body->address =
            body->settings.address.substr(0, body->settings.address.rfind(':') + 1) + std::to_string(listens.port);
        body->loop->start();
    }
    if (!body->settings.socket.empty()) {
        CIPHERLANE_TRY(
            body->unix_door, sim::unix_listener::open(on, body->settings.socket,
                                 [weak = std::weak_ptr(body)](asio::local::stream_protocol::socket peer) {
                                     if (const auto door = weak.lock())
                                         take(door, socket_type(std::move(peer)), session_type::entry::by_socket);
                                 }));
    }
    return std::unique_ptr<http_door>(new http_door(std::move(body)));
}

const std::string& http_door::where() const noexcept {
    return impl_->address;
}

door_counters http_door::counters() const noexcept {
    return impl_->counts;
}

void http_door::close() {
    if (impl_->closing) return;
    impl_->closing = true;
    if (impl_->loop) impl_->loop->stop();
    impl_->unix_door.reset();
    impl_->for_each([](open_session& one) { one.end_when_done(); });
}

} // namespace cipherlane::service
