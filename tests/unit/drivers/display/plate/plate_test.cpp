#include "display/plate/plate_desk.hpp"

#include <cipherlane/drivers/errc.hpp>

#include <boost/asio/connect.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <future>

namespace cipherlane::drivers {
namespace {

using namespace std::chrono_literals;
using nlohmann::json;

code_plate_profile two_plates() {
    code_plate_profile profile;
    profile.plates = {"862000000000001", "862000000000002"};
    profile.fixed_code = "https://qr.95516.com/fixed";
    profile.asks_within = 300ms;
    return profile;
}

// As the maker's page has the request at power-on: device, imei, msg.
const std::string power_on = R"({"device":"pos2808","imei":"862000000000001","msg":"request_static_qrcode"})";

std::string asked_by(const std::string& plate) {
    return json{{"imei", plate}, {"amount", "0.01"}}.dump();
}

TEST(PlateDesk, AnswersTheMakersRequestAtPowerOn) {
    plate_desk desk(two_plates());
    const auto answer = desk.serve("/payroute/staticqrcode", power_on);
    EXPECT_EQ(answer.status, 200U);
    EXPECT_EQ(json::parse(answer.body), (json{{"qrcode", "https://qr.95516.com/fixed"}}));
}

TEST(PlateDesk, GivesStrangersNothing) {
    plate_desk desk(two_plates());
    EXPECT_EQ(desk.serve("/payroute/dynamicqrcode", asked_by("862000000000009")).status, 403U);
    EXPECT_EQ(desk.serve("/payroute/other", asked_by("862000000000001")).status, 404U);
    for (const auto* body : {"", "{", "[]", "{\"imei\":1}", "{\"imei\":{\"imei\":{\"imei\":{\"imei\":{}}}}}"})
        EXPECT_EQ(desk.serve("/payroute/dynamicqrcode", body).status, 400U) << body;
}

TEST(PlateDesk, IsDoneWhenEachPlateHasTheCode) {
    auto profile = two_plates();
    profile.asks_within = 20s;
    plate_desk desk(profile);
    auto given = std::async(std::launch::async, [&] {
        return desk.give({"CODE", "12.34", "Shop", "waiting"}, call(20s));
    });
    auto first = json::object();
    for (const auto end = deadline::in(20s); first.value("qrcode", "") != "CODE" && !end.passed();)
        first = json::parse(desk.serve("/payroute/dynamicqrcode?x=1", asked_by("862000000000001")).body);
    EXPECT_EQ(first, (json{{"qrcode", "CODE"}, {"amount", "12.34"}, {"payee", "Shop"}, {"state", "waiting"}}))
        << "the amount is the order's, whatever the plate says";
    (void)desk.serve("/payroute/dynamicqrcode", asked_by("862000000000002"));
    EXPECT_TRUE(given.get());
}

TEST(PlateDesk, TakesACodeBackThatAPlateDidNotFetch) {
    plate_desk desk(two_plates());
    auto given = std::async(std::launch::async, [&] {
        return desk.give({"CODE", "12.34", "Shop", "waiting"}, call(5s));
    });
    for (const auto end = deadline::in(200ms); !end.passed();)
        (void)desk.serve("/payroute/dynamicqrcode", asked_by("862000000000001"));
    const auto ended = given.get();
    ASSERT_FALSE(ended);
    EXPECT_EQ(ended.error().code(), make_error_code(drivers_errc::no_answer));
    EXPECT_EQ(ended.error().endpoint(), "862000000000002");
    const auto later = json::parse(desk.serve("/payroute/dynamicqrcode", asked_by("862000000000002")).body);
    EXPECT_EQ(later.at("qrcode"), "");
    EXPECT_EQ(later.at("state"), "idle");
}

TEST(PlateDesk, WantsThePlatesNumbers) {
    EXPECT_EQ(code_plate_profile().validate().error().field(), "plates");
    auto wrong = two_plates();
    wrong.base = "payroute";
    EXPECT_EQ(wrong.validate().error().field(), "base");
}

TEST(CodePlate, OnlyAPostCountsAsFetched) {
    namespace asio = boost::asio;
    auto profile = two_plates();
    profile.plates.pop_back();
    const auto served = code_plate::listen("127.0.0.1:0", profile, logger::none());
    ASSERT_TRUE(served) << served.error();
    auto given =
        std::async(std::launch::async, [&] { return (*served)->show_outcome({}, amount(1234), call(300ms)); });
    std::string answers;
    while (given.wait_for(10ms) != std::future_status::ready) {
        asio::io_context io;
        asio::ip::tcp::socket peer(io);
        peer.connect({asio::ip::make_address("127.0.0.1"), (*served)->port()});
        const auto body = asked_by("862000000000001");
        asio::write(
            peer, asio::buffer("PUT /payroute/dynamicqrcode HTTP/1.1\r\nConnection: close\r\nContent-Length: " +
                               std::to_string(body.size()) + "\r\n\r\n" + body));
        boost::system::error_code end;
        asio::read(peer, asio::dynamic_buffer(answers), end);
    }
    EXPECT_FALSE(given.get()) << "no plate has fetched it";
    EXPECT_TRUE(answers.starts_with("HTTP/1.1 405"));
    EXPECT_EQ(answers.find("12.34"), std::string::npos);
}

} // namespace
} // namespace cipherlane::drivers
