// The door of the till's service, and the tables behind it: who gets in, what a request may say, and that the
// document which others build on is the one that the tables make.
#include "cipherlane/service/event_log.hpp"
#include "cipherlane/service/http_door.hpp"
#include "cipherlane/service/operator_sessions.hpp"
#include "cipherlane/service/service_table.hpp"
#include "cipherlane/service/url_text.hpp"
#include "support/http_call.hpp"
#include "support/temporary_folder.hpp"
#include "support/whole_file.hpp"

#include <cipherlane/acquiring/errc.hpp>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <atomic>
#include <set>
#include <stdexcept>
#include <sys/stat.h>
#include <thread>

namespace cipherlane::tests {
namespace {

using namespace service;
using namespace std::chrono_literals;

const std::string token = "0123456789abcdef0123456789abcdef";

class ServiceDoor : public testing::Test {
  protected:
    ServiceDoor() {
        settings.address = "127.0.0.1:0";
        settings.token = secret_bytes(as_bytes(token));
    }
    ~ServiceDoor() override {
        if (!thread.joinable()) return;
        boost::asio::post(io, [this] {
            door.reset();
            io.stop();
        });
        thread.join();
    }
    result<void> open() {
        auto made = http_door::open(
            io, std::move(settings),
            [this](http_request request, answer_sink tell) {
                ++served;
                if (request.path == "/wait") return waiting.push_back(std::move(tell));
                if (request.path == "/throw") throw std::runtime_error("not foreseen");
                if (request.path == "/events") {
                    http_answer stream;
                    stream.events = {events, {}, request.last_event_id};
                    return tell(std::move(stream));
                }
                tell({200, request.method + " " + request.path + " " + request.body, "text/plain", {}, {}});
            },
            logger::none());
        if (!made) return made.error();
        door = *std::move(made);
        where = door->where();
        thread = std::thread([this] { io.run(); });
        return {};
    }
    http_reply ask(const std::string& verb, const std::string& path, const std::string& body = {},
        const std::string& shown = token) const {
        return call_http(where, verb, path, body, shown);
    }

