// What a pool thinks of its units: when one rests, is taken out, is asked, is trusted again.
#include "unit/hsm/fake_unit.hpp"

#include <cipherlane/core/hex.hpp>
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
using tests::soon;
using tests::text;

const key tdes("U1EF828AA8F6B80EB83E19FBC373F3A85");
const key raw("0123456789ABCDEF0123456789ABCDEF");

translate_pin_request translation(const key& with = tdes) {
    return {with, with, bytes(8), account::digits("550000025321")};
}

std::optional<bytes> westone_answer(byte_view body) {
    if (body[0] == 0xD0) return from_hex("41100123456789ABCDEF0123456789ABCDEFA1A2A3A4A5A6A7A8").value();
    return from_hex("41C1C2C3C4C5C6C7C8").value();
}

/// One unit that can be told what is wrong with it.
class pool_care : public testing::Test {
  protected:
    std::optional<bytes> racal(byte_view body) {
        const auto said = as_text(body);
        const std::lock_guard lock(guard_);
        if (said.starts_with("NC")) {
            ++diagnoses_;
            return text((other_lmk_ ? "ND00FFFFFFFFFFFFFFFF" : "ND002686040000000000") + firmware_);
        }
        ++commands_;
        if (refusal_.empty()) return payshield_answer(body);
        return text(std::string(said.substr(0, 1)) + static_cast<char>(said[1] + 1) + refusal_);
    }
    void refuse_with(const std::string& code) {
        const std::lock_guard lock(guard_);
        refusal_ = code;
    }

    pool_settings settings_for(const char* dialect) {
        pool_settings settings;
        settings.dialect = profile::builtin(dialect).value();
        const bool westone = settings.dialect->raw_keys;
        const std::lock_guard lock(guard_);
        firmware_ = std::string(dialect == std::string_view("sjj1310") ? 36 : 9, '7'); // and serial number
        unit_ = std::make_unique<fake_unit>(
            settings.dialect->frame,
            westone ? fake_unit::answerer(westone_answer) : [this](byte_view body) { return racal(body); });
        settings.units = {unit_->at()};
        settings.connections = 1;
        settings.answer_timeout = 3s;
        return settings;
    }
    void begin(pool_settings settings) { pool_ = pool::create_with_thread(std::move(settings)).value(); }

    [[nodiscard]] unit_state state() const { return pool_->stats().units[0].state; }
    template <class Request>
    std::string code_of(const Request& request) {
        auto got = pool_->run(request, call(5s));
        return got ? "00" : std::string(got.error().peer_code());
    }

    std::atomic<bool> other_lmk_ = false;
    std::atomic<int> diagnoses_ = 0;
    std::atomic<int> commands_ = 0;
    std::mutex guard_;
    std::string refusal_;
    std::string firmware_;
    std::unique_ptr<fake_unit> unit_;
    std::unique_ptr<pool> pool_;
};

TEST_F(pool_care, ACallerInAHurrySendsNoUnitToRest) {
    for (const char* dialect : {"payshield", "sjj1312"}) {
        const auto request = translation(dialect == std::string_view("sjj1312") ? raw : tdes);
        auto settings = settings_for(dialect);
        settings.backoff_first = 20s;
        settings.backoff_most = 40s;
        begin(std::move(settings));
        ASSERT_TRUE(pool_->run(request, call(5s)));
        unit_->set_silent(true);
        const auto late = pool_->run(request, call(50ms));
        ASSERT_FALSE(late);
        EXPECT_TRUE(late.error().is(condition::timed_out)) << late.error();
        EXPECT_EQ(state(), unit_state::ready) << dialect;
        unit_->set_silent(false);
        const auto next = pool_->run(request, call(5s));
        EXPECT_TRUE(next) << dialect << ": " << next.error();
    }
}

