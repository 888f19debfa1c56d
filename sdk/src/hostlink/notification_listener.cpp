#include "order_json.hpp"

#include <cipherlane/core/counted_line.hpp>
#include <cipherlane/core/pause.hpp>
#include <cipherlane/hostlink/errc.hpp>
#include <cipherlane/hostlink/notification_listener.hpp>
#include <cipherlane/net/listen.hpp>
#include <cipherlane/net/tcp.hpp>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http.hpp>

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <functional>
#include <list>
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <thread>

namespace cipherlane::hostlink {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using tcp = asio::ip::tcp;
/// Of one type for all small servers, so that a program has Beast's reading and writing once.
using http_done = std::function<void(beast::error_code, std::size_t)>;

constexpr std::size_t largest_notice = 65'536;
constexpr std::chrono::seconds patience{2};
constexpr std::chrono::seconds disk_patience{2};
constexpr std::size_t most_connections = 48;
constexpr std::size_t most_from_one_address = 16;
/// Notices nobody has asked for yet; the one that came first goes when there are more.
constexpr std::size_t most_notices = 1024;

struct kept_notice {
    ports::qr_order_status status;
    std::uint64_t arrival = 0; ///< the how-manieth it was
};

/// A connection as the listener sees it, which keeps few of them.
class open_connection {
  public:
    explicit open_connection(asio::ip::address from) noexcept
        : from_(std::move(from)) {}
    open_connection(const open_connection&) = delete;
    open_connection& operator=(const open_connection&) = delete;
    virtual ~open_connection() = default;
    virtual void drop() = 0;
    [[nodiscard]] const asio::ip::address& from() const noexcept { return from_; }

  private:
    asio::ip::address from_;
};

std::string_view view(beast::string_view text) {
    return {text.data(), text.size()};
}

/// Notices of docs/14-gateway-api.md.
class own_notice_reader final : public notice_reader {
  public:
    explicit own_notice_reader(notification_verifier verifier)
        : verifier_(std::move(verifier)) {}

    void expect_merchant(std::string merchant_id) override { merchants_.insert(std::move(merchant_id)); }

    result<std::optional<ports::qr_order_status>> read(const http_fields& fields, std::string_view body) override {
        const auto part = [&](std::string_view name) { return fields.only(name).value_or(std::string_view()); };
        CIPHERLANE_CHECK(verifier_.check({part("Cipherlane-Timestamp"), part("Cipherlane-Nonce"),
            part("Cipherlane-Signature-Type"), part("Cipherlane-Signature"), body}));
        CIPHERLANE_TRY(auto status, read_notice(body));
        if (merchants_.contains(status.merchant_id)) return std::optional(std::move(status));
        return error(hostlink_errc::unreadable_answer, layer::hostlink)
            .during("notification")
            .in_field("merchant_id")
            .with_peer_text("an order of another merchant");
    }

    notice_reply reply(notice_end end) const override {
        return {end == notice_end::taken ? 200U : end == notice_end::refused ? 400U : 503U, {}, {}};
    }

  private:
    notification_verifier verifier_;
    std::set<std::string, std::less<>> merchants_;
};

http_fields fields_of(const http::request<http::string_body>& request) {
    http_fields all;
    for (const auto& one : request)
        all.add(view(one.name_string()), view(one.value()));
    return all;
}

} // namespace

/// Shared by the listener and its connections; all but what the mutex guards belongs to the listener's thread.
struct notification_listener::state {
    state(std::unique_ptr<notice_reader> by, logger to)
        : reader(std::move(by))
        , log(std::move(to))
        , acceptor(io) {}

    notice_reply take(const http::request<http::string_body>& request) { return reader->reply(end_of(request)); }

    notice_end end_of(const http::request<http::string_body>& request) {
        auto told = read(request);
        if (!told) return refuse(told.error());
        if (!*told) return note_remark();
        auto& status = **told;
        const auto ours = is_ours(status);
        if (!ours) return not_kept(ours.error());
        if (!*ours) {
            return refuse(error(hostlink_errc::unreadable_answer, layer::hostlink)
                              .during("notification")
                              .in_field("order_number")
                              .with_peer_text("an order of another gateway"));
        }
        if (const auto kept = keep(status); !kept) return not_kept(kept.error());
        {
            const std::scoped_lock lock(reading);
            reader->kept();
        }
        const auto end = note_taken();
        {
            const std::scoped_lock lock(mutex);
            if (notices.size() >= most_notices) {
                notices.erase(std::min_element(notices.begin(), notices.end(),
                    [](const auto& a, const auto& b) { return a.second.arrival < b.second.arrival; }));
            }
            const auto number = status.order_number;
            notices.insert_or_assign(number, kept_notice{std::move(status), taken});
        }
        arrived.notify_all();
        return end;
    }

