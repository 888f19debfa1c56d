#include "unit/hsm/fake_unit.hpp"

#include <cipherlane/core/hex.hpp>
#include <cipherlane/hsm/errc.hpp>
#include <cipherlane/hsm/pool.hpp>
#include <cipherlane/net/errc.hpp>

#include <boost/asio/write.hpp>
#include <gtest/gtest.h>

#include <future>

namespace cipherlane::hsm {
namespace {

using namespace std::chrono_literals;
using tests::fake_unit;
using tests::payshield_answer;
using tests::soon;
using tests::text;

const key tpk("U1EF828AA8F6B80EB83E19FBC373F3A85");
const key zpk("U8463435FC4B4DAA0C49025272C29B12C");

framing payshield_framing() {
    return {};
}

/// A block that no other call has.
translate_pin_request numbered(std::uint32_t number) {
    bytes block{1, 2, 3, 4, 0, 0, 0, 0};
    for (std::size_t i = 0; i < 4; ++i) {
        block[4 + i] = static_cast<std::uint8_t>(number >> (8 * i));
    }
    return {tpk, zpk, block, account::digits("550000025321")};
}

pool_settings settings_for(std::initializer_list<const fake_unit*> units, const char* dialect = "payshield") {
    pool_settings settings;
    for (const auto* each : units) {
        settings.units.push_back(each->at());
    }
    settings.dialect = profile::builtin(dialect).value();
    settings.answer_timeout = 3s; // far beyond what a busy machine costs
    return settings;
}

/// One connection with nobody on it but the caller: no diagnosis of a second, or of a unit that comes back.
pool_settings quiet_settings_for(std::initializer_list<const fake_unit*> units) {
    auto settings = settings_for(units);
    settings.connections = 1;
    settings.backoff_first = 10s;
    return settings;
}

std::unique_ptr<pool> make_pool(pool_settings settings) {
    return pool::create_with_thread(std::move(settings)).value();
}

TEST(Pool, SettingsAreChecked) {
    pool_settings settings;
    EXPECT_EQ(settings.validate().error().field(), "dialect");
    settings.dialect = profile::builtin("payshield").value();
    EXPECT_EQ(settings.validate().error().field(), "units");
}

TEST(Pool, ManyCallsInFlightGetTheirOwnAnswers) {
    fake_unit unit(payshield_framing(), payshield_answer);
    auto settings = settings_for({&unit});
    settings.connections = 2;
    auto subject = make_pool(settings);
    std::vector<std::future<result<translated_pin>>> answers;
    for (std::uint32_t i = 0; i < 500; ++i) {
        auto promise = std::make_shared<std::promise<result<translated_pin>>>();
        answers.push_back(promise->get_future());
        subject->async_translate_pin(
            numbered(i), call(5s), [promise](result<translated_pin> got) { promise->set_value(std::move(got)); });
    }
    for (std::uint32_t i = 0; i < 500; ++i) {
        auto got = answers[i].get();
        ASSERT_TRUE(got) << got.error();
        EXPECT_EQ(to_hex(got->pin_block.view()), to_hex(numbered(i).values().value(field_name("pin_block"))));
    }
    const auto stats = subject->stats();
    EXPECT_GE(stats.units[0].answers, 501U); // with one diagnosis, or one for each connection
    EXPECT_LE(stats.units[0].answers, 502U);
    EXPECT_LE(unit.connections(), 2U);
}

TEST(Pool, BlockingCallsAndRawCommands) {
    fake_unit unit(payshield_framing(), payshield_answer);
    auto subject = make_pool(settings_for({&unit}));
    EXPECT_TRUE(subject->translate_pin(numbered(7), call(5s)));
    auto raw = subject->execute(raw_command("ZZwhatever"), call(5s));
    ASSERT_TRUE(raw) << raw.error();
    EXPECT_EQ(raw->status, "68");
    EXPECT_EQ(raw->meaning, "command disabled");
}

TEST(Pool, OneCallAConnectionWhereNothingCorrelates) {
    framing how;
    how.length = framing::prefix::none;
    how.header_length = 0;
    std::atomic<int> under_way = 0;
    fake_unit unit(how, [&](byte_view body) -> std::optional<bytes> {
        if (body.size() > 100) ++under_way; // two requests in one read
        if (body[0] == 0xD0) return from_hex("41100123456789ABCDEF0123456789ABCDEFA1A2A3A4A5A6A7A8").value();
        return from_hex("41C1C2C3C4C5C6C7C8").value();
    });
    auto settings = settings_for({&unit}, "sjj1312");
    settings.connections = 8;
    auto subject = make_pool(settings);
    const key raw("0123456789ABCDEF0123456789ABCDEF");
    std::vector<std::future<result<translated_pin>>> answers;
    for (int i = 0; i < 100; ++i) {
        auto promise = std::make_shared<std::promise<result<translated_pin>>>();
        answers.push_back(promise->get_future());
        subject->async_translate_pin(translate_pin_request(raw, raw, bytes(8), account::digits("550000025321")),
            call(5s), [promise](result<translated_pin> got) { promise->set_value(std::move(got)); });
    }
    for (auto& each : answers) {
        auto got = each.get();
        ASSERT_TRUE(got) << got.error();
    }
    EXPECT_EQ(under_way, 0);
    EXPECT_LE(unit.connections(), 8U);
}

TEST(Pool, AKilledUnitCostsNoCallThatIsSafeToRepeat) {
    auto first = std::make_unique<fake_unit>(payshield_framing(), payshield_answer);
    fake_unit second(payshield_framing(), payshield_answer);
    auto subject = make_pool(settings_for({first.get(), &second}));
    std::atomic<int> good = 0;
    std::atomic<int> bad = 0;
    std::atomic<bool> stop = false;
    std::vector<std::thread> callers;
    for (std::uint32_t t = 0; t < 4; ++t) {
        callers.emplace_back([&, t] {
            for (std::uint32_t i = 0; !stop; ++i) {
                auto got = subject->translate_pin(numbered(t * 1'000'000 + i), call(5s));
                const auto sent = numbered(t * 1'000'000 + i);
                const bool right =
                    got && to_hex(got->pin_block.view()) == to_hex(sent.values().value(field_name("pin_block")));
                ++(right ? good : bad);
            }
        });
    }
    std::this_thread::sleep_for(200ms);
    first->kill();
    EXPECT_TRUE(soon([&] { return subject->stats().units[0].state == unit_state::resting; }));
    const int before = good;
    // One of each caller may have been answered before.
    EXPECT_TRUE(soon([&] { return good > before + 4; }));
    stop = true;
    for (auto& each : callers) {
        each.join();
    }
    EXPECT_EQ(bad, 0);
    EXPECT_EQ(subject->stats().units[0].state, unit_state::resting);
}

TEST(Pool, ASilentUnitIsLeftForTheOther) {
    fake_unit first(payshield_framing(), payshield_answer);
    fake_unit second(payshield_framing(), payshield_answer);
    auto settings = settings_for({&first, &second});
    settings.answer_timeout = 1s;
    auto subject = make_pool(settings);
    ASSERT_TRUE(subject->translate_pin(numbered(0), call(5s)));
    // The first gets no work before it has shown itself.
    ASSERT_TRUE(soon([&] { return subject->stats().units[0].answers != 0; }));
    first.set_silent(true);
    for (std::uint32_t i = 1; i < 5; ++i) {
        auto got = subject->translate_pin(numbered(i), call(5s));
        ASSERT_TRUE(got) << got.error();
    }
    EXPECT_GE(subject->stats().units[0].timeouts, 1U);
}

TEST(Pool, AKeyGenerationIsNeverSentTwice) {
    fake_unit unit(payshield_framing(), payshield_answer);
    auto settings = quiet_settings_for({&unit});
    settings.answer_timeout = 1s;
    auto subject = make_pool(settings);
    ASSERT_TRUE(subject->generate_key(generate_key_request(key_type::tpk), call(5s)));
    unit.set_silent(true);
    const auto before = unit.requests();
    auto got = subject->generate_key(generate_key_request(key_type::tpk), call(5s));
    ASSERT_FALSE(got);
    EXPECT_TRUE(got.error().is(condition::outcome_unknown)) << got.error();
    EXPECT_EQ(unit.requests(), before + 1);
}

TEST(Pool, RetriesCanBeForbidden) {
    fake_unit first(payshield_framing(), payshield_answer);
    auto settings = quiet_settings_for({&first});
    settings.retry = retry_policy::never;
    settings.answer_timeout = 1s;
    auto subject = make_pool(settings);
    ASSERT_TRUE(subject->translate_pin(numbered(0), call(5s)));
    first.set_silent(true);
    const auto before = first.requests();
    auto got = subject->translate_pin(numbered(1), call(5s));
    ASSERT_FALSE(got);
    EXPECT_TRUE(got.error().is(condition::timed_out)) << got.error();
    EXPECT_EQ(first.requests(), before + 1);
}

TEST(Pool, ALateAnswerFindsNobody) {
    std::atomic<bool> hold = false;
    std::optional<bytes> held;
    fake_unit unit(payshield_framing(), [&](byte_view body) -> std::optional<bytes> {
        auto answer = payshield_answer(body);
        if (as_text(body).starts_with("NC")) return answer;
        if (!hold) return answer;
        std::this_thread::sleep_for(250ms); // past the call's deadline, inside the unit's
        return answer;
    });
    auto settings = settings_for({&unit});
    auto subject = make_pool(settings);
    ASSERT_TRUE(subject->translate_pin(numbered(0), call(5s)));
    hold = true;
    auto late = subject->translate_pin(numbered(1), call(100ms));
    ASSERT_FALSE(late);
    EXPECT_TRUE(late.error().is(condition::timed_out));
    hold = false;
    for (std::uint32_t i = 2; i < 20; ++i) {
        auto got = subject->translate_pin(numbered(i), call(5s));
        ASSERT_TRUE(got) << got.error();
        EXPECT_EQ(to_hex(got->pin_block.view()), to_hex(numbered(i).values().value(field_name("pin_block"))));
    }
}

TEST(Pool, AUnitWithAnotherMasterKeyIsTakenOut) {
    fake_unit first(payshield_framing(), payshield_answer);
    fake_unit other(payshield_framing(), [](byte_view body) -> std::optional<bytes> {
        if (as_text(body).starts_with("NC")) return text("ND00FFFFFFFFFFFFFFFF0007-E000");
        return payshield_answer(body);
    });
    auto settings = quiet_settings_for({&first, &other});
    settings.lmk_check = short_bytes(from_hex("2686040000000000").value());
    auto subject = make_pool(settings);
    for (std::uint32_t i = 0; i < 50; ++i) {
        ASSERT_TRUE(subject->translate_pin(numbered(i), call(5s)));
    }
    EXPECT_TRUE(soon([&] { return subject->stats().units[1].state == unit_state::out_of_service; }));
    EXPECT_EQ(other.requests(), 1U);
}

TEST(Pool, AUnitWithAHardwareFaultIsTakenOut) {
    std::atomic<bool> sick = false;
    fake_unit unit(payshield_framing(), [&](byte_view body) -> std::optional<bytes> {
        if (sick && as_text(body).starts_with("CA")) return text("CB41");
        return payshield_answer(body);
    });
    auto subject = make_pool(settings_for({&unit}));
    ASSERT_TRUE(subject->translate_pin(numbered(0), call(5s)));
    sick = true;
    EXPECT_TRUE(subject->translate_pin(numbered(1), call(5s)).error().is(condition::rejected_by_peer));
    auto none = subject->translate_pin(numbered(2), call(5s));
    ASSERT_FALSE(none);
    EXPECT_EQ(none.error().code(), make_error_code(hsm_errc::no_unit));
    sick = false;
    subject->restore(0);
    EXPECT_TRUE(subject->translate_pin(numbered(3), call(5s)));
    EXPECT_EQ(subject->stats().units[0].by_code.at("41"), 1U);
}

TEST(Pool, ADrainedUnitGetsNothing) {
    fake_unit first(payshield_framing(), payshield_answer);
    fake_unit second(payshield_framing(), payshield_answer);
    auto subject = make_pool(quiet_settings_for({&first, &second}));
    ASSERT_TRUE(subject->translate_pin(numbered(0), call(5s)));
    subject->drain(0);
    const auto before = first.requests();
    for (std::uint32_t i = 1; i < 20; ++i) {
        ASSERT_TRUE(subject->translate_pin(numbered(i), call(5s)));
    }
    EXPECT_LE(first.requests(), before + 1); // its diagnosis may still have been on its way
}

TEST(Pool, IdleConnectionsAreKeptAliveByTheHealthCommand) {
    fake_unit unit(payshield_framing(), payshield_answer);
    auto settings = settings_for({&unit});
    settings.health_interval = 40ms;
    auto subject = make_pool(settings);
    ASSERT_TRUE(subject->translate_pin(numbered(0), call(5s)));
    const auto before = unit.requests();
    EXPECT_TRUE(soon([&] { return unit.requests() >= before + 2; }));
}

TEST(Pool, BabbleCostsTheConnectionAndNoMore) {
    fake_unit unit(payshield_framing(), payshield_answer);
    auto subject = make_pool(settings_for({&unit}));
    ASSERT_TRUE(subject->translate_pin(numbered(0), call(5s)));
    unit.babble(text(std::string("\0\x0a"
                                 "FFFFBV00xx",
        12)));
    std::this_thread::sleep_for(50ms);
    EXPECT_TRUE(subject->translate_pin(numbered(1), call(5s)));
}

TEST(Pool, NobodyThereEndsWithTheDeadline) {
    std::uint16_t port = 0;
    {
        fake_unit gone(payshield_framing(), payshield_answer);
        port = gone.at().port;
    }
    pool_settings settings;
    settings.units.resize(1);
    settings.units[0].port = port;
    settings.dialect = profile::builtin("payshield").value();
    auto subject = make_pool(settings);
    const auto start = std::chrono::steady_clock::now();
    auto got = subject->translate_pin(numbered(0), call(1s));
    ASSERT_FALSE(got);
    EXPECT_EQ(got.error().code(), make_error_code(hsm_errc::no_unit)) << got.error();
    EXPECT_EQ(got.error().endpoint(), "127.0.0.1:" + std::to_string(port));
    EXPECT_NE(got.error().to_string().find("onnection refused"), std::string::npos) << got.error();
    EXPECT_LT(std::chrono::steady_clock::now() - start, 20s);
    const auto stats = subject->stats().units[0];
    EXPECT_GE(stats.failed_connects, 1U);
    EXPECT_EQ(stats.last_error.code(), make_error_code(net_errc::refused));
}

/// Each says what it can: one is not there, one is no such machine. The deadline is far.
TEST(Pool, UnitsThatHaveNeverWorkedAreToldAtOnceWhereThatIsWanted) {
    constexpr std::uint16_t nobodys = 1;
    fake_unit strange(payshield_framing(), [](byte_view) { return std::optional<bytes>(text("XX00")); });
    auto settings = settings_for({&strange});
    settings.units.emplace_back().port = nobodys;
    settings.unreached = until_reached::calls_end;
    auto subject = make_pool(settings);
    for (int calls = 0; calls < 3; ++calls) {
        const auto got = subject->translate_pin(numbered(0), call(120s));
        ASSERT_FALSE(got);
        EXPECT_EQ(got.error().code(), make_error_code(hsm_errc::no_unit)) << got.error();
        const auto told = got.error().to_string();
        EXPECT_NE(told.find("the answer belongs to another command"), std::string::npos) << told;
        EXPECT_NE(told.find("onnection refused"), std::string::npos) << told;
        EXPECT_NE(told.find("127.0.0.1:1"), std::string::npos) << told;
    }
}

/// What has worked and is away is waited for all the same: it may be on its way back.
TEST(Pool, AUnitThatHasWorkedIsWaitedFor) {
    std::optional<fake_unit> unit(std::in_place, payshield_framing(), payshield_answer);
    auto settings = settings_for({&*unit});
    settings.connections = 1;
    settings.unreached = until_reached::calls_end;
    auto subject = make_pool(settings);
    ASSERT_TRUE(subject->translate_pin(numbered(0), call(20s)));
    unit.reset();
    const auto start = std::chrono::steady_clock::now();
    const auto got = subject->translate_pin(numbered(1), call(500ms));
    ASSERT_FALSE(got);
    EXPECT_GE(std::chrono::steady_clock::now() - start, 500ms) << got.error();
}

TEST(Pool, AUnitThatIsNotUnderstoodIsToldWithTheCause) {
    fake_unit unit(payshield_framing(), [](byte_view) { return std::optional<bytes>(text("XX00")); });
    auto subject = make_pool(settings_for({&unit}));
    auto got = subject->translate_pin(numbered(0), call(1s));
    ASSERT_FALSE(got);
    EXPECT_EQ(got.error().code(), make_error_code(hsm_errc::no_unit)) << got.error();
    const auto told = got.error().to_string();
    EXPECT_NE(told.find("no unit can be used now: the answer belongs to another command"), std::string::npos) << told;
    EXPECT_EQ(subject->stats().units[0].last_error.code(), make_error_code(hsm_errc::wrong_answer));
}

TEST(Pool, ABlockingCallEndsInTimeWhereNobodyRunsTheExecutor) {
    fake_unit unit(payshield_framing(), payshield_answer);
    boost::asio::io_context io(1);
    auto subject = pool::create(io.get_executor(), settings_for({&unit})).value();
    const auto start = std::chrono::steady_clock::now();
    auto got = subject->generate_key(generate_key_request(key_type::tpk), call(50ms));
    ASSERT_FALSE(got);
    EXPECT_TRUE(got.error().is(condition::timed_out)) << got.error();
    EXPECT_LT(std::chrono::steady_clock::now() - start, 5s);
    io.run_for(200ms);
    EXPECT_LE(unit.requests(), 1U) << "the diagnosis alone: what was given up is not sent later";
    subject.reset();
    io.run_for(50ms);
}

TEST(Pool, ABlockingCallThatMayHaveLeftSaysSoWhenTheExecutorStandsStill) {
    fake_unit unit(payshield_framing(), payshield_answer);
    boost::asio::io_context io(1);
    auto subject = pool::create(io.get_executor(), settings_for({&unit})).value();
    io.run_for(200ms);
    unit.set_silent(true);
    io.restart();
    std::thread loop([&] { io.run_for(50ms); });
    auto got = subject->generate_key(generate_key_request(key_type::tpk), call(300ms));
    loop.join();
    ASSERT_FALSE(got);
    EXPECT_TRUE(got.error().is(condition::outcome_unknown) || got.error().is(condition::timed_out)) << got.error();
    const bool may_have_left = got.error().is(condition::outcome_unknown);
    EXPECT_TRUE(soon([&] { return (unit.requests() > 1) == may_have_left; })) << got.error();
    subject.reset();
    io.restart();
    io.run_for(50ms);
}

TEST(Pool, AStopRequestEndsACall) {
    fake_unit unit(payshield_framing(), payshield_answer);
    auto subject = make_pool(settings_for({&unit}));
    ASSERT_TRUE(subject->translate_pin(numbered(0), call(5s)));
    unit.set_silent(true);
    std::stop_source stop;
    std::thread later([&] {
        std::this_thread::sleep_for(50ms);
        stop.request_stop();
    });
    auto got = subject->translate_pin(numbered(1), call(deadline::in(5s), stop.get_token()));
    later.join();
    ASSERT_FALSE(got);
    EXPECT_TRUE(got.error().is(condition::cancelled)) << got.error();
}

TEST(Pool, ClosingEndsEveryCall) {
    fake_unit unit(payshield_framing(), payshield_answer);
    auto subject = make_pool(settings_for({&unit}));
    ASSERT_TRUE(subject->translate_pin(numbered(0), call(5s)));
    unit.set_silent(true);
    std::promise<result<translated_pin>> promise;
    auto outcome = promise.get_future();
    subject->async_translate_pin(
        numbered(1), call(30s), [&](result<translated_pin> got) { promise.set_value(std::move(got)); });
    subject.reset();
    EXPECT_TRUE(outcome.get().error().is(condition::cancelled));
}

TEST(PoolStats, PrometheusTextNamesUnitAndCode) {
    fake_unit unit(payshield_framing(), payshield_answer);
    auto subject = make_pool(settings_for({&unit}));
    ASSERT_TRUE(subject->translate_pin(numbered(0), call(5s)));
    (void)subject->check_value(check_value_request(key_type::tpk, tpk), call(5s));
    const auto page = to_prometheus(subject->stats());
    EXPECT_NE(page.find("cipherlane_hsm_up{unit=\"127.0.0.1:"), std::string::npos);
    EXPECT_NE(page.find("code=\"68\"} 1"), std::string::npos);
    EXPECT_NE(page.find("cipherlane_hsm_latency_seconds_count"), std::string::npos);
}

TEST(PoolStats, PrometheusTextBearsAnyStatusOfAUnit) {
    pool_stats stats;
    stats.units.resize(1);
    stats.units[0].endpoint = "10.0.0.7:1500";
    stats.units[0].by_code["\"\n"] = 1;
    stats.units[0].by_code["\\\xFF"] = 2;
    const auto page = to_prometheus(stats);
    EXPECT_NE(page.find("code=\"\\\"\\\\x0A\"} 1\n"), std::string::npos) << page;
    EXPECT_NE(page.find("code=\"\\\\\\\\xFF\"} 2\n"), std::string::npos) << page;
}

TEST(PoolStats, AUnitThatInventsStatusesCostsABoundedTable) {
    std::atomic<unsigned> next = 0;
    fake_unit unit(payshield_framing(), [&](byte_view body) -> std::optional<bytes> {
        if (!as_text(body).starts_with("CA")) return payshield_answer(body);
        const auto number = next++;
        auto said = text("CB");
        said.push_back(static_cast<std::uint8_t>(0x80 + number / 128));
        said.push_back(static_cast<std::uint8_t>(0x80 + number % 128));
        return said;
    });
    auto subject = make_pool(settings_for({&unit}));
    for (std::uint32_t i = 0; i < 300; ++i) {
        EXPECT_FALSE(subject->translate_pin(numbered(i), call(5s)));
    }
    const auto codes = subject->stats().units[0].by_code;
    EXPECT_EQ(codes.size(), 257U);
    EXPECT_EQ(codes.at("other"), 44U);
}

} // namespace
} // namespace cipherlane::hsm
