#include "support/bytes.hpp"
#include "support/machine_script.hpp"

#include <cipherlane/drivers/errc.hpp>
#include <cipherlane/drivers/printer/escpos_receipt_printer.hpp>
#include <cipherlane/drivers/printer/printer_family.hpp>

#include <boost/asio/io_context.hpp>
#include <gtest/gtest.h>

namespace cipherlane::drivers {
namespace {

using namespace std::chrono_literals;
using tests::hex;
using tests::ok;
using tests::script;

receipt_printer_profile profile_with(std::string_view page) {
    receipt_printer_profile profile;
    profile.paper = escpos_printer_profile::for_model("epson", page).value();
    return profile;
}

// By Epson's reference: ESC @, ESC a, FS & (Chinese), FS . and ESC t (a page), GS V 66 0 (feed and cut).
TEST(EscposSlip, HasTheBytesOfEpsonsReference) {
    ports::print_job job;
    job.text = "合计 12.34\nOK\n";
    EXPECT_EQ(
        escpos_slip(job, profile_with("gbk")), hex("1B40 1B6100 1C26 BACFBCC6 2031322E3334 0A 4F4B 0A 1D564200"));
    job.text = "12,34 €";
    auto latin = profile_with("cp858");
    latin.cut = receipt_printer_profile::cutting::full;
    EXPECT_EQ(escpos_slip(job, latin), hex("1B40 1B6100 1C2E 1B7413 31322C333420 D5 0A 1D564100"));
    latin.cut = receipt_printer_profile::cutting::none;
    EXPECT_EQ(escpos_slip(job, latin), hex("1B40 1B6100 1C2E 1B7413 31322C333420 D5 0A 1B6404"));
}

// ESC ! 30h and FS ! 0Ch: twice the width and height, for both kinds of letters.
TEST(EscposSlip, HeadsAReprintInLargeLetters) {
    ports::print_job job;
    job.heading = "重打印";
    EXPECT_EQ(escpos_slip(job, profile_with("gbk")),
        hex("1B40 1B6100 1C26 1B6101 1B2130 1C210C D6D8B4F2D3A1 0A 1B2100 1B6100 1C2100 1D564200"));
}

TEST(EscposSlip, IsNeverRefusedForALetterAndDrivesNothing) {
    ports::print_job job;
    job.text = "caf\xC3\xA9 \xE8\x8C\xB6\x1B\x40 \xFF";
    EXPECT_EQ(escpos_slip(job, profile_with("ascii")), hex("1B40 1B6100 636166 3F 20 3F 40 20 3F 0A 1D564200"));
    EXPECT_EQ(
        escpos_slip(job, profile_with("cp850")), hex("1B40 1B6100 1C2E 1B7402 636166 82 20 3F 40 20 3F 0A 1D564200"));
}

/// What a slip has otherwise than it was given can be told before it is printed.
TEST(EscposSlip, TellsWhichLettersItsSetLacks) {
    const auto lacks = [](std::string_view text, std::string_view page) {
        return escpos_missing_letters(text, profile_with(page).paper);
    };
    EXPECT_EQ(lacks("caf\xC3\xA9 \xE8\x8C\xB6 caf\xC3\xA9\n", "ascii"), "\xC3\xA9\xE8\x8C\xB6");
    EXPECT_EQ(lacks("caf\xC3\xA9 \xE8\x8C\xB6", "cp850"), "\xE8\x8C\xB6");
    EXPECT_EQ(lacks("caf\xC3\xA9", "cp850"), "");
    EXPECT_EQ(lacks("\xE8\x8C\xB6\x1B", "gbk"), "");
}

// Bits of Epson's reference: DLE EOT 1, 2, 4; GS r 1; the four bytes of GS a.
TEST(EscposStatus, TellsItsKindsOfAnswersApart) {
    using kind = escpos_status_reader::told::kind;
    escpos_status_reader reader;
    EXPECT_FALSE(reader.take(0x11)) << "XON";
    EXPECT_EQ(reader.take(0x16)->what, kind::answer);
    EXPECT_EQ(reader.take(0x03)->what, kind::processed);
    EXPECT_FALSE(reader.take(0x18));
    EXPECT_FALSE(reader.take(0x00));
    EXPECT_EQ(reader.take(0x12)->what, kind::answer) << "in the middle of the four";
    EXPECT_FALSE(reader.take(0x0F));
    const auto all = reader.take(0x00);
    ASSERT_TRUE(all);
    ASSERT_EQ(all->what, kind::unasked);
    escpos_status status;
    status.take(all->all);
    EXPECT_EQ(status.now().stopped_by, ports::printer_stop::no_paper);
    EXPECT_FALSE(reader.take(0xFF)) << "no printer says that";
}

TEST(EscposStatus, SaysWhatStopsThePrinter) {
    escpos_status status;
    EXPECT_EQ(status.now().paper, ports::paper_level::unknown);
    status.take(escpos_question::paper, 0x1E);
    EXPECT_EQ(status.now().paper, ports::paper_level::near_end);
    status.take(escpos_question::printer, 0x1A);
    EXPECT_EQ(status.now().stopped_by, ports::printer_stop::off_line);
    status.take(escpos_question::off_line, 0x16);
    EXPECT_EQ(status.now().stopped_by, ports::printer_stop::cover_open);
    status.take(escpos_question::off_line, 0x52);
    EXPECT_EQ(status.now().stopped_by, ports::printer_stop::fault);
    status.take(escpos_question::paper, 0x7E);
    EXPECT_EQ(status.now().stopped_by, ports::printer_stop::no_paper);
}

const bytes slip = hex("41420A");

auto printing() {
    return script()
        .send(hex("100401"))
        .recv(hex("12"), 1s)
        .send(hex("100402"))
        .recv(hex("12"), 1s)
        .send(hex("100404"))
        .recv(hex("12"), 1s)
        .send(hex("41420A 1D7201"));
}

TEST(EscposExchange, AsksThenPrintsThenWaitsForThePaper) {
    escpos_exchange one(slip, print_proof::printed, {});
    const auto now = printing().recv(hex("00"), 1s).done(ok).run(one);
    ASSERT_TRUE(now);
    EXPECT_EQ(now->paper, ports::paper_level::enough);
    EXPECT_EQ(one.owed(), 0U);
    printing().recv(hex("00")).done(ok).every_step_fails(
        [] { return std::make_unique<escpos_exchange>(slip, print_proof::printed, escpos_timing{}); });
}

/// What it says when something is on paper may be lost. It says the same of each slip, in their order: one such loss
/// costs the slip behind it its proof, and no more.
TEST(EscposExchange, AProofThatIsLostIsNotWaitedForForEver) {
    escpos_timing timing;
    timing.printing = 1s;
    escpos_exchange first(slip, print_proof::printed, timing);
    const auto unseen = [&](unsigned owed) {
        auto story = printing();
        if (owed > 0) story.recv(hex("00"), 1s);
        return std::move(
            story.expire().send(hex("100402")).recv(hex("12"), 1s).send(hex("100404")).recv(hex("12"), 1s));
    };
    (void)unseen(0).done(condition::timed_out).run(first);
    EXPECT_EQ(first.owed(), 1U) << "it may come yet";
    escpos_exchange second(slip, print_proof::printed, timing, first.owed());
    (void)unseen(1).done(condition::timed_out).run(second);
    EXPECT_EQ(second.owed(), 0U);
}

TEST(EscposExchange, SendsNothingToAPrinterThatIsStopped) {
    escpos_exchange one(slip, print_proof::printed, {});
    const auto end = script()
                         .send(hex("100401"))
                         .recv(hex("1A"))
                         .send(hex("100402"))
                         .recv(hex("32"))
                         .send(hex("100404"))
                         .recv(hex("7E"))
                         .done(condition::rejected_by_peer)
                         .run(one);
    EXPECT_EQ(end.error().code(), drivers_errc::paper_out);
    EXPECT_EQ(one.owed(), 0U);
}

TEST(EscposExchange, LooksWhatStopsItWhileNothingComes) {
    escpos_exchange one(slip, print_proof::printed, {});
    const auto end = printing()
                         .expire(1s)
                         .send(hex("100402"))
                         .recv(hex("12"))
                         .send(hex("100404"))
                         .recv(hex("12"))
                         .expire(1s)
                         .send(hex("100402"))
                         .recv(hex("36"))
                         .send(hex("100404"))
                         .recv(hex("7E"))
                         .done(condition::rejected_by_peer)
                         .run(one);
    EXPECT_EQ(end.error().code(), drivers_errc::paper_out);
    EXPECT_EQ(one.owed(), 1U) << "the printer will say so when the rest is on paper";
}

TEST(EscposExchange, DoesNotTakeAnEarlierSlipsWordForItsOwn) {
    escpos_exchange one(slip, print_proof::printed, {}, 1);
    EXPECT_TRUE(printing().recv(hex("00")).recv(hex("00")).done(ok).run(one));
    EXPECT_EQ(one.owed(), 0U);
}

// Who was seen all the time has not lost its power: it still owes its word.
TEST(EscposExchange, WhatIsOwedIsForgottenWithAPrinterThatWasNotSeen) {
    escpos_timing timing;
    timing.printing = 1s;
    escpos_exchange seen(slip, print_proof::printed, timing);
    const auto looked = [](auto script) { return script.expire(1s).send(hex("100402")); };
    EXPECT_FALSE(
        looked(printing()).recv(hex("12")).send(hex("100404")).recv(hex("12")).done(condition::timed_out).run(seen));
    EXPECT_EQ(seen.owed(), 1U);
    escpos_exchange away(slip, print_proof::printed, timing);
    EXPECT_FALSE(looked(printing()).expire(1s).send(hex("100404")).expire(1s).done(condition::timed_out).run(away));
    EXPECT_EQ(away.owed(), 0U);
}

TEST(EscposExchange, GivesUpOnAPrinterThatStaysSilent) {
    escpos_exchange asked({}, print_proof::printed, {});
    EXPECT_EQ(script().send(hex("100401")).expire(1s).done(condition::timed_out).run(asked).error().code(),
        drivers_errc::no_answer);
    escpos_timing brief;
    brief.printing = 2s;
    escpos_exchange one(slip, print_proof::printed, brief);
    EXPECT_FALSE(printing()
                     .expire(1s)
                     .send(hex("100402"))
                     .expire(1s)
                     .send(hex("100404"))
                     .expire(1s)
                     .done(condition::timed_out)
                     .run(one));
}

TEST(EscposExchange, OnAOneWayLineSentIsAllThatIsKnown) {
    escpos_exchange one(slip, print_proof::none, {});
    EXPECT_TRUE(script().send(slip).done(ok).run(one));
    escpos_exchange asked({}, print_proof::none, {});
    EXPECT_FALSE(script().done(condition::unsupported).run(asked));
}

TEST(PrinterFamilies, AnswerAnUnknownNameWithTheOnesThereAre) {
    boost::asio::io_context io;
    const auto wrong = open_printer(io.get_executor(), "escpros", "/dev/null", {}, 1s);
    ASSERT_FALSE(wrong);
    EXPECT_NE(wrong.error().hint().find("did you mean \"escpos\""), std::string_view::npos) << wrong.error();
    receipt_printer_profile profile;
    profile.drawer_pin = 3;
    EXPECT_EQ(profile.validate().error().field(), "drawer_pin");
}

} // namespace
} // namespace cipherlane::drivers
