// Answers and notices of UnionPay, netpay and the SDK's own interface with each member spoilt in each way, signed all
// the same: what is not as it must be is refused by its name, and no order becomes what it is not.
#include "gateway-sim/notifier.hpp"
#include "gateway-sim/test_certificate.hpp"
#include "spoilt_messages.hpp"

namespace cipherlane::tests::bad_input {
namespace {

namespace unionpay = hostlink::unionpay;
namespace netpay = hostlink::netpay;

// UnionPay:

std::string with_crlf(std::string pem) {
    for (auto at = pem.find('\n'); at != std::string::npos; at = pem.find('\n', at + 2))
        pem.insert(at, "\r");
    return pem;
}

class unionpay_talk final : public talk {
  public:
    unionpay_talk() {
        (void)make_unionpay_gateway(); // makes the keys
        certificate = with_crlf(whole_file(unionpay_key_file("platform_certificate.pem")));
        const json common{{"merId", "777290058110048"}, {"version", "5.1.0"}, {"encoding", "UTF-8"},
            {"signMethod", "01"}, {"accessType", "0"}, {"bizType", "000000"}, {"respMsg", "成功[0000000]"},
            {"respCode", "00"}};
        const auto made = [&](const std::string& type, const std::string& kind, const std::string& order, json more) {
            auto all = common;
            all.update(
                json{{"txnType", type}, {"txnSubType", kind}, {"orderId", order}, {"txnTime", "20260921221320"}});
            all.update(more);
            return all;
        };
        const json paid{{"txnAmt", "1990"}, {"currencyCode", "156"}, {"queryId", "482609212213"}};
        bodies["01/07"] = made("01", "07", number, {{"qrCode", "https://qr.95516.com/1"}});
        bodies["01/06"] = made("01", "06", number, paid);
        auto asked = paid;
        asked["origRespCode"] = "00";
        bodies["00/00"] = made("01", "07", number, asked);
        bodies["04/00"] = made("04", "00", "R" + number, json::object());
        asked["txnAmt"] = "500";
        bodies["refund query"] = made("04", "00", "R" + number, asked);
        std::shared_ptr<hostlink::request_signer> signer =
            hostlink::key_signer::create(whole_file(unionpay_key_file("merchant_key.pem"))).value();
        client = unionpay::gateway::create(settings<unionpay::gateway_settings>(), unionpay_test_platform(), signer,
            nullptr, logger::none(), connect())
                     .value();
    }
    inline static const std::string number = "TEST000120260921221320AB12CD";
    std::string certificate;
    std::string key = "platform_key.pem";
    std::unique_ptr<unionpay::gateway> client;

    [[nodiscard]] fields_of signed_fields(const json& body) const {
        auto all = fields(body);
        all["signPubKeyCert"] = certificate;
        const auto text = unionpay::hashed(unionpay::message_text(all)).value();
        all["signature"] = signed_by(unionpay_key_file(key.c_str()), text);
        return all;
    }

