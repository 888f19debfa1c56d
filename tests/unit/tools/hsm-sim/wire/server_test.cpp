#include "hsm-sim/wire/server.hpp"
#include "support/vectors.hpp"

#include <boost/asio/connect.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace cipherlane::hsm_sim {
namespace {

using boost::asio::ip::tcp;

class client {
  public:
    explicit client(std::uint16_t port) { socket_.connect({boost::asio::ip::address_v4::loopback(), port}); }

    void send(const std::string& message) {
        std::string frame{static_cast<char>(message.size() >> 8), static_cast<char>(message.size())};
        send_raw(frame + message);
    }
    void send_raw(const std::string& data) { boost::asio::write(socket_, boost::asio::buffer(data)); }
    /// "closed" where the other side hangs up.
    std::string receive() {
        std::array<unsigned char, 2> length{};
        boost::system::error_code failed;
        boost::asio::read(socket_, boost::asio::buffer(length), failed);
        return failed ? "closed" : receive_raw((length[0] << 8U) | length[1]);
    }
    std::string receive_raw(std::size_t size) {
        std::string data(size, '\0');
        boost::system::error_code failed;
        const auto got = boost::asio::read(socket_, boost::asio::buffer(data), failed);
        data.resize(got);
        return failed && got == 0 ? "closed" : data;
    }
    std::string ask(const std::string& message) {
        send(message);
        return receive();
    }

  private:
    boost::asio::io_context io_;
    tcp::socket socket_{io_};
};

class Server : public testing::Test {
  protected:
    explicit Server(const std::string& profile = "payshield")
        : device(*settings_of(profile), lmk_set::test()) {
        serving = *server::start(device, {0, 2, false}, logger::none());
    }
    nlohmann::json control(const nlohmann::json& request) { return serving->control(request); }
    void fault(nlohmann::json what) {
        control({{"cmd", "faults"}, {"set", nlohmann::json::array({std::move(what)})}});
    }

