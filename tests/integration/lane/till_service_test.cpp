// `cipherlane till serve` over real sockets: trades, callers that go away, two at once, a service that is killed.
#include "simkit/child_process.hpp"
#include "support/http_call.hpp"
#include "support/lane_fixture.hpp"
#include "support/secret_search.hpp"
#include "support/whole_file.hpp"
#include "till_file.hpp"

#include <cipherlane/acquiring/errc.hpp>
#include <cipherlane/core/hex.hpp>
#include <cipherlane/till/clerk_book.hpp>

#include <filesystem>
#include <future>
#include <sys/stat.h>
#include <thread>

namespace cipherlane::tests {
namespace {

using namespace std::chrono_literals;
using nlohmann::json;

/// What an answer is not, by the service's own document; empty where it is.
std::string unlike(const json& document, const json& schema, const json& value, const std::string& at = "") {
    if (schema.contains("$ref")) {
        const auto name =
            schema.at("$ref").get<std::string>().substr(std::string_view("#/components/schemas/").size());
        return unlike(document, document.at("components").at("schemas").at(name), value, at);
    }
    const auto type = schema.value("type", std::string());
    const std::map<std::string, bool> is{{"object", value.is_object()}, {"array", value.is_array()},
        {"string", value.is_string()}, {"integer", value.is_number_integer()}, {"boolean", value.is_boolean()}};
    if (!is.at(type)) return at + " is no " + type + ": " + value.dump();
    if (schema.contains("enum")) {
        for (const auto& one : schema.at("enum"))
            if (one == value) return {};
        return at + " is none of its words: " + value.dump();
    }
    std::string wrong;
    if (type == "array")
        for (const auto& one : value)
            wrong += unlike(document, schema.at("items"), one, at + "[]");
    if (type != "object") return wrong;
    for (const auto& name : schema.at("required"))
        if (!value.contains(name.get<std::string>())) wrong += at + "." + name.get<std::string>() + " is missing; ";
    for (const auto& [name, part] : value.items()) {
        const auto& known = schema.at("properties");
        wrong += known.contains(name) ? unlike(document, known.at(name), part, at + "." + name)
                                      : at + "." + name + " is not in the document; ";
    }
    return wrong;
}

class TillService : public lane_fixture {
  protected:
    TillService() {
        write({});
        document = json::parse(whole_file((source_folder() / "docs/examples/till-service.openapi.json").string()));
    }
    ~TillService() override {
        if (HasFailure()) std::cout << whole_file(folder() + "/service.log");
    }

