#include "support/scripted_transport.hpp"

#include <cipherlane/core/hex.hpp>
#include <cipherlane/drivers/errc.hpp>
#include <cipherlane/drivers/terminal/mispos/mispos_exchange.hpp>
#include <cipherlane/drivers/terminal/mispos/mispos_tags.hpp>

#include <gtest/gtest.h>

#include <cstdlib>
#include <memory>
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
using event = mispos_decoder::event;

const currency yuan{156, 2};

std::string shipped(const std::string& name) {
    const char* root = std::getenv("CIPHERLANE_SOURCE_DIR");
    return std::string(root != nullptr ? root : ".") + "/drivers/descriptions/mispos-" + name + ".toml";
}

const mispos_description& ums() {
    static const auto made = load_mispos_description(shipped("ums")).value();
    return made;
}

/// Two results as a terminal sent them; the checks, wrong where they were published, are computed anew.
const std::string voided =
    "020262DF010102DF020146DF04024313DF0681F0DF020146DF460A30303139202020202020DF470A38313136313520202020DF1106313330"
    "393131DF12083135323231313535DF130F313034313532323533333131303231DF441957444C202020202020202020202020202020202020"
    "20202020DF4518CEDAC0BCBAC6CCD8CAD0CEACB6E0C0FBB3ACCAD0D3D0CFDEDF0309524D42202D302E3230DF0A03000066DF1003000006DF"
    "1803000005DF1A0C393235343938333334373738DF1B06202020202020DF1C0430393131DF1D06313534333532DF1E0E2A2A2A2A2A2A2A2A"
    "2A2A2A2A3834DF1F052A2A2A2A2ADF210111DF2C0A20202020D2F8C1AABFA8DF2F020000DF070230300352";
const std::string sold =
    "020280DF010102DF020145DF04022954DF06820101DF020145DF460A30303139202020202020DF470A38313136313520202020DF11063133"
    "30393131DF12083135323231313535DF130F313034313532323533333131303231DF441957444C2020202020202020202020202020202020"
    "2020202020DF4518CEDAC0BCBAC6CCD8CAD0CEACB6E0C0FBB3ACCAD0D3D0CFDEDF0309524D422020302E3230DF0A03000065DF1003000005"
    "DF1A0C393235343938333334373738DF1B06202020202020DF1C0430393131DF1D06313534323133DF1E0E2A2A2A2A2A2A2A2A2A2A2A2A38"
    "34DF1F052A2A2A2A2ADF210111DF2C0A20202020D2F8C1AABFA8DF2F020040DF69143235313930393131353635333439333538313831DF07"
    "023030034C";

event fed(mispos_decoder& decoder, const bytes& wire) {
    auto last = event::nothing;
    for (const auto byte : wire)
        last = decoder.take(byte);
    return last;
}

TEST(MisposFrame, IsTheTextsBytes) {
    const auto content = hex("DF010100DF020101DF0306000000000123DF04020001");
    EXPECT_EQ(to_hex(mispos_frame(content).expose()), "020022DF010100DF020101DF0306000000000123DF040200010303");
    for (const auto& wire : {hex(voided), hex(sold)}) {
        mispos_decoder decoder;
        ASSERT_EQ(fed(decoder, wire), event::frame);
        EXPECT_EQ(to_hex(mispos_frame(decoder.content()).expose()), to_hex(wire));
    }
}

TEST(MisposFrame, IsBrokenByAnyOtherByte) {
    const auto wire = hex("020022DF010100DF020101DF0306000000000123DF040200010303");
    for (std::size_t at = 1; at < wire.size(); ++at) {
        auto damaged = wire;
        damaged[at] ^= 0x40;
        mispos_decoder decoder(64);
        bool whole = false;
        for (const auto byte : damaged)
            whole = whole || decoder.take(byte) == event::frame;
        EXPECT_FALSE(whole) << at;
    }
    mispos_decoder small(21);
    // A length that cannot be, or an end elsewhere: a silence alone says where the frame is over.
    for (const char* astray : {"0200220604150202", "02001A060415", "020001AA0604"}) {
        EXPECT_EQ(fed(small, hex(astray)), event::nothing) << astray;
        EXPECT_TRUE(small.inside()) << astray;
        small.reset();
    }
    EXPECT_EQ(fed(small, hex("0000FF06")), event::ack);
    EXPECT_EQ(fed(small, hex("15")), event::nak);
    EXPECT_EQ(fed(small, hex("04")), event::eot);
}