    unit device;
    std::unique_ptr<server> serving;
};

const std::string nc_answer = "ND0026860400000000000007-E000";

TEST_F(Server, AnswersPipelinedRequestsInOrder) {
    client one(serving->port());
    const auto rows = cipherlane::tests::load_vectors("hsm_payshield.csv");
    for (std::size_t i = 0; i < rows.size(); ++i)
        one.send(std::to_string(1000 + i) + rows[i]["request"]);
    for (std::size_t i = 0; i < rows.size(); ++i) {
        EXPECT_EQ(one.receive(), std::to_string(1000 + i) + rows[i]["response"]);
    }
    EXPECT_EQ(control({{"cmd", "counters"}}).at("counters")["requests"], rows.size());
}

TEST_F(Server, TakesBytesAsTheyCome) {
    client one(serving->port());
    for (const char byte : std::string("\0\6"
                                       "1234NC",
             8))
        one.send_raw(std::string(1, byte));
    EXPECT_EQ(one.receive(), "1234" + nc_answer);
}

TEST_F(Server, ServesManyClients) {
    std::vector<std::unique_ptr<client>> clients;
    for (int i = 0; i < 50; ++i)
        clients.push_back(std::make_unique<client>(serving->port()));
    for (const auto& each : clients)
        each->send("0000NC");
    for (const auto& each : clients)
        EXPECT_EQ(each->receive(), "0000" + nc_answer);
}

TEST_F(Server, RefusesWhatIsNoMessage) {
    client one(serving->port());
    EXPECT_EQ(one.ask("0001ZZ"), "0001ZA67");
    EXPECT_EQ(one.ask("0001N"), "0001ZZ15");
    EXPECT_EQ(one.ask("0001CAU12"), "0001CB15");
    client two(serving->port());
    two.send("12");
    EXPECT_EQ(two.receive(), "closed");
}

TEST_F(Server, Delays) {
    client one(serving->port());
    fault({{"kind", "delay"}, {"delay_ms", 60}, {"match", "NC"}});
    const auto start = std::chrono::steady_clock::now();
    one.send("0001B20001x");
    one.send("0002NC");
    one.send("0003B20001y");
    EXPECT_EQ(one.receive(), "0001B300x");
    EXPECT_EQ(one.receive(), "0002" + nc_answer);
    EXPECT_EQ(one.receive(), "0003B300y");
    EXPECT_GE(std::chrono::steady_clock::now() - start, std::chrono::milliseconds(55));
}

TEST_F(Server, MakesBrokenAnswers) {
    client one(serving->port());
    fault({{"kind", "drop"}});
    one.send("0001NC");
    EXPECT_EQ(one.ask("0002NC"), "0002" + nc_answer);
    fault({{"kind", "wrong_header"}});
    EXPECT_EQ(one.ask("0002NC"), "0003" + nc_answer);
    fault({{"kind", "second_answer"}});
    EXPECT_EQ(one.ask("0004NC"), "0004" + nc_answer);
    EXPECT_EQ(one.receive(), "0004" + nc_answer);
    fault({{"kind", "warning"}, {"value", "01"}});
    EXPECT_EQ(one.ask("0005B20001x"), "0005B301x");
    fault({{"kind", "status"}, {"value", "41"}});
    EXPECT_EQ(one.ask("0006B20001x"), "0006B341");
    fault({{"kind", "half_frame"}, {"value", "close"}});
    one.send("0007NC");
    EXPECT_EQ(one.receive_raw(100).size(), (2 + 4 + nc_answer.size()) / 2);
}

TEST_F(Server, DisconnectsAndRestarts) {
    client one(serving->port());
    client other(serving->port());
    fault({{"kind", "disconnect"}});
    EXPECT_EQ(one.ask("0001NC"), "closed");
    client again(serving->port());
    fault({{"kind", "restart"}, {"delay_ms", 30}});
    EXPECT_EQ(again.ask("0001NC"), "closed");
    EXPECT_EQ(other.receive(), "closed");
    for (int tries = 0;; ++tries) {
        try {
            client after(serving->port());
            EXPECT_EQ(after.ask("0001NC"), "0001" + nc_answer);
            break;
        } catch (const boost::system::system_error&) {
            ASSERT_LT(tries, 500);
            std::this_thread::sleep_for(std::chrono::milliseconds(10));
        }
    }
}

TEST_F(Server, ChangesItsKeys) {
    client one(serving->port());
    const std::string ask = "0001BU0200406FBB23A5214DF";
    EXPECT_EQ(one.ask(ask), "0001BV000035BBE340A4B763");
    fault({{"kind", "lmk_change"}});
    EXPECT_EQ(one.ask("0001NC"), "0001" + nc_answer);
    EXPECT_NE(one.ask(ask), "0001BV000035BBE340A4B763");
    EXPECT_NE(one.ask("0001NC"), "0001" + nc_answer);
    control({{"cmd", "lmk"}, {"to", "test"}});
    EXPECT_EQ(one.ask(ask), "0001BV000035BBE340A4B763");
    EXPECT_EQ(one.ask("0001NC"), "0001" + nc_answer);
    control({{"cmd", "lmk"}, {"to", "other"}});
    const auto shown = one.ask("0001NC");
    EXPECT_NE(shown.substr(0, 14), ("0001" + nc_answer).substr(0, 14));
    EXPECT_EQ(shown.substr(14, 10), "0000000000");
}

TEST_F(Server, LeavesTheAuthorisedState) {
    client one(serving->port());
    EXPECT_EQ(one.ask("0001BA1234550000025321"), "0001BB0001234");
    EXPECT_EQ(one.ask("0001RA"), "0001RB00");
    EXPECT_EQ(one.ask("0001BA1234550000025321"), "0001BB17");
    EXPECT_EQ(control({{"cmd", "authorised"}, {"on", true}})["authorised"], true);
    EXPECT_EQ(one.ask("0001BA1234550000025321"), "0001BB0001234");
}

TEST_F(Server, RefusesAnUnknownControlCommand) {
    EXPECT_THROW(control({{"cmd", "nonsense"}}), std::invalid_argument);
    for (const char* nonsense : {R"({"cmd":"lmk","to":"x"})", R"({"cmd":"lmk","too":"test"})", R"({"cmd":5})",
             R"({"cmd":"store","index":1,"key":"U12"})", R"({"cmd":"store","index":1,"key":""})",
             R"({"cmd":"store","index":99999,"key":"0123456789ABCDEF"})", R"({"cmd":"stored","index":-1})",
             R"({"cmd":"store","index":1,"key":"0123456789ABCDEF","type":"X"})", R"({"cmd":"stored"})",
             R"({"cmd":"restart","downtime_ms":-5})", R"({"cmd":"authorised","on":"yes"})",
             R"({"cmd":"faults","set":[{"kind":"status","value":"123"}]})", R"({"cmd":"counters","of":"CA"})",
             R"({"cmd":"faults","set":[{"kind":"drop","match":"CAA"}]})",
             R"({"cmd":"faults","set":[{"kind":"drop","match":"D1 24"}]})",
             R"({"cmd":"faults","set":[{"kind":"drop","match":7}]})", R"({"cmd":"faults","set":[7]})"}) {
        EXPECT_THROW(control(nlohmann::json::parse(nonsense)), std::invalid_argument) << nonsense;
    }
}

TEST_F(Server, CountsWhatAFaultRefused) {
    client one(serving->port());
    fault({{"kind", "status"}, {"match", "NC"}});
    EXPECT_EQ(one.ask("0001NC"), "0001ND41");
    EXPECT_EQ(one.ask("0001NC"), "0001" + nc_answer);
    const auto seen = control({{"cmd", "counters"}}).at("counters");
    EXPECT_EQ(seen.at("command NC"), 2);
    EXPECT_EQ(seen.at("refused NC"), 1);
    EXPECT_EQ(seen.at("fault status"), 1);
}

TEST_F(Server, EndsAConnectionOnWhichNothingComes) {
    server_settings settings;
    settings.threads = 1;
    settings.idle = std::chrono::milliseconds(50);
    const auto impatient = *server::start(device, settings, logger::none());
    client silent(impatient->port());
    EXPECT_EQ(silent.receive(), "closed");
    client half(impatient->port());
    half.send_raw(std::string{0x00});
    EXPECT_EQ(half.receive(), "closed");
}

/// What stands behind serial number, three dates and times.
std::string behind_period(const std::string& answer) {
    EXPECT_EQ(answer.substr(8, 12), "SIM000000001") << answer;
    return answer.size() < 56 ? "" : answer.substr(56);
}

TEST_F(Server, VolumesAreThoseOfTheCommandsThatWereAsked) {
    client one(serving->port());
    client other(serving->port());
    for (int i = 0; i < 3; ++i)
        EXPECT_EQ(one.ask("0001NC"), "0001" + nc_answer);
    (void)other.ask("0002B20000");
    (void)other.ask("0002Q9nosuch");
    EXPECT_EQ(behind_period(one.ask("0001J4")).substr(10), "B2000000000001NC000000000003");
    // It counts itself, once it is answered.
    EXPECT_EQ(behind_period(one.ask("0001J4")).substr(10), "B2000000000001J4000000000001NC000000000003");
}

TEST_F(Server, LoadIsToldInSteps) {
    client one(serving->port());
    const auto told = behind_period(one.ask("0001J2"));
    const auto seconds = std::stoull(told.substr(0, 10));
    ASSERT_EQ(told.size(), 10U + 10 * 17);
    std::uint64_t sum = 0;
    for (std::size_t step = 0; step < 10; ++step) {
        const auto record = told.substr(10 + 17 * step, 17);
        EXPECT_EQ(std::stoul(record.substr(0, 3)), 10 * step);
        EXPECT_EQ(std::stoul(record.substr(3, 3)), 10 * (step + 1));
        EXPECT_EQ(record.back(), ';');
        sum += std::stoull(record.substr(6, 10));
    }
    EXPECT_GE(sum, seconds) << "each whole second is in one step";
    EXPECT_LE(sum, seconds + 1);
}

TEST_F(Server, RestartsAreCounted) {
    EXPECT_EQ(behind_period(client(serving->port()).ask("0001J8")), std::string(40, '0'));
    device.start_again();
    device.start_again();
    EXPECT_EQ(behind_period(client(serving->port()).ask("0001J8")), "0000000002" + std::string(30, '0'));
}

TEST_F(Server, ConnectionsAndTrafficAreThoseOfTheSockets) {
    client one(serving->port());
    EXPECT_EQ(one.ask("0001NC"), "0001" + nc_answer);
    client other(serving->port());
    (void)other.ask("0002NC");
    char port[5];
    std::snprintf(port, sizeof port, "%04X", serving->port());
    const auto told = one.ask("0001NI11");
    ASSERT_EQ(told.substr(0, 12), "0001NJ000002");
    ASSERT_EQ(told.size(), 12U + 2 * 26 + 2 * 16 + 9 * 8);
    EXPECT_EQ(told.substr(12, 13), "0" + std::string(port) + "7F000001");
    EXPECT_EQ(told.substr(29, 1), "0");
    const auto figures = told.substr(12 + 2 * 26);
    // Two answers of 35 bytes; two requests of 8 and this one of 10.
    EXPECT_EQ(std::stoull(figures.substr(0, 16), nullptr, 16), 2 * (2 + 4 + nc_answer.size()));
    EXPECT_EQ(std::stoull(figures.substr(16, 16), nullptr, 16), 8U + 8U + 10U);
    EXPECT_EQ(figures.substr(32, 8), "00000002");
    EXPECT_EQ(one.ask("0001NIX0"), "0001NJ81");
    EXPECT_EQ(one.ask("0001NIH2"), "0001NJ82");
}

TEST_F(Server, StatusOfKeysAndAuthorisation) {
    client one(serving->port());
    const auto told = one.ask("0001JK");
    EXPECT_EQ(told.substr(8, 12), "SIM000000001");
    EXPECT_EQ(told.substr(32), "2213001"
                               "010100"
                               "00101V0Tsimulated\x14\x15"
                               "00");
    (void)one.ask("0001RA");
    serving->change_lmks();
    EXPECT_EQ(one.ask("0001JK").substr(32), "2213001"
                                            "010001"
                                            "00000V0Lsimulated\x14\x15"
                                            "00");
}

class WestoneServer : public Server {
  protected:
    WestoneServer()
        : Server("sjj1312") {}
};

TEST_F(WestoneServer, ClosesAfterAnUnknownCommand) {
    client one(serving->port());
    one.send_raw("\xD0\x06\x10");
    EXPECT_EQ(one.receive_raw(26).front(), 'A');
    one.send_raw("\xD1\x77");
    EXPECT_EQ(one.receive_raw(2), "E\x60");
    EXPECT_EQ(one.receive_raw(1), "closed");
}

} // namespace
} // namespace cipherlane::hsm_sim
