#include "support/bytes.hpp"

#include <cipherlane/drivers/charset/latin_page.hpp>
#include <cipherlane/drivers/display/escpos/escpos_printer.hpp>
#include <cipherlane/drivers/display/escpos/line_display.hpp>
#include <cipherlane/drivers/errc.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <iconv.h>
#include <set>

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

/// A page as the C library has it, which knows nothing of our table.
std::string decoded(const char* page, unsigned char byte) {
    const iconv_t with = iconv_open("UTF-8", page);
    char in[] = {static_cast<char>(byte)};
    char out[8] = {};
    char* from = in;
    char* to = out;
    std::size_t left = 1;
    std::size_t room = sizeof out;
    const bool known = iconv(with, &from, &left, &to, &room) != static_cast<std::size_t>(-1);
    iconv_close(with);
    return known ? std::string(out, sizeof out - room) : std::string();
}

TEST(LatinPage, AreThoseOfTheCLibrary) {
    const std::pair<const char*, const char*> pages[] = {{"cp437", "CP437"}, {"cp850", "CP850"}, {"cp852", "CP852"},
        {"cp858", "CP858"}, {"cp860", "CP860"}, {"cp863", "CP863"}, {"cp865", "CP865"}, {"cp1252", "CP1252"},
        {"iso8859-15", "ISO-8859-15"}};
    EXPECT_EQ(std::size(pages), latin_pages().size());
    for (const auto& [name, known] : pages) {
        const auto* page = find_latin_page(name);
        ASSERT_NE(page, nullptr) << name;
        for (int byte = 0x20; byte <= 0xFF; ++byte) {
            if (byte == 0x7F) continue;
            const bytes one{static_cast<std::uint8_t>(byte)};
            const auto text = decoded(known, one[0]);
            if (text.empty() || (text[0] == '\xC2' && static_cast<unsigned char>(text[1]) < 0xA0)) continue;
            EXPECT_EQ(from_latin(one, *page), text) << name << " " << byte;
            const auto back = to_latin(text, *page, missing_letter::refused, "text");
            EXPECT_TRUE(back && *back == one) << name << " " << byte;
        }
    }
}

TEST(LatinPage, NamesTheLetterThatItDoesNotHave) {
    const auto& page = *find_latin_page("cp437");
    EXPECT_EQ(*to_latin("caf\u00E9", page, missing_letter::refused, "payee"), hex("63616682"));
    const auto end = to_latin("P\u00E3o", page, missing_letter::refused, "payee");
    ASSERT_FALSE(end);
    const auto why = end.error();
    EXPECT_EQ(why.code(), drivers_errc::unsendable_text);
    EXPECT_EQ(why.field(), "payee");
    EXPECT_EQ(why.offset(), 1U);
    EXPECT_EQ(why.hint(), "U+00E3 (\u00E3) is not in cp437");
    EXPECT_FALSE(to_latin("a\x1B", page, missing_letter::plain, "payee")) << "nothing drives the printer";
    EXPECT_FALSE(to_latin("a\xFF", page, missing_letter::plain, "payee"));
}

TEST(LatinPage, TakesTheMarksOffWhereThatIsWanted) {
    const auto plain = [](std::string_view text, const char* page) {
        const auto made = to_latin(text, *find_latin_page(page), missing_letter::plain, "text");
        return made ? from_latin(*made, *find_latin_page(page)) : std::string();
    };
    EXPECT_EQ(plain("S\u00E3o \u0141\u00F3d\u017A \u20AC5 \u201Cx\u201D", "cp437"), "Sao L\u00F3dz EUR5 \"x\"");
    EXPECT_EQ(plain("S\u00E3o", "cp860"), "S\u00E3o") << "what the page has stays";
    EXPECT_EQ(plain("\u652F", "cp437"), "") << "Chinese has no plain letters";
}

TEST(Escpos, ChoosesAPageByTheNumberOfThePrinter) {
    ports::qr_view view;
    view.payload = "1234";
    view.total = amount(1234);
    view.payee = "P\u00E3o";
    auto profile = escpos_printer_profile::for_model("epson", "cp858");
    ASSERT_TRUE(profile) << profile.error();
    auto steps = escpos_printer_protocol(*profile).show_text(view.payee, "\u20AC 5");
    ASSERT_TRUE(steps) << steps.error();
    EXPECT_EQ(sent(steps), hex("1B40 1B6101 1C2E 1B7413 50C66F 0A D52035 0A 1B6404"));
    // Chinese mode off, or the two bytes above would be one Chinese character; English words of its own.
    EXPECT_EQ(profile->words.to_pay, "Total");
    const auto portuguese = escpos_printer_profile::for_model("pos-58", "cp860").value();
    EXPECT_EQ(portuguese.page_number, 3);
    EXPECT_EQ(portuguese.code, escpos_printer_profile::drawing::raster) << "it has no GS ( k";
    EXPECT_EQ(portuguese.width_dots, 384);
    const auto code = escpos_printer_protocol(portuguese).show_qr(view);
    ASSERT_TRUE(code) << code.error();
    const auto all = sent(code);
    const auto native = hex("1D286B");
    EXPECT_EQ(std::search(all.begin(), all.end(), native.begin(), native.end()), all.end());
}

TEST(Escpos, KnowsWhichPagesAPrinterHas) {
    for (const auto& model : escpos_models()) {
        std::set<int> numbers;
        for (const auto& page : model.pages) {
            EXPECT_NE(find_latin_page(page.name), nullptr) << model.name << " " << page.name;
            EXPECT_TRUE(numbers.insert(page.number).second) << model.name << " " << page.name;
            const auto made = escpos_printer_profile::for_model(model.name, page.name);
            EXPECT_TRUE(made && made->validate()) << model.name << " " << page.name;
        }
    }
    const auto none = escpos_printer_profile::for_model("pos-58", "iso8859-15");
    ASSERT_FALSE(none);
    EXPECT_EQ(none.error().field(), "code_page");
    EXPECT_NE(none.error().to_string().find("cp860"), std::string::npos) << none.error();
    EXPECT_EQ(escpos_printer_profile::for_model("epsonn").error().field(), "printer");
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
