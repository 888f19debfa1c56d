#include "shared_devices.hpp"
#include "turns.hpp"

#include <cipherlane/till/errc.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <stop_token>
#include <string>
#include <thread>
#include <vector>

namespace cipherlane::assembly {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;

/// Notes what it is told, and can do everything.
class noting_pad final : public ports::pinpad {
  public:
    std::vector<std::string> told;

    result<void> open(const call&) override { return note("open"); }
    result<ports::card_data> read_card(const ports::card_request&, const call&) override {
        CIPHERLANE_CHECK(note("card"));
        return ports::card_data(pan::parse("4761739001010119").value(), ports::entry_mode::magnetic);
    }
    result<secret_bytes> enter_pin(const ports::pin_request&, const call&) override {
        CIPHERLANE_CHECK(note("pin"));
        return secret_bytes(8);
    }
    result<void> finish(std::string_view line1, std::string_view, const call&) override {
        return note("finish " + std::string(line1));
    }
    result<void> show(std::string_view line1, std::string_view, const call&) override {
        return note("show " + std::string(line1));
    }
    result<void> close(const call&) override { return note("close"); }
    bool takes_master_key() const noexcept override { return true; }
    result<void> load_master_key(const ports::wrapped_key& key, const call&) override {
        return note("master " + std::to_string(key.master_slot));
    }
    bool makes_macs() const noexcept override { return true; }
    result<void> load_working_key(ports::working_key use, const ports::wrapped_key&, const call&) override {
        return note(use == ports::working_key::mac ? "mac key" : "pin key");
    }
    result<bytes> make_mac(const ports::wrapped_key&, byte_view mab, const call&) override {
        CIPHERLANE_CHECK(note("mac " + std::to_string(mab.size())));
        return bytes(8);
    }
    bool makes_serial_cryptogram() const noexcept override { return true; }
    result<ports::serial_cryptogram> make_serial_cryptogram(
        std::string_view serial, std::string_view factor, const call&) override {
        CIPHERLANE_CHECK(note("serial " + std::string(serial) + " " + std::string(factor)));
        return ports::serial_cryptogram{};
    }
    bool asks_currency() const noexcept override { return true; }
    result<ports::currency_choice> choose_currency(const amount&, const ports::conversion&, const call&) override {
        CIPHERLANE_CHECK(note("currency"));
        return ports::currency_choice{};
    }
    bool takes_lists() const noexcept override { return true; }
    result<void> load_list(std::string_view name, const std::vector<bytes>& entries, const call&) override {
        return note("list " + std::string(name) + " " + std::to_string(entries.size()));
    }