    result<std::optional<ports::qr_order_status>> read(const http::request<http::string_body>& request) {
        const std::scoped_lock lock(reading);
        return reader->read(fields_of(request), request.body());
    }

    result<bool> is_ours(const ports::qr_order_status& status) {
        std::function<result<bool>(const ports::qr_order_status&)> ask;
        {
            const std::scoped_lock lock(mutex);
            ask = whose;
        }
        return ask ? ask(status) : result<bool>(true);
    }

    notice_end not_kept(const error& why) {
        log.warning("hostlink", "notification not kept, to be sent again: " + why.to_string());
        return notice_end::not_kept;
    }

    /// Of what a till keeps nothing of. Told once: the same message again tells nothing.
    notice_end note_remark() {
        {
            const std::scoped_lock lock(reading);
            if (const auto said = reader->remark(); !said.empty()) log.warning("hostlink", said);
            reader->kept();
        }
        return note_taken();
    }

    notice_end note_taken() {
        ++taken;
        return notice_end::taken;
    }

    /// Answered is forgotten by the gateway: until then it must be on the disk.
    result<void> keep(const ports::qr_order_status& status) {
        ports::store* where = nullptr;
        {
            const std::scoped_lock lock(mutex);
            where = journal;
        }
        if (where == nullptr) return {};
        return where->keep_notice(status, call(disk_patience));
    }

    notice_end refuse(const error& why) {
        ++refused;
        const auto times = refusals.count();
        if (times == 1) log.warning("hostlink", "notification refused: " + why.to_string());
        if (times > 1) {
            log.warning(
                "hostlink", std::to_string(times) + " more notifications refused, the last: " + why.to_string());
        }
        return notice_end::refused;
    }

    void accept();

    /// Ends the oldest connection of all, or of the newcomer's address, where there is one too many.
    void make_room(const asio::ip::address& from) {
        const auto same = [&](const open_connection* one) { return one->from() == from; };
        const auto theirs = static_cast<std::size_t>(std::count_if(open.begin(), open.end(), same));
        auto oldest = open.end();
        if (theirs >= most_from_one_address) {
            oldest = std::find_if(open.begin(), open.end(), same);
        } else if (open.size() >= most_connections) {
            oldest = open.begin();
        }
        if (oldest == open.end()) return;
        auto* const one = *oldest;
        open.erase(oldest);
        ++dropped;
        one->drop();
    }

    std::list<open_connection*> open; ///< oldest first
    counted_line refusals;
    ports::store* journal = nullptr;
    std::function<result<bool>(const ports::qr_order_status&)> whose;
    std::atomic<std::uint64_t> dropped{0};
    std::mutex reading;
    std::unique_ptr<notice_reader> reader;
    logger log;
    std::string host;
    std::uint16_t port = 0;
    std::mutex mutex;
    std::condition_variable_any arrived;
    std::map<std::string, kept_notice, std::less<>> notices;
    std::atomic<std::uint64_t> taken{0};
    std::atomic<std::uint64_t> refused{0};
    asio::io_context io;
    tcp::acceptor acceptor;
    std::thread thread;
};

namespace {

/// One connection: one request, one answer, the end.
template <class Owner>
class connection final : public open_connection, public std::enable_shared_from_this<connection<Owner>> {
  public:
    connection(tcp::socket socket, const asio::ip::address& from, Owner& owner)
        : open_connection(from)
        , stream_(std::move(socket))
        , owner_(owner) {
        parser_.body_limit(largest_notice);
        owner_.open.push_back(this);
    }
    ~connection() override { owner_.open.remove(this); }
    void drop() override { stream_.close(); }
    void start() {
        stream_.expires_after(patience);
        http::async_read(stream_, buffer_, parser_,
            http_done([self = this->shared_from_this()](beast::error_code code, std::size_t) {
                if (!code) return self->answer();
                if (code == beast::error::timeout) ++self->owner_.dropped;
            }));
    }

