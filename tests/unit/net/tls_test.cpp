#include "support/certificates.hpp"

#include <cipherlane/core/errc.hpp>
#include <cipherlane/net/errc.hpp>
#include <cipherlane/net/tls.hpp>

#include <boost/asio/io_context.hpp>
#include <boost/asio/use_future.hpp>
#include <gtest/gtest.h>
#include <openssl/ssl.h>

#include <arpa/inet.h>
#include <array>
#include <functional>
#include <future>
#include <mutex>
#include <netinet/in.h>
#include <optional>
#include <signal.h> // NOLINT(modernize-deprecated-headers): pthread_sigmask is not in <csignal>
#include <sys/socket.h>
#include <thread>
#include <unistd.h>

namespace cipherlane::net {
namespace {

using namespace std::chrono_literals;
using namespace cipherlane::tests;

/// A server for one connection, with plain OpenSSL on its own thread: echoes until the client closes.
class echo_server {
  public:
    using set_up = std::function<void(SSL_CTX*)>;

    explicit echo_server(const identity& shown, set_up more = {})
        : listener_(::socket(AF_INET, SOCK_STREAM, 0)) {
        sockaddr_in at{};
        at.sin_family = AF_INET;
        at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        EXPECT_EQ(::bind(listener_, reinterpret_cast<sockaddr*>(&at), sizeof at), 0);
        EXPECT_EQ(::listen(listener_, 1), 0);
        socklen_t size = sizeof at;
        ::getsockname(listener_, reinterpret_cast<sockaddr*>(&at), &size);
        settings_.port = ntohs(at.sin_port);
        context_.reset(SSL_CTX_new(TLS_server_method()));
        SSL_CTX_use_certificate(context_.get(), shown.certificate.get());
        SSL_CTX_use_PrivateKey(context_.get(), shown.key.get());
        if (more) more(context_.get());
        thread_ = std::thread([this] { serve(); });
    }
    echo_server(const echo_server&) = delete;
    echo_server& operator=(const echo_server&) = delete;
    ~echo_server() {
        ::shutdown(listener_, SHUT_RDWR);
        thread_.join();
        ::close(listener_);
    }
    [[nodiscard]] const tcp_settings& settings() const { return settings_; }

  private:
    void serve() {
        // OpenSSL's own socket writes raise SIGPIPE once the client has hung up. Blocked in this thread alone, so
        // that the transport under test would still be caught at it.
        sigset_t pipe;
        sigemptyset(&pipe);
        sigaddset(&pipe, SIGPIPE);
        ::pthread_sigmask(SIG_BLOCK, &pipe, nullptr);
        const int connection = ::accept(listener_, nullptr, nullptr);
        if (connection < 0) return;
        // A client that breaks off must not end the test program by SIGPIPE.
        const timeval limit{5, 0};
        ::setsockopt(connection, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
        const std::unique_ptr<SSL, releaser<SSL_free>> ssl(SSL_new(context_.get()));
        SSL_set_fd(ssl.get(), connection);
        if (SSL_accept(ssl.get()) == 1) {
            std::array<char, 4096> buffer{};
            for (int got = 0; (got = SSL_read(ssl.get(), buffer.data(), buffer.size())) > 0;) {
                if (std::string_view(buffer.data(), 4) == "BYE!") {
                    SSL_shutdown(ssl.get());
                    break;
                }
                if (std::string_view(buffer.data(), 4) == "CUT!") break;
                SSL_write(ssl.get(), buffer.data(), got);
            }
        }
        ::close(connection);
    }

    int listener_;
    tcp_settings settings_;
    owned_context context_;
    std::thread thread_;
};

class Tls : public ::testing::Test {
  protected:
    Tls() { settings_.ca_file = files_.certificate("ca.pem", authority_); }

    [[nodiscard]] identity server(const char* names, long from = -3600, long to = 365L * 24 * 3600) const {
        return issue({"server", names, from, to}, &authority_);
    }
    result<std::unique_ptr<transport>> connect(const echo_server& to) {
        auto client = tls_client::create(settings_, log_);
        if (!client) return client.error();
        return connect_tls(io_.get_executor(), to.settings(), **client, call(5s));
    }
    [[nodiscard]] error refusal(const identity& shown) {
        const echo_server to(shown);
        auto link = connect(to);
        return link ? error() : link.error();
    }

