// A till whose `[host]` is reached by TLS, against a host with a certificate of an authority of its own.
#include "support/certificates.hpp"
#include "support/lane/lent_parts.hpp"
#include "support/test_peer.hpp"

#include <cipherlane/core/errc.hpp>
#include <cipherlane/hostlink/errc.hpp>
#include <cipherlane/ports/store.hpp>
#include <cipherlane/till/till.hpp>

#include <boost/asio/read.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/write.hpp>
#include <gtest/gtest.h>

#include <array>
#include <atomic>
#include <filesystem>

namespace cipherlane::tests {
namespace {

namespace asio = boost::asio;
using namespace std::chrono_literals;

/// What the till believes of an answer is the till's to say.
class any_answer final : public ports::answer_filter {
  public:
    [[nodiscard]] bool matches(byte_view) const override { return true; }
};

identity new_authority(const char* name) {
    return issue({name, nullptr, -3600, 36'000'000, certificate_request::role::authority}, nullptr);
}

/// The fake host of the rig behind TLS, as "host.test".
class TillHostTls : public testing::Test {
  protected:
    TillHostTls() {
        context_.use_certificate_file(files_.certificate("host.pem", shown_), asio::ssl::context::pem);
        context_.use_private_key_file(files_.key("host.key", shown_), asio::ssl::context::pem);
        context_.load_verify_file(files_.certificate("clients.pem", authority_));
        static_cast<acquiring::terminal_settings&>(settings.terminals.emplace_back()) = rig.settings;
        settings.journal.file = folder.file("own.db");
        settings.journal.key_file = folder.file("own.key");
        settings.host.address = peer_.address();
        settings.host.response_time = 5s;
        settings.host.tls.on = true;
        settings.host.tls.ca_file = files_.certificate("ca.pem", authority_);
        settings.host.tls.name = "host.test";
    }
    result<till> open() {
        auto with = lent(rig);
        with.host = {}; // the one of the settings
        return till::open(settings, std::move(with), soon());
    }
    /// A sale that ends before anything of it has been said, and says why.
    void expect_refused(std::string_view why) {
        auto till = open().value();
        const auto refused = till.sale({"one", amount(1234)}, soon());
        ASSERT_FALSE(refused);
        EXPECT_EQ(refused.error().code(), hostlink_errc::not_secured) << refused.error();
        EXPECT_TRUE(refused.error().is(condition::link_lost)) << "nobody decided anything";
        EXPECT_EQ(refused.error().untrusted_peer_text(), why);
        EXPECT_EQ(messages_, 0) << "a host that is not the right one is told nothing";
        EXPECT_EQ(rig.books.taken(), 0);
    }

    [[nodiscard]] int connections() const { return peer_.connections; }

    lane_rig rig;
    temporary_folder folder;
    till_settings settings;
    pem_folder files_;
    identity authority_ = new_authority("authority");
    identity shown_ = issue({"host", "DNS:host.test"}, &authority_);
    asio::ssl::context context_{asio::ssl::context::tls_server};
    std::atomic<int> messages_{0};

  private:
    void serve(test_peer::socket& link) {
        boost::system::error_code failed;
        asio::ssl::stream<test_peer::socket&> secured(link, context_);
        secured.handshake(asio::ssl::stream_base::server, failed);
        while (!failed) {
            std::array<std::uint8_t, 2> size{};
            asio::read(secured, asio::buffer(size), failed);
            if (failed) return;
            bytes request(load_be16(size.data()));
            asio::read(secured, asio::buffer(request), failed);
            if (failed) return;
            ++messages_;
            const auto answer = rig.host.exchange(request, any_answer(), soon());
            if (!answer) return;
            store_be16(size.data(), static_cast<std::uint16_t>(answer->size()));
            const std::array<asio::const_buffer, 2> parts{asio::buffer(size), asio::buffer(*answer)};
            asio::write(secured, parts, failed);
        }
    }

    test_peer peer_{[this](test_peer::socket& link) { serve(link); }};
};

TEST_F(TillHostTls, SellsToAHostWhoseCertificateFits) {
    auto till = open().value();
    const auto paid = till.sale({"one", amount(1234)}, soon());
    ASSERT_TRUE(paid) << paid.error();
    EXPECT_EQ(paid->outcome, verdict::approved);
    EXPECT_EQ(rig.books.taken(), 1234);
    EXPECT_EQ(messages_, 2) << "the sign-in and the sale";
    EXPECT_EQ(connections(), 2);
}

TEST_F(TillHostTls, KeepsTheConnectionAndTheNameThatTheSettingsGive) {
    settings.host.keep_connection = true;
    settings.host.name = "acquirer one";
    auto till = open().value();
    const auto paid = till.sale({"one", amount(1234)}, soon());
    ASSERT_TRUE(paid) << paid.error();
    EXPECT_EQ(messages_, 2);
    EXPECT_EQ(connections(), 1);
    const auto record = till.journal().find(paid->handle, soon()).value();
    ASSERT_TRUE(record);
    EXPECT_EQ(record->counterpart, "acquirer one");
}

TEST_F(TillHostTls, ShowsItsOwnCertificateWhereTheHostWantsOne) {
    context_.set_verify_mode(asio::ssl::verify_peer | asio::ssl::verify_fail_if_no_peer_cert);
    const auto own = issue({"till"}, &authority_);
    settings.host.tls.certificate_file = files_.certificate("till.pem", own);
    settings.host.tls.key_file = files_.key("till.key", own);
    auto till = open().value();
    const auto paid = till.sale({"one", amount(1234)}, soon());
    ASSERT_TRUE(paid) << paid.error();
    EXPECT_EQ(paid->outcome, verdict::approved);
}

TEST_F(TillHostTls, RefusesACertificateForAnotherName) {
    settings.host.tls.name = "other.test";
    expect_refused("the peer's certificate is for another name: expected other.test, found host.test");
}

TEST_F(TillHostTls, RefusesACertificateForAnotherAddress) {
    settings.host.tls.name.clear(); // then it must be for the address: 127.0.0.1
    expect_refused("the peer's certificate is for another name: expected 127.0.0.1, found host.test");
}

TEST_F(TillHostTls, RefusesACertificateOfItsRevocationList) {
    settings.host.tls.crl_file = files_.revocations("crl.pem", revoke(authority_, shown_));
    expect_refused("the peer's certificate is revoked");
}

TEST_F(TillHostTls, RefusesACertificateOfAnotherAuthority) {
    settings.host.tls.ca_file = files_.certificate("other.pem", new_authority("other"));
    expect_refused("the peer's certificate has no trusted issuer");
}

TEST_F(TillHostTls, WantsItsKeyInAPrivateFile) {
    const auto own = issue({"till"}, &authority_);
    settings.host.tls.certificate_file = files_.certificate("till.pem", own);
    settings.host.tls.key_file = files_.key("till.key", own);
    std::filesystem::permissions(
        settings.host.tls.key_file, std::filesystem::perms::group_read, std::filesystem::perm_options::add);
    const auto refused = open();
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code(), core_errc::file_mode) << refused.error();
}

} // namespace
} // namespace cipherlane::tests
