#include "../manual_timer.hpp"

#include <cipherlane/core/time_source.hpp>
#include <cipherlane/drivers/errc.hpp>
#include <cipherlane/drivers/pinpad/pinpad_keeper.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <deque>
#include <functional>
#include <future>
#include <string>
#include <thread>

namespace cipherlane::drivers {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

/// What the pad was told, and what becomes of it.
struct desk {
    std::deque<std::string> told;
    std::deque<drivers_errc> faults; ///< of the next commands
    bool plugged = true;
    int opened = 0;
    std::function<void()> meanwhile; ///< done once, while the next command is under way

    result<void> tell(std::string what) {
        told.push_back(std::move(what));
        if (auto now = std::exchange(meanwhile, nullptr)) now();
        if (!faults.empty()) {
            const auto fault = faults.front();
            faults.pop_front();
            return error(fault, layer::drivers);
        }
        if (!plugged) return error(drivers_errc::device_gone, layer::drivers);
        return {};
    }
    std::deque<std::string> take() { return std::exchange(told, {}); }
};

class told_pad final : public ports::pinpad {
  public:
    explicit told_pad(desk& on)
        : on_(on) {}
    result<void> open(const call&) override { return on_.tell("open"); }
    bool attached() const noexcept override { return on_.plugged; }
    result<ports::card_data> read_card(const ports::card_request&, const call&) override {
        CIPHERLANE_CHECK(on_.tell("card"));
        return ports::card_data(pan::parse("4761739001010119").value(), ports::entry_mode::contact);
    }
    result<secret_bytes> enter_pin(const ports::pin_request&, const call&) override {
        CIPHERLANE_CHECK(on_.tell("pin"));
        return secret_bytes(8);
    }
    result<void> finish(std::string_view line1, std::string_view, const call&) override {
        return on_.tell("finish " + std::string(line1));
    }
    result<ports::chip_report> finish_chip(const ports::chip_verdict&, const call&) override {
        CIPHERLANE_CHECK(on_.tell("chip"));
        return ports::chip_report();
    }
    result<void> show(std::string_view line1, std::string_view, const call&) override {
        return on_.tell("show " + std::string(line1));
    }
    result<void> close(const call&) override { return on_.tell("close"); }
    bool takes_master_key() const noexcept override { return true; }
    result<void> load_master_key(const ports::wrapped_key& key, const call&) override {
        return on_.tell("master " + std::to_string(key.master_slot));
    }
    bool makes_macs() const noexcept override { return true; }
    result<void> load_working_key(ports::working_key use, const ports::wrapped_key&, const call&) override {
        return on_.tell(use == ports::working_key::mac ? "mac key" : "pin key");
    }
    result<bytes> make_mac(const ports::wrapped_key&, byte_view mab, const call&) override {
        CIPHERLANE_CHECK(on_.tell("mac " + std::to_string(mab.size())));
        return bytes(8);
    }
    bool makes_serial_cryptogram() const noexcept override { return true; }
    result<ports::serial_cryptogram> make_serial_cryptogram(
        std::string_view serial, std::string_view factor, const call&) override {
        CIPHERLANE_CHECK(on_.tell("serial " + std::string(serial) + " " + std::string(factor)));
        return ports::serial_cryptogram{};
    }
    bool asks_currency() const noexcept override { return true; }
    result<ports::currency_choice> choose_currency(const amount&, const ports::conversion&, const call&) override {
        CIPHERLANE_CHECK(on_.tell("currency"));
        return ports::currency_choice{};
    }
    bool takes_lists() const noexcept override { return true; }
    result<void> load_list(std::string_view name, const std::vector<bytes>& entries, const call&) override {
        return on_.tell("list " + std::string(name) + " " + std::to_string(entries.size()));
    }

  private:
    desk& on_;
};

class PinpadKeeper : public ::testing::Test {
  protected:
    PinpadKeeper() {
        settings_.wait_for_pad = 0ms;
        keeper_observer watch{[this] { ++came_; }, [this](const error&) { ++went_; }};
        const auto open = [this](const call&) -> result<std::unique_ptr<ports::pinpad>> {
            if (!on_.plugged) return error(drivers_errc::no_such_device, layer::drivers);
            ++on_.opened;
            return std::make_unique<told_pad>(on_);
        };
        keeper_.emplace(open, timer_, settings_, watch);
    }
    result<secret_bytes> enter_pin() {
        const auto number = pan::parse("4761739001010119").value();
        return keeper_->enter_pin(ports::pin_request(number, key_, amount(100)), bounds_);
    }
    result<ports::chip_report> finish_chip() {
        return keeper_->finish_chip(ports::chip_verdict(ports::host_verdict::approved), bounds_);
    }