    boost::asio::io_context io_;
    pem_folder files_;
    identity authority_ =
        issue({"authority", nullptr, -3600, 36'000'000, certificate_request::role::authority}, nullptr);
    tls_settings settings_;
    std::vector<std::string> warnings_;
    logger log_{log_level::warning,
        [this](log_level, std::string_view, std::string_view line) { warnings_.emplace_back(line); }};
};

TEST_F(Tls, EchoesBlocking) {
    const echo_server host(server("IP:127.0.0.1"));
    auto link = connect(host);
    ASSERT_TRUE(link) << link.error();
    EXPECT_TRUE((*link)->write(as_bytes("hello"), call(5s)));
    std::array<std::uint8_t, 64> buffer{};
    auto count = (*link)->read_some(buffer, call(5s));
    ASSERT_TRUE(count) << count.error();
    EXPECT_EQ(as_text(byte_view(buffer).first(*count)), "hello");
    EXPECT_TRUE((*link)->is_open());
    EXPECT_TRUE(warnings_.empty());
}

TEST_F(Tls, EchoesAsynchronously) {
    const echo_server host(server("IP:127.0.0.1"));
    auto client = tls_client::create(settings_);
    ASSERT_TRUE(client);
    auto plain = connect_tcp(io_.get_executor(), host.settings(), call(5s));
    ASSERT_TRUE(plain);
    std::unique_ptr<transport> link;
    std::string got;
    const std::string sent(20'000, 'y');
    std::array<std::uint8_t, 4096> buffer{};
    std::function<void()> read = [&] {
        link->async_read_some(buffer, [&](const result<std::size_t>& count) {
            ASSERT_TRUE(count) << count.error();
            got += as_text(byte_view(buffer).first(*count));
            if (got.size() < sent.size()) read();
        });
    };
    (*client)->async_secure(
        std::move(*plain), "127.0.0.1", call(5s), [&](result<std::unique_ptr<transport>> secured) {
            ASSERT_TRUE(secured) << secured.error();
            link = std::move(*secured);
            read();
            link->async_write(as_bytes(sent), [](const result<void>& written) { EXPECT_TRUE(written); });
        });
    io_.run();
    EXPECT_EQ(got, sent);
}

TEST_F(Tls, ChecksTheAddressOrTheName) {
    EXPECT_EQ(
        refusal(server("IP:127.0.0.2,DNS:127.0.0.1")).code(), make_error_code(net_errc::certificate_wrong_name));
    settings_.peer_name = "hsm.example";
    EXPECT_EQ(refusal(server("DNS:hsm.example")).code(), boost::system::error_code());
    EXPECT_EQ(refusal(server("DNS:other.example")).code(), make_error_code(net_errc::certificate_wrong_name));
    EXPECT_EQ(refusal(server("IP:127.0.0.1")).code(), make_error_code(net_errc::certificate_wrong_name));
}

TEST_F(Tls, TellsBothNamesWhereACertificateIsForAnother) {
    EXPECT_EQ(
        refusal(server("DNS:other.example,IP:10.0.0.7")).hint(), "expected 127.0.0.1, found other.example, 10.0.0.7");
    settings_.peer_name = "hsm.example";
    EXPECT_EQ(refusal(server("IP:::1")).hint(), "expected hsm.example, found ::1");
    EXPECT_EQ(refusal(issue({"hsm.example"}, &authority_)).hint(), "expected hsm.example, found no name");
    EXPECT_EQ(refusal(server("DNS:\x1B]0;x")).hint(), "expected hsm.example, found ??0?x");
}

TEST_F(Tls, WithoutANameNothingWouldBeChecked) {
    const auto shown = server("DNS:other.example,IP:127.0.0.1");
    for (const std::string& nobody : {std::string(), std::string("a\0b", 3)}) {
        const echo_server to(shown);
        auto link = connect_tcp(io_.get_executor(), to.settings(), call(5s));
        ASSERT_TRUE(link);
        const auto client = tls_client::create(settings_, log_).value();
        const auto secured = client->secure(*std::move(link), nobody, call(5s));
        EXPECT_EQ(secured.error().code(), make_error_code(net_errc::bad_setting));
        EXPECT_EQ(secured.error().field(), "peer_name");
        std::promise<error> ended;
        auto other = connect_tcp(io_.get_executor(), to.settings(), call(5s));
        client->async_secure(*std::move(other), nobody, call(5s),
            [&](const result<std::unique_ptr<transport>>& end) { ended.set_value(end.error()); });
        io_.restart();
        io_.run();
        EXPECT_EQ(ended.get_future().get().field(), "peer_name");
    }
}

TEST_F(Tls, TheSubjectsNameIsNoName) {
    settings_.peer_name = "hsm.example";
    EXPECT_EQ(refusal(issue({"hsm.example"}, &authority_)).code(), make_error_code(net_errc::certificate_wrong_name));
}

TEST_F(Tls, ARevokedCertificateIsRefused) {
    const auto good = server("IP:127.0.0.1");
    const auto bad = server("IP:127.0.0.1");
    settings_.crl_file = files_.revocations("crl.pem", revoke(authority_, bad));
    EXPECT_EQ(refusal(bad).code(), make_error_code(net_errc::certificate_revoked));
    EXPECT_EQ(refusal(good).code(), boost::system::error_code());
    settings_.ca_file = files_.revocations("ca.pem", revoke(authority_, bad)); // behind the authority
    settings_.crl_file.clear();
    EXPECT_EQ(refusal(bad).code(), make_error_code(net_errc::certificate_revoked));
    settings_.crl_file = "/no/such/file";
    EXPECT_EQ(refusal(good).field(), "crl_file");
}

TEST_F(Tls, AKeyThatWantsAPassPhraseIsASettingsFault) {
    const identity till = issue({"till"}, &authority_);
    settings_.certificate_file = files_.certificate("till.pem", till);
    settings_.key_file = files_.key("till.key", till, "secret");
    EXPECT_EQ(tls_client::create(settings_).error().field(), "key_file");
}

TEST_F(Tls, NamesEachFaultOfACertificate) {
    EXPECT_EQ(refusal(server("IP:127.0.0.1", -7200, -3600)).code(), make_error_code(net_errc::certificate_expired));
    EXPECT_EQ(
        refusal(server("IP:127.0.0.1", 3600, 7200)).code(), make_error_code(net_errc::certificate_not_yet_valid));
    const identity stranger =
        issue({"stranger", nullptr, -3600, 36'000, certificate_request::role::authority}, nullptr);
    EXPECT_EQ(refusal(issue({"server", "IP:127.0.0.1"}, &stranger)).code(),
        make_error_code(net_errc::certificate_untrusted));
    const error self = refusal(issue({"server", "IP:127.0.0.1"}, nullptr));
    EXPECT_EQ(self.code(), make_error_code(net_errc::certificate_self_signed));
    EXPECT_TRUE(self.is(condition::bad_message));
    EXPECT_EQ(self.operation(), "handshake");
    EXPECT_FALSE(self.endpoint().empty());
}

TEST_F(Tls, WarnsBeforeExpiry) {
    EXPECT_EQ(refusal(server("IP:127.0.0.1", -3600, 5L * 24 * 3600 + 60)).code(), boost::system::error_code());
    ASSERT_EQ(warnings_.size(), 1U);
    EXPECT_NE(warnings_[0].find("expires in 5 days"), std::string::npos) << warnings_[0];
}

TEST_F(Tls, CountsTheDaysSinceItsOwnCertificateExpired) {
    constexpr long day = 24L * 3600;
    const struct {
        long to;
        std::string_view words;
    } rows[] = {{-60, "expired less than a day ago"}, {-day - 60, "expired 1 day ago"},
        {-3 * day - 60, "expired 3 days ago"}, {3600, "expires in less than a day"}, {day + 60, "expires in 1 day"}};
    for (const auto& row : rows) {
        const identity till = issue({"till", nullptr, -10 * day, row.to}, &authority_);
        settings_.certificate_file = files_.certificate("till.pem", till);
        settings_.key_file = files_.key("till.key", till);
        warnings_.clear();
        ASSERT_TRUE(tls_client::create(settings_, log_)) << row.words;
        ASSERT_EQ(warnings_.size(), 1U) << row.words;
        EXPECT_EQ(warnings_[0], "the certificate of this client " + std::string(row.words));
    }
}

TEST_F(Tls, ShowsItsOwnCertificate) {
    const auto ask = [this](SSL_CTX* context) {
        SSL_CTX_set_verify(context, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, nullptr);
        X509_STORE_add_cert(SSL_CTX_get_cert_store(context), authority_.certificate.get());
    };
    std::array<std::uint8_t, 16> buffer{};
    {
        const echo_server host(server("IP:127.0.0.1"), ask);
        auto link = connect(host);
        // TLS 1.3 tells a client only after its own handshake is over that its certificate is wanted.
        auto answer = link ? (*link)->read_some(buffer, call(5s)) : result<std::size_t>(link.error());
        ASSERT_FALSE(answer);
        EXPECT_EQ(answer.error().code(), make_error_code(net_errc::certificate_refused)) << answer.error();
        EXPECT_EQ(answer.error().hint(), "it wants a certificate, and none was given");
    }
    const identity till = issue({"till"}, &authority_);
    settings_.certificate_file = files_.certificate("till.pem", till);
    settings_.key_file = files_.key("till.key", till);
    const echo_server host(server("IP:127.0.0.1"), ask);
    auto link = connect(host);
    ASSERT_TRUE(link) << link.error();
    ASSERT_TRUE((*link)->write(as_bytes("hello"), call(5s)));
    EXPECT_TRUE((*link)->read_some(buffer, call(5s)));
}

TEST_F(Tls, TheLeastVersionIsKept) {
    settings_.least = tls_settings::version::tls_1_3;
    const echo_server host(
        server("IP:127.0.0.1"), [](SSL_CTX* context) { SSL_CTX_set_max_proto_version(context, TLS1_2_VERSION); });
    auto link = connect(host);
    ASSERT_FALSE(link);
    EXPECT_EQ(link.error().code(), make_error_code(net_errc::tls_failed)) << link.error();
}

TEST_F(Tls, SpeaksTheOlderVersionToo) {
    const echo_server host(
        server("IP:127.0.0.1"), [](SSL_CTX* context) { SSL_CTX_set_max_proto_version(context, TLS1_2_VERSION); });
    auto link = connect(host);
    ASSERT_TRUE(link) << link.error();
    EXPECT_TRUE((*link)->write(as_bytes("hello"), call(5s)));
}

TEST_F(Tls, AnEndWithOrWithoutAlertIsALostLink) {
    for (const char* how : {"BYE!", "CUT!"}) {
        const echo_server host(server("IP:127.0.0.1"));
        auto link = connect(host);
        ASSERT_TRUE(link);
        ASSERT_TRUE((*link)->write(as_bytes(how), call(5s)));
        std::array<std::uint8_t, 16> buffer{};
        auto got = (*link)->read_some(buffer, call(5s));
        ASSERT_FALSE(got);
        EXPECT_TRUE(got.error().is(condition::link_lost)) << how << ": " << got.error();
    }
}

TEST_F(Tls, AReadsDeadlineLeavesTheLinkUsable) {
    const echo_server host(server("IP:127.0.0.1"));
    auto link = connect(host);
    ASSERT_TRUE(link);
    std::array<std::uint8_t, 16> buffer{};
    EXPECT_TRUE((*link)->read_some(buffer, call(20ms)).error().is(condition::timed_out));
    ASSERT_TRUE((*link)->write(as_bytes("hello"), call(5s)));
    EXPECT_TRUE((*link)->read_some(buffer, call(5s)));
}

TEST_F(Tls, APeerThatIsSilentOrSpeaksSomethingElseEndsTheCall) {
    const int listener = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in at{};
    at.sin_family = AF_INET;
    at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    ASSERT_EQ(::bind(listener, reinterpret_cast<sockaddr*>(&at), sizeof at), 0);
    ASSERT_EQ(::listen(listener, 2), 0);
    socklen_t size = sizeof at;
    ::getsockname(listener, reinterpret_cast<sockaddr*>(&at), &size);
    tcp_settings where;
    where.port = ntohs(at.sin_port);
    auto client = tls_client::create(settings_);
    ASSERT_TRUE(client);
    auto silent = connect_tls(io_.get_executor(), where, **client, call(50ms));
    ASSERT_FALSE(silent);
    EXPECT_TRUE(silent.error().is(condition::timed_out)) << silent.error();
    std::thread other([&] {
        ::close(::accept(listener, nullptr, nullptr));
        const int connection = ::accept(listener, nullptr, nullptr);
        EXPECT_EQ(::send(connection, "220 hello\r\n", 11, MSG_NOSIGNAL), 11);
        std::array<char, 2048> hello{};
        while (::recv(connection, hello.data(), hello.size(), 0) > 0) {
        }
        ::close(connection);
    });
    auto plain = connect_tls(io_.get_executor(), where, **client, call(5s));
    ASSERT_FALSE(plain);
    EXPECT_EQ(plain.error().code(), make_error_code(net_errc::tls_failed)) << plain.error();
    other.join();
    ::close(listener);
}

TEST_F(Tls, SaysWhichFileIsWrong) {
    const auto field_of = [this] {
        auto client = tls_client::create(settings_);
        return client ? std::string("none") : std::string(client.error().field());
    };
    EXPECT_EQ(field_of(), "none");
    const std::string good = settings_.ca_file;
    settings_.ca_file = "/no/such/file";
    EXPECT_EQ(field_of(), "ca_file");
    settings_.ca_file = good;
    const identity till = issue({"till"}, &authority_);
    settings_.certificate_file = files_.certificate("till.pem", till);
    EXPECT_EQ(field_of(), "key_file");
    settings_.key_file = files_.key("other.key", authority_);
    EXPECT_EQ(field_of(), "key_file") << "the key of another certificate";
    settings_.key_file = files_.key("till.key", till);
    EXPECT_EQ(field_of(), "none");
    ::chmod(settings_.key_file.c_str(), 0666);
    EXPECT_EQ(field_of(), "key_file");
    EXPECT_EQ(tls_client::create(settings_).error().code(), core_errc::file_mode) << "a key is for one user";
    ::chmod(settings_.key_file.c_str(), 0600);
    settings_.certificate_file.clear();
    EXPECT_EQ(field_of(), "certificate_file");
}

} // namespace
} // namespace cipherlane::net