    boost::asio::io_context io;
    boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work{boost::asio::make_work_guard(io)};
    door_settings settings;
    std::shared_ptr<event_log> events = std::make_shared<event_log>("run");
    std::vector<answer_sink> waiting;
    std::atomic<int> served = 0;
    std::unique_ptr<http_door> door;
    std::string where;
    std::thread thread;
};

TEST_F(ServiceDoor, ServesWhoShowsTheTokenAndNobodyElse) {
    ASSERT_TRUE(open());
    EXPECT_EQ(ask("POST", "/a?b", "text").body, "POST /a text");
    EXPECT_EQ(served, 1);
    for (const auto& shown :
        {std::string(), token + "0", token.substr(1), "X" + token.substr(1), std::string(4000, 'a')}) {
        const auto no = ask("POST", "/a", "text", shown);
        EXPECT_EQ(no.status, 401) << shown.size();
        EXPECT_NE(no.head.find("WWW-Authenticate: Bearer"), std::string::npos);
        EXPECT_EQ(no.body.find(token), std::string::npos);
    }
    EXPECT_EQ(served, 1) << "no handler has heard of them";
    raw_connection again(where); // two requests of one connection
    for (int i = 0; i < 2; ++i) {
        again.forget();
        ASSERT_TRUE(again.send("GET /k HTTP/1.1\r\nauthorization: bearer " + token + "\r\n\r\n"));
        EXPECT_NE(again.read_until("GET /k").find("200 OK"), std::string::npos);
    }
}

TEST_F(ServiceDoor, ComparesAllOfAToken) {
    const secret_bytes right(as_bytes(token));
    EXPECT_TRUE(is_token(token, right));
    EXPECT_FALSE(is_token(token + std::string(1, '\0'), right));
    EXPECT_FALSE(is_token(token + std::string(256, '\0'), right));
    EXPECT_FALSE(is_token({}, right));
    EXPECT_FALSE(is_token(token.substr(0, 31), right));
}

TEST_F(ServiceDoor, BoundsWhatStrangersCanCost) {
    settings.most_body = 1000;
    ASSERT_TRUE(open());
    EXPECT_EQ(ask("POST", "/a", std::string(1000, 'x')).status, 200);
    EXPECT_EQ(ask("POST", "/a", std::string(1001, 'x')).status, 413);
    EXPECT_EQ(call_http(where, "GET", "/" + std::string(9000, 'x'), {}, token).status, 431);
    raw_connection stranger(where);
    ASSERT_TRUE(stranger.send("\x16\x03\x01 no HTTP at all\r\n\r\n"));
    EXPECT_EQ(read_reply(stranger).status, 400);
}

TEST_F(ServiceDoor, WaitsForNobodyWithoutEnd) {
    settings.request_time = 300ms;
    settings.idle_time = 300ms;
    ASSERT_TRUE(open());
    for (const std::string half :
        {"", "POST /a HT", "POST /a HTTP/1.1\r\nContent-Length: 9\r\nAuthorization: Bearer "}) {
        raw_connection slow(where);
        ASSERT_TRUE(slow.send(half.ends_with("Bearer ") ? half + token + "\r\n\r\nhalf" : half));
        EXPECT_EQ(slow.read_until("HTTP/1.1 200", 20s), "") << half;
        EXPECT_TRUE(slow.ended()) << half;
    }
}

TEST_F(ServiceDoor, HasRoomForSoManyAndNoMore) {
    settings.most_connections = 2;
    settings.stranger_time = 60s; // both come in before one of them asks
    ASSERT_TRUE(open());
    raw_connection one(where);
    raw_connection two(where);
    const int before = served;
    ASSERT_TRUE(one.send(http_text("GET", "/wait", {}, token)) && two.send(http_text("GET", "/wait", {}, token)));
    for (int wait = 0; wait < 2000 && served < before + 2; ++wait)
        std::this_thread::sleep_for(10ms);
    EXPECT_EQ(ask("GET", "/a").status, 503) << "one too many";
    one.close(); // whoever has gone keeps no place
    for (int wait = 0; wait < 500 && ask("GET", "/a").status != 200; ++wait)
        std::this_thread::sleep_for(10ms);
    EXPECT_EQ(ask("GET", "/a").status, 200);
}

TEST_F(ServiceDoor, CannotBeFilledByWhoHasNoToken) {
    settings.most_connections = 4;
    settings.stranger_time = 60s; // so that none of them goes by itself
    ASSERT_TRUE(open());
    std::vector<std::unique_ptr<raw_connection>> silent;
    for (int i = 0; i < 12; ++i)
        silent.push_back(std::make_unique<raw_connection>(where));
    EXPECT_EQ(ask("GET", "/a").status, 200);
    EXPECT_EQ(silent.front()->read_until("any", 20s), "");
    EXPECT_TRUE(silent.front()->ended()) << "the oldest makes room";
}

TEST_F(ServiceDoor, GivesLessTimeToWhoHasNoToken) {
    settings.stranger_time = 200ms;
    ASSERT_TRUE(open());
    raw_connection silent(where);
    raw_connection half(where);
    (void)half.send("POST /a HTTP/1.1\r\n"); // its time may be over already
    for (auto* one : {&silent, &half}) {
        EXPECT_EQ(one->read_until("any", 20s), "");
        EXPECT_TRUE(one->ended());
    }
}

/// printf 'POST …' | nc -N
TEST_F(ServiceDoor, AnswersWhoHasSaidThatHeSendsNoMore) {
    ASSERT_TRUE(open());
    raw_connection asks(where);
    ASSERT_TRUE(asks.send(http_text("GET", "/wait", {}, token)));
    asks.send_no_more();
    std::this_thread::sleep_for(100ms); // the end is seen before the answer is there
    boost::asio::post(io, [this] {
        for (const auto& tell : waiting)
            tell({200, "late", "text/plain", {}, {}});
    });
    EXPECT_EQ(read_reply(asks).body, "late");
}

/// Of a connection with a next request in it an end is seen as well.
TEST_F(ServiceDoor, FreesThePlaceOfWhoHasGoneWhateverHeSentBefore) {
    settings.most_connections = 1;
    ASSERT_TRUE(open());
    for (const std::string more : {"", "G"}) {
        raw_connection gone(where);
        const int before = served;
        ASSERT_TRUE(gone.send(http_text("GET", "/wait", {}, token) + more));
        for (int wait = 0; wait < 2000 && served == before; ++wait)
            std::this_thread::sleep_for(10ms);
        gone.close();
        for (int wait = 0; wait < 500 && ask("GET", "/a").status != 200; ++wait)
            std::this_thread::sleep_for(10ms);
        EXPECT_EQ(ask("GET", "/a").status, 200) << more;
    }
}

TEST_F(ServiceDoor, SendsNoBodyToHead) {
    ASSERT_TRUE(open());
    raw_connection kept(where);
    const auto end = " HTTP/1.1\r\nAuthorization: Bearer " + token + "\r\n\r\n";
    ASSERT_TRUE(kept.send("HEAD /first" + end + "GET /second" + end));
    const auto text = kept.read_until("GET /second");
    const auto head = text.find("\r\n\r\n");
    ASSERT_NE(head, std::string::npos) << text;
    EXPECT_NE(text.substr(0, head).find("Content-Length: 12"), std::string::npos) << text;
    EXPECT_TRUE(text.substr(head + 4).starts_with("HTTP/1.1 200")) << text;
}

TEST_F(ServiceDoor, OutlivesARequestThatFails) {
    ASSERT_TRUE(open());
    EXPECT_EQ(ask("GET", "/throw").status, 500);
    EXPECT_EQ(ask("GET", "/a").status, 200);
}

TEST_F(ServiceDoor, OpensAtThisMachineAlone) {
    settings.address = "0.0.0.0:0";
    EXPECT_FALSE(open());
    settings.address = "127.0.0.1:0";
    settings.token = {};
    const auto without = open();
    ASSERT_FALSE(without);
    EXPECT_EQ(without.error().field(), "token-file");
    settings.address = "127.0.0.1:0";
    settings.token = secret_bytes(as_bytes("short"));
    EXPECT_FALSE(open());
}

TEST_F(ServiceDoor, KeepsItsUnixSocketToItself) {
    const temporary_folder folder;
    settings.address.clear();
    settings.token = {};
    settings.socket = folder.file("till.sock");
    const auto path = settings.socket;
    ASSERT_TRUE(open());
    struct ::stat about {};
    ASSERT_EQ(::lstat(path.c_str(), &about), 0);
    EXPECT_EQ(about.st_mode & 07777U, 0600U);
    where = path;
    EXPECT_EQ(ask("GET", "/a", {}, {}).status, 200);
}

TEST_F(ServiceDoor, StreamsEventsFromWhereSomebodyLeft) {
    settings.heartbeat = 100ms;
    ASSERT_TRUE(open());
    events->publish("stage", "TEST0001", "{\"n\":1}");
    raw_connection listens(where);
    ASSERT_TRUE(listens.send(http_text("GET", "/events", {}, token)));
    EXPECT_NE(listens.read_until("still here").find("text/event-stream"), std::string::npos);
    events->publish("stage", "TEST0001", "{\"n\":2}");
    const auto text = listens.read_until("{\"n\":2}");
    EXPECT_NE(text.find("id: run-2\nevent: stage\ndata: {\"n\":2}\n"), std::string::npos) << text;
    EXPECT_EQ(text.find("{\"n\":1}"), std::string::npos) << "that was before";
    raw_connection again(where);
    ASSERT_TRUE(again.send(http_text("GET", "/events", {}, token, "Last-Event-ID: run-1\r\n")));
    EXPECT_EQ(again.read_until("{\"n\":2}").find("missed"), std::string::npos);
    raw_connection late(where);
    ASSERT_TRUE(late.send(http_text("GET", "/events", {}, token, "Last-Event-ID: other-7\r\n")));
    EXPECT_NE(late.read_until("{\"n\":2}").find("{\"n\":1}"), std::string::npos) << "all that is there";
}

TEST(ServiceEvents, TellWhatHasFallenOut) {
    event_log log("r");
    for (std::size_t i = 0; i < event_log::most + 5; ++i)
        log.publish("x", "T", std::to_string(i));
    event_log::number seen = log.begin_after("r-2");
    const auto text = log.take(seen, {});
    EXPECT_TRUE(text.starts_with("event: missed\ndata: {\"missed\":3}\n\n")) << text.substr(0, 80);
    EXPECT_NE(text.find("id: r-6\n"), std::string::npos);
    event_log::number other = log.begin_after("r-2");
    EXPECT_EQ(log.take(other, "ANOTHER").find("id: "), std::string::npos);
}

/// Each of its terminal and operator, over by itself, and nobody's who only guesses.
TEST(OperatorSessions, BelongToATerminalAndEndByThemselves) {
    operator_sessions all;
    auto now = operator_sessions::clock::now();
    const auto li = all.begin({"TEST0001", "07"}, 15min, now).value();
    const auto also = all.begin({"TEST0001", "07"}, 15min, now).value();
    EXPECT_EQ(li.expose().size(), 64U);
    EXPECT_NE(li.expose(), also.expose());
    EXPECT_EQ(all.find("TEST0001", li.expose(), now).value(), "07");
    EXPECT_EQ(all.find("TEST0002", li.expose(), now).error().field(), "session");
    EXPECT_FALSE(all.find("TEST0001", "", now));
    EXPECT_FALSE(all.find("TEST0001", li.expose().substr(1), now));
    now += 14min;
    EXPECT_TRUE(all.find("TEST0001", li.expose(), now)) << "it is used by that";
    now += 2min;
    EXPECT_FALSE(all.find("TEST0001", also.expose(), now)) << "it was not used for too long";
    EXPECT_TRUE(all.find("TEST0001", li.expose(), now));
    for (int used = 0; used < 100; ++used) {
        now += 10min;
        (void)all.find("TEST0001", li.expose(), now);
    }
    EXPECT_FALSE(all.find("TEST0001", li.expose(), now)) << "however much it is used, not longer than half a day";
}

TEST(OperatorSessions, TellWhoseLastOneHasEndedAndAreBounded) {
    operator_sessions all;
    const auto now = operator_sessions::clock::now();
    const auto one = all.begin({"TEST0001", "07"}, 15min, now).value();
    const auto two = all.begin({"TEST0001", "07"}, 15min, now).value();
    EXPECT_FALSE(all.end("TEST0002", one.expose(), now));
    EXPECT_FALSE(all.end("TEST0001", one.expose(), now)) << "they have another one";
    EXPECT_EQ(all.end("TEST0001", two.expose(), now), (operator_sessions::place{"TEST0001", "07"}));
    EXPECT_FALSE(all.end("TEST0001", two.expose(), now));
    const auto oldest = all.begin({"TEST0001", "99"}, 15min, now).value();
    for (std::size_t i = 0; i < operator_sessions::most; ++i)
        ASSERT_TRUE(all.begin({"TEST0001", "07"}, 15min, now + 1s));
    EXPECT_EQ(all.size(), operator_sessions::most);
    EXPECT_FALSE(all.find("TEST0001", oldest.expose(), now + 1s));
    all.end_all({"TEST0001", "07"});
    EXPECT_EQ(all.size(), 0U);
}

TEST(ServiceWish, IsReadMemberByMember) {
    const auto sale = members_of_trade("sale");
    const auto field = [&](const std::string& text) {
        const auto read = read_body(text, sale);
        return read ? "none" : std::string(read.error().field()) + ": " + std::string(read.error().hint());
    };
    EXPECT_EQ(field(R"({"trade":"sale","key":"a","amount":1})"), "none");
    EXPECT_EQ(
        field(R"({"trade":"sale","key":"a"})"), "amount: found nothing, expected a whole number, 1 to 999999999999");
    EXPECT_EQ(field(R"({"trade":"sale","key":"a","amount":12.34})"),
        "amount: found a fraction, expected a whole number, 1 to 999999999999");
    EXPECT_TRUE(
        field(R"({"trade":"sale","key":"a","amount":-1})").starts_with("amount: found a number out of range"));
    EXPECT_TRUE(field(R"({"trade":"sale","key":"a","amount":1e3})").starts_with("amount: found a fraction"));
    EXPECT_TRUE(field(R"({"trade":"sale","key":"","amount":1})").starts_with("key: found text that cannot be"));
    EXPECT_TRUE(field(R"({"trade":"sale","key":"a","amount":1,"amuont":2})").ends_with("did you mean amount"));
    EXPECT_TRUE(field(R"({"trade":"sale","key":"a","amount":1,"amount":1000})")
                    .starts_with("amount: found a member that stands twice"));
    EXPECT_TRUE(
        field(R"({"trade":"sale","key":"a","amount":1,"original":"x"})").starts_with("original: found a member"));
    EXPECT_TRUE(field("{\"trade\":").starts_with("body: found no JSON"));
    EXPECT_TRUE(field("[1]").starts_with("body: found an array"));
    EXPECT_TRUE(field(std::string(60'000, '[')).starts_with("body: found no JSON"));
    EXPECT_EQ(read_body("{\"trade\":", sale).error().offset(), 10U);
    for (const auto* number : {"1e999", "-1e999"}) {
        const auto text = std::string(R"({"trade":"sale","key":"a","amount":)") + number + "}";
        EXPECT_TRUE(field(text).starts_with("body: found a number that nothing can hold")) << field(text);
    }
}

/// Whoever sees a payment code in time can pay with it.
TEST(ServiceWish, IsOverwrittenWhateverBecomesOfIt) {
    const std::string code(60, '6');
    auto json = nlohmann::json{{"code", code}, {"more", nlohmann::json::array({code})}};
    const auto* const text = json["code"].get_ref<const std::string&>().data();
    const private_wish wish(std::move(json));
    EXPECT_EQ(wish->at("code").get_ref<const std::string&>().data(), text) << "no copy is left behind";
    auto copy = *wish;
    wipe_texts(copy);
    EXPECT_EQ(copy.dump().find('6'), std::string::npos) << "in arrays, too";
}

TEST(ServiceWish, HasEveryTradeByItsVerb) {
    const auto names = [](const char* verb) {
        std::set<std::string> made;
        for (const auto& one : members_of_trade(verb))
            made.emplace(one.name);
        return made;
    };
    using set = std::set<std::string>;
    EXPECT_EQ(names("void"), (set{"trade", "key", "original", "timeout_seconds"}));
    EXPECT_EQ(names("scan"), (set{"trade", "key", "amount", "code", "gateway", "no_credit", "timeout_seconds"}));
    EXPECT_EQ(names("instalments"), (set{"trade", "key", "amount", "periods", "plan", "timeout_seconds"}));
    EXPECT_TRUE(members_of_trade("none").empty());
}

TEST(ServiceTable, FindsItsRowByPathAndMethod) {
    const auto of = [](const char* verb, const char* path) {
        return find_route(verb, segments_of(path).value_or(std::vector<std::string>()));
    };
    const auto found = of("GET", "/v1/terminals/TEST0001/payments/order%2F17");
    ASSERT_NE(found.row, nullptr);
    EXPECT_EQ(found.row->what, operation::find);
    EXPECT_EQ(found.names, (std::vector<std::string>{"TEST0001", "order/17"}));
    EXPECT_EQ(of("GET", "/v1/terminals/T/payments").allowed, "POST");
    EXPECT_EQ(of("GET", "/v2/terminals").allowed, "");
    EXPECT_EQ(of("GET", "/v1/terminals/").row, nullptr);
    EXPECT_EQ(segments_of("/a%2"), std::nullopt);
    EXPECT_EQ(segments_of("/a%00"), std::nullopt);
    EXPECT_EQ(segments_of("a"), std::nullopt);
}

/// Others make their clients from the file: it changes where the tables do, and not without being seen.
TEST(ServiceTable, IsTheDocumentThatOthersBuildOn) {
    const auto file = whole_file((source_folder() / "docs/examples/till-service.openapi.json").string());
    EXPECT_EQ(open_api().dump(2) + "\n", file)
        << "cipherlane till serve --openapi > docs/examples/till-service.openapi.json";
    const auto document = nlohmann::json::parse(file);
    std::set<std::string> ids;
    for (const auto& row : routes()) {
        const auto& one = document.at("paths").at(std::string(row.path)).at(row.verb == "GET" ? "get" : "post");
        EXPECT_TRUE(ids.insert(one.at("operationId")).second) << row.path;
        if (!row.answer.empty()) {
            EXPECT_TRUE(document.at("components").at("schemas").contains(std::string(row.answer))) << row.path;
        }
    }
    // No reference leads nowhere.
    for (auto at = file.find("#/components/schemas/"); at != std::string::npos;
         at = file.find("#/components/schemas/", at + 1)) {
        const auto from = at + std::string_view("#/components/schemas/").size();
        const auto name = file.substr(from, file.find('"', from) - from);
        EXPECT_TRUE(document.at("components").at("schemas").contains(name)) << name;
    }
}

} // namespace
} // namespace cipherlane::tests