TEST(MisposTags, HaveLengthsOfOneToThreeBytes) {
    mispos_tag_writer to;
    to.put(0xDF01, bytes(127, 1)).put(0xDF89, bytes(128, 2)).put(0xDF06, bytes(257, 3));
    const auto data = to.data();
    EXPECT_EQ(to_hex(data.expose().first(3)), "DF017F");
    EXPECT_EQ(to_hex(data.expose().subspan(130, 4)), "DF898180");
    EXPECT_EQ(to_hex(data.expose().subspan(262, 5)), "DF06820101");
    mispos_tag_reader from(data.expose());
    for (const std::size_t size : {127U, 128U, 257U})
        EXPECT_EQ((*from.next())->value.size(), size);
    EXPECT_FALSE(*from.next());
    for (const char* cut : {"DF", "DF01", "DF0102AA", "DF0181", "DF018201", "DF0183000001AA", "DF0180"}) {
        const auto wire = hex(cut);
        const auto told = mispos_tag_reader(wire).next();
        EXPECT_EQ(told.error().code(), drivers_errc::bad_content) << cut;
        EXPECT_EQ(told.error().offset(), 0U);
    }
}

TEST(MisposMessages, ReadWhatATerminalSent) {
    mispos_decoder decoder;
    ASSERT_EQ(fed(decoder, hex(sold)), event::frame);
    const auto told = mispos::parse(ums(), decoder.content(), yuan);
    ASSERT_TRUE(told) << told.error();
    EXPECT_EQ(told->what, mispos_message::kind::result);
    EXPECT_EQ(told->number, "2954");
    EXPECT_EQ(told->trade, "45");
    EXPECT_EQ(told->code, "00");
    EXPECT_EQ(told->minor, 20);
    EXPECT_EQ(told->receipt, "000005");
    EXPECT_EQ(told->trace, "000065");
    EXPECT_EQ(told->batch, "130911");
    EXPECT_EQ(told->terminal_id, "15221155");
    EXPECT_EQ(told->reference, "925498334778");
    EXPECT_EQ(told->authorization, "");
    EXPECT_EQ(told->date + told->time, "0911154213");
    EXPECT_EQ(told->masked_pan, "**********"
                                "**84");
    EXPECT_EQ(told->card_name, "银联卡");
    ASSERT_EQ(fed(decoder, hex(voided)), event::frame);
    const auto back = mispos::parse(ums(), decoder.content(), yuan);
    ASSERT_TRUE(back) << back.error();
    EXPECT_EQ(back->trade, "46");
    EXPECT_EQ(back->minor, 20);
    EXPECT_TRUE(back->negative) << "RMB -0.20";
    EXPECT_FALSE(told->negative);
}

TEST(MisposMessages, WriteRequests) {
    const terminal_request wish(terminal_verb::void_payment, amount(123, yuan), "5");
    const auto asked = mispos::request(ums(), mispos_trade::sale_void, "0001", &wish);
    ASSERT_TRUE(asked) << asked.error();
    EXPECT_EQ(to_hex(asked->expose()),
        "DF010100DF020101DF0306000000000123DF04020001DF1803000005DF460A30312020202020202020DF470A30312020202020202020"
        "DF08025555DF09023004");
    const auto no = [](const terminal_request& one) {
        return std::string(mispos::request(ums(), mispos_trade_of(one.what), "0001", &one).error().field());
    };
    EXPECT_EQ(no({terminal_verb::void_payment, amount(123, yuan)}), "original");
    EXPECT_EQ(no({terminal_verb::void_payment, amount(123, yuan), "1234567"}), "original");
    EXPECT_EQ(no({terminal_verb::authorise, amount(0, yuan)}), "amount");
    EXPECT_EQ(no({terminal_verb::authorise, amount(1'000'000'000'000, yuan)}), "amount");
}