    desk on_;
    tests::manual_timer timer_;
    pinpad_keeper_settings settings_;
    std::optional<pinpad_keeper> keeper_;
    int came_ = 0;
    int went_ = 0;
    ports::wrapped_key key_;
    ports::card_request card_{amount(100)};
    call bounds_{60s};
};

TEST_F(PinpadKeeper, OpensAtTheFirstCallAndOnlyOnce) {
    EXPECT_EQ(keeper_->health().state, pinpad_state::closed);
    ASSERT_TRUE(keeper_->open(bounds_));
    ASSERT_TRUE(keeper_->read_card(card_, bounds_));
    ASSERT_TRUE(enter_pin());
    ASSERT_TRUE(keeper_->finish("APPROVED", "", bounds_));
    EXPECT_THAT(on_.take(), ElementsAre("card", "pin", "finish APPROVED")) << "the opener has opened it";
    EXPECT_EQ(on_.opened, 1);
    EXPECT_EQ(came_, 1);
    EXPECT_TRUE(keeper_->attached());
    ASSERT_TRUE(keeper_->open(bounds_));
    EXPECT_THAT(on_.take(), ElementsAre("open")) << "one that may have restarted behind its line";
}

/// Passes a pause at once.
class quick_time final : public time_source {
  public:
    monotonic_clock::time_point now() noexcept override { return now_; }
    void pause(const call& bounds) override { now_ = std::max(now_, bounds.until().at()); }

