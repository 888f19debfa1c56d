// Typed requests to literal bytes, for both ends of the family.
#include "command/bind.hpp"

#include <cipherlane/core/hex.hpp>
#include <cipherlane/hsm/errc.hpp>
#include <cipherlane/hsm/operations.hpp>
#include <cipherlane/hsm/pos_mac.hpp>

#include <gtest/gtest.h>

#include <algorithm>

namespace cipherlane::hsm {
namespace {

const key tpk("U1EF828AA8F6B80EB83E19FBC373F3A85");
const key raw_tpk("1EF828AA8F6B80EB83E19FBC373F3A85");
const key zpk("BAB32D775A38E4AB");
const bytes block = {0xF7, 0x80, 0x8F, 0x2C, 0xBE, 0xC6, 0x31, 0x68};

reply bound(const char* profile_name, const operation_request& request) {
    reply made;
    made.dialect = profile::builtin(profile_name).value();
    bytes out;
    auto good = encode_call(request, made, out);
    EXPECT_TRUE(good) << good.error();
    return made;
}

std::string wire(const char* profile_name, const operation_request& request) {
    reply made;
    made.dialect = profile::builtin(profile_name).value();
    bytes out;
    auto good = encode_call(request, made, out);
    EXPECT_TRUE(good) << good.error();
    return made.dialect->raw_keys ? to_hex(out) : std::string(as_text(out));
}

error refusal(const char* profile_name, const operation_request& request) {
    reply made;
    made.dialect = profile::builtin(profile_name).value();
    bytes out{'x'};
    auto good = encode_call(request, made, out);
    EXPECT_FALSE(good);
    EXPECT_EQ(out.size(), 1U) << "refused, but left something behind";
    return good.error();
}

account whole_card() {
    return {pan::parse("6225500000253219").value()};
}

TEST(Request, TranslatePin) {
    translate_pin_request request(tpk, zpk, block, account::digits("550000025321"));
    EXPECT_EQ(wire("payshield", request),
        "CAU1EF828AA8F6B80EB83E19FBC373F3A85BAB32D775A38E4AB12F7808F2CBEC631680101550000025321");
    request.from_type(key_type::zpk).formats(pin_format::diebold, pin_format::diebold);
    EXPECT_EQ(wire("payshield", request),
        "CCU1EF828AA8F6B80EB83E19FBC373F3A85BAB32D775A38E4AB12F7808F2CBEC631680303550000025321");
}

TEST(Request, TranslatePinTakesTheAccountFromThePan) {
    translate_pin_request request(raw_tpk, zpk, block, whole_card());
    EXPECT_EQ(wire("sjj1312", request), "D124101EF828AA8F6B80EB83E19FBC373F3A8508BAB32D775A38E4AB0101F7808F2CBEC63168"
                                        "3535303030303032353332313B353530303030303235333231");
}

TEST(Request, APinFormatWithoutACodeIsUnsupported) {
    translate_pin_request request(raw_tpk, zpk, block, whole_card());
    request.formats(pin_format::iso0, pin_format::iso4);
    const auto why = refusal("sjj1312", request);
    EXPECT_TRUE(why.is(condition::unsupported));
    EXPECT_EQ(why.field(), "pin_format iso4");
}

TEST(Request, GenerateAndExport) {
    generate_and_export_key_request request(key_type::tpk, key_type::tmk, key("U1457FF6ADF6250C66C368416B4C9D383"));
    EXPECT_EQ(wire("payshield", request), "HCU1457FF6ADF6250C66C368416B4C9D383;XU1");
    generate_and_export_key_request zone(key_type::zpk, key_type::zmk, key("U1457FF6ADF6250C66C368416B4C9D383"));
    EXPECT_EQ(wire("payshield", zone), "A01001UU1457FF6ADF6250C66C368416B4C9D383X");
    generate_and_export_key_request raw(key_type::tak, key_type::tmk, key("1457FF6ADF6250C66C368416B4C9D383"));
    EXPECT_EQ(wire("sjj1312", raw), "D1071012FFFF101457FF6ADF6250C66C368416B4C9D383");
}

TEST(Request, ImportExportAndCheck) {
    import_key_request import(
        key_type::zpk, key("U71979DEB8587E2734F1E99D5DCAEF9AC"), key("XC8E3118AFA853807EB7E92294663A5BA"));
    EXPECT_EQ(wire("payshield", import), "A6001U71979DEB8587E2734F1E99D5DCAEF9ACXC8E3118AFA853807EB7E92294663A5BAU");
    export_key_request out(
        key_type::tpk, key("U1457FF6ADF6250C66C368416B4C9D383"), key("7BB126F2BE631486"), key_scheme_name::single);
    EXPECT_EQ(wire("payshield", out), "A8002U1457FF6ADF6250C66C368416B4C9D3837BB126F2BE631486Z");
    EXPECT_EQ(
        wire("payshield", check_value_request(key_type::tpk, key("0406FBB23A5214DF"))), "BU0200406FBB23A5214DF");
    EXPECT_EQ(wire("payshield", check_value_request(key_type::zpk, tpk)), "BU011U1EF828AA8F6B80EB83E19FBC373F3A85");
    EXPECT_EQ(
        wire("payshield", check_value_request(key_type::cvk, tpk)), "BUFF1U1EF828AA8F6B80EB83E19FBC373F3A85;402");

    import_key_request raw(key_type::tpk, raw_tpk, key("00112233445566778899AABBCCDDEEFF"));
    raw.expect(from_hex("A1A2A3A4").value());
    EXPECT_EQ(wire("sjj1312", raw),
        "D1021010FFFF1EF828AA8F6B80EB83E19FBC373F3A8500112233445566778899AABBCCDDEEFF04A1A2A3A4");
    EXPECT_TRUE(refusal("sjj1312", import_key_request(key_type::tak, raw_tpk, raw_tpk)).is(condition::unsupported));
}

TEST(Request, FormKeyWhereTheCommandNamesNoType) {
    const key parts[] = {raw_tpk, key("00112233445566778899AABBCCDDEEFF")};
    EXPECT_EQ(
        wire("sjj1312", form_key_request(key_type::dek, parts)), "D00C1002" + parts[0].text() + parts[1].text());
    const auto why = refusal("sjj1312", form_key_request(key_type::zmk, parts));
    EXPECT_TRUE(why.is(condition::unsupported));
    EXPECT_EQ(why.field(), "key_type");
    const key tagged[] = {tpk, tpk};
    EXPECT_EQ(wire("payshield", form_key_request(key_type::zmk, tagged)), "A42000U" + tpk.text() + tpk.text());
}

TEST(Request, Mac) {
    const auto data = as_bytes("0123456789ABCDEF");
    make_mac_request request(key_type::tak, tpk, mac_algorithm::x99, data);
    EXPECT_EQ(wire("payshield", request), "M600111003U1EF828AA8F6B80EB83E19FBC373F3A8500100123456789ABCDEF");
    verify_mac_request verify(key_type::tak, tpk, mac_algorithm::x919, data, bytes{1, 2, 3, 4}, 4, padding::mark);
    EXPECT_EQ(wire("payshield", verify), "M800032003U1EF828AA8F6B80EB83E19FBC373F3A8500100123456789ABCDEF01020304");
    make_mac_request raw(key_type::tak, raw_tpk, mac_algorithm::x99, data);
    EXPECT_EQ(wire("sjj1312", raw),
        "D13202101EF828AA8F6B80EB83E19FBC373F3A850000000000000000001030313233343536373839414243444546");
}

// Four bytes of a MAC are guessed at once in four thousand million tries, one byte in 256.
TEST(Request, TheSenderOfAMacDoesNotChooseItsLength) {
    const auto mac = from_hex("0102030405060708").value();
    for (const char* name : {"payshield", "sjj1312"}) {
        const auto& tak = name[0] == 'p' ? tpk : raw_tpk;
        for (const std::size_t came : {0U, 1U, 4U, 7U}) {
            const auto why = refusal(name,
                verify_mac_request(key_type::tak, tak, mac_algorithm::x99, block, byte_view(mac).first(came), 8));
            EXPECT_EQ(why.code(), make_error_code(hsm_errc::bad_length)) << name << " " << came;
            EXPECT_EQ(why.field(), "mac") << name << " " << came;
        }
        const auto one =
            verify_mac_request(key_type::tak, tak, mac_algorithm::x99, block, byte_view(mac).first(1), 1);
        EXPECT_EQ(refusal(name, one).field(), "mac") << "nor does the receiver choose one byte";
    }
}

TEST(Request, PosMacIsOneCbcMacOverTheFoldedText) {
    // Two blocks whose XOR is 0F..0F.
    const auto mab = from_hex("00000000000000000F0F0F0F0F0F0F0F").value();
    auto request = pos_mac_request(*profile::builtin("sjj1312").value(), raw_tpk, mab);
    ASSERT_TRUE(request) << request.error();
    EXPECT_EQ(wire("sjj1312", *request), "D13202101EF828AA8F6B80EB83E19FBC373F3A8500000000000000000010"
                                         "30463046304630463046304630463046");
    EXPECT_EQ(as_text(pos_mac_field({short_bytes(from_hex("84C8B24100000000").value())})), "84C8B241");
}

TEST(Request, WhatADialectCannotDoIsUnsupported) {
    EXPECT_TRUE(refusal("sjj1312", diagnose_request()).is(condition::unsupported));
    EXPECT_TRUE(refusal("payshield", sm3_request(block)).is(condition::unsupported));
}

TEST(Reply, ARefusalSaysCodeMeaningAndFinding) {
    import_key_request request(
        key_type::zpk, key("U71979DEB8587E2734F1E99D5DCAEF9AC"), key("XC8E3118AFA853807EB7E92294663A5BA"));
    auto made = bound("payshield", request);
    const codec engine(made.dialect);
    made.status = engine.decode_answer(*made.command, as_bytes("A726"), made.asked, made.values).value();
    auto status = check_status(made);
    ASSERT_FALSE(status);
    EXPECT_TRUE(status.error().is(condition::rejected_by_peer));
    EXPECT_EQ(status.error().peer_code(), "26");
    EXPECT_EQ(status.error().field(), "wrapped_key X 32, scheme U");
    EXPECT_NE(explain(*made.dialect, status.error()).find("Atalla"), std::string::npos);
    EXPECT_EQ(status.error().to_string().find("C8E3"), std::string::npos);
}

/// The refusal of a command with these fields.
error refused(const char* dialect, const char* code, std::vector<std::pair<const char*, const char*>> fields,
    const char* status) {
    reply made;
    made.dialect = profile::builtin(dialect).value();
    made.command = made.dialect->command(code);
    for (const auto& [name, value] : fields)
        made.asked.set(field_name(name), std::string_view(value));
    made.status.what = answer_status::kind::refused;
    made.status.code = std::string_view(status);
    return check_status(made).error();
}

TEST(Reply, TheParityOfClearKeysIsFoundHere) {
    const auto component = refused("sjj1310", "AM",
        {{"clear_component1", "U0123456789ABCDEFFEDCBA9876543210"},
            {"clear_component2", "U0023456789ABCDEFFEDCBA9876543211"}},
        "10");
    EXPECT_EQ(component.field(), "clear_component2: 2 bytes even");
    EXPECT_EQ(component.to_string().find("0023"), std::string::npos);
    EXPECT_EQ(
        refused("sjj1312", "D1 08", {{"clear_key", "0123456789ABCDEE"}}, "77").field(), "clear_key: 1 bytes even");
    EXPECT_EQ(refused("sjj1312", "D1 08", {{"clear_key", "0123456789ABCDEF"}}, "77").field(), "");
}

TEST(Reply, OneCodeMeansAnotherThingForEachCommand) {
    const auto text = [](const char* dialect, const char* code, const char* status) {
        const auto found = profile::builtin(dialect).value();
        return std::string(found->meaning(*found->command(code), status));
    };
    EXPECT_NE(text("payshield", "A4", "10"), text("payshield", "CA", "10"));
    EXPECT_NE(text("payshield", "KQ", "05"), text("payshield", "M6", "05"));
    EXPECT_NE(text("payshield", "A6", "26"), text("payshield-kb", "A6", "26"));
    EXPECT_NE(text("payshield", "GM", "05"), text("payshield", "BU", "05"));
    // Every command that takes a key says what a key of wrong parity is for it.
    for (const auto& name : profile::builtin_names()) {
        const auto dialect = profile::builtin(name).value();
        if (dialect->frame.answers == framing::style::flag || name == "payshield-kb") continue;
        for (const auto& command : dialect->commands) {
            const bool keyed = std::any_of(command.request.begin(), command.request.end(),
                [](const field_spec& f) { return f.kind == field_kind::key && !f.label.starts_with("clear_"); });
            EXPECT_TRUE(!keyed || command.errors.contains("10")) << name << " " << command.code;
        }
    }
}

TEST(Reply, OutOfServiceAndMismatchAreToldApart) {
    verify_mac_request request(key_type::tak, tpk, mac_algorithm::x99, block, block, 8);
    auto made = bound("payshield", request);
    const codec engine(made.dialect);
    made.status = engine.decode_answer(*made.command, as_bytes("M901"), made.asked, made.values).value();
    EXPECT_FALSE(verification::from(made).value().right);
    made.status = engine.decode_answer(*made.command, as_bytes("M917"), made.asked, made.values).value();
    EXPECT_EQ(verification::from(made).error().code(), make_error_code(hsm_errc::out_of_service));
    made.status = engine.decode_answer(*made.command, as_bytes("M900"), made.asked, made.values).value();
    EXPECT_TRUE(verification::from(made).value().right);
}

TEST(Reply, ACodeThatACommandExplainsByItselfIsAboutTheRequest) {
    reply made;
    made.dialect = profile::builtin("payshield").value();
    made.command = made.dialect->command("A4");
    made.status.what = answer_status::kind::refused;
    made.status.code = std::string_view("17");
    EXPECT_EQ(check_status(made).error().code(), make_error_code(hsm_errc::refused));
    made.command = made.dialect->command("CA");
    EXPECT_EQ(check_status(made).error().code(), make_error_code(hsm_errc::out_of_service));
}

/// What a typed caller sees of an answer.
template <class Request>
auto seen(const char* dialect, const Request& request, std::string_view answer) {
    auto made = bound(dialect, request);
    made.status = codec(made.dialect).decode_answer(*made.command, as_bytes(answer), made.asked, made.values).value();
    return Request::response::from(made).value();
}

TEST(Reply, AWarningReachesTheTypedCaller) {
    const import_key_request import(key_type::zpk, tpk, tpk);
    const auto key = seen("payshield", import, "A701U1EF828AA8F6B80EB83E19FBC373F3A856F1E3F");
    EXPECT_EQ(key.warning, "01");
    EXPECT_EQ(key.under_lmk.text(), "U1EF828AA8F6B80EB83E19FBC373F3A85");
    EXPECT_TRUE(seen("payshield", import, "A700U1EF828AA8F6B80EB83E19FBC373F3A856F1E3F").warning.empty());

    const ibm_3624 method{"0123456789012345", "550000025N21", 4};
    const verify_pin_ibm_request verify(
        key_type::tpk, tpk, zpk, block, pin_format::iso0, account::digits("550000025321"), method, "1234FFFFFFFF");
    const auto right = seen("payshield", verify, "DB02");
    EXPECT_TRUE(right.right);
    EXPECT_EQ(right.warning, "02");
    EXPECT_TRUE(seen("payshield", verify, "DB00").warning.empty());
    const auto wrong = seen("payshield", verify, "DB01");
    EXPECT_FALSE(wrong.right);
    EXPECT_TRUE(wrong.warning.empty());

    const make_offset_request offset(
        key_type::tpk, tpk, zpk, block, pin_format::iso0, account::digits("550000025321"), method);
    const auto made = seen("payshield", offset, "BL021234FFFFFFFF");
    EXPECT_EQ(made.warning, "02");
    EXPECT_EQ(made.digits, "1234FFFFFFFF");
}

TEST(Reply, WestoneMacIsComparedToItsLastByte) {
    verify_mac_request request(
        key_type::tak, raw_tpk, mac_algorithm::x99, block, from_hex("D1D2D3D4D5D6D7D8").value(), 8);
    auto made = bound("sjj1312", request);
    const codec engine(made.dialect);
    const auto right = from_hex("41D1D2D3D4D5D6D7D8").value();
    made.status = engine.decode_answer(*made.command, right, made.asked, made.values).value();
    EXPECT_TRUE(verification::from(made).value().right);
    const auto wrong = from_hex("41D1D2D3D4D5D6D7D9").value();
    made.status = engine.decode_answer(*made.command, wrong, made.asked, made.values).value();
    EXPECT_FALSE(verification::from(made).value().right);
    made.status = engine.decode_answer(*made.command, bytes{'E', 0x77}, made.asked, made.values).value();
    EXPECT_FALSE(verification::from(made).value().right);
    made.status = engine.decode_answer(*made.command, bytes{'E', 0x68}, made.asked, made.values).value();
    EXPECT_TRUE(verification::from(made).error().is(condition::rejected_by_peer));
}

} // namespace
} // namespace cipherlane::hsm
