#include "ask_exchange.hpp"

#include <cipherlane/net/engine.hpp>
#include <cipherlane/net/errc.hpp>
#include <cipherlane/net/listen.hpp>
#include <cipherlane/net/tcp.hpp>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <gtest/gtest.h>

#include <arpa/inet.h>
#include <array>
#include <atomic>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <thread>
#include <unistd.h>

namespace cipherlane::net {
namespace {

using namespace std::chrono_literals;
using clock = std::chrono::steady_clock;

/// A listening socket on a free port of this machine; the test plays the peer with plain system calls.
class peer {
  public:
    explicit peer(int backlog = 8)
        : listener_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
        sockaddr_in at{};
        at.sin_family = AF_INET;
        at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        EXPECT_EQ(::bind(listener_, reinterpret_cast<sockaddr*>(&at), sizeof at), 0);
        if (backlog >= 0) {
            EXPECT_EQ(::listen(listener_, backlog), 0);
        }
        socklen_t size = sizeof at;
        ::getsockname(listener_, reinterpret_cast<sockaddr*>(&at), &size);
        settings_.port = ntohs(at.sin_port);
    }
    peer(const peer&) = delete;
    peer& operator=(const peer&) = delete;
    ~peer() {
        hang_up();
        ::close(listener_);
    }

    [[nodiscard]] const tcp_settings& settings() const { return settings_; }
    [[nodiscard]] tcp_settings& settings() { return settings_; }

    void accept() { connection_ = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC); }
    void send(std::string_view text) const {
        EXPECT_EQ(::send(connection_, text.data(), text.size(), MSG_NOSIGNAL), static_cast<ssize_t>(text.size()));
    }
    [[nodiscard]] std::string receive(std::size_t size) const {
        std::string text(size, '\0');
        const auto got = ::recv(connection_, text.data(), size, MSG_WAITALL);
        text.resize(got < 0 ? 0 : static_cast<std::size_t>(got));
        return text;
    }
    void hang_up() {
        if (connection_ >= 0) ::close(std::exchange(connection_, -1));
    }
    /// Ends with a reset instead of an orderly close.
    void reset() {
        const linger at_once{1, 0};
        ::setsockopt(connection_, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
        hang_up();
    }
    [[nodiscard]] int descriptor() const { return connection_; }

  private:
    int listener_;
    int connection_ = -1;
    tcp_settings settings_;
};

/// The same checks through the blocking and the asynchronous face of a transport.
enum class face { blocking, asynchronous };

class Tcp : public ::testing::TestWithParam<face> {
  protected:
    [[nodiscard]] bool blocking() const { return GetParam() == face::blocking; }

    result<std::unique_ptr<transport>> connect(const tcp_settings& settings, const call& bounds) {
        if (blocking()) return connect_tcp(io_.get_executor(), settings, bounds);
        std::optional<result<std::unique_ptr<transport>>> got;
        async_connect_tcp(io_.get_executor(), settings, bounds,
            [&](result<std::unique_ptr<transport>> outcome) { got.emplace(std::move(outcome)); });
        io_.restart();
        io_.run();
        return std::move(*got);
    }

    result<std::size_t> read(transport& link, byte_span into, std::chrono::milliseconds span = 5s) {
        if (blocking()) return link.read_some(into, call(span));
        return async_with<std::size_t>(link, span, [&](auto done) { link.async_read_some(into, std::move(done)); });
    }

    result<void> write(transport& link, byte_view data, std::chrono::milliseconds span = 5s) {
        if (blocking()) return link.write(data, call(span));
        return async_with<void>(link, span, [&](auto done) { link.async_write(data, std::move(done)); });
    }

    std::unique_ptr<transport> connected() {
        auto link = connect(peer_.settings(), call(5s));
        if (!link) throw std::runtime_error(link.error().to_string());
        peer_.accept();
        return std::move(*link);
    }

    boost::asio::io_context io_;
    peer peer_;
    std::array<std::uint8_t, 64> buffer_{};