  private:
    void answer() {
        const auto& request = parser_.get();
        answer_.version(request.version());
        if (request.method() == http::verb::post) {
            const auto reply = owner_.take(request);
            answer_.result(reply.status);
            if (!reply.type.empty()) answer_.set(http::field::content_type, {reply.type.data(), reply.type.size()});
            answer_.body().assign(reply.body);
        } else {
            answer_.result(http::status::method_not_allowed);
        }
        answer_.keep_alive(false);
        answer_.prepare_payload();
        stream_.expires_after(patience);
        http::async_write(
            stream_, answer_, http_done([self = this->shared_from_this()](beast::error_code, std::size_t) {
                beast::error_code ignored;
                self->stream_.socket().shutdown(tcp::socket::shutdown_both, ignored);
            }));
    }

    beast::tcp_stream stream_;
    Owner& owner_;
    beast::flat_buffer buffer_;
    http::request_parser<http::string_body> parser_;
    http::response<http::string_body> answer_;
};

} // namespace

void notification_listener::state::accept() {
    acceptor.async_accept([this](boost::system::error_code code, tcp::socket socket) {
        if (code == asio::error::operation_aborted || !acceptor.is_open()) return;
        if (!code) {
            boost::system::error_code gone;
            const auto from = socket.remote_endpoint(gone).address();
            make_room(from);
            std::make_shared<connection<state>>(std::move(socket), from, *this)->start();
        } else {
            pause(call(std::chrono::milliseconds(50))); // out of descriptors: do not spin
        }
        accept();
    });
}

std::unique_ptr<notice_reader> make_notice_reader(notification_verifier verifier) {
    return std::make_unique<own_notice_reader>(std::move(verifier));
}

notification_listener::notification_listener(std::unique_ptr<state> made) noexcept
    : state_(std::move(made)) {}

notification_listener::~notification_listener() {
    state_->io.stop();
    state_->thread.join();
}

result<std::unique_ptr<notification_listener>> notification_listener::listen(
    const std::string& address, notification_verifier verifier, logger log) {
    return listen(address, make_notice_reader(std::move(verifier)), std::move(log));
}

result<std::unique_ptr<notification_listener>> notification_listener::listen(
    const std::string& address, std::unique_ptr<notice_reader> reader, logger log) {
    CIPHERLANE_TRY(const auto endpoint, net::parse_endpoint(address));
    const auto listens = net::listen_tcp(address);
    if (!listens) return error(hostlink_errc::cannot_listen, layer::hostlink).at_endpoint(address);
    const bool v6 = listens->of == net::listening_socket::family::v6;
    auto made = std::make_unique<state>(std::move(reader), std::move(log));
    made->acceptor.assign(v6 ? tcp::v6() : tcp::v4(), listens->descriptor);
    made->port = listens->port;
    made->host = v6 ? "[" + endpoint.host + "]" : endpoint.host;
    made->accept();
    made->thread = std::thread([&io = made->io] { io.run(); });
    return std::unique_ptr<notification_listener>(new notification_listener(std::move(made)));
}

void notification_listener::expect_merchant(std::string merchant_id) {
    const std::scoped_lock lock(state_->reading);
    state_->reader->expect_merchant(std::move(merchant_id));
}

void notification_listener::keep_in(ports::store& journal) {
    const std::scoped_lock lock(state_->mutex);
    state_->journal = &journal;
}

void notification_listener::ask_whose(std::function<result<bool>(const ports::qr_order_status&)> is_ours) {
    const std::scoped_lock lock(state_->mutex);
    state_->whose = std::move(is_ours);
}

std::uint16_t notification_listener::port() const noexcept {
    return state_->port;
}

std::string notification_listener::url() const {
    return "http://" + state_->host + ":" + std::to_string(state_->port) + "/notify";
}

notification_statistics notification_listener::statistics() const noexcept {
    return {state_->taken, state_->refused, state_->dropped};
}

result<ports::qr_order_status> notification_listener::wait(std::string_view order_number, const call& bounds) {
    auto& own = *state_;
    std::unique_lock lock(own.mutex);
    const auto come = [&] { return own.notices.find(order_number) != own.notices.end(); };
    if (!own.arrived.wait_until(lock, bounds.stop(), bounds.until().at(), come)) {
        namespace errc = boost::system::errc;
        const auto code = bounds.stopped() ? errc::operation_canceled : errc::timed_out;
        return error(errc::make_error_code(code), layer::hostlink).during("notification");
    }
    const auto found = own.notices.find(order_number);
    auto status = std::move(found->second.status);
    own.notices.erase(found);
    return status;
}

} // namespace cipherlane::hostlink
