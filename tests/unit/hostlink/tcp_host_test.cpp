#include "support/test_peer.hpp"

#include <cipherlane/core/time_source.hpp>
#include <cipherlane/hostlink/errc.hpp>
#include <cipherlane/hostlink/tcp_host.hpp>
#include <cipherlane/net/errc.hpp>
#include <cipherlane/net/transport.hpp>

#include <boost/asio/buffer.hpp>
#include <boost/asio/completion_condition.hpp>
#include <boost/asio/read_until.hpp>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <functional>
#include <future>
#include <memory>
#include <thread>

namespace cipherlane::hostlink {
namespace {

using tests::test_peer;
using namespace std::chrono_literals;

class wanted final : public ports::answer_filter {
  public:
    explicit wanted(std::string text)
        : text_(std::move(text)) {}
    [[nodiscard]] bool matches(byte_view message) const override { return as_text(message) == text_; }

  private:
    std::string text_;
};

/// A call that leaves the host all its time.
call soon() {
    return call(60s);
}

std::unique_ptr<tcp_host> host_at(const std::string& address, connection_life life = connection_life::per_exchange,
    std::chrono::milliseconds response_time = 20s) {
    tcp_host_settings settings;
    settings.address = address;
    settings.response_time = response_time;
    settings.connect_timeout = 20s;
    settings.life = life;
    return tcp_host::create(settings, logger::none()).value();
}

TEST(TcpHost, GivesTheAnswerAndDropsStrangers) {
    test_peer peer([](test_peer::socket& link) {
        EXPECT_EQ(as_text(test_peer::read_message(link)), "ask");
        for (const char* text : {"late", "", "foreign", "answer", "answer"})
            test_peer::write_message(link, text);
    });
    auto host = host_at(peer.address());
    const auto answer = host->exchange(as_bytes("ask"), wanted("answer"), soon());
    ASSERT_TRUE(answer) << answer.error();
    EXPECT_EQ(as_text(*answer), "answer");
    EXPECT_EQ(host->statistics().dropped, 2U);
}

/// A length of zero asks whether we are there: it goes back as it came, split or not, before the answer and after it.
TEST(TcpHost, PollsGoBackAsTheyCame) {
    test_peer peer([](test_peer::socket& link) {
        std::array<std::uint8_t, 4> polls{};
        boost::system::error_code failed;
        for (const std::size_t back : {2U, 4U}) { // in the second round the one of the first, too
            EXPECT_EQ(test_peer::read_message(link).size(), 3U);
            test_peer::write_message(link, "");
            polls.fill(1);
            boost::asio::read(link, boost::asio::buffer(polls.data(), back), failed);
            EXPECT_FALSE(failed) << failed.message();
            EXPECT_EQ(std::count(polls.begin(), polls.end(), 0), static_cast<std::ptrdiff_t>(back));
            test_peer::write_message(link, "foreign");
            test_peer::write_message(link, "answer");
            // Nobody waits for this one: it goes back in the next exchange.
            if (back == 2U) test_peer::write_message(link, "");
        }
        boost::asio::read(link, boost::asio::buffer(polls), failed); // until we hang up
    });
    tcp_host_settings settings;
    settings.address = peer.address();
    settings.response_time = 20s;
    settings.life = connection_life::kept;
    settings.polls = host_polls::echo;
    auto host = tcp_host::create(settings, logger::none()).value();
    const auto answer = host->exchange(as_bytes("one"), wanted("answer"), soon());
    ASSERT_TRUE(answer) << answer.error();
    EXPECT_EQ(as_text(*answer), "answer");
    const auto next = host->exchange(as_bytes("two"), wanted("answer"), soon());
    ASSERT_TRUE(next) << next.error();
    EXPECT_EQ(host->statistics().polls, 3U);
    EXPECT_EQ(host->statistics().dropped, 2U);
    EXPECT_EQ(host->statistics().connects, 1U);
}

/// A host that does nothing but poll is given up in time.
TEST(TcpHost, PollsDoNotKeepAnExchangeAlive) {
    test_peer peer([](test_peer::socket& link) {
        (void)test_peer::read_message(link);
        boost::system::error_code failed;
        for (std::array<std::uint8_t, 2> poll{}; !failed;) {
            boost::asio::write(link, boost::asio::buffer(poll), failed);
            if (!failed) boost::asio::read(link, boost::asio::buffer(poll), failed);
        }
    });
    tcp_host_settings settings;
    settings.address = peer.address();
    settings.response_time = 100ms;
    settings.polls = host_polls::echo;
    auto host = tcp_host::create(settings, logger::none()).value();
    const auto answer = host->exchange(as_bytes("ask"), wanted("answer"), soon());
    ASSERT_FALSE(answer);
    EXPECT_TRUE(answer.error().is(condition::outcome_unknown)) << answer.error();
}

/// What moves no money ends with its call, before the answer and with less time than the host may take.
TEST(TcpHost, AnInquiryEndsWithItsCall) {
    test_peer peer([](test_peer::socket& link) {
        EXPECT_EQ(as_text(test_peer::read_message(link)), "first");
        (void)test_peer::read_message(link); // until we hang up
    });
    tcp_host_settings settings;
    settings.address = peer.address();
    settings.response_time = 60s;
    auto host = tcp_host::create(settings, logger::none()).value();
    EXPECT_TRUE(host->exchange(as_bytes("never"), wanted("answer"), call(5s)).error().is(condition::timed_out));
    EXPECT_EQ(host->statistics().exchanges, 0U);
    const auto begin = std::chrono::steady_clock::now();
    const auto answer = host->inquire(as_bytes("first"), wanted("answer"), call(1s));
    EXPECT_LT(std::chrono::steady_clock::now() - begin, 20s);
    ASSERT_FALSE(answer);
    EXPECT_TRUE(answer.error().is(condition::outcome_unknown)) << answer.error();
    EXPECT_EQ(host->statistics().exchanges, 1U);
}

TEST(TcpHost, ConnectsAsItIsTold) {
    tcp_host_settings settings;
    settings.address = "127.0.0.1:1";
    settings.response_time = 300ms;
    int calls = 0;
    const auto refuse = [&](const call& bounds) -> result<std::unique_ptr<net::transport>> {
        ++calls;
        EXPECT_GT(bounds.until().left(), 1s);
        return error(net_errc::refused, layer::net);
    };
    auto host = tcp_host::create(settings, logger::none(), refuse).value();
    const auto answer = host->exchange(as_bytes("ask"), wanted("answer"), call(5s));
    ASSERT_FALSE(answer);
    EXPECT_TRUE(answer.error().is(condition::link_lost)) << "nothing was sent";
    EXPECT_EQ(calls, 1);
    EXPECT_EQ(host->statistics().exchanges, 0U);
}

TEST(TcpHost, ALateAnswerDoesNotShiftTheNext) {
    test_peer peer([](test_peer::socket& link) {
        for (int i = 1; i <= 3; ++i) {
            if (test_peer::read_message(link).empty()) return;
            const auto text = "answer " + std::to_string(i);
            test_peer::write_message(link, text);
            test_peer::write_message(link, text); // twice: the second is late for the next exchange
        }
    });
    auto host = host_at(peer.address(), connection_life::kept);
    for (int i = 1; i <= 3; ++i) {
        const auto expected = "answer " + std::to_string(i);
        const auto answer = host->exchange(as_bytes("ask"), wanted(expected), soon());
        ASSERT_TRUE(answer) << answer.error();
        EXPECT_EQ(as_text(*answer), expected);
    }
    EXPECT_EQ(host->statistics().connects, 1U);
}

/// What a host does with a kept connection behind its first answer, before the second request.
void expect_a_new_connection(const std::function<void(test_peer::socket&)>& behind_the_answer) {
    std::promise<void> done;
    std::atomic<int> served{0};
    test_peer peer([&](test_peer::socket& link) {
        (void)test_peer::read_message(link);
        if (served++ > 0) return test_peer::write_message(link, "second");
        behind_the_answer(link);
        done.set_value();
        while (!test_peer::read_message(link).empty())
            ADD_FAILURE() << "a request left on a connection that was of no use";
    });
    auto host = host_at(peer.address(), connection_life::kept);
    const auto first = host->exchange(as_bytes("ask"), wanted("first"), soon());
    ASSERT_TRUE(first) << first.error();
    done.get_future().wait();
    std::this_thread::sleep_for(50ms); // what has been written may still be on its way through a busy machine
    const auto second = host->exchange(as_bytes("ask"), wanted("second"), soon());
    ASSERT_TRUE(second) << second.error();
    EXPECT_EQ(host->statistics().connects, 2U);
}

/// Its rest may never come, and the next answer would be read as that.
TEST(TcpHost, AMessageCutBetweenTwoExchangesGetsTheNextANewConnection) {
    const std::string_view twice("\0\5first\0\5first", 14); // a length of 5 with what it counts, two times
    for (std::size_t cut = 8; cut < twice.size(); ++cut) {
        SCOPED_TRACE(cut);
        expect_a_new_connection([&](test_peer::socket& link) {
            boost::system::error_code ignored;
            boost::asio::write(link, boost::asio::buffer(twice.data(), cut), ignored);
        });
    }
}

TEST(TcpHost, AConnectionThatHasEndedBehindAMessageIsNotUsedAgain) {
    for (const std::string_view behind : {std::string_view(), std::string_view("\0\4late", 6)}) {
        expect_a_new_connection([&](test_peer::socket& link) {
            test_peer::write_message(link, "first");
            boost::system::error_code ignored;
            boost::asio::write(link, boost::asio::buffer(behind.data(), behind.size()), ignored);
            link.shutdown(test_peer::socket::shutdown_send, ignored);
        });
    }
}

TEST(TcpHost, WhatIsNoMessageBehindAnAnswerDoesNotSpoilIt) {
    expect_a_new_connection([&](test_peer::socket& link) {
        const std::string_view noise("\0\5firstHTTP/1.1 408 Request Timeout", 35);
        boost::system::error_code ignored;
        boost::asio::write(link, boost::asio::buffer(noise.data(), noise.size()), ignored);
    });
}

TEST(TcpHost, WhoTalksWithoutEndIsNotListenedTo) {
    expect_a_new_connection([&](test_peer::socket& link) {
        test_peer::write_message(link, "first");
        boost::system::error_code full;
        link.non_blocking(true, full);
        const std::string polls(65'536, '\0');
        while (!full)
            (void)link.write_some(boost::asio::buffer(polls), full);
        link.non_blocking(false, full);
    });
}

TEST(TcpHost, SilenceAfterTheRequestIsUnknownWhateverTheCallerWants) {
    std::stop_source stop;
    test_peer peer([&](test_peer::socket& link) {
        (void)test_peer::read_message(link);
        stop.request_stop();
        (void)test_peer::read_message(link); // until the till hangs up
    });
    auto host = host_at(peer.address(), connection_life::per_exchange, 300ms);
    const auto begun = std::chrono::steady_clock::now();
    const auto answer = host->exchange(as_bytes("ask"), wanted("answer"), call(60s, stop.get_token()));
    ASSERT_FALSE(answer);
    EXPECT_TRUE(answer.error().is(condition::outcome_unknown)) << answer.error();
    EXPECT_EQ(answer.error().code(), hostlink_errc::no_answer);
    EXPECT_GE(std::chrono::steady_clock::now() - begun, 290ms) << "a stop does not end what has left";
}

TEST(TcpHost, ALinkThatBreaksAfterTheRequestIsUnknown) {
    test_peer peer([](test_peer::socket& link) { (void)test_peer::read_message(link); });
    const auto answer = host_at(peer.address())->exchange(as_bytes("ask"), wanted("answer"), soon());
    ASSERT_FALSE(answer);
    EXPECT_TRUE(answer.error().is(condition::outcome_unknown));
    EXPECT_EQ(answer.error().endpoint(), peer.address());
}

TEST(TcpHost, ALengthBeyondReasonIsUnknown) {
    test_peer peer([](test_peer::socket& link) {
        (void)test_peer::read_message(link);
        boost::system::error_code ignored;
        boost::asio::write(link, boost::asio::buffer("\xFF\xFFxx", 4), ignored);
        (void)test_peer::read_message(link);
    });
    const auto answer = host_at(peer.address())->exchange(as_bytes("ask"), wanted("answer"), soon());
    EXPECT_EQ(answer.error().code(), hostlink_errc::unreadable_answer);
    EXPECT_TRUE(answer.error().is(condition::outcome_unknown));
}

TEST(TcpHost, NothingLeavesWithoutTimeOrAfterAStop) {
    test_peer peer([](test_peer::socket& link) { (void)test_peer::read_message(link); });
    auto host = host_at(peer.address());
    const auto late = host->exchange(as_bytes("ask"), wanted("answer"), call(200ms));
    EXPECT_EQ(late.error().code(), hostlink_errc::too_little_time) << late.error();
    EXPECT_TRUE(late.error().is(condition::timed_out));
    std::stop_source stop;
    stop.request_stop();
    const auto stopped = host->exchange(as_bytes("ask"), wanted("answer"), call(60s, stop.get_token()));
    EXPECT_EQ(stopped.error().code(), hostlink_errc::stopped) << stopped.error();
    EXPECT_TRUE(stopped.error().is(condition::cancelled));
    for (const std::size_t size : {0, 65'536}) {
        const auto refused = host->exchange(bytes(size), wanted("answer"), soon());
        EXPECT_EQ(refused.error().code(), hostlink_errc::too_large) << size;
    }
    EXPECT_EQ(peer.connections, 0);
    EXPECT_EQ(host->statistics().exchanges, 0U);
}

TEST(TcpHost, NobodyThereIsALostLink) {
    std::string address;
    {
        const test_peer gone([](test_peer::socket&) {});
        address = gone.address();
    }
    const auto answer = host_at(address)->exchange(as_bytes("ask"), wanted("answer"), soon());
    ASSERT_FALSE(answer);
    EXPECT_TRUE(answer.error().is(condition::link_lost)) << answer.error();
}

TEST(TcpHost, BadSettingsAreNamed) {
    tcp_host_settings settings;
    settings.address = "nowhere";
    EXPECT_EQ(tcp_host::create(settings).error().field(), "address");
    settings.address = "127.0.0.1:1";
    settings.response_time = 0ms;
    EXPECT_EQ(tcp_host::create(settings).error().field(), "response_time");
    EXPECT_EQ(tcp_host::create(settings).error().code(), hostlink_errc::bad_setting);
}

/// What a peer reads of an HTTP request: its head, and as much of a body as that says.
std::string read_http(test_peer::socket& link) {
    std::string text;
    boost::system::error_code code;
    boost::asio::read_until(link, boost::asio::dynamic_buffer(text), "\r\n\r\n", code);
    const auto body = text.find("\r\n\r\n") + 4;
    const auto length = std::stoul(text.substr(text.find("Content-Length: ") + 16));
    while (!code && text.size() < body + length)
        boost::asio::read(link, boost::asio::dynamic_buffer(text), boost::asio::transfer_exactly(1), code);
    return text;
}

TEST(TcpHost, PutsMessagesInHttpPostsWhereItIsTold) {
    const auto frame = [](const std::string& text) {
        return std::string{'\0', static_cast<char>(text.size())} + text;
    };
    std::string asked;
    std::string answered;
    test_peer peer([&](test_peer::socket& link) {
        asked = read_http(link);
        boost::system::error_code ignored;
        boost::asio::write(link, boost::asio::buffer(answered), ignored);
    });
    tcp_host_settings settings;
    settings.address = peer.address();
    settings.response_time = 20s;
    settings.http_path = "/mjc/webtrans/VPB_lb";
    auto host = tcp_host::create(settings, logger::none()).value();
    const auto body = frame("late") + frame("answer");
    answered = "HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
    const auto answer = host->exchange(as_bytes("ask"), wanted("answer"), soon());
    ASSERT_TRUE(answer) << answer.error();
    EXPECT_EQ(as_text(*answer), "answer");
    EXPECT_TRUE(asked.starts_with("POST /mjc/webtrans/VPB_lb HTTP/1.1\r\n")) << asked;
    EXPECT_NE(asked.find("Content-Type: x-ISO-TPDU/x-auth\r\n"), std::string::npos) << asked;
    EXPECT_TRUE(asked.ends_with("\r\n\r\n" + frame("ask"))) << asked;
    EXPECT_EQ(host->statistics().dropped, 1U);
    for (const char* bad : {"HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n",
             "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nhtml", "no HTTP at all\r\n\r\n"}) {
        answered = bad;
        const auto end = host->exchange(as_bytes("ask"), wanted("answer"), soon());
        ASSERT_FALSE(end);
        EXPECT_TRUE(end.error().is(condition::outcome_unknown)) << "the request has left: " << end.error();
    }
    settings.http_path = "no path";
    EXPECT_FALSE(tcp_host::create(settings, logger::none()));
}

TEST(TcpHost, ConnectsAheadWhereItIsTold) {
    test_peer peer([](test_peer::socket& link) {
        if (test_peer::read_message(link).empty()) return;
        test_peer::write_message(link, "answer");
    });
    tcp_host_settings settings;
    settings.address = peer.address();
    settings.response_time = 20s;
    settings.ahead = true;
    auto host = tcp_host::create(settings, logger::none()).value();
    host->connect_ahead();
    host->connect_ahead(); // once is enough
    ASSERT_TRUE(host->exchange(as_bytes("ask"), wanted("answer"), soon()));
    EXPECT_EQ(peer.connections, 1);
    settings.address = "127.0.0.1:1";
    host = tcp_host::create(settings, logger::none()).value();
    host->connect_ahead();
    const auto end = host->exchange(as_bytes("ask"), wanted("answer"), soon());
    ASSERT_FALSE(end);
    EXPECT_TRUE(end.error().is(condition::link_lost)) << "nothing has left: " << end.error();
}

/// The steady clock, put forward.
class later final : public time_source {
  public:
    [[nodiscard]] monotonic_clock::time_point now() noexcept override {
        return std::chrono::steady_clock::now() + by;
    }
    void pause(const call& /*bounds*/) override {}
    std::chrono::seconds by{0};
};

TEST(TcpHost, DropsAConnectionMadeAheadThatHasGrownOld) {
    test_peer peer([](test_peer::socket& link) {
        if (test_peer::read_message(link).empty()) return;
        test_peer::write_message(link, "answer");
    });
    tcp_host_settings settings;
    settings.address = peer.address();
    settings.response_time = 20s;
    settings.ahead = true;
    later clock;
    const time_source::on_this_thread put(clock);
    auto host = tcp_host::create(settings, logger::none()).value();
    host->connect_ahead();
    clock.by = 121s;
    ASSERT_TRUE(host->exchange(as_bytes("ask"), wanted("answer"), soon()));
    EXPECT_EQ(peer.connections, 2);
}

TEST(TcpHost, WaitsForAConnectionAheadNoLongerThanTheCallLasts) {
    std::promise<void> gate;
    auto open = gate.get_future().share();
    tcp_host_settings settings;
    settings.address = "127.0.0.1:1";
    settings.response_time = 10ms;
    settings.ahead = true;
    const auto connect = [open](const call&) -> result<std::unique_ptr<net::transport>> {
        open.wait();
        return error(net_errc::not_open, layer::net);
    };
    auto host = tcp_host::create(settings, logger::none(), connect).value();
    host->connect_ahead();
    const auto end = host->exchange(as_bytes("ask"), wanted("answer"), call(60ms));
    gate.set_value();
    ASSERT_FALSE(end);
    EXPECT_EQ(end.error().code(), hostlink_errc::too_little_time) << end.error();
}

} // namespace
} // namespace cipherlane::hostlink
