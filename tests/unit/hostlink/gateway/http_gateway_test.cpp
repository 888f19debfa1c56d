#include "support/temporary_folder.hpp"
#include "support/test_peer.hpp"

#include <cipherlane/hostlink/errc.hpp>
#include <cipherlane/hostlink/http_gateway.hpp>
#include <cipherlane/hostlink/http_risk.hpp>
#include <cipherlane/net/tls.hpp>

#include <boost/asio/read_until.hpp>
#include <gtest/gtest.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

namespace cipherlane::hostlink {
namespace {

using tests::test_peer;
using namespace std::chrono_literals;

constexpr const char* paid_order =
    R"({"order_number":"O1","merchant_id":"M","terminal_id":"TEST0001","amount":990,"currency":"156","subject":"s",)"
    R"("status":"paid","code_url":"https://qr.95516.com/00010000/1","created_at":1,"expires_at":1795225880,)"
    R"("transaction_number":"T1","paid_at":2,"refunded":0})";

/// Answers every request alike and keeps the last one.
class http_peer {
  public:
    explicit http_peer(std::string status, std::string body, std::size_t piece = 4096)
        : answer_("HTTP/1.1 " + status + "\r\nContent-Type: application/json\r\nContent-Length: " +
                  std::to_string(body.size()) + "\r\n\r\n" + body)
        , peer_([this, piece](test_peer::socket& link) {
            boost::system::error_code code;
            std::string request;
            const auto head = boost::asio::read_until(link, boost::asio::dynamic_buffer(request), "\r\n\r\n", code);
            const auto at = request.find("Content-Length: ");
            const auto size = at == std::string::npos ? 0 : std::stoul(request.substr(at + 16));
            if (request.size() < head + size) {
                boost::asio::read(link, boost::asio::dynamic_buffer(request),
                    boost::asio::transfer_exactly(head + size - request.size()), code);
            }
            last = request;
            for (std::size_t sent = 0; sent < answer_.size(); sent += piece) {
                boost::asio::write(
                    link, boost::asio::buffer(answer_.data() + sent, std::min(piece, answer_.size() - sent)), code);
            }
        }) {}
    [[nodiscard]] std::string address() const { return peer_.address(); }
    [[nodiscard]] std::unique_ptr<http_gateway> gateway() const {
        http_gateway_settings settings;
        settings.address = peer_.address();
        settings.merchant_id = "M";
        settings.response_time = 1s;
        return http_gateway::create(settings, nullptr, logger::none()).value();
    }
    std::string last;

