#include "support/bytes.hpp"

#include <cipherlane/drivers/errc.hpp>
#include <cipherlane/drivers/pinpad/abecs/abecs_parameters.hpp>
#include <cipherlane/drivers/pinpad/abecs/abecs_tables.hpp>

#include <gtest/gtest.h>

namespace cipherlane::drivers {
namespace {

using tests::hex;

bytes sent(const secret_bytes& payload) {
    return {payload.expose().begin(), payload.expose().end()};
}
bytes sent(const result<secret_bytes>& payload) {
    EXPECT_TRUE(payload) << payload.error();
    return payload ? sent(*payload) : bytes();
}

// The examples of the specification's sections 3.2.4, 3.3.8 and 3.4.
TEST(AbecsParameters, AskForDigitsAsPublished) {
    abecs::get_digits card;
    card.what = abecs::question::identity_card;
    card.most = 10;
    EXPECT_EQ(sent(abecs::get_digits_command(card)), hex("474344 303136 000C00013C 000E00010A 000B00020009"));
    const auto digits = abecs::parse_digits(hex("474344303030 303133 804D0009 313639393337383233"));
    ASSERT_TRUE(digits) << digits.error();
    EXPECT_EQ(as_text(digits->expose()), "169937823");
}

// Section 3.3.13.
TEST(AbecsParameters, ShowAMenuAsPublished) {
    const std::vector<std::string> options{"5.Chamado T\xC3\xA9"
                                           "cnico",
        "1.Consultas", "3.Ajuda", "Voltar!!"};
    abecs::menu support;
    support.title = "Selecione, por favor:";
    support.options = options;
    support.idle = std::chrono::seconds{30};
    EXPECT_EQ(sent(abecs::menu_command(support, 0)),
        hex("4D4E55303839000C00011E00200011352E4368616D61646F2054E9636E69636F0020000B312E436F6E73756C746173002000"
            "07332E416A75646100200008566F6C7461722121001B001553656C6563696F6E652C20706F72206661766F723A"));
    const auto chosen = abecs::parse_choice(hex("4D4E55303030303036804D00023032"), options.size());
    ASSERT_TRUE(chosen) << chosen.error();
    EXPECT_EQ(*chosen, 1U);
    EXPECT_FALSE(abecs::parse_choice(hex("4D4E55303030303036804D00023035"), options.size())) << "there are four";
    EXPECT_FALSE(abecs::parse_choice(hex("4D4E55303030303036804D00023030"), options.size()));
    const std::vector<std::string> none;
    support.options = none;
    EXPECT_EQ(abecs::menu_command(support, 0).error().field(), "options");
    const std::vector<std::string> long_one{std::string(25, 'x')};
    support.options = long_one;
    EXPECT_EQ(abecs::menu_command(support, 0).error().field(), "options");
    const std::vector<std::string> chinese{"1.人民币"};
    support.options = chinese;
    EXPECT_EQ(abecs::menu_command(support, 0).error().code(), drivers_errc::unsendable_text);
    EXPECT_TRUE(abecs::menu_command(support, '?'));
}

// Section 3.5.
TEST(AbecsTables, AreLoadedAsPublished) {
    EXPECT_EQ(sent(abecs::tables_begin_command("00", "TABVER0008")), hex("544C49303132303054414256455230303038"));
    EXPECT_EQ(sent(abecs::tables_version_command("02")), hex("4754533030323032"));
    const auto version = abecs::parse_tables_version(hex("47545330303030313058454D56535430303033"));
    ASSERT_TRUE(version) << version.error();
    EXPECT_EQ(*version, "XEMVST0003");
    EXPECT_FALSE(abecs::parse_tables_version(hex("4754533030303031305845")));
    // Certificates that were revoked: records 01 and 02 of acquirer 01.
    const std::vector<std::string> revoked{"02630101A000000003014444440", "02630102A000000003975555550"};
    std::vector<std::string> sized;
    for (const auto& one : revoked)
        sized.push_back("027" + one.substr(3));
    EXPECT_EQ(abecs::records_at_once(sized).value(), 2U);
    EXPECT_EQ(as_text(sent(abecs::tables_part_command(sized))), "TLR05602"
                                                                "02730101A000000003014444440"
                                                                "02730102A000000003975555550");
    EXPECT_EQ(as_text(sent(abecs::tables_end_command())), "TLE");
    EXPECT_EQ(abecs::records_at_once(revoked).error().field(), "record") << "26 is not its length";
    const std::vector<std::string> large(5, "300" + std::string(297, '0'));
    EXPECT_EQ(abecs::records_at_once(large).value(), 3U) << "a block has 999";
    EXPECT_EQ(abecs::tables_begin_command("0", "TABVER0008").error().field(), "acquirer");
    EXPECT_EQ(abecs::tables_begin_command("00", "V8").error().field(), "version");
}

TEST(AbecsParameters, RefuseWhatAPadCannotAsk) {
    abecs::get_digits cpf;
    cpf.least = cpf.most = 11;
    EXPECT_EQ(
        sent(abecs::get_digits_command(cpf)), hex("474344 303231 000C00013C 000E00010B 000D00010B 000B00020007"));
    cpf.least = 12;
    EXPECT_EQ(abecs::get_digits_command(cpf).error().field(), "most");
    cpf.most = 33;
    EXPECT_EQ(abecs::get_digits_command(cpf).error().field(), "most");
    cpf.least = -1;
    EXPECT_EQ(abecs::get_digits_command(cpf).error().field(), "least");
    cpf.least = 0;
    cpf.most = 11;
    cpf.idle = std::chrono::seconds(256);
    EXPECT_EQ(abecs::get_digits_command(cpf).error().field(), "idle");
}

TEST(AbecsParameters, ReadWhatAPadSaysOfItselfAsPublished) {
    const auto first = abecs::parse_information(hex("474958303030 313531 8001000C 393931323734333636313535"
                                                    "8004000D 48454D4953504845524553 2020"
                                                    "80340064" +
                                                    std::string(200, '3') + "9101000A FFFFF913250043200443"));
    ASSERT_TRUE(first) << first.error();
    EXPECT_EQ(first->serial_number, "991274366155");
    EXPECT_EQ(first->maker, "HEMISPHERES");
    EXPECT_FALSE(first->shows_png);
    const auto second = abecs::parse_information(
        hex("474958303030 303439 8005 000A 31303030303030303030 8007 0004 322E3030 8020 0004 30343230"
            "8021 0008 3032343030333230 8022 0003 313031"));
    ASSERT_TRUE(second) << second.error();
    EXPECT_TRUE(second->contactless);
    EXPECT_EQ(second->specification, "2.00");
    EXPECT_EQ(second->text_lines, 4);
    EXPECT_EQ(second->text_columns, 20);
    EXPECT_EQ(second->height, 240) << "lines first";
    EXPECT_EQ(second->width, 320);
    EXPECT_TRUE(second->shows_png);
    EXPECT_FALSE(second->shows_jpg);
    EXPECT_TRUE(second->shows_gif);
}

TEST(AbecsParameters, LoadAndShowPicturesAsPublished) {
    // MLI with a content whose CRC is a published check value: 31C3 of "123456789".
    EXPECT_EQ(sent(abecs::load_begin_command("QRCODE01", abecs::picture_format::png, as_bytes("123456789"))),
        hex("4D4C49 303236 001E0008 5152434F44453031 001F000A 00000009 31C3 01 000000"));
    EXPECT_EQ(sent(abecs::load_part_command(hex("89504E47"))), hex("4D4C52 303038 000F0004 89504E47"));
    EXPECT_EQ(sent(abecs::load_end_command()), hex("4D4C45"));
    EXPECT_EQ(sent(abecs::show_picture_command("QRCODE01")), hex("445349 303132 001E0008 5152434F44453031"));
    EXPECT_EQ(sent(abecs::delete_picture_command("A")), hex("444D46 303132 001E0008 4120202020202020"));
    EXPECT_FALSE(abecs::show_picture_command("too long1"));
    EXPECT_FALSE(abecs::show_picture_command(""));
    EXPECT_FALSE(abecs::show_picture_command("A-B"));
    const auto names = abecs::parse_pictures(
        hex("4C4D46303030 303630 805E0008 5349474E414C5320 805E0008 50524553544F2020 805E0008 5152434F44453031"
            "805E0008 464545444241434B 805E0008 4D4F564E50494354"));
    ASSERT_TRUE(names) << names.error();
    EXPECT_EQ(*names, (std::vector<std::string>{"SIGNALS", "PRESTO", "QRCODE01", "FEEDBACK", "MOVNPICT"}));
    EXPECT_TRUE(abecs::parse_pictures(as_bytes("LMF000"))->empty());
}

// No block is longer than 999 bytes, and no parameter than 995.
TEST(AbecsParameters, SplitWhatIsLong) {
    const bytes file(abecs::largest_load, 0x5A);
    const auto out = sent(abecs::load_part_command(file));
    EXPECT_EQ(out.size(), 3 + 2 * (3 + 4 + 995U));
    EXPECT_EQ(bytes(out.begin(), out.begin() + 10), hex("4D4C52 393939 000F03E3"));
    EXPECT_EQ(bytes(out.begin() + 1005, out.begin() + 1012), hex("393939 000F03E3"));
}

TEST(AbecsParameters, RefuseABrokenAnswer) {
    for (const char* broken : {"474344303030 30313", "474344303030 303134 804D0009 313639393337383233",
             "474344303030 303133 804D000A 313639393337383233", "474344303030 58585 8",
             "474344303030 303033 804D00"}) {
        std::string digits;
        for (const char one : std::string_view(broken)) {
            if (one != ' ') digits += one;
        }
        if (digits.size() % 2 != 0) digits += '0';
        EXPECT_FALSE(abecs::parse_digits(hex(digits))) << broken;
    }
    EXPECT_EQ(abecs::parse_digits(as_bytes("GCD000")).error().field(), "PP_VALUE");
}

TEST(AbecsParameters, NoCountOfDigitsIsTooMuch) {
    const std::string digits(200, '9');
    bytes answer = hex("474958303030 323034 8020 00C8");
    answer.insert(answer.end(), digits.begin(), digits.end());
    const auto told = abecs::parse_information(answer);
    ASSERT_TRUE(told) << told.error();
    EXPECT_EQ(told->text_lines, 9'999);
    EXPECT_EQ(told->text_columns, 9'999);
}

} // namespace
} // namespace cipherlane::drivers
