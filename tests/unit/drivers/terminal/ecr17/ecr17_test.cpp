#include "support/scripted_transport.hpp"

#include <cipherlane/core/hex.hpp>
#include <cipherlane/drivers/errc.hpp>
#include <cipherlane/drivers/terminal/ecr17/ecr17_exchange.hpp>
#include <cipherlane/drivers/terminal/ecr17/ecr17_messages.hpp>

#include <gtest/gtest.h>

#include <array>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace cipherlane::drivers {
namespace {

using namespace std::chrono_literals;
using ports::terminal_request;
using ports::terminal_verb;
using tests::hex;
using tests::ok;
using tests::script;
using event = ecr17_decoder::event;

const currency euro{978, 2};
const ecr17::address who{"12345678", "00000001"};

/// Messages of the text's layouts, and their checks as four independent clients have them: STX to ETX, message and
/// ETX, message, STX and message.
struct known_message {
    const char* frame; ///< without its check
    std::array<std::uint8_t, 4> checks;
};
const std::vector<known_message> known_messages{
    {"023132333435363738307303", {0x35, 0x37, 0x34, 0x36}},
    {"023132333435363738307330303030303030303030313530333236313034323253595330332E344503", {0x06, 0x04, 0x07, 0x05}},
    {"02313233343536373830533030303030303031303030313233303003", {0x14, 0x16, 0x15, 0x17}},
    {"023132333435363738304730303030303030313030303003", {0x00, 0x02, 0x01, 0x03}},
    {"02313233343536373830433030303030303031303030303030303003", {0x04, 0x06, 0x05, 0x07}},
    {"02313233343536373830453103", {0x32, 0x30, 0x33, 0x31}},
    {"023132333435363738305030303030303030313030303030303030303036353020202020202020202020202020202020"
     "202020202020202020202020202020202020202020202020202020202020202020202020202020202020202020202020"
     "202020202020202020202020202020202020202020202020202020202020202020202020202020202020202020202020"
     "20202020202020202020202020202020303030303030303003",
        {0x24, 0x26, 0x25, 0x27}},
    {"023132333435363738304530303030303030303030303030303030303132333449434331323334353630373431303432"
     "31383831303530303030303130303031323330303030343503",
        {0x48, 0x4A, 0x49, 0x4B}},
    {"023132333435363738304530315452414E53415A494F4E45204E45474154412020202020203030303030303030303030"
     "32383831303530303030303130303031323430303030343603",
        {0x44, 0x46, 0x45, 0x47}},
    {"0231323334353637383053544F54414C452045555220362C35307D7F4752415A49457D7D7D7D7D7D1B03",
        {0x54, 0x56, 0x55, 0x57}},
    {"023132333435363738305231303030303030303030303003", {0x15, 0x17, 0x14, 0x16}},
    {"023132333435363738306930303030303030313030303030303030303135303020202020202020202020202020202020"
     "202020202020202020202020202020202020202020202020202020202020202020202020202020202020202020202020"
     "202020202020202020202020202020202020202020202020202020202020202020202020202020202020202020202020"
     "20202020202020202020202020202020303030303030303432303030303030303003",
        {0x2C, 0x2E, 0x2D, 0x2F}},
};
constexpr std::array order{
    ecr17_check::stx_message_etx, ecr17_check::message_etx, ecr17_check::message, ecr17_check::stx_message};

TEST(Ecr17Frame, HasTheCheckOfEachOfFourKinds) {
    for (const auto& [frame, checks] : known_messages) {
        const auto wire = hex(frame);
        const auto message = std::string(as_text(byte_view(wire).subspan(1, wire.size() - 2)));
        for (std::size_t at = 0; at < order.size(); ++at) {
            EXPECT_EQ(ecr17_lrc(message, order[at]), checks[at]) << message << " " << at;
            auto whole = wire;
            whole.push_back(checks[at]);
            EXPECT_EQ(to_hex(ecr17_frame(message, order[at])), to_hex(whole));
        }
    }
    EXPECT_EQ(to_hex(ecr17_control(0x06, ecr17_check::message_etx)), "06037A");
    EXPECT_EQ(to_hex(ecr17_control(0x15, ecr17_check::message_etx)), "150369");
}

/// A check may look like any control byte: it is taken by its place.
TEST(Ecr17Frame, IsReadWhateverItsCheckIs) {
    for (const auto& [frame, checks] : known_messages) {
        for (std::size_t at = 0; at < order.size(); ++at) {
            ecr17_decoder decoder;
            for (const auto byte : hex(frame))
                EXPECT_EQ(decoder.take(byte, order[at]), event::nothing);
            EXPECT_EQ(decoder.take(checks[at], order[at]), event::packet) << frame << " " << at;
            EXPECT_EQ(decoder.check(), order[at]);
        }
        ecr17_decoder decoder;
        for (const auto byte : hex(frame))
            (void)decoder.take(byte, std::nullopt);
        EXPECT_EQ(decoder.take(static_cast<std::uint8_t>(checks[0] ^ 0x40), std::nullopt), event::broken);
    }
}

/// Wherever a packet is cut, what follows it is read, or asked for again: nothing is taken for what it is not.
TEST(Ecr17Frame, CutAtAnyByteItHidesNothingBehindIt) {
    for (const auto& [frame, checks] : known_messages) {
        auto whole = hex(frame);
        whole.push_back(checks[1]);
        const auto message = std::string(as_text(byte_view(whole).subspan(1, whole.size() - 3)));
        for (std::size_t cut = 0; cut < whole.size(); ++cut) {
            ecr17_decoder decoder;
            int packets = 0;
            int broken = 0;
            const auto feed = [&](byte_view data) {
                for (const auto byte : data) {
                    const auto what = decoder.take(byte, ecr17_check::message_etx);
                    broken += what == event::broken ? 1 : 0;
                    packets += what == event::packet ? 1 : 0;
                    if (what == event::packet) {
                        EXPECT_EQ(decoder.text(), message) << "cut at " << cut;
                    }
                }
            };
            feed(byte_view(whole).first(cut));
            feed(whole);
            EXPECT_EQ(packets + broken, 1) << "cut at " << cut;
            feed(whole);
            EXPECT_GE(packets, 1) << "cut at " << cut;
        }
    }
}

TEST(Ecr17Frame, AnAcknowledgementThatIsCutHidesNoAnswer) {
    const auto answer = hex("023132333435363738307303 37");
    for (const std::size_t cut : {1U, 2U}) {
        ecr17_decoder decoder;
        std::vector<event> seen;
        auto wire = hex("06037A");
        wire.resize(cut);
        wire.insert(wire.end(), answer.begin(), answer.end());
        for (const auto byte : wire) {
            const auto what = decoder.take(byte, std::nullopt);
            if (what != event::nothing) seen.push_back(what);
        }
        ASSERT_FALSE(seen.empty()) << cut;
        EXPECT_EQ(seen.back(), event::packet) << cut;
        EXPECT_EQ(decoder.text(), "123456780s");
    }
}

TEST(Ecr17Messages, HaveTheirPlaces) {
    const auto pay = ecr17::trade(who, terminal_request(terminal_verb::authorise, amount(650, euro)));
    ASSERT_TRUE(pay);
    EXPECT_EQ(pay->size(), 167U);
    EXPECT_EQ(pay->substr(0, 31), "123456780X000000010000000000650");
    const auto plain =
        ecr17::trade(who, terminal_request(terminal_verb::authorise, amount(650, euro)), ecr17::payment_form::plain);
    constexpr std::size_t plain_at = 6; // of the table above
    EXPECT_EQ(
        to_hex(ecr17_frame(*plain, ecr17_check::message_etx)), std::string(known_messages[plain_at].frame) + "26");
    EXPECT_EQ(*ecr17::trade(who, terminal_request(terminal_verb::void_payment, amount(650, euro), "000123")),
        "123456780S0000000100012300");
    EXPECT_EQ(
        ecr17::trade(who, terminal_request(terminal_verb::complete, amount(1500, euro), "000000042"))->size(), 176U);
    EXPECT_EQ(ecr17::status(who), "123456780s");
    EXPECT_EQ(ecr17::last_result(who), "123456780G000000010000");
    EXPECT_EQ(ecr17::close(who), "123456780C0000000100000000");
    EXPECT_EQ(ecr17::totals_of_day(who), "123456780T0000000100000000");
    EXPECT_EQ(ecr17::verification(who), "123456780H0000000100000" + std::string(16, '0'));
    EXPECT_EQ(ecr17::printing(who), "123456780E1");
    EXPECT_EQ(ecr17::reprint(who, true), "123456780R100000000000");
    EXPECT_EQ(ecr17::reprint(who, false), "123456780R000000000000");
}

/// T has the terminal's sum alone, C behind it the host's: links-2, B.4.
TEST(Ecr17Messages, ReadTheSumOfADay) {
    const std::string host = "0000000000001334";
    const auto closed = ecr17::parse_totals("123456780C00" + std::string(16, '9') + host);
    ASSERT_TRUE(closed) << closed.error();
    EXPECT_EQ(closed->minor, 1334);
    const auto open = ecr17::parse_totals("123456780T00" + host + "000000");
    ASSERT_TRUE(open) << open.error();
    EXPECT_EQ(open->minor, 1334);
    const auto no = ecr17::parse_totals("123456780T01NESSUN TOTALE       ");
    ASSERT_TRUE(no) << no.error();
    EXPECT_FALSE(no->minor);
    EXPECT_EQ(no->text, "NESSUN TOTALE");
    EXPECT_FALSE(ecr17::moves('T') || ecr17::moves('H'));
    EXPECT_TRUE(ecr17::answers('T', 'T') && ecr17::answers('H', 'E'));
}

std::string text_of(const char* digits) {
    return std::string(as_text(hex(digits)));
}

TEST(Ecr17Messages, ReadAnApprovalAndARefusal) {
    const auto yes = ecr17::parse_outcome(
        text_of("31323334353637383045303030303030303030303030303030303031323334494343313233343536"
                "30373431303432313838313035303030303031303030313233303030303435"));
    ASSERT_TRUE(yes) << yes.error();
    EXPECT_EQ(yes->result, ecr17::carried_out);
    EXPECT_EQ(yes->masked_pan, "1234");
    EXPECT_EQ(yes->authorization, "123456");
    EXPECT_EQ(yes->when, "0741042");
    EXPECT_EQ(yes->stan, "000123");
    EXPECT_EQ(yes->online, "000045");
    EXPECT_FALSE(yes->minor) << "a plain payment's answer has no amount";
    const auto no = ecr17::parse_outcome(
        text_of("3132333435363738304530315452414E53415A494F4E45204E454741544120202020202030303030"
                "30303030303030323838313035303030303031303030313234303030303436"));
    ASSERT_TRUE(no) << no.error();
    EXPECT_EQ(no->result, "01");
    EXPECT_EQ(no->text, "TRANSAZIONE NEGATA");
    EXPECT_EQ(ecr17::parse_outcome("123456780E").error().field(), "result");
}

TEST(Ecr17Messages, ReadAReceiptInItsParts) {
    const auto part = ecr17::parse_receipt("123456780STOTALE EUR 6,50}\x7FGRAZIE}}}}}}\x1B");
    EXPECT_EQ(part.text, "TOTALE EUR 6,50\n\nGRAZIE\n\n\n\n\n\n");
    EXPECT_TRUE(part.last);
}

struct exchange_under_test {
    std::optional<ecr17_check> check = ecr17_check::message_etx;
    std::unique_ptr<ecr17_exchange> made(
        ecr17_end until = ecr17_end::answer, std::string request = ecr17::status(who)) {
        return std::make_unique<ecr17_exchange>(std::move(request), until, check);
    }
};

const auto ack = hex("06037A");
const auto asked = ecr17_frame("123456780s", ecr17_check::message_etx);
const auto answered = hex("023132333435363738307330303030303030303030313530333236313034323253595330332E34450304");

TEST(Ecr17Exchange, AsksAndAcknowledgesTheAnswer) {
    exchange_under_test test;
    auto peer = script().send(asked).recv(ack, 2s).recv(answered, 150s).send(ack).done(ok);
    const auto said = peer.run(test.made());
    ASSERT_TRUE(said);
    EXPECT_EQ(ecr17::parse_status(*said)->code, '2');
    peer.every_step_fails([&] { return test.made(); });
    tests::both_engines_agree(peer, [&] { return test.made(); });
}

/// Three repeats, on NAK and on silence; never once it has been acknowledged.
TEST(Ecr17Exchange, RepeatsARequestThreeTimes) {
    exchange_under_test test;
    const auto nak = hex("150369");
    EXPECT_EQ(script()
                  .send(asked)
                  .recv(nak)
                  .send(asked)
                  .expire(2s)
                  .send(asked)
                  .recv(nak)
                  .send(asked)
                  .recv(nak)
                  .done(condition::rejected_by_peer)
                  .run(test.made())
                  .error()
                  .code(),
        drivers_errc::not_acknowledged);
    EXPECT_EQ(script().send(asked).recv(ack).expire(150s).done(condition::timed_out).run(test.made()).error().code(),
        drivers_errc::no_answer);
}

/// The text does not say what the check covers: it is found out, and kept.
TEST(Ecr17Exchange, LearnsTheTerminalsCheck) {
    exchange_under_test test;
    test.check.reset();
    const auto other = ecr17_check::stx_message_etx;
    auto reply = answered;
    reply.back() = 0x06;
    EXPECT_TRUE(script()
                    .send(asked)
                    .recv(hex("15036B"))
                    .send(ecr17_frame("123456780s", other))
                    .recv(hex("060378"))
                    .recv(reply)
                    .send(ecr17_control(0x06, other))
                    .done(ok)
                    .run(test.made()));
    EXPECT_EQ(test.check, other);
}

TEST(Ecr17Exchange, TakesNoOlderAnswerForItsOwn) {
    exchange_under_test test;
    EXPECT_TRUE(
        script().send(asked).recv(answered).send(ack).recv(ack).recv(answered).send(ack).done(ok).run(test.made()));
}

/// The end of the answer never comes: it is asked for, and not waited for as long as a customer may take.
TEST(Ecr17Exchange, AsksForAnAnswerWhoseEndIsLost) {
    exchange_under_test test;
    auto half = answered;
    half.resize(half.size() - 2);
    const auto nak = hex("150369");
    EXPECT_TRUE(script()
                    .send(asked)
                    .recv(ack)
                    .recv(half, 150s)
                    .expire(2s)
                    .send(nak)
                    .recv(answered, 150s)
                    .send(ack)
                    .done(ok)
                    .run(test.made()));
    EXPECT_EQ(script()
                  .send(asked)
                  .recv(ack)
                  .recv(half)
                  .expire(2s)
                  .send(nak)
                  .recv(half)
                  .expire(2s)
                  .send(nak)
                  .recv(half)
                  .expire(2s)
                  .send(nak)
                  .recv(half)
                  .expire(2s)
                  .done(condition::bad_message)
                  .run(test.made())
                  .error()
                  .code(),
        drivers_errc::bad_frame);
}

/// The ACK was lost: the payment is under way or done, and must not go out again, whatever comes instead.
TEST(Ecr17Exchange, SendsNoPaymentAgainOnceTheTerminalHasSaidAnything) {
    exchange_under_test test;
    const auto request = *ecr17::trade(who, terminal_request(terminal_verb::authorise, amount(650, euro)));
    const auto frame = ecr17_frame(request, ecr17_check::message_etx);
    const auto made = [&] { return test.made(ecr17_end::answer, request); };
    const auto result_of_payment = ecr17_frame("123456780E01" + std::string(72, '0'), ecr17_check::message_etx);
    const auto before_ack = script().send(frame).recv(result_of_payment, 2s).done(condition::bad_message).run(made());
    EXPECT_EQ(before_ack.error().code(), drivers_errc::wrong_answer);
    const auto shown = hex("01494E534552495245204341525441202020202020"
                           "04");
    EXPECT_EQ(script().send(frame).recv(shown, 2s).expire().done(condition::timed_out).run(made()).error().code(),
        drivers_errc::no_answer);
    auto damaged = result_of_payment;
    damaged.back() ^= 0x40;
    EXPECT_EQ(script()
                  .send(frame)
                  .recv(damaged, 2s)
                  .send(hex("150369"))
                  .expire()
                  .done(condition::timed_out)
                  .run(made())
                  .error()
                  .code(),
        drivers_errc::no_answer);
    // Nothing at all may be an ACK that was lost.
    EXPECT_EQ(script().send(frame).expire(2s).done(condition::timed_out).run(made()).error().code(),
        drivers_errc::no_answer);
    EXPECT_TRUE(script()
                    .send(frame)
                    .recv(hex("150369"))
                    .send(frame)
                    .recv(ack)
                    .recv(result_of_payment)
                    .send(ack)
                    .done(ok)
                    .run(made()));
}

TEST(Ecr17Messages, ShowNoNumberThatATerminalLeavesUnmasked) {
    const auto masked = [](const std::string& field) {
        return ecr17::parse_outcome(
            "123456780E00" + field + "ICC123456" + "0741042" + "200000000001" + "000123000045")
            ->masked_pan;
    };
    EXPECT_EQ(masked("0006212345678900017"), "621234******0017");
    EXPECT_EQ(masked("6212345678900017   "), "621234******0017");
    EXPECT_EQ(masked("6212345678900017=  ").find("5678"), std::string::npos);
    EXPECT_EQ(masked("6212 3456 7890 0017").find("3456"), std::string::npos);
    EXPECT_EQ(masked("0000000000000000017"), "17");
    EXPECT_EQ(masked("               0017"), "17");
}

} // namespace
} // namespace cipherlane::drivers
