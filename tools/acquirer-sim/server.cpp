#include "acquirer-sim/server.hpp"

#include "acquirer-sim/host_core.hpp"
#include "simkit/control_channel.hpp"
#include "simkit/listener.hpp"

#include <cipherlane/core/errc.hpp>
#include <cipherlane/core/hex.hpp>

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/asio/write.hpp>
#include <nlohmann/json.hpp>

#include <array>
#include <deque>

namespace cipherlane::sim {
namespace {

using boost::asio::ip::tcp;
using boost::system::error_code;

constexpr std::size_t how_many_wait = 8;       // for the cipher machine at once
constexpr std::chrono::seconds start_time{10}; // for the first answers of the cipher machine

} // namespace

struct acquirer_server::impl {
    impl(const acquirer_settings& settings, std::unique_ptr<security> machine, secret_bytes zone_key,
        const logger& log)
        : idle(settings.idle)
        , books(settings.ledger)
        , keys(std::move(machine))
        , bank(books, std::move(zone_key))
        , faults(host_faults(), settings.seed)
        , core(books, *keys, bank, faults, log, [] { return std::chrono::system_clock::now(); }, {settings.table}) {}

    const std::chrono::milliseconds idle;
    host_books books;
    std::unique_ptr<security> keys;
    issuer bank;
    fault_plan faults;
    host_core core;
    boost::asio::thread_pool workers{how_many_wait};
    std::unique_ptr<control_channel> rig;
    std::unique_ptr<listener> door;
};

namespace {

/// One terminal's connection: reads messages, has them worked on, writes the replies in the order they become due.
class terminal_session : public std::enable_shared_from_this<terminal_session> {
  public:
    terminal_session(tcp::socket socket, std::function<played_answer(byte_view)> handle,
        boost::asio::thread_pool& workers, std::chrono::milliseconds idle)
        : socket_(std::move(socket))
        , handle_(std::move(handle))
        , workers_(workers)
        , idle_(socket_.get_executor(), idle, [this] { close(); }) {}

    void read_length() {
        boost::asio::async_read(
            socket_, boost::asio::buffer(length_), [self = shared_from_this()](error_code failed, std::size_t) {
                if (!failed) self->read_body();
            });
    }

  private:
    void read_body() {
        body_.resize(load_be16(length_.data()));
        boost::asio::async_read(
            socket_, boost::asio::buffer(body_), [self = shared_from_this()](error_code failed, std::size_t) {
                if (failed) return;
                self->idle_.heard();
                self->work();
            });
    }

    void work() {
        boost::asio::post(workers_, [self = shared_from_this()] {
            auto reply = self->handle_(self->body_);
            boost::asio::post(self->socket_.get_executor(),
                [self, made = std::move(reply)]() mutable { self->deliver(std::move(made)); });
        });
    }

    void deliver(played_answer reply) {
        if (reply.hang_up) return close();
        if (!reply.message.empty()) send_later(std::move(reply));
        read_length();
    }

    void close() {
        error_code ignored;
        socket_.close(ignored);
    }

    void send_later(played_answer reply) {
        auto timer = std::make_shared<boost::asio::steady_timer>(socket_.get_executor(), reply.delay);
        timer->async_wait([self = shared_from_this(), timer, made = std::move(reply)](error_code) {
            for (int copy = 0; copy < made.copies; ++copy)
                self->outbox_.push_back(made.message);
            if (!self->writing_) self->write_next();
        });
    }

    void write_next() {
        writing_ = !outbox_.empty();
        if (!writing_) return;
        boost::asio::async_write(socket_, boost::asio::buffer(outbox_.front()),
            [self = shared_from_this()](error_code failed, std::size_t) {
                self->outbox_.pop_front();
                if (failed) self->outbox_.clear();
                self->write_next();
            });
    }

    tcp::socket socket_;
    std::function<played_answer(byte_view)> handle_;
    boost::asio::thread_pool& workers_;
    std::array<std::uint8_t, 2> length_{};
    bytes body_;
    std::deque<bytes> outbox_;
    bool writing_ = false;
    idle_watch idle_;
};

/// A machine that is away or of another make says nothing about the key: what it may be is told instead.
result<void> check_zone_key(const acquirer_settings& settings, security& machine, byte_view zone_key) {
    const auto fits = machine.check_zone_key(zone_key, call(start_time));
    if (fits) return {};
    auto why = error(fits.error());
    const bool of_the_key =
        why.endpoint().empty() || why.is(condition::rejected_by_peer) || !why.untrusted_peer_text().empty();
    if (of_the_key) return std::move(why).in_field("zpk");
    if (why.where() == layer::net && why.operation() == "connect")
        return std::move(why).with_hint("is the cipher machine at " + settings.hsm + " on, and is that its port?");
    return std::move(why).with_hint("the unit at " + settings.hsm +
                                    " may have another header length or dialect than " + settings.hsm_profile +
                                    ": cipherlane hsm probe finds out");
}

} // namespace

result<std::unique_ptr<acquirer_server>> acquirer_server::start(
    boost::asio::io_context& on, const acquirer_settings& settings, logger log) {
    secret_bytes zone_key(settings.zone_key_clear.size() / 2);
    if (auto read = from_hex(settings.zone_key_clear, zone_key.expose()); !read) {
        return error(read.error()).in_field("zpk-clear");
    }
    if (zone_key.size() != 16 && zone_key.size() != 24) {
        return error(core_errc::wrong_length, layer::tools)
            .in_field("zpk-clear")
            .with_hint("found " + std::to_string(zone_key.size()) + " bytes, expected 16 or 24 of a TDES key");
    }
    CIPHERLANE_TRY(auto machine, security::create(settings.hsm, settings.hsm_profile, settings.zone_key));
    CIPHERLANE_CHECK(check_zone_key(settings, *machine, zone_key.expose()));
    auto body = std::make_shared<impl>(settings, std::move(machine), std::move(zone_key), log);

    CIPHERLANE_TRY(body->door, listener::open(on, settings.port, [weak = std::weak_ptr(body)](tcp::socket socket) {
        const auto self = weak.lock();
        if (!self) return;
        auto handle = [self](byte_view message) { return self->core.handle(message); };
        std::make_shared<terminal_session>(std::move(socket), handle, self->workers, self->idle)->read_length();
    }));
    CIPHERLANE_TRY(
        body->rig, control_channel::listen(on, settings.control,
                       [raw = body.get()](const nlohmann::json& request) { return raw->core.control(request); }));
    return std::unique_ptr<acquirer_server>(new acquirer_server(std::move(body)));
}

acquirer_server::acquirer_server(std::shared_ptr<impl> body)
    : impl_(std::move(body)) {}

acquirer_server::~acquirer_server() {
    impl_->door.reset();
    impl_->rig.reset();
    impl_->workers.join();
}

std::uint16_t acquirer_server::port() const noexcept {
    return impl_->door->port();
}

nlohmann::json acquirer_server::control(const nlohmann::json& request) {
    return impl_->core.control(request);
}

std::string acquirer_server::control_place() const {
    return impl_->rig->where();
}

} // namespace cipherlane::sim
