#include "display-sim/zbar_reader.hpp"
#include "support/bytes.hpp"

#include <cipherlane/drivers/display/described/described.hpp>
#include <cipherlane/drivers/display/panel/code_reader.hpp>
#include <cipherlane/drivers/display/step_exchange.hpp>
#include <cipherlane/drivers/errc.hpp>

#include <gtest/gtest.h>

#include <cstdlib>
#include <optional>

namespace cipherlane::drivers {
namespace {

using namespace std::chrono_literals;
using tests::hex;

std::string example(const std::string& name) {
    const char* root = std::getenv("CIPHERLANE_SOURCE_DIR");
    return std::string(root != nullptr ? root : ".") + "/drivers/descriptions/" + name;
}

std::unique_ptr<described_protocol> made(const std::string& text) {
    auto description = parse_display_description(text, "test.toml");
    EXPECT_TRUE(description) << description.error();
    auto protocol = described_protocol::create(*std::move(description), wording::english());
    EXPECT_TRUE(protocol) << protocol.error();
    return *std::move(protocol);
}

/// A display over a serial line, to which commands can be added.
constexpr const char* base = R"(
name = "plain"
[serial]
baud = 9600
[packet]
header = "02"
length = "be16"
checksum = "xor8"
trailer = "03"
[command.clear]
data = "10"
)";

TEST(PacketLayout, HasThePublishedCheckValues) {
    const auto digits = as_bytes("123456789");
    struct row {
        checksum_kind kind;
        std::uint32_t value;
    };
    for (const auto& [kind, value] :
        {row{checksum_kind::sum8, 0xDD}, row{checksum_kind::xor8, 0x31}, row{checksum_kind::sum16, 0x01DD},
            row{checksum_kind::crc16_ccitt, 0x29B1}, row{checksum_kind::crc16_xmodem, 0x31C3},
            row{checksum_kind::crc16_modbus, 0x4B37}, row{checksum_kind::crc32, 0xCBF43926}}) {
        EXPECT_EQ(checksum(kind, digits), value) << static_cast<int>(kind);
    }
}

TEST(PacketLayout, CountsAndCoversWhatItIsTold) {
    packet_layout layout;
    layout.header = hex("A5 5A");
    layout.length = number_form::le16;
    layout.check = checksum_kind::sum8;
    layout.trailer = hex("0D");
    layout.counts = packet_layout::counted::all;
    layout.covers = packet_layout::covered::all;
    EXPECT_EQ(layout.pack(hex("01 02")), hex("A5 5A 0800 01 02 0A 0D"));
    layout.counts = packet_layout::counted::rest;
    layout.covers = packet_layout::covered::content;
    EXPECT_EQ(layout.pack(hex("01 02")), hex("A5 5A 0400 01 02 03 0D"));
    EXPECT_EQ(layout.most_content(), 0xFFFFU - 2);
}

TEST(PacketLayout, FindsAPacketCutAnywhereBetweenOtherBytes) {
    for (const auto counts :
        {packet_layout::counted::content, packet_layout::counted::rest, packet_layout::counted::all}) {
        packet_layout layout;
        layout.header = hex("52 53");
        layout.length = number_form::u8;
        layout.counts = counts;
        layout.check = checksum_kind::crc16_modbus;
        layout.check_order = packet_layout::order::low_first;
        layout.trailer = hex("0D");
        const auto packet = layout.pack(hex("52 00 FF"));
        bytes wire = hex("00 52 00");
        wire.insert(wire.end(), packet.begin(), packet.end());
        wire.push_back(0x52);
        for (std::size_t size = 0; size < 3 + packet.size(); ++size) {
            EXPECT_EQ(layout.find(byte_view(wire).first(size)).what, packet_layout::found::state::more) << size;
        }
        const auto seen = layout.find(wire);
        ASSERT_EQ(seen.what, packet_layout::found::state::whole);
        EXPECT_EQ(seen.before, 3U);
        EXPECT_EQ(seen.size, packet.size());
        EXPECT_EQ(bytes(seen.content.begin(), seen.content.end()), hex("52 00 FF"));
        wire[3 + packet.size() - 3] ^= 1;
        EXPECT_EQ(layout.find(wire).what, packet_layout::found::state::broken);
    }
}

TEST(PacketLayout, KnowsAnEndByItsTrailer) {
    packet_layout layout;
    layout.header = hex("2A");
    layout.trailer = hex("23");
    layout.largest = 8;
    const auto seen = layout.find(as_bytes("xx*OK#*"));
    ASSERT_EQ(seen.what, packet_layout::found::state::whole);
    EXPECT_EQ(as_text(seen.content), "OK");
    EXPECT_EQ(layout.find(as_bytes("*never ends, never ends")).what, packet_layout::found::state::broken);
}

TEST(DisplayDescription, ReadsTheExamples) {
    auto panel = load_display_description(example("bulk-panel.toml"));
    ASSERT_TRUE(panel) << panel.error();
    EXPECT_EQ(panel->over, display_description::link::usb);
    EXPECT_EQ(panel->usb.device.product, 0x5A11);
    EXPECT_EQ(panel->glass->width, 240);
    EXPECT_EQ(panel->packet.header, hex("A5 5A"));
    EXPECT_EQ(panel->answer_packet.header, hex("5A A5"));
    EXPECT_EQ(panel->answer_packet.check, checksum_kind::crc16_ccitt) << "as the packets that are sent";
    auto plate = load_display_description(example("hid-plate.toml"));
    ASSERT_TRUE(plate) << plate.error();
    EXPECT_EQ(plate->over, display_description::link::hid);
    EXPECT_EQ(plate->reports.out_number, 2);
    EXPECT_EQ(plate->of(described_action::qr).size(), 1U);
    EXPECT_EQ(load_display_description("/nonexistent/x.toml").error().endpoint(), "/nonexistent/x.toml");
}

TEST(DisplayDescription, NamesFileLineAndKeyOfWhatIsWrong) {
    struct row {
        const char* text;
        std::size_t line; ///< 0: of the whole
        const char* key;
    };
    const std::string shown = "\n[command.text]\ndata = \"20 {line1} {line2}\"\n";
    for (const auto& [text, line, key] : {
             row{"name = ", 1, ""},
             row{"", 1, "name"},
             row{"name = 3", 1, "name"},
             row{"name = \"x\"\nnmae = 1", 2, "nmae"},
             row{"name = \"x\"", 0, "usb, hid or serial"},
             row{"name = \"x\"\n[usb]\nvendor = 1", 2, "usb.product"},
             row{"name = \"x\"\n[usb]\nvendor = 70000", 3, "usb.vendor"},
             row{"name = \"x\"\n[usb]\nvendor = 1\nproduct = 1\nin = 1", 5, "usb.in"},
             row{"name = \"x\"\n[hid]\nvendor = 1\nproduct = 1\nout_size = 0", 5, "hid.out_size"},
             row{"name = \"x\"\n[serial]\nbaud = 1", 3, "serial.baud"},
             row{"name = \"x\"\n[serial]\n[packet]\nheader = \"0\"", 4, "packet.header"},
             row{"name = \"x\"\n[serial]\n[packet]\nlength = \"be24\"", 4, "packet.length"},
             row{"name = \"x\"\n[serial]\n[packet]\nlength = \"u8\"\nlargest = 256", 5, "packet.largest"},
             row{"name = \"x\"\n[serial]\n[packet]\nchecksum = \"crc\"", 4, "packet.checksum"},
             row{"name = \"x\"\n[serial]\n[answer]\nform = \"block\"", 3, "answer.size"},
             row{"name = \"x\"\n[serial]\n[pixels]\nwidth = 100", 3, "pixels.height"},
             row{"name = \"x\"\n[serial]", 0, "command"},
             row{"name = \"x\"\n[serial]\n[command.dance]\ndata = \"01\"", 3, "command.dance"},
             row{"name = \"x\"\n[serial]\n[command.qr]\ndata = \"{line1}\"", 4, "command.qr.data"},
             row{"name = \"x\"\n[serial]\n[command.qr]\ndata = \"{code}\"\nhead = \"{code}\"", 5, "command.qr.head"},
             row{"name = \"x\"\n[serial]\n[command.qr]\ndata = \"{code:u8}\"", 4, "command.qr.data"},
             row{"name = \"x\"\n[serial]\n[command.brightness]\ndata = \"{level}\"", 4, "command.brightness.data"},
             row{"name = \"x\"\n[serial]\n[command.clear]\ndata = \"01\"\nanswer = \"packet\"", 5,
                 "command.clear.answer"},
             row{"name = \"x\"\n[serial]\n[command.clear]\ndata = \"01\"\ngood = \"{level:u8}\"", 5,
                 "command.clear.good"},
             row{"name = \"x\"\n[serial]\n[command.heartbeat]\ndata = \"01\"", 3, "command.heartbeat.answer"},
             row{"name = \"x\"\n[serial]\n[command.clear]\ndata = \"01\"", 0, "command.qr"},
             row{"name = \"x\"\n[serial]\n[command.qr]\ndata = \"{code}\"", 0, "command.clear"},
             row{"name = \"x\"\n[serial]\n[command.clear]\ndata = \"1 0\"", 4, "command.clear.data"},
         }) {
        const auto read = parse_display_description(text, "f.toml");
        ASSERT_FALSE(read) << text;
        EXPECT_EQ(read.error().code(), make_error_code(drivers_errc::bad_setting)) << text;
        EXPECT_EQ(read.error().endpoint(), "f.toml") << text;
        EXPECT_EQ(read.error().offset().value_or(0), line) << text;
        EXPECT_NE(read.error().hint(), "") << text;
        EXPECT_EQ(read.error().field(), key) << text;
    }
    EXPECT_TRUE(parse_display_description(base + shown, "f.toml"));
}

TEST(DisplayDescription, WantsTheOldCodeGoneBeforeTheNewAmountComes) {
    // Two commands make a content: the screen must be cleared before, and the code comes last.
    const std::string several = "\n[[command.qr]]\ndata = \"21 {amount}\"\n[[command.qr]]\ndata = \"20 {code}\"\n";
    EXPECT_TRUE(parse_display_description(base + several, "f"));
    const std::string wrong_way = "\n[[command.qr]]\ndata = \"20 {code}\"\n[[command.qr]]\ndata = \"21 {amount}\"\n";
    EXPECT_EQ(parse_display_description(base + wrong_way, "f").error().field(), "command.qr.data");
    EXPECT_EQ(parse_display_description("commands = \"replace\"" + std::string(base) + several, "f").error().field(),
        "command.qr");
}

TEST(Described, SendsWhatTheDescriptionSays) {
    auto protocol = made(std::string(base) + R"(
[[command.qr]]
data = "21 {amount.size:u8} {amount}"
[[command.qr]]
data = "20 {code}"
pause_ms = 30
[command.text]
data = "30 {size:be16} {line1} 0A {line2}"
[command.init]
data = "'HI'"
)");
    ports::qr_view view;
    view.payload = "A1";
    view.total = amount(1234);
    auto steps = protocol->show_qr(view);
    ASSERT_TRUE(steps) << steps.error();
    ASSERT_EQ(steps->size(), 4U);
    // STX, length, content, xor of length and content, ETX: worked out by hand.
    EXPECT_EQ((*steps)[0].out, hex("02 0002 4849 03 03"));
    EXPECT_EQ((*steps)[1].out, hex("02 0001 10 11 03"));
    EXPECT_EQ((*steps)[2].out, hex("02 0007 21 05 31322E3334 09 03"));
    EXPECT_EQ((*steps)[3].out, hex("02 0003 20 4131 53 03"));
    EXPECT_EQ((*steps)[3].pause_after, 30ms);
    protocol->settled(screen_protocol::ending::done);
    auto text = protocol->show_text("a", "b");
    ASSERT_TRUE(text);
    ASSERT_EQ(text->size(), 2U) << "init is carried out once";
    EXPECT_EQ(text->back().out, hex("02 0006 30 0006 61 0A 62 39 03"));
    protocol->settled(screen_protocol::ending::failed);
    EXPECT_EQ(protocol->clear()->size(), 2U) << "and again after a failure";
    const auto can = protocol->capabilities();
    EXPECT_TRUE(can.qr && can.text);
    EXPECT_FALSE(can.amount || can.outcome || can.brightness || can.acknowledges || can.readable || can.countdown);
    EXPECT_EQ(protocol->show_amount(amount(1)).error().code(), drivers_errc::not_supported);
    EXPECT_EQ(protocol->set_brightness(5).error().code(), drivers_errc::not_supported);
    EXPECT_EQ(protocol->heartbeat().error().code(), drivers_errc::not_supported);
}

TEST(Described, CutsLongDataIntoPackets) {
    auto protocol = made(R"(
name = "parts"
commands = "replace"
[serial]
[packet]
length = "u8"
largest = 4
[command.clear]
data = "10"
[command.qr]
head = "20 {part:u8} {parts:u8} {offset:be16} {sequence:u8}"
data = "{code}"
answer = "block"
size = 2
good = "06 {part:u8}"
after = "each"
)");
    ports::qr_view view;
    view.payload = "0123456789";
    auto steps = protocol->show_qr(view);
    ASSERT_TRUE(steps);
    ASSERT_EQ(steps->size(), 3U);
    EXPECT_EQ((*steps)[0].out, hex("0A 20 00 03 0000 00 30313233"));
    EXPECT_EQ((*steps)[1].out, hex("0A 20 01 03 0004 01 34353637"));
    EXPECT_EQ((*steps)[2].out, hex("08 20 02 03 0008 02 3839"));
    EXPECT_EQ((*steps)[2].answer.text, hex("06 02"));
}

TEST(Described, RefusesTextThatTheProtocolCannotCarry) {
    auto protocol = made(R"(
name = "stars"
text = "ascii"
never = "|"
largest_text = 20
commands = "replace"
[serial]
[packet]
header = "'*'"
trailer = "'#'"
[command.clear]
data = "'CLR'"
[command.qr]
data = "'QR:' {code}"
)");
    ports::qr_view view;
    view.payload = "hello";
    EXPECT_EQ(protocol->show_qr(view)->front().out, bytes({'*', 'Q', 'R', ':', 'h', 'e', 'l', 'l', 'o', '#'}));
    struct row {
        const char* text;
        drivers_errc code;
    };
    for (const auto& [text, code] :
        {row{"he#lo", drivers_errc::unsendable_text}, row{"he|lo", drivers_errc::unsendable_text},
            row{"h\xC3\xA9", drivers_errc::unsendable_text}, row{"h\n", drivers_errc::unsendable_text},
            row{"", drivers_errc::unsendable_text}, row{"123456789012345678901", drivers_errc::too_long}}) {
        view.payload = text;
        const auto steps = protocol->show_qr(view);
        ASSERT_FALSE(steps) << text;
        EXPECT_EQ(steps.error().code(), code) << text;
        EXPECT_EQ(steps.error().field(), "payload");
    }
}

/// The outcome of one command when the device says `wire`, in pieces of `piece` bytes and then nothing.
result<bytes> said(described_protocol& protocol, const bytes& wire, std::size_t piece) {
    step_exchange machine(*protocol.heartbeat());
    auto next = machine.resume({});
    std::size_t at = 0;
    while (next.what != net::action::kind::done) {
        if (next.what == net::action::kind::send) {
            next = machine.resume({net::event::kind::sent, {}, {}});
        } else if (at < wire.size()) {
            const auto part = byte_view(wire).subspan(at, std::min(piece, wire.size() - at));
            at += part.size();
            next = machine.resume({net::event::kind::received, part, {}});
        } else {
            next = machine.resume({net::event::kind::expired, {}, {}});
        }
    }
    return machine.take();
}

TEST(Described, JudgesAnswers) {
    auto protocol = made(std::string(base) + R"(
[command.text]
data = "30 {line1}"
[command.heartbeat]
data = "05"
answer = "packet"
good = "85 00"
refused = "15"
refused_at = 1
code_at = 2
name_at = 2
)");
    packet_layout layout;
    layout.header = hex("02");
    layout.length = number_form::be16;
    layout.check = checksum_kind::xor8;
    layout.trailer = hex("03");
    const auto right = layout.pack(hex("85 00 56312E32 2000"));
    for (std::size_t piece = 1; piece <= right.size(); ++piece) {
        auto answer = said(*protocol, right, piece);
        ASSERT_TRUE(answer) << piece << answer.error();
        EXPECT_EQ(*protocol->identity(*answer), "plain V1.2");
    }
    bytes noisy = hex("FF 00 FE");
    noisy.insert(noisy.end(), right.begin(), right.end());
    EXPECT_TRUE(said(*protocol, noisy, 4)) << "what lies between packets is dropped";
    const auto refusal = said(*protocol, layout.pack(hex("85 15 07")), 100);
    EXPECT_EQ(refusal.error().code(), drivers_errc::refused);
    EXPECT_EQ(refusal.error().peer_code(), "07");
    EXPECT_EQ(refusal.error().operation(), "heartbeat");
    EXPECT_EQ(said(*protocol, layout.pack(hex("86 00")), 100).error().code(), drivers_errc::wrong_answer);
    EXPECT_EQ(said(*protocol, {}, 100).error().code(), drivers_errc::no_answer);
    auto broken = right;
    broken[5] ^= 0x40;
    EXPECT_EQ(said(*protocol, broken, 100).error().code(), drivers_errc::bad_frame);
    EXPECT_EQ(said(*protocol, bytes(100'000, 0x55), 512).error().code(), drivers_errc::bad_frame) << "babble ends";
    EXPECT_EQ(protocol->identity(hex("85 00")).error().code(), drivers_errc::wrong_answer);
    EXPECT_EQ(protocol->identity(hex("85 00 1B")).error().code(), drivers_errc::wrong_answer);
}

/// What a one-bit panel holds after the commands it was sent: worked out here, not by the driver.
TEST(Described, PaintsOneBitPanelsAndReadsThemBack) {
    auto protocol = made(R"(
name = "bits"
[serial]
[pixels]
width = 128
height = 160
format = "bits"
parts = 4
[command.picture]
data = "50 {left:le16} {top:le16} {width:le16} {height:le16} {pixels}"
)");
    frame glass(128, 160, rgb565(90, 90, 90));
    const auto carry_out = [&](result<step_list> steps) {
        ASSERT_TRUE(steps) << steps.error();
        for (const auto& one : *steps) {
            const auto& out = one.out;
            const auto number = [&](std::size_t at) { return out[at] | (out[at + 1] << 8); };
            ASSERT_EQ(out[0], 0x50);
            const rectangle where{number(1), number(3), number(5), number(7)};
            ASSERT_EQ(where.left % 8, 0);
            ASSERT_EQ(out.size(), 9 + static_cast<std::size_t>(where.area()) / 8);
            for (int y = 0; y < where.height; ++y) {
                for (int x = 0; x < where.width; ++x) {
                    const auto at = static_cast<std::size_t>((y * where.width + x) / 8);
                    const bool dark = ((out[9 + at] >> (7 - x % 8)) & 1) != 0;
                    glass.set(where.left + x, where.top + y, dark ? black : white);
                }
            }
        }
        protocol->settled(screen_protocol::ending::done);
    };
    ports::qr_view view;
    view.payload = "https://pay.example/1";
    view.total = amount(1234);
    view.valid_for = 60s;
    carry_out(protocol->show_qr(view));
    EXPECT_EQ(read_codes(glass), std::vector<std::string>{view.payload});
    EXPECT_EQ(sim::read_with_zbar(glass), std::vector<std::string>{view.payload});
    view.payload = "https://pay.example/2";
    view.total = amount(777);
    carry_out(protocol->show_qr(view));
    EXPECT_EQ(read_codes(glass), std::vector<std::string>{view.payload});
    EXPECT_EQ(sim::read_with_zbar(glass), std::vector<std::string>{view.payload});
    carry_out(protocol->show_remaining(9s));
    EXPECT_EQ(read_codes(glass), std::vector<std::string>{view.payload});
    EXPECT_EQ(sim::read_with_zbar(glass), std::vector<std::string>{view.payload});
    carry_out(protocol->clear());
    EXPECT_EQ(glass, frame(128, 160));
}

} // namespace
} // namespace cipherlane::drivers