  private:
    result<void> note(std::string what) {
        told.push_back(std::move(what));
        return {};
    }
};

class SharedPinpad : public ::testing::Test {
  protected:
    std::shared_ptr<noting_pad> real_ = std::make_shared<noting_pad>();
    std::shared_ptr<device_lease> lease_ = std::make_shared<device_lease>();
    shared_pinpad one_{real_, lease_};
    shared_pinpad other_{real_, lease_};
    ports::wrapped_key key_{3, bytes(16), bytes(4)};
    call bounds_{1s};
};

TEST_F(SharedPinpad, HandsOnAllThatThePadCan) {
    EXPECT_TRUE(one_.takes_master_key() && one_.makes_macs() && one_.makes_serial_cryptogram() &&
                one_.asks_currency() && one_.takes_lists() && one_.attached());
    ASSERT_TRUE(one_.open(bounds_));
    ASSERT_TRUE(one_.load_master_key(key_, bounds_));
    ASSERT_TRUE(one_.load_working_key(ports::working_key::pin, key_, bounds_));
    ASSERT_TRUE(one_.load_working_key(ports::working_key::mac, key_, bounds_));
    ASSERT_TRUE(one_.load_list("CA", {bytes(1), bytes(2)}, bounds_));
    ASSERT_TRUE(one_.show("HELLO", "", bounds_));
    ASSERT_TRUE(one_.make_serial_cryptogram("SN1", "123456", bounds_));
    ASSERT_TRUE(one_.make_mac(key_, bytes(20), bounds_));
    ASSERT_TRUE(one_.choose_currency(amount(100), ports::conversion{}, bounds_));
    ASSERT_TRUE(one_.finish("BYE", "", bounds_));
    ASSERT_TRUE(one_.close(bounds_));
    EXPECT_THAT(real_->told, ElementsAre("open", "master 3", "pin key", "mac key", "list CA 2", "show HELLO",
                                 "serial SN1 123456", "mac 20", "currency", "finish BYE", "close"));
}

TEST_F(SharedPinpad, IsOneTerminalsFromTheCardToTheEnd) {
    ASSERT_TRUE(one_.read_card(ports::card_request(amount(100)), bounds_));
    const auto busy = [](const auto& outcome) {
        return !outcome && outcome.error().code() == till_errc::device_busy;
    };
    EXPECT_TRUE(busy(other_.show("MINE", "", bounds_)));
    EXPECT_TRUE(busy(other_.load_master_key(key_, bounds_)));
    EXPECT_TRUE(busy(other_.make_mac(key_, bytes(1), bounds_)));
    EXPECT_TRUE(busy(other_.choose_currency(amount(100), ports::conversion{}, bounds_)));
    ASSERT_TRUE(one_.make_serial_cryptogram("SN1", "123456", bounds_));
    EXPECT_TRUE(busy(other_.open(bounds_))) << "the card's trade goes on";
    ASSERT_TRUE(one_.finish("BYE", "", bounds_));
    EXPECT_TRUE(other_.show("MINE", "", bounds_));
}

class noting_display final : public ports::display {
  public:
    std::vector<std::string> told;
    result<void> show(const ports::display_content&, const call&) override {
        told.emplace_back("show");
        return {};
    }
    result<void> set_brightness(int percent, const call&) override {
        told.push_back("brightness " + std::to_string(percent));
        return {};
    }
    result<std::string> heartbeat(const call&) override {
        told.emplace_back("heartbeat");
        return "panel";
    }
    ports::display_capabilities capabilities() const noexcept override { return {}; }
};

/// Whatever it is called for: a driver takes one call at a time.
TEST(SharedDisplay, IsLeftAloneWhileAnotherTerminalShowsACode) {
    const auto real = std::make_shared<noting_display>();
    const auto lease = std::make_shared<device_lease>();
    shared_display one(real, lease);
    shared_display other(real, lease);
    const call bounds(1s);
    ports::qr_view code;
    code.valid_for = 60s;
    ASSERT_TRUE(one.show_qr(code, bounds));
    EXPECT_EQ(other.set_brightness(50, bounds).error().code(), till_errc::device_busy);
    EXPECT_EQ(other.heartbeat(bounds).error().code(), till_errc::device_busy);
    EXPECT_TRUE(one.set_brightness(80, bounds));
    EXPECT_TRUE(one.heartbeat(bounds));
    EXPECT_EQ(other.heartbeat(bounds).error().code(), till_errc::device_busy) << "the code stands as before";
    ASSERT_TRUE(one.clear(bounds));
    EXPECT_TRUE(other.heartbeat(bounds));
    EXPECT_THAT(real->told, ElementsAre("show", "brightness 80", "heartbeat", "show", "heartbeat"));
}

TEST(Turns, EndWithTheCallThatWaitsForOne) {
    turns scanner;
    const call whole(60s);
    {
        const turns::turn first(scanner, whole);
        ASSERT_TRUE(first);
        EXPECT_FALSE(turns::turn(scanner, call(10ms)));
        std::stop_source stop;
        std::thread stops([&stop] {
            std::this_thread::sleep_for(20ms);
            stop.request_stop();
        });
        const auto began = monotonic_clock::now();
        EXPECT_FALSE(turns::turn(scanner, call(60s, stop.get_token())));
        EXPECT_LT(monotonic_clock::now() - began, 30s);
        stops.join();
    }
    EXPECT_TRUE(turns::turn(scanner, whole)) << "it was given back";
}

} // namespace
} // namespace cipherlane::assembly
