#include "support/bytes.hpp"

#include <cipherlane/drivers/display/escpos_printer.hpp>
#include <cipherlane/drivers/display/line_display.hpp>
#include <cipherlane/drivers/errc.hpp>

#include <gtest/gtest.h>

namespace cipherlane::drivers {
namespace {

using tests::hex;

bytes sent(const result<step_list>& steps) {
    bytes all;
    for (const auto& one : *steps)
        all.insert(all.end(), one.out.begin(), one.out.end());
    return all;
}

// E01: "1234", model 2, size 3, level L, as another implementation's published test has it.
TEST(Escpos, DrawsANativeCodeByteForByteAsPublished) {
    EXPECT_EQ(*escpos_qr("1234", 3, escpos_level::low),
        hex("1D286B040031413200 1D286B0300314303 1D286B0300314530 1D286B070031503031323334 1D286B0300315130"));
}

TEST(Escpos, CountsLongCodesInSixteenBits) {
    auto out = escpos_qr(std::string(600, 'A'), 6, escpos_level::medium);
    ASSERT_TRUE(out);
    // 603 = 025Bh bytes from the symbol type on
    EXPECT_EQ(bytes(out->begin() + 25, out->begin() + 33), hex("1D286B5B02 315030"));
    EXPECT_FALSE(escpos_qr(std::string(7'090, '1'), 6, escpos_level::low));
    EXPECT_EQ(escpos_qr("1", 17, escpos_level::low).error().field(), "module_dots");
    EXPECT_FALSE(escpos_qr("", 3, escpos_level::low));
}

TEST(Escpos, PrintsPicturesByRowsOfBytes) {
    qr::bit_picture picture{16, 2, 2, hex("8001 FFFF")};
    EXPECT_EQ(*escpos_raster(picture), hex("1D763000 0200 0200 8001FFFF"));
}

TEST(Escpos, PrintsPayeeCodeAndAmount) {
    ports::qr_view view;
    view.payload = "1234";
    view.total = amount(1234);
    view.payee = "星光";
    escpos_printer_profile profile;
    profile.module_dots = 3;
    profile.level = escpos_level::low;
    auto steps = escpos_printer_protocol(profile).show_qr(view);
    ASSERT_TRUE(steps) << steps.error();
    EXPECT_EQ(sent(steps),
        hex("1B40 1B6101 1C26 D0C7B9E2 0A"
            "1D286B040031413200 1D286B0300314303 1D286B0300314530 1D286B070031503031323334 1D286B0300315130 0A"
            "A3A4 31322E3334 0A 1B6404"));
    profile.code = escpos_printer_profile::drawing::raster;
    auto raster = escpos_printer_protocol(profile).show_qr(view);
    ASSERT_TRUE(raster);
    EXPECT_EQ(sent(raster).size(), 2 + 3 + 2 + 4 + 1 + 8 + 384 / 8 * 384 + 1 + 2 + 5 + 1 + 3U);
}

TEST(Escpos, KnowsAPrinterByItsStatus) {
    escpos_printer_protocol printer;
    EXPECT_EQ(sent(printer.heartbeat()), hex("100401"));
    EXPECT_EQ(*printer.identity(hex("12")), "ESC/POS printer");
    EXPECT_EQ(*printer.identity(hex("1A")), "ESC/POS printer, off line");
    EXPECT_FALSE(printer.identity(hex("41")));
    EXPECT_TRUE(sent(printer.clear()).empty());
}

TEST(LineDisplay, SpeaksEachDialect) {
    const wording words;
    EXPECT_EQ(sent(line_display_protocol(epson_dm_d()).show_amount(amount(1234))),
        hex("1B40 0C 1F240101 546F74616C 1F240102 31322E3334"));
    EXPECT_EQ(sent(line_display_protocol(cd5220()).show_amount(amount(1234))),
        hex("1B40 0C 1B5141 546F74616C 0D 1B5142 31322E3334 0D"));
    EXPECT_EQ(sent(line_display_protocol(led8n()).show_amount(amount(1234))), hex("0C 1B5141 31322E3334 0D 1B7332"));
    EXPECT_EQ(sent(line_display_protocol(logic_controls()).show_text("A", "B")), hex("1F 41 1014 42"));
    EXPECT_EQ(sent(line_display_protocol(led8n()).clear()), hex("0C 1B7330"));
    EXPECT_EQ(sent(line_display_protocol(cd5220()).set_brightness(100)), hex("1B2A04"));
    EXPECT_EQ(sent(line_display_protocol(epson_dm_d()).set_brightness(0)), hex("1F5801"));
}

TEST(LineDisplay, RefusesWhatItCannotShow) {
    line_display_protocol text(cd5220());
    EXPECT_EQ(text.show_text("支付", "").error().code(), drivers_errc::unsendable_text);
    EXPECT_EQ(text.show_text("ok", "a\x0C").error().offset(), 1U);
    EXPECT_TRUE(text.show_qr({}).error().is(condition::unsupported));
    line_display_protocol digits(led8n());
    EXPECT_TRUE(digits.show_text("a", "b").error().is(condition::unsupported));
    EXPECT_TRUE(digits.show_amount(amount(99'999'999)));
    EXPECT_EQ(digits.show_amount(amount(100'000'000)).error().code(), drivers_errc::too_long);
    EXPECT_TRUE(digits.set_brightness(50).error().is(condition::unsupported));
}

TEST(LineDisplay, CutsWhatIsLongerThanItsLine) {
    auto out = sent(line_display_protocol(cd5220()).show_text("12345678901234567890XYZ", ""));
    EXPECT_EQ(out, hex("1B40 0C 1B5141 3132333435363738393031323334353637383930 0D"));
}

TEST(EscposPrinter, PrintsACodeWithoutAPayee) {
    escpos_printer_protocol printer; // texts in GBK
    ports::qr_view view;
    view.payload = "A";
    view.total = amount(5);
    EXPECT_TRUE(printer.show_qr(view));
}

} // namespace
} // namespace cipherlane::drivers
