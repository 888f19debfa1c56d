#include "support/lane/faulty_store.hpp"
#include "support/log_spans.hpp"
#include "support/test_peer.hpp"

#include <cipherlane/crypto/rsa.hpp>
#include <cipherlane/hostlink/errc.hpp>
#include <cipherlane/hostlink/notification_listener.hpp>
#include <cipherlane/store/memory_journal.hpp>

#include <boost/asio/connect.hpp>
#include <gtest/gtest.h>
#include <openssl/evp.h>

#include <algorithm>
#include <atomic>
#include <fstream>
#include <iostream>
#include <memory>
#include <netinet/in.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <thread>
#include <unistd.h>
#include <vector>

namespace cipherlane::hostlink {
namespace {

using namespace std::chrono_literals;

class still_clock final : public ports::clock {
  public:
    [[nodiscard]] std::chrono::system_clock::time_point now() const override { return time; }
    std::chrono::system_clock::time_point time{std::chrono::seconds(1'795'000'000)};
};

std::string base64(byte_view data) {
    std::string text((data.size() + 2) / 3 * 4 + 1, '\0');
    text.resize(static_cast<std::size_t>(::EVP_EncodeBlock(
        reinterpret_cast<unsigned char*>(text.data()), data.data(), static_cast<int>(data.size()))));
    return text;
}

constexpr const char* body =
    R"({"notification_id":"1","event":"paid","order":{"order_number":"O1","merchant_id":"M","terminal_id":"TEST0001",)"
    R"("amount":990,"currency":"156","status":"paid","transaction_number":"T1"}})";

class Notification : public testing::Test {
  protected:
    static crypto::rsa_private_key& key() {
        static auto made = crypto::rsa_private_key::generate(2048).value();
        return made;
    }
    static std::string public_pem() {
        return "-----BEGIN PUBLIC KEY-----\n" + base64(key().public_der().value()) + "\n-----END PUBLIC KEY-----\n";
    }
    std::string sign(const std::string& time, const std::string& nonce, const std::string& text) {
        return base64(key().sign_sha256(as_bytes(time + "\n" + nonce + "\n" + text + "\n")).value());
    }
    result<void> check(notification_verifier& verifier, const std::string& time, const std::string& nonce,
        const std::string& text, const std::string& signature, const char* type = "RSA-SHA256") {
        return verifier.check({time, nonce, type, signature, text});
    }
    /// The status line of the answer to a notification.
    std::string post(std::uint16_t port, const std::string& signature, const std::string& nonce) {
        boost::asio::io_context io;
        boost::asio::ip::tcp::socket link(io);
        link.connect({boost::asio::ip::address_v4::loopback(), port});
        const std::string text =
            "POST /notify HTTP/1.1\r\nHost: x\r\nContent-Length: " + std::to_string(std::string_view(body).size()) +
            "\r\nCipherlane-Timestamp: " + now + "\r\nCipherlane-Nonce: " + nonce +
            "\r\nCipherlane-Signature-Type: RSA-SHA256\r\nCipherlane-Signature: " + signature + "\r\n\r\n" + body;
        boost::asio::write(link, boost::asio::buffer(text));
        std::string answer;
        boost::system::error_code code;
        boost::asio::read(link, boost::asio::dynamic_buffer(answer), code);
        return answer.substr(0, 12);
    }

    still_clock clock;
    std::string now = "1795000000";
};

TEST_F(Notification, IsBelievedWhenSignedFreshAndNew) {
    auto verifier = notification_verifier::create(public_pem(), clock).value();
    EXPECT_TRUE(check(verifier, now, "n1", body, sign(now, "n1", body)));
    EXPECT_EQ(check(verifier, now, "n1", body, sign(now, "n1", body)).error().code(), hostlink_errc::repeated_notice);
    EXPECT_TRUE(check(verifier, now, "n2", body, sign(now, "n2", body)));
}

TEST_F(Notification, IsRefusedForAnyChange) {
    auto verifier = notification_verifier::create(public_pem(), clock).value();
    const auto good = sign(now, "n1", body);
    const auto code = [&](const std::string& time, const std::string& nonce, const std::string& text,
                          const std::string& signature, const char* type) {
        const auto checked = check(verifier, time, nonce, text, signature, type);
        return checked ? boost::system::error_code() : checked.error().code();
    };
    const auto unsigned_notice = make_error_code(hostlink_errc::unsigned_notice);
    EXPECT_EQ(code("1795000001", "n1", body, good, "RSA-SHA256"), unsigned_notice);
    EXPECT_EQ(code(now, "n2", body, good, "RSA-SHA256"), unsigned_notice);
    EXPECT_EQ(code(now, "n1", std::string(body) + " ", good, "RSA-SHA256"), unsigned_notice);
    EXPECT_EQ(code(now, "n1", body, good, "SM2"), unsigned_notice);
    EXPECT_EQ(code(now, "n1", body, "", "RSA-SHA256"), unsigned_notice);
    EXPECT_EQ(code(now, "n1", body, "!!!!", "RSA-SHA256"), unsigned_notice);
    EXPECT_EQ(code(now, "", body, sign(now, "", body), "RSA-SHA256"), unsigned_notice);
    EXPECT_TRUE(check(verifier, now, "n1", body, good)) << "nothing refused has used up the nonce";
}

TEST_F(Notification, IsRefusedOutsideItsWindow) {
    auto verifier = notification_verifier::create(public_pem(), clock).value();
    for (const char* time : {"1794999699", "1795000301", "abc", "", "99999999999999999999", "20241744073"}) {
        EXPECT_EQ(check(verifier, time, "n", body, sign(time, "n", body)).error().code(), hostlink_errc::stale_notice)
            << time;
    }
    EXPECT_TRUE(check(verifier, "1794999701", "n", body, sign("1794999701", "n", body)));
}

TEST_F(Notification, ReachesWhoWaitsForIt) {
    auto listener = notification_listener::listen(
        "127.0.0.1:0", notification_verifier::create(public_pem(), clock).value(), logger::none())
                        .value();
    listener->expect_merchant("M");
    EXPECT_EQ(post(listener->port(), "forged", "n0"), "HTTP/1.1 400");
    EXPECT_TRUE(listener->wait("O1", call(20ms)).error().is(condition::timed_out));
    std::thread gateway([&] { EXPECT_EQ(post(listener->port(), sign(now, "n1", body), "n1"), "HTTP/1.1 200"); });
    const auto status = listener->wait("O1", call(10s));
    gateway.join();
    ASSERT_TRUE(status) << status.error();
    EXPECT_EQ(status->paid, amount(990));
    EXPECT_EQ(post(listener->port(), sign(now, "n1", body), "n1"), "HTTP/1.1 400") << "a repetition";
    EXPECT_EQ(listener->statistics().taken, 1U);
    EXPECT_EQ(listener->statistics().refused, 2U);
}

// One key signs for all merchants of a gateway: another's order under the same number must not pay for ours.
TEST_F(Notification, OfAnotherMerchantIsRefused) {
    auto listener = notification_listener::listen(
        "127.0.0.1:0", notification_verifier::create(public_pem(), clock).value(), logger::none())
                        .value();
    EXPECT_EQ(post(listener->port(), sign(now, "n1", body), "n1"), "HTTP/1.1 400") << "nobody is expected yet";
    listener->expect_merchant("N");
    EXPECT_EQ(post(listener->port(), sign(now, "n2", body), "n2"), "HTTP/1.1 400");
    EXPECT_TRUE(listener->wait("O1", call(20ms)).error().is(condition::timed_out));
    listener->expect_merchant("M");
    EXPECT_EQ(post(listener->port(), sign(now, "n3", body), "n3"), "HTTP/1.1 200");
    EXPECT_TRUE(listener->wait("O1", call(5s)));
}

/// With several gateways in one till: one that speaks of what another one was asked for is not heard.
TEST_F(Notification, OfAnotherGatewaysOrderIsRefused) {
    auto listener = notification_listener::listen(
        "127.0.0.1:0", notification_verifier::create(public_pem(), clock).value(), logger::none())
                        .value();
    listener->expect_merchant("M");
    std::atomic<int> asked = 0;
    listener->ask_whose([&](const ports::qr_order_status& told) -> result<bool> {
        EXPECT_EQ(told.order_number, "O1");
        if (++asked == 1) return false;
        if (asked == 2) return error(hostlink_errc::no_answer, layer::hostlink);
        return true;
    });
    EXPECT_EQ(post(listener->port(), sign(now, "n1", body), "n1"), "HTTP/1.1 400");
    EXPECT_FALSE(listener->wait("O1", call(10ms)));
    EXPECT_EQ(post(listener->port(), sign(now, "n2", body), "n2"), "HTTP/1.1 503") << "to be sent again";
    EXPECT_EQ(post(listener->port(), sign(now, "n3", body), "n3"), "HTTP/1.1 200");
    EXPECT_TRUE(listener->wait("O1", call(5s)));
    EXPECT_EQ(listener->statistics().refused, 1U);
}

TEST_F(Notification, ComesThroughBesideHalfSentRequests) {
    auto listener = notification_listener::listen(
        "127.0.0.1:0", notification_verifier::create(public_pem(), clock).value(), logger::none())
                        .value();
    listener->expect_merchant("M");
    boost::asio::io_context io;
    std::vector<boost::asio::ip::tcp::socket> half;
    for (int i = 0; i < 300; ++i) {
        half.emplace_back(io).connect({boost::asio::ip::address_v4::loopback(), listener->port()});
        boost::asio::write(half.back(), boost::asio::buffer("POST /notify HTTP/1.1\r\n", 23));
    }
    EXPECT_EQ(post(listener->port(), sign(now, "n1", body), "n1"), "HTTP/1.1 200");
    EXPECT_GE(listener->statistics().dropped, 300U - 16U) << "only so many of one address are kept";
}

/// Pages of memory that this process has at hand.
std::size_t resident_bytes() {
    std::ifstream of("/proc/self/statm");
    std::size_t all = 0;
    std::size_t resident = 0;
    of >> all >> resident;
    return resident * static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
}

/// How many connections this process may have besides what it needs.
std::size_t room_for_connections(std::size_t wanted) {
    rlimit limit{};
    ::getrlimit(RLIMIT_NOFILE, &limit);
    limit.rlim_cur = limit.rlim_max;
    ::setrlimit(RLIMIT_NOFILE, &limit);
    constexpr std::size_t others = 400;
    return std::min<std::size_t>(wanted, limit.rlim_cur > others ? limit.rlim_cur - others : 0);
}

/// Connections from addresses of this machine, each with the beginning of a request or with nothing.
class half_open_flood {
  public:
    half_open_flood(std::uint16_t port, std::size_t many)
        : port_(port) {
        links_.reserve(many);
        for (std::size_t i = 0; i < many; ++i)
            add(static_cast<std::uint32_t>(i));
    }
    half_open_flood(const half_open_flood&) = delete;
    half_open_flood& operator=(const half_open_flood&) = delete;
    ~half_open_flood() {
        for (const int one : links_)
            ::close(one);
    }
    [[nodiscard]] std::size_t size() const noexcept { return links_.size(); }

  private:
    void add(std::uint32_t which) {
        const int link = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        if (link < 0) return;
        sockaddr_in place{};
        place.sin_family = AF_INET;
        place.sin_addr.s_addr = htonl(0x7F010000U + which % 50'000 + 1); // 127.1.0.1 and on
        const auto* const at = reinterpret_cast<const sockaddr*>(&place);
        bool open = ::bind(link, at, sizeof place) == 0;
        place.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        place.sin_port = htons(port_);
        open = open && ::connect(link, at, sizeof place) == 0;
        if (!open) {
            ::close(link);
            return;
        }
        constexpr std::string_view begun = "POST /notify HTTP/1.1\r\nContent-Length: 9\r\n";
        if (which % 2 == 0) (void)!::send(link, begun.data(), begun.size(), MSG_NOSIGNAL);
        links_.push_back(link);
    }

    std::uint16_t port_;
    std::vector<int> links_;
};

/// However many connect and say nothing, each notice is confirmed by one of a gateway's usual tries, and durable; the
/// listener keeps nothing of those others.
TEST_F(Notification, IsConfirmedUnderTenThousandHalfOpenRequests) {
    const auto many = room_for_connections(10'000);
    if (many < 10'000) std::cout << "only " << many << " files may be open" << std::endl;
    const auto listener =
        notification_listener::listen("127.0.0.1:0", notification_verifier::create(public_pem(), clock).value())
            .value();
    listener->expect_merchant("M");
    store::memory_journal journal(clock);
    listener->keep_in(journal);
    const auto before = resident_bytes();
    std::unique_ptr<half_open_flood> flood;
    std::atomic<bool> done{false};
    std::thread rushing([&] {
        flood = std::make_unique<half_open_flood>(listener->port(), many);
        done = true;
    });
    int confirmed = 0;
    int tries = 0;
    const auto tell = [&] {
        for (int again = 0; again < 8; ++again) {
            ++tries;
            const auto nonce = "n" + std::to_string(tries);
            try {
                if (post(listener->port(), sign(now, nonce, body), nonce) == "HTTP/1.1 200") return true;
            } catch (const boost::system::system_error&) { // ended to make room
            }
        }
        return false;
    };
    int notices = 0;
    while (!done || notices < 20) {
        ++notices;
        if (tell()) ++confirmed;
    }
    rushing.join();
    EXPECT_EQ(flood->size(), many);
    EXPECT_EQ(confirmed, notices) << tries << " tries";
    EXPECT_GE(listener->statistics().taken, static_cast<std::uint64_t>(confirmed));
    EXPECT_EQ(journal.open_notices(call(5s)).value().size(), 1U);
    // With what a sanitizer keeps of what was freed: some 50 KiB of each notice.
    const auto most = (std::size_t{64} << 20U) + static_cast<std::size_t>(notices) * (std::size_t{100} << 10U);
    EXPECT_LT(resident_bytes(), before + most);
    std::cout << many << " half open, " << notices << " notices in " << tries << " tries, "
              << (resident_bytes() - std::min(before, resident_bytes())) / 1024 << " KiB more" << std::endl;
}

TEST_F(Notification, RefusalsAreCountedNotWrittenOneByOne) {
    std::atomic<int> lines{0};
    const tests::log_spans spans;
    auto listener = notification_listener::listen("127.0.0.1:0",
        notification_verifier::create(public_pem(), clock).value(),
        logger(log_level::warning, [&](log_level, std::string_view, std::string_view) {
            ++lines;
        })).value();
    for (int i = 0; i < 50; ++i)
        EXPECT_EQ(post(listener->port(), "forged", "n"), "HTTP/1.1 400");
    EXPECT_EQ(listener->statistics().refused, 50U);
    EXPECT_GE(lines, 1);
    EXPECT_LE(lines, spans.count());
}

TEST_F(Notification, AKeyThatIsNoneIsRefused) {
    EXPECT_EQ(notification_verifier::create("nonsense", clock).error().code(), hostlink_errc::bad_key);
    EXPECT_TRUE(notification_listener::listen("nowhere", notification_verifier::create(public_pem(), clock).value())
                    .error()
                    .is(condition::misuse));
}

TEST_F(Notification, AnAddressThatAnotherOneHasIsSaid) {
    const auto listen = [&](const std::string& address) {
        return notification_listener::listen(
            address, notification_verifier::create(public_pem(), clock).value(), logger::none());
    };
    const auto first = listen("127.0.0.1:0").value();
    const auto second = listen("127.0.0.1:" + std::to_string(first->port()));
    ASSERT_FALSE(second);
    EXPECT_EQ(second.error().code(), hostlink_errc::cannot_listen) << second.error();
}

/// A gateway that has heard 200 never says it again: by then a power cut must not lose it.
TEST_F(Notification, IsOnTheDiskBeforeItIsAnswered) {
    tests::fault_script faults;
    store::memory_journal disk(clock);
    tests::faulty_store journal(disk, faults);
    auto verifier = notification_verifier::create(public_pem(), clock).value();
    auto listener = notification_listener::listen("127.0.0.1:0", std::move(verifier), logger::none()).value();
    listener->expect_merchant("M");
    listener->keep_in(journal);
    faults.kind = tests::fault_kind::local_fault;
    faults.fails = [](std::string_view call) { return call == "store keep_notice"; };
    EXPECT_EQ(post(listener->port(), sign(now, "a", body), "a"), "HTTP/1.1 503") << "to be sent again";
    EXPECT_FALSE(listener->wait("O1", call(10ms))) << "not told either: it would be gone after a crash";
    faults.fails = {};
    EXPECT_EQ(post(listener->port(), sign(now, "b", body), "b"), "HTTP/1.1 200");
    EXPECT_EQ(listener->wait("O1", call(5s))->paid, amount(990));
    const auto kept = disk.open_notices(call(5s)).value();
    ASSERT_EQ(kept.size(), 1U);
    EXPECT_EQ(kept[0].told.order_number, "O1");
    EXPECT_EQ(kept[0].told.paid, amount(990));
}

} // namespace
} // namespace cipherlane::hostlink
