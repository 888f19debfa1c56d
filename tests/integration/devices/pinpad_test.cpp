#include "io_thread.hpp"
#include "pinpad-sim/pinpad_simulator.hpp"

#include <cipherlane/core/hex.hpp>
#include <cipherlane/crypto/block_cipher.hpp>
#include <cipherlane/drivers/errc.hpp>
#include <cipherlane/drivers/pinpad/abecs/abecs_display.hpp>
#include <cipherlane/drivers/pinpad/abecs/abecs_pinpad.hpp>
#include <cipherlane/drivers/pinpad/pinpad_family.hpp>
#include <cipherlane/drivers/pinpad/pinpad_keeper.hpp>
#include <cipherlane/drivers/transport/serial.hpp>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <optional>
#include <thread>

namespace cipherlane {
namespace {

using namespace std::chrono_literals;
using nlohmann::json;

bytes hex(std::string_view digits) {
    return *from_hex(digits);
}

/// The driver and the simulated pad at the two ends of a pty. Keys are published test keys.
class abecs_on_pty : public ::testing::Test {
  protected:
    abecs_on_pty() {
        sim::master_keys keys;
        keys[3] = secret_bytes(hex("0123456789ABCDEFFEDCBA9876543210"));
        sim::pad_model::settings settings;
        settings.silence = 50ms;
        settings.idle = 1'500ms;
        pad_ = std::make_unique<sim::pinpad_simulator>(there_.context(), settings, std::move(keys), logger::none());
        there_.call_there([&] { ASSERT_TRUE(pad_->plug()); });
        // The working key, encrypted under the pad's master key.
        auto master = crypto::block_cipher::create(crypto::algorithm::tdes, hex("0123456789ABCDEFFEDCBA9876543210"));
        key_.master_slot = 3;
        key_.cryptogram.resize(16);
        EXPECT_TRUE(master->encrypt_ecb(working_, key_.cryptogram));
        request_.date_time = "261121033000";
    }
    ~abecs_on_pty() override {
        there_.stop();
        pad_.reset();
    }

    /// The order to stop is sent without waiting for it: true as soon as the pad has heard it.
    bool asks_nobody() {
        const auto end = deadline::in(20s);
        while (tell({{"cmd", "state"}})["waiting_for"] != "" && !end.passed())
            std::this_thread::sleep_for(2ms);
        return tell({{"cmd", "state"}})["waiting_for"] == "";
    }

    json tell(json request) {
        return there_.call_there([&] { return pad_->control(request); });
    }
    std::unique_ptr<drivers::abecs_pinpad> open() {
        drivers::serial_settings settings;
        settings.device = there_.call_there([&] { return pad_->path(); });
        settings.baud = 19'200;
        auto port = drivers::open_serial(here_.get_executor(), settings, bounds_);
        EXPECT_TRUE(port) << port.error();
        drivers::abecs_profile profile;
        profile.timing.acknowledge = 800ms;
        profile.timing.answer = 1'000ms;
        profile.timing.silence = 50ms;
        auto made = std::make_unique<drivers::abecs_pinpad>(*std::move(port), profile);
        auto opened = made->open(bounds_);
        EXPECT_TRUE(opened) << opened.error();
        return made;
    }
    void swipe() {
        tell({{"cmd", "card"}, {"kind", "magnetic"}, {"track2", "4761739001010119=22122011143804400000"}});
    }
    /// The PIN block that the pad should give: decrypted here with the clear working key.
    std::string clear_block(const secret_bytes& block) {
        auto cipher = crypto::block_cipher::create(crypto::algorithm::tdes, working_);
        bytes clear(8);
        EXPECT_TRUE(cipher->decrypt_ecb(block.expose(), clear));
        return to_hex(clear);
    }

