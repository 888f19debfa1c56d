// What answers and requests leave behind in memory: a program of its own, since it looks into all that is freed.
#include "client/command_exchange.hpp"
#include "support/freed_memory.hpp"
#include "unit/hsm/hand_fed_pool.hpp"

#include <cipherlane/core/hex.hpp>
#include <cipherlane/hostlink/tcp_host.hpp>
#include <cipherlane/hsm/pin_requests.hpp>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>
#include <gtest/gtest.h>

#include <array>
#include <thread>

namespace cipherlane::hsm {
namespace {

using cipherlane::tests::freed_memory::holds_secret;
using cipherlane::tests::freed_memory::watching;

constexpr std::string_view secret = "C0FFEE11C0FFEE22";

struct watch : cipherlane::tests::freed_memory::watch {
    watch()
        : cipherlane::tests::freed_memory::watch(secret) {}
};

const key tpk("U1EF828AA8F6B80EB83E19FBC373F3A85");

/// An answer to what the pool wrote last, whole.
bytes answer_to(const bytes& request, std::string_view body) {
    bytes out{0, static_cast<std::uint8_t>(4 + body.size())};
    out.insert(out.end(), request.begin() + 2, request.begin() + 6);
    out.insert(out.end(), body.begin(), body.end());
    return out;
}

TEST(Wipe, TheWatchSeesWhatIsFreed) {
    const watch eyes;
    auto kept = std::make_unique<bytes>(secret.begin(), secret.end());
    kept.reset();
    EXPECT_EQ(eyes.seen(), 1);
}

TEST(Wipe, AConnectionOfAPoolKeepsNoAnswer) {
    tests::hand_fed_pool pool(profile::builtin("payshield").value());
    int good = 0;
    ASSERT_TRUE(pool.start(translate_pin_request(tpk, tpk, bytes(8), account::digits("550000025321")),
        [&](const result<translated_pin>& got) { good += got ? 1 : 0; }));
    pool.run();
    ASSERT_GT(pool.link().written.size(), 6U);
    auto answer = answer_to(pool.link().written, "CB0004" + std::string(secret) + "01");
    const auto input = pool.link().room;
    ASSERT_EQ(pool.link().feed(answer), answer.size());
    EXPECT_EQ(good, 1);
    EXPECT_FALSE(holds_secret(input.data(), input.size()));
}

TEST(Wipe, AConnectionThatBreaksAmidAnAnswerKeepsNothingOfIt) {
    const watch eyes;
    tests::hand_fed_pool pool(profile::builtin("payshield").value());
    ASSERT_TRUE(pool.start(translate_pin_request(tpk, tpk, bytes(8), account::digits("550000025321")),
        [](const result<translated_pin>&) {}));
    pool.run();
    // Longer than the input, which must grow.
    bytes start;
    start.reserve(20'000);
    start.assign({0x70, 0x00});
    start.insert(start.end(), pool.link().written.begin() + 2, pool.link().written.begin() + 6);
    start.insert(start.end(), secret.begin(), secret.end());
    start.resize(20'000);
    std::size_t fed = 0;
    while (fed < start.size()) {
        const auto part = pool.link().feed(byte_view(start).subspan(fed));
        ASSERT_NE(part, 0U);
        fed += part;
    }
    EXPECT_EQ(eyes.seen(), 0);
    pool.close();
    EXPECT_EQ(pool.connections(), 0U);
    EXPECT_EQ(eyes.seen(), 0);
    watching = false; // the test's own copy
}

TEST(Wipe, RequestsThatWaitForTheWireGrowWithoutATrace) {
    const watch eyes;
    tests::hand_fed_pool pool(profile::builtin("payshield").value());
    pool.link().written.reserve(60'000); // this is the test's own copy
    const auto block = from_hex(secret).value();
    for (int i = 0; i < 60; ++i) {
        ASSERT_TRUE(pool.start(translate_pin_request(tpk, tpk, block, account::digits("550000025321")),
            [](const result<translated_pin>&) {}));
    }
    pool.run();
    watching = false;
    EXPECT_TRUE(holds_secret(pool.link().written.data(), pool.link().written.size()));
    pool.link().written.clear();
    pool.link().written.shrink_to_fit();
    watching = true;
    pool.close();
    EXPECT_EQ(eyes.seen(), 0);
}

TEST(Wipe, AnExchangeKeepsNeitherRequestNorAnswer) {
    const auto header = [] { return bytes{'0', '0', '0', '1'}; };
    const auto make = [&] {
        reply_ptr subject(new reply);
        subject->dialect = profile::builtin("payshield").value();
        bytes request(secret.begin(), secret.end());
        const auto size = request.size();
        return std::make_unique<command_exchange>(
            std::move(subject), command_message{std::move(request), 0, size}, header());
    };
    bytes answer{0, 26, '0', '0', '0', '1', 'Z', 'Z', '0', '0'};
    answer.insert(answer.end(), secret.begin(), secret.end());
    const watch eyes;
    for (const auto size : {answer.size(), answer.size() - 1}) {
        auto subject = make();
        (void)subject->resume({net::event::kind::started, {}, {}});
        (void)subject->resume({net::event::kind::sent, {}, {}});
        byte_view rest = byte_view(answer).first(size);
        for (const std::size_t part : {std::size_t{12}, std::size_t{8}, rest.size() - 20}) {
            (void)subject->resume({net::event::kind::received, rest.first(part), {}});
            rest = rest.subspan(part);
        }
        subject.reset();
        EXPECT_EQ(eyes.seen(), 0) << size;
    }
    watching = false;
}

class any_answer final : public ports::answer_filter {
  public:
    [[nodiscard]] bool matches(byte_view message) const override { return message.size() > secret.size(); }
};

// An answer of the acquirer's host holds the card number. Its caller wipes what it was given; nothing else may stay.
TEST(Wipe, AHostsAnswerLeavesNoCopy) {
    using boost::asio::ip::tcp;
    boost::asio::io_context io;
    tcp::acceptor door(io, {boost::asio::ip::address_v4::loopback(), 0});
    std::thread host_side([&] {
        // Nothing of this side is on the heap. A message for nobody first, and the answer in two parts.
        tcp::socket link(io);
        boost::system::error_code failed;
        door.accept(link, failed);
        std::array<char, 5> request{};
        boost::asio::read(link, boost::asio::buffer(request), failed);
        std::array<char, 2 + 16 + 2 + 700> sent{};
        sent[1] = 16;
        std::copy(secret.begin(), secret.end(), sent.begin() + 2);
        sent[18] = 2;
        sent[19] = static_cast<char>(0xBC);
        std::copy(secret.begin(), secret.end(), sent.begin() + 100);
        boost::asio::write(link, boost::asio::buffer(sent.data(), 300), failed);
        boost::asio::write(link, boost::asio::buffer(sent.data() + 300, sent.size() - 300), failed);
    });
    hostlink::tcp_host_settings settings;
    settings.address = "127.0.0.1:" + std::to_string(door.local_endpoint().port());
    settings.response_time = std::chrono::seconds(5);
    int seen = -1;
    {
        const watch eyes;
        auto host = hostlink::tcp_host::create(settings, logger::none()).value();
        auto answer = host->exchange(as_bytes("ask"), any_answer(), call(std::chrono::seconds(20)));
        EXPECT_TRUE(answer && holds_secret(answer->data(), answer->size()));
        if (answer) wipe(*answer);
        host.reset();
        seen = eyes.seen();
    }
    host_side.join();
    EXPECT_EQ(seen, 0);
}

} // namespace
} // namespace cipherlane::hsm