    void write(const std::vector<std::pair<std::string, std::string>>& changes) const {
        write_till_file(folder() + "/till.toml", settings(), changes);
    }
    void start(std::vector<std::string> more = {}) {
        std::vector<std::string> words{programs() + "/cipherlane", "till", "serve", folder() + "/till.toml"};
        if (more.empty()) more = {"--listen", "127.0.0.1:0", "--token-file", folder() + "/service.token"};
        words.insert(words.end(), more.begin(), more.end());
        service.emplace(sim::child_process::start(words, folder() + "/service.log").value());
        const auto at = service->await("listening", 60s);
        ASSERT_TRUE(at) << at.error() << whole_file(folder() + "/service.log");
        where = *at;
        token = whole_file(folder() + "/service.token");
    }
    /// An answer, held to the document.
    json ask(const std::string& verb, const std::string& path, const json& body = nullptr, int status = 200) {
        return read(call_http(where, verb, path, body.is_null() ? "" : body.dump(), token), verb, path, status);
    }
    json read(const http_reply& got, const std::string& verb, const std::string& path, int status) {
        seen += got.head + got.body;
        EXPECT_EQ(got.status, status) << verb << " " << path << " " << got.body;
        const auto answer = json::parse(got.body, nullptr, false);
        EXPECT_FALSE(answer.is_discarded()) << got.body;
        const auto schema = schema_of(verb, path, std::to_string(got.status));
        EXPECT_EQ(unlike(document, schema, answer, path), "") << answer.dump(2);
        return answer;
    }
    json schema_of(const std::string& verb, const std::string& path, const std::string& status) const {
        const auto end = path.find('?');
        auto segments = path.substr(0, end);
        // "/v1/terminals/TEST0001/payments/tea/receipt": what stands for a name is every second one.
        const std::string_view root = "/v1/terminals/";
        if (segments.starts_with(root)) {
            const auto rest = segments.substr(root.size());
            const auto slash = rest.find('/');
            auto made = std::string(root) + "{terminal}";
            if (slash != std::string::npos) {
                auto tail = rest.substr(slash);
                const std::pair<std::string, const char*> named[] = {
                    {"/payments/", "{key}"}, {"/notices/", "{notice}"}};
                for (const auto& [list, name] : named) {
                    if (!tail.starts_with(list)) continue;
                    const auto verb_at = tail.find('/', list.size());
                    tail = list + name + (verb_at == std::string::npos ? "" : tail.substr(verb_at));
                    break;
                }
                made += tail;
            }
            segments = made;
        }
        const auto& responses = document.at("paths").at(segments).at(verb == "GET" ? "get" : "post").at("responses");
        const auto& one = responses.contains(status) ? responses.at(status) : responses.at("default");
        return one.at("content").at("application/json").at("schema");
    }
    /// A second gateway beside the first, at which nobody listens.
    void add_a_dead_gateway() const {
        auto text = whole_file(folder() + "/till.toml");
        const std::string_view table = "[gateway]";
        text.replace(text.find(table), table.size(), "[[gateway]]\nname = 'near'\nfee_ppm = 3000");
        text += "[[gateway]]\nname = 'far'\naddress = '127.0.0.1:1'\nfee_ppm = 6000\n"
                "[routing]\ngateways = ['near', 'far']\n";
        std::ofstream(folder() + "/till.toml") << text;
    }
    static std::string payments(const std::string& rest = {}) {
        return std::string("/v1/terminals/TEST0001/payments") + (rest.empty() || rest[0] == '?' ? "" : "/") + rest;
    }
    static json sale(const std::string& key, std::int64_t minor) {
        return {{"trade", "sale"}, {"key", key}, {"amount", minor}};
    }
    /// Until the payment has come to a stage.
    bool reaches(const std::string& key, const std::string& stage) {
        for (int wait = 0; wait < 1500; ++wait) {
            const auto got = call_http(where, "GET", payments(key), {}, token);
            if (got.status == 202 && json::parse(got.body).at("stage") == stage) return true;
            std::this_thread::sleep_for(10ms);
        }
        return false;
    }
    std::size_t sales_at_the_host() {
        return around->acquirer.control().ask({{"cmd", "trades"}}).at("trades").size();
    }

