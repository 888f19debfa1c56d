// What a request to the till's service leaves behind in memory: a program of its own, since it looks into all that is
// freed.
#include "cipherlane/service/http_door.hpp"
#include "support/freed_memory.hpp"
#include "support/http_call.hpp"

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <gtest/gtest.h>

#include <memory>
#include <thread>

namespace cipherlane::tests {
namespace {

using namespace std::chrono_literals;

constexpr std::string_view token = "0123456789abcdef0123456789abcdef";
constexpr std::string_view session = "C0FFEE11C0FFEE22C0FFEE33C0FFEE44";

/// A door whose requests are answered by their length.
class open_door {
  public:
    open_door() {
        service::door_settings settings;
        settings.address = "127.0.0.1:0";
        settings.token = secret_bytes(as_bytes(token));
        door_ = service::http_door::open(
            io_, std::move(settings),
            [](service::http_request request, const service::answer_sink& tell) {
                tell({200, std::to_string(request.body.size()), "text/plain", {}, {}});
                wipe(byte_span(reinterpret_cast<std::uint8_t*>(request.body.data()), request.body.size()));
            },
            logger::none())
                    .value();
        where = door_->where();
        thread_ = std::thread([this] { io_.run(); });
    }
    open_door(const open_door&) = delete;
    open_door& operator=(const open_door&) = delete;
    ~open_door() {
        boost::asio::post(io_, [this] {
            door_.reset();
            io_.stop();
        });
        thread_.join();
    }
    std::string where;

  private:
    boost::asio::io_context io_;
    boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work_{boost::asio::make_work_guard(io_)};
    std::unique_ptr<service::http_door> door_;
    std::thread thread_;
};

/// What is found of `secret` in all that is freed from a first request to the end of the door.
int found_after(std::string_view secret, const std::string& request, std::string_view answer) {
    const std::string how(answer);
    const freed_memory::watch eyes(secret);
    {
        const open_door door;
        raw_connection to(door.where);
        // In two parts, and the next one behind it.
        const std::string_view all(request);
        EXPECT_TRUE(to.send(all.substr(0, all.size() / 2)));
        std::this_thread::sleep_for(20ms);
        EXPECT_TRUE(to.send(all.substr(all.size() / 2)) && to.send(all));
        EXPECT_NE(to.read_until(how).find(how), std::string::npos);
    }
    return freed_memory::watch::seen();
}

std::string request_with(std::string_view shown, const std::string& body) {
    std::string text = "POST /a HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ";
    text.append(shown).append("\r\nOperator-Session: ").append(session);
    return text + "\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
}

TEST(ServiceWipe, TheWatchSeesWhatIsFreed) {
    const freed_memory::watch eyes(session);
    auto kept = std::make_unique<std::string>(session);
    kept.reset();
    EXPECT_EQ(freed_memory::watch::seen(), 1);
}

TEST(ServiceWipe, ARequestLeavesNothingOfItsHeader) {
    const auto request = request_with(token, "body");
    EXPECT_EQ(found_after(session, request, "200 OK"), 0);
    EXPECT_EQ(found_after(token, request, "200 OK"), 0);
}

TEST(ServiceWipe, NorOneThatWasRefused) {
    constexpr std::string_view wrong = "fedcba9876543210fedcba9876543210";
    EXPECT_EQ(found_after(wrong, request_with(wrong, "body"), " 401 "), 0);
}

TEST(ServiceWipe, NorOfABodyThatGrew) {
    constexpr std::string_view code = "134567890123456789";
    const auto request = request_with(token, std::string(5000, ' ') + std::string(code) + std::string(9000, ' '));
    EXPECT_EQ(found_after(code, request, "14018"), 0);
}

} // namespace
} // namespace cipherlane::tests
