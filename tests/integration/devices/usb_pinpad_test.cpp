// A kept PIN pad on USB, unplugged and plugged in again, through the real libusb.
#include "pinpad-sim/usb_pad.hpp"
#include "support/usb_rig.hpp"

#include <cipherlane/core/hex.hpp>
#include <cipherlane/crypto/block_cipher.hpp>
#include <cipherlane/drivers/pinpad/pinpad_family.hpp>
#include <cipherlane/drivers/pinpad/pinpad_keeper.hpp>
#include <cipherlane/drivers/transport/usb.hpp>

#include <boost/asio/io_context.hpp>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <thread>

namespace cipherlane {
namespace {

using namespace std::chrono_literals;
using drivers::pinpad_state;
using nlohmann::json;
using tests::usb_port;

bool comes(const std::function<bool()>& what) {
    const auto end = deadline::in(20s);
    while (!what() && !end.passed())
        std::this_thread::sleep_for(2ms);
    return what();
}

/// Keys are published test keys.
class KeptPinpadOnUsb : public ::testing::Test {
  protected:
    KeptPinpadOnUsb() {
        plug();
        host_ = drivers::usb_host::start({}, logger::none()).value();
        const bytes master = *from_hex("0123456789ABCDEFFEDCBA9876543210");
        auto cipher = crypto::block_cipher::create(crypto::algorithm::tdes, master);
        key_.master_slot = 3;
        key_.cryptogram.resize(16);
        EXPECT_TRUE(cipher->encrypt_ecb(working_, key_.cryptogram));
        request_.date_time = "261129033000";
        drivers::pinpad_keeper_settings settings;
        settings.look_every = 30ms;
        settings.reopen_first = 20ms;
        settings.reopen_most = 50ms;
        keeper_.emplace(
            [this](const call& bounds) {
                drivers::pinpad_options options;
                options.usb = host_;
                return drivers::open_pinpad(io_.get_executor(), "abecs", "usb:1209:5a31", options, bounds);
            },
            timer_, settings);
    }
    ~KeptPinpadOnUsb() override {
        keeper_.reset();
        if (pad_) pad_->detached();
    }

    /// Another pad of the kind, which has not been opened yet.
    void plug() {
        sim::master_keys keys;
        keys[3] = secret_bytes(*from_hex("0123456789ABCDEFFEDCBA9876543210"));
        sim::pad_model::settings settings;
        settings.silence = 50ms;
        pad_ = std::make_unique<sim::usb_pad>(settings, std::move(keys), logger::none());
        port_ = rig_.plug(*pad_);
    }
    void unplug(usb_port::order how) {
        pad_->detached();
        port_->unplug(how);
        port_.reset();
    }
    bool comes_to(pinpad_state wanted) {
        return comes([&] { return keeper_->health().state == wanted; });
    }
    void sell() {
        ASSERT_TRUE(keeper_->open(bounds_));
        pad_->ask({{"cmd", "card"}, {"kind", "magnetic"}, {"track2", "4761739001010119=22122011143804400000"}});
        const auto card = keeper_->read_card(request_, bounds_);
        ASSERT_TRUE(card) << card.error();
        pad_->ask({{"cmd", "press"}, {"keys", "1234E"}, {"when_asked", true}});
        const auto block = keeper_->enter_pin(ports::pin_request(card->account, key_, request_.total), bounds_);
        ASSERT_TRUE(block) << block.error();
        auto cipher = crypto::block_cipher::create(crypto::algorithm::tdes, working_);
        bytes clear(8);
        ASSERT_TRUE(cipher->decrypt_ecb(block->expose(), clear));
        // ISO 9564 format 0 of PIN 1234 and PAN 4761739001010119: 041234FFFFFFFFFF xor 0000173900101011.
        EXPECT_EQ(to_hex(clear), "041223C6FFEFEFEE");
        ASSERT_TRUE(keeper_->finish("APPROVED", "", bounds_));
    }
    int asked_for_cards() { return pad_->ask({{"cmd", "counters"}}).at("counters").value("command GCR", 0); }

    tests::usb_rig rig_;
    std::unique_ptr<sim::usb_pad> pad_;
    std::unique_ptr<usb_port> port_;
    boost::asio::io_context io_;
    std::shared_ptr<drivers::usb_host> host_;
    bytes working_ = *from_hex("89E92F15C46D3A73DC31A1B5AE4F2C08");
    ports::wrapped_key key_;
    ports::card_request request_{amount(1234)};
    drivers::thread_timer timer_;
    std::optional<drivers::pinpad_keeper> keeper_;
    call bounds_{60s}; // of a whole test
};

TEST_F(KeptPinpadOnUsb, PluggedInAgainTheNextSaleWorks) {
    sell();
    for (const auto how : {usb_port::order::descriptor_first, usb_port::order::event_first}) {
        unplug(how);
        ASSERT_TRUE(comes_to(pinpad_state::away)) << "noticed without a call";
        plug();
        ASSERT_TRUE(comes_to(pinpad_state::attached)) << "used again without a call";
        sell();
    }
    EXPECT_EQ(keeper_->health().losses, 2U);
    EXPECT_EQ(keeper_->health().openings, 3U);
}

TEST_F(KeptPinpadOnUsb, UnpluggedWhileTheCardIsAwaitedNothingIsAskedAgain) {
    sell();
    const auto asked = asked_for_cards();
    std::thread unplugging([&] {
        EXPECT_TRUE(comes([&] { return asked_for_cards() > asked; }));
        unplug(usb_port::order::descriptor_first);
    });
    const auto broken = keeper_->read_card(request_, bounds_);
    unplugging.join();
    ASSERT_FALSE(broken);
    EXPECT_TRUE(broken.error().is(condition::link_lost)) << broken.error();
    ASSERT_TRUE(comes_to(pinpad_state::away));
    plug();
    ASSERT_TRUE(comes_to(pinpad_state::attached));
    EXPECT_EQ(asked_for_cards(), 0) << "of the pad that came, no card was asked for by itself";
    sell();
}

} // namespace
} // namespace cipherlane