    bytes working_ = hex("89E92F15C46D3A73DC31A1B5AE4F2C08");
    ports::wrapped_key key_;
    ports::card_request request_{amount(1234)};
    boost::asio::io_context here_;
    tests::io_thread there_;
    std::unique_ptr<sim::pinpad_simulator> pad_;
    call bounds_{60s}; // of a whole test
};

TEST_F(abecs_on_pty, DoesAMagneticSaleInThreeRoundTrips) {
    auto pad = open();
    auto before = tell({{"cmd", "counters"}}).at("counters")["commands"].get<int>();
    swipe();
    auto card = pad->read_card(request_, bounds_);
    ASSERT_TRUE(card) << card.error();
    EXPECT_EQ(card->account.expose(), "4761739001010119");
    EXPECT_EQ(card->expiry, "2212");
    tell({{"cmd", "press"}, {"keys", "1234E"}, {"when_asked", true}});
    auto block = pad->enter_pin(ports::pin_request(card->account, key_, request_.total), bounds_);
    ASSERT_TRUE(block) << block.error();
    // ISO 9564 format 0 of PIN 1234 and PAN 4761739001010119: 041234FFFFFFFFFF xor 0000173900101011.
    EXPECT_EQ(clear_block(*block), "041223C6FFEFEFEE");
    ASSERT_TRUE(pad->finish("APPROVED", "THANK YOU", bounds_));
    EXPECT_EQ(tell({{"cmd", "counters"}}).at("counters")["commands"].get<int>() - before, 3);
    EXPECT_EQ(tell({{"cmd", "state"}})["line1"], "APPROVED        ");
    EXPECT_TRUE(pad->close(bounds_));
}

TEST_F(abecs_on_pty, DoesAChipSaleInThreeRoundTrips) {
    auto pad = open();
    auto before = tell({{"cmd", "counters"}}).at("counters")["commands"].get<int>();
    tell({{"cmd", "card"}, {"kind", "chip"}, {"pan", "4761739001010119"}, {"expiry", "2212"}, {"sequence", "01"},
        {"track2", "4761739001010119=22122011143804400000"},
        {"emv", {{"9F26", "1122334455667788"}, {"95", "0080008000"}, {"9F36", "0001"}}}});
    tell({{"cmd", "press"}, {"keys", "12<99991E"}, {"when_asked", true}});
    request_.pin_key = &key_;
    auto card = pad->read_card(request_, bounds_);
    ASSERT_TRUE(card) << card.error();
    EXPECT_EQ(card->mode, ports::entry_mode::contact);
    EXPECT_EQ(card->emv, hex("9F26081122334455667788"
                             "9F36020001"
                             "95050080008000"
                             "9F0206000000001234"));
    EXPECT_EQ(clear_block(card->pin_block).substr(0, 2), "05");
    ports::chip_verdict verdict(ports::host_verdict::approved);
    verdict.response_code = "00";
    verdict.issuer_data = hex("910A11223344556677883030");
    auto report = pad->finish_chip(verdict, bounds_);
    ASSERT_TRUE(report) << report.error();
    EXPECT_EQ(report->outcome, ports::chip_report::decision::approved);
    EXPECT_EQ(tell({{"cmd", "counters"}}).at("counters")["commands"].get<int>() - before, 3);
}

TEST_F(abecs_on_pty, TellsWhenTheCardholderCancelsOrDoesNothing) {
    auto pad = open();
    auto account = pan::parse("4761739001010119");
    tell({{"cmd", "press"}, {"keys", "12C"}, {"when_asked", true}});
    auto cancelled = pad->enter_pin(ports::pin_request(*account, key_, request_.total), bounds_);
    EXPECT_TRUE(cancelled.error().is(condition::cancelled)) << cancelled.error();
    EXPECT_EQ(cancelled.error().code(), make_error_code(drivers::drivers_errc::cardholder_cancelled));
    EXPECT_EQ(cancelled.error().peer_code(), "013");
    auto slept = pad->enter_pin(ports::pin_request(*account, key_, request_.total), bounds_);
    EXPECT_TRUE(slept.error().is(condition::timed_out)) << slept.error();
    EXPECT_EQ(slept.error().code(), make_error_code(drivers::drivers_errc::cardholder_timeout));
    EXPECT_EQ(slept.error().peer_code(), "012");
}

TEST_F(abecs_on_pty, TellsThatAKeyIsMissing) {
    auto pad = open();
    auto account = pan::parse("4761739001010119");
    key_.master_slot = 4;
    auto block = pad->enter_pin(ports::pin_request(*account, key_, request_.total), bounds_);
    EXPECT_TRUE(block.error().is(condition::rejected_by_peer));
    EXPECT_EQ(block.error().peer_code(), "042");
}

TEST_F(abecs_on_pty, RecoversFromEveryFaultOfTheLine) {
    auto pad = open();
    for (auto kind : {"nak", "bad_crc"}) {
        tell({{"cmd", "faults"},
            {"set", json::array({{{"kind", kind}, {"match", std::string(kind) == "nak" ? "frame:DSP" : "DSP"}}})}});
        auto shown = pad->show("HELLO", kind, bounds_);
        EXPECT_TRUE(shown) << kind << ": " << shown.error();
    }
    struct row {
        const char* kind;
        const char* match;
    };
    for (auto [kind, match] : {row{"silent", "frame:DSP"}, row{"no_answer", "DSP"}, row{"garbage", "DSP"},
             row{"truncate", "DSP"}, row{"wrong_answer", "DSP"}, row{"status", "DSP"}}) {
        const bool coded = std::string(kind) == "status";
        tell({{"cmd", "faults"},
            {"set", json::array({{{"kind", kind}, {"match", match}, {"value", coded ? "040" : ""}}})}});
        auto shown = pad->show("HELLO", kind, bounds_);
        if (std::string(kind) != "truncate") { // asked for again, and then right
            EXPECT_FALSE(shown) << kind;
        }
        tell({{"cmd", "faults"}, {"set", json::array()}});
        auto again = pad->show("AGAIN", kind, bounds_);
        EXPECT_TRUE(again) << kind << ": " << again.error();
    }
}

TEST_F(abecs_on_pty, StopsAskingWhenTheCallIsCancelled) {
    auto pad = open();
    auto account = pan::parse("4761739001010119");
    std::stop_source stop;
    std::jthread later([&] {
        while (tell({{"cmd", "state"}})["waiting_for"] != "pin")
            std::this_thread::sleep_for(2ms);
        stop.request_stop();
    });
    auto block =
        pad->enter_pin(ports::pin_request(*account, key_, request_.total), call(deadline::in(10s), stop.get_token()));
    EXPECT_TRUE(block.error().is(condition::cancelled)) << block.error();
    later.join();
    EXPECT_TRUE(asks_nobody());
    EXPECT_TRUE(pad->show("STILL", "HERE", bounds_));
}

TEST_F(abecs_on_pty, ReportsUnplugging) {
    auto pad = open();
    tell({{"cmd", "faults"}, {"set", json::array({{{"kind", "unplug"}, {"match", "frame:DSP"}}})}});
    auto shown = pad->show("HELLO", "", bounds_);
    EXPECT_TRUE(shown.error().is(condition::link_lost)) << shown.error();
}

/// The same pad, kept, at an address that stays the same over replugging.
class kept_abecs_on_pty : public abecs_on_pty {
  protected:
    kept_abecs_on_pty() {
        drivers::pinpad_keeper_settings settings;
        settings.look_every = 50ms;
        settings.reopen_first = 20ms;
        settings.reopen_most = 100ms;
        keeper_.emplace(
            [this](const call& bounds) {
                const auto address = there_.call_there([&] { return pad_->path(); }) + "?baud=19200";
                return drivers::open_pinpad(here_.get_executor(), "abecs", address, {}, bounds);
            },
            timer_, settings);
    }
    ~kept_abecs_on_pty() override { keeper_.reset(); }

