// How a pool and its calls end: in a handler, by a broken link, by a unit that only seems to be there.
#include "unit/hsm/fake_unit.hpp"

#include <cipherlane/hsm/errc.hpp>
#include <cipherlane/hsm/pool.hpp>

#include <gtest/gtest.h>

#include <future>

namespace cipherlane::hsm {
namespace {

using namespace std::chrono_literals;
using std::chrono::steady_clock;
using tests::fake_unit;
using tests::payshield_answer;
using tests::text;

translate_pin_request translation(const char* with = "U1EF828AA8F6B80EB83E19FBC373F3A85") {
    return {key(with), key(with), bytes(8), account::digits("550000025321")};
}

/// A pool with one connection to one unit.
class pool_end : public testing::Test {
  protected:
    pool_settings settings_for(const char* dialect, fake_unit::answerer answer) {
        pool_settings settings;
        settings.dialect = profile::builtin(dialect).value();
        unit_ = std::make_unique<fake_unit>(settings.dialect->frame, std::move(answer));
        settings.units = {unit_->at()};
        settings.connections = 1;
        settings.answer_timeout = 3s;
        return settings;
    }
    void begin(pool_settings settings) { pool_ = pool::create_with_thread(std::move(settings)).value(); }

    template <class Question>
    static bool soon(Question true_yet) {
        const auto end = steady_clock::now() + 10s;
        while (!true_yet()) {
            if (steady_clock::now() > end) return false;
            std::this_thread::sleep_for(2ms);
        }
        return true;
    }

    std::unique_ptr<fake_unit> unit_;
    std::unique_ptr<pool> pool_;
};

TEST_F(pool_end, ALostCallsHandlerMayDestroyThePool) {
    begin(settings_for("payshield", [](byte_view body) -> std::optional<bytes> {
        if (as_text(body).starts_with("A0")) return std::nullopt;
        return payshield_answer(body);
    }));
    ASSERT_TRUE(pool_->run(translation(), call(5s)));
    const auto before = unit_->requests();
    std::atomic<int> unknown = 0;
    std::atomic<int> ends = 0;
    for (int i = 0; i < 3; ++i) {
        pool_->async_generate_key(generate_key_request(key_type::tpk), call(20s), [&](const result<key_result>& got) {
            pool_.reset();
            if (got.error().is(condition::outcome_unknown)) ++unknown;
            ++ends;
        });
    }
    ASSERT_TRUE(soon([&] { return unit_->requests() == before + 3; }));
    unit_->reset_connections();
    ASSERT_TRUE(soon([&] { return ends == 3; }));
    EXPECT_EQ(unknown, 3);
}

TEST_F(pool_end, AWaitingCallsHandlerMayDestroyThePoolWhileAnotherIsAnswered) {
    std::promise<void> both_started;
    auto settings = settings_for(
        "payshield", [&, started = both_started.get_future().share()](byte_view body) -> std::optional<bytes> {
            if (!as_text(body).starts_with("CA")) return payshield_answer(body);
            started.wait();
            return text("CB41"); // a fault of the unit: it is taken out, and who waits for it is told
        });
    settings.in_flight = 1;
    begin(std::move(settings));
    std::atomic<int> ends = 0;
    std::string code;
    pool_->async_translate_pin(translation(), call(20s), [&](const result<translated_pin>& got) {
        code = got ? "00" : std::string(got.error().peer_code());
        ++ends;
    });
    ASSERT_TRUE(soon([&] { return unit_->requests() == 2; }));
    pool_->async_translate_pin(translation(), call(20s), [&](const result<translated_pin>& got) {
        EXPECT_FALSE(got);
        pool_.reset();
        ++ends;
    });
    ASSERT_TRUE(soon([&] { return pool_->stats().waiting == 1; }));
    both_started.set_value();
    ASSERT_TRUE(soon([&] { return ends == 2; }));
    EXPECT_EQ(code, "41");
}

TEST_F(pool_end, AfterCloseNothingIsSentAnyMore) {
    begin(settings_for("payshield", payshield_answer));
    std::promise<error> promise;
    pool_->async_translate_pin(translation(), call(5s), [&](const result<translated_pin>& got) {
        EXPECT_TRUE(got);
        pool_->close();
        pool_->async_generate_key(generate_key_request(key_type::tpk), call(5s),
            [&](const result<key_result>& second) { promise.set_value(second.error()); });
    });
    EXPECT_TRUE(promise.get_future().get().is(condition::cancelled));
    EXPECT_EQ(unit_->requests(), 2U) << "a diagnosis and the translation";
}

TEST_F(pool_end, AUnitThatOnlyShowsItselfRestsLongerEachTime) {
    fake_unit* unit = nullptr;
    auto settings = settings_for("payshield", [&](byte_view body) -> std::optional<bytes> {
        if (as_text(body).starts_with("NC")) return payshield_answer(body);
        unit->reset_connections();
        return std::nullopt;
    });
    unit = unit_.get();
    settings.retry = retry_policy::never;
    begin(std::move(settings));
    const auto end = steady_clock::now() + 1500ms;
    while (steady_clock::now() < end) {
        EXPECT_FALSE(pool_->run(translation(), call(500ms)));
    }
    EXPECT_LE(unit_->connections(), 10U) << "without growing it would be 30 or more";
}

TEST_F(pool_end, ASilentUnitIsFoundThoughEveryCallerIsInAHurry) {
    auto settings = settings_for("payshield", payshield_answer);
    settings.answer_timeout = 400ms;
    settings.backoff_first = 20s;
    settings.backoff_most = 40s;
    begin(std::move(settings));
    ASSERT_TRUE(soon([&] { return static_cast<bool>(pool_->run(translation(), call(5s))); }));
    unit_->set_silent(true);
    EXPECT_TRUE(soon([&] {
        EXPECT_FALSE(pool_->run(translation(), call(50ms)));
        return pool_->stats().units[0].state == unit_state::resting;
    }));
}

TEST_F(pool_end, AWestoneUnitShowsThatItWorksBeforeItGetsWork) {
    std::atomic<int> work = 0;
    auto settings = settings_for("sjj1312", [&](byte_view body) -> std::optional<bytes> {
        if (body[0] != 0xD0) ++work;
        return std::nullopt;
    });
    settings.answer_timeout = 100ms;
    begin(std::move(settings));
    EXPECT_FALSE(pool_->run(translation("0123456789ABCDEF0123456789ABCDEF"), call(1s)));
    EXPECT_GE(unit_->requests(), 1U);
    EXPECT_EQ(work, 0);
}

TEST_F(pool_end, TheSecondAnswerBehindAnUnreadableOneCostsNobody) {
    auto settings = settings_for("payshield", [](byte_view body) -> std::optional<bytes> {
        if (as_text(body).starts_with("A2")) return text("XX00");
        return payshield_answer(body);
    });
    settings.backoff_first = 20s;
    settings.backoff_most = 40s;
    begin(std::move(settings));
    ASSERT_TRUE(pool_->run(translation(), call(5s)));
    unit_->set_second([](byte_view body) -> std::optional<bytes> {
        if (!as_text(body).starts_with("A2")) return std::nullopt;
        return text("AZ00");
    });
    EXPECT_FALSE(pool_->execute(raw_command("A2002UPAPER"), call(5s)));
    EXPECT_TRUE(pool_->run(translation(), call(5s)));
    EXPECT_EQ(pool_->stats().units[0].state, unit_state::ready);
}

} // namespace
} // namespace cipherlane::hsm
