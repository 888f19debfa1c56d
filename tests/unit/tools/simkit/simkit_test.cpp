#include "simkit/child_process.hpp"
#include "simkit/control_channel.hpp"
#include "simkit/control_client.hpp"
#include "simkit/control_desk.hpp"
#include "simkit/database.hpp"
#include "simkit/fault_player.hpp"
#include "simkit/fault_text.hpp"
#include "simkit/idle_watch.hpp"
#include "simkit/listener.hpp"
#include "simkit/peer_user.hpp"
#include "simkit/pty_pair.hpp"

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/write.hpp>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <atomic>
#include <csignal>
#include <fcntl.h>
#include <netinet/in.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

namespace cipherlane::sim {
namespace {

TEST(ControlChannel, AnswersEachLineAndRefusesWhatIsNoCommand) {
    boost::asio::io_context io;
    auto channel = control_channel::listen(io, {}, [](const nlohmann::json& request) {
        if (request.at("cmd") != "twice") throw std::invalid_argument("unknown command");
        return nlohmann::json{{"value", 2 * request.at("value").get<int>()}};
    });
    ASSERT_TRUE(channel);
    std::thread server([&] { io.run(); });
    {
        auto client = control_client::connect((*channel)->where());
        ASSERT_TRUE(client);
        EXPECT_EQ(client->ask({{"cmd", "twice"}, {"value", 21}}).at("value"), 42);
        EXPECT_THROW(client->ask({{"cmd", "other"}}), std::runtime_error);
        EXPECT_THROW(client->ask({{"value", 1}}), std::runtime_error);
        EXPECT_EQ(client->ask({{"cmd", "twice"}, {"value", 1}}).at("value"), 2);
    }
    io.stop();
    server.join();
}

// Java's sockets are of IPv6 and speak IPv4 through them.
TEST(PeerUser, KnowsTheOwnerOfEitherKindOfSocket) {
    boost::asio::io_context io;
    boost::asio::ip::tcp::acceptor door(io, {boost::asio::ip::address_v4::loopback(), 0});
    const auto port = door.local_endpoint().port();
    for (const char* address : {"127.0.0.1", "::ffff:127.0.0.1"}) {
        boost::asio::ip::tcp::socket client(io);
        client.connect({boost::asio::ip::make_address(address), port});
        auto accepted = door.accept();
        EXPECT_EQ(owner_of(accepted), ::geteuid()) << address;
        client.close();
        EXPECT_EQ(owner_of(accepted), std::nullopt) << address;
    }
}

TEST(FaultPlan, HitsAsOftenAndAfterAsManyAsAsked) {
    fault_plan plan({{"drop", fault_effect::withhold}, {"delay", fault_effect::wait}});
    plan.set({{.kind = "drop", .match = "CA", .skip = 1, .times = 2}}, 7);
    EXPECT_FALSE(plan.hit("NC"));
    EXPECT_FALSE(plan.hit("CA"));
    EXPECT_EQ(plan.hit("CA")->kind, "drop");
    EXPECT_TRUE(plan.hit("CA"));
    EXPECT_FALSE(plan.hit("CA"));
    EXPECT_THROW(plan.set({{.kind = "explode"}}, 7), std::invalid_argument);
}

TEST(FaultPlan, KeepsAFaultForThePlaceWhereItsKindCanHit) {
    fault_plan plan({{"nak", fault_effect::alter, {"frame"}}, {"silent", fault_effect::withhold, {"answer"}}});
    plan.set({{.kind = "silent"}}, 1);
    EXPECT_FALSE(plan.hit("frame"));
    EXPECT_TRUE(plan.hit("answer"));
    EXPECT_EQ(plan.counters().at("fault silent"), 1U);
}

TEST(FaultPlayer, PlaysEveryEffect) {
    const bytes answer{1, 2, 3, 4};
    const auto under = [&](fault_effect effect, const std::string& value = {}) {
        fault hit{.kind = "x", .delay = std::chrono::milliseconds(70), .value = value, .effect = effect};
        return play(hit, answer, [](const fault&, bytes) { return bytes{9}; });
    };
    EXPECT_EQ(play(std::nullopt, answer).message, answer);
    EXPECT_TRUE(under(fault_effect::withhold).message.empty());
    EXPECT_FALSE(under(fault_effect::withhold).hang_up);
    EXPECT_EQ(under(fault_effect::wait).delay.count(), 70);
    EXPECT_EQ(under(fault_effect::halve).message, (bytes{1, 2}));
    EXPECT_FALSE(under(fault_effect::halve).hang_up);
    EXPECT_TRUE(under(fault_effect::halve, "close").hang_up);
    EXPECT_EQ(under(fault_effect::repeat).copies, 2);
    EXPECT_TRUE(under(fault_effect::end).hang_up);
    EXPECT_TRUE(under(fault_effect::end).message.empty());
    EXPECT_EQ(under(fault_effect::alter).message, bytes{9});
}

TEST(FaultPlayer, ActsOnItsSurroundings) {
    std::string done;
    fault_player player({{"late", fault_effect::wait}, {"gone", fault_effect::end}},
        {[&](const bytes& data) { done += "send " + std::to_string(data.size()) + ";"; },
            [&](std::chrono::milliseconds span, const std::function<void()>& what) {
                done += "after " + std::to_string(span.count()) + " ";
                what();
            },
            [&] { done += "unplug;"; }});
    player.plan().set({{.kind = "late"}, {.kind = "gone"}}, 1);
    player.send("a", {1});
    player.send("a", {1});
    player.send("a", {1, 2});
    EXPECT_EQ(done, "after 1000 send 1;unplug;send 2;");
}

TEST(ControlDesk, TellsInWordsWhatIsWrong) {
    control_desk desk;
    desk.add("pay", {"order:text", "times:number?"}, "pays",
        [](const nlohmann::json&) { return nlohmann::json::object(); });
    const auto words = [&](const char* request) {
        try {
            static_cast<void>(desk.serve(nlohmann::json::parse(request)));
            return std::string("done");
        } catch (const std::invalid_argument& why) {
            return std::string(why.what());
        }
    };
    EXPECT_EQ(words(R"({"cmd":"pay","order":"7"})"), "done");
    EXPECT_EQ(words(R"({"cmd":"pay"})"), "order is missing");
    EXPECT_EQ(words(R"({"cmd":"pay","order":7})"), "order must be text");
    EXPECT_EQ(words(R"({"cmd":"pay","order":"7","tiems":2})"), "unknown entry tiems");
    EXPECT_EQ(words(R"({"cmd":"play"})"), "unknown command play; help lists them");
    EXPECT_EQ(words(R"({"cmd":5})"), "cmd must be text");
    const auto help = desk.serve({{"cmd", "help"}});
    EXPECT_EQ(help.at("commands").size(), 2U);
    EXPECT_EQ(help.at("commands")[1].at("arguments").at("times"), "number, optional");
}

/// What must not pass a control channel, byte by byte.
class ControlChannelAttacked : public testing::Test {
  protected:
    ControlChannelAttacked() {
        channel = *control_channel::listen(io, {}, [this](const nlohmann::json& request) {
            if (request.at("cmd") == "echo") throw std::runtime_error(request.at("text").get<std::string>());
            ++carried_out;
            return nlohmann::json::object();
        });
        server = std::thread([this] { io.run(); });
    }
    ~ControlChannelAttacked() override {
        io.stop();
        server.join();
    }

