// Cipher machines behind TLS, with certificates made for each test. The simulator's side is Asio's own TLS, not ours.
#include "hsm-sim/wire/server.hpp"
#include "support/certificates.hpp"
#include "support/log_spans.hpp"

#include <cipherlane/hsm/client.hpp>
#include <cipherlane/hsm/pool.hpp>
#include <cipherlane/net/errc.hpp>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/write.hpp>
#include <gtest/gtest.h>

#include <array>
#include <atomic>
#include <future>

namespace cipherlane::hsm {
namespace {

using namespace std::chrono_literals;
using namespace cipherlane::tests;
using versions = hsm_sim::tls_settings::versions;

constexpr long day = 24L * 3600;

class HsmTls : public ::testing::Test {
  protected:
    HsmTls() {
        trusted_.ca_file = files_.certificate("ca.pem", authority_);
        shown_.ca_file = trusted_.ca_file;
        show(issue({"unit", "IP:127.0.0.1"}, &authority_));
        present(issue({"till"}, &authority_));
    }

    /// What the unit shows.
    void show(const identity& what) {
        shown_.certificate_file = files_.certificate("unit.pem", what);
        shown_.key_file = files_.key("unit.key", what);
    }
    /// What the client shows.
    void present(const identity& what) {
        trusted_.certificate_file = files_.certificate("till.pem", what);
        trusted_.key_file = files_.key("till.key", what);
    }

    void start() {
        auto context = hsm_sim::make_tls_context(shown_);
        ASSERT_TRUE(context) << context.error();
        hsm_sim::server_settings how;
        how.threads = 1;
        how.tls = *std::move(context);
        server_ = *hsm_sim::server::start(unit_, how, logger::none());
    }

    [[nodiscard]] client_settings settings() const {
        client_settings made;
        made.at.port = server_->port();
        made.dialect = profile::builtin("payshield").value();
        made.tls = net::tls_client::create(trusted_).value();
        return made;
    }
    [[nodiscard]] std::unique_ptr<pool> make_pool() const {
        const auto of = settings();
        pool_settings made;
        made.units = {of.at};
        made.dialect = of.dialect;
        made.tls = of.tls;
        return pool::create_with_thread(made).value();
    }

    /// The error of a blocking client's first call; nothing after success.
    [[nodiscard]] error client_says() {
        start();
        client subject(settings());
        auto said = subject.diagnose(diagnose_request(), call(5s));
        return said ? error() : said.error();
    }
    /// The same of an asynchronous one.
    [[nodiscard]] error asynchronous_client_says() {
        start();
        boost::asio::io_context io(1);
        client subject(io.get_executor(), settings());
        error said;
        subject.async_diagnose(diagnose_request(), call(5s), [&](const result<diagnosis>& got) {
            if (!got) said = got.error();
        });
        io.run();
        return said;
    }
    /// The same of a pool, and how long its caller waited.
    [[nodiscard]] error pool_says() {
        start();
        const auto subject = make_pool();
        const auto begin = std::chrono::steady_clock::now();
        auto said = subject->diagnose(diagnose_request(), call(40s));
        EXPECT_LT(std::chrono::steady_clock::now() - begin, 20s) << "a caller hears of a certificate at once";
        return said ? error() : said.error();
    }
    void expect_everywhere(net_errc wanted) {
        for (const auto& said : {client_says(), asynchronous_client_says(), pool_says()}) {
            EXPECT_EQ(said.code(), make_error_code(wanted)) << said;
            EXPECT_FALSE(said.endpoint().empty()) << said;
        }
    }
    void expect_success_everywhere() {
        for (const auto& said : {client_says(), asynchronous_client_says(), pool_says()}) {
            EXPECT_FALSE(said.code()) << said;
        }
    }