  private:
    static std::string value_in(const std::string& request, const std::string& name) {
        const auto from = request.find("&" + name + "=") + name.size() + 2;
        return request.substr(from, request.find('&', from) - from);
    }
    std::string verb_of(const std::string& request) const override {
        const auto kind = value_in(request, "txnType") + "/" + value_in(request, "txnSubType");
        return kind == "00/00" && value_in(request, "orderId").starts_with("R") ? "refund query" : kind;
    }
    std::string answer_with(const std::string&, const json& body) const override {
        return http(hostlink::joined(signed_fields(body), {}, hostlink::empty_values::kept) + more);
    }
};

/// What each answer has, and what `more` adds.
std::vector<member> unionpay_answer(weight type, std::vector<member> more) {
    std::vector<member> all{{"/merId", weight::must}, {"/version", weight::hint}, {"/encoding", weight::hint},
        {"/signMethod", weight::hint}, {"/accessType", weight::hint}, {"/bizType", weight::hint},
        {"/respMsg", weight::hint}, {"/respCode", weight::must}, {"/txnType", type}, {"/txnSubType", type},
        {"/orderId", weight::must}, {"/txnTime", weight::must}};
    all.insert(all.end(), more.begin(), more.end());
    return all;
}

TEST(BadInput, InUnionpaysAnswersIsRefusedByItsName) {
    unionpay_talk of;
    auto& at = *of.client;
    const std::string& number = unionpay_talk::number;
    const member sum{"/txnAmt", weight::must};
    const member unit{"/currencyCode", weight::must};
    sweep("create", of.bodies["01/07"], unionpay_answer(weight::must, {{"/qrCode", weight::name}}), form::fields,
        with(of, "01/07", [&] {
            return at.create({number, amount(1990)}, call(30s));
        }));
    const auto query = [&] { return at.query(number, call(30s)); };
    const auto asked =
        unionpay_answer(weight::hint, {sum, unit, {"/queryId", weight::name}, {"/origRespCode", weight::must}});
    sweep("query", of.bodies["00/00"], asked, form::fields, with(of, "00/00", query));
    for (const auto& [name, value] : of.bodies["00/00"].items()) {
        of.more = "&" + name + "=OTHER";
        const said told = query();
        EXPECT_EQ(told.field, name) << told.words;
    }
    of.more.clear();
    sweep("refund", of.bodies["04/00"], unionpay_answer(weight::must, std::vector<member>()), form::fields,
        with(of, "04/00", [&] {
            return at.refund({number, "R" + number, amount(500)}, call(30s));
        }));
    sweep("refund query", of.bodies["refund query"],
        unionpay_answer(weight::hint, {sum, unit, {"/queryId", weight::hint}, {"/origRespCode", weight::must}}),
        form::fields, with(of, "refund query", [&] {
            return at.refund({number, "R" + number, amount(500)}, call(30s));
        }));
    // Its own query would tell what the answer leaves out.
    of.bodies["00/00"]["respCode"] = "34";
    sweep("charge", of.bodies["01/06"],
        unionpay_answer(weight::must,
            {sum, {"/currencyCode", weight::must, "order_number"}, {"/queryId", weight::name, "order_number"}}),
        form::fields, with(of, "01/06", [&] {
            return at.charge({number, amount(1990), wiped_text("62")}, call(30s));
        }));
}

TEST(BadInput, AWrongKeyAtUnionpayIsNamed) {
    unionpay_talk of;
    date_answers(of, 360s);
    const auto kept = of.bodies["01/07"];
    of.bodies["01/07"]["respCode"] = "11";
    const said told = of.client->create({unionpay_talk::number, amount(1990)}, call(30s));
    EXPECT_FALSE(told.good);
    EXPECT_FALSE(told.undecided) << "nothing was begun";
    EXPECT_EQ(told.field, "sign_certificate or merchant_key") << told.words;
    expect_offset(*of.client, 360s);
    of.bodies["01/07"] = kept;
    EXPECT_TRUE(of.client->create({unionpay_talk::number, amount(1990)}, call(30s)));
}

TEST(BadInput, ACertificateOfAnotherIsRefusedByItsRule) {
    unionpay_talk of;
    const auto refused = [&](const std::string& field, std::string_view rule) {
        const said told = of.client->query(unionpay_talk::number, call(30s));
        EXPECT_FALSE(told.good) << rule;
        EXPECT_EQ(told.field, field) << told.words;
        EXPECT_NE(told.words.find(rule), std::string::npos) << told.words;
    };
    const auto key = whole_file(unionpay_key_file("platform_key.pem"));
    const auto root = whole_file(unionpay_key_file("root.pem"));
    const auto root_key = whole_file(unionpay_key_file("root_key.pem"));
    const std::string owner = "041@8310000000083040@中国银联股份有限公司@00016495";
    of.certificate = with_crlf(sim::make_test_certificate(key, owner, 5, {}, {}));
    refused("signPubKeyCert", "leads to none of the roots");
    of.certificate = with_crlf(sim::make_test_certificate(key, "041@1@another@1", 5, root, root_key));
    refused("signPubKeyCert", "another's");
    of.certificate = with_crlf(whole_file(unionpay_key_file("merchant_certificate.pem")));
    of.key = "merchant_key.pem";
    refused("signPubKeyCert", "another's");
    const auto all = source_file("tests/vectors/gateways.txt");
    const std::string name = "\nU1.certificate\t"; // of UnionPay's test system, until 2025
    const auto from = all.find(name) + name.size();
    of.certificate = "-----BEGIN CERTIFICATE-----\r\n" + all.substr(from, all.find('\n', from) - from) +
                     "\r\n-----END CERTIFICATE-----";
    refused("signPubKeyCert", "has expired");
    of.certificate = "none";
    refused("signPubKeyCert", "expected a certificate");
    of.certificate = with_crlf(whole_file(unionpay_key_file("platform_certificate.pem")));
    refused("signature", "unionpay");
}

TEST(BadInput, InUnionpaysNoticesIsRefusedByItsName) {
    const unionpay_talk of;
    const auto reader = unionpay::make_notice_reader(unionpay_test_platform());
    reader->expect_merchant(till_merchant);
    const json good{{"merId", "777290058110048"}, {"orderId", unionpay_talk::number}, {"txnTime", "20260921221320"},
        {"txnType", "01"}, {"txnSubType", "07"}, {"respCode", "00"}, {"respMsg", "Success!"}, {"txnAmt", "1990"},
        {"currencyCode", "156"}, {"queryId", "482609212213"}, {"settleAmt", "1990"}, {"signMethod", "01"},
        {"version", "5.1.0"}};
    const auto form_of = [&](const json& body) { return hostlink::write_form(of.signed_fields(body)); };
    sweep("notice", good,
        {{"/merId", weight::must}, {"/orderId", weight::must}, {"/txnTime", weight::must, "orderId"},
            {"/txnType", weight::must}, {"/txnSubType", weight::hint}, {"/respCode", weight::must},
            {"/respMsg", weight::hint}, {"/txnAmt", weight::must}, {"/currencyCode", weight::must},
            {"/queryId", weight::name}, {"/settleAmt", weight::hint}, {"/signMethod", weight::hint},
            {"/version", weight::hint}},
        form::fields, [&](const json& body) -> said { return reader->read({}, form_of(body)); });
    expect_field_twice_refused(
        good, [&](const std::string& more) -> said { return reader->read({}, form_of(good) + more); });
}

// 银联商务:

class netpay_talk final : public talk {
  public:
    netpay_talk() {
        (void)make_netpay_gateway(); // makes the keys
        const json common{{"errCode", "SUCCESS"}, {"errMsg", "ok"}, {"mid", "898340149000005"}, {"tid", "88880001"},
            {"billNo", "3194TEST0001260921221320AB12CD"}, {"billDate", "2026-09-21"}};
        const auto made = [&](json more) {
            auto all = common;
            all.update(more);
            return all;
        };
        bodies["get-qrcode"] = made({{"billQRCode", "https://qr-test2.chinaums.com/bills/qrCode.do?id=1"}});
        bodies["bills/query"] = made({{"billStatus", "PAID"}, {"totalAmount", 1990}, {"currency", "CNY"},
            {"billPayment", {{"status", "TRADE_SUCCESS"}, {"targetOrderId", "42001"}, {"targetSys", "WXPay"}}}});
        bodies["bills/refund"] = made({{"refundOrderId", "3194RTEST0001260921221320AB12CD"}, {"refundAmount", 500},
            {"refundStatus", "SUCCESS"}});
        bodies["transaction/pay"] = json{{"errCode", "00"}, {"orderId", "2026"}};
        bodies["transaction/query"] = json{{"errCode", "00"}, {"merchantOrderId", "3194TEST0001260921221320AB12CD"},
            {"queryResCode", "0"}, {"queryResDesc", "成功"}, {"originalTransactionAmount", 1990},
            {"transactionCurrencyCode", "156"}, {"orderId", "2026092116"}};
        hostlink::netpay::merchant who;
        who.app_id = "10037e6f6823b20801682b6a5e5a0006";
        who.mid = "898340149000005";
        who.tid = "88880001";
        who.source = "3194";
        const auto key = [](const char* name) { return secret_bytes(as_bytes(whole_file(netpay_key_file(name)))); };
        known = netpay::platform::create(who, key("app.key"), key("notice.key")).value();
        client = netpay::gateway::create(
            settings<netpay::gateway_settings>(), known, clock_, nullptr, logger::none(), connect())
                     .value();
    }
    inline static const std::string number = "TEST000120260921221320AB12CD";
    std::shared_ptr<const netpay::platform> known;
    std::unique_ptr<netpay::gateway> client;

