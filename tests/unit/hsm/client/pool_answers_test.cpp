// Answers that are not what was asked: twice, unreadable, the last before the unit hangs up, the second of two.
#include "client/what_came.hpp"
#include "support/log_spans.hpp"
#include "unit/hsm/fake_unit.hpp"

#include <cipherlane/core/hex.hpp>
#include <cipherlane/hsm/client.hpp>
#include <cipherlane/hsm/errc.hpp>
#include <cipherlane/hsm/pool.hpp>

#include <gtest/gtest.h>

#include <atomic>
#include <future>

namespace cipherlane::hsm {
namespace {

using namespace std::chrono_literals;
using tests::fake_unit;
using tests::payshield_answer;
using tests::text;

struct unit_kind {
    const char* dialect;
    key pin_key;
    fake_unit::answerer answer;
};

/// What an SJJ1312 says: a translation gives the block back, from behind two keys of 16 bytes and two formats.
std::optional<bytes> westone_answer(byte_view body) {
    if (body[0] == 0xD0) return from_hex("41100123456789ABCDEF0123456789ABCDEFA1A2A3A4A5A6A7A8").value();
    if (body[1] == 0x06) return from_hex("41080123456789ABCDEFA1A2A3A4A5A6A7A8").value();
    bytes said{'A'};
    said.insert(said.end(), body.begin() + 38, body.begin() + 46);
    return said;
}

const unit_kind payshield{"payshield", key("U1EF828AA8F6B80EB83E19FBC373F3A85"), payshield_answer};
const unit_kind sjl06{"sjl06", key("U1EF828AA8F6B80EB83E19FBC373F3A85"), payshield_answer};
const unit_kind sjj1312{"sjj1312", key("0123456789ABCDEF0123456789ABCDEF"), westone_answer};

/// A block that no other call has.
bytes block_of(std::uint8_t number) {
    return {1, 2, 3, 4, 5, 6, 7, number};
}

translate_pin_request numbered(const unit_kind& kind, std::uint8_t number) {
    return {kind.pin_key, kind.pin_key, block_of(number), account::digits("550000025321")};
}

/// A pool over one unit with one connection.
class answers : public testing::Test {
  protected:
    void begin(const unit_kind& kind, fake_unit::answerer answer, std::size_t connections = 1) {
        kind_ = kind;
        pool_settings settings;
        settings.dialect = profile::builtin(kind.dialect).value();
        unit_ = std::make_unique<fake_unit>(settings.dialect->frame, std::move(answer));
        settings.units = {unit_->at()};
        settings.connections = connections;
        settings.answer_timeout = 3s;
        settings.backoff_first = 2ms;
        settings.log = log_;
        pool_ = pool::create_with_thread(std::move(settings)).value();
    }

    template <class Request>
    auto start(const Request& request) {
        auto promise = std::make_shared<std::promise<result<typename Request::response>>>();
        auto outcome = promise->get_future();
        pool_->async_run(request, call(10s),
            [promise](result<typename Request::response> got) { promise->set_value(std::move(got)); });
        return outcome;
    }

    /// Calls that wait for each other; none may have another's block. How many have their own.
    int expect_own_blocks(std::uint8_t count) {
        std::vector<std::future<result<translated_pin>>> outcomes;
        for (std::uint8_t i = 0; i < count; ++i) {
            outcomes.push_back(start(numbered(kind_, i)));
        }
        int good = 0;
        for (std::uint8_t i = 0; i < count; ++i) {
            auto got = outcomes[i].get();
            if (!got) {
                EXPECT_TRUE(got.error().is(condition::bad_message)) << int{i} << ": " << got.error();
                continue;
            }
            EXPECT_EQ(to_hex(got->pin_block.view()), to_hex(block_of(i)));
            ++good;
        }
        return good;
    }

