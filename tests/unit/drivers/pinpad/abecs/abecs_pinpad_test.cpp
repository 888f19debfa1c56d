#include "support/scripted_transport.hpp"

#include <cipherlane/drivers/errc.hpp>
#include <cipherlane/drivers/pinpad/abecs/abecs_pinpad.hpp>

#include <gtest/gtest.h>

namespace cipherlane::drivers {
namespace {

using namespace std::chrono_literals;
using tests::hex;
using tests::ok;
using tests::script;

bytes framed(std::string_view payload) {
    auto frame = abecs_frame(as_bytes(payload));
    return {frame->expose().begin(), frame->expose().end()};
}

std::string spaces(std::size_t count) {
    return std::string(count, ' ');
}
std::string zeros(std::size_t count) {
    return std::string(count, '0');
}

/// A GCR answer with the given card and nothing else.
std::string card(std::string_view type, std::string_view track2, std::string_view account, std::string_view expiry) {
    auto counted = [](std::string_view value, std::size_t room) {
        return (value.size() < 10 ? "0" : "") + std::to_string(value.size()) + std::string(value) +
               spaces(room - value.size());
    };
    return "GCR000352" + std::string(type) + "0000000" + "00" + spaces(76) + counted(track2, 37) + "000" +
           spaces(104) + counted(account, 19) + "01" + spaces(16) + "000" + spaces(26) + std::string(expiry) +
           zeros(39) + "156" + "000";
}

constexpr std::string_view test_track = "4761739001010119=22122011143804400000";
const std::string ask_card = "GCR0410099000000001234261121033000" + std::string("0000000000") + "001";

class abecs_device : public ::testing::Test {
  protected:
    abecs_device()
        : request_(amount(1234)) {
        request_.date_time = "261121033000";
        key_.master_slot = 3;
        key_.cryptogram = hex("4135EA58BA13E262F44C59ED7899AA3C");
    }

    tests::machine_script opened() {
        return script().send(hex("18")).recv(hex("04")).send(framed("OPN")).recv(hex("06")).recv(framed("OPN000"));
    }
    abecs_pinpad& over(const tests::machine_script& peer, abecs_profile profile = {}) {
        auto link = std::make_unique<tests::scripted_transport>(io_.get_executor(), peer);
        link_ = link.get();
        pad_.emplace(std::move(link), std::move(profile));
        return *pad_;
    }