    json document;
    std::optional<sim::child_process> service;
    std::string where;
    std::string token;
    std::string seen; ///< all that the service has answered
};

TEST_F(TillService, SellsDeclinesRefundsAndSettles) {
    start();
    struct ::stat about {};
    ASSERT_EQ(::stat((folder() + "/service.token").c_str(), &about), 0);
    EXPECT_EQ(about.st_mode & 07777U, 0600U);
    EXPECT_EQ(token.size(), 64U);
    raw_connection listens(where);
    ASSERT_TRUE(listens.send(http_text("GET", "/v1/events", {}, token)));
    ASSERT_NE(listens.read_until("retry"), "");
    for (int wait = 0; wait < 3000 && call_http(where, "GET", "/health", {}, token).status != 200; ++wait)
        std::this_thread::sleep_for(10ms);
    EXPECT_EQ(ask("GET", "/health").at("ready"), true);

    around->present(around->rich);
    const auto tea = ask("POST", payments(), sale("tea", 1234));
    EXPECT_EQ(tea.at("outcome"), "approved");
    EXPECT_EQ(tea.at("approved"), 1234);
    const auto again = ask("POST", payments(), sale("tea", 1234));
    EXPECT_EQ(again.at("told"), "recorded") << "no card is asked for again";
    EXPECT_EQ(again.at("handle"), tea.at("handle"));
    EXPECT_EQ(ask("POST", payments(), sale("tea", 1235), 409).at("error").at("condition"), "misuse");
    around->present(around->rich, "000000");
    const auto no = ask("POST", payments(), sale("wrong/pin", 100));
    EXPECT_EQ(no.at("outcome"), "declined");
    EXPECT_EQ(no.at("host_code"), "55");
    EXPECT_EQ(ask("GET", payments("wrong%2Fpin")).at("outcome"), "declined");
    const auto handle = std::to_string(tea.at("handle").get<int>());
    EXPECT_EQ(ask("GET", payments(handle + "?by=handle")).at("key"), "tea");
    EXPECT_EQ(ask("GET", payments("never"), nullptr, 404).at("error").at("condition"), "misuse");

    EXPECT_EQ(ask("GET", "/v1/terminals/TEST0001/records?of=untold").at("records").size(), 2U);
    EXPECT_EQ(ask("POST", payments("tea/acknowledge")).at("acknowledged"), true);
    const auto back =
        ask("POST", payments(), {{"trade", "refund"}, {"key", "back"}, {"original", "tea"}, {"amount", 234}});
    EXPECT_EQ(back.at("outcome"), "approved");
    EXPECT_EQ(ask("GET", payments("tea")).at("refunded"), 234);
    EXPECT_EQ(ask("POST", payments(), {{"trade", "void"}, {"key", "undo"}, {"original", tea.at("handle")}}, 409)
                  .at("error")
                  .at("condition"),
        "misuse")
        << "what has been refunded is not voided";
    EXPECT_NE(ask("GET", payments("tea/receipt?copy=merchant")).at("receipt").get<std::string>().find("12.34"),
        std::string::npos);
    const auto batch = ask("GET", "/v1/terminals/TEST0001/records?of=batch");
    EXPECT_EQ(batch.at("totals").at("debit").at("minor"), 1234);
    EXPECT_EQ(batch.at("records").size(), 2U);
    EXPECT_EQ(ask("POST", "/v1/terminals/TEST0001/recover").at("all_decided"), true);
    EXPECT_TRUE(ask("GET", "/v1/terminals/TEST0001/notices").at("notices").empty());
    for (const auto* const none : {"7", "seven"}) {
        const auto path = "/v1/terminals/TEST0001/notices/" + std::string(none) + "/acknowledge";
        EXPECT_EQ(ask("POST", path, nullptr, 404).at("error").at("field"), "notice");
    }
    EXPECT_EQ(ask("GET", "/v1/terminals").at("terminals").at(0).at("signed_in"), true);
    EXPECT_EQ(ask("POST", "/v1/terminals/TEST0001/ask", {{"service", "echo"}}).at("service"), "echo");
    const auto closed = ask("POST", "/v1/terminals/TEST0001/settle");
    EXPECT_EQ(closed.at("host"), "balanced");
    EXPECT_EQ(ask("GET", "/v1/terminals/TEST0001/settlement"), closed);

    const auto metrics = call_http(where, "GET", "/metrics", {}, token).body;
    for (const std::string line :
        {"cipherlane_payments_total{terminal=\"TEST0001\",trade=\"sale\",outcome=\"approved\"} 2\n",
            "cipherlane_payments_total{terminal=\"TEST0001\",trade=\"sale\",outcome=\"declined\"} 1\n",
            "cipherlane_part_ready{terminal=\"TEST0001\",part=\"pinpad\"} 1\n",
            "cipherlane_undecided{terminal=\"TEST0001\"} 0\n",
            "cipherlane_payments_under_way{terminal=\"TEST0001\"} 0\n", "cipherlane_service_streams 1\n"})
        EXPECT_NE(metrics.find(line), std::string::npos) << line << metrics;
    const auto told = listens.read_until("\"what\":\"settle\"");
    for (const auto* part : {"event: stage", "\"stage\":\"PIN\"", "event: payment", "event: entry", "event: done"})
        EXPECT_NE(told.find(part), std::string::npos) << part << told;

    secret_search search;
    for (const auto& card : {around->rich, around->poor}) {
        search.add_digits(card.number);
        search.add_digits(card.pin);
    }
    search.add_bytes(from_hex(sim::test_keys::terminal_master).value());
    EXPECT_EQ(search.find(as_bytes(seen + metrics + told)), std::vector<std::string>{});
    EXPECT_EQ(whole_file(folder() + "/service.log").find(token), std::string::npos);
    EXPECT_EQ(service->stop(), 0) << "ended by a signal, in order";

    start();
    const auto afterwards = ask("GET", "/v1/terminals/TEST0001/settlement");
    for (const auto* const what : {"batch", "host", "debit", "credit", "slip"})
        EXPECT_EQ(afterwards.at(what), closed.at(what)) << what;
}

TEST_F(TillService, GoesOnWithoutItsCallerAndGivesOneKeyOnePayment) {
    start();
    raw_connection caller(where);
    ASSERT_TRUE(caller.send(http_text("POST", payments(), sale("left", 500).dump(), token)));
    ASSERT_TRUE(reaches("left", "card"));
    caller.close(); // the POS program has crashed
    EXPECT_EQ(ask("POST", payments("?wait=0"), sale("left", 501), 409).at("error").at("field"), "key");
    EXPECT_EQ(ask("POST", payments(), sale("other", 100), 409).at("error").at("condition"), "misuse")
        << "one card at a time";
    auto in_other_words = sale("left", 500);
    in_other_words["partial"] = false;
    EXPECT_EQ(ask("POST", payments("?wait=0"), in_other_words, 202).at("stage"), "card") << "the same, all the same";
    std::vector<std::future<json>> both;
    for (int i = 0; i < 2; ++i)
        both.push_back(std::async(std::launch::async, [this] {
            return json::parse(call_http(where, "POST", payments(), sale("left", 500).dump(), token).body);
        }));
    EXPECT_EQ(ask("POST", payments("?wait=1"), sale("left", 500), 202).at("stage"), "card");
    around->present(around->rich);
    const auto one = both[0].get();
    EXPECT_EQ(one.at("outcome"), "approved");
    EXPECT_EQ(both[1].get(), one);
    EXPECT_EQ(ask("GET", payments("left?wait=60")).at("handle"), one.at("handle"));
    EXPECT_EQ(sales_at_the_host(), 1U);

    // Asked to end before a card came: nobody pays, and whoever comes later is told why.
    EXPECT_EQ(ask("POST", payments("?wait=0"), sale("cancelled", 700), 202).at("under_way"), true);
    ASSERT_TRUE(reaches("cancelled", "card"));
    EXPECT_EQ(ask("POST", payments("cancelled/cancel"), nullptr, 202).at("cancel"), "possible");
    EXPECT_EQ(ask("GET", payments("cancelled?wait=60"), nullptr, 409).at("error").at("condition"), "cancelled");
    EXPECT_EQ(ask("GET", payments("cancelled"), nullptr, 409).at("error").at("condition"), "cancelled");
    EXPECT_EQ(ask("POST", payments("cancelled/cancel"), nullptr, 404).at("error").at("field"), "key");

    // What was asked wrongly says where.
    const auto wrong = ask("POST", payments(), {{"trade", "sale"}, {"key", "x"}, {"amount", "12.34"}}, 400);
    EXPECT_EQ(wrong.at("error").at("field"), "amount");
    EXPECT_EQ(ask("POST", payments(), {{"trade", "sell"}, {"key", "x"}}, 400).at("error").at("field"), "trade");
    EXPECT_EQ(ask("GET", payments("left?wait=soon"), nullptr, 400).at("error").at("field"), "wait");
    EXPECT_EQ(ask("GET", "/v1/terminals/NONE", nullptr, 404).at("error").at("field"), "NONE");
    EXPECT_EQ(call_http(where, "DELETE", payments("left"), {}, token).status, 405);
    EXPECT_EQ(call_http(where, "GET", "/v1/till", {}, token).status, 404);
    EXPECT_EQ(call_http(where, "GET", payments("left"), {}, "wrong").status, 401);
}

/// Whatever the terminal is at, and before anybody is asked for a code.
TEST_F(TillService, TellsOfAPaidKeyWhatBecameOfItAndOfNoOtherOne) {
    write({{"host.response_time_ms", "20000"}}); // far from the time of the late answer below
    start();
    around->present(around->rich);
    const auto tea = ask("POST", payments(), sale("tea", 1234));
    EXPECT_EQ(tea.at("outcome"), "approved");
    const std::string code = "6221345678901234567";
    around->acquirer.control().ask({{"cmd", "payment_code"}, {"code", code}, {"number", around->rich.number}});
    auto scan = json{{"trade", "scan"}, {"key", "scan"}, {"amount", 700}, {"code", code}};
    const auto by_code = ask("POST", payments(), scan);
    EXPECT_EQ(by_code.at("outcome"), "approved") << by_code;
    scan.erase("code");
    EXPECT_EQ(ask("POST", payments(), scan).at("handle"), by_code.at("handle"));
    scan["amount"] = 99'900;
    EXPECT_EQ(ask("POST", payments(), scan, 409).at("error").at("code"), static_cast<int>(acquiring_errc::key_reused))
        << "not told as paid";
    scan["key"] = "tea";
    EXPECT_EQ(
        ask("POST", payments(), scan, 409).at("error").at("code"), static_cast<int>(acquiring_errc::key_reused));
    scan["key"] = "unused";
    EXPECT_EQ(ask("POST", payments(), scan, 409).at("error").at("code"), static_cast<int>(acquiring_errc::no_device))
        << "this one would be scanned";

    ask("POST", payments("?wait=0"), sale("open", 100), 202);
    ASSERT_TRUE(reaches("open", "card"));
    EXPECT_EQ(ask("POST", payments(), sale("other", 100), 409).at("error").at("code"),
        static_cast<int>(acquiring_errc::busy));
    EXPECT_EQ(ask("POST", payments(), sale("tea", 1234)).at("handle"), tea.at("handle")) << "paid, and not busy";
    EXPECT_EQ(ask("POST", payments(), sale("tea", 1235), 409).at("error").at("code"),
        static_cast<int>(acquiring_errc::key_reused));
    ask("POST", payments("open/cancel"), nullptr, 202);
    EXPECT_EQ(ask("GET", payments("open?wait=60"), nullptr, 409).at("error").at("condition"), "cancelled");

    // Under way, an original by its key and by its handle are one.
    around->acquirer.control().ask(
        {{"cmd", "faults"}, {"set", {{{"kind", "late_answer"}, {"match", "refund"}, {"delay_ms", 3000}}}}});
    auto back = json{{"trade", "refund"}, {"key", "back"}, {"original", "tea"}};
    ask("POST", payments("?wait=0"), back, 202);
    back["original"] = tea.at("handle");
    back["amount"] = 1234;
    const auto joined = ask("POST", payments("?wait=0"), back, 202);
    EXPECT_EQ(joined.at("key"), "back");
    back["amount"] = 1233;
    EXPECT_EQ(ask("POST", payments("?wait=0"), back, 409).at("error").at("field"), "key");
    EXPECT_EQ(ask("GET", payments("back?wait=60")).at("outcome"), "approved");

    // A number that nothing can hold ends a request, and not the service.
    const auto huge = R"({"trade":"sale","key":"k","amount":1e999})";
    EXPECT_EQ(call_http(where, "POST", payments(), huge, token).status, 400);
    EXPECT_EQ(ask("GET", payments("tea")).at("handle"), tea.at("handle"));
}

/// The host has taken the money, or not, and nobody has heard: the next run finds out, and asks nobody for a card.
TEST_F(TillService, KnowsAfterItWasKilledWhatItHadBegun) {
    write({{"host.response_time_ms", "1000"}, {"reversal.sends", "1"}});
    around->acquirer.control().ask({{"cmd", "faults"}, {"set", {{{"kind", "no_answer"}, {"match", "sale"}}}}});
    start();
    around->present(around->rich);
    (void)ask("POST", payments("?wait=0"), sale("killed", 900), 202);
    ASSERT_TRUE(reaches("killed", "sending"));
    service->kill();
    EXPECT_EQ(call_http(where, "GET", payments("killed"), {}, token).status, 0);
    start();
    for (int wait = 0; wait < 1500 && call_http(where, "GET", "/health", {}, token).status != 200; ++wait)
        std::this_thread::sleep_for(10ms);
    const auto end = ask("GET", payments("killed"));
    EXPECT_EQ(end.at("outcome"), "reversed") << end;
    EXPECT_EQ(ask("POST", payments(), sale("killed", 900)).at("told"), "recorded");
    EXPECT_EQ(sales_at_the_host(), 1U);

    // Neither an answer to the sale nor to its reversal: unknown, and no error.
    around->acquirer.control().ask(
        {{"cmd", "faults"}, {"set", {{{"kind", "no_answer"}, {"match", "sale"}, {"times", -1}},
                                        {{"kind", "no_answer"}, {"match", "reversal"}, {"times", -1}}}}});
    around->present(around->rich);
    const auto doubt = ask("POST", payments(), sale("doubt", 300));
    EXPECT_EQ(doubt.at("outcome"), "unknown");
    EXPECT_EQ(ask("GET", "/v1/terminals/TEST0001/records").at("records").at(0).at("key"), "doubt");
    around->acquirer.control().ask({{"cmd", "faults"}, {"set", json::array()}});
    EXPECT_EQ(ask("POST", payments("doubt/recover")).at("records").at(0).at("outcome"), "reversed");
}

TEST_F(TillService, TellsHowItsGatewaysStandAndTakesAPersonsWordOnThem) {
    const std::string path = "/v1/terminals/TEST0001/routes";
    start();
    EXPECT_TRUE(ask("GET", path).at("routes").empty()) << "nothing is chosen among";
    ask("POST", path, {{"pin", "near"}}, 409);
    EXPECT_EQ(service->stop(), 0);
    add_a_dead_gateway();
    start();
    const auto scan = [&](const std::string& key, int status) {
        const json wish{{"trade", "scan"}, {"key", key}, {"amount", 500}, {"gateway", true},
            {"code", "2857123456789012" + std::to_string(10 + key.size())}};
        return ask("POST", payments("?wait=60"), wish, status);
    };
    EXPECT_EQ(scan("a", 200).at("outcome"), "approved");
    auto routes = ask("GET", path).at("routes");
    ASSERT_EQ(routes.size(), 2U);
    EXPECT_EQ(routes[0].at("gateway"), "near");
    EXPECT_EQ(routes[0].at("orders"), 1);
    EXPECT_EQ(routes[0].at("up"), true);
    EXPECT_EQ(routes[0].at("fee_ppm"), 3000);
    EXPECT_EQ(routes[1].at("orders"), 0);
    EXPECT_EQ(ask("POST", path, {{"close", "near"}}).at("routes")[0].at("closed"), true);
    scan("aa", 502); // at the other one, where nobody is
    EXPECT_EQ(ask("GET", path).at("routes")[1].at("up"), false);
    EXPECT_EQ(ask("POST", path, {{"close", "far"}}).at("routes")[1].at("closed"), true);
    scan("aaa", 409); // somebody has closed all of them
    ask("POST", path, {{"reopen", "far"}, {"pin", "far"}});
    EXPECT_EQ(ask("POST", path, {{"reopen", "near"}, {"pin", "near"}}).at("routes")[0].at("pinned"), true);
    EXPECT_EQ(scan("aaaa", 200).at("outcome"), "approved");
    EXPECT_EQ(ask("POST", path, {{"unpin", true}}).at("routes")[0].at("pinned"), false);
    ask("POST", path, {{"pin", "nowhere"}}, 409);
    ask("POST", path, {{"pin", "near"}, {"close", "nowhere"}}, 409);
    EXPECT_EQ(ask("GET", path).at("routes")[0].at("pinned"), false) << "all words, or none";
    ask("POST", path, {{"shut", "near"}}, 400);
}

/// Two operators by turns at one terminal: each trade is of the one whose session it shows.
TEST_F(TillService, KnowsWhichOperatorAsks) {
    clerk_book all;
    constexpr crypto::scrypt_cost cheap{8, 8, 1}; // for tests alone
    ASSERT_TRUE(all.put({"07", "Li", {right::sell}}, as_bytes(std::string_view("4711")), cheap));
    ASSERT_TRUE(all.put({"99", "Wang", {right::sell, right::refund, right::decide, right::settle}},
        as_bytes(std::string_view("tea-house-1")), cheap));
    ASSERT_TRUE(all.save(folder() + "/clerks.toml"));
    write({{"clerks.file", "'" + folder() + "/clerks.toml'"}});
    start();
    const std::string at = "/v1/terminals/TEST0001/";
    const auto as = [&](const std::string& session, const std::string& verb, const std::string& path,
                        const json& body = nullptr, int status = 200) {
        raw_connection to(where);
        const auto text = body.is_null() ? std::string() : body.dump();
        const auto header = session.empty() ? std::string() : "Operator-Session: " + session + "\r\n";
        to.send(http_text(verb, path, text, token, header));
        return read(read_reply(to), verb, path, status);
    };
    const auto sign_on = [&](const std::string& who, const std::string& secret) {
        return as({}, "POST", at + "sign-on", {{"operator", who}, {"secret", secret}})
            .at("session")
            .get<std::string>();
    };
    around->present(around->rich);
    EXPECT_EQ(as({}, "POST", payments(), sale("nobody", 100), 403).at("error").at("field"), "sell");
    as({}, "POST", at + "sign-on", {{"operator", "07"}, {"secret", "4712"}}, 403);
    as({}, "POST", at + "sign-on", {{"operator", "07"}}, 400);
    const auto li = sign_on("07", "4711");
    const auto wang = sign_on("99", "tea-house-1");
    EXPECT_EQ(
        as(std::string(64, 'A'), "POST", payments(), sale("forged", 100), 403).at("error").at("field"), "session");
    const auto sold = as(li, "POST", payments(), sale("of-li", 1000));
    EXPECT_EQ(sold.at("operator"), "07");
    EXPECT_EQ(as({}, "POST", payments(), sale("of-li", 1000)).at("told"), "recorded") << "what was done is told";
    around->present(around->rich);
    EXPECT_EQ(as(wang, "POST", payments(), sale("of-wang", 250)).at("operator"), "99");
    const json back{{"trade", "refund"}, {"key", "back"}, {"original", "of-li"}, {"amount", 100}};
    EXPECT_EQ(as(li, "POST", payments(), back, 403).at("error").at("field"), "refund");
    EXPECT_EQ(as(wang, "POST", payments(), back).at("operator"), "99");
    EXPECT_EQ(as(li, "POST", at + "settle", nullptr, 403).at("error").at("field"), "settle");
    for (const auto& [path, status] : {std::pair(at + "routes", 409), std::pair(at + "notices/1/acknowledge", 404)}) {
        EXPECT_EQ(as({}, "POST", path, nullptr, 403).at("error").at("field"), "decide") << path;
        EXPECT_EQ(as(li, "POST", path, nullptr, 403).at("error").at("field"), "decide") << path;
        as(wang, "POST", path, nullptr, status); // may, and there is nothing of it
    }

    const auto shifts = as({}, "GET", at + "shifts?operator=99").at("shifts");
    ASSERT_EQ(shifts.size(), 1U);
    EXPECT_EQ(shifts.at(0).at("debit").at("minor"), 250);
    EXPECT_EQ(shifts.at(0).at("credit").at("minor"), 100);
    const auto ended = as(li, "POST", at + "close-shift");
    EXPECT_EQ(ended.at("debit"), json({{"count", 1}, {"minor", 1000}}));
    EXPECT_NE(ended.at("closed"), "");
    as(li, "POST", payments(), sale("late", 100), 403);
    as({}, "POST", at + "close-shift", nullptr, 403);
    EXPECT_EQ(as(wang, "POST", at + "settle").at("host"), "balanced");
    EXPECT_EQ(as(wang, "POST", at + "sign-off").at("signed_off"), true);
    as(wang, "POST", payments(), sale("off", 100), 403);
    EXPECT_EQ(sales_at_the_host(), 3U) << "two sales and the refund";
    for (int tries = 0; tries < 5; ++tries)
        as({}, "POST", at + "sign-on", {{"operator", "99"}, {"secret", "guess"}}, 403);
    as({}, "POST", at + "sign-on", {{"operator", "99"}, {"secret", "tea-house-1"}}, 429);
    EXPECT_EQ(whole_file(folder() + "/service.log").find("tea-house-1"), std::string::npos);
    EXPECT_EQ(seen.find("tea-house-1"), std::string::npos);
}

TEST_F(TillService, SaysInWordsWhyItDoesNotStart) {
    const auto run = [&](std::vector<std::string> more) {
        std::vector<std::string> words{programs() + "/cipherlane", "till", "serve"};
        words.insert(words.end(), more.begin(), more.end());
        std::filesystem::remove(folder() + "/service.log");
        auto tool = sim::child_process::start(words, folder() + "/service.log").value();
        return tool.wait(60s).value_or(-1);
    };
    const auto said = [] { return whole_file(folder() + "/service.log"); };
    const auto toml = folder() + "/till.toml";
    EXPECT_EQ(run({}), 2) << said();
    EXPECT_EQ(run({toml}), 2) << said();
    EXPECT_NE(said().find("--token-file"), std::string::npos) << said();
    std::ofstream(folder() + "/open.token") << std::string(32, 'a');
    std::filesystem::permissions(folder() + "/open.token", std::filesystem::perms(0644));
    EXPECT_EQ(run({toml, "--token-file", folder() + "/open.token"}), 6) << said();
    EXPECT_EQ(run({toml, "--token-file", folder() + "/a.token", "--listen", "0.0.0.0:0"}), 2) << said();
    EXPECT_EQ(run({toml, toml, "--token-file", folder() + "/a.token"}), 2) << said();
    EXPECT_NE(said().find("belongs to another till"), std::string::npos) << said();
}

/// From JavaScript with nothing but fetch: docs/31-till-service.md.
TEST_F(TillService, IsDrivenByTheSampleInJavaScript) {
    if (!std::filesystem::exists("/usr/bin/node")) GTEST_SKIP() << "node is not installed";
    start();
    around->present(around->rich);
    const auto sample = (source_folder() / "samples/27_till_service.mjs").string();
    auto node = sim::child_process::start(
        {"/usr/bin/node", sample, "http://" + where, folder() + "/service.token", "order-1", "1234"},
        folder() + "/node.log")
                    .value();
    const auto code = node.wait(60s);
    const auto printed = node.read_all(1s);
    EXPECT_EQ(code, 0) << printed << whole_file(folder() + "/node.log");
    EXPECT_NE(printed.find("order-1: approved 12.34"), std::string::npos) << printed;
}

} // namespace
} // namespace cipherlane::tests
