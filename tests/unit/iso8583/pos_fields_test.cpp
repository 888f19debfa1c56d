#include <cipherlane/core/gbk.hpp>
#include <cipherlane/core/hex.hpp>
#include <cipherlane/iso8583/errc.hpp>
#include <cipherlane/iso8583/field48.hpp>
#include <cipherlane/iso8583/field59.hpp>
#include <cipherlane/iso8583/field60.hpp>
#include <cipherlane/iso8583/field61.hpp>
#include <cipherlane/iso8583/field62.hpp>
#include <cipherlane/iso8583/field63.hpp>
#include <cipherlane/iso8583/pos_header.hpp>
#include <cipherlane/iso8583/sign_in_keys.hpp>
#include <cipherlane/iso8583/terminal_serial.hpp>
#include <cipherlane/iso8583/tpdu.hpp>

#include <gtest/gtest.h>

namespace cipherlane::iso8583 {
namespace {

TEST(Tpdu, SwapsTheAddresses) {
    const auto request = tpdu::parse("6000060123");
    ASSERT_TRUE(request);
    EXPECT_EQ(request->swapped().to_string(), "6001230006");
    auto message = *from_hex("60000601230800");
    ASSERT_TRUE(swap_tpdu_addresses(message));
    EXPECT_EQ(to_hex(message), "60012300060800");
    EXPECT_FALSE(swap_tpdu_addresses(byte_span(message).first(4)));
    EXPECT_FALSE(tpdu::parse("60000601"));
    EXPECT_FALSE(tpdu::parse("60000A0123"));
}

TEST(PosHeader, NamesTheHostsRequest) {
    const auto header = pos_header::parse("603103310730");
    ASSERT_TRUE(header);
    EXPECT_EQ(header->request(), processing_request::sign_in);
    EXPECT_EQ(header->application_class(), "60");
    EXPECT_EQ(header->version(), "31");
    EXPECT_EQ(header->terminal_status(), '0');
    EXPECT_EQ(header->sub_version(), "310730");
    EXPECT_EQ(header->with_request(processing_request::none).digits(), "603100310730");
    EXPECT_FALSE(pos_header::parse("60310331073"));
    EXPECT_FALSE(pos_header::parse("60310331073D"));
}

// The values of rows cup-03 (sale) and cup-01 (sign-in).
TEST(Field60, EndsAfterAnySubfield) {
    const auto sale = field60::parse("2200000100050");
    ASSERT_TRUE(sale);
    EXPECT_EQ(sale->type, "22");
    EXPECT_EQ(sale->batch, "000001");
    EXPECT_EQ(sale->network, "000");
    EXPECT_EQ(sale->reader, "5");
    EXPECT_EQ(sale->ic_condition, "0");
    EXPECT_TRUE(sale->partial_amount.empty());
    EXPECT_EQ(sale->to_digits(), "2200000100050");
    EXPECT_EQ(field60::parse("00000001003")->network, "003");
    EXPECT_EQ(field60::parse("22000001000500065")->account, "065");
}

TEST(Field60, RefusesWhatNoCombinationHas) {
    for (const auto* digits : {"", "22", "220000",
             "22000001000500065"
             "1",
             "2200000100050006", "22A00001000"}) {
        EXPECT_FALSE(field60::parse(digits)) << digits;
    }
    EXPECT_EQ(field60::parse("2200000100").error().field(), "60.3");
    EXPECT_EQ(field60::parse("2200000A").error().offset(), 7U);
}

TEST(Field61, HoldsTheOriginal) {
    const auto original = field61::parse("0000010000031121");
    ASSERT_TRUE(original);
    EXPECT_EQ(original->batch, "000001");
    EXPECT_EQ(original->trace, "000003");
    EXPECT_EQ(original->date, "1121");
    EXPECT_EQ(original->to_digits(), "0000010000031121");
    EXPECT_EQ(field61::parse("00000100000311210148000000")->auth_organisation, "48000000");
    EXPECT_EQ(field61::parse("000001000003")->to_digits(), "000001000003");
    EXPECT_FALSE(field61::parse("000001"));
    EXPECT_FALSE(field61::parse("00000100000311"));
}

// Row cup-09 of the vectors.
TEST(Field48, TotalsOfASettlement) {
    const auto* digits = "00000001234001000000000500001000000000000000000000000000000000";
    const auto totals = settlement_totals::parse(digits);
    ASSERT_TRUE(totals) << totals.error();
    EXPECT_EQ(totals->domestic.debit_amount, 12340);
    EXPECT_EQ(totals->domestic.debit_count, 10);
    EXPECT_EQ(totals->domestic.credit_amount, 5000);
    EXPECT_EQ(totals->domestic.credit_count, 10);
    EXPECT_EQ(totals->domestic.verdict, settlement_verdict::none);
    EXPECT_EQ(*totals->to_digits(), digits);
    EXPECT_FALSE(settlement_totals::parse("0000"));
    EXPECT_EQ(settlement_totals::parse(std::string(31, '0') + std::string(30, '0') + "4").error().field(), "48.2");
    settlement_totals large;
    large.foreign.debit_count = 1000;
    EXPECT_FALSE(large.to_digits());
}

TEST(Field48, RecordsOfAnUpload) {
    std::vector<upload_record> records;
    records.push_back({.card_kind = 0, .trace = 3, .card = *pan::parse("6222000000000017"), .amount = 1234});
    const auto digits = write_upload_records(records);
    ASSERT_TRUE(digits);
    EXPECT_EQ(*digits, "01"
                       "00"
                       "000003"
                       "00006222000000000017"
                       "000000001234");
    const auto again = parse_upload_records(*digits);
    ASSERT_TRUE(again) << again.error();
    ASSERT_EQ(again->size(), 1U);
    EXPECT_EQ(again->front().card->expose(), "6222000000000017");
    EXPECT_EQ(again->front().amount, 1234);
    EXPECT_FALSE(parse_upload_records("09"));
    EXPECT_FALSE(parse_upload_records(*digits + "0"));
    EXPECT_FALSE(
        parse_upload_records("01" + std::string(8, '0') + std::string(19, '0') + "1" + std::string(12, '0')));
    const auto without_card = "01" + std::string(40, '0');
    const auto by_code = parse_upload_records(without_card);
    ASSERT_TRUE(by_code) << by_code.error();
    EXPECT_FALSE(by_code->front().card) << "a payment by payment code";
    EXPECT_EQ(*write_upload_records(*by_code), without_card);
}

// Row cup-11: a payment code in tag A3.
TEST(Field59, TagsOfTwoAndLengthsOfThree) {
    const auto value = *from_hex("413330313936323132333435363738393031323334353637");
    const auto code = find_subfield(field59_format(), value, tag_payment_code);
    ASSERT_TRUE(code) << code.error();
    ASSERT_TRUE(*code);
    EXPECT_EQ(as_text(**code), "6212345678901234567");
    EXPECT_FALSE(*find_subfield(field59_format(), value, tag_payment_voucher));
    composite_writer writer(field59_format());
    ASSERT_TRUE(writer.add(tag_payment_code, "6212345678901234567"));
    EXPECT_EQ(to_hex(writer.value()), to_hex(value));
    EXPECT_TRUE(writer.add("Z9", "kept"));
    EXPECT_FALSE(writer.add("A", "x"));
}

TEST(Field59, RefusesCutAndCrookedLengths) {
    for (const std::string_view value : {"A3", "A30", "A3005abcd", "A30x5abcde", "A3001aA"}) {
        composite_reader reader(field59_format(), value);
        bool failed = false;
        while (true) {
            const auto part = reader.next();
            failed = !part;
            if (failed || !*part) break;
        }
        EXPECT_TRUE(failed) << value;
    }
}

// Row cup-14.
TEST(Field62, CarriesTheSm4Pin) {
    const auto value = *from_hex("0010C381E532AED95401A9F6EA4DE0051BAC");
    const auto pin = read_sm4_pin(value);
    ASSERT_TRUE(pin) << pin.error();
    EXPECT_EQ(to_hex(*pin), "C381E532AED95401A9F6EA4DE0051BAC");
    const auto written = write_sm4_pin(*pin);
    ASSERT_TRUE(written);
    EXPECT_EQ(to_hex(*written), to_hex(value));
    EXPECT_FALSE(write_sm4_pin(byte_view(value).first(8)));
    EXPECT_FALSE(read_sm4_pin(*from_hex("0901AA")));
    EXPECT_FALSE(read_sm4_pin(*from_hex("0008C381E532AED95401")));
}

// The published sign-in of the dialect's sheet (K1), without its length prefix.
TEST(SignInKeys, FortyBytesWithASingleLengthMacKey) {
    const auto field62 =
        *from_hex("6701EAD6A9AD51E51AA406E2C27FCFA98D0A74B8B651F9E9BACE9AE10000000000000000AB7153CA");
    const auto keys = sign_in_keys::parse(field62);
    ASSERT_TRUE(keys) << keys.error();
    EXPECT_EQ(to_hex(keys->tpk.cryptogram), "6701EAD6A9AD51E51AA406E2C27FCFA9");
    EXPECT_EQ(to_hex(keys->tpk.check_value), "8D0A74B8");
    EXPECT_EQ(to_hex(keys->tak.cryptogram), "B651F9E9BACE9AE1");
    EXPECT_EQ(to_hex(keys->tak.check_value), "AB7153CA");
    EXPECT_FALSE(keys->tdk);
    EXPECT_EQ(to_hex(*keys->to_field62(sign_in_layouts()[1])), to_hex(field62));
    EXPECT_FALSE(keys->to_field62(sign_in_layouts()[3]));
}

TEST(SignInKeys, TakeAnotherDivisionInWords) {
    EXPECT_EQ(*sign_in_layout::parse("16+8 16+8"), (sign_in_layout{16, 8, 16, 8}));
    EXPECT_EQ(*sign_in_layout::parse("24+4 8+0 16+16"), (sign_in_layout{24, 4, 8, 0, 16, 16}));
    for (const char* bad : {"", "16+8", "16+8 16", "16+8 16+8 16+8 16+8", "16+17 16+8", "12+4 16+4", "16 + 8 16+8",
             "16+8  16+8", "16+8,16+8", "x+8 16+8", "-8+4 16+4", "16+8 16+8 "}) {
        EXPECT_FALSE(sign_in_layout::parse(bad)) << bad;
    }
}

TEST(SignInKeys, EveryLengthHasOneForm) {
    for (const auto& layout : sign_in_layouts()) {
        bytes value(layout.size());
        for (std::size_t i = 0; i < value.size(); ++i)
            value[i] = static_cast<std::uint8_t>(i + 1);
        const auto keys = sign_in_keys::parse(value);
        ASSERT_TRUE(keys) << value.size();
        EXPECT_EQ(keys->tdk.has_value(), layout.tdk != 0);
        EXPECT_EQ(*keys->to_field62(layout), value);
        value.push_back(0);
        EXPECT_FALSE(sign_in_keys::parse(value));
    }
}

// Row cup-05.
TEST(Field63, SplitsOrganisationAndTexts) {
    const auto answer = field63::parse("CUPOK                ");
    ASSERT_TRUE(answer);
    EXPECT_EQ(answer->organisation, "CUP");
    EXPECT_TRUE(answer->texts.starts_with("OK"));
    EXPECT_FALSE(field63::parse("01"));
}

TEST(Gbk, GoesBothWaysAndSaysWhereItCannot) {
    EXPECT_EQ(to_hex(as_bytes(*utf8_to_gbk("交易成功 OK"))), "BDBBD2D7B3C9B9A6204F4B");
    EXPECT_EQ(*gbk_to_utf8(*from_hex("BDBBD2D7B3C9B9A6204F4B")), "交易成功 OK");
    const auto cut = gbk_to_utf8(*from_hex("4F4BBD"));
    ASSERT_FALSE(cut);
    EXPECT_EQ(cut.error().offset(), 2U);
    EXPECT_FALSE(gbk_to_utf8(*from_hex("FFFF")));
    EXPECT_FALSE(utf8_to_gbk("\xF0\x9F\x98\x80"));
    EXPECT_EQ(*gbk_to_utf8({}), "");
}

TEST(TerminalSerialBlock, StandsInFields59And62) {
    using form = terminal_serial_form;
    const terminal_serial_block first{"04", "00000304N7NL01933217", "127026", "01D5E54A", "310001", ""};
    EXPECT_EQ(write_terminal_serial(first, form::field59).value(),
        "A206901002040202000000304N7NL01933217030061270260400801D5E54A05008310001  ");
    const terminal_serial_block second{"02", "0000020254004318", "000052", "8B42533B", "32170200", "P3100"};
    EXPECT_EQ(write_terminal_serial(second, form::field62).value(),
        "PI690305P310004020205100000020254004318060600005207088B42533B080832170200");
    // A device without a key sends its bare number.
    const terminal_serial_block bare{"04", "N7NL01933217", "", "", "310001", ""};
    EXPECT_EQ(write_terminal_serial(bare, form::field59).value(), "A2037010020402012N7NL0193321705008310001  ");
    // Field 57: the elements of field 62 with decimal lengths, and nothing in front.
    EXPECT_EQ(write_terminal_serial(second, form::field57).value(),
        "03005P3100040020205016000002025400431806006000052070088B42533B0800832170200");
    auto zeros = first;
    zeros.version_fill = '0';
    EXPECT_EQ(write_terminal_serial(zeros, form::field59).value(),
        "A206901002040202000000304N7NL01933217030061270260400801D5E54A0500831000100");
    EXPECT_EQ(filled_terminal_serial(zeros)->version, "31000100");
    EXPECT_EQ(filled_terminal_serial(second)->version, "32170200");
    for (const auto& [one, field] : {std::pair(form::field57, 57), {form::field59, 59}, {form::field62, 62}})
        EXPECT_EQ(field_of_terminal_serial(write_terminal_serial(second, one).value()), field);
    // What is written is read by the field's own format.
    const auto block = write_terminal_serial(first, form::field59).value();
    EXPECT_TRUE(find_subfield(field59_format(), as_bytes(block), tag_terminal_serial)->has_value());
}

TEST(TerminalSerialBlock, IsReadAsItStandsInItsField) {
    using form = terminal_serial_form;
    const auto t10 =
        read_terminal_serial("A206901002040202000000304N7NL01933217030061270260400801D5E54A05008310001  A3019"
                             "6221345678901234567",
            form::field59);
    ASSERT_TRUE(t10) << t10.error();
    EXPECT_EQ(t10->serial, "00000304N7NL01933217");
    EXPECT_EQ(t10->factor, "127026");
    EXPECT_EQ(t10->cryptogram, "01D5E54A");
    EXPECT_EQ(t10->version, "310001");
    const auto t11 = read_terminal_serial(
        "PI690305P310004020205100000020254004318060600005207088B42533B080832170200", form::field62);
    ASSERT_TRUE(t11) << t11.error();
    EXPECT_EQ(t11->licence, "P3100");
    EXPECT_EQ(t11->device_type, "02");
    EXPECT_EQ(t11->factor, "000052");
    const auto in_57 = read_terminal_serial(
        "03005P3100040020205016000002025400431806006000052070088B42533B0800832170200", form::field57);
    ASSERT_TRUE(in_57) << in_57.error();
    EXPECT_EQ(in_57->licence, "P3100");
    EXPECT_EQ(in_57->serial, "0000020254004318");
    EXPECT_EQ(in_57->cryptogram, "8B42533B");
    // A terminal in the field, with a result that nobody outside knows the key of.
    const auto seen =
        read_terminal_serial("A206501002020201600000202540043180300600005204008EC7CD42405008321702  ", form::field59);
    ASSERT_TRUE(seen) << seen.error();
    EXPECT_EQ(seen->cryptogram, "EC7CD424");
    EXPECT_TRUE(read_terminal_serial("A2037010020402012N7NL0193321705008310001  ", form::field59)->factor.empty());
    const auto fault = [](const char* field, form how) {
        const auto read = read_terminal_serial(field, how);
        return read ? std::string("none") : std::string(read.error().field());
    };
    EXPECT_EQ(fault("", form::field59), "A2");
    EXPECT_EQ(fault("A30016", form::field59), "A2");
    EXPECT_EQ(fault("A20070100204", form::field59), "serial");
    EXPECT_EQ(fault("A2006010090", form::field59), "01");
    EXPECT_EQ(fault("A200401x2", form::field59), "01");
    EXPECT_EQ(fault("", form::field57), "57");
    EXPECT_EQ(fault("0500x1", form::field57), "05");
    EXPECT_EQ(fault("05", form::field57), "05");
    EXPECT_EQ(fault("12PLAN", form::field62), "PI");
    EXPECT_EQ(fault("PI7040202", form::field62), "PI");
    EXPECT_EQ(fault("PI6040202", form::field62), "serial");
}

TEST(TerminalSerialBlock, SaysWhatIsWrong) {
    const auto field = [](const terminal_serial_block& block) {
        const auto made = write_terminal_serial(block, terminal_serial_form::field59);
        return made ? std::string("none") : std::string(made.error().field());
    };
    EXPECT_EQ(field({"04", "", "", "", "", ""}), "serial");
    EXPECT_EQ(field({"04", std::string(51, 'S'), "", "", "", ""}), "serial");
    EXPECT_EQ(field({"4", "S", "", "", "", ""}), "device_type");
    EXPECT_EQ(field({"0x", "S", "", "", "", ""}), "device_type");
    EXPECT_EQ(field({"04", "S", "127026", "", "", ""}), "cryptogram");
    EXPECT_EQ(field({"04", "S", "", "01D5E54A", "", ""}), "factor");
    EXPECT_EQ(field({"04", "S", "12702x", "01D5E54A", "", ""}), "factor");
    EXPECT_EQ(field({"04", "S", "", "", "release 310001", ""}), "none") << "the end counts";
}

} // namespace
} // namespace cipherlane::iso8583