    logger log_ = logger::none();
    unit_kind kind_;
    std::unique_ptr<fake_unit> unit_;
    std::unique_ptr<pool> pool_;
};

TEST_F(answers, ThatComeTwiceOnAStreamAreTakenForNobodyElses) {
    begin(sjj1312, westone_answer);
    unit_->set_copies(2);
    EXPECT_EQ(expect_own_blocks(20), 20);
}

TEST_F(answers, ThatComeTwiceUnderAConstantHeaderAreTakenForNobodyElses) {
    begin(sjl06, payshield_answer, 2);
    unit_->set_copies(2);
    EXPECT_EQ(expect_own_blocks(20), 20);
}

TEST_F(answers, ThatComeTwiceWithAHeaderCostTheConnection) {
    begin(payshield, payshield_answer);
    EXPECT_EQ(expect_own_blocks(1), 1);
    unit_->set_copies(2);
    // A foreign header is the end of all that were in flight beside it, as often as a call may be sent.
    EXPECT_GE(expect_own_blocks(20), 1);
}

// A unit, or who stands in its place, can send what cannot be read as often as it is asked.
TEST_F(answers, ThatCannotBeReadDoNotFloodTheLog) {
    std::atomic<int> lines = 0;
    const cipherlane::tests::log_spans spans;
    log_ = logger(log_level::info, [&](log_level, std::string_view, std::string_view text) {
        if (text.find("cannot be read") != std::string_view::npos) ++lines;
    });
    begin(payshield, [](byte_view body) {
        auto said = payshield_answer(body);
        if (as_text(body).starts_with("CA")) said->resize(said->size() - 3);
        return said;
    });
    for (int i = 0; i < 200; ++i) {
        const auto got = start(numbered(kind_, 7)).get();
        ASSERT_FALSE(got);
        EXPECT_TRUE(got.error().is(condition::bad_message)) << got.error();
    }
    pool_.reset();
    EXPECT_GE(lines, 1);
    EXPECT_LE(lines, 3 * spans.count());
}

/// The unit's answer to one block of all is too short.
std::optional<bytes> one_is_short(byte_view body) {
    auto said = payshield_answer(body);
    if (as_text(body).find(to_hex(block_of(7))) != std::string_view::npos) said->resize(10);
    if (as_text(body).starts_with("A0")) said->resize(9);
    return said;
}

TEST_F(answers, ThatCannotBeReadCostTheirCallAndNoOther) {
    begin(payshield, one_is_short);
    ASSERT_TRUE(start(numbered(kind_, 100)).get());
    const auto before = unit_->requests();
    std::vector<std::future<result<translated_pin>>> outcomes;
    for (std::uint8_t i = 0; i < 40; ++i) {
        outcomes.push_back(start(numbered(kind_, i)));
    }
    for (std::uint8_t i = 0; i < 40; ++i) {
        auto got = outcomes[i].get();
        EXPECT_EQ(bool(got), i != 7) << int{i} << ": " << got.error();
        if (!got) {
            EXPECT_TRUE(got.error().is(condition::bad_message)) << got.error();
        }
    }
    EXPECT_EQ(unit_->requests(), before + 40); // answered, so not asked again
    EXPECT_EQ(unit_->connections(), 1U);
    EXPECT_EQ(pool_->stats().units[0].unreadable, 1U);
}

TEST_F(answers, ThatCannotBeReadLeaveAGeneratedKeyUnknown) {
    begin(payshield, one_is_short);
    const auto got = start(generate_key_request(key_type::tpk)).get();
    ASSERT_FALSE(got);
    EXPECT_TRUE(got.error().is(condition::outcome_unknown)) << got.error();
    EXPECT_EQ(expect_own_blocks(1), 1);
    EXPECT_EQ(unit_->connections(), 1U);
}

TEST_F(answers, ThatCannotBeReadEndAStreamAndAreNotAskedForAgain) {
    begin(sjj1312, [](byte_view body) -> std::optional<bytes> {
        if (body[1] == 0x24 && body[45] == 7) return bytes{'X', 1, 2, 3};
        return westone_answer(body);
    });
    ASSERT_TRUE(start(numbered(kind_, 1)).get());
    const auto before = unit_->requests();
    auto bad = start(numbered(kind_, 7));
    auto good = start(numbered(kind_, 8));
    const auto got = bad.get();
    ASSERT_FALSE(got);
    EXPECT_TRUE(got.error().is(condition::bad_message)) << got.error();
    EXPECT_TRUE(good.get());
    EXPECT_EQ(unit_->requests(), before + 3) << "and the random key by which the unit shows itself again";
    EXPECT_EQ(unit_->connections(), 2U);
}

TEST_F(answers, ThatAreAUnitsLastWordEndTheConnectionBeforeTheNextCall) {
    begin(sjj1312, [](byte_view body) -> std::optional<bytes> {
        if (body[1] == 0x24) return bytes{'E', 0x68};
        return westone_answer(body);
    });
    unit_->set_last_word('E');
    for (int i = 0; i < 5; ++i) {
        auto refused = start(numbered(kind_, 1));
        auto next = start(generate_key_request(key_type::tpk, key_scheme_name::single));
        const auto said = refused.get();
        ASSERT_FALSE(said);
        EXPECT_EQ(said.error().peer_code(), "68");
        const auto made = next.get();
        EXPECT_TRUE(made) << made.error();
    }
    EXPECT_EQ(pool_->stats().units[0].lost, 0U);
}

TEST_F(answers, AComparisonThatFailedIsNoLastWord) {
    begin(sjj1312, [](byte_view body) -> std::optional<bytes> {
        if (body[1] == 0x34) return bytes{'E', 0x77};
        return westone_answer(body);
    });
    const verify_mac_request request(
        key_type::tak, kind_.pin_key, mac_algorithm::x99, bytes(8), from_hex("0102030405060708").value(), 8);
    for (int i = 0; i < 3; ++i) {
        const auto said = start(request).get();
        ASSERT_TRUE(said) << said.error();
        EXPECT_FALSE(said->right);
    }
    EXPECT_EQ(unit_->connections(), 1U);
}

TEST_F(answers, OfTwoTheSecondCountsToo) {
    begin(payshield, [](byte_view body) -> std::optional<bytes> {
        if (as_text(body).starts_with("A2")) return text("A300U1EF828AA8F6B80EB83E19FBC373F3A85");
        return payshield_answer(body);
    });
    ASSERT_TRUE(start(numbered(kind_, 1)).get());
    unit_->set_second([](byte_view) { return text("AZ16"); });
    const auto got = pool_->execute(raw_command("A2002UPAPER"), call(5s));
    ASSERT_TRUE(got) << got.error();
    EXPECT_EQ(got->status, "16");
    EXPECT_EQ(got->meaning, "the printer is not ready");
    EXPECT_EQ(as_text(got->body), "A300U1EF828AA8F6B80EB83E19FBC373F3A85AZ16");
}

TEST(WhatCame, IsToldByItsFirstBytes) {
    const auto frame = profile::builtin("payshield").value()->frame;
    struct row {
        std::string_view bytes; // hex
        std::string words;
    };
    const std::string iso = "ISO 8583: a payment host, or a till's port to one";
    const row rows[] = {
        {"2D455252206E6F0D0A", "what came looks like an answer of Redis"},
        {"FFFD18FFFD20", "what came looks like Telnet: a terminal server"},
        {"4A0000000A382E302E333500", "what came looks like a database (MySQL, MariaDB)"},
        {"52464220303033", "what came looks like a remote desktop (VNC)"},
        // The same message: packed behind TPDU and header, with TPDU alone, as text behind either length, as BASE24
        // and in EBCDIC.
        {"004C60000000036031003107300810003800010AC00014", "what came looks like " + iso},
        {"003160000000030810203800000AC00014", "what came looks like " + iso},
        {"0040303831303832323030303030303030303030303030343030", "what came looks like " + iso},
        {"30303430303831303232303030303030303030303030", "what came looks like " + iso},
        {"002549534F30323630303030353530323130", "what came looks like " + iso},
        {"0031F0F8F1F08220000000000000040000", "what came looks like " + iso},
        {"000C0810203800000AC000140001", "what came looks like " + iso},
        {"0020303231304E443030323638363034", "16 of 34 bytes of an answer came"},
        {"0020303030304E443030", "10 of 34 bytes of an answer came"},
        {"0008303030304E443030", ""},
        {"00", ""},
        {"", ""},
    };
    for (const auto& each : rows)
        EXPECT_EQ(what_came(frame, from_hex(each.bytes).value()), each.words) << each.bytes;
}

TEST(WhatCame, OfAnEchoIsToldAsSuch) {
    client_settings of;
    of.dialect = profile::builtin("payshield").value();
    fake_unit unit(of.dialect->frame, [](byte_view body) { return bytes(body.begin(), body.end()); });
    of.at = unit.at();
    client subject(of);
    const auto said = subject.diagnose(diagnose_request(), call(5s));
    ASSERT_FALSE(said);
    EXPECT_NE(said.error().hint().find("the request itself"), std::string_view::npos) << said.error();
}

} // namespace
} // namespace cipherlane::hsm