TEST_F(pool_care, ASlowCommandBesideAnsweredOnesSendsNoUnitToRest) {
    auto settings = settings_for("payshield");
    settings.answer_timeout = 2s;
    settings.retry = retry_policy::never;
    settings.backoff_first = 20s;
    settings.backoff_most = 40s;
    unit_ = std::make_unique<fake_unit>(settings.dialect->frame, [](byte_view body) -> std::optional<bytes> {
        if (as_text(body).starts_with("A0")) return std::nullopt;
        return payshield_answer(body);
    });
    settings.units = {unit_->at()};
    begin(std::move(settings));
    std::promise<error> promise;
    auto outcome = promise.get_future();
    pool_->async_generate_key(generate_key_request(key_type::tpk), call(5s),
        [&](const result<key_result>& got) { promise.set_value(got.error()); });
    while (outcome.wait_for(10ms) != std::future_status::ready) {
        ASSERT_TRUE(pool_->translate_pin(translation(), call(5s)));
    }
    EXPECT_TRUE(outcome.get().is(condition::outcome_unknown));
    EXPECT_EQ(state(), unit_state::ready);
    EXPECT_TRUE(pool_->translate_pin(translation(), call(5s)));
}

TEST_F(pool_care, AUnitThatAnsweredSinceRestsNoLongerEachTime) {
    auto settings = settings_for("sjj1312");
    settings.backoff_first = 100ms;
    begin(std::move(settings));
    const auto start = steady_clock::now();
    for (std::size_t i = 1; i <= 10; ++i) {
        ASSERT_TRUE(pool_->run(translation(raw), call(30s)));
        unit_->reset_connections();
        ASSERT_TRUE(soon([&] { return unit_->connections() > i; }));
    }
    EXPECT_LT(steady_clock::now() - start, 10s); // doubling each time it would be 21 s at the least
}

TEST_F(pool_care, ARestedUnitGetsNoMoreConnectionsThanItMayHave) {
    auto settings = settings_for("payshield");
    settings.answer_timeout = 3s;
    settings.retry = retry_policy::never;
    settings.backoff_first = 10ms;
    begin(std::move(settings));
    ASSERT_TRUE(pool_->run(translation(), call(5s)));
    unit_->set_silent(true);
    const auto before = unit_->requests();
    std::promise<std::size_t> promise;
    auto outcome = promise.get_future();
    pool_->async_translate_pin(translation(), call(20s), [](const result<translated_pin>&) {});
    ASSERT_TRUE(soon([&] { return unit_->requests() > before; }));
    std::this_thread::sleep_for(200ms); // so that the unit has rested before the second ends
    pool_->async_translate_pin(
        translation(), call(20s), [&](const result<translated_pin>&) { promise.set_value(unit_->connections()); });
    EXPECT_EQ(outcome.get(), 1U); // the second call's was still open
    unit_->set_silent(false);
    EXPECT_TRUE(pool_->run(translation(), call(20s)));
}

TEST_F(pool_care, ARefusalThatIsAboutTheRequestTakesNoUnitOut) {
    begin(settings_for("payshield"));
    ASSERT_TRUE(pool_->run(translation(), call(5s)));
    refuse_with("33"); // no old local master key: only commands that need it say so
    for (const char* asked : {"BG55000002532101234", "BW021U1EF828AA8F6B80EB83E19FBC373F3A85"}) {
        const auto got = pool_->execute(raw_command(asked), call(5s));
        ASSERT_TRUE(got) << got.error();
        EXPECT_EQ(got->status, "33");
    }
    refuse_with("13"); // of a payshield: the selector names no local master key
    EXPECT_EQ(code_of(translation()), "13");
    EXPECT_EQ(state(), unit_state::ready);
    refuse_with("41");
    EXPECT_EQ(code_of(translation()), "41");
    EXPECT_EQ(state(), unit_state::out_of_service);
}

TEST_F(pool_care, ParityOfTheLocalMasterKeyTakesAChineseUnitOut) {
    for (const char* dialect : {"sjl05", "sjl06", "sjj1310"}) {
        refuse_with("");
        begin(settings_for(dialect));
        ASSERT_TRUE(pool_->run(translation(), call(5s)));
        refuse_with("13");
        EXPECT_EQ(code_of(translation()), "13");
        EXPECT_EQ(state(), unit_state::out_of_service) << dialect;
    }
    refuse_with("");
    begin(settings_for("sjl06"));
    ASSERT_TRUE(pool_->run(translation(), call(5s)));
    refuse_with("47"); // its signal processor
    EXPECT_EQ(code_of(translation()), "47");
    EXPECT_EQ(state(), unit_state::out_of_service);
}

