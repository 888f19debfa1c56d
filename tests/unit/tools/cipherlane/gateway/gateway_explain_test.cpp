// Published messages of real gateways, as they were and with each of the usual mistakes: the mistake must be named.
#include "cipherlane/gateway/explain.hpp"
#include "gateway-sim/notification_signer.hpp"
#include "gateway-sim/test_certificate.hpp"
#include "support/temporary_folder.hpp"
#include "support/whole_file.hpp"

#include <cipherlane/core/base64.hpp>
#include <cipherlane/crypto/rsa.hpp>
#include <cipherlane/hostlink/gateway/alipay_signature.hpp>
#include <cipherlane/hostlink/gateway/parameters.hpp>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <map>
#include <sstream>

namespace cipherlane::cli {
namespace {

const std::string& published(const std::string& name) {
    static const auto all = [] {
        std::map<std::string, std::string> made;
        std::istringstream lines(tests::source_file("tests/vectors/gateways.txt"));
        for (std::string line; std::getline(lines, line);)
            if (const auto tab = line.find('\t'); tab != std::string::npos)
                made[line.substr(0, tab)] = line.substr(tab + 1);
        return made;
    }();
    return all.at(name);
}

/// Of WeChat Pay's documentation, page 4013053420.
std::string answer(const std::string& body, const std::string& more = {}) {
    return "HTTP/1.1 200 OK\r\nWechatpay-Timestamp: " + published("W8.timestamp") +
           "\r\nWechatpay-Nonce: " + published("W8.nonce") +
           "\r\nWechatpay-Serial: PUB_KEY_ID_1\r\nWechatpay-Signature: " + published("W8.signature") + "\r\n" + more +
           "\r\n" + body;
}
/// Page 4012365336.
std::string request(const std::string& target, const std::string& body) {
    return "POST " + target +
           " HTTP/1.1\nHost: api.mch.weixin.qq.com\nAuthorization: WECHATPAY2-SHA256-RSA2048 "
           "mchid=\"1900007291\",nonce_str=\"" +
           published("W7.nonce") + "\",timestamp=\"" + published("W7.timestamp") +
           "\",serial_no=\"408B07E79B8269FEC3D5D3E6AB8ED163A6A380DB\",signature=\"" + published("W7.signature") +
           "\"\n\n" + body;
}

explain_with with_key(const std::string& name) {
    explain_with with;
    with.keys.push_back({name, hostlink::signature_key::create(published(name)).value()});
    return with;
}

explanation told(const std::string& message, const explain_with& with) {
    const auto read = read_captured_http(message).value();
    return explain(read, find_signed(read, {}).value(), with);
}

/// What nobody publishes is signed here: the key is that of the vectors.
std::string signed_with(const std::string& key, const std::string& text) {
    return to_base64(hostlink::key_signer::create(published(key)).value()->sign(as_bytes(text)).value());
}
std::string encoded(const std::string& base64) {
    std::string made;
    for (const char c : base64)
        made += c == '+' ? std::string("%2B") : c == '/' ? "%2F" : c == '=' ? "%3D" : std::string(1, c);
    return made;
}

void expect_mistake(const explanation& of, std::string_view mistake) {
    EXPECT_EQ(of.verdict, signature_verdict::wrong) << mistake;
    EXPECT_EQ(of.mistake, mistake) << of.why;
    EXPECT_FALSE(of.key.empty()) << mistake;
    EXPECT_FALSE(of.advice.empty()) << mistake;
}

TEST(GatewayExplain, APublishedAnswerIsRightAndEachChangeOfItsBodyIsNamed) {
    const auto key = with_key("W8.public");
    const auto& body = published("W8.body");
    EXPECT_EQ(told(answer(body), key).verdict, signature_verdict::right);
    EXPECT_EQ(told(answer(body), key).key, "W8.public");
    expect_mistake(told(answer(body + "\n"), key), "the body has a line end at its end that was not signed");
    expect_mistake(told(answer("\xEF\xBB\xBF" + body), key), "a byte order mark was put before the body");
    expect_mistake(told(answer("{ \"code_url\": \"weixin://wxpay/bizpayurl?pr=JyC91EIz1\" }"), key),
        "the JSON was written anew: its blanks were added or left out");
    expect_mistake(told(answer("{\"code_url\":\"weixin:\\/\\/wxpay\\/bizpayurl?pr=JyC91EIz1\"}"), key),
        "\"\\/\" was put for \"/\"");
    const auto other = told(answer("{\"code_url\":\"weixin://wxpay/bizpayurl?pr=JyC91EIz2\"}"), key);
    EXPECT_EQ(other.verdict, signature_verdict::wrong);
    EXPECT_NE(other.why.find("another text was signed: its SHA-256 is "), std::string::npos) << other.why;
    EXPECT_TRUE(other.mistake.empty());
}

TEST(GatewayExplain, AnotherKeyIsTold) {
    const auto other = told(answer(published("W8.body")), with_key("W7.public"));
    EXPECT_EQ(other.verdict, signature_verdict::wrong);
    EXPECT_EQ(other.why, "none of the keys given has made it");
    EXPECT_NE(other.advice.find("PUB_KEY_ID_1"), std::string::npos) << "which the message names";
    EXPECT_TRUE(other.key.empty());
    auto both = with_key("W7.public");
    both.keys.push_back(std::move(with_key("W8.public").keys.front()));
    EXPECT_EQ(told(answer(published("W8.body")), both).key, "W8.public");
    EXPECT_EQ(told(answer(published("W8.body")), {}).verdict, signature_verdict::not_judged);
}

TEST(GatewayExplain, AClockIsTold) {
    const auto key = with_key("W8.public"); // 2024-08-05 09:33:41 GMT
    const auto& body = published("W8.body");
    const auto dated = [&](const std::string& date) { return told(answer(body, "Date: " + date + "\r\n"), key); };
    EXPECT_EQ(dated("Mon, 05 Aug 2024 09:33:42 GMT").verdict, signature_verdict::right);
    const auto late = dated("Mon, 05 Aug 2024 09:39:42 GMT");
    expect_mistake(late, "clock");
    ASSERT_EQ(late.notes.size(), 1U);
    EXPECT_NE(late.notes[0].find("361 s before its own Date"), std::string::npos) << late.notes[0];
    auto now = with_key("W8.public");
    now.at = std::chrono::system_clock::time_point(std::chrono::seconds(1'722'850'000));
    expect_mistake(told(answer(body), now), "clock");
}

TEST(GatewayExplain, ARequestAndItsUsualMistakes) {
    const auto key = with_key("W7.public");
    const auto& target = published("W7.target");
    const auto& body = published("W7.body");
    EXPECT_EQ(told(request(target, body), key).verdict, signature_verdict::right);
    expect_mistake(told(request(target + "?mchid=1", body), key), "the query was left out");
    expect_mistake(
        told(request(target, body + "\r\n"), key), "the body has a line end at its end that was not signed");
    EXPECT_EQ(
        told("{\"method\":\"POST\",\"url\":\"https://api.mch.weixin.qq.com" + target +
                 "\",\"headers\":{\"Authorization\":\"WECHATPAY2-SHA256-RSA2048 "
                 "mchid=\\\"1\\\",serial_no=\\\"A\\\",nonce_str=\\\"" +
                 published("W7.nonce") + "\\\",timestamp=\\\"" + published("W7.timestamp") + "\\\",signature=\\\"" +
                 published("W7.signature") + "\\\"\"},\"body\":" + nlohmann::json(body).dump() + "}",
            key)
            .verdict,
        signature_verdict::right);
}

std::string get(const std::string& text) {
    return "GET /v3/certificates HTTP/1.1\nAuthorization: WECHATPAY2-SHA256-RSA2048 "
           "mchid=\"1\",nonce_str=\"n\",timestamp=\"1790000000\","
           "serial_no=\"A\",signature=\"" +
           signed_with("TK1.private", text) + "\"\n\n";
}

TEST(GatewayExplain, MistakesOfWhoSigns) {
    const auto key = with_key("TK1.public");
    const std::string right = "GET\n/v3/certificates\n1790000000\nn\n\n";
    EXPECT_EQ(told(get(right), key).verdict, signature_verdict::right);
    expect_mistake(told(get("GET\n/v3/certificates\n1790000000\nn\n"), key), "the last line has no end");
    expect_mistake(
        told(get("get\n/v3/certificates\n1790000000\nn\n\n"), key), "the method was signed in small letters");
    expect_mistake(told(get("GET\n/v3/certificates\nn\n1790000000\n\n"), key), "nonce and timestamp changed places");
    expect_mistake(told(get("GET\r\n/v3/certificates\r\n1790000000\r\nn\r\n\r\n"), key), "lines end in CR LF");
    expect_mistake(told(get("GET\nhttps://api.mch.weixin.qq.com/v3/certificates\n1790000000\nn\n\n"), key),
        "the whole URL was signed");
    auto spoilt = get(right);
    const auto at = spoilt.find('+', spoilt.find("signature"));
    if (at != std::string::npos) {
        spoilt[at] = ' ';
        expect_mistake(told(spoilt, key), "\"+\" of the signature has become a blank: it was decoded as a form");
    }
}

TEST(GatewayExplain, AlipaysAnswersAndNotices) {
    const auto key = with_key("P1.public");
    const auto& body = published("P1.body");
    EXPECT_EQ(told(body, key).verdict, signature_verdict::right);
    EXPECT_EQ(told("HTTP/1.1 200 OK\nContent-Type: text/html\n\n" + body, key).verdict, signature_verdict::right);
    auto blanks = body;
    blanks.replace(blanks.find("\"10000\",\"msg\""), 13, "\"10000\", \"msg\"");
    expect_mistake(told(blanks, key), "the JSON was written anew: its blanks were added or left out");
    // A real precreate whose "\/" a library has read and written anew (smartwalle/alipay 21).
    auto again = published("P6.text");
    for (auto at = again.find("\\/"); at != std::string::npos; at = again.find("\\/"))
        again.erase(at, 1);
    expect_mistake(
        told("{\"alipay_trade_precreate_response\":" + again + ",\"sign\":\"" + published("P6.signature") + "\"}",
            with_key("P6.public")),
        "\"/\" was written \"\\/\" and has become \"/\"");
    const auto text = hostlink::alipay::notice_texts(hostlink::read_form(published("AD5.form")).value()).front();
    const auto form = published("AD5.form") + "&sign=" + encoded(signed_with("TK2.private", text));
    const auto notice = with_key("TK2.public");
    ASSERT_EQ(told(form, notice).verdict, signature_verdict::right) << told(form, notice).why;
    auto twice = form;
    const auto percent = twice.find("%2B");
    ASSERT_NE(percent, std::string::npos);
    twice.replace(percent, 3, "+"); // a "+" that somebody has decoded already
    EXPECT_EQ(told(twice, notice).verdict, signature_verdict::wrong);
    const auto refused = told(R"({"error_response":{"code":"40002","sub_code":"isv.invalid-app-id"}})", key);
    EXPECT_EQ(refused.verdict, signature_verdict::not_judged);
    EXPECT_FALSE(refused.notes.empty());
}

TEST(GatewayExplain, AlipaysRequestsAndTheirUsualMistakes) {
    const auto key = with_key("TK1.public");
    const auto made = [](const std::string& text, const std::string& form) {
        const auto sign = encoded(signed_with("TK1.private", text));
        return "POST /gateway.do?" + form + "&sign=" + sign + " HTTP/1.1\n\nbiz_content=%7B%22a%22%3A%221%22%7D";
    };
    const std::string form = "app_id=1&method=alipay.trade.query&sign_type=RSA2&charset=utf-8&x=";
    const std::string right =
        "app_id=1&biz_content={\"a\":\"1\"}&charset=utf-8&method=alipay.trade.query&sign_type=RSA2";
    EXPECT_EQ(told(made(right, form), key).verdict, signature_verdict::right);
    expect_mistake(
        told(made("app_id=1&biz_content={\"a\":\"1\"}&charset=utf-8&method=alipay.trade.query", form), key),
        "sign_type was not signed");
    expect_mistake(told(made(right + "&x=", form), key), "empty values were signed");
    expect_mistake(
        told(made("app_id=1&method=alipay.trade.query&sign_type=RSA2&charset=utf-8&biz_content={\"a\":\"1\"}", form),
            key),
        "the names were not sorted");
    expect_mistake(
        told(
            made(
                "app_id=1&biz_content=%7B%22a%22%3A%221%22%7D&charset=utf-8&method=alipay.trade.query&sign_type=RSA2",
                form),
            key),
        "the values were signed encoded (%XX)");
}

TEST(GatewayExplain, UnionpaysAnswerBringsItsCertificate) {
    std::string pem = "-----BEGIN CERTIFICATE-----\r\n";
    const auto& base64 = published("U1.certificate");
    for (std::size_t at = 0; at < base64.size(); at += 64)
        pem += base64.substr(at, 64) + "\r\n";
    pem += "-----END CERTIFICATE-----";
    const auto& text = published("U1.text");
    const auto at = text.find("&txnAmt=");
    const auto body =
        text.substr(0, at) + "&signPubKeyCert=" + pem + text.substr(at) + "&signature=" + published("U1.signature");
    explain_with with;
    with.keys.push_back({"its own", hostlink::signature_key::create(pem).value()});
    EXPECT_EQ(told(body, with).verdict, signature_verdict::right);
    auto unix_ends = body;
    std::erase(unix_ends, '\r');
    expect_mistake(told(unix_ends, with), "line ends CR LF have become LF");
}

TEST(GatewayExplain, NetpaysSharedKeys) {
    const auto message = [](const std::string& body) {
        return "POST /v1/netpay/bills/get-qrcode HTTP/1.1\nAuthorization: OPEN-BODY-SIG AppId=\"" +
               published("ND1.app_id") + "\", Timestamp=\"20260921221320\", Nonce=\"" +
               std::string("0123456789abcdefghijklmnopqrstuv") + "\", Signature=\"" + published("ND1.signature") +
               "\"\n\n" + body;
    };
    explain_with with;
    with.shared_key = as_bytes(published("ND1.app_key"));
    EXPECT_EQ(told(message(published("ND1.body")), with).verdict, signature_verdict::right);
    expect_mistake(
        told(message(published("ND1.body") + "\n"), with), "the body has a line end at its end that was not signed");
}

/// Each part of a message that is right: missing, twice, empty. What is missing is named, and nothing is RIGHT.
TEST(GatewayExplain, APartThatIsMissingOrThereTwiceIsNamed) {
    const auto wechat = with_key("W8.public");
    const auto whole = answer(published("W8.body"));
    for (const std::string part :
        {"Wechatpay-Timestamp", "Wechatpay-Nonce", "Wechatpay-Serial", "Wechatpay-Signature"}) {
        const auto from = whole.find(part);
        const auto to = whole.find("\r\n", from) + 2;
        const auto line = whole.substr(from, to - from);
        for (const auto& [how, lines] : std::initializer_list<std::pair<const char*, std::string>>{
                 {" is missing", ""}, {" is missing", part + ": \r\n"}, {" is there twice", line + line}}) {
            const auto seen = told(whole.substr(0, from) + lines + whole.substr(to), wechat);
            EXPECT_EQ(seen.verdict, signature_verdict::wrong) << part << how;
            ASSERT_FALSE(seen.notes.empty()) << part << how;
            EXPECT_NE(seen.notes.front().find(part + how), std::string::npos) << seen.notes.front();
        }
    }
    const auto& target = published("W7.target");
    const auto sent = request(target, published("W7.body"));
    for (const std::string part : {"mchid", "nonce_str", "timestamp", "serial_no", "signature"}) {
        const auto from = sent.find(part + "=");
        const auto to = sent.find('"', sent.find('"', from) + 1) + 1;
        auto without = sent;
        without.erase(from, to - from);
        auto twice = sent;
        twice.insert(from, sent.substr(from, to - from) + ",");
        for (const auto& spoilt : {without, twice}) {
            const auto seen = told(spoilt, with_key("W7.public"));
            EXPECT_EQ(seen.verdict, signature_verdict::wrong) << part;
            ASSERT_FALSE(seen.notes.empty()) << part;
            EXPECT_NE(seen.notes.front().find(part + " is "), std::string::npos) << seen.notes.front();
        }
    }
    const auto text = hostlink::alipay::notice_texts(hostlink::read_form(published("AD5.form")).value()).front();
    const auto form = published("AD5.form") + "&sign=" + encoded(signed_with("TK2.private", text));
    const auto notice = with_key("TK2.public");
    ASSERT_EQ(told(form, notice).verdict, signature_verdict::right);
    for (const auto& [name, value] : hostlink::read_form(form).value()) {
        const auto seen = told(form + "&" + name + "=OTHER", notice);
        EXPECT_EQ(seen.verdict, signature_verdict::wrong) << name;
        ASSERT_FALSE(seen.notes.empty()) << name;
        EXPECT_NE(seen.notes.front().find(name + " is there twice"), std::string::npos) << seen.notes.front();
    }
    const auto both = read_captured_http("GET / HTTP/1.1\nAuthorization: a\nAuthorization: b\n\n").value();
    EXPECT_FALSE(find_signed(both, {}));
    const auto listed = told(R"({"status":200,"headers":{"Wechatpay-Serial":["a","b"],"Wechatpay-Timestamp":"1",)"
                             R"("Wechatpay-Nonce":"n","Wechatpay-Signature":"x"},"body":"{}"})",
        wechat);
    EXPECT_EQ(listed.verdict, signature_verdict::wrong);
    EXPECT_EQ(listed.notes.front(), "Wechatpay-Serial is there twice");
}

/// UnionPay's of U1 held until July 2025.
TEST(GatewayExplain, ACertificateThatDoesNotHoldIsTold) {
    const std::string pem =
        "-----BEGIN CERTIFICATE-----\n" + published("W6.certificate") + "\n-----END CERTIFICATE-----\n";
    explain_with with;
    with.keys.push_back(read_judging_key("theirs", pem).value());
    const auto message = "HTTP/1.1 200 OK\nWechatpay-Timestamp: " + published("W6.timestamp") +
                         "\nWechatpay-Nonce: " + published("W6.nonce") +
                         "\nWechatpay-Serial: " + published("W6.serial") +
                         "\nWechatpay-Signature: " + published("W6.signature") + "\n\n" + published("W6.body");
    const auto right = told(message, with);
    EXPECT_EQ(right.verdict, signature_verdict::right) << right.why;
    ASSERT_FALSE(right.notes.empty());
    EXPECT_NE(right.notes.back().find("certificate: " + published("W6.serial")), std::string::npos)
        << right.notes.back();
    auto other = message;
    other.replace(other.find(published("W6.serial")), published("W6.serial").size(), "00FF");
    EXPECT_NE(told(other, with).notes.back().find("names 00FF"), std::string::npos);
    std::string crlf = "-----BEGIN CERTIFICATE-----\r\n";
    const auto& base64 = published("U1.certificate");
    for (std::size_t at = 0; at < base64.size(); at += 64)
        crlf += base64.substr(at, 64) + "\r\n";
    crlf += "-----END CERTIFICATE-----";
    const auto& text = published("U1.text");
    const auto at = text.find("&txnAmt=");
    const auto body =
        text.substr(0, at) + "&signPubKeyCert=" + crlf + text.substr(at) + "&signature=" + published("U1.signature");
    explain_with its_own;
    its_own.keys.push_back(read_judging_key("its own", crlf).value());
    EXPECT_EQ(told(body, its_own).verdict, signature_verdict::right);
    its_own.at = std::chrono::system_clock::time_point(std::chrono::seconds(1'790'000'000));
    const auto late = told(body, its_own);
    expect_mistake(late, "certificate");
    EXPECT_NE(late.notes.back().find("issued by CFCA TEST OCA1, "), std::string::npos) << late.notes.back();
    EXPECT_NE(late.notes.back().find("over for "), std::string::npos) << late.notes.back();
}

/// Who has signed is another question than whether somebody has.
TEST(GatewayExplain, AChainThatLeadsElsewhereIsTold) {
    const auto key_in = [](const std::string& file) {
        EXPECT_TRUE(sim::notification_signer::keep(file));
        return tests::whole_file(file);
    };
    tests::temporary_folder folder;
    const auto root_key = key_in(folder.file("root"));
    const auto key = key_in(folder.file("key"));
    const auto root = sim::make_test_certificate(root_key, "a root", 1, {}, {});
    const auto stranger = sim::make_test_certificate(key_in(folder.file("other")), "another root", 2, {}, {});
    const auto certificate = sim::make_test_certificate(key, "theirs", 3, root, root_key);
    const auto now = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
    const auto since = std::to_string(now.time_since_epoch().count());
    const auto signature = hostlink::key_signer::create(key).value()->sign(as_bytes(since + "\nn\n{}\n")).value();
    const auto message = "HTTP/1.1 200 OK\nWechatpay-Timestamp: " + since +
                         "\nWechatpay-Nonce: n\nWechatpay-Serial: 03\nWechatpay-Signature: " + to_base64(signature) +
                         "\n\n{}";
    const auto judged = [&](const std::string& authority) {
        explain_with with;
        with.at = now;
        with.keys.push_back(read_judging_key("theirs", certificate).value());
        EXPECT_TRUE(authority.empty() || add_authorities(with, authority));
        return told(message, with);
    };
    const auto right = judged(root);
    EXPECT_EQ(right.verdict, signature_verdict::right) << right.why;
    EXPECT_EQ(right.notes.back(), "chain: it leads to one of the roots given");
    const auto wrong = judged(stranger);
    expect_mistake(wrong, "chain");
    EXPECT_EQ(wrong.notes.back(), "chain: it leads to none of the roots given");
    EXPECT_EQ(judged({}).verdict, signature_verdict::right) << "without roots it is not judged";
    EXPECT_NE(judged({}).notes.back().find("issued by a root, from "), std::string::npos);
    explain_with none;
    EXPECT_FALSE(add_authorities(none, "none"));
    using std::chrono_literals::operator""h;
    for (const std::chrono::seconds middle_until : {24h, -24h}) {
        const auto middle = sim::make_test_certificate(
            root_key, "between", 4, root, root_key, middle_until, sim::certificate_use::issues_others);
        explain_with late;
        late.at = now;
        const auto over = sim::make_test_certificate(key, "theirs", 3, middle, root_key, -24h);
        late.keys.push_back(read_judging_key("theirs", over).value());
        EXPECT_TRUE(add_authorities(late, root + middle));
        const auto ended = told(message, late);
        expect_mistake(ended, "certificate");
        EXPECT_EQ(ended.notes.back(), "chain: it leads to one of the roots given") << "its days are another matter";
    }
}

/// One answer and one request, in the forms that people and programs keep them in: all of them are the same message.
TEST(GatewayExplain, AMessageIsReadInWhateverFormItWasKept) {
    const auto& body = published("W8.body");
    const auto whole = answer(body);
    const auto head = whole.substr(0, whole.find("\r\n\r\n") + 2);
    std::string marked;
    std::string fields;
    auto list = nlohmann::json::array();
    auto pairs = nlohmann::json::array();
    std::istringstream lines(head);
    for (std::string line; std::getline(lines, line);) {
        marked += "< " + line + "\n";
        const auto colon = line.find(": ");
        if (colon == std::string::npos) continue;
        const auto name = line.substr(0, colon);
        const auto value = line.substr(colon + 2, line.size() - colon - 3); // without the CR
        std::string server = "HTTP_" + name;
        for (auto& c : server)
            c = c == '-' ? '_' : static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
        fields.append(server).append(": ").append(value).append("\n");
        list.push_back({{"name", name}, {"value", value}});
        pairs.push_back({name, value});
    }
    const auto chunk = [](const std::string& text) {
        std::ostringstream made;
        made << std::hex << text.size() << "\r\n" << text << "\r\n";
        return made.str();
    };
    const auto chunks =
        head + "Transfer-Encoding: chunked\r\n\r\n" + chunk(body.substr(0, 9)) + chunk(body.substr(9));
    const nlohmann::json content{{"text", body}};
    const nlohmann::json entry{
        {"request", {{"method", "GET"}}}, {"response", {{"status", 200}, {"headers", list}, {"content", content}}}};
    const std::map<std::string, std::string> forms{
        {"curl -v", "* Trying 1.2.3.4:443...\n> GET /v3/x HTTP/1.1\n> Host: x\n> \n* sent\n" + marked +
                        "< \r\n{ [52 bytes data]\n" + body + "* Connection #0 to host x left intact\n"},
        {"curl -v twice", "> GET / HTTP/1.1\n> \n< HTTP/1.1 302 Found\n< \n" + marked + "<\n" + body},
        {"chunks", chunks + "0\r\n\r\n"}, {"of a server", fields + "\n" + body},
        {"HTTP/2", ":status: 200\n" + head.substr(head.find('\n') + 1) + "\n" + body},
        {"a list", nlohmann::json{{"status", 200}, {"headers", list}, {"body", body}}.dump()},
        {"pairs", nlohmann::json{{"status", 200}, {"headers", pairs}, {"body", body}}.dump()},
        {"an archive", nlohmann::json{{"log", {{"entries", {entry}}}}}.dump()}};
    for (const auto& [how, text] : forms) {
        const auto seen = told(text, with_key("W8.public"));
        EXPECT_EQ(seen.verdict, signature_verdict::right) << how << ": " << seen.why;
    }
    const auto cut = told(chunks.substr(0, chunks.size() - 5), with_key("W8.public"));
    EXPECT_EQ(cut.verdict, signature_verdict::wrong);
    EXPECT_NE(cut.notes.front().find("is cut off"), std::string::npos) << cut.notes.front();
    // Sizes that run over when the two characters behind a chunk are added.
    for (const auto* size : {"fffffffffffffffd", "fffffffffffffffe", "ffffffffffffffff"}) {
        const auto huge =
            told(head + "Transfer-Encoding: chunked\r\n\r\n" + size + "\r\nabc\r\n", with_key("W8.public"));
        EXPECT_NE(huge.notes.front().find("is cut off"), std::string::npos) << size << ": " << huge.notes.front();
    }
    auto sent = request(published("W7.target"), published("W7.body"));
    sent.replace(0, sent.find('\n') + 1, ":method: POST\n:path: " + published("W7.target") + "\n:scheme: https\n");
    EXPECT_EQ(told(sent, with_key("W7.public")).verdict, signature_verdict::right);
}

TEST(GatewayExplain, AlipaysParametersAreReadFromAnAddressAndFromJson) {
    const auto form = published("AD5.form");
    const auto text = hostlink::alipay::notice_texts(hostlink::read_form(form).value()).front();
    const auto sign = signed_with("TK2.private", text);
    const auto key = with_key("TK2.public");
    EXPECT_EQ(told("https://till.example/back?" + form + "&sign=" + encoded(sign) + "\n", key).verdict,
        signature_verdict::right);
    nlohmann::json parameters{{"sign", sign}};
    for (const auto& [name, value] : hostlink::read_form(form).value())
        parameters[name] = value;
    const auto seen = told(parameters.dump(), key);
    EXPECT_EQ(seen.verdict, signature_verdict::right) << seen.why;
    EXPECT_NE(seen.notes.front().find("stood as JSON"), std::string::npos);
}

/// AD6: interface v3 signs other lines than gateway.do.
TEST(GatewayExplain, AlipaysThirdInterfaceIsKnown) {
    const auto& body = published("AD6.body");
    const auto& credentials = published("AD6.credentials");
    const auto text = hostlink::alipay::v3_request_text(credentials, "POST", "/v3/alipay/trade/query", body, {});
    const auto sent = [&](const std::string& what) {
        return "POST /v3/alipay/trade/query HTTP/1.1\nAuthorization: ALIPAY-SHA256withRSA " + credentials +
               ",sign=" + signed_with("TK1.private", text) + "\n\n" + what;
    };
    EXPECT_EQ(told(sent(body), with_key("TK1.public")).verdict, signature_verdict::right);
    expect_mistake(
        told(sent(body + "\n"), with_key("TK1.public")), "the body has a line end at its end that was not signed");
    const auto said = [&](const std::string& what) {
        return "HTTP/1.1 200 OK\nalipay-timestamp: 1790000000000\nalipay-nonce: n\nalipay-signature: " +
               signed_with("TK2.private", "1790000000000\nn\n" + body + "\n") + "\n\n" + what;
    };
    EXPECT_EQ(told(said(body), with_key("TK2.public")).verdict, signature_verdict::right);
    EXPECT_EQ(told(said(body + "x"), with_key("TK2.public")).verdict, signature_verdict::wrong);
}

/// They prove nothing, and the tool says so.
TEST(GatewayExplain, AnswersThatNobodySignsAreTold) {
    const auto note = [](const std::string& message) {
        const auto read = read_captured_http(message).value();
        const auto what = find_signed(read, {}).value();
        EXPECT_EQ(explain(read, what, with_key("TK2.public")).verdict, signature_verdict::not_judged) << message;
        return what.note;
    };
    EXPECT_NE(
        note("HTTP/1.1 200 OK\n\n{\"errCode\":\"SUCCESS\",\"billStatus\":\"PAID\"}").find("netpay does not sign"),
        std::string::npos);
    EXPECT_NE(note("HTTP/1.1 401 Unauthorized\nRequest-Id: 08F-268435461\n\n{\"code\":\"SIGN_ERROR\",\"detail\":"
                   "{\"sign_information\":{}}}")
                  .find("detail.sign_information"),
        std::string::npos);
}

TEST(GatewayExplain, ShowsNoPaymentCode) {
    EXPECT_EQ(without_payment_code(R"({"payer":{"auth_code":"134567890123456789"}})"),
        R"({"payer":{"auth_code":"13**************89"}})");
    EXPECT_EQ(without_payment_code("auth_code=285712345678901234&x=1"), "auth_code=28**************34&x=1");
}

TEST(GatewayExplain, WhatIsNoMessageIsRefused) {
    for (const char* text : {"", " \n", "hello", "GET / HTTP/1.1\n\n", "{\"a\":1}"}) {
        const auto read = read_captured_http(text);
        EXPECT_FALSE(read && find_signed(*read, {})) << text;
    }
    EXPECT_FALSE(read_captured_http("HTTP/1.1 200 OK\nno field here\n\n"));
    const auto bare = read_captured_http("HTTP/1.1 200 OK\nWechatpay-Signature: x\n\n{}").value();
    EXPECT_FALSE(find_signed(bare, {}).value().note.empty()) << "three of four headers are missing";
}

} // namespace
} // namespace cipherlane::cli
