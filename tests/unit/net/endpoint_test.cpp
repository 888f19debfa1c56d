#include <cipherlane/net/tcp.hpp>

#include <gtest/gtest.h>

namespace cipherlane::net {
namespace {

TEST(Endpoint, ReadsHostAndPort) {
    auto named = parse_endpoint("hsm.example:1500");
    ASSERT_TRUE(named);
    EXPECT_EQ(named->host, "hsm.example");
    EXPECT_EQ(named->port, 1500);
    auto v6 = parse_endpoint("[::1]:65535");
    ASSERT_TRUE(v6);
    EXPECT_EQ(v6->host, "::1");
    EXPECT_EQ(v6->port, 65535);
}

TEST(Endpoint, RefusesWhatIsNone) {
    for (const char* text : {"", ":", "host", "host:", ":80", "host:65536", "host:80x", "host:-1", "::1:80", "[::1]",
             "[::1:80", "[]:80", "[::1]80", "host: 80"}) {
        auto parsed = parse_endpoint(text);
        ASSERT_FALSE(parsed) << text;
        EXPECT_TRUE(parsed.error().is(condition::misuse)) << text;
    }
}

TEST(TcpSettings, NamesTheFieldThatIsOutOfRange) {
    using std::chrono::milliseconds;
    using std::chrono::seconds;
    tcp_settings good;
    good.port = 1;
    EXPECT_TRUE(good.validate());
    const auto field_of = [&](auto change) {
        tcp_settings changed = good;
        change(changed);
        auto checked = changed.validate();
        return checked ? std::string("none") : std::string(checked.error().field());
    };
    EXPECT_EQ(field_of([](auto& s) { s.host.clear(); }), "host");
    EXPECT_EQ(field_of([](auto& s) { s.port = 0; }), "port");
    EXPECT_EQ(field_of([](auto& s) { s.connect_timeout = milliseconds{0}; }), "connect_timeout");
    EXPECT_EQ(field_of([](auto& s) { s.keep_alive_idle = seconds{-1}; }), "keep_alive_idle");
    EXPECT_EQ(field_of([](auto& s) { s.keep_alive_interval = seconds{0}; }), "keep_alive_interval");
    EXPECT_EQ(field_of([](auto& s) { s.keep_alive_probes = 0; }), "keep_alive_probes");
    EXPECT_EQ(field_of([](auto& s) { s.user_timeout = milliseconds{-1}; }), "user_timeout");
}

} // namespace
} // namespace cipherlane::net
