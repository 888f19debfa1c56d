// The gateway's doors: what a till asks over HTTP, what must not end the program, what is kept over a restart.
#include "gateway-sim/server.hpp"
#include "simkit/control_client.hpp"
#include "support/log_spans.hpp"
#include "support/temporary_folder.hpp"

#include <boost/asio/connect.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/write.hpp>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <array>
#include <atomic>
#include <filesystem>
#include <fstream>
#include <sys/stat.h>
#include <thread>

namespace cipherlane::sim {
namespace {

using std::chrono_literals::operator""ms;

/// A gateway on a thread of its own, as the program has it.
class running_gateway {
  public:
    explicit running_gateway(const gateway_settings& settings, const logger& log = logger::none())
        : server_(gateway_server::start(io_, settings, log).value())
        , thread_([this] { io_.run(); }) {}
    running_gateway(const running_gateway&) = delete;
    running_gateway& operator=(const running_gateway&) = delete;
    ~running_gateway() {
        io_.stop();
        thread_.join();
    }
    [[nodiscard]] const std::string& public_key() const { return server_->public_key(); }
    [[nodiscard]] control_client rig() const { return control_client::connect(server_->control_place()).value(); }

    /// Sends bytes and gives back all that comes until the gateway hangs up.
    [[nodiscard]] std::string send(const std::string& data) const {
        boost::asio::io_context here;
        boost::asio::ip::tcp::socket socket(here);
        socket.connect({boost::asio::ip::address_v4::loopback(), server_->port()});
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
    [[nodiscard]] std::string get(const std::string& target, const std::string& headers = "") const {
        return send("GET " + target + " HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n" + headers + "\r\n");
    }
    [[nodiscard]] std::string post(const std::string& target, const std::string& body) const {
        return send("POST " + target + " HTTP/1.1\r\nHost: localhost:80\r\nConnection: close\r\nContent-Length: " +
                    std::to_string(body.size()) + "\r\n\r\n" + body);
    }

  private:
    boost::asio::io_context io_;
    std::unique_ptr<gateway_server> server_;
    std::thread thread_;
};

/// With a key that is made once, which takes its time.
gateway_settings with_key() {
    static const tests::temporary_folder folder;
    gateway_settings settings;
    settings.key_file = folder.file("gateway.pem");
    return settings;
}

bool has(const std::string& text, const std::string& part) {
    return text.find(part) != std::string::npos;
}

const std::string order = R"({"order_number":"o1","merchant_id":"TESTMERCH000001","terminal_id":"TEST0001",)"
                          R"("amount":1234,"currency":"156","subject":"tea","valid_seconds":300,"notify_url":""})";

TEST(Gateway, OutlivesWhatIsNoText) {
    const running_gateway gateway(with_key());
    EXPECT_TRUE(has(gateway.get("/orders/\xff"), " 404 "));
    EXPECT_TRUE(has(gateway.get("/orders/\xc3\x28/\xfe"), " 404 "));
    EXPECT_TRUE(has(gateway.post("/orders", "{\"order_number\":\"\xff\"}"), " 400 "));
    EXPECT_TRUE(has(gateway.post("/orders/\xff/refund", R"({"refund_number":"r1","amount":1})"), " 404 "));
    EXPECT_TRUE(has(gateway.post("/orders", std::string(100'000, '[')), " 400 "));
    static_cast<void>(gateway.send("\xff\xff\r\n\r\n"));
    static_cast<void>(gateway.send("GET / HTTP/1.1\r\n" + std::string(100'000, 'x') + "\r\n\r\n"));
    EXPECT_TRUE(has(gateway.post("/orders", order), " 201 "));
}

TEST(Gateway, IsNotForWebPages) {
    const running_gateway gateway(with_key());
    EXPECT_TRUE(has(gateway.get("/public-key"), " 200 "));
    EXPECT_TRUE(has(gateway.get("/public-key", "Origin: http://shop.example\r\n"), " 403 "));
    EXPECT_TRUE(
        has(gateway.send("GET /public-key HTTP/1.1\r\nHost: shop.example\r\nConnection: close\r\n\r\n"), " 403 "));
}

TEST(Gateway, EndsAConnectionOnWhichNothingComes) {
    auto settings = with_key();
    settings.idle = 50ms;
    const running_gateway gateway(settings);
    EXPECT_EQ(gateway.send(""), "");
    EXPECT_EQ(gateway.send("GET /public"), "");
}

// Whoever makes orders says where their notices go, and may do without end what fails.
TEST(Gateway, NeitherNoticesNorItsOwnFaultsFloodTheLog) {
    const tests::temporary_folder folder;
    auto settings = with_key();
    settings.ledger = folder.file("orders.json");
    std::atomic<int> lines = 0;
    const tests::log_spans spans;
    const running_gateway gateway(
        settings, logger(log_level::info, [&](log_level, std::string_view, std::string_view) { ++lines; }));
    auto named = order;
    named.replace(named.rfind("\"\""), 2, R"("nowhere")");
    ASSERT_TRUE(has(gateway.post("/orders", named), " 201 "));
    auto rig = gateway.rig();
    rig.ask({{"cmd", "pay"}, {"order_number", "o1"}});
    for (int i = 0; i < 200; ++i)
        rig.ask({{"cmd", "pay"}, {"order_number", "o1"}, {"payer", "second"}});
    for (int wait = 0; wait < 500 && lines == 0; ++wait)
        std::this_thread::sleep_for(10ms);
    EXPECT_GE(lines, 1);
    EXPECT_LE(lines.exchange(0), 16 * spans.count()) << "the first eight, and eight in ten seconds";
    rig.ask({{"cmd", "faults"}, {"set", {{{"kind", "ledger_fails"}, {"match", "create"}, {"times", -1}}}}});
    for (int i = 0; i < 100; ++i) {
        auto another = order;
        another.replace(another.find("o1"), 2, "n" + std::to_string(i));
        EXPECT_TRUE(has(gateway.post("/orders", another), " 500 "));
    }
    EXPECT_GE(lines, 1);
    EXPECT_LE(lines, 16 * spans.count());
}

TEST(Gateway, TellsTheRigWhetherARefundWasDone) {
    const running_gateway gateway(with_key());
    ASSERT_TRUE(has(gateway.post("/orders", order), " 201 "));
    auto rig = gateway.rig();
    rig.ask({{"cmd", "pay"}, {"order_number", "o1"}});
    const nlohmann::json question{{"cmd", "refund"}, {"refund_number", "r1"}};
    EXPECT_FALSE(rig.ask(question).at("done").get<bool>());
    ASSERT_TRUE(has(gateway.post("/orders/o1/refund", R"({"refund_number":"r1","amount":34})"), " 200 "));
    const auto told = rig.ask(question);
    EXPECT_TRUE(told.at("done").get<bool>());
    EXPECT_EQ(told.at("order_number"), "o1");
    EXPECT_EQ(told.at("amount"), 34);
}

TEST(Gateway, KeepsKeyAndOrdersOverARestart) {
    const tests::temporary_folder folder;
    gateway_settings settings;
    settings.key_file = folder.file("gateway.pem");
    settings.ledger = folder.file("orders.json");
    std::string key;
    {
        const running_gateway first(settings);
        key = first.public_key();
        EXPECT_TRUE(has(first.post("/orders", order), " 201 "));
    }
    struct ::stat about {};
    ASSERT_EQ(::stat(settings.key_file.c_str(), &about), 0);
    EXPECT_EQ(about.st_mode & 0777U, 0600U);
    const running_gateway again(settings);
    EXPECT_EQ(again.public_key(), key);
    EXPECT_TRUE(has(again.get("/orders/o1"), "\"waiting\""));
    EXPECT_TRUE(has(again.post("/orders", order), " 200 "));
    const running_gateway another(with_key());
    EXPECT_NE(another.public_key(), key);
    EXPECT_TRUE(has(another.get("/orders/o1"), " 404 "));
}

TEST(Gateway, RefusesAKeyThatIsNone) {
    const tests::temporary_folder folder;
    gateway_settings settings;
    boost::asio::io_context io;
    std::ofstream(folder.file("empty.pem")).close();
    std::ofstream(folder.file("open.pem")) << "a key that all may read";
    std::filesystem::permissions(folder.file("open.pem"), std::filesystem::perms(0644));
    std::filesystem::permissions(folder.file("empty.pem"), std::filesystem::perms(0600));
    for (const auto& file : {folder.path(), folder.file("empty.pem"), folder.file("open.pem")}) {
        settings.key_file = file;
        EXPECT_FALSE(gateway_server::start(io, settings, logger::none())) << file;
    }
}

} // namespace
} // namespace cipherlane::sim
