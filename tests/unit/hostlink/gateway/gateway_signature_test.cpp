// The signatures and sealed texts of the gateways, held to values that were published or made with other software.
#include "gateway_vectors.hpp"
#include "support/whole_file.hpp"

#include <cipherlane/core/base64.hpp>
#include <cipherlane/hostlink/errc.hpp>
#include <cipherlane/hostlink/gateway/alipay_platform.hpp>
#include <cipherlane/hostlink/gateway/netpay_signature.hpp>
#include <cipherlane/hostlink/gateway/unionpay_signature.hpp>
#include <cipherlane/hostlink/gateway/wechat_platform.hpp>
#include <cipherlane/hostlink/gateway/wechat_signature.hpp>

#include <boost/json.hpp>
#include <gtest/gtest.h>

#include <algorithm>
#include <sstream>

namespace cipherlane::tests {

const std::string& gateway_vector(const std::string& name) {
    static const auto all = [] {
        std::map<std::string, std::string> made;
        std::istringstream lines(whole_file(source_folder() / "tests/vectors/gateways.txt"));
        for (std::string line; std::getline(lines, line);) {
            const auto tab = line.find('\t');
            if (tab != std::string::npos) made[line.substr(0, tab)] = line.substr(tab + 1);
        }
        return made;
    }();
    return all.at(name);
}

std::string sha256_of(std::string_view text) {
    auto hex = to_hex(crypto::digest(crypto::digest_algorithm::sha256, as_bytes(text)).value().view());
    std::transform(hex.begin(), hex.end(), hex.begin(), [](char c) { return c >= 'A' ? char(c + 32) : c; });
    return hex;
}

} // namespace cipherlane::tests