  private:
    template <class T, class F>
    result<T> async_with(transport& link, std::chrono::milliseconds span, F start) {
        std::optional<result<T>> got;
        boost::asio::steady_timer timer(io_, span);
        bool expired = false;
        timer.async_wait([&](const boost::system::error_code& stopped) {
            if (stopped) return;
            expired = true;
            link.cancel();
        });
        start(completion<T>([&](result<T> outcome) {
            got.emplace(std::move(outcome));
            timer.cancel();
        }));
        io_.restart();
        io_.run();
        if (expired && !*got) return error(net_errc::timed_out, layer::net);
        return std::move(*got);
    }
};

INSTANTIATE_TEST_SUITE_P(Faces, Tcp, ::testing::Values(face::blocking, face::asynchronous),
    [](const auto& chosen) { return chosen.param == face::blocking ? "Blocking" : "Asynchronous"; });

TEST_P(Tcp, WritesAndReads) {
    auto link = connected();
    EXPECT_EQ(link->endpoint(), "127.0.0.1:" + std::to_string(peer_.settings().port));
    ASSERT_TRUE(write(*link, as_bytes("hello")));
    EXPECT_EQ(peer_.receive(5), "hello");
    peer_.send("world");
    auto got = read(*link, buffer_);
    ASSERT_TRUE(got);
    EXPECT_EQ(as_text(byte_view(buffer_).first(*got)), "world");
}

TEST_P(Tcp, WritesMoreThanTheSystemBuffers) {
    auto link = connected();
    const std::string large(8U << 20U, 'x');
    std::string received;
    std::thread reader([&] { received = peer_.receive(large.size()); });
    EXPECT_TRUE(write(*link, as_bytes(large), 20s));
    reader.join();
    EXPECT_EQ(received.size(), large.size());
}

TEST_P(Tcp, AStuckWriteEndsAtTheDeadline) {
    auto link = connected();
    const std::string large(64U << 20U, 'x');
    auto written = write(*link, as_bytes(large), 50ms);
    ASSERT_FALSE(written);
    EXPECT_TRUE(written.error().is(condition::timed_out));
}

TEST_P(Tcp, EndOfStreamIsALostLink) {
    auto link = connected();
    peer_.send("x");
    peer_.hang_up();
    ASSERT_TRUE(read(*link, buffer_)) << "what came before the end is still delivered";
    auto got = read(*link, buffer_);
    ASSERT_FALSE(got);
    EXPECT_EQ(got.error().code(), make_error_code(net_errc::closed_by_peer));
    EXPECT_TRUE(got.error().is(condition::link_lost));
    EXPECT_EQ(got.error().endpoint(), link->endpoint());
    EXPECT_FALSE(link->is_open());
    EXPECT_FALSE(write(*link, as_bytes("y"))) << "of no further use";
}

TEST_P(Tcp, AnIdleLinkKnowsThatItsPeerLeft) {
    auto link = connected();
    EXPECT_TRUE(link->is_open());
    peer_.hang_up();
    for (int i = 0; i < 10'000 && link->is_open(); ++i)
        std::this_thread::sleep_for(1ms);
    EXPECT_FALSE(link->is_open());
}

TEST_P(Tcp, AResetIsALostLinkAndRaisesNoSignal) {
    auto link = connected();
    peer_.reset();
    for (int i = 0; i < 10'000 && link->is_open(); ++i)
        std::this_thread::sleep_for(1ms);
    auto written = write(*link, as_bytes("x"));
    for (int i = 0; i < 3 && written; ++i)
        written = write(*link, as_bytes("x"));
    ASSERT_FALSE(written);
    EXPECT_TRUE(written.error().is(condition::link_lost)) << written.error();
}

TEST_P(Tcp, ReadEndsAtTheDeadlineAndTheLinkLivesOn) {
    auto link = connected();
    const auto begin = clock::now();
    auto got = read(*link, buffer_, 40ms);
    ASSERT_FALSE(got);
    EXPECT_TRUE(got.error().is(condition::timed_out));
    EXPECT_GE(clock::now() - begin, 40ms);
    peer_.send("late");
    got = read(*link, buffer_);
    ASSERT_TRUE(got);
    EXPECT_EQ(*got, 4U);
}

TEST_P(Tcp, ARefusedConnectionSaysSo) {
    const peer deaf(-1);
    auto link = connect(deaf.settings(), call(5s));
    ASSERT_FALSE(link);
    EXPECT_EQ(link.error().code(), make_error_code(net_errc::refused));
    EXPECT_TRUE(link.error().is(condition::link_lost));
    EXPECT_EQ(link.error().operation(), "connect");
    EXPECT_EQ(link.error().endpoint(), "127.0.0.1:" + std::to_string(deaf.settings().port));
}

/// A peer whose accept queue is full does not answer: the nearest to an unreachable host on one machine.
class full_peer {
  public:
    full_peer()
        : listening_(0) {
        for (auto& filler : fillers_) {
            filler = ::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
            sockaddr_in at{};
            at.sin_family = AF_INET;
            at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
            at.sin_port = htons(listening_.settings().port);
            ::connect(filler, reinterpret_cast<sockaddr*>(&at), sizeof at);
        }
        std::this_thread::sleep_for(20ms);
    }
    full_peer(const full_peer&) = delete;
    full_peer& operator=(const full_peer&) = delete;
    ~full_peer() {
        for (const int filler : fillers_)
            ::close(filler);
    }
    [[nodiscard]] const tcp_settings& settings() const { return listening_.settings(); }
    [[nodiscard]] tcp_settings& settings() { return listening_.settings(); }

  private:
    peer listening_;
    std::array<int, 4> fillers_{};
};

TEST_P(Tcp, AnUnansweredConnectEndsByItsTimer) {
    full_peer full;
    full.settings().connect_timeout = 60ms;
    auto link = connect(full.settings(), call(5s));
    ASSERT_FALSE(link);
    EXPECT_TRUE(link.error().is(condition::timed_out)) << link.error();
    EXPECT_EQ(link.error().code(), net_errc::timed_out);
}

TEST_P(Tcp, AnUnansweredConnectIsCancelledFromAnotherThread) {
    const full_peer full;
    std::stop_source stop;
    std::jthread other([&] {
        std::this_thread::sleep_for(20ms);
        stop.request_stop();
    });
    auto link = connect(full.settings(), call(5s, stop.get_token()));
    ASSERT_FALSE(link);
    EXPECT_TRUE(link.error().is(condition::cancelled)) << link.error();
    EXPECT_EQ(link.error().code(), net_errc::cancelled);
}

TEST_P(Tcp, NamesAreResolved) {
    peer_.settings().host = "localhost";
    auto link = connect(peer_.settings(), call(5s));
    EXPECT_TRUE(link) << link.error();
}

TEST_P(Tcp, AnUnknownNameIsUnreachable) {
    peer_.settings().host = std::string(70, 'x'); // too long for a label: no query leaves this machine
    auto link = connect(peer_.settings(), call(5s));
    ASSERT_FALSE(link);
    EXPECT_EQ(link.error().code(), make_error_code(net_errc::unreachable)) << link.error();
}

TEST_P(Tcp, BadSettingsAreMisuse) {
    tcp_settings none;
    auto link = connect(none, call(5s));
    ASSERT_FALSE(link);
    EXPECT_TRUE(link.error().is(condition::misuse));
    EXPECT_EQ(link.error().field(), "port");
}

TEST_P(Tcp, CancelFromAnotherThreadEndsARead) {
    auto link = connected();
    std::atomic<bool> ended{false};
    std::jthread other([&] {
        while (!ended) { // the read may not have begun yet
            std::this_thread::sleep_for(20ms);
            link->cancel();
        }
    });
    auto got = read(*link, buffer_);
    ended = true;
    other.join();
    ASSERT_FALSE(got);
    EXPECT_TRUE(got.error().is(condition::cancelled));
    io_.restart();
    io_.poll();
    peer_.send("x");
    EXPECT_TRUE(read(*link, buffer_)) << "cancel ends what is under way, not what comes after";
}

TEST_P(Tcp, UseAfterCloseIsAnError) {
    auto link = connected();
    link->close();
    link->close();
    EXPECT_FALSE(link->is_open());
    EXPECT_EQ(read(*link, buffer_).error().code(), make_error_code(net_errc::not_open));
    EXPECT_EQ(write(*link, as_bytes("x")).error().code(), make_error_code(net_errc::not_open));
}

TEST_P(Tcp, AnExchangeRunsOverARealSocket) {
    auto link = connected();
    std::thread host([&] {
        EXPECT_EQ(peer_.receive(4), "ASK;");
        for (const char c : std::string_view("ANSWER;")) {
            peer_.send({&c, 1});
            std::this_thread::sleep_for(1ms);
        }
        EXPECT_EQ(peer_.receive(3), "OK;");
    });
    if (blocking()) {
        ask_exchange ask;
        auto answer = run(ask, *link, call(5s));
        EXPECT_TRUE(answer && *answer == "ANSWER;");
    } else {
        async_run(make_ask(), *link, call(5s),
            [](const result<std::string>& answer) { EXPECT_TRUE(answer && *answer == "ANSWER;"); });
        io_.restart();
        io_.run();
    }
    host.join();
}

TEST_P(Tcp, AnAnswerAfterTheTimerReachesTheRetry) {
    auto link = connected();
    std::thread host([&] {
        EXPECT_EQ(peer_.receive(8), "ASK;ASK;") << "asked again, since the first answer was late";
        peer_.send("LATE;");
        EXPECT_EQ(peer_.receive(3), "OK;");
    });
    if (blocking()) {
        ask_exchange ask;
        EXPECT_TRUE(run(ask, *link, call(5s)));
    } else {
        async_run(make_ask(), *link, call(5s), [](const result<std::string>& answer) { EXPECT_TRUE(answer); });
        io_.restart();
        io_.run();
    }
    host.join();
}

TEST(TcpSocket, KeepAliveAndUserTimeoutAreSet) {
    peer host;
    host.settings().user_timeout = 1234ms;
    host.settings().keep_alive_idle = 7s;
    boost::asio::io_context io;
    const int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    auto link = adopt_tcp_socket(io.get_executor(), socket, host.settings(), "test");
    const auto option = [&](int level, int name) {
        int value = -1;
        socklen_t size = sizeof value;
        ::getsockopt(socket, level, name, &value, &size);
        return value;
    };
    EXPECT_EQ(option(IPPROTO_TCP, TCP_USER_TIMEOUT), 1234);
    EXPECT_EQ(option(IPPROTO_TCP, TCP_KEEPIDLE), 7);
    EXPECT_EQ(option(IPPROTO_TCP, TCP_KEEPCNT), 3);
    EXPECT_EQ(option(SOL_SOCKET, SO_KEEPALIVE), 1);
    EXPECT_EQ(option(IPPROTO_TCP, TCP_NODELAY), 1);
}

TEST(TcpAsync, AReadIsCancelledThroughItsSlotAlone) {
    boost::asio::io_context io;
    peer host;
    auto link = connect_tcp(io.get_executor(), host.settings(), call(5s));
    ASSERT_TRUE(link);
    boost::asio::cancellation_signal signal;
    std::array<std::uint8_t, 8> buffer{};
    std::optional<error> why;
    (*link)->async_read_some(buffer, boost::asio::bind_cancellation_slot(
                                         signal.slot(), [&](const result<std::size_t>& got) { why = got.error(); }));
    boost::asio::post(io, [&] { signal.emit(boost::asio::cancellation_type::terminal); });
    io.run();
    ASSERT_TRUE(why);
    EXPECT_TRUE(why->is(condition::cancelled));
}

TEST(TcpAsync, ClosingEndsAPendingRead) {
    boost::asio::io_context io;
    peer host;
    auto link = connect_tcp(io.get_executor(), host.settings(), call(5s));
    ASSERT_TRUE(link);
    std::array<std::uint8_t, 8> buffer{};
    std::optional<error> why;
    (*link)->async_read_some(buffer, [&](const result<std::size_t>& got) { why = got.error(); });
    boost::asio::post(io, [&] { link->reset(); });
    io.run();
    ASSERT_TRUE(why);
    EXPECT_TRUE(why->is(condition::cancelled));
}

TEST(Listen, TakesAnAddressInNumbersAndSaysItsPort) {
    const auto there = listen_tcp("127.0.0.1:0");
    ASSERT_TRUE(there) << there.error();
    EXPECT_EQ(there->of, listening_socket::family::v4);
    ASSERT_NE(there->port, 0);
    const auto address = "127.0.0.1:" + std::to_string(there->port);
    boost::asio::io_context io;
    EXPECT_TRUE(connect_tcp(io.get_executor(), parse_endpoint(address).value(), call(5s)));
    const auto taken = listen_tcp(address);
    ASSERT_FALSE(taken);
    EXPECT_EQ(taken.error().code(), boost::system::errc::address_in_use) << taken.error();
    EXPECT_EQ(taken.error().endpoint(), address);
    for (const auto* wrong : {"localhost:0", "127.0.0.1", "127.0.0.256:0"})
        EXPECT_EQ(listen_tcp(wrong).error().code(), net_errc::bad_endpoint) << wrong;
    ::close(there->descriptor);
}

} // namespace
} // namespace cipherlane::net