  private:
    std::string verb_of(const std::string& request) const override {
        const auto line = request.substr(0, request.find(" HTTP/"));
        for (const auto& one : bodies)
            if (line.ends_with("/" + one.first)) return one.first;
        return {};
    }
    std::string answer_with(const std::string&, const json& body) const override { return http(text_of(body)); }

    ports::system_clock clock_;
};

std::vector<member> netpay_bill(std::vector<member> more) {
    std::vector<member> all{{"/errCode", weight::must}, {"/errMsg", weight::hint}, {"/mid", weight::must},
        {"/tid", weight::must}, {"/billNo", weight::must}, {"/billDate", weight::must}};
    all.insert(all.end(), more.begin(), more.end());
    return all;
}

TEST(BadInput, AWrongClockOrKeyAtNetpayIsNamed) {
    netpay_talk of;
    date_answers(of, 360s);
    const auto kept = of.bodies["get-qrcode"];
    for (const auto& [word, field] : std::initializer_list<std::pair<const char*, const char*>>{
             {"ABNORMAL_REQUEST_TIME", "clock"}, {"BAD_SIGN", "app_id or app_key"}, {"NO_MERCHANT", "errCode"}}) {
        of.bodies["get-qrcode"]["errCode"] = word;
        const said told = of.client->create({netpay_talk::number, amount(1990)}, call(30s));
        EXPECT_FALSE(told.good) << word;
        EXPECT_FALSE(told.undecided) << word << ": nothing was begun";
        EXPECT_EQ(told.field, field) << told.words;
    }
    expect_offset(*of.client, 360s);
    of.bodies["get-qrcode"] = kept;
    EXPECT_TRUE(of.client->create({netpay_talk::number, amount(1990)}, call(30s)));
}

TEST(BadInput, InNetpaysAnswersIsRefusedByItsName) {
    netpay_talk of;
    auto& at = *of.client;
    const std::string& number = netpay_talk::number;
    sweep("create", of.bodies["get-qrcode"], netpay_bill({{"/billQRCode", weight::name}}), form::json,
        with(of, "get-qrcode", [&] {
            return at.create({number, amount(1990)}, call(30s));
        }));
    const auto query = [&] { return at.query(number, call(30s)); };
    sweep("query", of.bodies["bills/query"],
        netpay_bill({{"/billStatus", weight::must}, {"/totalAmount", weight::sum}, {"/currency", weight::may},
            {"/billPayment", weight::must, "targetOrderId"}, {"/billPayment/status", weight::may},
            {"/billPayment/targetOrderId", weight::name}, {"/billPayment/targetSys", weight::hint}}),
        form::json, with(of, "bills/query", query));
    expect_twice_refused(of, of.bodies["bills/query"], query);
    sweep("refund", of.bodies["bills/refund"],
        netpay_bill(
            {{"/refundOrderId", weight::must}, {"/refundAmount", weight::must}, {"/refundStatus", weight::must}}),
        form::json, with(of, "bills/refund", [&] {
            return at.refund({number, "R" + number, amount(500)}, call(30s));
        }));
    const auto charge = [&] { return at.charge({number, amount(1990), wiped_text("13")}, call(30s)); };
    sweep("pay", of.bodies["transaction/pay"], {{"/errCode", weight::hint}, {"/orderId", weight::hint}}, form::json,
        with(of, "transaction/pay", charge));
    sweep("charge's query", of.bodies["transaction/query"],
        {{"/errCode", weight::must}, {"/merchantOrderId", weight::must}, {"/queryResCode", weight::must},
            {"/queryResDesc", weight::hint}, {"/originalTransactionAmount", weight::must},
            {"/transactionCurrencyCode", weight::may}, {"/orderId", weight::name}},
        form::json, with(of, "transaction/query", charge));
}

TEST(BadInput, InNetpaysNoticesIsRefusedByItsName) {
    const netpay_talk of;
    const auto reader = netpay::make_notice_reader(of.known);
    reader->expect_merchant(till_merchant);
    const json good{{"mid", "898340149000005"}, {"tid", "88880001"}, {"instMid", "QRPAYDEFAULT"},
        {"billNo", "3194TEST0001260921221320AB12CD"}, {"billDate", "2026-09-21"}, {"billStatus", "PAID"},
        {"totalAmount", "1990"}, {"currency", "CNY"}, {"billDesc", "咖啡"}, {"notifyId", "1"},
        {"billPayment", R"({"status":"TRADE_SUCCESS","targetOrderId":"42001"})"}, {"signType", "SHA256"}};
    std::string key = "notice.key";
    const auto form_of = [&](const json& body) {
        auto all = fields(body);
        all["sign"] =
            netpay::notice_signature(whole_file(netpay_key_file(key.c_str())), all, netpay::notice_digest::sha256)
                .value();
        return hostlink::write_form(all);
    };
    sweep("notice", good,
        {{"/mid", weight::must}, {"/tid", weight::must}, {"/instMid", weight::must}, {"/billNo", weight::must},
            {"/billDate", weight::must}, {"/billStatus", weight::must}, {"/totalAmount", weight::must},
            {"/currency", weight::may}, {"/billDesc", weight::hint}, {"/notifyId", weight::hint},
            {"/billPayment", weight::must}, {"/signType", weight::must}},
        form::fields, [&](const json& body) -> said { return reader->read({}, form_of(body)); });
    expect_field_twice_refused(
        good, [&](const std::string& more) -> said { return reader->read({}, form_of(good) + more); });
    key = "app.key";
    EXPECT_EQ(said(reader->read({}, form_of(good))).field, "sign") << "another key";
}

// The SDK's own interface:

class own_talk final : public talk {
  public:
    own_talk() {
        bodies["order"] = json{{"order_number", "ORDER-1"}, {"merchant_id", till_merchant},
            {"terminal_id", "TEST0001"}, {"amount", 1990}, {"currency", "156"}, {"subject", "s"}, {"status", "paid"},
            {"code_url", "https://pay.example/1"}, {"created_at", 1}, {"expires_at", 1'795'225'880},
            {"transaction_number", "T1"}, {"paid_at", 2}, {"refunded", 0}};
        bodies["refund"] = bodies["order"];
        bodies["refund"]["refund_number"] = "REFUND-1";
        client = hostlink::http_gateway::create(
            settings<hostlink::http_gateway_settings>(), nullptr, logger::none(), connect())
                     .value();
    }
    std::unique_ptr<hostlink::http_gateway> client;

  private:
    std::string verb_of(const std::string& request) const override {
        return request.substr(0, request.find('\r')).find("/refund ") == std::string::npos ? "order" : "refund";
    }
    std::string answer_with(const std::string&, const json& body) const override { return http(text_of(body)); }
};

std::vector<member> own_order(weight total, weight code, weight payment, weight terminal) {
    return {{"/order_number", weight::must}, {"/merchant_id", weight::must}, {"/terminal_id", terminal},
        {"/amount", total}, {"/currency", weight::must}, {"/subject", weight::hint}, {"/status", weight::must},
        {"/code_url", code}, {"/created_at", weight::hint},
        {"/expires_at", code == weight::hint ? weight::hint : weight::sum}, {"/transaction_number", payment},
        {"/paid_at", weight::hint}, {"/refunded", weight::hint}};
}

TEST(BadInput, InAnswersOfTheOwnInterfaceIsRefusedByItsName) {
    own_talk of;
    auto& at = *of.client;
    using enum weight;
    sweep("create", of.bodies["order"], own_order(must, name, hint, hint), form::json, with(of, "order", [&] {
        return at.create({"ORDER-1", amount(1990)}, call(30s));
    }));
    const auto query = [&] { return at.query("ORDER-1", call(30s)); };
    sweep("query", of.bodies["order"], own_order(sum, hint, name, told), form::json, with(of, "order", query));
    expect_twice_refused(of, of.bodies["order"], query);
    auto refund = own_order(sum, hint, name, told);
    refund.push_back({"/refund_number", must});
    sweep("refund", of.bodies["refund"], refund, form::json, with(of, "refund", [&] {
        return at.refund({"ORDER-1", "REFUND-1", amount(500)}, call(30s));
    }));
}

TEST(BadInput, InNoticesOfTheOwnInterfaceIsRefusedByItsName) {
    const own_talk of;
    const auto key = std::make_shared<const sim::notification_signer>(sim::notification_signer::create().value());
    const auto sign = sim::signing_with(key);
    const ports::system_clock clock;
    const auto reader =
        hostlink::make_notice_reader(hostlink::notification_verifier::create(key->public_pem(), clock).value());
    reader->expect_merchant(till_merchant);
    const json good{{"notification_id", "1"}, {"event", "paid"}, {"order", of.bodies.at("order")}};
    using enum weight;
    sweep("notice", good,
        {{"/notification_id", hint}, {"/event", must}, {"/order", must, "order_number"},
            {"/order/order_number", name}, {"/order/merchant_id", must}, {"/order/terminal_id", told},
            {"/order/amount", sum}, {"/order/currency", must}, {"/order/subject", hint}, {"/order/status", must},
            {"/order/code_url", hint}, {"/order/created_at", hint}, {"/order/expires_at", hint},
            {"/order/transaction_number", name}, {"/order/paid_at", hint}, {"/order/refunded", hint}},
        form::json, [&](const json& body) -> said {
            const auto text = body.dump();
            hostlink::http_fields fields;
            for (const auto& [name, value] : sign(text, sim::signature::right))
                fields.add(name, value);
            return reader->read(fields, text);
        });
}

} // namespace
} // namespace cipherlane::tests::bad_input