    boost::asio::io_context io_;
    tests::scripted_transport* link_ = nullptr;
    std::optional<abecs_pinpad> pad_;
    ports::card_request request_;
    ports::wrapped_key key_;
    call bounds_{60s};
};

TEST_F(abecs_device, DoesAMagneticSaleInThreeRoundTrips) {
    auto peer = opened()
                    .send(framed(ask_card))
                    .recv(hex("06"))
                    .recv(framed(card("00", test_track, "", "000000")))
                    .send(framed("GPN093103"
                                 "4135EA58BA13E262F44C59ED7899AA3C"
                                 "16"
                                 "4761739001010119   "
                                 "1"
                                 "0412"
                                 "AMOUNT 12.34    ENTER PIN       "))
                    .recv(hex("06"))
                    .recv(framed("GPN000036BB6BE28FDF3522E900000000000000000000"))
                    .send(framed("DSP032APPROVED        THANK YOU       "))
                    .recv(hex("06"))
                    .recv(framed("DSP000"))
                    .done(ok);
    auto& pad = over(peer);
    ASSERT_TRUE(pad.open(bounds_));
    auto writes_before = link_->writes();
    auto read = pad.read_card(request_, bounds_);
    ASSERT_TRUE(read) << read.error();
    EXPECT_EQ(read->mode, ports::entry_mode::magnetic);
    EXPECT_EQ(read->account.expose(), "4761739001010119");
    EXPECT_EQ(read->expiry, "2212");
    EXPECT_EQ(as_text(read->track2.expose()), "4761739001010119D22122011143804400000");
    EXPECT_FALSE(read->sequence_number);
    EXPECT_TRUE(read->pin_required);
    auto block = pad.enter_pin(ports::pin_request(read->account, key_, request_.total), bounds_);
    ASSERT_TRUE(block) << block.error();
    EXPECT_EQ(*block, secret_bytes(hex("BB6BE28FDF3522E9")));
    ASSERT_TRUE(pad.finish("APPROVED", "THANK YOU", bounds_));
    EXPECT_EQ(link_->writes() - writes_before, 3U);
    EXPECT_EQ(link_->steps_left(), 0U);
}

TEST_F(abecs_device, DoesAChipSaleInThreeRoundTrips) {
    abecs_profile profile;
    profile.emv_tags = hex("9F26 95");
    profile.final_tags = hex("95");
    auto peer = opened()
                    .send(framed(ask_card))
                    .recv(hex("06"))
                    .recv(framed(card("03", test_track, "4761739001010119", "221231")))
                    .send(framed("GOC086"
                                 "000000001234"
                                 "000000000000"
                                 "010"
                                 "1"
                                 "03"
                                 "4135EA58BA13E262F44C59ED7899AA3C"
                                 "1"
                                 "00000000"
                                 "00"
                                 "00000000"
                                 "00"
                                 "000"
                                 "009"
                                 "003"
                                 "9F2695"
                                 "003"
                                 "000"))
                    .recv(hex("06"))
                    .recv(framed("NTM000032SOLICITE A SENHA                "))
                    .recv(framed("GOC000084"
                                 "2"
                                 "0"
                                 "0"
                                 "0"
                                 "0"
                                 "1"
                                 "BB6BE28FDF3522E9"
                                 "00000000000000000000"
                                 "018"
                                 "9F26081122334455667788"
                                 "95050080008000"
                                 "000"))
                    .send(framed("FNC010"
                                 "0"
                                 "0"
                                 "00"
                                 "000"
                                 "000"
                                 "005"
                                 "001"
                                 "95"))
                    .recv(hex("06"))
                    .recv(framed("FNC000023"
                                 "0"
                                 "007"
                                 "95050080008000"
                                 "00"
                                 "000"))
                    .done(ok);
    auto& pad = over(peer, profile);
    ASSERT_TRUE(pad.open(bounds_));
    auto writes_before = link_->writes();
    request_.pin_key = &key_;
    auto read = pad.read_card(request_, bounds_);
    ASSERT_TRUE(read) << read.error();
    EXPECT_EQ(read->mode, ports::entry_mode::contact);
    EXPECT_EQ(read->sequence_number, "001");
    EXPECT_EQ(read->expiry, "2212");
    EXPECT_EQ(read->emv, hex("9F26081122334455667788 95050080008000"));
    EXPECT_EQ(read->pin_block, secret_bytes(hex("BB6BE28FDF3522E9")));
    EXPECT_FALSE(read->pin_required);
    ports::chip_verdict verdict(ports::host_verdict::approved);
    verdict.response_code = "00";
    auto report = pad.finish_chip(verdict, bounds_);
    ASSERT_TRUE(report) << report.error();
    EXPECT_EQ(report->outcome, ports::chip_report::decision::approved);
    EXPECT_EQ(report->emv, hex("95050080008000"));
    EXPECT_EQ(link_->writes() - writes_before, 3U);
}

TEST_F(abecs_device, RefusesAChipCardWithoutThePinKey) {
    auto peer = opened()
                    .send(framed(ask_card))
                    .recv(hex("06"))
                    .recv(framed(card("03", test_track, "4761739001010119", "221231")))
                    .done(ok);
    auto& pad = over(peer);
    ASSERT_TRUE(pad.open(bounds_));
    EXPECT_EQ(pad.read_card(request_, bounds_).error().code(), drivers_errc::needs_key);
}

TEST_F(abecs_device, TellsWhatTheCardholderOrThePadRefused) {
    auto peer = opened()
                    .send(framed(ask_card))
                    .recv(hex("06"))
                    .recv(framed("GCR013"))
                    .send(framed(ask_card))
                    .recv(hex("06"))
                    .recv(framed("GCR041"))
                    .done(ok);
    auto& pad = over(peer);
    ASSERT_TRUE(pad.open(bounds_));
    EXPECT_TRUE(pad.read_card(request_, bounds_).error().is(condition::cancelled));
    auto second = pad.read_card(request_, bounds_);
    EXPECT_TRUE(second.error().is(condition::rejected_by_peer));
    EXPECT_EQ(second.error().peer_code(), "041");
    EXPECT_EQ(second.error().operation(), "GCR");
}

TEST_F(abecs_device, GoesOnWithTheTablesThatThePadHas) {
    auto peer = opened()
                    .send(framed(ask_card))
                    .recv(hex("06"))
                    .recv(framed("GCR020"))
                    .send(framed("GCR"))
                    .recv(hex("06"))
                    .recv(framed(card("00", test_track, "", "000000")))
                    .done(ok);
    auto& pad = over(peer);
    ASSERT_TRUE(pad.open(bounds_));
    EXPECT_TRUE(pad.read_card(request_, bounds_));
}

TEST_F(abecs_device, StopsThePadWhenTheCallEndsEarlyAndMakesSureOfIt) {
    auto peer = opened()
                    .send(framed(ask_card))
                    .recv(hex("06"))
                    .expire()
                    .send(hex("18"))
                    .send(hex("18"))
                    .recv(hex("04"))
                    .send(framed("DSP032HELLO                           "))
                    .recv(hex("06"))
                    .recv(framed("DSP000"))
                    .done(ok);
    auto& pad = over(peer);
    ASSERT_TRUE(pad.open(bounds_));
    auto stopped = pad.read_card(request_, call(250ms)); // to be sent within it, too
    ASSERT_FALSE(stopped);
    EXPECT_TRUE(stopped.error().is(condition::timed_out));
    auto shown = pad.show("HELLO", "", bounds_);
    EXPECT_TRUE(shown) << shown.error();
    EXPECT_EQ(link_->steps_left(), 0U);
}

TEST_F(abecs_device, WantsToBeOpenedFirst) {
    auto& pad = over(script().done(ok));
    EXPECT_EQ(pad.read_card(request_, bounds_).error().code(), drivers_errc::not_open);
    EXPECT_EQ(pad.show("", "", bounds_).error().code(), drivers_errc::not_open);
}

TEST(AbecsProfile, IsChecked) {
    EXPECT_TRUE(abecs_profile{}.validate());
    abecs_profile wrong;
    wrong.table_version = "1";
    EXPECT_EQ(wrong.validate().error().field(), "table_version");
}

TEST_F(abecs_device, AsksForACpf) {
    auto peer =
        opened()
            .send(framed(std::string_view("GCD021\0\x0C\0\1\x3C\0\x0E\0\1\x0B\0\x0D\0\1\x0B\0\x0B\0\2\0\7", 27)))
            .recv(hex("06"))
            .recv(framed(std::string_view("GCD000015\x80\x4D\0\x0B"
                                          "52998224725",
                24)))
            .send(framed(std::string_view("GCD016\0\x0C\0\1\x3C\0\x0E\0\1\x0B\0\x0B\0\2\0\7", 22)))
            .recv(hex("06"))
            .recv(framed("GCD013"))
            .done(ok);
    auto& pad = over(peer);
    ASSERT_TRUE(pad.open(bounds_));
    abecs::get_digits cpf;
    cpf.least = cpf.most = 11;
    const auto digits = pad.ask_digits(cpf, bounds_);
    ASSERT_TRUE(digits) << digits.error();
    EXPECT_EQ(as_text(digits->expose()), "52998224725");
    cpf.least = 0;
    EXPECT_EQ(pad.ask_digits(cpf, bounds_).error().code(), drivers_errc::cardholder_cancelled);
}

TEST_F(abecs_device, ShowsNoCodeWhereThePadShowsNoPictures) {
    auto peer = opened()
                    .send(framed(as_text(abecs::information_command().expose())))
                    .recv(hex("06"))
                    .recv(framed(std::string_view("GIX000008\x80\x20\0\4"
                                                  "0420",
                        17)))
                    .done(ok);
    auto& pad = over(peer);
    ASSERT_TRUE(pad.open(bounds_));
    const auto shown = pad.show_code("https://pay.example/1", bounds_);
    ASSERT_FALSE(shown);
    EXPECT_EQ(shown.error().code(), drivers_errc::not_supported);
    EXPECT_EQ(link_->steps_left(), 0U);
}

} // namespace
} // namespace cipherlane::drivers