    pem_folder files_;
    identity authority_ =
        issue({"authority", nullptr, -3600, 3650 * day, certificate_request::role::authority}, nullptr);
    identity stranger_ =
        issue({"stranger", nullptr, -3600, 3650 * day, certificate_request::role::authority}, nullptr);
    hsm_sim::unit unit_{*hsm_sim::settings_of("payshield"), hsm_sim::lmk_set::test()};
    hsm_sim::tls_settings shown_;
    net::tls_settings trusted_;
    std::unique_ptr<hsm_sim::server> server_;
};

TEST_F(HsmTls, SpeaksVersion13WithBothCertificates) {
    shown_.spoken = versions::only_1_3;
    expect_success_everywhere();
}

TEST_F(HsmTls, SpeaksVersion12WithBothCertificates) {
    shown_.spoken = versions::only_1_2;
    expect_success_everywhere();
}

TEST_F(HsmTls, AUnitThatAsksForNoCertificateGetsNone) {
    shown_.ca_file.clear();
    trusted_.certificate_file.clear();
    trusted_.key_file.clear();
    expect_success_everywhere();
}

TEST_F(HsmTls, AnExpiredUnitCertificateIsNamed) {
    show(issue({"unit", "IP:127.0.0.1", -2 * day, -day}, &authority_));
    expect_everywhere(net_errc::certificate_expired);
}

TEST_F(HsmTls, AUnitCertificateOfTomorrowIsNamed) {
    show(issue({"unit", "IP:127.0.0.1", day, 2 * day}, &authority_));
    expect_everywhere(net_errc::certificate_not_yet_valid);
}

TEST_F(HsmTls, AUnitCertificateForAnotherNameIsNamed) {
    show(issue({"unit", "DNS:other.example,IP:127.0.0.2"}, &authority_));
    expect_everywhere(net_errc::certificate_wrong_name);
    EXPECT_EQ(client_says().hint(), "expected 127.0.0.1, found other.example, 127.0.0.2");
    EXPECT_EQ(pool_says().hint(), "expected 127.0.0.1, found other.example, 127.0.0.2");
}

TEST_F(HsmTls, TheNameOfTheSettingsCountsInsteadOfTheHost) {
    show(issue({"unit", "DNS:hsm.example"}, &authority_));
    trusted_.peer_name = "hsm.example";
    expect_success_everywhere();
}

TEST_F(HsmTls, AUnitCertificateOfAnUnknownAuthorityIsNamed) {
    show(issue({"unit", "IP:127.0.0.1"}, &stranger_));
    expect_everywhere(net_errc::certificate_untrusted);
}

TEST_F(HsmTls, ASelfSignedUnitCertificateIsNamed) {
    show(issue({"unit", "IP:127.0.0.1"}, nullptr));
    expect_everywhere(net_errc::certificate_self_signed);
}

TEST_F(HsmTls, AMissingClientCertificateIsNamedInVersion13) {
    shown_.spoken = versions::only_1_3;
    trusted_.certificate_file.clear();
    trusted_.key_file.clear();
    expect_everywhere(net_errc::certificate_refused);
}

TEST_F(HsmTls, AMissingClientCertificateIsNamedInVersion12) {
    shown_.spoken = versions::only_1_2;
    trusted_.certificate_file.clear();
    trusted_.key_file.clear();
    expect_everywhere(net_errc::certificate_refused);
}

TEST_F(HsmTls, AClientCertificateOfAnUnknownAuthorityIsNamed) {
    present(issue({"till"}, &stranger_));
    expect_everywhere(net_errc::certificate_refused);
}

TEST_F(HsmTls, AnExpiredClientCertificateIsNamed) {
    present(issue({"till", nullptr, -2 * day, -day}, &authority_));
    expect_everywhere(net_errc::certificate_refused);
}

TEST_F(HsmTls, NoVersionInCommonIsNamed) {
    shown_.spoken = versions::only_1_2;
    trusted_.least = net::tls_settings::version::tls_1_3;
    expect_everywhere(net_errc::tls_failed);
}

TEST_F(HsmTls, ARefusedCertificateLeavesNoDoubtAboutAKey) {
    // The request left in the handshake's last flight, but a unit that refuses who we are never reads it.
    shown_.spoken = versions::only_1_3;
    present(issue({"till"}, &stranger_));
    start();
    client subject(settings());
    const auto made = subject.generate_key(generate_key_request(key_type::tpk), call(5s));
    ASSERT_FALSE(made);
    EXPECT_TRUE(made.error().is(condition::rejected_by_peer)) << made.error();
}

TEST_F(HsmTls, APoolWorksAgainOnceTheCertificateIsRight) {
    show(issue({"unit", "IP:127.0.0.1", -2 * day, -day}, &authority_));
    start();
    const auto of = settings();
    const auto subject = make_pool();
    EXPECT_EQ(subject->diagnose(diagnose_request(), call(5s)).error().code(),
        make_error_code(net_errc::certificate_expired));
    server_.reset();
    show(issue({"unit", "IP:127.0.0.1"}, &authority_));
    hsm_sim::server_settings how;
    how.port = of.at.port;
    how.threads = 1;
    how.tls = hsm_sim::make_tls_context(shown_).value();
    server_ = *hsm_sim::server::start(unit_, how, logger::none());
    result<diagnosis> said = error();
    for (int i = 0; i < 500 && !said; ++i) {
        said = subject->diagnose(diagnose_request(), call(5s));
        if (!said) std::this_thread::sleep_for(10ms);
    }
    EXPECT_TRUE(said) << said.error();
}

// Anybody who connects can fail at a handshake; that must not fill a disk.
TEST_F(HsmTls, FailedHandshakesCannotFloodTheLog) {
    hsm_sim::server_settings how;
    how.threads = 1;
    how.tls = hsm_sim::make_tls_context(shown_).value();
    std::atomic<int> lines = 0;
    const cipherlane::tests::log_spans spans;
    server_ = *hsm_sim::server::start(
        unit_, how, logger(log_level::warning, [&](log_level, std::string_view, std::string_view) { ++lines; }));
    for (int i = 0; i < 200; ++i) {
        boost::asio::io_context io;
        boost::asio::ip::tcp::socket stranger(io);
        stranger.connect({boost::asio::ip::address_v4::loopback(), server_->port()});
        boost::asio::write(stranger, boost::asio::buffer(std::string_view("no hello of TLS at all\r\n\r\n")));
        // The unit hangs up: then its line, if any, is written.
        std::array<char, 64> said{};
        boost::system::error_code ended;
        while (!ended)
            (void)stranger.read_some(boost::asio::buffer(said), ended);
    }
    server_.reset();
    EXPECT_GE(lines, 1);
    EXPECT_LE(lines, 24 * spans.count());
}

TEST_F(HsmTls, APlainClientOfASecuredUnitEndsInTime) {
    start();
    auto of = settings();
    of.tls = nullptr;
    client subject(of);
    const auto said = subject.diagnose(diagnose_request(), call(500ms));
    ASSERT_FALSE(said);
    EXPECT_TRUE(said.error().is(condition::link_lost) || said.error().is(condition::bad_message) ||
                said.error().is(condition::timed_out))
        << said.error();
}

TEST_F(HsmTls, ManyCallsOverOneSecuredConnection) {
    start();
    const auto subject = make_pool();
    std::vector<std::future<bool>> all;
    for (int i = 0; i < 200; ++i) {
        auto promise = std::make_shared<std::promise<bool>>();
        all.push_back(promise->get_future());
        const std::string sent = "message " + std::to_string(i);
        subject->async_echo(echo_request(as_bytes(sent)), call(5s),
            [promise, sent](const result<echoed>& got) { promise->set_value(got && as_text(got->data) == sent); });
    }
    for (auto& each : all) {
        EXPECT_TRUE(each.get());
    }
}

} // namespace
} // namespace cipherlane::hsm
