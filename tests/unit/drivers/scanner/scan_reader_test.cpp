#include "support/bytes.hpp"
#include "support/lane/forward_clock.hpp"
#include "support/machine_script.hpp"

#include <cipherlane/drivers/errc.hpp>
#include <cipherlane/drivers/scanner/payment_code_gate.hpp>
#include <cipherlane/drivers/scanner/scan_exchange.hpp>
#include <cipherlane/drivers/scanner/scan_reader.hpp>
#include <cipherlane/drivers/scanner/scanner_family.hpp>
#include <cipherlane/drivers/scanner/scanner_keeper.hpp>

#include <boost/asio/io_context.hpp>
#include <gtest/gtest.h>

#include <linux/input.h>

namespace cipherlane::drivers {
namespace {

using namespace std::chrono_literals;
using tests::hex;
using tests::ok;
using tests::script;

byte_view text(std::string_view of) {
    return as_bytes(of);
}

std::string read(scan_reader& reader, std::string_view line) {
    const auto code = reader.take(text(line));
    return code ? code->symbology + "|" + std::string(code->text.expose()) : "nothing";
}

TEST(ScanReader, EndsACodeAsTheProfileSays) {
    scanner_profile profile;
    text_scan_reader usual(profile);
    EXPECT_EQ(read(usual, "123456789012345678\r\n"), "|123456789012345678");
    EXPECT_EQ(read(usual, "\n13"), "nothing") << "the LF of the code before is no code";
    EXPECT_EQ(read(usual, "4\r"), "|134");
    profile.end = scan_end::tab;
    text_scan_reader tabs(profile);
    EXPECT_EQ(read(tabs, "AB\r\nC\t"), "|AB\r\nC");
    profile.end = scan_end::silence;
    text_scan_reader pauses(profile);
    EXPECT_EQ(read(pauses, "134567"), "nothing");
    EXPECT_EQ(pauses.patience(), 100ms);
    EXPECT_EQ(pauses.silent()->text.expose(), "134567");
}

TEST(ScanReader, TakesTheIdentifierOff) {
    scanner_profile profile;
    text_scan_reader may(profile);
    EXPECT_EQ(read(may, "]Q1130000000000000001\r"), "]Q1|130000000000000001");
    EXPECT_EQ(read(may, "]C0130000000000000001\r"), "]C0|130000000000000001");
    EXPECT_EQ(read(may, "]-0130000000000000001\r"), "|]-0130000000000000001") << "no identifier";
    profile.aim = aim_identifier::none;
    text_scan_reader never(profile);
    EXPECT_EQ(read(never, "]Q113\r"), "|]Q113");
    profile.aim = aim_identifier::must_come;
    text_scan_reader must(profile);
    EXPECT_EQ(read(must, "130000000000000001\r]Q1130000000000000002\r"), "]Q1|130000000000000002");
}

TEST(ScanReader, DropsWhatIsTooLongOrBrokenOff) {
    scanner_profile profile;
    profile.largest = 8;
    text_scan_reader reader(profile);
    EXPECT_EQ(read(reader, "123456789\r"), "nothing");
    EXPECT_EQ(read(reader, "12345678\r"), "|12345678");
    EXPECT_EQ(read(reader, "1234"), "nothing");
    EXPECT_FALSE(reader.silent()) << "its end never came";
    EXPECT_EQ(read(reader, "56\r"), "|56");
}

TEST(ScanReader, ReadsChineseCharacterSets) {
    scanner_profile profile;
    profile.text = scan_text::gbk;
    text_scan_reader reader(profile);
    const auto code = reader.take(hex("D6A7B8B6 0D"));
    ASSERT_TRUE(code);
    EXPECT_EQ(code->text.expose(), "支付");
    EXPECT_FALSE(reader.take(hex("D6FF 0D"))) << "no GBK";
}

// S6: Code 128 "134567890123456789" and CR, as a scanner's report of 64 bytes has it; here without its number 02.
const char* const report_s6 = "13 5D4330 313334353637383930313233343536373839 0D";

bytes report(std::string_view digits, bool more) {
    bytes made(report_scan_reader::report_size, 0);
    made[0] = static_cast<std::uint8_t>(digits.size());
    made[1] = ']';
    made[2] = 'Q';
    made[3] = '1';
    std::copy(digits.begin(), digits.end(), made.begin() + 4);
    made.back() = more ? 1 : 0;
    return made;
}

TEST(ReportScanReader, ReadsThePublishedReport) {
    report_scan_reader reader{scanner_profile()};
    auto whole = hex(report_s6);
    whole.resize(report_scan_reader::report_size, 0);
    whole[60] = 0x6A; // the maker's own number of the symbology
    const auto code = reader.take(whole);
    ASSERT_TRUE(code);
    EXPECT_EQ(code->symbology, "]C0");
    EXPECT_EQ(code->text.expose(), "134567890123456789");
}

TEST(ReportScanReader, MakesNoCodeWithoutItsLastReportOrOfOneThatSaysTooMuch) {
    report_scan_reader reader({});
    std::string report(report_scan_reader::report_size, '\0');
    report[0] = 56;
    report.replace(4, 56, 56, '1');
    report[62] = 1; // more follows, and does not come
    EXPECT_EQ(read(reader, report), "nothing");
    EXPECT_TRUE(reader.begun());
    EXPECT_FALSE(reader.silent());
    report[62] = 0;
    report[0] = 57;
    EXPECT_EQ(read(reader, report), "nothing");
    report[0] = 18;
    EXPECT_EQ(read(reader, report), "|111111111111111111") << "and the next is one again";
}

TEST(ReportScanReader, JoinsReportsUntilNoMoreFollow) {
    report_scan_reader reader{scanner_profile()};
    const std::string part(56, '7');
    EXPECT_FALSE(reader.take(report(part, true)));
    const auto last = report("89", false);
    EXPECT_FALSE(reader.take(byte_view(last).first(20)));
    const auto code = reader.take(byte_view(last).subspan(20));
    ASSERT_TRUE(code);
    EXPECT_EQ(code->text.expose(), part + "89");
    EXPECT_FALSE(reader.take(report("", false))) << "nothing was read";
}

bytes keys(std::initializer_list<std::pair<int, int>> presses) {
    bytes all;
    for (const auto& [code, value] : presses) {
        input_event event{};
        event.type = EV_KEY;
        event.code = static_cast<std::uint16_t>(code);
        event.value = value;
        const auto* raw = reinterpret_cast<const std::uint8_t*>(&event);
        all.insert(all.end(), raw, raw + sizeof event);
    }
    return all;
}

TEST(WedgeScanReader, ReadsKeysOfTheAmericanLayout) {
    wedge_scan_reader reader{scanner_profile()};
    const auto typed = keys(
        {{KEY_RIGHTBRACE, 1}, {KEY_RIGHTBRACE, 0}, {KEY_LEFTSHIFT, 1}, {KEY_Q, 1}, {KEY_Q, 0}, {KEY_LEFTSHIFT, 0},
            {KEY_1, 1}, {KEY_1, 2}, {KEY_1, 0}, {KEY_1, 1}, {KEY_3, 1}, {KEY_0, 1}, {KEY_F1, 1}, {KEY_ENTER, 1}});
    for (std::size_t at = 0; at + 1 < typed.size(); ++at)
        ASSERT_FALSE(reader.take(byte_view(typed).subspan(at, 1)));
    const auto code = reader.take(byte_view(typed).last(1));
    ASSERT_TRUE(code);
    EXPECT_EQ(code->symbology, "]Q1");
    EXPECT_EQ(code->text.expose(), "130") << "a key held down is no second one";
}

/// As scanners type that are to work under any layout: digits of the keypad, or characters by their numbers under
/// ALT.
TEST(WedgeScanReader, ReadsTheKeypadAndCharactersByTheirNumbers) {
    wedge_scan_reader reader{scanner_profile()};
    const auto plain = keys({{KEY_KP1, 1}, {KEY_KP1, 0}, {KEY_KP3, 1}, {KEY_KP0, 1}, {KEY_KP7, 1}, {KEY_KPENTER, 1}});
    const auto code = reader.take(plain);
    ASSERT_TRUE(code);
    EXPECT_EQ(code->text.expose(), "1307");
    const auto numbered = keys({{KEY_LEFTALT, 1}, {KEY_KP0, 1}, {KEY_KP0, 0}, {KEY_KP4, 1}, {KEY_LEFTALT, 2},
        {KEY_KP9, 1}, {KEY_LEFTALT, 0}, {KEY_LEFTALT, 1}, {KEY_KP0, 1}, {KEY_KP9, 1}, {KEY_KP0, 1}, {KEY_LEFTALT, 0},
        {KEY_LEFTALT, 1}, {KEY_LEFTALT, 0}, {KEY_LEFTALT, 1}, {KEY_KP1, 1}, {KEY_KP3, 1}, {KEY_LEFTALT, 0}});
    const auto second = reader.take(numbered);
    ASSERT_TRUE(second);
    EXPECT_EQ(second->text.expose(), "1Z");
}

/// The system has lost keys of it: what is left of two codes is none.
TEST(WedgeScanReader, DropsACodeOfWhichKeysAreLost) {
    wedge_scan_reader reader{scanner_profile()};
    EXPECT_FALSE(reader.take(keys({{KEY_1, 1}, {KEY_3, 1}})));
    input_event lost{};
    lost.type = EV_SYN;
    lost.code = SYN_DROPPED;
    const auto* raw = reinterpret_cast<const std::uint8_t*>(&lost);
    EXPECT_FALSE(reader.take({raw, sizeof lost}));
    EXPECT_FALSE(reader.take(keys({{KEY_5, 1}, {KEY_ENTER, 1}})));
    const auto next = reader.take(keys({{KEY_1, 1}, {KEY_5, 1}, {KEY_ENTER, 1}}));
    ASSERT_TRUE(next);
    EXPECT_EQ(next->text.expose(), "15");
}

TEST(ScanExchange, DropsWhatWasScannedBeforeItAsked) {
    text_scan_reader reader{scanner_profile()};
    scan_exchange one(reader);
    const auto code =
        script().recv(hex("39390D"), 40ms).expire(40ms).recv(hex("3133")).recv(hex("340D"), 1s).done(ok).run(one);
    ASSERT_TRUE(code);
    EXPECT_EQ(code->text.expose(), "134");
}

TEST(ScanExchange, EndsAtEachStepThatFails) {
    text_scan_reader reader{scanner_profile()};
    script().expire(40ms).recv(hex("3133340D")).done(ok).every_step_fails([&] {
        return std::make_unique<scan_exchange>(reader);
    });
}

TEST(ScanExchange, ForgetsAFragmentAndWaitsOn) {
    text_scan_reader reader{scanner_profile()};
    scan_exchange one(reader);
    const auto code = script().expire(40ms).recv(hex("3939")).expire(1s).recv(hex("3133340D")).done(ok).run(one);
    ASSERT_TRUE(code);
    EXPECT_EQ(code->text.expose(), "134");
}

ports::scanned_code scanned(std::string_view what, std::string symbology = {}) {
    ports::scanned_code code;
    code.text = what;
    code.symbology = std::move(symbology);
    code.when = monotonic_clock::now();
    return code;
}

class Gate : public ::testing::Test {
  protected:
    boost::system::error_code refusal(std::string_view what, std::string symbology = {}) {
        const auto passed = gate.pass(scanned(what, std::move(symbology)));
        return passed ? boost::system::error_code() : passed.error().code();
    }
    payment_code_gate gate = payment_code_gate::create({}).value();
};

TEST_F(Gate, KnowsThePayersCodes) {
    const auto wechat = gate.pass(scanned("134567890123456789", "]C0"));
    ASSERT_TRUE(wechat);
    EXPECT_EQ(wechat->kind, qr::code_kind::wechat_payment_code);
    EXPECT_EQ(wechat->masked, "134567********6789");
    EXPECT_EQ(gate.pass(scanned("280000 0000 0000 0001"))->kind, qr::code_kind::alipay_payment_code);
    const auto unionpay = gate.pass(scanned("6221345678901234567", "]Q1"));
    ASSERT_TRUE(unionpay);
    EXPECT_EQ(unionpay->kind, qr::code_kind::unionpay_payment_code);
    EXPECT_EQ(unionpay->text.expose(), "6221345678901234567");
}

TEST_F(Gate, RefusesGoodsAndMerchantsCodes) {
    const auto none = make_error_code(drivers_errc::not_a_payment_code);
    EXPECT_EQ(refusal("6901234567892", "]E0"), none);
    EXPECT_EQ(refusal("6901234567892"), none);
    EXPECT_EQ(refusal("134567890123456789", "]E0"), none) << "whatever it reads, a shop's shelf has no wallet";
    EXPECT_EQ(refusal("https://qr.95516.com/00010000/62123456789012345678901234567890"), none);
    EXPECT_EQ(refusal("hello"), none);
    EXPECT_EQ(refusal(""), none);
}

TEST_F(Gate, LetsACodePassOnce) {
    EXPECT_TRUE(gate.pass(scanned("134567890123456789")));
    EXPECT_EQ(refusal("134567890123456789"), make_error_code(drivers_errc::code_used));
    EXPECT_EQ(refusal(" 134567890123456789 "), make_error_code(drivers_errc::code_used));
    EXPECT_TRUE(gate.pass(scanned("134567890123456780")));
}

TEST_F(Gate, RefusesACodeThatWasScannedLongAgo) {
    auto old = scanned("134567890123456789");
    const auto then = old.when;
    const auto late = gate.pass(std::move(old), then + 61s);
    ASSERT_FALSE(late);
    EXPECT_EQ(late.error().code(), make_error_code(drivers_errc::code_too_old));
    EXPECT_EQ(late.error().to_string().find("134567"), std::string::npos) << "and no error tells the code";
}

TEST_F(Gate, ForgetsCodesThatCannotBePaidWithAnyMore) {
    auto first = scanned("134567890123456789");
    const auto then = first.when;
    ASSERT_TRUE(gate.pass(std::move(first), then));
    auto again = scanned("134567890123456789");
    again.when = then + 11min;
    EXPECT_TRUE(gate.pass(std::move(again), then + 11min));
}

TEST(ScannerFamilies, AnswerAnUnknownNameWithTheOnesThereAre) {
    boost::asio::io_context io;
    const auto wrong = open_scanner(io.get_executor(), "hidpos", "hid:1209:5a31", {}, 1s);
    ASSERT_FALSE(wrong);
    EXPECT_NE(wrong.error().hint().find("hid-pos"), std::string_view::npos) << wrong.error();
    EXPECT_EQ(open_scanner(io.get_executor(), "hid-pos", "/dev/ttyS0", {}, 1s).error().code(),
        make_error_code(drivers_errc::bad_address));
    const auto no_keyboard = open_scanner(io.get_executor(), "wedge", "/dev/null", {}, 1s);
    EXPECT_EQ(no_keyboard.error().code(), make_error_code(drivers_errc::bad_setting)) << no_keyboard.error();
    scanner_options options;
    options.profile.largest = 1;
    EXPECT_EQ(open_scanner(io.get_executor(), "serial", "/dev/null", options, 1s).error().field(), "largest");
}

class leaving_scanner final : public ports::scanner {
  public:
    result<ports::scanned_code> scan(const call&) override {
        return error(drivers_errc::device_gone, layer::drivers);
    }
    bool attached() const noexcept override { return false; }
};

TEST(ScannerKeeper, PausesBetweenScannersThatGoAtOnce) {
    int opened = 0;
    scanner_keeper keeper([&](const call&) -> result<std::unique_ptr<ports::scanner>> {
        ++opened;
        return std::make_unique<leaving_scanner>();
    });
    tests::forward_clock time;
    const time_source::on_this_thread in_place(time);
    EXPECT_FALSE(keeper.scan(call(200ms)));
    EXPECT_GE(opened, 2);
    EXPECT_LE(opened, 8) << "50 ms at first, then longer";
}

} // namespace
} // namespace cipherlane::drivers