  private:
    std::string answer_;
    test_peer peer_;
};

std::unique_ptr<http_risk> risk_at(const std::string& address) {
    http_risk_settings settings;
    settings.address = address;
    return http_risk::create(settings).value();
}

ports::journal_record judged_payment() {
    ports::journal_record payment;
    payment.terminal_id = "TEST0001";
    payment.idempotency_key = "order-1";
    payment.requested = amount(990);
    payment.masked_pan = "622200******0005";
    return payment;
}

TEST(HttpRisk, AsksWithoutSecretsAndTellsTheWord) {
    http_peer peer("200 OK", R"({"word":"review","reason":"new card"})", 7);
    const auto said = risk_at(peer.address())->judge(judged_payment(), call(5s));
    ASSERT_TRUE(said) << said.error();
    EXPECT_EQ(said->word, ports::risk_word::review);
    EXPECT_EQ(said->reason, "new card");
    EXPECT_EQ(peer.last.substr(0, 20), "POST /risk HTTP/1.1\r");
    for (const char* part :
        {R"("terminal":"TEST0001")", R"("key":"order-1")", R"("amount":990)", R"("card":"622200******0005")"})
        EXPECT_NE(peer.last.find(part), std::string::npos) << part << peer.last;
}

TEST(HttpRisk, BelievesNoOtherAnswer) {
    const std::pair<const char*, const char*> rows[] = {{"500 Oops", R"({"word":"accept"})"}, {"200 OK", "accept"},
        {"200 OK", R"({"word":"perhaps"})"}, {"200 OK", "{}"}};
    for (const auto& [status, body] : rows) {
        http_peer peer(status, body);
        EXPECT_FALSE(risk_at(peer.address())->judge(judged_payment(), call(5s))) << status << body;
    }
    http_risk_settings elsewhere;
    elsewhere.address = "risk.example:443";
    EXPECT_EQ(elsewhere.validate().error().field(), "tls") << "who pays what leaves this machine by TLS alone";
}

TEST(HttpGateway, ChargesByThePayersCode) {
    http_peer peer("201 Created", paid_order);
    ports::qr_charge_request wish("O1", amount(990), wiped_text("28\"57"));
    wish.terminal_id = "TEST0001";
    wish.device_serial = "SN-1";
    wish.serial_block = ports::charge_serial{"SN-1", "234567", "NzhCQUVDNUQ=", "310001"};
    const auto told = peer.gateway()->charge(wish, call(5s));
    ASSERT_TRUE(told) << told.error();
    EXPECT_EQ(told->state, ports::qr_order_state::paid);
    EXPECT_EQ(peer.last.substr(0, 23), "POST /charges HTTP/1.1\r");
    for (const char* part : {R"("order_number":"O1")", R"("merchant_id":"M")", R"("amount":990)",
             R"("device_serial":"SN-1")", R"("serial_num":"SN-1","encrypt_rand_num":"234567")",
             R"("secret_text":"NzhCQUVDNUQ=","app_version":"310001")", R"("payment_code":"28\"57"})"}) {
        EXPECT_NE(peer.last.find(part), std::string::npos) << part << peer.last;
    }
}

TEST(HttpGateway, ARefusedChargeIsARefusalOnlyByNameAndWord) {
    const ports::qr_charge_request wish("O1", amount(990), wiped_text("2857"));
    http_peer used("409 Conflict", R"({"code":"code_used","message":"m","order_number":"O1"})");
    EXPECT_TRUE(used.gateway()->charge(wish, call(5s)).error().is(condition::rejected_by_peer));
    http_peer other("409 Conflict", R"({"code":"code_used","message":"m","order_number":"O2"})");
    EXPECT_TRUE(other.gateway()->charge(wish, call(5s)).error().is(condition::outcome_unknown));
}

TEST(HttpGateway, UndoesAChargeAndNamesThePaymentThatGoesBack) {
    http_peer undone("200 OK", paid_order);
    ASSERT_TRUE(undone.gateway()->reverse("O1", call(5s)));
    EXPECT_EQ(undone.last.substr(0, 32), "POST /orders/O1/reverse HTTP/1.1");
    EXPECT_NE(undone.last.find(R"({"merchant_id":"M"})"), std::string::npos)
        << "a gateway that has never heard of the number keeps it under its merchant: " << undone.last;
    http_peer back("200 OK", std::string(paid_order).insert(1, R"("refund_number":"R1",)"));
    ports::qr_refund_request wish("O1", "R1", amount(990));
    wish.transaction_number = "T2";
    ASSERT_TRUE(back.gateway()->refund(wish, call(5s)));
    EXPECT_NE(back.last.find(R"("transaction_number":"T2")"), std::string::npos);
}

TEST(HttpGateway, OrdersACode) {
    for (const std::size_t piece : {4096U, 1U}) {
        http_peer peer("201 Created", paid_order, piece);
        ports::qr_order_request wish("O1", amount(990));
        wish.subject = "Tee \"grün\"";
        wish.terminal_id = "TEST0001";
        const auto order = peer.gateway()->create(wish, call(5s));
        ASSERT_TRUE(order) << order.error();
        EXPECT_EQ(order->code_url, "https://qr.95516.com/00010000/1");
        EXPECT_EQ(order->state, ports::qr_order_state::paid);
        EXPECT_EQ(peer.last.substr(0, 22), "POST /orders HTTP/1.1\r");
        for (const char* part : {R"("order_number":"O1")", R"("merchant_id":"M")", R"("amount":990)",
                 R"("currency":"156")", R"("valid_seconds":180)", R"("subject":"Tee \"grün\"")"}) {
            EXPECT_NE(peer.last.find(part), std::string::npos) << part;
        }
    }
}

TEST(HttpGateway, ReadsStates) {
    http_peer peer("200 OK", paid_order);
    const auto status = peer.gateway()->query("O1", call(5s));
    ASSERT_TRUE(status) << status.error();
    EXPECT_EQ(status->state, ports::qr_order_state::paid);
    EXPECT_EQ(status->paid, amount(990));
    EXPECT_EQ(status->transaction_number, "T1");
    EXPECT_TRUE(peer.gateway()->cancel("O1", call(5s)));
    EXPECT_EQ(peer.last.substr(0, 24), "POST /orders/O1/cancel H");
}

std::string paid_in(const char* currency) {
    std::string order(paid_order);
    return order.replace(order.find("156"), 3, currency);
}

TEST(HttpGateway, MoneyHasTheCurrencyThatTheGatewayNames) {
    for (const auto& [number, unit] :
        {std::pair{"840", currency{840, 2}}, {"392", currency{392, 0}}, {"036", currency{36, 2}}}) {
        http_peer peer("200 OK", paid_in(number));
        const auto status = peer.gateway()->query("O1", call(5s));
        ASSERT_TRUE(status) << number << status.error();
        EXPECT_EQ(status->paid, amount(990, unit));
        ports::qr_order_request wish("O1", amount(990, unit));
        EXPECT_TRUE(peer.gateway()->create(wish, call(5s))) << number;
        EXPECT_NE(peer.last.find("\"currency\":\"" + std::string(number) + '"'), std::string::npos) << peer.last;
    }
}

TEST(HttpGateway, AnOrderForOtherMoneyIsNotTheOneThatWasAskedFor) {
    http_peer dollars("201 Created", paid_in("840"));
    const auto code = dollars.gateway()->create(ports::qr_order_request("O1", amount(990)), call(5s));
    ASSERT_FALSE(code);
    EXPECT_TRUE(code.error().is(condition::outcome_unknown));
    EXPECT_EQ(code.error().field(), "currency");
    const ports::qr_charge_request wish("O1", amount(990), wiped_text("2857"));
    const auto charged = dollars.gateway()->charge(wish, call(5s));
    ASSERT_FALSE(charged);
    EXPECT_TRUE(charged.error().is(condition::outcome_unknown));
    EXPECT_EQ(charged.error().field(), "currency");
    http_peer less("201 Created", paid_order);
    const auto other = less.gateway()->create(ports::qr_order_request("O1", amount(991)), call(5s));
    ASSERT_FALSE(other);
    EXPECT_EQ(other.error().field(), "amount");
}

TEST(HttpGateway, ARefundsAnswerNamesTheRefund) {
    const std::string order(paid_order);
    http_peer peer("200 OK", R"({"refund_number":"R1",)" + order.substr(1));
    EXPECT_TRUE(peer.gateway()->refund({"O1", "R1", amount(5)}, call(5s)));
    EXPECT_NE(peer.last.find(R"({"refund_number":"R1","amount":5})"), std::string::npos);
    EXPECT_TRUE(peer.gateway()->refund({"O1", "R2", amount(5)}, call(5s)).error().is(condition::outcome_unknown));
    http_peer silent("200 OK", order);
    EXPECT_TRUE(silent.gateway()->refund({"O1", "R1", amount(5)}, call(5s)).error().is(condition::outcome_unknown));
}

TEST(HttpGateway, AnAnswerAboutAnotherOrderIsNone) {
    http_peer peer("200 OK", paid_order);
    EXPECT_TRUE(peer.gateway()->query("O2", call(5s)).error().is(condition::outcome_unknown));
    EXPECT_TRUE(peer.gateway()->cancel("O2", call(5s)).error().is(condition::outcome_unknown));
    const auto order = peer.gateway()->create(ports::qr_order_request("O2", amount(990)), call(5s));
    EXPECT_TRUE(order.error().is(condition::outcome_unknown));
}

TEST(HttpGateway, AnAnswerAboutAnotherMerchantsOrderIsNone) {
    std::string order(paid_order);
    order.replace(order.find(R"("M")"), 3, R"("N")");
    http_peer peer("200 OK", order);
    const auto fault = peer.gateway()->query("O1", call(5s)).error();
    EXPECT_TRUE(fault.is(condition::outcome_unknown));
    EXPECT_EQ(fault.field(), "merchant_id");
    EXPECT_TRUE(peer.gateway()->cancel("O1", call(5s)).error().is(condition::outcome_unknown));
    EXPECT_TRUE(peer.gateway()
                    ->create(ports::qr_order_request("O1", amount(990)), call(5s))
                    .error()
                    .is(condition::outcome_unknown));
}

TEST(HttpGateway, ATimeBeyondTheCenturyIsNone) {
    std::string order(paid_order);
    order.replace(order.find("1795225880"), 10, "9223372036854775807");
    http_peer peer("201 Created", order);
    const auto made = peer.gateway()->create(ports::qr_order_request("O1", amount(990)), call(5s));
    EXPECT_EQ(made.error().field(), "expires_at");
}

/// An answer that goes on for ever where only the body is counted.
TEST(HttpGateway, AnAnswerWithoutEndIsGivenUp) {
    for (const std::string_view begins : {"5;", "0\r\nTrailer: "}) {
        std::atomic<std::size_t> sent{0};
        test_peer peer([&](test_peer::socket& link) {
            boost::system::error_code code;
            std::string request;
            boost::asio::read_until(link, boost::asio::dynamic_buffer(request), "\r\n\r\n", code);
            const auto head = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + std::string(begins);
            boost::asio::write(link, boost::asio::buffer(head), code);
            const std::string more(65'536, 'a');
            while (!code && sent < (64U << 20U))
                sent += boost::asio::write(link, boost::asio::buffer(more), code);
        });
        http_gateway_settings settings;
        settings.address = peer.address();
        settings.merchant_id = "M";
        settings.response_time = 10s;
        const auto status = http_gateway::create(settings, nullptr, logger::none()).value()->query("O1", call(10s));
        EXPECT_EQ(status.error().code(), hostlink_errc::unreadable_answer) << begins;
        EXPECT_LT(sent, 64U << 20U) << begins;
    }
}

TEST(HttpGateway, OnlyARefusalThatNamesTheOrderIsAVerdict) {
    const auto refused = [](const char* status, const char* body, auto ask) {
        http_peer peer(status, body);
        return ask(*peer.gateway()).error().is(condition::rejected_by_peer);
    };
    const auto cancel = [](http_gateway& at) { return at.cancel("O1", call(5s)); };
    const auto refund = [](http_gateway& at) { return at.refund({"O1", "R1", amount(5)}, call(5s)); };
    EXPECT_TRUE(refused("404 Not Found", R"({"code":"no_such_order","order_number":"O1"})", cancel));
    EXPECT_FALSE(refused("404 Not Found", "<html>no such page</html>", cancel));
    EXPECT_FALSE(refused("404 Not Found", R"({"code":"no_such_page"})", cancel));
    EXPECT_FALSE(refused("404 Not Found", R"({"code":"no_such_order"})", cancel));
    EXPECT_FALSE(refused("404 Not Found", R"({"code":"no_such_order","order_number":"O2"})", cancel));
    EXPECT_FALSE(refused("429 Too Many Requests", R"({"code":"slow_down","order_number":"O1"})", cancel));
    EXPECT_TRUE(refused("409 Conflict", R"({"code":"not_paid","order_number":"O1","refund_number":"R1"})", refund));
    EXPECT_FALSE(refused("409 Conflict", R"({"code":"not_paid","order_number":"O1"})", refund));
    EXPECT_FALSE(
        refused("409 Conflict", R"({"code":"refund_differs","order_number":"O1","refund_number":"R1"})", refund));
    EXPECT_FALSE(refused("403 Forbidden", "", refund));
}

TEST(HttpGateway, TellsRefusalsFromFailures) {
    http_peer refusing("404 Not Found", R"({"code":"no_such_order","message":"none","order_number":"O1"})");
    const auto none = refusing.gateway()->query("O1", call(5s));
    EXPECT_TRUE(none.error().is(condition::rejected_by_peer));
    EXPECT_EQ(none.error().peer_code(), "404");
    EXPECT_EQ(none.error().untrusted_peer_text(), "no_such_order");
    http_peer failing("503 Service Unavailable", "");
    EXPECT_TRUE(failing.gateway()->query("O1", call(5s)).error().is(condition::outcome_unknown));
}

TEST(HttpGateway, WhatCannotBeReadIsUnknown) {
    for (const char* body :
        {"", "[]", "{}", R"({"order_number":"O1","status":"dancing","amount":1,"currency":"156"})",
            R"({"order_number":"O1","status":"paid","amount":-1,"currency":"156","transaction_number":"T"})",
            R"({"order_number":"O1","merchant_id":"M","terminal_id":"T","status":"paid","amount":1,"currency":"998","transaction_number":"T"})",
            R"({"order_number":"O1","merchant_id":"M","terminal_id":"T","status":"paid","amount":1,"currency":"0156","transaction_number":"T"})",
            R"({"order_number":7,"status":"paid","amount":1,"currency":"156"})"}) {
        http_peer peer("200 OK", body);
        const auto status = peer.gateway()->query("O1", call(5s));
        ASSERT_FALSE(status) << body;
        EXPECT_TRUE(status.error().is(condition::outcome_unknown)) << status.error();
    }
}

TEST(HttpGateway, PlainHttpStaysOnThisMachineUnlessTold) {
    const auto refused = [](const char* address, plain_http plain = plain_http::loopback_only) {
        http_gateway_settings settings{address, "M"};
        settings.plain = plain;
        const auto valid = settings.validate();
        return valid ? std::string() : std::string(valid.error().field());
    };
    for (const char* near : {"127.0.0.1:80", "127.1.2.3:80", "localhost:80", "[::1]:80"})
        EXPECT_EQ(refused(near), "") << near;
    for (const char* far : {"192.0.2.1:80", "gateway.example:80", "[2001:db8::1]:80", "127.0.0.1.example:80"}) {
        EXPECT_EQ(refused(far), "tls") << far;
        EXPECT_EQ(refused(far, plain_http::anywhere), "") << far;
    }
    http_gateway_settings secured{"gateway.example:443", "M"};
    secured.tls = net::tls_client::create({}, logger::none()).value();
    EXPECT_TRUE(secured.validate());
}

/// The same order over TLS, with a certificate for 127.0.0.1 that signs itself. Plain OpenSSL.
class tls_peer {
  public:
    tls_peer()
        : key_(EVP_EC_gen("P-256"), EVP_PKEY_free)
        , certificate_(X509_new(), X509_free)
        , context_(SSL_CTX_new(TLS_server_method()), SSL_CTX_free) {
        X509_set_version(certificate_.get(), X509_VERSION_3);
        ASN1_INTEGER_set(X509_get_serialNumber(certificate_.get()), 1);
        X509_gmtime_adj(X509_getm_notBefore(certificate_.get()), -3600);
        X509_gmtime_adj(X509_getm_notAfter(certificate_.get()), 365L * 24 * 3600);
        X509_set_pubkey(certificate_.get(), key_.get());
        auto* name = X509_get_subject_name(certificate_.get());
        X509_NAME_add_entry_by_txt(
            name, "CN", MBSTRING_ASC, reinterpret_cast<const unsigned char*>("gateway"), -1, -1, 0);
        X509_set_issuer_name(certificate_.get(), name);
        for (const auto& [kind, value] :
            {std::pair{NID_basic_constraints, "critical,CA:TRUE"}, std::pair{NID_subject_alt_name, "IP:127.0.0.1"}}) {
            auto* extension = X509V3_EXT_conf_nid(nullptr, nullptr, kind, value);
            X509_add_ext(certificate_.get(), extension, -1);
            X509_EXTENSION_free(extension);
        }
        X509_sign(certificate_.get(), key_.get(), EVP_sha256());
        SSL_CTX_use_certificate(context_.get(), certificate_.get());
        SSL_CTX_use_PrivateKey(context_.get(), key_.get());
        FILE* file = std::fopen(ca_file().c_str(), "w");
        PEM_write_X509(file, certificate_.get());
        std::fclose(file);
    }
    [[nodiscard]] std::string ca_file() const { return folder_.file("ca.pem"); }
    [[nodiscard]] std::unique_ptr<http_gateway> gateway(const std::string& trusted) const {
        net::tls_settings trust;
        trust.ca_file = trusted;
        http_gateway_settings settings{peer_.address(), "M"};
        settings.tls = net::tls_client::create(trust, logger::none()).value();
        return http_gateway::create(settings, nullptr, logger::none()).value();
    }
    std::atomic<int> requests{0};

  private:
    void serve(test_peer::socket& link) {
        const std::unique_ptr<SSL, decltype(&SSL_free)> tls(SSL_new(context_.get()), SSL_free);
        SSL_set_fd(tls.get(), link.native_handle());
        std::array<char, 4096> request{};
        if (SSL_accept(tls.get()) != 1 || SSL_read(tls.get(), request.data(), request.size()) <= 0) return;
        ++requests;
        const std::string body(paid_order);
        const auto answer = "HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
        SSL_write(tls.get(), answer.data(), static_cast<int>(answer.size()));
        SSL_shutdown(tls.get());
    }

    tests::temporary_folder folder_;
    std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> key_;
    std::unique_ptr<X509, decltype(&X509_free)> certificate_;
    std::unique_ptr<SSL_CTX, decltype(&SSL_CTX_free)> context_;
    test_peer peer_{[this](test_peer::socket& link) { serve(link); }};
};

TEST(HttpGateway, SpeaksTlsAndChecksTheCertificate) {
    tls_peer peer;
    const auto status = peer.gateway(peer.ca_file())->query("O1", call(5s));
    ASSERT_TRUE(status) << status.error();
    EXPECT_EQ(status->paid, amount(990));
    const auto stranger = peer.gateway({})->query("O1", call(5s));
    EXPECT_EQ(stranger.error().code(), hostlink_errc::not_secured) << stranger.error();
    EXPECT_TRUE(stranger.error().is(condition::link_lost)) << "nothing was sent, nobody decided anything";
    EXPECT_EQ(peer.requests, 1);
}

TEST(HttpGateway, WithoutTlsOnTheOtherSideNothingIsSaid) {
    http_peer peer("200 OK", paid_order); // speaks plain HTTP
    http_gateway_settings settings{peer.address(), "M"};
    settings.tls = net::tls_client::create({}, logger::none()).value();
    const auto gateway = http_gateway::create(settings, nullptr, logger::none()).value();
    const auto status = gateway->query("O1", call(300ms));
    EXPECT_TRUE(status.error().is(condition::timed_out)) << status.error() << ": nothing was asked yet";
}

TEST(HttpGateway, WithoutAListenerNoNotificationIsWaitedFor) {
    http_peer peer("200 OK", "{}");
    const auto told = peer.gateway()->wait_notification("O1", call(60s));
    ASSERT_FALSE(told);
    EXPECT_EQ(told.error().code(), hostlink_errc::no_notifications) << told.error();
}

TEST(HttpGateway, LetsNoStrangeNumberIntoAUrl) {
    http_peer peer("200 OK", paid_order);
    for (const char* number : {"", "a/b", "a b", "../x", "a\r\nX: y"}) {
        EXPECT_TRUE(peer.gateway()->query(number, call(5s)).error().is(condition::misuse)) << number;
    }
    EXPECT_TRUE(peer.gateway()->wait_notification("O1", call(5s)).error().is(condition::unsupported));
}

} // namespace
} // namespace cipherlane::hostlink
