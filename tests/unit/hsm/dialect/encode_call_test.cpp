// One way onto the wire and back for client and pool: typed requests in each dialect, and answers read the short way
// beside the tables.
#include "command/bind.hpp"

#include <cipherlane/core/hex.hpp>
#include <cipherlane/hsm/card_requests.hpp>
#include <cipherlane/hsm/data_requests.hpp>
#include <cipherlane/hsm/errc.hpp>
#include <cipherlane/hsm/key_requests.hpp>
#include <cipherlane/hsm/mac_requests.hpp>
#include <cipherlane/hsm/pin_requests.hpp>

#include <gtest/gtest.h>

#include <random>

namespace cipherlane::hsm {
namespace {

const key tagged("U1EF828AA8F6B80EB83E19FBC373F3A85");
const key plain("1EF828AA8F6B80EB83E19FBC373F3A85");

bytes block() {
    return from_hex("DC80B186C30902B0").value();
}

/// A request as it leaves, and what is kept of it.
struct sent {
    sent(const char* name, const operation_request& request) {
        about.dialect = profile::builtin(name).value();
        good = encode_call(request, about, wire);
    }
    reply about;
    bytes wire;
    result<void> good;
};

translate_pin_request translation(const key& source, const key& target) {
    return {source, target, block(), account::digits("550000025321")};
}

TEST(EncodeCall, TheBytesAreThoseOfThePublishedCommand) {
    const sent made("payshield", translation(tagged, tagged));
    ASSERT_TRUE(made.good) << made.good.error();
    EXPECT_EQ(as_text(made.wire),
        "CAU1EF828AA8F6B80EB83E19FBC373F3A85U1EF828AA8F6B80EB83E19FBC373F3A8512DC80B186C30902B00101550"
        "000025321");
    EXPECT_TRUE(made.about.flat) << "its answer is read without what was asked";
    EXPECT_EQ(made.about.asked.size(), 0U);
}

TEST(EncodeCall, WhatLeftReadsBackAsItWasAsked) {
    for (const auto& name : profile::builtin_names()) {
        const bool raw = profile::builtin(name).value()->raw_keys;
        const auto& with = raw ? plain : tagged;
        for (auto how : {mac_algorithm::x99, mac_algorithm::x919}) {
            const make_mac_request request(key_type::tak, with, how, as_bytes("sixteen bytes of"));
            const sent made(name.c_str(), request);
            ASSERT_TRUE(made.good) << name << ": " << made.good.error();
            field_set values;
            const auto read = codec(made.about.dialect).decode_request(made.wire, values);
            ASSERT_TRUE(read) << name << ": " << read.error();
            EXPECT_EQ(read->command, made.about.command);
            EXPECT_EQ(values.text(field_name("data")), "sixteen bytes of");
            EXPECT_EQ(values.text(field_name("key")), with.text());
            bytes again;
            ASSERT_TRUE(codec(made.about.dialect).encode_request(*read->command, values, again));
            EXPECT_EQ(to_hex(again), to_hex(made.wire)) << name;
        }
    }
}

TEST(EncodeCall, SizesThatTheAnswerTakesFromTheRequestAreKeptForIt) {
    const key sm4("R1EF828AA8F6B80EB83E19FBC373F3A85");
    const auto wide = from_hex("DC80B186C30902B0DC80B186C30902B0").value();
    const translate_pin_request to_sm4(tagged, sm4, block(), account::digits("550000025321"));
    const sent target("sjj1310", to_sm4);
    ASSERT_TRUE(target.good) << target.good.error();
    EXPECT_FALSE(target.about.flat) << "32 digits will come";
    EXPECT_EQ(target.about.asked.text(field_name("target_key")), sm4.text());
    const sent source("sjj1310", translate_pin_request(sm4, tagged, wide, account::digits("550000025321")));
    ASSERT_TRUE(source.good) << source.good.error();
    EXPECT_TRUE(source.about.flat) << "16 digits will come";
    const sent stored("sjj1310", translation(tagged, key("K0012")));
    ASSERT_TRUE(stored.good) << stored.good.error();
    EXPECT_FALSE(stored.about.flat) << "a stored key does not say";
}

TEST(EncodeCall, ValuesThatDoNotFitAreRefusedAndLeaveNothing) {
    for (const auto* with : {"Unothex", "", "U12", "Q1EF828AA8F6B80EB83E19FBC373F3A85"}) {
        const sent made("payshield", translation(tagged, key(with)));
        EXPECT_FALSE(made.good) << with;
        EXPECT_EQ(made.good.error().field(), "target_key") << with;
        EXPECT_TRUE(made.wire.empty()) << with;
    }
    auto request = translation(tagged, tagged);
    const sent short_block("payshield", request.pin_block(as_bytes("short")));
    EXPECT_EQ(short_block.good.error().field(), "pin_block");
    const sent format("sjj1312", translation(plain, plain).formats(pin_format::iso0, pin_format::iso3));
    EXPECT_EQ(format.good.error().code(), make_error_code(hsm_errc::unsupported));
    EXPECT_EQ(format.good.error().field(), "pin_format iso3");
}

TEST(EncodeCall, TheSizeOfAMacAndTheLengthOfAKeyAreWorkedOut) {
    const auto mac = from_hex("0102030405060708").value();
    const sent whole(
        "payshield", verify_mac_request(key_type::tak, tagged, mac_algorithm::x919, block(), mac, 8, padding::zeros));
    EXPECT_TRUE(as_text(whole.wire).starts_with("M80013100")) << as_text(whole.wire);
    const sent half("payshield",
        verify_mac_request(key_type::tak, tagged, mac_algorithm::x919, block(), byte_view(mac).first(4), 4));
    EXPECT_TRUE(as_text(half.wire).starts_with("M80003100")) << as_text(half.wire);
    EXPECT_EQ(half.about.asked.value(field_name("expected_mac")).size(), 4U);
    const std::pair<const char*, char> lengths[] = {{"0406FBB23A5214DF", '0'},
        {"U1EF828AA8F6B80EB83E19FBC373F3A85", '1'}, {"T1EF828AA8F6B80EB83E19FBC373F3A851EF828AA8F6B80EB", '2'}};
    for (const auto& [text, flag] : lengths) {
        const sent made("payshield", check_value_request(key_type::tpk, key(text)));
        ASSERT_TRUE(made.good) << made.good.error();
        EXPECT_EQ(as_text(made.wire).substr(0, 5), std::string("BU02") + flag);
    }
}

TEST(EncodeCall, OddAnswersAreReadByTheTables) {
    const auto read = [](const char* answer) {
        sent made("payshield", translation(tagged, tagged));
        const auto size = decode_call(codec(made.about.dialect), made.wire, as_bytes(answer), made.about);
        EXPECT_EQ(made.about.flat, size && std::string_view(answer).starts_with("CB00")) << answer;
        return std::pair(size, std::move(made.about));
    };
    const auto [size, good] = read("CB0004E98FFDA17099AF5501");
    ASSERT_TRUE(size);
    EXPECT_EQ(*size, 24U);
    EXPECT_EQ(to_hex(good.values.value(field_name("pin_block"))), "E98FFDA17099AF55");
    EXPECT_EQ(good.values.text(field_name("pin_length")), "04");
    const auto [taken, refused] = read("CB10");
    ASSERT_TRUE(taken);
    EXPECT_EQ(check_status(refused).error().field(), "source_key U 32") << "found in the request as it left";
    for (const auto* odd : {"CB0004E98FFDA17099AF55", "CB0004E98FFDA17099AF55011", "CC0004E98FFDA17099AF5501",
             "CB0004E98FFDA17099AG5501", "CB000xE98FFDA17099AF5501", "", "CB"}) {
        EXPECT_FALSE(read(odd).first) << odd;
    }
}

TEST(EncodeCall, AnyAnswerReadsAsByTheTables) {
    std::mt19937 random(7);
    for (const auto* name : {"payshield", "sjj1312"}) {
        const bool raw = std::string_view(name) == "sjj1312";
        sent made(name, translation(raw ? plain : tagged, raw ? plain : tagged));
        ASSERT_TRUE(made.good) << made.good.error();
        const codec engine(made.about.dialect);
        const std::string good = raw ? "A12345678" : "CB0004E98FFDA17099AF5501";
        std::size_t flat = 0;
        for (int i = 0; i < 5'000; ++i) {
            std::string text = good;
            text[random() % text.size()] = static_cast<char>(random());
            if (random() % 4 == 0) text.resize(random() % (text.size() + 1));
            made.about.flat = true;
            made.about.values.clear();
            const auto size = decode_call(engine, made.wire, as_bytes(text), made.about);
            if (!size || !made.about.flat) continue;
            ++flat;
            field_set slow;
            const auto status = engine.decode_answer(*made.about.command, as_bytes(text), field_set(), slow);
            ASSERT_TRUE(status) << to_hex(as_bytes(text));
            EXPECT_EQ(status->what, answer_status::kind::ok);
            EXPECT_EQ(status->consumed, *size);
            for (const auto& field : made.about.command->answer) {
                EXPECT_EQ(to_hex(made.about.values.value(field.name)), to_hex(slow.value(field.name))) << field.label;
            }
        }
        EXPECT_GT(flat, 100U) << name;
    }
}

} // namespace
} // namespace cipherlane::hsm