    bool comes_to(drivers::pinpad_state wanted) {
        const auto end = deadline::in(20s);
        while (keeper_->health().state != wanted && !end.passed())
            std::this_thread::sleep_for(5ms);
        return keeper_->health().state == wanted;
    }
    void sell() {
        ASSERT_TRUE(keeper_->open(bounds_));
        swipe();
        const auto card = keeper_->read_card(request_, bounds_);
        ASSERT_TRUE(card) << card.error();
        tell({{"cmd", "press"}, {"keys", "1234E"}, {"when_asked", true}});
        const auto block = keeper_->enter_pin(ports::pin_request(card->account, key_, request_.total), bounds_);
        ASSERT_TRUE(block) << block.error();
        EXPECT_EQ(clear_block(*block), "041223C6FFEFEFEE");
        ASSERT_TRUE(keeper_->finish("APPROVED", "", bounds_));
    }
    int told(const std::string& name) {
        const auto counters = tell({{"cmd", "counters"}}).at("counters");
        return counters.value("command " + name, 0);
    }

    drivers::thread_timer timer_;
    std::optional<drivers::pinpad_keeper> keeper_;
};

TEST_F(kept_abecs_on_pty, UnpluggedDuringCardReadTheNextSaleWorks) {
    sell();
    tell({{"cmd", "card_out"}});
    const auto asked = told("GCR");
    std::thread unplugging([&] {
        const auto end = deadline::in(20s);
        while (told("GCR") == asked && !end.passed())
            std::this_thread::sleep_for(5ms);
        tell({{"cmd", "unplug"}});
    });
    const auto broken = keeper_->read_card(request_, bounds_);
    unplugging.join();
    ASSERT_FALSE(broken);
    EXPECT_TRUE(broken.error().is(condition::link_lost)) << broken.error();
    EXPECT_TRUE(comes_to(drivers::pinpad_state::away));
    tell({{"cmd", "plug"}});
    EXPECT_TRUE(comes_to(drivers::pinpad_state::attached));
    EXPECT_EQ(told("GCR"), asked + 1) << "the card was not asked for again by itself";
    sell();
    EXPECT_EQ(keeper_->health().losses, 1U);
}

TEST_F(kept_abecs_on_pty, RepluggedWhileIdleTheNextSaleWorks) {
    sell();
    tell({{"cmd", "unplug"}});
    EXPECT_TRUE(comes_to(drivers::pinpad_state::away)) << "noticed without a call";
    tell({{"cmd", "plug"}});
    sell();
    EXPECT_EQ(keeper_->health().openings, 2U);
}

TEST_F(abecs_on_pty, TellsASecondCallerThatItIsBusy) {
    auto pad = open();
    std::jthread advert([&] {
        while (tell({{"cmd", "state"}})["waiting_for"] != "card")
            std::this_thread::sleep_for(2ms);
        const auto refused = pad->show("BUY MORE", "", bounds_);
        EXPECT_EQ(refused.error().code(), make_error_code(drivers::drivers_errc::call_under_way));
        EXPECT_TRUE(refused.error().is(condition::misuse));
        swipe();
    });
    EXPECT_TRUE(pad->read_card(request_, bounds_)) << "and nothing of it reached the pad";
    advert.join();
    EXPECT_TRUE(pad->show("BUY MORE", "", bounds_));
}

TEST_F(abecs_on_pty, NoticesAPadThatHasRestarted) {
    auto pad = open();
    swipe(); // a pad that is asked for a card answers once it has one
    tell({{"cmd", "faults"}, {"set", json::array({{{"kind", "status"}, {"match", "GCR"}, {"value", "010"}}})}});
    const auto lost = pad->read_card(request_, bounds_);
    ASSERT_FALSE(lost);
    EXPECT_EQ(lost.error().code(), make_error_code(drivers::drivers_errc::session_lost));
    EXPECT_TRUE(lost.error().is(condition::link_lost)) << "whoever uses it opens it again";
    EXPECT_EQ(lost.error().peer_code(), "010");
    ASSERT_TRUE(pad->open(bounds_));
    swipe();
    EXPECT_TRUE(pad->read_card(request_, bounds_));
}

TEST_F(abecs_on_pty, SaysWhatItIs) {
    const auto pad = open();
    const auto known = pad->information(bounds_);
    ASSERT_TRUE(known) << known.error();
    EXPECT_EQ(known->serial_number, "SIM0000001");
    EXPECT_EQ(known->specification, "2.12");
    EXPECT_EQ(known->width, 320);
    EXPECT_TRUE(known->shows_png);
    EXPECT_FALSE(known->shows_gif);
}

TEST_F(abecs_on_pty, AsksForACpf) {
    const auto pad = open();
    drivers::abecs::get_digits cpf;
    cpf.least = cpf.most = 11;
    tell({{"cmd", "press"}, {"keys", "5299822472E5E"}, {"when_asked", true}}); // one short, then whole
    const auto digits = pad->ask_digits(cpf, bounds_);
    ASSERT_TRUE(digits) << digits.error();
    EXPECT_EQ(as_text(digits->expose()), "52998224725");
    tell({{"cmd", "press"}, {"keys", "12C"}, {"when_asked", true}});
    EXPECT_EQ(pad->ask_digits(cpf, bounds_).error().code(), drivers::drivers_errc::cardholder_cancelled);
    cpf.idle = 1s;
    EXPECT_EQ(pad->ask_digits(cpf, bounds_).error().code(), drivers::drivers_errc::cardholder_timeout);
}

TEST_F(abecs_on_pty, ShowsAPaymentCode) {
    const auto pad = open();
    for (const std::string text : {"https://qr.95516.com/00010000/62123456789012345678901234567890", "HELLO"}) {
        const auto shown = pad->show_code(text, bounds_);
        ASSERT_TRUE(shown) << shown.error();
        const auto picture = tell({{"cmd", "state"}}).at("picture");
        EXPECT_EQ(picture.at("codes"), json::array({text})) << picture;
        EXPECT_EQ(picture.at("files").size(), 1U) << "in place of the one before";
    }
    ASSERT_TRUE(pad->show("THANK YOU", "", bounds_));
    EXPECT_EQ(tell({{"cmd", "state"}}).at("picture").at("codes"), json::array());
    EXPECT_FALSE(pad->show_picture("NOTTHERE", bounds_));
    const auto large = pad->load_picture("BIG", drivers::abecs::picture_format::png, bytes(5'000, 0x17), bounds_);
    EXPECT_TRUE(large) << large.error(); // in parts, with bytes that the link must escape
    EXPECT_FALSE(pad->show_picture("BIG", bounds_)) << "no picture";
}

TEST_F(abecs_on_pty, LetsTheCardholderChooseTheCurrency) {
    const auto pad = open();
    EXPECT_TRUE(pad->asks_currency());
    const ports::conversion offer{
        ports::currency_choice::not_asked, amount(171, find_currency(840).value()), "60138600"};
    const auto choose = [&](const char* keys) {
        tell({{"cmd", "press"}, {"keys", keys}, {"when_asked", true}});
        return pad->choose_currency(amount(1234), offer, bounds_);
    };
    EXPECT_EQ(choose("1").value(), ports::currency_choice::local);
    EXPECT_EQ(choose("2").value(), ports::currency_choice::converted);
    EXPECT_EQ(choose("C").error().code(), drivers::drivers_errc::cardholder_cancelled);
    EXPECT_TRUE(pad->choose_currency(amount(1234), offer, call(200ms)).error().is(condition::timed_out));
    EXPECT_TRUE(asks_nobody());
    EXPECT_EQ(choose("2").value(), ports::currency_choice::converted) << "the pad was told to stop";
}

TEST_F(abecs_on_pty, LoadsTablesAndAsksForTheirVersionFromThenOn) {
    const auto pad = open();
    EXPECT_EQ(pad->tables_version("00", bounds_).value(), "0000000000");
    const std::vector<std::string> records(7, "300" + std::string(297, '1'));
    std::vector<std::size_t> steps;
    const auto note = [&](std::size_t loaded, std::size_t all) {
        EXPECT_EQ(all, records.size());
        steps.push_back(loaded);
    };
    const auto loaded = pad->load_tables("00", "TABVER0008", records, note, bounds_);
    ASSERT_TRUE(loaded) << loaded.error();
    EXPECT_EQ(steps, (std::vector<std::size_t>{3, 6, 7}));
    EXPECT_EQ(pad->tables_version("00", bounds_).value(), "TABVER0008");
    swipe();
    EXPECT_TRUE(pad->read_card(request_, bounds_));
    EXPECT_EQ(tell({{"cmd", "counters"}}).at("counters").value("command GCR", 0), 1) << "one version, one command";
    // A load that breaks off leaves what was there.
    tell({{"cmd", "faults"}, {"set", json::array({{{"kind", "status"}, {"match", "TLR"}, {"value", "040"}}})}});
    EXPECT_FALSE(pad->load_tables("00", "TABVER0009", records, nullptr, bounds_));
    EXPECT_EQ(pad->tables_version("00", bounds_).value(), "TABVER0008");
}

TEST_F(abecs_on_pty, IsADisplayWhereItShowsPictures) {
    const std::shared_ptr<drivers::abecs_pinpad> pad = open();
    drivers::abecs_display screen(pad, ports::wording::english());
    EXPECT_FALSE(screen.capabilities().qr) << "not known yet";
    ASSERT_TRUE(screen.heartbeat(bounds_));
    EXPECT_TRUE(screen.capabilities().qr);
    ports::qr_view code;
    code.payload = "https://qr.95516.com/00010000/62123456789012345678901234567890";
    code.total = amount(1234);
    ASSERT_TRUE(screen.show_qr(code, bounds_));
    EXPECT_EQ(tell({{"cmd", "state"}}).at("picture").at("codes"), json::array({code.payload}));
    ASSERT_TRUE(screen.show_outcome(ports::payment_outcome::approved, amount(1234), bounds_));
    EXPECT_EQ(tell({{"cmd", "state"}}).at("picture").at("codes"), json::array());
    EXPECT_NE(tell({{"cmd", "state"}}).at("line2").get<std::string>().find("12.34"), std::string::npos);
    ASSERT_TRUE(screen.clear(bounds_));
    EXPECT_TRUE(screen.set_brightness(50, bounds_).error().is(condition::unsupported));
    EXPECT_TRUE(screen.show_remaining(5s, bounds_).error().is(condition::unsupported));
}

} // namespace
} // namespace cipherlane
