#include "client/command_exchange.hpp"
#include "client/message_builder.hpp"
#include "command/bind.hpp"
#include "support/machine_script.hpp"

#include <cipherlane/core/hex.hpp>
#include <cipherlane/hsm/errc.hpp>
#include <cipherlane/hsm/operations.hpp>

#include <gtest/gtest.h>

namespace cipherlane::hsm {
namespace {

using tests::script;

bytes text(std::string_view from) {
    return {from.begin(), from.end()};
}
bytes hex(std::string_view digits) {
    return from_hex(digits).value();
}

bytes framed(std::string_view body) {
    bytes out{0, static_cast<std::uint8_t>(body.size())};
    out.insert(out.end(), body.begin(), body.end());
    return out;
}

std::unique_ptr<command_exchange> exchange_of(
    const char* name, const operation_request& request, bytes message, std::string_view header) {
    reply_ptr subject(new reply);
    subject->dialect = profile::builtin(name).value();
    bytes command;
    EXPECT_TRUE(encode_call(request, *subject, command));
    const auto size = command.size();
    const auto at = message.size() - size;
    EXPECT_EQ(to_hex(command), to_hex(byte_view(message).subspan(at)));
    return std::make_unique<command_exchange>(
        std::move(subject), command_message{std::move(message), at, size}, text(header));
}

std::unique_ptr<command_exchange> check_value() {
    return exchange_of("payshield", check_value_request(key_type::tpk, key("0406FBB23A5214DF")),
        framed("0001BU0200406FBB23A5214DF"), "0001");
}

std::unique_ptr<command_exchange> generate() {
    return exchange_of("sjj1312", generate_key_request(key_type::tpk, key_scheme_name::single), hex("D1060811"), "");
}

TEST(CommandExchange, RacalAtEveryFault) {
    const auto play =
        script().send(framed("0001BU0200406FBB23A5214DF")).recv(framed("0001BV000035BBE340A4B763")).done(tests::ok);
    const auto outcome = play.run(check_value());
    ASSERT_TRUE(outcome);
    EXPECT_EQ(to_hex((*outcome)->values.value(field_name("check_value"))), "0035BBE340A4B763");
    play.every_step_fails(check_value);
}

TEST(CommandExchange, WestoneAtEveryFault) {
    const auto play =
        script().send(hex("D1060811")).recv(hex("41080123456789ABCDEFA1A2A3A4A5A6A7A8")).done(tests::ok);
    (void)play.run(generate());
    play.every_step_fails(generate);
}

TEST(CommandExchange, WestoneRefusalEndsAtTwoBytes) {
    const auto outcome = script().send(hex("D1060811")).recv(hex("4568")).done(tests::ok).run(generate());
    ASSERT_TRUE(outcome);
    EXPECT_EQ((*outcome)->status.code, "68");
}

TEST(CommandExchange, AForeignHeaderEndsIt) {
    (void)script()
        .send(framed("0001BU0200406FBB23A5214DF"))
        .recv(framed("0002BV000035BBE340A4B763"))
        .done(condition::bad_message)
        .run(check_value());
}

TEST(CommandExchange, WhatFollowsTheAnswerEndsIt) {
    auto answer = framed("0001BV000035BBE340A4B763");
    answer.push_back(0);
    (void)script()
        .send(framed("0001BU0200406FBB23A5214DF"))
        .recv(answer)
        .done(condition::bad_message)
        .run(check_value());
    (void)script()
        .send(hex("D1060811"))
        .recv(hex("41080123456789ABCDEFA1A2A3A4A5A6A7A841"))
        .done(condition::outcome_unknown)
        .run(generate());
}

TEST(CommandExchange, EndlessAndImpossibleAnswersEnd) {
    (void)script()
        .send(framed("0001BU0200406FBB23A5214DF"))
        .recv(hex("FFFF"))
        .done(condition::bad_message)
        .run(check_value());
    (void)script()
        .send(framed("0001BU0200406FBB23A5214DF"))
        .recv(hex("0001"))
        .done(condition::bad_message)
        .run(check_value());
    (void)script().send(hex("D1060811")).recv(hex("58")).done(condition::outcome_unknown).run(generate());
    (void)script().send(hex("D1060811")).recv(hex("41FF")).done(condition::outcome_unknown).run(generate());
}

TEST(CommandExchange, ALostAnswerLeavesAGeneratedKeyUnknownAndACheckValueNot) {
    const auto gone = error(make_error_code(boost::system::errc::connection_reset), layer::net);
    auto made = script().send(hex("D1060811")).fail(gone).done(condition::outcome_unknown).run(generate());
    EXPECT_EQ(made.error().operation(), "D1 06");
    EXPECT_EQ(made.error().code(), make_error_code(hsm_errc::lost_answer));
    (void)script().send(framed("0001BU0200406FBB23A5214DF")).fail(gone).done(condition::link_lost).run(check_value());
}

// The key may have been made; what is wrong with the answer is told all the same.
TEST(CommandExchange, AnAnswerThatCannotBeUnderstoodSaysWhere) {
    const auto make = [] {
        return exchange_of("payshield", generate_key_request(key_type::zpk), framed("0001A00001U"), "0001");
    };
    const auto made = script()
                          .send(framed("0001A00001U"))
                          .recv(framed("0001A100Q1EF828AA8F6B80EB83E19FBC373F3A85"))
                          .done(condition::outcome_unknown)
                          .run(make());
    EXPECT_EQ(made.error().code(), make_error_code(hsm_errc::unreadable_answer));
    EXPECT_EQ(made.error().field(), "key");
    EXPECT_EQ(made.error().operation(), "A0");
    EXPECT_NE(made.error().untrusted_peer_text(), "");
}

TEST(CommandExchange, PrintingCommandsAreReadToTheSecondAnswer) {
    auto make = [] {
        reply_ptr subject(new reply);
        subject->dialect = profile::builtin("payshield").value();
        EXPECT_TRUE(bind_raw(as_bytes("A2002UPAPER"), *subject));
        EXPECT_NE(subject->command, nullptr);
        return std::make_unique<command_exchange>(
            std::move(subject), command_message{framed("0001A2002UPAPER"), 6, 11}, text("0001"));
    };
    (void)script()
        .send(framed("0001A2002UPAPER"))
        .recv(framed("0001A300U1EF828AA8F6B80EB83E19FBC373F3A85"))
        .recv(framed("0001AZ00"))
        .done(tests::ok)
        .run(make());
    const auto jammed = script()
                            .send(framed("0001A2002UPAPER"))
                            .recv(framed("0001A300U1EF828AA8F6B80EB83E19FBC373F3A85"))
                            .recv(framed("0001AZ16"))
                            .done(tests::ok)
                            .run(make());
    ASSERT_TRUE(jammed);
    EXPECT_EQ((*jammed)->status.code, "16");
    EXPECT_EQ(as_text((*jammed)->raw), "A300U1EF828AA8F6B80EB83E19FBC373F3A85AZ16");
    EXPECT_EQ(check_status(**jammed).error().code(), make_error_code(hsm_errc::refused));
    (void)script().send(framed("0001A2002UPAPER")).recv(framed("0001A316")).done(tests::ok).run(make());
}

TEST(RawCommand, UnknownCommandsGoOutOnlyWhereLengthsSayTheEnd) {
    reply subject;
    subject.dialect = profile::builtin("payshield").value();
    ASSERT_TRUE(bind_raw(as_bytes("ZZ whatever"), subject));
    EXPECT_EQ(subject.command, nullptr);
    subject.dialect = profile::builtin("sjj1312").value();
    EXPECT_EQ(bind_raw(hex("D1FF"), subject).error().code(), make_error_code(hsm_errc::unknown_command));
    EXPECT_EQ(bind_raw(hex("D1060811FF"), subject).error().code(), make_error_code(hsm_errc::left_over));
    EXPECT_TRUE(bind_raw(hex("D1060811"), subject));
}

TEST(Header, NumbersWhereTheDialectCorrelatesAndFillElsewhere) {
    framing how;
    bytes header(4);
    write_header(how, 0x1F, header);
    EXPECT_EQ(as_text(header), "001F");
    how.correlates = false;
    how.header_fill = '1';
    write_header(how, 0x1F, header);
    EXPECT_EQ(as_text(header), "1111");
}

} // namespace
} // namespace cipherlane::hsm
