// Answers and notices of each gateway with each member spoilt in each way, signed all the same: what is not as it
// must be is refused by its name, and no order becomes what it is not.
#include "gateway-sim/notifier.hpp"
#include "gateway-sim/test_certificate.hpp"
#include "running_gateway.hpp"

#include <cipherlane/core/base64.hpp>
#include <cipherlane/hostlink/errc.hpp>
#include <cipherlane/net/transport.hpp>

#include <boost/asio/io_context.hpp>
#include <gtest/gtest.h>

#include <algorithm>
#include <functional>

namespace cipherlane::tests {
namespace {

using namespace std::chrono_literals;
using json = nlohmann::ordered_json;
using pointer = json::json_pointer;
namespace wechat = hostlink::wechat;
namespace alipay = hostlink::alipay;
namespace unionpay = hostlink::unionpay;
namespace netpay = hostlink::netpay;

/// What becomes of a member that is not as it should be.
enum class weight : std::uint8_t {
    must, ///< compared, or decides: nothing else will do
    name, ///< a text that is taken over: another one is believed; none, a long one and one with a line end are not
    sum,  ///< a number that is told, and that the flow compares: another one is believed
    told, ///< a text, whatever it says
    may,  ///< a text that may be missing; with another word, or of another kind, it is refused
    text, ///< a text that may be missing or say anything; of another kind it is refused
    hint, ///< anything, and says nothing
};

/// A member of a message, "/amount/total".
struct member {
    const char* at;
    weight how;
    const char* named = ""; ///< by errors, besides its last part; several with blanks between
};

struct spoiling {
    const char* how;
    json value;     ///< discarded: the member goes
    bool in_a_form; ///< where all values are texts
};

const std::vector<spoiling>& spoilings() {
    static const std::vector<spoiling> all{{"missing", json(json::value_t::discarded), true},
        {"null", nullptr, false}, {"number", 5, false}, {"negative", -1, false}, {"fraction", 19.9, false},
        {"huge", 1'000'000'000'000'000'000, false}, {"true", true, false}, {"list", json::array(), false},
        {"object", json::object(), false}, {"empty", "", true}, {"another", "OTHER", true},
        {"long", std::string(2'000, 'x'), true}, {"line end", "a\nb", true}};
    return all;
}

enum class expected : std::uint8_t { refused, the_same, believed };

expected of(weight how, std::string_view spoilt) {
    const bool gone = spoilt == "missing" || spoilt == "null";
    const bool text = spoilt == "empty" || spoilt == "another" || spoilt == "long" || spoilt == "line end";
    switch (how) {
    case weight::must: return expected::refused;
    case weight::name: return spoilt == "another" ? expected::believed : expected::refused;
    case weight::sum: return spoilt == "number" ? expected::believed : expected::refused;
    case weight::told: return text ? expected::the_same : expected::refused;
    case weight::may: return gone || spoilt == "empty" ? expected::the_same : expected::refused;
    case weight::text: return gone || text ? expected::the_same : expected::refused;
    case weight::hint: break;
    }
    return expected::the_same;
}

/// What was told.
struct said {
    bool good = false;
    std::string words;
    std::string field; ///< of the error; empty, too, where a genuine message tells nothing
    bool undecided = true;

    said(const result<ports::qr_order>& told)
        : good(told) {
        if (!told) fail(told.error());
        if (!told) return;
        words = told->order_number + " " + std::string(to_string(told->state)) + " " + told->code_url;
    }
    said(const result<ports::qr_order_status>& told)
        : good(told) {
        if (!told) fail(told.error());
        if (told) take(*told);
    }
    said(const result<std::optional<ports::qr_order_status>>& told)
        : good(told && *told) {
        if (!told) fail(told.error());
        if (good) take(**told);
    }

  private:
    void fail(const error& why) {
        field = why.field();
        words = why.to_string();
        undecided = why.is(condition::outcome_unknown) || why.is(condition::bad_message);
    }
    void take(const ports::qr_order_status& told) {
        words = told.order_number + " " + std::string(to_string(told.state)) + " " + told.paid.to_string() + " " +
                told.transaction_number + " " + told.merchant_id;
    }
};

bool names(const std::string& field, const member& one) {
    const std::string at(one.at);
    const auto last = at.substr(at.rfind('/') + 1);
    if (field == last || field.ends_with("." + last)) return true;
    return !field.empty() && (" " + std::string(one.named) + " ").find(" " + field + " ") != std::string::npos;
}

enum class form : std::uint8_t { json, fields };

/// Each member of `good` in each way. @param ask what is told where the message is this.
void sweep(const char* message, const json& good, const std::vector<member>& members, form kind,
    const std::function<said(const json&)>& ask) {
    SCOPED_TRACE(message);
    const auto right = ask(good);
    ASSERT_TRUE(right.good) << right.words;
    const auto leaves = good.flatten();
    for (auto leaf = leaves.begin(); leaf != leaves.end(); ++leaf) {
        const std::string& at = leaf.key();
        const bool known = std::any_of(members.begin(), members.end(), [&](const member& one) {
            return at == one.at || (one.how == weight::hint && at.starts_with(std::string(one.at) + "/"));
        });
        EXPECT_TRUE(known) << at << " is in no row";
    }
    for (const auto& one : members) {
        for (const auto& [how, value, in_a_form] : spoilings()) {
            if (kind == form::fields && !in_a_form) continue;
            auto spoilt = good;
            const pointer at(one.at);
            if (value.is_discarded()) {
                spoilt[at.parent_pointer()].erase(at.back());
            } else {
                spoilt[at] = value;
            }
            const auto wanted = of(one.how, how);
            if (wanted == expected::believed) continue;
            const auto told = ask(spoilt);
            if (wanted == expected::the_same) {
                EXPECT_EQ(told.words, right.words) << one.at << " " << how;
                continue;
            }
            EXPECT_FALSE(told.good) << one.at << " " << how << ": " << told.words;
            EXPECT_TRUE(told.undecided) << one.at << " " << how << ": " << told.words;
            const bool nothing = told.words.empty(); // genuine, and not about a payment
            EXPECT_TRUE(nothing || names(told.field, one)) << one.at << " " << how << ": " << told.words;
        }
    }
    auto turned = json::object();
    for (auto one = good.rbegin(); one != good.rend(); ++one)
        turned[one.key()] = one.value();
    EXPECT_EQ(ask(turned).words, right.words) << "members in another order";
}

/// A connection to whoever answers what `answer` makes of each request.
class canned_wire final : public net::transport {
  public:
    explicit canned_wire(std::function<std::string(const std::string&)> answer)
        : answer_(std::move(answer)) {}
    result<void> write(byte_view data, const call&) override {
        said_ = answer_(std::string(as_text(data)));
        return {};
    }
    result<std::size_t> read_some(byte_span into, const call&) override {
        const auto size = std::min(into.size(), said_.size());
        std::copy_n(said_.begin(), size, into.begin());
        said_.erase(0, size);
        return size;
    }
    void async_write(byte_view, net::completion<void>) override { throw std::logic_error("used blocking"); }
    void async_read_some(byte_span, net::completion<std::size_t>) override {
        throw std::logic_error("used blocking");
    }
    void cancel() noexcept override {}
    void close() noexcept override {}
    [[nodiscard]] bool is_open() const noexcept override { return true; }
    [[nodiscard]] boost::asio::any_io_executor get_executor() override {
        static boost::asio::io_context none;
        return none.get_executor();
    }
    [[nodiscard]] std::string_view endpoint() const noexcept override { return "canned"; }

  private:
    std::function<std::string(const std::string&)> answer_;
    std::string said_;
};

/// Answers by verb; what a gateway's own form makes of them the gateway's talk says.
class talk {
  public:
    talk() = default;
    talk(const talk&) = delete;
    talk& operator=(const talk&) = delete;
    virtual ~talk() = default;

    std::map<std::string, json> bodies;
    std::string more;                                ///< put in front of all other members, as it is
    std::function<void(std::string& answer)> change; ///< of a whole answer

  protected:
    [[nodiscard]] virtual std::string verb_of(const std::string& request) const = 0;
    [[nodiscard]] virtual std::string answer_with(const std::string& request, const json& body) const = 0;

    [[nodiscard]] hostlink::host_connector connect() {
        return [this](const call&) -> result<std::unique_ptr<net::transport>> {
            return std::unique_ptr<net::transport>(std::make_unique<canned_wire>([this](const std::string& request) {
                auto whole = answer_with(request, bodies.at(verb_of(request)));
                if (change) change(whole);
                return whole;
            }));
        };
    }
    [[nodiscard]] std::string text_of(const json& body) const {
        auto text = body.dump();
        if (!more.empty()) text.insert(1, more);
        return text;
    }
    template <class Settings>
    static Settings settings() {
        Settings made;
        made.address = "127.0.0.1:1"; // never connected to
        made.merchant_id = till_merchant;
        if constexpr (requires { made.refund_poll; }) made.refund_poll = 1h; // never asked twice
        if constexpr (requires { made.longest_way; }) made.longest_way = 1h;
        return made;
    }
    static std::string http(const std::string& body, const std::string& header = {}) {
        return "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n" + header +
               "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
    }
};

/// Asks with one body in the place of a verb's.
template <class Ask>
std::function<said(const json&)> with(talk& of, const std::string& verb, Ask ask) {
    return [&of, verb, ask](const json& body) {
        const auto kept = of.bodies[verb];
        of.bodies[verb] = body;
        said told = ask();
        of.bodies[verb] = kept;
        return told;
    };
}

/// A member that is there twice makes an answer none.
template <class Ask>
void expect_twice_refused(talk& of, const json& body, Ask ask) {
    for (const auto& [name, value] : body.items()) {
        of.more = "\"" + name + "\":\"OTHER\",";
        const said told = ask();
        EXPECT_FALSE(told.good) << name << " is there twice: " << told.words;
        EXPECT_TRUE(told.undecided) << told.words;
    }
    of.more.clear();
}

std::string now_text(std::chrono::seconds offset = 0s) {
    const auto since = std::chrono::system_clock::now().time_since_epoch();
    return std::to_string((std::chrono::duration_cast<std::chrono::seconds>(since) + offset).count());
}

std::string signed_by(const std::string& key_file, std::string_view text) {
    static std::map<std::string, std::unique_ptr<hostlink::key_signer>> signers;
    auto& signer = signers[key_file];
    if (!signer) signer = hostlink::key_signer::create(whole_file(key_file)).value();
    return to_base64(signer->sign(as_bytes(text)).value());
}

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

/// Forms: notices, and UnionPay's answers.
using fields_of = hostlink::parameters;
fields_of fields(const json& body) {
    fields_of all;
    for (const auto& [name, value] : body.items())
        all[name] = value.get<std::string>();
    return all;
}

/// Each field twice.
void expect_field_twice_refused(const json& good, const std::function<said(const std::string& more)>& read) {
    for (const auto& [name, value] : good.items()) {
        const auto told = read("&" + name + "=OTHER");
        EXPECT_FALSE(told.good) << name;
        EXPECT_EQ(told.field, name) << told.words;
    }
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
} // namespace cipherlane::tests