/// Calls without end; each one's handler starts the next.
class load {
  public:
    explicit load(pool& on)
        : on_(on) {
        next();
    }
    load(const load&) = delete;
    load& operator=(const load&) = delete;
    ~load() {
        stop_ = true;
        ended_.get_future().wait();
    }

  private:
    void next() {
        on_.async_translate_pin(request_, call(5s), [this](const result<translated_pin>& got) {
            if (stop_ || !got) return ended_.set_value();
            next();
        });
    }

    pool& on_;
    translate_pin_request request_ = translation();
    std::atomic<bool> stop_ = false;
    std::promise<void> ended_;
};

TEST_F(pool_care, ABusyUnitIsAskedTooAndAnotherLocalMasterKeyNoticed) {
    for (const char* dialect : {"payshield", "sjl06"}) {
        other_lmk_ = false;
        auto settings = settings_for(dialect);
        settings.health_interval = 100ms;
        begin(std::move(settings));
        ASSERT_TRUE(pool_->run(translation(), call(5s)));
        const load busy(*pool_);
        const auto start = steady_clock::now();
        const int before = diagnoses_;
        std::this_thread::sleep_for(1s);
        const int asked = diagnoses_ - before;
        // Never two within three quarters of the interval; the first and one that was under way come on top.
        EXPECT_LE(asked, (steady_clock::now() - start) / 75ms + 2) << dialect;
        other_lmk_ = true;
        EXPECT_TRUE(soon([&] { return state() == unit_state::out_of_service; })) << dialect;
    }
}

TEST_F(pool_care, ParityRefusalsInARowMakeItAskAtOnce) {
    begin(settings_for("payshield"));
    ASSERT_TRUE(pool_->run(translation(), call(5s)));
    refuse_with("10");
    EXPECT_EQ(code_of(translation()), "10");
    EXPECT_EQ(code_of(translation()), "10");
    EXPECT_EQ(code_of(translation()), "10");
    EXPECT_TRUE(soon([&] { return diagnoses_ == 2; }));
    EXPECT_EQ(state(), unit_state::ready); // the keys were the caller's fault
    other_lmk_ = true;
    EXPECT_EQ(code_of(translation()), "10");
    EXPECT_EQ(code_of(translation()), "10");
    EXPECT_EQ(diagnoses_, 2);
    EXPECT_EQ(code_of(translation()), "10");
    EXPECT_TRUE(soon([&] { return state() == unit_state::out_of_service; }));
}

TEST_F(pool_care, ARestoredUnitShowsItsLocalMasterKeyBeforeItGetsWork) {
    begin(settings_for("payshield"));
    ASSERT_TRUE(pool_->run(translation(), call(5s)));
    pool_->drain(0);
    other_lmk_ = true;
    pool_->restore(0);
    const int before = commands_;
    const auto got = pool_->run(translation(), call(5s));
    ASSERT_FALSE(got);
    EXPECT_EQ(got.error().code(), make_error_code(hsm_errc::no_unit)) << got.error();
    EXPECT_EQ(commands_, before);
    other_lmk_ = false;
    pool_->restore(0);
    EXPECT_TRUE(pool_->run(translation(), call(5s)));
}

TEST_F(pool_care, AUnitThatComesBackShowsItsLocalMasterKeyBeforeItGetsWork) {
    begin(settings_for("payshield"));
    ASSERT_TRUE(pool_->run(translation(), call(5s)));
    other_lmk_ = true;
    unit_->reset_connections();
    ASSERT_TRUE(soon([&] { return state() == unit_state::out_of_service; }));
    EXPECT_EQ(commands_, 1);
}

} // namespace
} // namespace cipherlane::hsm
