// Answers and notices of WeChat Pay and Alipay with each member spoilt in each way, signed all the
// same: what is not as it must be is refused by its name, and no order becomes what it is not.
#include "spoilt_messages.hpp"

namespace cipherlane::tests::bad_input {
namespace {

namespace wechat = hostlink::wechat;
namespace alipay = hostlink::alipay;

// WeChat Pay:

constexpr const char* wechat_key_id = "PUB_KEY_ID_0119990000012026092100000001";

std::string wechat_header(const std::string& body, const std::string& key = "platform_key.pem",
    std::chrono::seconds offset = 0s, const std::string& serial = wechat_key_id) {
    const auto timestamp = now_text(offset);
    return "Wechatpay-Timestamp: " + timestamp + "\r\nWechatpay-Nonce: n0nce\r\nWechatpay-Serial: " + serial +
           "\r\nWechatpay-Signature: " +
           signed_by(wechat_key_file(key.c_str()), wechat::answer_text(timestamp, "n0nce", body)) + "\r\n";
}

class wechat_talk final : public talk {
  public:
    wechat_talk() {
        (void)make_wechat_gateway(); // makes the keys
        bodies["create"] = json::parse(R"({"code_url":"weixin://wxpay/bizpayurl?pr=A"})");
        bodies["query"] = json::parse(
            R"({"appid":"wx0123456789abcdef","mchid":"1999000001","out_trade_no":"ORDER-1","transaction_id":"42001",)"
            R"("trade_type":"NATIVE","trade_state":"SUCCESS","trade_state_desc":"支付成功","bank_type":"OTHERS",)"
            R"("attach":"TEST0001","success_time":"2026-09-21T22:13:19+08:00","payer":{"openid":"o1"},)"
            R"("amount":{"total":1990,"payer_total":1990,"currency":"CNY","payer_currency":"CNY"}})");
        bodies["charge"] = bodies["query"];
        bodies["refund"] = json::parse(
            R"({"refund_id":"50001","out_refund_no":"REFUND-1","transaction_id":"42001","out_trade_no":"ORDER-1",)"
            R"("channel":"ORIGINAL","user_received_account":"x","create_time":"2026-09-21T22:13:20+08:00",)"
            R"("status":"SUCCESS","amount":{"total":1990,"refund":500,"payer_refund":500,"currency":"CNY"}})");
        client = make_wechat_client(settings<wechat::gateway_settings>(), nullptr, connect());
    }
    std::unique_ptr<wechat::gateway> client;
    std::function<std::string(const std::string& body)> header = [](const std::string& body) {
        return wechat_header(body);
    };

  private:
    std::string verb_of(const std::string& request) const override {
        const auto line = request.substr(0, request.find('\r'));
        if (line.find("/native ") != std::string::npos) return "create";
        if (line.find("/codepay ") != std::string::npos) return "charge";
        return line.find("/refund/") != std::string::npos ? "refund" : "query";
    }
    std::string answer_with(const std::string&, const json& body) const override {
        const auto text = text_of(body);
        return http(text, header(text));
    }
};

std::vector<member> wechat_order(weight total) {
    return {{"/appid", weight::must}, {"/mchid", weight::must}, {"/out_trade_no", weight::must},
        {"/transaction_id", weight::name}, {"/trade_type", weight::hint}, {"/trade_state", weight::must},
        {"/trade_state_desc", weight::hint}, {"/bank_type", weight::hint}, {"/attach", weight::hint},
        {"/success_time", weight::hint}, {"/payer", weight::hint}, {"/amount", weight::must, "total"},
        {"/amount/total", total}, {"/amount/payer_total", weight::hint}, {"/amount/currency", weight::must},
        {"/amount/payer_currency", weight::hint}};
}

TEST(BadInput, InWechatsAnswersIsRefusedByItsName) {
    wechat_talk of;
    auto& at = *of.client;
    const auto create = [&] { return at.create({"ORDER-1", amount(1990)}, call(30s)); };
    const auto query = [&] { return at.query("ORDER-1", call(30s)); };
    sweep("create", of.bodies["create"], {{"/code_url", weight::name}}, form::json, with(of, "create", create));
    sweep("query", of.bodies["query"], wechat_order(weight::sum), form::json, with(of, "query", query));
    expect_twice_refused(of, of.bodies["query"], query);
    sweep("charge", of.bodies["charge"], wechat_order(weight::must), form::json, with(of, "charge", [&] {
        return at.charge({"ORDER-1", amount(1990), wiped_text("13")}, call(30s));
    }));
    sweep("refund", of.bodies["refund"],
        {{"/refund_id", weight::hint}, {"/out_refund_no", weight::must}, {"/transaction_id", weight::must},
            {"/out_trade_no", weight::must}, {"/channel", weight::hint}, {"/user_received_account", weight::hint},
            {"/create_time", weight::hint}, {"/status", weight::must}, {"/amount", weight::must, "refund"},
            {"/amount/total", weight::must}, {"/amount/refund", weight::must}, {"/amount/payer_refund", weight::hint},
            {"/amount/currency", weight::must}},
        form::json, with(of, "refund", [&] {
            return at.refund({"ORDER-1", "REFUND-1", amount(500)}, call(30s));
        }));
}

/// A header of four fields: each of them missing, twice, empty, of another message; another key; another clock.
TEST(BadInput, InWechatsHeadersIsRefusedByItsName) {
    wechat_talk of;
    const auto reader = wechat::make_notice_reader(wechat_test_platform());
    const auto refused = [&](const std::string& what, const std::string& field) {
        const said answer = of.client->query("ORDER-1", call(30s));
        EXPECT_FALSE(answer.good) << what;
        EXPECT_EQ(answer.field, field) << what << ": " << answer.words;
        EXPECT_TRUE(answer.undecided) << what;
        const std::string body = "{}"; // is not looked at
        hostlink::http_fields fields;
        std::string header = of.header(body);
        for (std::size_t at = 0; at < header.size(); at = header.find("\r\n", at) + 2) {
            const auto line = header.substr(at, header.find("\r\n", at) - at);
            fields.add(line.substr(0, line.find(':')), line.substr(line.find(':') + 2));
        }
        const said notice = reader->read(fields, body);
        EXPECT_FALSE(notice.good) << what;
        EXPECT_EQ(notice.field, field) << what << ": " << notice.words;
        return answer.words;
    };
    for (const std::string name :
        {"Wechatpay-Timestamp", "Wechatpay-Nonce", "Wechatpay-Serial", "Wechatpay-Signature"}) {
        const auto edited =
            [&](const std::function<void(std::string & header, std::size_t from, std::size_t to)>& edit) {
                of.header = [edit, name](const std::string& body) {
                    auto header = wechat_header(body);
                    const auto from = header.find(name);
                    edit(header, from, header.find("\r\n", from) + 2);
                    return header;
                };
            };
        edited([](auto& header, auto from, auto to) { header.erase(from, to - from); });
        (void)refused(name + " missing", name);
        edited([](auto& header, auto from, auto to) { header += header.substr(from, to - from); });
        (void)refused(name + " twice", name);
        edited([](auto& header, auto from, auto to) {
            const auto colon = header.find(": ", from) + 2;
            header.erase(colon, to - 2 - colon);
        });
        (void)refused(name + " empty", name);
        edited([](auto& header, auto from, auto to) {
            const auto colon = header.find(": ", from) + 2;
            header.replace(colon, to - 2 - colon, std::string(3'000, 'x'));
        });
        // Of a nonce anything may be signed, and this one was not.
        (void)refused(name + " long", name == "Wechatpay-Nonce" ? "Wechatpay-Signature" : name);
    }
    const auto with = [&](const std::string& key, std::chrono::seconds offset, const std::string& serial) {
        of.header = [=](const std::string& body) { return wechat_header(body, key, offset, serial); };
    };
    with("merchant_key.pem", 0s, wechat_key_id);
    (void)refused("the merchant's own key", "Wechatpay-Signature");
    for (const auto off : {-330s, 330s}) {
        with("platform_key.pem", off, wechat_key_id);
        (void)refused("a clock that is off", "Wechatpay-Timestamp");
    }
    with("platform_key.pem", 0s, "5AF1C0DE00000000000000000000000000000001");
    EXPECT_NE(refused("the merchant's own serial", "Wechatpay-Serial").find(wechat_key_id), std::string::npos)
        << "it says which are known";
}

/// Refused before any signature counts: the clock is named where it is off, else the key and its number.
TEST(BadInput, AWrongClockOrKeyAtWechatIsNamed) {
    wechat_talk of;
    for (const auto& [offset, field] : std::initializer_list<std::pair<std::chrono::seconds, const char*>>{
             {360s, "clock"}, {-360s, "clock"}, {0s, "serial or merchant_key"}}) {
        const std::string body = R"({"code":"SIGN_ERROR","message":"no"})";
        of.change = [&, off = offset](std::string& whole) {
            whole = "HTTP/1.1 401 Unauthorized\r\n" + date_line(off) +
                    "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
        };
        const said told = of.client->charge({"ORDER-1", amount(1990), wiped_text("13")}, call(30s));
        EXPECT_FALSE(told.good);
        EXPECT_FALSE(told.undecided) << "nothing was begun";
        EXPECT_EQ(told.field, field) << told.words;
        expect_offset(*of.client, offset);
    }
    of.change = nullptr;
    EXPECT_TRUE(of.client->query("ORDER-1", call(30s))) << "the order is what it was";
}

TEST(BadInput, InWechatsNoticesIsRefusedByItsName) {
    wechat_talk of;
    const auto reader = wechat::make_notice_reader(wechat_test_platform());
    reader->expect_merchant(till_merchant);
    const auto api_key = whole_file(wechat_key_file("api_v3.key"));
    const auto read = [&](const json& outer) -> said {
        const auto body = outer.dump();
        const auto timestamp = now_text();
        hostlink::http_fields fields;
        fields.add("Wechatpay-Timestamp", timestamp);
        fields.add("Wechatpay-Nonce", "n");
        fields.add("Wechatpay-Serial", wechat_key_id);
        fields.add("Wechatpay-Signature",
            signed_by(wechat_key_file("platform_key.pem"), wechat::answer_text(timestamp, "n", body)));
        return reader->read(fields, body);
    };
    const auto sealed = [&](const json& inner) {
        wechat::sealed_resource under{"AEAD_AES_256_GCM", {}, "nonce0000001", "transaction"};
        under.ciphertext = wechat::seal_resource(as_bytes(api_key), under, inner.dump()).value();
        return json{{"id", "N-1"}, {"create_time", "2026-09-21T22:13:20+08:00"},
            {"resource_type", "encrypt-resource"}, {"event_type", "TRANSACTION.SUCCESS"}, {"summary", "支付成功"},
            {"resource",
                {{"original_type", "transaction"}, {"algorithm", under.algorithm}, {"ciphertext", under.ciphertext},
                    {"associated_data", "transaction"}, {"nonce", under.nonce}}}};
    };
    auto order = wechat_order(weight::sum);
    for (auto& one : order) // whose order it is the flow finds out
        if (std::string_view(one.at) == "/out_trade_no") one.how = weight::name;
    sweep("inside", of.bodies["query"], order, form::json, [&](const json& inner) { return read(sealed(inner)); });
    sweep("outside", sealed(of.bodies["query"]),
        {{"/id", weight::hint}, {"/create_time", weight::hint}, {"/resource_type", weight::hint},
            {"/event_type", weight::must}, {"/summary", weight::hint}, {"/resource", weight::must, "algorithm"},
            {"/resource/original_type", weight::hint}, {"/resource/algorithm", weight::must},
            {"/resource/ciphertext", weight::must}, {"/resource/associated_data", weight::must, "ciphertext"},
            {"/resource/nonce", weight::must}},
        form::json, read);
}

// Alipay:

class alipay_talk final : public talk {
  public:
    alipay_talk() {
        (void)make_alipay_gateway(); // makes the keys
        bodies["precreate"] = json::parse(
            R"({"code":"10000","msg":"Success","out_trade_no":"ORDER-1","qr_code":"https://qr.alipay.com/bax1"})");
        bodies["query"] = json::parse(
            R"({"code":"10000","msg":"Success","buyer_logon_id":"a**","out_trade_no":"ORDER-1","trade_no":"2026092122",)"
            R"("trade_status":"TRADE_SUCCESS","total_amount":"19.90","send_pay_date":"2026-09-21 22:13:19"})");
        bodies["pay"] =
            json::parse(R"({"code":"10000","msg":"Success","out_trade_no":"ORDER-1","trade_no":"2026092122",)"
                        R"("total_amount":"19.90","receipt_amount":"19.90"})");
        bodies["refund"] = json::parse(
            R"({"code":"10000","msg":"Success","out_trade_no":"ORDER-1","trade_no":"2026092122","fund_change":"Y",)"
            R"("refund_fee":"5.00"})");
        bodies["fastpay.refund.query"] =
            json::parse(R"({"code":"10000","msg":"Success","out_trade_no":"ORDER-1","out_request_no":"REFUND-1",)"
                        R"("refund_amount":"5.00","total_amount":"19.90","refund_status":"REFUND_SUCCESS"})");
        bodies["cancel"] = json::parse(
            R"({"code":"10000","msg":"Success","out_trade_no":"ORDER-1","retry_flag":"N","action":"close"})");
        client = make_alipay_client(settings<alipay::gateway_settings>(), nullptr, connect());
    }
    std::unique_ptr<alipay::gateway> client;
    std::string key = "platform_key.pem";

  private:
    std::string verb_of(const std::string& request) const override {
        constexpr std::string_view method = "method=alipay.trade.";
        const auto from = request.find(method) + method.size();
        return request.substr(from, request.find('&', from) - from);
    }
    std::string answer_with(const std::string& request, const json& body) const override {
        auto node = "alipay_trade_" + verb_of(request) + "_response";
        std::replace(node.begin(), node.end(), '.', '_');
        const auto text = text_of(body);
        auto sign = signed_by(alipay_key_file(key.c_str()), text);
        return http("{\"" + node + "\":" + text + ",\"sign\":\"" + sign + "\"}");
    }
};

TEST(BadInput, InAlipaysAnswersIsRefusedByItsName) {
    alipay_talk of;
    auto& at = *of.client;
    const member code{"/code", weight::must, "refund_status"};
    const member msg{"/msg", weight::hint};
    const member number{"/out_trade_no", weight::must};
    sweep("precreate", of.bodies["precreate"], {code, msg, number, {"/qr_code", weight::name}}, form::json,
        with(of, "precreate", [&] {
            return at.create({"ORDER-1", amount(1990)}, call(30s));
        }));
    const auto query = [&] { return at.query("ORDER-1", call(30s)); };
    sweep("query", of.bodies["query"],
        {code, msg, number, {"/buyer_logon_id", weight::hint}, {"/trade_no", weight::name},
            {"/trade_status", weight::must}, {"/total_amount", weight::must}, {"/send_pay_date", weight::text}},
        form::json, with(of, "query", query));
    expect_twice_refused(of, of.bodies["query"], query);
    sweep("pay", of.bodies["pay"],
        {code, msg, number, {"/trade_no", weight::name}, {"/total_amount", weight::must},
            {"/receipt_amount", weight::hint}},
        form::json, with(of, "pay", [&] {
            return at.charge({"ORDER-1", amount(1990), wiped_text("28")}, call(30s));
        }));
    const auto refund = [&] {
        ports::qr_refund_request wish("ORDER-1", "REFUND-1", amount(500));
        wish.transaction_number = "2026092122";
        return at.refund(wish, call(30s));
    };
    sweep("refund", of.bodies["refund"],
        {code, msg, number, {"/trade_no", weight::must}, {"/fund_change", weight::text},
            {"/refund_fee", weight::hint}},
        form::json, with(of, "refund", refund));
    of.bodies["refund"]["fund_change"] = "N";
    sweep("refund query", of.bodies["fastpay.refund.query"],
        {code, msg, {"/out_trade_no", weight::hint}, {"/out_request_no", weight::must},
            {"/refund_amount", weight::must}, {"/total_amount", weight::hint}, {"/refund_status", weight::must}},
        form::json, with(of, "fastpay.refund.query", refund));
    of.bodies["query"] = json::parse(R"({"code":"10000","out_trade_no":"ORDER-1","trade_status":"TRADE_CLOSED"})");
    sweep("cancel", of.bodies["cancel"],
        {code, msg, number, {"/retry_flag", weight::text}, {"/action", weight::text}}, form::json,
        with(of, "cancel", [&] { return at.reverse("ORDER-1", call(30s)); }));
}

TEST(BadInput, AWrongClockKeyOrCertificateAtAlipayIsNamed) {
    alipay_talk of;
    date_answers(of, -360s);
    const auto kept = of.bodies["pay"];
    for (const auto& [word, field] : std::initializer_list<std::pair<const char*, const char*>>{
             {"isv.invalid-timestamp", "clock"}, {"isv.invalid-signature", "merchant_key_file"},
             {"isv.invalid-app-id", "app_id"}, {"isv.invalid-alipay-root-cert-sn", "root_certificates_file"},
             {"isv.invalid-app-cert-sn", "app_certificate_file"}, {"isv.other", "code"}}) {
        of.bodies["pay"] = json{{"code", "40002"}, {"msg", "Invalid Arguments"}, {"sub_code", word}};
        const said told = of.client->charge({"ORDER-1", amount(1990), wiped_text("28")}, call(30s));
        EXPECT_FALSE(told.good) << word;
        EXPECT_FALSE(told.undecided) << word << ": nothing was begun";
        EXPECT_EQ(told.field, field) << told.words;
    }
    expect_offset(*of.client, -360s);
    of.bodies["pay"] = kept;
    EXPECT_TRUE(of.client->charge({"ORDER-1", amount(1990), wiped_text("28")}, call(30s)));
}

TEST(BadInput, AroundAlipaysAnswersIsRefused) {
    alipay_talk of;
    const auto refused = [&](const std::string& what, const std::string& field) {
        const said told = of.client->query("ORDER-1", call(30s));
        EXPECT_FALSE(told.good) << what;
        EXPECT_TRUE(told.undecided) << what;
        EXPECT_EQ(told.field, field) << what << ": " << told.words;
    };
    const auto body_is = [&](std::function<std::string(const std::string&)> edit) {
        of.change = [edit](std::string& whole) {
            const auto body = edit(whole.substr(whole.find("\r\n\r\n") + 4));
            whole = "HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
        };
    };
    const auto sign_at = [](const std::string& body) { return body.find(",\"sign\":"); };
    body_is([&](const std::string& body) { return body.substr(0, sign_at(body)) + "}"; });
    refused("no sign", "sign");
    for (const char* value : {"\"\"", "5", "null", "[]", "\"OTHER\""}) {
        body_is([&, value](
                    const std::string& body) { return body.substr(0, sign_at(body)) + ",\"sign\":" + value + "}"; });
        refused(value, "sign");
    }
    body_is([&](const std::string& body) { return body.substr(0, body.size() - 1) + body.substr(sign_at(body)); });
    refused("sign twice", "sign");
    body_is([&](const std::string& body) {
        return "{\"alipay_trade_query_response\":{\"code\":\"10000\"}," + body.substr(1);
    });
    refused("two answers", "alipay_trade_query_response");
    body_is([&](const std::string& body) { return "{\"alipay_trade_pay_response\"" + body.substr(body.find(':')); });
    refused("another's answer", "body");
    of.change = nullptr;
    of.key = "merchant_key.pem";
    refused("the application's own key", "sign");
}

TEST(BadInput, InAlipaysNoticesIsRefusedByItsName) {
    const alipay_talk of;
    hostlink::alipay::merchant who;
    who.app_id = "2026000000000001";
    who.seller_id = "2088000000000009";
    const auto reader = alipay::make_notice_reader(
        alipay::platform::with_key(who, whole_file(alipay_key_file("platform_public.pem"))).value());
    reader->expect_merchant(till_merchant);
    const json good{{"app_id", who.app_id}, {"seller_id", who.seller_id}, {"out_trade_no", "ORDER-1"},
        {"trade_no", "2026092122"}, {"trade_status", "TRADE_SUCCESS"}, {"total_amount", "19.90"},
        {"buyer_id", "2088000000000001"}, {"charset", "utf-8"}, {"subject", "咖啡 中杯+1%"}, {"notify_id", "1"},
        {"version", "1.0"}};
    std::string key = "platform_key.pem";
    const auto form_of = [&](const json& body) {
        auto all = fields(body);
        all["sign_type"] = "RSA2";
        all["sign"] = signed_by(alipay_key_file(key.c_str()), alipay::notice_texts(all).front());
        return hostlink::write_form(all);
    };
    sweep("notice", good,
        {{"/app_id", weight::must}, {"/seller_id", weight::must}, {"/out_trade_no", weight::name},
            {"/trade_no", weight::name}, {"/trade_status", weight::must}, {"/total_amount", weight::must},
            {"/buyer_id", weight::hint}, {"/charset", weight::hint}, {"/subject", weight::hint},
            {"/notify_id", weight::hint}, {"/version", weight::hint}},
        form::fields, [&](const json& body) -> said { return reader->read({}, form_of(body)); });
    expect_field_twice_refused(
        good, [&](const std::string& more) -> said { return reader->read({}, form_of(good) + more); });
    key = "merchant_key.pem";
    EXPECT_EQ(said(reader->read({}, form_of(good))).field, "sign") << "the application's own key";
    EXPECT_EQ(said(reader->read({}, hostlink::write_form(fields(good)))).field, "sign") << "none";
}

} // namespace
} // namespace cipherlane::tests::bad_input