/// A message for the host and its answer go through as they are.
TEST(MisposMessages, LeaveWhatTheyPassThroughAlone) {
    const auto told = mispos::parse(ums(), hex("DF010101DF04020007DF06056003000002"), yuan);
    ASSERT_TRUE(told) << told.error();
    EXPECT_EQ(told->what, mispos_message::kind::for_host);
    EXPECT_EQ(to_hex(told->payload.expose()), "6003000002");
    EXPECT_EQ(told->number, "0007") << "its answer goes back under it";
    EXPECT_EQ(mispos::parse(ums(), hex("DF010101DF040200A7DF06056003000002"), yuan)->number, "") << "no digits";
    const auto back = mispos::pass_back(ums(), "0007", hex("6000000003FF"));
    ASSERT_TRUE(back);
    EXPECT_EQ(to_hex(back->expose()), "DF010101DF04020007DF06066000000003FF");
    EXPECT_EQ(mispos::pass_back(ums(), "0007", bytes(9'999)).error().code(), drivers_errc::too_long);
}

/// The acquirer's result block: the length counts the data alone.
TEST(MisposMessages, ReadAResultBlock) {
    const auto by = load_mispos_description(shipped("yisheng"));
    ASSERT_TRUE(by) << by.error();
    const auto told = mispos::parse(*by,
        hex("DF010102DF02020001DF04020007DF0612"
            "303031323030313233343536373839303132"
            "DF0306000000000123"),
        yuan);
    ASSERT_TRUE(told) << told.error();
    EXPECT_EQ(told->code, "00");
    EXPECT_EQ(told->trade, "0001");
    EXPECT_EQ(told->minor, 123);
    const auto cut = mispos::parse(*by,
        hex("DF010102DF04020007DF0611"
            "3030313230303132333435363738393031"),
        yuan);
    EXPECT_EQ(cut.error().code(), drivers_errc::bad_content);
    EXPECT_EQ(cut.error().field(), "DF06");
}

TEST(MisposMessages, RefuseWhatCannotBe) {
    const auto field = [](const char* wire) {
        return std::string(mispos::parse(ums(), hex(wire), yuan).error().field());
    };
    EXPECT_EQ(field("DF010102DF04020001DF0703"), "DF07");
    EXPECT_EQ(field("DF010102DF04020001"), "code");
    EXPECT_EQ(field("DF010101DF04020001"), "payload");
    EXPECT_EQ(field("DF010102DF0305524D422D2DDF07023030"), "DF03") << "an approval of no amount";
    const auto blank = mispos::parse(ums(), hex("DF010102DF03042020 2020DF07023531"), yuan);
    ASSERT_TRUE(blank) << "a refusal with no amount in its place";
    EXPECT_FALSE(blank->minor);
    EXPECT_EQ(blank->code, "51");
    const auto unmasked = mispos::parse(ums(), hex("DF010102DF1E1036323132333435363738393030303137DF07023030"), yuan);
    ASSERT_TRUE(unmasked);
    EXPECT_EQ(unmasked->masked_pan, "621234******0017");
    const auto own = mispos::parse(ums(), hex("DF010102DF070400010014"), yuan);
    EXPECT_EQ(own->code, "00010014") << "the terminal's own code";
}

/// Every fault names the file, the line and the key, and says what is right.
TEST(MisposDescription, FaultsNameTheirPlace) {
    const std::string base =
        "name = \"x\"\n[request]\nkind = \"DF01 n2\"\ntrade = \"DF02 n2\"\nnumber = \"DF04 n4\"\n"
        "amount = \"DF03 n12\"\n";
    const std::string told = "[told]\ncode = \"DF07 raw\"\n";
    const std::string sale = "[trade]\nsale.code = \"00\"\n";
    EXPECT_TRUE(parse_mispos_description(base + told + sale, "x.toml"));
    const std::vector<std::pair<std::string, std::string>> faults{
        {told + sale, "name"}, // what stands first is missed first
        {base + told, "trade"},
        {base + sale, "told.code"},
        {base + told + sale + "sales.code = \"01\"\n", "trade.sales"},
        {base + told + "[trade]\nsale.code = \"0\"\n", "trade.sale.code"},
        {base + told + sale + "void.code = \"01\"\n", "request.original"},
        {base + "cashier = \"DF47 b10\"\n" + told + sale, "request.cashier"},
        {base + told + sale + "[kinds]\nhost = \"01\"\n", "request.payload"},
        {base + told + sale + "[frame]\nrepeat = 2\n", "frame.repeat"},
        {base + told + sale + "[frame]\ncancel = \"can\"\n", "frame.cancel"},
        {base + told + sale + "[codes]\ndoubtful = [\"00\"]\n", "codes.doubtful"},
        {base + told + sale + "[codes]\nbusy = [\"00\"]\n", "codes.busy"},
        {base + told + sale + "[codes]\nbusy = [\"98\"]\ndoubtful = [\"98\"]\n", "codes.busy"},
        {base + told + sale + "[constants]\nDF8 = \"00\"\n", "constants.DF8"},
        {base + told + sale + "[serial]\nbaud = 9600\n", "serial"},
        {base + told + "amounts = \"DF03 money\"\n" + sale, "told.amounts"},
    };
    for (const auto& [text, field] : faults) {
        const auto why = parse_mispos_description(text, "x.toml").error();
        EXPECT_EQ(why.code(), drivers_errc::bad_setting) << field;
        EXPECT_EQ(why.field(), field) << why;
        EXPECT_TRUE(why.endpoint().starts_with("x.toml")) << why;
    }
    EXPECT_EQ(load_mispos_description("/nonexistent").error().code(), drivers_errc::bad_setting);
}

TEST(MisposDescription, TheShippedOnesSayWhatTheirTerminalsCan) {
    const auto can = ums().can();
    EXPECT_TRUE(can.void_payment && can.refund && can.pre_authorise && can.complete && can.settle);
    EXPECT_TRUE(can.aborts && can.passes_through && can.print_again);
    EXPECT_FALSE(can.sends_lines || can.tells_last) << "the code of that question is published nowhere";
    const auto less = load_mispos_description(shipped("yisheng"))->can();
    EXPECT_TRUE(less.void_payment && less.refund);
    EXPECT_FALSE(less.pre_authorise || less.settle || less.aborts || less.tells_last);
}

/// A request, and what the terminal says.
struct exchange_under_test {
    secret_bytes heard;
    std::unique_ptr<mispos_exchange> made(mispos_part part, bytes content = hex("DF010100")) {
        heard = {};
        return std::make_unique<mispos_exchange>(ums(), secret_bytes(byte_view(content)), part, "2954", yuan, heard);
    }
};

const auto asked = hex("020004DF01010003D8");
const auto ack = hex("06");
const auto nak = hex("15");

TEST(MisposExchange, AsksAndAcknowledgesTheResult) {
    exchange_under_test test;
    for (const auto part : {mispos_part::question, mispos_part::money}) {
        const auto wait = part == mispos_part::money ? 180'000ms : 30'000ms;
        auto peer = script().send(asked).recv(ack, 3s).recv(hex(sold), wait).send(ack).done(ok);
        const auto said = peer.run(test.made(part));
        ASSERT_TRUE(said) << said.error();
        EXPECT_EQ(said->trace, "000065");
        peer.every_step_fails([&] { return test.made(part); });
        tests::both_engines_agree(peer, [&] { return test.made(part); });
    }
}

/// Silence may mean that only the ACK was lost: what moves money is not sent twice on it.
TEST(MisposExchange, RepeatsMoneyOnNakAlone) {
    exchange_under_test test;
    EXPECT_EQ(
        script().send(asked).expire(3s).done(condition::timed_out).run(test.made(mispos_part::money)).error().code(),
        drivers_errc::no_answer);
    EXPECT_EQ(script()
                  .send(asked)
                  .recv(nak)
                  .send(asked)
                  .recv(nak)
                  .send(asked)
                  .recv(nak)
                  .done(condition::rejected_by_peer)
                  .run(test.made(mispos_part::money))
                  .error()
                  .code(),
        drivers_errc::not_acknowledged);
    EXPECT_TRUE(script()
                    .send(asked)
                    .expire(3s)
                    .send(asked)
                    .recv(nak)
                    .send(asked)
                    .recv(ack)
                    .recv(hex(sold))
                    .send(ack)
                    .done(ok)
                    .run(test.made(mispos_part::question)));
}

/// The number says whose result it is, with its ACK or without.
TEST(MisposExchange, TakesItsOwnResultAlone) {
    exchange_under_test test;
    EXPECT_TRUE(script().send(asked).recv(hex(sold)).send(ack).done(ok).run(test.made(mispos_part::money)));
    EXPECT_EQ(script()
                  .send(asked)
                  .recv(ack)
                  .recv(hex(voided))
                  .send(ack)
                  .expire()
                  .done(condition::timed_out)
                  .run(test.made(mispos_part::money))
                  .error()
                  .code(),
        drivers_errc::no_answer);
}

TEST(MisposExchange, AsksForABrokenFrameAgainTwice) {
    exchange_under_test test;
    auto broken = hex(sold);
    broken.back() ^= 0x40;
    EXPECT_TRUE(script()
                    .send(asked)
                    .recv(ack)
                    .recv(broken)
                    .send(nak)
                    .recv(hex("020022DF"))
                    .expire(500ms)
                    .send(nak)
                    .recv(hex(sold))
                    .send(ack)
                    .done(ok)
                    .run(test.made(mispos_part::money)));
    EXPECT_EQ(script()
                  .send(asked)
                  .recv(ack)
                  .recv(broken)
                  .send(nak)
                  .recv(broken)
                  .send(nak)
                  .recv(broken)
                  .send(nak)
                  .done(condition::bad_message)
                  .run(test.made(mispos_part::money))
                  .error()
                  .code(),
        drivers_errc::bad_frame);
    EXPECT_EQ(script()
                  .send(asked)
                  .recv(ack)
                  .recv(hex("04"))
                  .done(condition::rejected_by_peer)
                  .run(test.made(mispos_part::question))
                  .error()
                  .code(),
        drivers_errc::refused);
}

/// Behind a length that was damaged the frame's other bytes look like ACK, NAK and EOT: none of them is one.
TEST(MisposExchange, TakesNoPartOfADamagedFrameForAWord) {
    exchange_under_test test;
    for (const std::size_t at : {1U, 2U}) {
        auto damaged = hex(sold);
        damaged[at] ^= 0x90;
        EXPECT_TRUE(script()
                        .send(asked)
                        .recv(ack)
                        .recv(damaged, 180s)
                        .expire(500ms)
                        .send(nak)
                        .recv(hex(sold), 180s)
                        .send(ack)
                        .done(ok)
                        .run(test.made(mispos_part::money)))
            << at;
    }
}

/// A message for the host that the terminal repeats, as it has missed our ACK, goes to the host once.
TEST(MisposExchange, GivesOutAMessageForTheHostOnce) {
    exchange_under_test test;
    const auto for_host = mispos_frame(hex("DF010101DF04020007DF06056003000002"));
    const bytes wire(for_host.expose().begin(), for_host.expose().end());
    const auto first =
        script().send(asked).recv(ack).recv(wire).send(ack).done(ok).run(test.made(mispos_part::money));
    ASSERT_TRUE(first);
    EXPECT_EQ(first->what, mispos_message::kind::for_host);
    const auto reply = hex("DF010101");
    const auto reply_frame = mispos_frame(reply);
    const bytes out(reply_frame.expose().begin(), reply_frame.expose().end());
    mispos_exchange next(ums(), secret_bytes(byte_view(reply)), mispos_part::reply, "2954", yuan, test.heard);
    const auto end = script()
                         .send(out)
                         .recv(wire)
                         .send(ack)
                         .expire()
                         .send(out)
                         .recv(ack)
                         .recv(hex(sold), 180s)
                         .send(ack)
                         .done(ok)
                         .run(next);
    ASSERT_TRUE(end) << end.error();
    EXPECT_EQ(end->what, mispos_message::kind::result);
}

/// Nobody has answered it: what comes again at once was on its way, and what comes later is meant.
TEST(MisposExchange, HearsOutAMessageThatComesTwiceToNobody) {
    exchange_under_test test;
    const auto for_host = mispos_frame(hex("DF010101DF04020007DF06056003000002"));
    const bytes wire(for_host.expose().begin(), for_host.expose().end());
    ASSERT_TRUE(script().send(asked).recv(ack).recv(wire).send(ack).done(ok).run(test.made(mispos_part::money)));
    mispos_exchange next(ums(), {}, mispos_part::silence, "2954", yuan, test.heard, 2s);
    const auto meant =
        script().recv(wire, 2s).send(ack).recv(wire).send(ack).expire().recv(wire, 180s).send(ack).done(ok).run(next);
    ASSERT_TRUE(meant) << meant.error();
    EXPECT_EQ(meant->what, mispos_message::kind::for_host);
}

TEST(MisposExchange, StopsATradeAndHearsWhatBecameOfIt) {
    exchange_under_test test;
    EXPECT_TRUE(script().send(hex("04")).recv(hex(sold), 90s).send(ack).done(ok).run(test.made(mispos_part::cancel)));
}

} // namespace
} // namespace cipherlane::drivers