  private:
    monotonic_clock::time_point now_ = std::chrono::steady_clock::now();
};

TEST(PinpadKeeperTime, ComesThroughTheOneDoor) {
    quick_time time;
    const time_source::on_this_thread here(time);
    desk on;
    tests::manual_timer timer;
    pinpad_keeper_settings settings;
    settings.reopen_first = settings.reopen_most = settings.wait_for_pad = 15s;
    int tries = 0;
    pinpad_keeper keeper(
        [&](const call&) -> result<std::unique_ptr<ports::pinpad>> {
            if (tries++ == 0) return error(drivers_errc::no_such_device, layer::drivers);
            return std::make_unique<told_pad>(on);
        },
        timer, settings);
    const auto begin = std::chrono::steady_clock::now();
    EXPECT_TRUE(keeper.open(call(60s)));
    EXPECT_LT(std::chrono::steady_clock::now() - begin, 10s) << "it waited by a clock of its own";
    EXPECT_EQ(tries, 2);
}

TEST_F(PinpadKeeper, HandsOnKeysMacsCryptogramsListsAndTheCurrency) {
    EXPECT_FALSE(keeper_->takes_master_key()) << "not known before it was open";
    ASSERT_TRUE(keeper_->load_master_key(key_, bounds_)) << "opens it";
    EXPECT_TRUE(keeper_->takes_master_key() && keeper_->makes_macs() && keeper_->makes_serial_cryptogram() &&
                keeper_->asks_currency() && keeper_->takes_lists());
    ASSERT_TRUE(keeper_->load_working_key(ports::working_key::mac, key_, bounds_));
    ASSERT_TRUE(keeper_->make_mac(key_, bytes(9), bounds_));
    ASSERT_TRUE(keeper_->make_serial_cryptogram("SN1", "123456", bounds_));
    ASSERT_TRUE(keeper_->load_list("CA", {bytes(1)}, bounds_));
    ASSERT_TRUE(keeper_->read_card(card_, bounds_));
    ASSERT_TRUE(keeper_->choose_currency(amount(100), ports::conversion{}, bounds_));
    EXPECT_THAT(on_.take(),
        ElementsAre("master 0", "mac key", "mac 9", "serial SN1 123456", "list CA 1", "card", "currency"));
    on_.plugged = false;
    EXPECT_TRUE(keeper_->make_mac(key_, bytes(9), bounds_).error().is(condition::link_lost));
    EXPECT_TRUE(keeper_->makes_macs()) << "it is away, and still the same pad";
    on_.plugged = true;
    EXPECT_TRUE(keeper_->make_mac(key_, bytes(9), bounds_)) << "a MAC belongs to no card";
    EXPECT_TRUE(keeper_->choose_currency(amount(100), ports::conversion{}, bounds_).error().is(condition::link_lost))
        << "the card's transaction ended with the link";
}

TEST_F(PinpadKeeper, ACallUnderWayWhenTheLinkBreaksEndsAndIsNotRepeated) {
    ASSERT_TRUE(keeper_->open(bounds_));
    on_.meanwhile = [this] { on_.plugged = false; };
    const auto card = keeper_->read_card(card_, bounds_);
    ASSERT_FALSE(card);
    EXPECT_TRUE(card.error().is(condition::link_lost));
    EXPECT_EQ(went_, 1);
    EXPECT_EQ(keeper_->health().state, pinpad_state::away);
    on_.plugged = true;
    timer_.advance(300ms);
    EXPECT_EQ(on_.opened, 2);
    EXPECT_THAT(on_.take(), ElementsAre("card")) << "opened anew, and the card is not asked for again";
    EXPECT_TRUE(keeper_->read_card(card_, bounds_)) << "the next sale works";
    EXPECT_EQ(keeper_->health().openings, 2U);
    EXPECT_EQ(keeper_->health().losses, 1U);
}

TEST_F(PinpadKeeper, TheNextCallOpensAPadThatWentWhileIdle) {
    ASSERT_TRUE(keeper_->open(bounds_));
    on_.plugged = false;
    EXPECT_EQ(keeper_->show("HELLO", "", bounds_).error().code(), drivers_errc::no_such_device);
    EXPECT_THAT(on_.take(), IsEmpty()) << "nothing is sent to a pad that is gone";
    on_.plugged = true;
    EXPECT_TRUE(keeper_->show("HELLO", "", bounds_));
    EXPECT_THAT(on_.take(), ElementsAre("show HELLO"));
}

TEST_F(PinpadKeeper, NoticesAnIdlePadThatGoes) {
    keeper_->start();
    timer_.advance(0ms);
    EXPECT_EQ(keeper_->health().state, pinpad_state::attached);
    on_.plugged = false;
    timer_.advance(1'100ms);
    EXPECT_EQ(keeper_->health().state, pinpad_state::away);
    EXPECT_EQ(went_, 1);
    ASSERT_TRUE(keeper_->health().last_error);
    on_.plugged = true;
    timer_.advance(1'500ms);
    EXPECT_EQ(keeper_->health().state, pinpad_state::attached);
    EXPECT_EQ(came_, 2);
}

/// What is due at once runs at once, on its own thread, and is over before `at` returns.
class quickest_timer final : public timer_source {
  public:
    [[nodiscard]] clock::time_point now() const override { return later.now(); }
    std::uint64_t at(clock::time_point when, task what) override {
        if (when > now()) return later.at(when, std::move(what));
        std::thread(std::move(what)).join();
        return 0;
    }
    void cancel(std::uint64_t which) noexcept override { later.cancel(which); }

    tests::manual_timer later;
};

TEST_F(PinpadKeeper, OpensAlthoughItsTimerIsQuickerThanItself) {
    quickest_timer timer;
    pinpad_keeper keeper(
        [this](const call&) -> result<std::unique_ptr<ports::pinpad>> { return std::make_unique<told_pad>(on_); },
        timer, settings_);
    keeper.start();
    timer.later.advance(1s);
    EXPECT_EQ(keeper.health().state, pinpad_state::attached) << "nobody ever opens it";
    EXPECT_EQ(timer.later.waiting(), 1U);
}

TEST_F(PinpadKeeper, ACardsTransactionEndsWithItsLink) {
    ASSERT_TRUE(keeper_->read_card(card_, bounds_));
    on_.plugged = false;
    timer_.advance(1'100ms);
    on_.plugged = true;
    timer_.advance(1'500ms);
    EXPECT_EQ(on_.opened, 2);
    on_.take();
    EXPECT_TRUE(finish_chip().error().is(condition::link_lost));
    EXPECT_TRUE(enter_pin().error().is(condition::link_lost));
    EXPECT_THAT(on_.take(), IsEmpty()) << "the new opening knows nothing of that card";
    EXPECT_TRUE(keeper_->finish("NOT COMPLETED", "", bounds_));
    ASSERT_TRUE(keeper_->read_card(card_, bounds_));
    EXPECT_TRUE(finish_chip());
}

TEST_F(PinpadKeeper, APinThatWasPerhapsTypedIsNotAskedForAgain) {
    ASSERT_TRUE(keeper_->read_card(card_, bounds_));
    on_.faults = {drivers_errc::cancel_unanswered};
    EXPECT_TRUE(enter_pin().error().is(condition::link_lost));
    EXPECT_TRUE(enter_pin().error().is(condition::link_lost));
    EXPECT_THAT(on_.take(), ElementsAre("card", "pin"));
}

TEST_F(PinpadKeeper, WhatThePadRefusesIsNoLoss) {
    ASSERT_TRUE(keeper_->open(bounds_));
    on_.faults = {drivers_errc::cardholder_cancelled, drivers_errc::cardholder_timeout};
    EXPECT_EQ(keeper_->read_card(card_, bounds_).error().code(), drivers_errc::cardholder_cancelled);
    EXPECT_EQ(keeper_->read_card(card_, bounds_).error().code(), drivers_errc::cardholder_timeout);
    EXPECT_EQ(on_.opened, 1);
    EXPECT_EQ(went_, 0);
}

TEST_F(PinpadKeeper, ASecondCallMeanwhileIsRefused) {
    ASSERT_TRUE(keeper_->open(bounds_));
    std::optional<error> other;
    pinpad_state seen{};
    on_.meanwhile = [&] {
        std::thread advert([&] {
            other = keeper_->show("ADVERT", "", call(5s)).error();
            seen = keeper_->health().state;
        });
        advert.join();
    };
    ASSERT_TRUE(keeper_->read_card(card_, bounds_));
    ASSERT_TRUE(other);
    EXPECT_EQ(other->code(), drivers_errc::call_under_way);
    EXPECT_TRUE(other->is(condition::misuse));
    EXPECT_EQ(seen, pinpad_state::attached) << "the state can be asked meanwhile";
    EXPECT_THAT(on_.take(), ElementsAre("card"));
}

TEST_F(PinpadKeeper, WaitsForAPadThatComes) {
    settings_.wait_for_pad = 5s;
    settings_.reopen_first = 10ms;
    settings_.reopen_most = 10ms;
    int tried = 0;
    pinpad_keeper patient(
        [&](const call&) -> result<std::unique_ptr<ports::pinpad>> {
            if (++tried < 4) return error(drivers_errc::no_such_device, layer::drivers);
            return std::make_unique<told_pad>(on_);
        },
        timer_, settings_);
    EXPECT_TRUE(patient.open(bounds_));
    EXPECT_EQ(tried, 4);
}

TEST_F(PinpadKeeper, DoesNotWaitForWhatNoPauseCures) {
    settings_.wait_for_pad = 5s;
    int tried = 0;
    pinpad_keeper wrong(
        [&](const call&) -> result<std::unique_ptr<ports::pinpad>> {
            ++tried;
            return error(drivers_errc::unknown_driver, layer::drivers);
        },
        timer_, settings_);
    EXPECT_EQ(wrong.open(bounds_).error().code(), drivers_errc::unknown_driver);
    EXPECT_EQ(tried, 1);
}

TEST_F(PinpadKeeper, StaysClosedOnceItWasClosed) {
    ASSERT_TRUE(keeper_->open(bounds_));
    ASSERT_TRUE(keeper_->close(bounds_));
    EXPECT_EQ(keeper_->health().state, pinpad_state::closed);
    timer_.advance(10s);
    EXPECT_EQ(on_.opened, 1);
    EXPECT_THAT(on_.take(), ElementsAre("close"));
    EXPECT_TRUE(keeper_->read_card(card_, bounds_));
    EXPECT_EQ(on_.opened, 2);
}

TEST(PinpadKeeperSettings, NamesTheFieldThatIsWrong) {
    pinpad_keeper_settings settings;
    EXPECT_TRUE(settings.validate());
    settings.reopen_most = 1ms;
    EXPECT_EQ(settings.validate().error().field(), "reopen_most");
    settings = {};
    settings.own_call = 0ms;
    EXPECT_EQ(settings.validate().error().field(), "own_call");
}

} // namespace
} // namespace cipherlane::drivers