    std::uint16_t port() const {
        const auto where = channel->where();
        return static_cast<std::uint16_t>(std::stoi(where.substr(where.rfind(':') + 1)));
    }

    /// Everything that comes back until the channel hangs up.
    std::string send(const std::string& data) const {
        boost::asio::io_context here;
        boost::asio::ip::tcp::socket socket(here);
        socket.connect({boost::asio::ip::address_v4::loopback(), port()});
        boost::system::error_code failed;
        boost::asio::write(socket, boost::asio::buffer(data), failed);
        std::string all;
        std::array<char, 512> room{};
        while (!failed) {
            const auto got = socket.read_some(boost::asio::buffer(room), failed);
            all.append(room.data(), got);
        }
        return all;
    }

    boost::asio::io_context io;
    std::unique_ptr<control_channel> channel;
    std::thread server;
    std::atomic<int> carried_out = 0;
};

TEST_F(ControlChannelAttacked, NoCommandHidesBehindAnHttpRequest) {
    for (const std::string method : {"POST", "GET", "OPTIONS"}) {
        const auto answer = send(method + " / HTTP/1.1\r\nHost: 127.0.0.1\r\nOrigin: http://evil.example\r\n\r\n"
                                          "{\"cmd\":\"pay\"}\n");
        EXPECT_EQ(std::count(answer.begin(), answer.end(), '\n'), 1) << answer;
    }
    EXPECT_EQ(carried_out, 0);
}

TEST_F(ControlChannelAttacked, BytesThatAreNoTextEndTheConnectionAlone) {
    for (const std::string line : {"\xff\n", "{\"cmd\":\"\xff\"}\n", "[1]\n", "7\n", "\n", "{\n", "null\n"}) {
        EXPECT_NE(send(line + "{\"cmd\":\"pay\"}\n").find("\"ok\":false"), std::string::npos) << line;
    }
    EXPECT_EQ(carried_out, 0);
    EXPECT_TRUE(send(std::string(2U << 20U, '{')).find("true") == std::string::npos);
    auto client = *control_client::connect(channel->where());
    EXPECT_TRUE(client.ask({{"cmd", "pay"}}).at("ok").get<bool>());
}

TEST_F(ControlChannelAttacked, ServesItsOwnUserAlone) {
    if (::geteuid() != 0) GTEST_SKIP() << "only root can become another user";
    const pid_t child = ::fork();
    if (child == 0) {
        // Nothing but system calls: another thread may hold any lock.
        if (::setresuid(65'534, 65'534, 65'534) != 0) ::_exit(3);
        const int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        sockaddr_in where{};
        where.sin_family = AF_INET;
        where.sin_port = htons(port());
        where.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        if (::connect(socket, reinterpret_cast<sockaddr*>(&where), sizeof where) != 0) ::_exit(4);
        constexpr std::string_view command = "{\"cmd\":\"pay\"}\n";
        (void)!::send(socket, command.data(), command.size(), MSG_NOSIGNAL);
        char one = 0;
        ::_exit(::recv(socket, &one, 1, 0) > 0 ? 5 : 0);
    }
    int status = 0;
    ASSERT_EQ(::waitpid(child, &status, 0), child);
    EXPECT_EQ(WEXITSTATUS(status), 0);
    EXPECT_EQ(carried_out, 0);
}

TEST_F(ControlChannelAttacked, ManyIdleClientsShutNobodyOut) {
    boost::asio::io_context here;
    std::vector<boost::asio::ip::tcp::socket> idle;
    for (int i = 0; i < 100; ++i) {
        idle.emplace_back(here);
        idle.back().connect({boost::asio::ip::address_v4::loopback(), port()});
    }
    idle.clear();
    // Until their ends are heard the channel is full.
    bool served = false;
    for (int tries = 0; tries < 2'000 && !served; ++tries) {
        try {
            auto client = *control_client::connect(channel->where());
            served = client.ask({{"cmd", "pay"}}).at("ok").get<bool>();
        } catch (const std::runtime_error&) {
            std::this_thread::sleep_for(std::chrono::milliseconds(10));
        }
    }
    EXPECT_TRUE(served);
}

TEST(Listener, KeepsTheLastDescriptorsBack) {
    rlimit most{};
    ASSERT_EQ(::getrlimit(RLIMIT_NOFILE, &most), 0);
    EXPECT_TRUE(has_room_for(10));
    if (most.rlim_cur == RLIM_INFINITY) return;
    EXPECT_FALSE(has_room_for(static_cast<int>(most.rlim_cur) - 1));
}

TEST(FaultPlan, RepeatsItselfWithTheSameSeed) {
    const auto pattern = [](std::uint64_t seed) {
        fault_plan plan({{"drop", fault_effect::withhold}});
        plan.set({{.kind = "drop", .times = -1, .probability = 0.5}}, seed);
        std::string hits;
        for (int i = 0; i < 64; ++i)
            hits += plan.hit("x") ? '1' : '0';
        return hits;
    };
    EXPECT_EQ(pattern(3), pattern(3));
    EXPECT_NE(pattern(3), pattern(4));
}

TEST(IdleWatch, GivesUpWhatIsSilentAndNothingElse) {
    boost::asio::io_context io;
    const auto limit = std::chrono::milliseconds(20);
    constexpr int most = 10;
    int heard = 0;
    int silent_ended = 0;
    int talker_ended = 0;
    // What is due earlier is carried out earlier, however late it is.
    boost::asio::steady_timer clock(io, limit / 2);
    idle_watch silent(io.get_executor(), limit, [&] { ++silent_ended; });
    idle_watch talker(io.get_executor(), limit, [&] {
        ++talker_ended;
        EXPECT_EQ(heard, most) << "it was still talking";
    });
    idle_watch stopped(io.get_executor(), limit, [] { ADD_FAILURE() << "it was stopped"; });
    stopped.stop();
    {
        const idle_watch gone(io.get_executor(), limit, [] { ADD_FAILURE() << "it has gone before"; });
    }
    std::function<void(boost::system::error_code)> talk = [&](boost::system::error_code) {
        talker.heard();
        if (++heard == most) return;
        clock.expires_at(clock.expiry() + limit / 2);
        clock.async_wait(talk);
    };
    clock.async_wait(talk);
    io.run();
    EXPECT_EQ(silent_ended, 1);
    EXPECT_EQ(talker_ended, 1);
}

TEST(FaultPlan, KeepsItsListWhenItRefusesAnother) {
    fault_plan plan({{"drop", fault_effect::withhold}});
    plan.set({{.kind = "drop"}}, 1);
    EXPECT_THROW(
        plan.control({{"cmd", "faults"}, {"set", {{{"kind", "drop"}}, {{"kind", "dorp"}}}}}), std::invalid_argument);
    EXPECT_TRUE(plan.hit("CA"));
}

TEST(ControlDesk, TakesNoNumberThatWraps) {
    const auto taken = [](const char* text) {
        const auto request = nlohmann::json::parse(std::string(R"({"n":)") + text + "}");
        return whole_number(request, "n", 0, -5, 100);
    };
    EXPECT_EQ(taken("-5"), -5);
    EXPECT_EQ(taken("100"), 100);
    for (const auto* wrong :
        {"18446744073709551615", "18446744073709551611", "101", "-6", "1.5", "1e2", "\"1\"", "null"}) {
        EXPECT_THROW(static_cast<void>(taken(wrong)), std::invalid_argument) << wrong;
    }
}

TEST(FaultPlan, RefusesWhatWouldDoNothing) {
    fault_plan plan({{"delay", fault_effect::wait, {"CA", "NC"}},
        {"status", fault_effect::alter, {}, {"[0-9]{2}", "two digits", "00"}}});
    const char* faults[] = {R"({"kind":"dealy"})", R"({"kind":"delay","delay":5})",
        R"({"kind":"delay","delay_ms":-1})", R"({"kind":"delay","probability":5})", R"({"kind":"delay","times":0})",
        R"({"kind":"delay","skip":-1})", R"({"kind":"delay","probability":0})", R"({"kind":"delay","match":"CAA"})",
        R"({"kind":"status","value":"7"})", R"({"kind":"status"})", R"({"kind":"delay","value":"x"})",
        R"({"kind":"status","value":"07","delay_ms":5})", R"({"kind":"delay","skip":18446744073709551615})",
        R"({"kind":5})", R"({"match":"CA"})", "5", R"({"kind":"delay","delay_ms":0})",
        R"({"kind":"status","value":"00"})"};
    for (const char* one : faults) {
        const nlohmann::json request{{"cmd", "faults"}, {"set", nlohmann::json::array({nlohmann::json::parse(one)})}};
        EXPECT_THROW(plan.control(request), std::invalid_argument) << one;
    }
    for (const auto* one :
        {R"({"seed":7})", R"({"set":[],"seed":-1})", R"({"set":[],"seed":1.5})", R"({"set":{}})"}) {
        auto request = nlohmann::json::parse(one);
        request["cmd"] = "faults";
        EXPECT_THROW(plan.control(request), std::invalid_argument) << one;
    }
    const nlohmann::json endless{{"kind", "status"}, {"value", std::string(100'000, '7')}};
    EXPECT_THROW(plan.control({{"cmd", "faults"}, {"set", {endless}}}), std::invalid_argument);
    EXPECT_THROW(plan.control({{"cmd", "faults"}, {"sett", nlohmann::json::array()}}), std::invalid_argument);
    EXPECT_THROW(plan.control({{"cmd", "faults"}, {"set", 5}}), std::invalid_argument);
    EXPECT_EQ(plan.control({{"cmd", "faults"}})["faults"].size(), 0U);
}

TEST(FaultPlan, SaysInWordsWhichValuesAKindTakes) {
    fault_plan plan(
        {{"delay", fault_effect::wait}, {"status", fault_effect::alter, {}, {"[0-9]{2}", "two digits", "00"}}});
    const auto why = [&](const char* one) -> std::string {
        const nlohmann::json request{{"cmd", "faults"}, {"set", nlohmann::json::array({nlohmann::json::parse(one)})}};
        try {
            plan.control(request);
        } catch (const std::invalid_argument& wrong) {
            return wrong.what();
        }
        return "taken";
    };
    EXPECT_EQ(why(R"({"kind":"status","value":"7"})"), "value of status: found \"7\", expected two digits");
    EXPECT_EQ(why(R"({"kind":"status"})"), "status needs a value: two digits");
    EXPECT_EQ(why(R"({"kind":"status","value":"00"})"), "value 00 of status would change nothing");
    EXPECT_EQ(why(R"({"kind":"delay","delay_ms":0})"),
        "delay with delay_ms 0 would do nothing: leave it out for a second, or say how long");
    EXPECT_EQ(plan.control({{"cmd", "faults"}})["kinds"][1]["value"], "two digits");
}

TEST(PtyPair, CarriesBytesBothWaysUnchanged) {
    auto pair = pty_pair::open();
    ASSERT_TRUE(pair);
    const int driver = ::open(pair->path().c_str(), O_RDWR | O_NOCTTY | O_CLOEXEC);
    ASSERT_GE(driver, 0);
    const std::string data("\x02\x00\x11\x13\n\r\x03", 7);
    ASSERT_EQ(::write(driver, data.data(), data.size()), 7);
    std::string read(7, '\0');
    for (std::size_t got = 0; got < read.size();) {
        const auto more = ::read(pair->master(), read.data() + got, read.size() - got);
        if (more > 0) got += static_cast<std::size_t>(more);
    }
    EXPECT_EQ(read, data);
    ::close(driver);
}

TEST(ChildProcess, TellsWhatItPrintsAndHowItEnds) {
    auto child = child_process::start({"/bin/sh", "-c", "echo listening on 127.0.0.1:7; exit 3"}, "/dev/null");
    ASSERT_TRUE(child);
    EXPECT_EQ(*child->await("listening", std::chrono::seconds(5)), "127.0.0.1:7");
    EXPECT_TRUE(child->await("control", std::chrono::seconds(5)).error().is(condition::link_lost));
    EXPECT_EQ(child->wait(std::chrono::seconds(5)), 3);
}

TEST(ChildProcess, CanBeKilled) {
    auto child = child_process::start({"/bin/sleep", "60"}, "/dev/null");
    ASSERT_TRUE(child);
    child->kill();
    EXPECT_EQ(child->wait(std::chrono::seconds(5)), -9);
}

TEST(Database, RollsBackWhatIsNotCommitted) {
    database books(":memory:");
    books.execute("CREATE TABLE t(v INTEGER)");
    {
        transaction half(books);
        books.prepare("INSERT INTO t VALUES(?)").bind(1).run();
    }
    transaction whole(books);
    books.prepare("INSERT INTO t VALUES(?)").bind(2).run();
    whole.commit();
    auto query = books.prepare("SELECT SUM(v) FROM t");
    ASSERT_TRUE(query.step());
    EXPECT_EQ(query.integer(0), 2);
    EXPECT_THROW(books.execute("nonsense"), std::runtime_error);
}

TEST(ChildProcess, DoesNotOutliveAParentThatIsKilled) {
    ASSERT_EQ(::prctl(PR_SET_CHILD_SUBREAPER, 1), 0); // orphans come to this test
    std::array<int, 2> pipe{};
    ASSERT_EQ(::pipe(pipe.data()), 0);
    const pid_t rig = ::fork();
    if (rig == 0) {
        auto program = child_process::start({"/bin/sleep", "60"}, "/dev/null");
        const pid_t id = program ? program->id() : -1;
        (void)!::write(pipe[1], &id, sizeof id);
        ::pause();
        ::_exit(0);
    }
    pid_t orphan = -1;
    ASSERT_EQ(::read(pipe[0], &orphan, sizeof orphan), static_cast<ssize_t>(sizeof orphan));
    ASSERT_GT(orphan, 0);
    EXPECT_EQ(::kill(orphan, 0), 0) << "it lives while the rig does";
    ::kill(rig, SIGKILL);
    ::waitpid(rig, nullptr, 0);
    int status = 0;
    const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(30);
    pid_t ended = 0;
    while (ended == 0 && std::chrono::steady_clock::now() < until) {
        ended = ::waitpid(orphan, &status, WNOHANG);
        std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
    EXPECT_EQ(ended, orphan);
    EXPECT_TRUE(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
    if (ended != orphan) ::kill(orphan, SIGKILL);
    ::close(pipe[0]);
    ::close(pipe[1]);
    ::prctl(PR_SET_CHILD_SUBREAPER, 0);
}

TEST(FaultText, IsReadAsCommandLinesHaveIt) {
    EXPECT_EQ(fault_entry("drop"), (nlohmann::json{{"kind", "drop"}}));
    EXPECT_EQ(fault_entry("drop:frame:GCR"), (nlohmann::json{{"kind", "drop"}, {"match", "frame:GCR"}}));
    EXPECT_EQ(fault_entry(R"({"kind":"drop","skip":2})"), (nlohmann::json{{"kind", "drop"}, {"skip", 2}}));
    EXPECT_THROW((void)fault_entry(""), std::invalid_argument);
    EXPECT_THROW((void)fault_entry("{"), std::invalid_argument);
}

TEST(FaultText, IsPlannedInItsOrderOrRefusedInWords) {
    fault_plan plan({{"drop", fault_effect::withhold}, {"delay", fault_effect::wait}});
    const auto control = [&](const nlohmann::json& request) { return plan.control(request); };
    plan_at_start({"delay", "drop"}, control);
    EXPECT_EQ(plan.hit("any")->kind, "delay");
    EXPECT_EQ(plan.hit("any")->kind, "drop");
    try {
        plan_at_start({"drip"}, control);
        FAIL() << "drip is no kind";
    } catch (const std::runtime_error& why) {
        EXPECT_EQ(std::string(why.what()), "--fault: unknown fault kind drip, known: drop, delay");
    }
}

TEST(ChildProcess, SaysWhatCannotBeStarted) {
    const auto none = child_process::start({"/no/such/program"}, "/dev/null");
    ASSERT_FALSE(none);
    EXPECT_EQ(none.error().code(), boost::system::errc::no_such_file_or_directory);
    EXPECT_FALSE(child_process::start({"/bin/true"}, "/no/such/folder/log"));
}

} // namespace
} // namespace cipherlane::sim
