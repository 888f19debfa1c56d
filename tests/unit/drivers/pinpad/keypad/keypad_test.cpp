#include "support/scripted_transport.hpp"

#include <cipherlane/core/hex.hpp>
#include <cipherlane/drivers/errc.hpp>
#include <cipherlane/drivers/pinpad/keypad/keypad_pinpad.hpp>
#include <cipherlane/net/errc.hpp>

#include <gtest/gtest.h>

#include <algorithm>

namespace cipherlane::drivers {
namespace {

using namespace std::chrono_literals;
using tests::hex;
using tests::ok;
using tests::script;
using value = keypad_value;

bytes text(std::string_view characters) {
    const auto view = as_bytes(characters);
    return {view.begin(), view.end()};
}

/// A keypad of no maker: what somebody writes who has one that nobody knows.
constexpr std::string_view invented = R"(name = "lotus"
title = "Lotus P7 counter keypad"
[serial]
baud = 19200
[frame]
header = "5A"
length = "be16"
counts = "content"
checksum = "sum8"
covers = "all"
trailer = "A5"
[link]
answer_ms = 700
tries = 2
[keys]
slots = 4
first_slot = 1
pin_slot = 17
mac_slot = 18
pin_key_bytes = [16]
mac_key_bytes = [16]
[mac]
gives = "whole"
[status]
00 = "ok"
7F = "cancelled"
71 = "no-key"

[command.pin_key]
send = "'K' {master:u8} {slot:u8} {key:bytes}"
good = "'k' {status:bytes:1} {check:bytes:4}"
refused = "'k' {status:bytes:1}"

[command.mac_key]
send = "'K' {master:u8} {slot:u8} {key:bytes}"
good = "'k' {status:bytes:1} {check:bytes:4}"
refused = "'k' {status:bytes:1}"

[command.pin]
send = "'P' {slot:u8} {least:digit1} {most:digit2} {account12} {amount}"
good = "'p' {status:bytes:1} {block:bytes:8}"
refused = "'p' {status:bytes:1}"
waits = "cardholder"

[command.mac]
send = "'M' {slot:u8} {data:bytes}"
good = "'m' {status:bytes:1} {mac:bytes:8}"

[command.show]
send = "'S' {line1:text:8} {line2:text:8}"
good = "'s' 00"
)";

keypad_data keys() {
    keypad_data values;
    values.set(value::key, hex("0123456789ABCDEFFEDCBA9876543210"));
    values.set(value::check, hex("08D7B4FB"));
    values.set(value::blocks, 2U);
    return values;
}

/// The first line that a command sends.
std::string sent(const keypad_description& of, keypad_action action, const keypad_data& values) {
    keypad_exchange exchange(of, action, values);
    return to_hex(exchange.resume({}).bytes);
}

TEST(Keypads, SendThePublishedBytes) {
    // K4: a working key to area 0, key 1, of the postal savings bank's set.
    auto psbc = shipped_keypad("psbc").value();
    auto values = keys();
    values.set(value::master, 0U);
    values.set(value::slot, 1U);
    EXPECT_EQ(sent(psbc, keypad_action::mac_key, values),
        "1B6B75303132303132333435363738393A3B3C3D3E3F3F3E3D3C3B3A3938373635343332313030383D373B343F3B");
    // K2: a PIN under area 1, key 1.
    values.set(value::master, 1U);
    values.set(value::account12, text("345678901234"));
    EXPECT_EQ(sent(psbc, keypad_action::pin, values), "1B69633131333435363738393031323334");
    // K1: the plain keypad; K5: ZT588, information.
    EXPECT_EQ(sent(shipped_keypad("start").value(), keypad_action::digits, {}), "82");
    EXPECT_EQ(sent(shipped_keypad("start").value(), keypad_action::cancel, {}), "83");
    const auto zt588 = shipped_keypad("zt588").value();
    EXPECT_EQ(sent(zt588, keypad_action::open, {}), "0230303133033031");
    // K6: four characters in a frame.
    EXPECT_EQ(to_hex(zt588.frame.pack(as_bytes("5637"))), "0230303435363337033330");
    // 国光: 12 slot key, 14 slot, 0D key, 0C account.
    const auto guoguang = shipped_keypad("guoguang").value();
    values.set(value::key, hex("0123456789ABCDEF"));
    values.set(value::master, 3U);
    values.set(value::account, text("4761739001010119"));
    EXPECT_EQ(sent(guoguang, keypad_action::plain_key, values), "1233303132333435363738393A3B3C3D3E3F");
    EXPECT_EQ(sent(guoguang, keypad_action::pin, values), "0C34373631373339303031303130313139");
}

TEST(Keypads, FramesBelongWhereTheirChecksumSays) {
    const auto layout = shipped_keypad("zt588").value().frame;
    auto wire = hex("0230303435363337033330");
    const auto whole = layout.find(wire);
    ASSERT_EQ(whole.what, packet_layout::found::state::whole);
    EXPECT_EQ(as_text(whole.content), "5637");
    EXPECT_EQ(whole.size, wire.size());
    for (std::size_t size = 0; size < wire.size(); ++size)
        EXPECT_EQ(layout.find(byte_view(wire).first(size)).what, packet_layout::found::state::more) << size;
    for (const std::size_t at : {5U, 9U}) {
        auto spoilt = wire;
        spoilt[at] ^= 0x01;
        EXPECT_EQ(layout.find(spoilt).what, packet_layout::found::state::broken) << at;
    }
    wire[1] = 'X'; // no length at all
    EXPECT_EQ(layout.find(wire).what, packet_layout::found::state::broken);
    const auto visa = shipped_keypad("pp1000se").value().frame;
    // A frame from a published example, with the LRC over all behind STX.
    EXPECT_EQ(to_hex(visa.pack(as_bytes("Z663002\x1C"
                                        "0123456789123456\x1C\x1C"
                                        "0123456789ABCDEF"))),
        "025A3636333030321C303132333435363738393132333435361C1C303132333435363738394142434445460344");
}

TEST(Keypads, AreShippedInOrder) {
    const auto names = shipped_keypads();
    EXPECT_EQ(names.size(), 10U);
    for (const auto name : names) {
        const auto read = shipped_keypad(name);
        ASSERT_TRUE(read) << read.error();
        EXPECT_EQ(read->name, name);
    }
    EXPECT_EQ(shipped_keypad("pscb").error().hint(), "found \"pscb\", did you mean \"psbc\"?");
}

TEST(Keypads, AnUnknownOneIsDescribedInLessThanSixtyLines) {
    EXPECT_LT(std::ranges::count(invented, '\n'), 60);
    const auto read = parse_keypad_description(invented, "lotus.toml");
    ASSERT_TRUE(read) << read.error();
    EXPECT_TRUE(read->takes_pins());
    EXPECT_TRUE(read->makes_macs());
    EXPECT_EQ(read->line.baud, 19'200U);
}

TEST(Keypads, DescriptionsAreRefusedWithTheirPlace) {
    struct row {
        std::string from;
        std::string to;
        std::string field;
        std::string hint;
    };
    const std::vector<row> rows{
        {"baud = 19200", "bauds = 19200", "serial.bauds", "did you mean \"baud\""},
        {"header = \"5A\"", "header = \"5\"", "frame.header", "hex"},
        {"length = \"be16\"", "length = \"be17\"", "frame.length", "digits3"},
        {"slots = 4", "slots = 400", "keys.slots", "100"},
        {"pin_key_bytes = [16]", "pin_key_bytes = [15]", "keys.pin_key_bytes", "8, 16"},
        {"gives = \"whole\"", "gives = \"all\"", "mac.gives", "chain"},
        {"7F = \"cancelled\"", "7F = \"canceled\"", "status.7F", "cancelled"},
        {"7F = \"cancelled\"", "ok = \"cancelled\"", "status.ok", "hex"},
        {"'P' {slot:u8}", "'P' {slots:u8}", "command.pin.send", "found {slots:u8}"},
        {"{block:bytes:8}", "{block:byte:8}", "command.pin.good", "found {block:byte:8}"},
        {"{key:bytes}", "01", "command.pin_key", "no {key}"},
        {"send = \"'S' {line1:text:8} {line2:text:8}\"", "", "command.show", "nothing"},
        {"'P' {slot:u8}", "'P' {block}", "command.pin.send", "does not have"},
        {"'P' {slot:u8}", "'P' {slot:hex}", "command.pin.send", "values"},
        {"{block:bytes:8}", "{skip:bytes:8}", "command.pin", "{block}"},
        {"[command.pin]", "[command.pni]", "command.pni", "did you mean"},
        {"[command.pin_key]", "[command.open]", "command.open.send", "does not have"},
        {"waits = \"cardholder\"", "waits = \"anybody\"", "command.pin.waits", "cardholder"},
        {"good = \"'s' 00\"", "good = \"'s' 00\"\nframe = \"admin\"", "command.show.frame", "admin_frame"},
        {"good = \"'s' 00\"", "good = \"'s' 00\"\nanswer = \"block\"", "command.show.size", ""},
        {"[mac]\ngives = \"whole\"", "", "mac.gives", "missing"},
        {"mac_slot = 18", "mac_slot = 17", "keys.mac_slot", "differ"},
    };
    for (const auto& [from, to, field, hint] : rows) {
        auto broken = std::string(invented);
        const auto at = broken.find(from);
        ASSERT_NE(at, std::string::npos) << from;
        broken.replace(at, from.size(), to);
        const auto read = parse_keypad_description(broken, "lotus.toml");
        ASSERT_FALSE(read) << to;
        EXPECT_EQ(read.error().code(), make_error_code(drivers_errc::bad_setting)) << to;
        EXPECT_EQ(read.error().field(), field) << read.error();
        EXPECT_NE(read.error().hint().find(hint), std::string::npos) << read.error();
        EXPECT_TRUE(read.error().endpoint().starts_with("lotus.toml")) << read.error();
    }
}

class keypad_device : public ::testing::Test {
  protected:
    keypad_device() {
        key_.cryptogram = hex("0123456789ABCDEFFEDCBA9876543210");
        key_.check_value = hex("08D7B4FB");
    }
    keypad_pinpad& over(const tests::machine_script& peer, keypad_description of) {
        pad_.emplace(std::make_unique<tests::scripted_transport>(io_.get_executor(), peer), std::move(of));
        return *pad_;
    }
    result<secret_bytes> enter(keypad_pinpad& pad) {
        return pad.enter_pin(ports::pin_request(account_, key_, amount(1234)), bounds_);
    }

    boost::asio::io_context io_;
    std::optional<keypad_pinpad> pad_;
    pan account_ = pan::parse("4761739001010119").value();
    ports::wrapped_key key_;
    call bounds_{60s};
};

TEST_F(keypad_device, TheInventedOneTakesAPinAndMakesAMac) {
    const auto lotus = parse_keypad_description(invented, "lotus.toml").value();
    const auto peer = script()
                          .send(hex("5A00134B0111"
                                    "0123456789ABCDEFFEDCBA9876543210"
                                    "C2A5"))
                          .recv(hex("5A00066B0008D7B4FB59A5"))
                          .send(hex("5A0016501134"
                                    "3132"
                                    "313733393030313031303131"
                                    "31322E3334"
                                    "B8A5"))
                          .recv(hex("5A000A70001122334455667788"
                                    "38A5"));
    auto& pad = over(peer, lotus);
    const auto block = enter(pad);
    ASSERT_TRUE(block) << block.error();
    EXPECT_EQ(to_hex(block->expose()), "1122334455667788");
    EXPECT_TRUE(pad.makes_macs());
}

/// The keypad answers twice what was said twice: the second answer comes when the next command is due.
TEST_F(keypad_device, ALateSecondAnswerIsNotTheNextCommands) {
    auto lotus = parse_keypad_description(invented, "lotus.toml").value();
    for (const auto action : {keypad_action::mac_key, keypad_action::pin_key})
        lotus.commands[static_cast<std::size_t>(action)].front().timeout = 60ms;
    lotus.quiet = 5ms;
    const auto mac_key = hex("5A00134B01120123456789ABCDEFFEDCBA9876543210C3A5");
    const auto pin_key = hex("5A00134B01110123456789ABCDEFFEDCBA9876543210C2A5");
    const auto answer = hex("5A00066B0008D7B4FB59A5");
    const auto refusal = hex("5A00026B7138A5");
    const auto peer =
        script().send(mac_key).expire().send(mac_key).recv(answer).recv(answer).expire().expire().send(pin_key).recv(
            refusal);
    auto& pad = over(peer, lotus);
    ASSERT_TRUE(pad.load_working_key(ports::working_key::mac, key_, bounds_));
    const auto given = pad.load_working_key(ports::working_key::pin, key_, bounds_);
    ASSERT_FALSE(given) << "the second answer to the MAC key is none to the PIN key";
    EXPECT_EQ(given.error().code(), drivers_errc::no_key);
}

TEST_F(keypad_device, AnAnswerThatIsLateIsDroppedBeforeTheNextCommand) {
    const auto lotus = parse_keypad_description(invented, "lotus.toml").value();
    auto with_slots = keys();
    with_slots.set(value::master, 1U);
    with_slots.set(value::slot, 18U);
    const auto mac_key = hex("5A00134B01120123456789ABCDEFFEDCBA9876543210C3A5");
    const auto answer = hex("5A00066B0008D7B4FB59A5");
    keypad_exchange first(lotus, keypad_action::mac_key, with_slots);
    EXPECT_TRUE(script().send(mac_key).expire(700ms).send(mac_key).recv(answer, 700ms).done(ok).run(first));
    EXPECT_EQ(first.late(), 700ms) << "it was said twice, and may be answered twice";
    using start = keypad_exchange::start;
    keypad_exchange second(lotus, keypad_action::mac_key, with_slots, start::clean, first.late());
    EXPECT_TRUE(
        script().recv(answer, 700ms).expire().expire(80ms).send(mac_key).recv(answer, 700ms).done(ok).run(second));
    EXPECT_EQ(second.late(), 0ms);
}

TEST_F(keypad_device, AWrongCheckValueIsRefused) {
    const auto lotus = parse_keypad_description(invented, "lotus.toml").value();
    const auto peer =
        script().send(hex("5A00134B01110123456789ABCDEFFEDCBA9876543210C2A5")).recv(hex("5A00066B0009D7B4FB5AA5"));
    const auto given = over(peer, lotus).load_working_key(ports::working_key::pin, key_, bounds_);
    ASSERT_FALSE(given);
    EXPECT_TRUE(given.error().is(condition::rejected_by_peer)) << given.error();
    EXPECT_EQ(given.error().field(), "check value");
}

TEST_F(keypad_device, StatusesAreTold) {
    const auto lotus = parse_keypad_description(invented, "lotus.toml").value();
    const auto peer =
        script().send(hex("5A00134B01110123456789ABCDEFFEDCBA9876543210C2A5")).recv(hex("5A00026B7138A5"));
    const auto given = over(peer, lotus).load_working_key(ports::working_key::pin, key_, bounds_);
    EXPECT_EQ(given.error().code(), drivers_errc::no_key);
    EXPECT_EQ(given.error().peer_code(), "71");
}

TEST_F(keypad_device, WhatItCannotUseIsNotSent) {
    const auto lotus = parse_keypad_description(invented, "lotus.toml").value();
    auto& pad = over(script(), lotus);
    key_.cryptogram.resize(8);
    EXPECT_TRUE(enter(pad).error().is(condition::unsupported)) << "a single-length key";
    key_.cryptogram.resize(16);
    key_.master_slot = 4;
    EXPECT_EQ(enter(pad).error().field(), "master_slot");
    EXPECT_TRUE(pad.read_card(ports::card_request(amount(1)), bounds_).error().is(condition::unsupported));
    EXPECT_FALSE(pad.takes_master_key());
    auto clear = lotus;
    clear.working = keypad_description::handed_over::in_clear;
    EXPECT_TRUE(enter(over(script(), clear)).error().is(condition::unsupported)) << "a till has no key in clear";
}

/// 终端序列号密文 of T1 of the published rule: by the pad alone, or by SM4 blocks of the pad's.
TEST_F(keypad_device, MakesTheTerminalSerialCryptogramWhereItsDescriptionSaysHow) {
    constexpr std::string_view number = "00000304N7NL01933217";
    EXPECT_FALSE(over(script(), parse_keypad_description(invented, "lotus.toml").value()).makes_serial_cryptogram());
    EXPECT_TRUE(pad_->make_serial_cryptogram(number, "127026", bounds_).error().is(condition::unsupported));
    const auto with = [](const std::string& section, const std::string& command) {
        const auto text = std::string(invented) + "[serial_cryptogram]\nslot = 255\n" + section +
                          "\n[command.serial_cryptogram]\n" + command + "\nrefused = \"'t' {status:bytes:1}\"\n";
        return parse_keypad_description(text, "lotus.toml").value();
    };
    const auto alone = with("gives = \"characters\"\nlongest = 32",
        "send = \"'T' {slot:u8} {serial} {factor}\"\ngood = \"'t' {status:bytes:1} {cryptogram:text:8}\"");
    const auto asked = hex("5A001C54FF30303030303330344E374E4C30313933333231373132373032363BA5");
    auto& pad =
        over(script().send(asked).recv(hex("5A000A74003031443545353441A1A5")).send(asked).recv(hex("5A0002747141A5")),
            alone);
    EXPECT_TRUE(pad.makes_serial_cryptogram());
    const auto made = pad.make_serial_cryptogram(number, "127026", bounds_);
    ASSERT_TRUE(made) << made.error();
    EXPECT_EQ(as_text(*made), "01D5E54A");
    EXPECT_EQ(pad.make_serial_cryptogram(number, "127026", bounds_).error().code(), drivers_errc::no_key);
    const auto long_one = pad.make_serial_cryptogram("00000304CIPHERLANE000000012", "654321", bounds_);
    EXPECT_EQ(long_one.error().field(), "serial") << "33 characters, and nothing was sent";

    const auto blocks = with(
        "gives = \"block\"", "send = \"'T' {slot:u8} {data:bytes}\"\ngood = \"'t' {status:bytes:1} {mac:bytes:16}\"");
    const auto peer = script()
                          .send(hex("5A001254FF30333032303130373031303130373034D9A5"))
                          .recv(hex("5A0012740024016AD1742F2D23B182FBF25199E80328A5"))
                          .send(hex("5A001254FF13425AE0406A196082B2C8C362A0DB303DA5"))
                          .recv(hex("5A0012740001D5E54ABF83A0D0A61F7E7CC2F553A606A5"));
    const auto by_blocks = over(peer, blocks).make_serial_cryptogram(number, "127026", bounds_);
    ASSERT_TRUE(by_blocks) << by_blocks.error();
    EXPECT_EQ(as_text(*by_blocks), "01D5E54A");
}

/// The same by a family that comes with the library: the till folds, the pad enciphers two blocks by Ce with the key
/// in its last place, each half byte as 30 to 3F.
TEST_F(keypad_device, AShippedOneMakesTheTerminalSerialCryptogram) {
    const std::string command = "1B4365"
                                "37"
                                "10"
                                "30303030303030303030303030303030"
                                "30303030303030303030303030303030";
    const auto peer = script()
                          .send(hex(command + "33303333333033323330333133303337"
                                              "33303331333033313330333733303334"))
                          .recv(hex("3224016AD1742F2D23B182FBF25199E803"))
                          .expire()
                          .send(hex(command + "31333432353A3E303430363A31393630"
                                              "38323B323C383C3336323A303D3B3330"))
                          .recv(hex("3201D5E54ABF83A0D0A61F7E7CC2F553A6"))
                          .expire();
    auto& pad = over(peer, shipped_keypad("psbc-sm4-serial").value());
    ASSERT_TRUE(pad.makes_serial_cryptogram());
    const auto made = pad.make_serial_cryptogram("00000304N7NL01933217", "127026", bounds_);
    ASSERT_TRUE(made) << made.error();
    EXPECT_EQ(as_text(*made), "01D5E54A");
}

/// VeriFone's link: each frame acknowledged on both sides.
class visa_device : public keypad_device {
  protected:
    visa_device() {
        visa_.acknowledge = 20ms;
        visa_.answer = 30ms;
        visa_.quiet = 5ms;
        key_.cryptogram = hex("0123456789ABCDEF");
        key_.master_slot = 3;
    }
    static bytes select() { return hex("0F3038330E35"); }
    static bytes stop() { return hex("0237320306"); }
    static bytes ask() {
        return hex("025A36302E343736313733393030313031303131391C30313233343536373839414243444546036B");
    }
    static bytes answer() { return hex("0237312E303034303131313232333334343535363637373838031E"); }
    static tests::machine_script selected() {
        return script().send(select()).recv(hex("06")).recv(hex("04")).send(ask());
    }
    keypad_description visa_ = shipped_keypad("pp1000se").value();
};

TEST_F(visa_device, TakesAPin) {
    const auto block = enter(over(selected().recv(hex("06")).recv(answer()).send(hex("06")), visa_));
    ASSERT_TRUE(block) << block.error();
    EXPECT_EQ(to_hex(block->expose()), "1122334455667788");
}

TEST_F(visa_device, SendsAgainWhatWasNotReadThreeTimesInAll) {
    EXPECT_TRUE(
        enter(over(selected().recv(hex("15")).send(ask()).recv(hex("06")).recv(answer()).send(hex("06")), visa_)));
    const auto storm = enter(
        over(selected().recv(hex("15")).send(ask()).recv(hex("15")).send(ask()).recv(hex("15")).send(stop()), visa_));
    EXPECT_EQ(storm.error().code(), drivers_errc::not_acknowledged);
}

TEST_F(visa_device, AsksForABrokenAnswerAgain) {
    auto spoilt = answer();
    spoilt.back() ^= 0x10;
    EXPECT_TRUE(enter(over(
        selected().recv(hex("06")).recv(spoilt).expire().send(hex("15")).recv(answer()).send(hex("06")), visa_)));
    const auto never = enter(over(selected()
                                      .recv(hex("06"))
                                      .recv(spoilt)
                                      .expire()
                                      .send(hex("15"))
                                      .recv(spoilt)
                                      .expire()
                                      .send(hex("15"))
                                      .recv(spoilt)
                                      .send(stop()),
        visa_));
    EXPECT_EQ(never.error().code(), drivers_errc::bad_frame);
}

TEST_F(visa_device, TellsCancelKeyStatusAndSilence) {
    const auto cancelled = enter(over(selected().recv(hex("06")).recv(hex("04")).send(stop()), visa_));
    EXPECT_EQ(cancelled.error().code(), drivers_errc::cardholder_cancelled);
    const auto no_key = enter(over(selected().recv(hex("06")).recv(hex("02373139033C")).send(hex("06")), visa_));
    EXPECT_EQ(no_key.error().code(), drivers_errc::no_key);
    EXPECT_EQ(no_key.error().peer_code(), "39");
    const auto silent = enter(over(script().send(select()).expire().send(stop()), visa_));
    EXPECT_EQ(silent.error().code(), drivers_errc::no_answer);
    const auto started = enter(over(selected().expire().send(stop()), visa_));
    EXPECT_EQ(started.error().code(), drivers_errc::no_answer) << "a PIN is not asked for twice";
}

TEST_F(visa_device, DropsForeignFramesAndKeysBeingPressed) {
    EXPECT_TRUE(enter(over(selected()
                               .recv(hex("06"))
                               .recv(text("**"))
                               .recv(hex("0237320306")) // something else's
                               .send(hex("06"))
                               .recv(answer())
                               .send(hex("06")),
        visa_)));
    auto talks = selected().recv(hex("06"));
    for (int i = 0; i < 5; ++i)
        talks.recv(bytes(1'000, 'x'));
    talks.send(stop());
    EXPECT_EQ(enter(over(talks, visa_)).error().code(), drivers_errc::bad_frame);
}

TEST_F(visa_device, AMasterKeyCountsOnlyWhenItCameBackAsItWas) {
    const auto put = hex("0F303233303132333435363738394142434445460E39");
    const secret_bytes key(hex("0123456789ABCDEF"));
    EXPECT_TRUE(over(script().send(put).recv(hex("06")).recv(put).send(hex("06")).recv(hex("04")), visa_)
                    .put_master_key(3, key, bounds_));
    auto other = put;
    other[5] ^= 0x01;
    other.back() ^= 0x01; // whole, but not what was sent
    const auto wrong = over(script().send(put).recv(hex("06")).recv(other).send(hex("04")).send(stop()), visa_)
                           .put_master_key(3, key, bounds_);
    EXPECT_EQ(wrong.error().code(), drivers_errc::wrong_answer);
}

TEST_F(visa_device, EveryStepFails) {
    keypad_data values;
    values.set(value::key, key_.cryptogram);
    values.set(value::master, 3U);
    values.set(value::account, text("4761739001010119"));
    selected().recv(hex("06")).recv(answer()).send(hex("06")).done(ok).every_step_fails(
        [&] { return std::make_unique<keypad_exchange>(visa_, keypad_action::pin, values); });
}

TEST_F(keypad_device, OneWithoutFramesTellsByLengthAndSilence) {
    const auto psbc = shipped_keypad("psbc").value();
    auto with_slots = keys();
    with_slots.set(value::master, 0U);
    with_slots.set(value::slot, 1U);
    auto prove = hex("1B68753031"
                     "10"
                     "30303030303030303030303030303030"
                     "30303030303030303030303030303030");
    auto outcome = script()
                       .send(hex("1B6B75303132303132333435363738393A3B3C3D3E3F3F3E3D3C3B3A39383736353433323130"
                                 "30383D373B343F3B"))
                       .recv(hex("AA"))
                       .expire()
                       .send(prove)
                       .recv(hex("3208D7B4FB629D0885"))
                       .expire(80ms)
                       .done(ok)
                       .run(std::make_unique<keypad_exchange>(psbc, keypad_action::mac_key, with_slots));
    ASSERT_TRUE(outcome) << outcome.error();
    EXPECT_EQ(to_hex(outcome->text(value::check)), "08D7B4FB629D0885");
}

TEST_F(keypad_device, ABlockWithMoreAroundItIsNone) {
    const auto psbc = shipped_keypad("psbc").value();
    keypad_data values;
    values.set(value::master, 1U);
    values.set(value::slot, 1U);
    values.set(value::account12, text("345678901234"));
    const auto pin = [&] { return std::make_unique<keypad_exchange>(psbc, keypad_action::pin, values); };
    const auto asked = [] { return script().send(hex("1B69633131333435363738393031323334")); };
    EXPECT_TRUE(asked().recv(hex("321122334455667788")).expire(80ms).done(ok).run(pin()));
    (void)asked().recv(hex("3F3F321122334455667788")).done(condition::bad_message).run(pin());
    (void)asked().recv(hex("321122334455667788")).recv(hex("99"), 80ms).done(condition::bad_message).run(pin());
}

/// An answer that comes twice is not the answer to the next command: a MAC is two of them.
TEST_F(keypad_device, ABlockThatComesTwiceIsNoMac) {
    auto psbc = shipped_keypad("psbc").value();
    psbc.quiet = 5ms;
    keypad_data values;
    values.set(value::master, 0U);
    values.set(value::slot, 1U);
    values.set(value::data, hex("0123456789ABCDEF"));
    const auto asked = [] {
        return script().send(hex("1B687530311030303030303030303030303030303030"
                                 "303132333435363738393A3B3C3D3E3F"));
    };
    const auto mac = [&] { return std::make_unique<keypad_exchange>(psbc, keypad_action::mac, values); };
    EXPECT_TRUE(asked().recv(hex("321122334455667788")).expire(5ms).done(ok).run(mac()));
    (void)asked()
        .recv(hex("321122334455667788"))
        .recv(hex("321122334455667788"), 5ms)
        .done(condition::bad_message)
        .run(mac());
}

TEST_F(keypad_device, AStripeIsAskedForUntilSomebodySwipes) {
    const auto peer = script()
                          .send(hex("1B5D"))
                          .send(hex("1B6A"))
                          .recv(hex("1B30"))
                          .expire(80ms)
                          .wait(100ms)
                          .send(hex("1B6A"))
                          .expire(300ms)
                          .send(hex("1B6A"))
                          .recv(text("\x1Bs4761739001010119=22122011143804400000A99476"
                                     "\x3F\x1C"))
                          .expire(80ms);
    auto card = over(peer, shipped_keypad("psbc").value()).read_card(ports::card_request(amount(1)), bounds_);
    ASSERT_TRUE(card) << card.error();
    EXPECT_EQ(card->account.expose(), "4761739001010119");
    EXPECT_EQ(card->expiry, "2212");
    EXPECT_EQ(as_text(card->track2.expose()), "4761739001010119D22122011143804400000");
    EXPECT_EQ(card->mode, ports::entry_mode::magnetic);
}

TEST_F(keypad_device, Zt588IsAskedWhenEnterWasPressed) {
    auto zt588 = shipped_keypad("zt588").value();
    keypad_exchange loading(zt588, keypad_action::pin_key, [] {
        auto values = keys();
        values.set(value::master, 0U);
        values.set(value::slot, 1U);
        return values;
    }());
    const auto frame = loading.resume({}).bytes;
    EXPECT_EQ(as_text(frame.subspan(4, 39)), "200013"
                                             "20123456789ABCDEFFEDCBA9876543210");
    keypad_data values;
    values.set(value::slot, 1U);
    values.set(value::most, 12U);
    values.set(value::account, text("4761739001010119"));
    const auto pin = [&] { return std::make_unique<keypad_exchange>(zt588, keypad_action::pin, values); };
    const auto started = [] {
        return script()
            .send(hex("023032333630312031313234373631373339303031303130313139033137"))
            .recv(hex("0230303130033032"));
    };
    auto outcome = started()
                       .recv(text("****"))
                       .recv(hex("0D"))
                       .send(hex("0230303137033035"))
                       .recv(hex("02303231303031303431313232333334343535363637373838033035"))
                       .done(ok)
                       .run(pin());
    EXPECT_TRUE(outcome) << outcome.error();
    auto cancelled = started().recv(text("*\x1B")).done(condition::cancelled).run(pin());
    EXPECT_EQ(cancelled.error().code(), drivers_errc::cardholder_cancelled);
}

TEST_F(keypad_device, APlainOneGivesDigitsAndNoPinOfACard) {
    auto& pad = over(script().send(hex("82")).recv(hex("B132")).recv(hex("B30D")), shipped_keypad("start").value());
    const auto digits = pad.ask_digits(1, 12, bounds_);
    ASSERT_TRUE(digits) << digits.error();
    EXPECT_EQ(as_text(digits->expose()), "123") << "without the bit of parity";
    EXPECT_TRUE(enter(over(script(), shipped_keypad("start").value())).error().is(condition::unsupported));
}

} // namespace
} // namespace cipherlane::drivers