namespace cipherlane::hostlink {
namespace {

using tests::gateway_vector;
using tests::sha256_of;

std::chrono::system_clock::time_point at_second(std::int64_t seconds) {
    return std::chrono::system_clock::time_point(std::chrono::seconds(seconds));
}

class standing_clock final : public ports::clock {
  public:
    explicit standing_clock(std::chrono::system_clock::time_point at)
        : stands_at(at) {}
    [[nodiscard]] std::chrono::system_clock::time_point now() const override { return stands_at; }
    std::chrono::system_clock::time_point stands_at;
};

/// Size and hash of what is signed, and the hash of the signature, which RSA makes alike each time.
void expect_signed(const std::string& name, const std::string& text, const char* key) {
    EXPECT_EQ(std::to_string(text.size()), gateway_vector(name + ".size"));
    EXPECT_EQ(sha256_of(text), gateway_vector(name + ".sha256")) << text;
    const auto signer = key_signer::create(gateway_vector(std::string(key) + ".private")).value();
    const auto signature = signer->sign(as_bytes(text)).value();
    EXPECT_EQ(sha256_of(as_text(signature)), gateway_vector(name + ".signature_sha256"));
    const auto check = signature_key::create(gateway_vector(std::string(key) + ".public")).value();
    EXPECT_TRUE(check.verifies(as_bytes(text), signature));
    EXPECT_FALSE(check.verifies(as_bytes(text + " "), signature));
    EXPECT_EQ(signer->public_der().value(), check.der());
}

bool verifies(const std::string& key, const std::string& text, const std::string& signature) {
    return signature_key::create(key).value().verifies(as_bytes(text), from_base64(signature).value());
}

http_fields wechat_header(
    const std::string& serial, const std::string& timestamp, const std::string& nonce, const std::string& signature) {
    http_fields fields;
    fields.add("wechatpay-serial", serial);
    fields.add("WECHATPAY-TIMESTAMP", timestamp);
    fields.add("Wechatpay-Nonce", nonce);
    fields.add("Wechatpay-Signature", signature);
    return fields;
}

std::string signed_by(const char* key, const std::string& text) {
    return to_base64(
        key_signer::create(gateway_vector(std::string(key) + ".private")).value()->sign(as_bytes(text)).value());
}

wechat::platform_keys test_keys() {
    wechat::platform_keys keys(gateway_vector("wechat.serial"));
    EXPECT_TRUE(keys.add(gateway_vector("wechat.public_key_id"), gateway_vector("TK2.public")));
    EXPECT_TRUE(keys.add(gateway_vector("wechat.certificate_serial"), gateway_vector("TK2.public")));
    return keys;
}

wechat::sealed_resource resource_of(const std::string& body) {
    const auto object = boost::json::parse(body).at("resource").as_object();
    const auto text = [&](const char* name) { return std::string(object.at(name).as_string()); };
    return {text("algorithm"), text("ciphertext"), text("nonce"), text("associated_data")};
}

TEST(WechatSignature, OfRequestsIsAsPublished) {
    const auto text = wechat::request_text("POST", gateway_vector("W7.target"), gateway_vector("W7.timestamp"),
        gateway_vector("W7.nonce"), gateway_vector("W7.body"));
    EXPECT_EQ(sha256_of(text), gateway_vector("W7.sha256"));
    EXPECT_TRUE(verifies(gateway_vector("W7.public"), text, gateway_vector("W7.signature")));
    const auto& time = gateway_vector("wechat.timestamp");
    const auto& nonce = gateway_vector("wechat.nonce");
    expect_signed("WD1", wechat::request_text("GET", gateway_vector("WD1.target"), time, nonce, ""), "TK1");
    const auto post =
        wechat::request_text("POST", gateway_vector("WD2.target"), time, nonce, gateway_vector("WD2.body"));
    expect_signed("WD2", post, "TK1");
    const auto signer = key_signer::create(gateway_vector("TK1.private")).value();
    const auto head = wechat::authorization(
        *signer, {gateway_vector("wechat.mchid"), gateway_vector("wechat.serial"), time, nonce}, post);
    EXPECT_EQ(head->size(), 522U);
    EXPECT_TRUE(head->starts_with("WECHATPAY2-SHA256-RSA2048 mchid=\"1999000001\",nonce_str=\"0123456789ABCD"));
}

TEST(WechatSignature, OfAnswersIsAsPublished) {
    const auto text =
        wechat::answer_text(gateway_vector("W8.timestamp"), gateway_vector("W8.nonce"), gateway_vector("W8.body"));
    EXPECT_TRUE(verifies(gateway_vector("W8.public"), text, gateway_vector("W8.signature")));
    const auto& time = gateway_vector("wechat.timestamp");
    const auto& nonce = gateway_vector("wechat.nonce");
    expect_signed("WD3", wechat::answer_text(time, nonce, ""), "TK2");
    expect_signed("WD4", wechat::answer_text(time, nonce, gateway_vector("WD4.body")), "TK2");
    expect_signed("WD5", wechat::answer_text(time, nonce, gateway_vector("WD5.body")), "TK2");
}

TEST(WechatSignature, ANoticeIsOpenedAsPublished) {
    // wechatpay-go's, whose key is one of AES-128.
    wechat::platform_keys keys("00");
    ASSERT_TRUE(keys.add_certificate(gateway_vector("W6.certificate")));
    const auto header = wechat_header(gateway_vector("W6.serial"), gateway_vector("W6.timestamp"),
        gateway_vector("W6.nonce"), gateway_vector("W6.signature"));
    const auto& body = gateway_vector("W6.body");
    EXPECT_TRUE(keys.check(header, body, at_second(1'624'523'846)));
    const auto clear = wechat::open_resource(as_bytes(gateway_vector("W6.key")), resource_of(body));
    ASSERT_TRUE(clear) << clear.error();
    EXPECT_EQ(as_text(clear->expose()), gateway_vector("W6.clear"));
    // wechatpay-java's, of both ciphers.
    const auto& key = gateway_vector("W4.key");
    const wechat::sealed_resource aes{
        "AEAD_AES_256_GCM", gateway_vector("W9.aes"), gateway_vector("W4.nonce"), "associatedData"};
    EXPECT_EQ(as_text(wechat::open_resource(as_bytes(key), aes)->expose()), "message");
    const wechat::sealed_resource sm4{
        "AEAD_SM4_GCM", gateway_vector("W4.sm4"), gateway_vector("W4.nonce"), "associatedData"};
    EXPECT_EQ(as_text(wechat::open_resource(as_bytes(key), sm4)->expose()), "plaintext");
    EXPECT_EQ(wechat::seal_resource(as_bytes(key), sm4, "plaintext").value(), sm4.ciphertext);
}

TEST(WechatSignature, ANoticeIsOpenedWithTheKeyOfItsMerchant) {
    const auto& key = gateway_vector("wechat.api_v3_key");
    auto sealed = resource_of(gateway_vector("WD5.body"));
    const auto clear = wechat::open_resource(as_bytes(key), sealed);
    ASSERT_TRUE(clear) << clear.error();
    EXPECT_EQ(sha256_of(as_text(clear->expose())), gateway_vector("WD5.clear_sha256"));
    const auto refused = [&](hostlink_errc why, std::string_view member) {
        const auto opened = wechat::open_resource(as_bytes(key), sealed);
        ASSERT_FALSE(opened);
        EXPECT_EQ(opened.error().code(), why);
        EXPECT_EQ(opened.error().field(), member);
    };
    sealed.associated_data += 's';
    refused(hostlink_errc::unsigned_notice, "ciphertext");
    sealed = resource_of(gateway_vector("WD5.body"));
    auto& in_the_tag = sealed.ciphertext[sealed.ciphertext.size() - 6];
    in_the_tag = in_the_tag == 'A' ? 'B' : 'A';
    refused(hostlink_errc::unsigned_notice, "ciphertext");
    sealed.ciphertext = "AAAA";
    refused(hostlink_errc::unreadable_notice, "ciphertext");
    sealed = resource_of(gateway_vector("WD5.body"));
    sealed.nonce += '0';
    refused(hostlink_errc::unreadable_notice, "nonce");
    sealed = resource_of(gateway_vector("WD5.body"));
    sealed.algorithm = "AEAD_AES_128_CCM";
    refused(hostlink_errc::unreadable_notice, "algorithm");
}

TEST(WechatSignature, OfSm2IsAsMadeByOthers) {
    wechat::platform_keys keys(gateway_vector("wechat.serial"));
    ASSERT_TRUE(keys.add(gateway_vector("wechat.public_key_id"), gateway_vector("SM2.public")));
    auto header = wechat_header(gateway_vector("wechat.public_key_id"), gateway_vector("wechat.timestamp"),
        gateway_vector("wechat.nonce"), gateway_vector("WD6.signature"));
    const auto& body = gateway_vector("WD6.body");
    const auto refused = keys.check(header, body, at_second(1'790'000'000));
    EXPECT_EQ(refused.error().field(), "Wechatpay-Signature") << "without its type it is RSA's";
    header.add("Wechatpay-Signature-Type", "WECHATPAY2-SM2-WITH-SM3");
    EXPECT_TRUE(keys.check(header, body, at_second(1'790'000'000)));
    const auto clear = wechat::open_resource(as_bytes(gateway_vector("wechat.api_v3_key")), resource_of(body));
    ASSERT_TRUE(clear) << clear.error();
    EXPECT_EQ(as_text(clear->expose()), gateway_vector("WD6.clear"));
}

TEST(WechatSignature, WhatIsNotSignedNowByTheRightKeyIsRefusedByName) {
    const auto& id = gateway_vector("wechat.public_key_id");
    const auto& time = gateway_vector("wechat.timestamp");
    const auto& nonce = gateway_vector("wechat.nonce");
    const auto& body = gateway_vector("WD5.body");
    const auto good = signed_by("TK2", wechat::answer_text(time, nonce, body));
    const auto now = at_second(1'790'000'000);
    const auto keys = test_keys();
    const auto fault = [&](const http_fields& header, const std::string& text,
                           std::chrono::system_clock::time_point when) {
        const auto checked = keys.check(header, text, when);
        return checked ? std::string()
                       : checked.error().code().message() + ": " + std::string(checked.error().field());
    };
    const std::string wrong = "signature is missing or wrong: Wechatpay-";
    const auto header = wechat_header(id, time, nonce, good);
    EXPECT_EQ(fault(header, body, now), "");
    EXPECT_EQ(fault(wechat_header(gateway_vector("wechat.certificate_serial"), time, nonce, good), body, now), "");
    EXPECT_EQ(fault(header, body, at_second(1'790'000'300)), "");
    EXPECT_EQ(fault(header, body, at_second(1'790'000'301)), "time stamp is too far off: Wechatpay-Timestamp");
    EXPECT_EQ(fault(header, body, at_second(1'789'999'699)), "time stamp is too far off: Wechatpay-Timestamp");
    EXPECT_EQ(fault(wechat_header(id, "179000000x", nonce, good), body, now),
        "time stamp is too far off: Wechatpay-Timestamp");
    // As many nanoseconds as 64 bits hold before the one that is good: it would be good again.
    EXPECT_EQ(fault(wechat_header(id, "20236744073", nonce, good), body, now),
        "time stamp is too far off: Wechatpay-Timestamp");
    auto changed = body;
    changed.back() = ']';
    EXPECT_EQ(fault(header, changed, now), wrong + "Signature");
    EXPECT_EQ(fault(header, body + " ", now), wrong + "Signature");
    EXPECT_EQ(fault(wechat_header(gateway_vector("wechat.serial"), time, nonce, good), body, now), wrong + "Serial");
    EXPECT_EQ(fault(wechat_header("PUB_KEY_ID_1", time, nonce, good), body, now), wrong + "Serial");
    EXPECT_EQ(fault(wechat_header(id, time, nonce, "WECHATPAY/SIGNTEST/" + good), body, now), wrong + "Signature");
    EXPECT_EQ(
        fault(wechat_header(id, time, nonce, signed_by("TK1", wechat::answer_text(time, nonce, body))), body, now),
        wrong + "Signature");
    auto twice = header;
    twice.add("Wechatpay-Signature", good);
    EXPECT_EQ(fault(twice, body, now), wrong + "Signature");
    EXPECT_EQ(fault({}, body, now), wrong + "Timestamp");
}

/// WeChat sends a notice again, signed anew, with the same id; so does whoever has caught one.
TEST(WechatNotice, IsToldOnceItIsDurableAndThenNoMore) {
    const standing_clock clock(at_second(1'790'000'000));
    wechat::merchant of;
    of.mchid = gateway_vector("wechat.mchid");
    of.appid = "wx0123456789abcdef";
    of.serial = gateway_vector("wechat.serial");
    secret_bytes key(as_bytes(gateway_vector("wechat.api_v3_key")));
    const auto known = wechat::platform::create(of, std::move(key), clock).value();
    ASSERT_TRUE(known->add_key(gateway_vector("wechat.public_key_id"), gateway_vector("TK2.public")));
    const auto reader = wechat::make_notice_reader(known);
    const auto& time = gateway_vector("wechat.timestamp");
    const auto& nonce = gateway_vector("wechat.nonce");
    const auto& body = gateway_vector("WD5.body");
    const auto header = wechat_header(gateway_vector("wechat.public_key_id"), time, nonce,
        signed_by("TK2", wechat::answer_text(time, nonce, body)));
    for (int again = 0; again < 2; ++again) {
        const auto told = reader->read(header, body);
        ASSERT_TRUE(told) << told.error();
        EXPECT_TRUE(*told) << "until it is on the disk it is told each time";
    }
    reader->kept();
    const auto repeated = reader->read(header, body);
    ASSERT_TRUE(repeated) << "genuine, so that WeChat hears that it was taken";
    EXPECT_FALSE(*repeated);
}

TEST(WechatSignature, ACertificateCountsBetweenItsDates) {
    const auto& text = gateway_vector("W6.certificate");
    const auto made = hostlink::certificate::create(text).value();
    wechat::platform_keys keys(gateway_vector("wechat.serial"));
    ASSERT_TRUE(keys.add_certificate(text));
    const auto fault = [&](std::chrono::system_clock::time_point when) {
        const auto time = std::to_string(std::chrono::system_clock::to_time_t(when));
        return std::string(
            keys.check(wechat_header(made.serial_hex(), time, "n", "AAAA"), "{}", when).error().hint());
    };
    EXPECT_EQ(fault(made.begins() - std::chrono::hours(1)), "this certificate does not hold yet");
    EXPECT_EQ(fault(made.begins() + std::chrono::hours(1)), "") << "only its signature is wrong";
    EXPECT_EQ(fault(made.ends() + std::chrono::hours(1)), "this certificate has expired");
}

TEST(WechatSignature, TheMerchantsOwnKeyIsNoPlatforms) {
    wechat::platform_keys keys(gateway_vector("wechat.serial"));
    const auto own = keys.add(gateway_vector("wechat.serial"), gateway_vector("TK1.public"));
    EXPECT_EQ(own.error().code(), hostlink_errc::bad_key);
    EXPECT_EQ(own.error().field(), "serial");
    EXPECT_EQ(keys.add("5DEA", gateway_vector("W6.certificate")).error().code(), hostlink_errc::bad_key);
    EXPECT_EQ(keys.add("PUB_KEY_ID_1", "no key").error().code(), hostlink_errc::bad_key);
    EXPECT_TRUE(keys.empty());
    ASSERT_TRUE(keys.add("PUB_KEY_ID_1", gateway_vector("TK2.public")));
    EXPECT_EQ(keys.public_key_id(), "PUB_KEY_ID_1");
    EXPECT_TRUE(keys.holds(from_base64(gateway_vector("TK2.public")).value()));
    EXPECT_FALSE(keys.holds(from_base64(gateway_vector("TK1.public")).value()));
}

parameters alipay_request() {
    return read_form(
        "app_id=2026000000000001&charset=utf-8&format=JSON&method=alipay.trade.precreate&sign=x&"
        "app_auth_token=&notify_url=https://till.example/alipay?till=1&sign_type=RSA2&"
        "timestamp=2026-09-21+22:13:20&version=1.0&biz_content=%7B%22out_trade_no%22%3A%22CL-20260921_0001"
        "%22%2C%22total_amount%22%3A%2219.90%22%2C%22subject%22%3A%22咖啡 中杯%2B1%22%2C%22product_code"
        "%22%3A%22QR_CODE_OFFLINE%22%7D")
        .value();
}

TEST(AlipaySignature, OfRequestsIsAsMadeByOthers) {
    const auto text = alipay::request_text(alipay_request());
    EXPECT_EQ(text, gateway_vector("AD2.text"));
    expect_signed("AD2", text, "TK1");
    expect_signed("AD6",
        alipay::v3_request_text(
            gateway_vector("AD6.credentials"), "POST", "/v3/alipay/trade/query", gateway_vector("AD6.body")),
        "TK1");
    EXPECT_EQ(sha256_of(gateway_vector("AD8.text")), gateway_vector("AD8.sha256"));
    EXPECT_TRUE(verifies(gateway_vector("SM2.public"), gateway_vector("AD8.text"), gateway_vector("AD8.signature")));
    EXPECT_EQ(read_form(write_form(alipay_request())).value(), alipay_request());
}

TEST(AlipaySignature, OfAnswersCoversTheirVeryBytes) {
    const auto& plain = gateway_vector("AD3.body");
    const auto answer = alipay::split(plain, "alipay.trade.precreate");
    ASSERT_TRUE(answer) << answer.error();
    expect_signed("AD3", std::string(answer->signed_text), "TK2");
    EXPECT_EQ(answer->sign, "<sig>");
    const auto traps = alipay::split(gateway_vector("AD4.body"), "alipay.trade.query");
    ASSERT_TRUE(traps) << traps.error();
    expect_signed("AD4", std::string(traps->signed_text), "TK2");
    EXPECT_EQ(traps->certificate, "00112233445566778899aabbccddeeff");
    const auto real = alipay::split(gateway_vector("P1.body"), "alipay.open.file.upload");
    ASSERT_TRUE(real) << real.error();
    EXPECT_TRUE(verifies(gateway_vector("P1.public"), std::string(real->signed_text), real->sign));
    EXPECT_TRUE(verifies(gateway_vector("P6.public"), gateway_vector("P6.text"), gateway_vector("P6.signature")));
}

TEST(AlipaySignature, AnAnswerThatCanBeReadInTwoWaysIsNone) {
    const auto fault = [](std::string_view body) {
        const auto answer = alipay::split(body, "alipay.trade.query");
        return answer ? std::string() : std::string(answer.error().field());
    };
    EXPECT_EQ(fault(R"({"sign":"s","alipay_trade_query_response":{"a":"}"}})"), "") << "the signature may come first";
    EXPECT_EQ(fault(R"({"alipay_trade_query_response":"YWJj","sign":"s"})"), "") << "encrypted";
    EXPECT_EQ(fault(R"({"error_response":{"code":"40002"}})"), "") << "a refusal may have no signature";
    EXPECT_EQ(fault(R"({"alipay_trade_query_response":{},"sign":"s","error_response":{}})"), "error_response");
    EXPECT_EQ(fault(R"({"alipay_trade_query_response":{},"alipay_trade_query_response":{},"sign":"s"})"),
        "alipay_trade_query_response");
    EXPECT_EQ(fault(R"({"alipay_trade_query_response":{},"sign":"s","sign":"t"})"), "sign");
    EXPECT_EQ(fault(R"({"alipay_trade_pay_response":{},"sign":"s"})"), "body");
    EXPECT_EQ(fault(R"({"sign":"s"})"), "alipay_trade_query_response");
    for (const char* broken : {"", "{", "[]", "null", R"({"alipay_trade_query_response":{"a":"b)",
             R"({"alipay_trade_query_response":{}}x)", R"({"alipay_trade_query_response":})", R"({"a":1,})"})
        EXPECT_NE(fault(broken), "") << broken;
    const alipay::split_answer encrypted =
        alipay::split(R"({"alipay_trade_query_response":"YWJj","sign":"s"})", "alipay.trade.query").value();
    EXPECT_EQ(encrypted.signed_text, R"("YWJj")") << "the quotes are signed, too";
}

TEST(AlipaySignature, OfNoticesIsAsMadeByOthers) {
    const auto form = read_form(gateway_vector("AD5.form")).value();
    EXPECT_EQ(form.at("subject"), "咖啡 中杯+1");
    expect_signed("AD5", alipay::notice_texts(form).front(), "TK2");
    const auto published = [](const std::string& whole) {
        parameters all;
        std::istringstream parts(whole);
        for (std::string part; std::getline(parts, part, '&');)
            all[part.substr(0, part.find('='))] = part.substr(part.find('=') + 1);
        return all;
    };
    EXPECT_EQ(
        sha256_of(alipay::notice_texts(published(gateway_vector("P4.text"))).front()), gateway_vector("P4.sha256"));
    const auto service =
        alipay::notice_texts({{"a", ""}, {"sign", "s"}, {"sign_type", "RSA2"}}, alipay::notice_form::service);
    EXPECT_EQ(service, (std::vector<std::string>{"a=&sign_type=RSA2", "sign_type=RSA2"}));
}

TEST(AlipaySignature, CertificatesHaveTheirNumbers) {
    const auto one = certificate::create(gateway_vector("AD1.certificate")).value();
    EXPECT_EQ(one.issuer_reversed() + one.serial_decimal(), gateway_vector("AD1.text"));
    EXPECT_EQ(one.serial_hex(), "20260921000000000000000004E2");
    EXPECT_EQ(alipay::certificate_number(one), gateway_vector("AD1.number"));
    EXPECT_EQ(alipay::certificate_number(certificate::create(gateway_vector("P3.app")).value()),
        gateway_vector("P3.app_number"));
    EXPECT_EQ(alipay::certificate_number(certificate::create(gateway_vector("P3.alipay")).value()),
        gateway_vector("P3.alipay_number"));
    std::string roots;
    std::istringstream parts(gateway_vector("P3.roots"));
    for (std::string part; parts >> part;)
        roots += "-----BEGIN CERTIFICATE-----\n" + part + "\n-----END CERTIFICATE-----\n";
    const auto all = certificate::create_all(roots).value();
    EXPECT_EQ(all.size(), 4U);
    EXPECT_EQ(alipay::root_number(all), gateway_vector("P3.root_number"));
}

TEST(AlipayPlatform, TakesTheFilesOfTheConsole) {
    const auto pem = [](const std::string& base64) {
        return "-----BEGIN CERTIFICATE-----\n" + base64 + "\n-----END CERTIFICATE-----\n";
    };
    std::string roots;
    std::istringstream parts(gateway_vector("P3.roots"));
    for (std::string part; parts >> part;)
        roots += pem(part);
    alipay::merchant of;
    of.app_id = "2021001161683774";
    of.seller_id = "2088831204659217";
    const auto ours = pem(gateway_vector("P3.app"));
    const auto theirs = pem(gateway_vector("P3.alipay"));
    standing_clock clock(at_second(1'610'000'000)); // of 2021
    const auto known = alipay::platform::with_certificates(of, ours, theirs, roots, clock);
    ASSERT_TRUE(known) << known.error();
    EXPECT_EQ((*known)->app_number(), gateway_vector("P3.app_number"));
    EXPECT_EQ((*known)->root_number(), gateway_vector("P3.root_number"));
    EXPECT_TRUE((*known)->holds(certificate::create(theirs)->public_der()));
    EXPECT_TRUE((*known)->is_own(certificate::create(ours)->public_der()));
    EXPECT_FALSE((*known)->is_own(certificate::create(theirs)->public_der()));
    EXPECT_TRUE((*known)->knows(gateway_vector("P3.alipay_number")));
    EXPECT_FALSE((*known)->knows("00112233445566778899aabbccddeeff"));
    const auto fault = [&](const std::string& a, const std::string& b, const std::string& c) {
        const auto made = alipay::platform::with_certificates(of, a, b, c, clock);
        return made ? std::string() : std::string(made.error().field());
    };
    EXPECT_EQ(fault("none", theirs, roots), "app_certificate");
    EXPECT_EQ(fault(ours, "none", roots), "alipay_certificate");
    EXPECT_EQ(fault(ours, theirs + pem(gateway_vector("P3.app")), roots), "alipay_certificate")
        << "what comes with it does not lead to a root";
    EXPECT_EQ(fault(ours, theirs, "none"), "root_certificates");
    of.seller_id = "no number";
    EXPECT_EQ(fault(ours, theirs, roots), "seller_id");
}

/// A till takes cards as well: it opens, whatever a certificate or a clock says.
TEST(AlipayPlatform, ACertificateThatDoesNotHoldIsJudgedWhereItSigns) {
    const auto pem = [](const std::string& name) {
        return "-----BEGIN CERTIFICATE-----\n" + gateway_vector(name) + "\n-----END CERTIFICATE-----\n";
    };
    alipay::merchant of;
    of.app_id = "1";
    of.seller_id = "2";
    for (const auto second : {1'000'000'000, 1'700'000'000}) { // before it began, and after it ended in 2022
        standing_clock clock(at_second(second));
        const auto known = alipay::platform::with_certificates(
            of, pem("P3.app"), pem("P3.alipay"), pem("P3.alipay"), clock); // its root is not looked for
        ASSERT_TRUE(known) << known.error();
        EXPECT_FALSE((*known)->fault_of_days().empty());
        clock.stands_at = at_second(1'610'000'000);
        EXPECT_EQ((*known)->fault_of_days(), "") << "as soon as the clock is right";
        clock.stands_at = at_second(1'700'000'000);
        EXPECT_EQ((*known)->fault_of_days(), "Alipay's certificate has expired: download it again");
    }
    EXPECT_EQ(alipay::platform::with_key(of, gateway_vector("TK2.public")).value()->fault_of_days(), "");
}

TEST(AlipayPlatform, AnswersAreCheckedByTheKeyThatTheyName) {
    alipay::merchant of;
    of.app_id = "1";
    of.seller_id = "2";
    const auto known = alipay::platform::with_key(of, gateway_vector("TK2.public")).value();
    EXPECT_TRUE(known->verifies("text", signed_by("TK2", "text"), "any"));
    EXPECT_FALSE(known->verifies("text", signed_by("TK1", "text"), "any"));
    EXPECT_FALSE(known->verifies("text", "", "any"));
    EXPECT_EQ(alipay::platform::with_key(of, "none").error().field(), "public_key");
}

TEST(AlipaySignature, ContentIsSealedAsMadeByOthers) {
    const auto& key = gateway_vector("AD7.key");
    EXPECT_EQ(alipay::encrypt_content(key, gateway_vector("AD7.clear")).value(), gateway_vector("AD7.text"));
    EXPECT_EQ(alipay::decrypt_content(key, gateway_vector("AD7.text")).value(), gateway_vector("AD7.clear"));
    for (const char* text : {"", "AAAA", "AAAAAAAAAAAAAAAAAAAAAA=="})
        EXPECT_EQ(alipay::decrypt_content(key, text).error().code(), hostlink_errc::unreadable_answer) << text;
}

TEST(UnionpaySignature, IsMadeOverTheHashOfTheText) {
    auto all = read_form(gateway_vector("UD1.text")).value();
    all["backUrl"] = "https://till.example/up?a=1";
    all["signature"] = "x";
    all["reserved"] = "";
    EXPECT_EQ(unionpay::message_text(all), gateway_vector("UD1.text"));
    EXPECT_EQ(unionpay::hashed(gateway_vector("UD1.text")).value(), gateway_vector("UD1.hash"));
    const auto signer = key_signer::create(gateway_vector("TK1.private")).value();
    const auto signature = from_base64(unionpay::sign(*signer, all).value()).value();
    EXPECT_EQ(sha256_of(as_text(signature)), gateway_vector("UD1.signature_sha256"));
    all.erase("certId");
    all["signMethod"] = "11";
    EXPECT_EQ(unionpay::sign_with_key(gateway_vector("UD2.key"), all).value(), gateway_vector("UD2.signature"));
}

/// A certificate as UnionPay writes it: 64 characters a line, CR and LF, none at the end.
std::string unionpay_pem(const std::string& base64) {
    std::string pem = "-----BEGIN CERTIFICATE-----\r\n";
    for (std::size_t at = 0; at < base64.size(); at += 64)
        pem += base64.substr(at, 64) + "\r\n";
    return pem + "-----END CERTIFICATE-----";
}

TEST(UnionpaySignature, OfARealAnswerIsRight) {
    const auto pem = unionpay_pem(gateway_vector("U1.certificate"));
    const auto text = gateway_vector("U1.text");
    const auto at = text.find("&txnAmt=");
    const auto body = text.substr(0, at) + "&signPubKeyCert=" + pem + text.substr(at) +
                      "&signature=" + gateway_vector("U1.signature");
    auto all = unionpay::read_answer(body).value();
    EXPECT_EQ(all.at("signPubKeyCert"), pem);
    EXPECT_EQ(std::to_string(unionpay::message_text(all).size()), gateway_vector("U1.size"));
    EXPECT_EQ(unionpay::hashed(unionpay::message_text(all)).value(), gateway_vector("U1.hash"));
    const auto made = certificate::create(pem).value();
    EXPECT_EQ(made.serial_decimal(), "69678957876");
    EXPECT_EQ(made.common_name(), "041@8310000000083040@中国银联股份有限公司@00016495");
    unionpay::trust by; // its issuer is not published here: it stands for itself
    by.roots.push_back(certificate::create(pem).value());
    const auto checked = unionpay::check(by, all, at_second(1'704'400'000));
    const auto late = unionpay::check(by, all, made.ends() + std::chrono::hours(1));
    EXPECT_EQ(late.error().hint(), "the certificate in the answer has expired");
    EXPECT_EQ(checked.error().field(), "signPubKeyCert") << "one that is no authority leads to nothing";
    EXPECT_TRUE(verifies(pem, unionpay::hashed(unionpay::message_text(all)).value(), all.at("signature")));
    all["txnAmt"] = "2";
    EXPECT_FALSE(verifies(pem, unionpay::hashed(unionpay::message_text(all)).value(), all.at("signature")));
}

TEST(UnionpaySignature, AnAnswerWithANameTwiceIsNone) {
    EXPECT_EQ(unionpay::read_answer("a=1&b=2&a=3").error().field(), "a");
    EXPECT_EQ(unionpay::read_answer("a=1&b=2=3").value().at("b"), "2=3");
    EXPECT_EQ(unionpay::read_answer("a=1&b={x=1&y=2}&c=[z&w=3]&d={").value(),
        (parameters{{"a", "1"}, {"b", "{x=1&y=2}"}, {"c", "[z&w=3]"}, {"d", "{"}}));
    EXPECT_FALSE(unionpay::read_answer("nothing"));
}

TEST(NetpaySignature, IsAsMadeByOthers) {
    const netpay::request_head head{
        gateway_vector("ND1.app_id"), "20260921221320", "0123456789abcdefghijklmnopqrstuv"};
    const auto& body = gateway_vector("ND1.body");
    EXPECT_EQ(sha256_of(body), gateway_vector("ND1.hash"));
    EXPECT_EQ(
        netpay::body_signature(gateway_vector("ND1.app_key"), head, body).value(), gateway_vector("ND1.signature"));
    EXPECT_TRUE(netpay::open_body_sig(gateway_vector("ND1.app_key"), head, body)
                    ->ends_with("Signature=\"" + gateway_vector("ND1.signature") + "\""));
    EXPECT_EQ(netpay::open_form_param(gateway_vector("ND1.app_key"), head, body)->at("signature"),
        gateway_vector("ND1.signature"));
}

TEST(NetpaySignature, OfNoticesTakesTheirKeyWithoutASeparator) {
    parameters all;
    std::istringstream parts(gateway_vector("ND2.text"));
    for (std::string part; std::getline(parts, part, '&');)
        all[part.substr(0, part.find('='))] = part.substr(part.find('=') + 1);
    using enum netpay::notice_digest;
    int fits = 0;
    std::istringstream keys(gateway_vector("ND2.keys"));
    for (std::string key; keys >> key;) {
        auto notice = all;
        notice["sign"] = gateway_vector("ND2.sha256");
        if (!netpay::check_notice(key, notice, sha256)) continue;
        ++fits;
        notice["totalAmount"] = "1991";
        EXPECT_EQ(netpay::check_notice(key, notice, sha256).error().field(), "sign");
        notice = all;
        notice.erase("signType");
        notice["sign"] = gateway_vector("ND2.md5");
        EXPECT_TRUE(netpay::check_notice(key, notice, md5));
        EXPECT_EQ(netpay::check_notice(key, notice, sha256).error().field(), "signType")
            << "the weaker one is not its choice";
        notice["signType"] = "CRC";
        EXPECT_EQ(netpay::check_notice(key, notice, md5).error().field(), "signType");
    }
    EXPECT_EQ(fits, 1);
}

} // namespace
} // namespace cipherlane::hostlink
