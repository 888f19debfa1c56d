// Entries of a profile that do not go together: each fault names the entry, its line and what would be right.
#include <cipherlane/core/hex.hpp>
#include <cipherlane/hsm/codec.hpp>
#include <cipherlane/hsm/errc.hpp>
#include <cipherlane/hsm/pos_mac.hpp>

#include <gtest/gtest.h>

namespace cipherlane::hsm {
namespace {

struct fault {
    const char* text; ///< behind `base` and `name`, from line 3 on
    const char* field;
    std::size_t line; ///< 0: the entry is the base's
    const char* right;
    const char* base = "payshield";
};

void expect_faults(std::initializer_list<fault> all) {
    for (const auto& each : all) {
        const auto made = profile::parse("base = \"" + std::string(each.base) + "\"\nname = \"x\"\n" + each.text);
        ASSERT_FALSE(made) << each.text;
        EXPECT_EQ(made.error().code(), make_error_code(hsm_errc::profile_value)) << each.text;
        EXPECT_EQ(made.error().field(), each.field) << each.text;
        EXPECT_EQ(made.error().offset().value_or(0), each.line) << each.text;
        const auto why = made.error(); // what it says lives as long as it does
        const auto said = why.hint();
        EXPECT_NE(said.find(each.right), std::string_view::npos) << each.text << ": " << said;
    }
}

TEST(ProfileCheck, NamesThatTypedCallsUseAreAClosedSet) {
    expect_faults({
        {"[codes.pin_format]\nis03 = \"46\"", "codes.pin_format.is03", 4, "iso0 iso1 iso2 iso3"},
        {"[codes.scheme]\ndubble = \"U\"", "codes.scheme.dubble", 4, "single double"},
        {"[codes.mac_algorithm]\nx9_19 = \"4\"", "codes.mac_algorithm.x9_19", 4, "x99 x919"},
        {"[codes.padding]\nzeroes = \"3\"", "codes.padding.zeroes", 4, "none zeros mark"},
        {"[codes.cipher_mode]\nctr = \"04\"", "codes.cipher_mode.ctr", 4, "ecb cbc cfb ofb"},
        {"[codes.arqc_mode]\nboth = \"2\"", "codes.arqc_mode.both", 4, "verify answer"},
        {"[key_type]\ntkp = { code = \"70D\" }", "key_type.tkp", 4, "extra = true"},
        {"[[operation.translate_pin]]\nwhen = { sorce_type = \"tpk\" }\ncommand = \"CA\"",
            "operation.translate_pin.when.sorce_type", 4, "source_type source_key"},
        {"[[operation.translate_pin]]\nwhen = { source_type = \"tkp\" }\ncommand = \"CA\"",
            "operation.translate_pin.when.source_type", 4, "zmk zpk tpk"},
        {"[[operation.make_mac]]\nmethod = \"compare\"\ncommand = \"M6\"", "operation.make_mac.method", 4,
            "verify_mac"},
        {"[[operation.verify_mac]]\nmethod = \"comparre\"\ncommand = \"M6\"", "operation.verify_mac.method", 4,
            "compare"},
    });
    EXPECT_TRUE(
        profile::parse("base = \"payshield\"\nname = \"x\"\n[key_type]\nhouse = { code = \"70D\", extra = true }"));
}

TEST(ProfileCheck, CodesAreUnique) {
    expect_faults({
        {"[codes.pin_format]\niso3 = \"01\"", "codes.pin_format.iso3", 4, "01 is iso0"},
        {"[codes.mac_algorithm]\nx99 = \"3\"", "codes.mac_algorithm.x99", 4, "3 is x919"},
        {"[codes.cipher_mode]\ncbc = \"00\"", "codes.cipher_mode.cbc", 4, "00 is ecb"},
        {"[codes.house]\none = \"1\"\ntwo = \"1\"", "codes.house.one", 4, "1 is two"},
    });
    // Sizes of keys share a tag, types a place.
    EXPECT_TRUE(profile::parse("base = \"payshield\"\nname = \"x\"\n[codes.scheme]\ndouble_ecb = \"U\"\n"
                               "[key_type]\ntak = { code = \"002\", pair = 14 }"));
}

TEST(ProfileCheck, CodesOfKeyTypesHaveOneDoor) {
    expect_faults({
        {"[codes.key_type]\nzpj = \"001\"", "codes.key_type.zpj", 4, "[key_type] zpj = { code"},
        {"[codes.key_type]\nzpk = \"002\"", "codes.key_type.zpk", 4, "[key_type] zpk = { code"},
        {"[codes.key_type2]\nzpk = \"02\"", "codes.key_type2.zpk", 4, "{ short"},
        {"[codes.key_usage]\nzpk = \"71\"", "codes.key_usage.zpk", 4, "{ usage", "payshield-kb"},
        {"[key_type]\nzpk = { code = \"002\" }", "key_type.zpk.code", 4, "pair = 14, variant = 0"},
        {"[key_type]\nhouse = { code = \"000\", extra = true }", "key_type.house.code", 4, "000 is zmk"},
    });
    // Where all types have one code, as under a key block's master key, it tells no place.
    EXPECT_TRUE(profile::parse(
        "base = \"payshield-kb\"\nname = \"x\"\n[key_type]\nhouse = { code = \"FFF\", extra = true }"));
}

TEST(ProfileCheck, CodesAreAsWideAsTheirFields) {
    expect_faults({
        {"[codes.pin_format]\niso3 = \"146\"", "codes.pin_format.iso3", 4, "of 2 digits"},
        {"[codes.pin_format]\niso3 = \"4\"", "codes.pin_format.iso3", 4, "of 2 digits"},
        {"[codes.pin_format]\niso3 = \"4A\"", "codes.pin_format.iso3", 4, "of 2 digits"},
        {"[codes.padding]\nmark = \"02\"", "codes.padding.mark", 4, "of 1 digits"},
        {"[key_type]\ntpk = { code = \"70\" }", "key_type.tpk.code", 4, "of 3 characters"},
        {"[key_type]\ntpk = { code = \"70D\", short = \"FFF\" }", "key_type.tpk.short", 4, "of 2 characters"},
        {"[codes.pin_format]\niso1 = \"0102\"", "codes.pin_format.iso1", 4, "of 1 bytes in hex", "sjj1312"},
        {"[codes.pin_format]\niso1 = \"x2\"", "codes.pin_format.iso1", 4, "of 1 bytes in hex", "sjj1312"},
        {"[command.QX]\nrequest = \"format:N3@pin_format\"", "command.QX.request format", 4, "diebold is 03"},
        {"[codes.house]\none = \"1\"\n[command.QX]\nrequest = \"a:N1@house=2\"", "command.QX.request a", 6,
            "one of the table's codes"},
        {"[codes.scheme]\ndouble = \"Q\"", "codes.scheme.double", 4, "[scheme]"},
    });
}

/// Each fault of a layout says what would be right.
TEST(ProfileCheck, LayoutsAreToldInWords) {
    const struct {
        const char* request;
        const char* field;
        const char* right;
    } cases[] = {
        {"a:N1 a:N1", "a", "stands twice"},
        {"a", "a", "NAME:TYPE"},
        {"a:Q4", "a:Q4", "allowed: N, A, H, B"},
        {"a:N4x", "a:N4x", "allowed: N, A, H, B"},
        {"a:H4=0x", "a:H4=0x", "hex digits"},
        {"[b:N1", "]", "not closed"},
        {"b:N1 ]", "]", "no [ stands"},
        {"[b=1: c:N1]", "b=1", "no field of this name"},
        {"b:N1 [b~1: c:N1]", "b~1", "NAME=VALUE"},
        {"'", "'", "' at its end"},
        {"a:A#", "a", "NAME:len"},
        {"b:N1 a:H16|32(b)", "a", "a key, or a field with a table"},
    };
    for (const auto& each : cases) {
        const auto made =
            profile::parse("name = \"x\"\n[command.QX]\nrequest = \"" + std::string(each.request) + "\"");
        ASSERT_FALSE(made) << each.request;
        const auto why = made.error();
        EXPECT_EQ(why.field(), "command.QX.request " + std::string(each.field)) << each.request;
        EXPECT_NE(why.hint().find(each.right), std::string_view::npos) << each.request << ": " << why;
    }
}

TEST(ProfileCheck, FieldNamesAreUniqueInALayout) {
    for (const auto* text : {"a:N1 a:N1", "a:N1 [b:N1] [';' a:N2]", "[m=1: a:N1] [m=1|2: a:N2]",
             "[m=1: a:N1] [m!=2: a:N2]", "[m>=1: a:N1] [m>=2: a:N2]"}) {
        const auto made = profile::parse("name = \"x\"\n[command.QX]\nrequest = \"m:N1 " + std::string(text) + "\"");
        ASSERT_FALSE(made) << text;
        EXPECT_EQ(made.error().field(), "command.QX.request a") << text;
        EXPECT_EQ(made.error().offset(), 3U) << text;
    }
    for (const auto* text :
        {"[m=1: a:N1] [m=2|3: a:N2]", "[m=1: a:N1] [m!=1|2: a:N2]", "[m=0: [n=0: a:N1] [n=1: a:N2]]"}) {
        EXPECT_TRUE(profile::parse("name = \"x\"\n[command.QX]\nrequest = \"m:N1 n:N1 " + std::string(text) + "\""))
            << text;
    }
    const auto twice =
        profile::parse("base = \"payshield\"\nname = \"x\"\n[command.QX]\nrequest = \"source_key:K source_key:K\"");
    ASSERT_FALSE(twice);
    EXPECT_EQ(twice.error().field(), "command.QX.request source_key");
}

TEST(ProfileCheck, ACommandHasWhatItsOperationNeeds) {
    const std::string whole = "source_key:K target_key:K source_format:N2@pin_format target_format:N2@pin_format "
                              "account:N12 pin_block:H16";
    const auto bound = [&](const std::string& request, const std::string& answer) {
        return profile::parse("base = \"payshield\"\nname = \"x\"\n[command.QX]\nrequest = \"" + request +
                              "\"\nanswer = \"" + answer + "\"\n[[operation.translate_pin]]\ncommand = \"QX\"");
    };
    ASSERT_TRUE(bound(whole, "pin_block:H16"));
    const struct {
        std::string request;
        const char* answer;
        const char* right;
    } cases[] = {
        {"source_key:K target_key:K pin_block:H16", "pin_block:H16", "QX has no field for account"},
        {"source_key:K account:N12 pin_block:H16", "pin_block:H16", "QX has no field for target_key"},
        {whole + " level:N2", "pin_block:H16", "QX: level has no value: a default or set"},
        {whole, "block:H16", "QX answers without pin_block"},
    };
    for (const auto& each : cases) {
        const auto made = bound(each.request, each.answer);
        ASSERT_FALSE(made) << each.request;
        EXPECT_EQ(made.error().field(), "operation.translate_pin.command") << each.request;
        EXPECT_EQ(made.error().offset(), 6U) << each.request;
        EXPECT_EQ(made.error().hint(), each.right);
    }
    EXPECT_TRUE(bound(whole + " level:N2=07", "pin_block:H16"));
    EXPECT_TRUE(bound(whole + " [';' level:N2]", "pin_block:H16"));
}

TEST(ProfileCheck, StatusesSourcesAndQuirksAreReadToTheLetter) {
    expect_faults({
        {"out_of_service = [\"171\"]", "out_of_service", 3, "two characters"},
        {"[command.QX]\nmismatch = [\"1\"]", "command.QX.mismatch", 4, "two characters"},
        {"[command.QX]\nerrors = { \"001\" = \"no\" }", "command.QX.errors.001", 4, "two characters"},
        {"[errors]\n\"1\" = \"no\"", "errors.1", 4, "two characters"},
        {"[status_group]\nfirst_key = [\"100\"]", "status_group.first_key", 4, "two characters"},
        {"[source]\nacount = { from = [\"card\"] }", "source.acount", 4, "a field of a command"},
        {"[source]\naccount = { from = [\"crad\"] }", "source.account.from", 4, "typed calls"},
        {"[source]\n\"@nosuch\" = { from = [\"card\"] }", "source.@nosuch", 4, "@ and a table"},
        {"[quirks]\nimport_key_type = \"tkp\"", "quirks.import_key_type", 4, "[key_type]", "sjj1312"},
        {"[quirks]\nimport_checks_parity = \"perhaps\"", "quirks.import_checks_parity", 4, "yes no", "sjj1312"},
        {"[quirks]\nkey_index_digits = \"12\"", "quirks.key_index_digits", 4, "1 to 9"},
        {"[quirks]\nkey_index_digits = \"3\"", "quirks.key_index_digits", 4, "key_marks.stored", "sjj1312"},
        {"[command.QX]\nrequest = \"key:K~\"", "command.QX.request key", 4, "key_marks.serial", "sjj1312"},
        {"[key_marks]\nstored = \"KK\"", "key_marks.stored", 4, "one character"},
        {"[key_marks]\ndescription = 0", "key_marks.description", 4, "digits that describe it"},
        {"[frame]\nrefused = \"A\"", "frame.refused", 4, "another character", "sjj1312"},
        {"[codes.scheme]\ndouble = \"T\"", "codes.scheme.double", 4, "T has 48 digits; allowed: a scheme of 32"},
        {"[codes.mac_key]\ntak = \"1\"", "codes.mac_key.tak", 4, "1 is zak already"},
        {"[scheme]\nU = { digits = 33 }", "scheme.U.digits", 4, "found 33, allowed: 16, 32, 48, 64"},
        {"[key_type]\nzpk = { pair = 99 }", "key_type.zpk.pair", 4, ""},
        {"[key_type]\nzpk = { pair = 7 }", "key_type.zpk.pair", 4, "even numbers"},
    });
}

TEST(ProfileCheck, WhatRefusalsAreAboutIsTheProfilesToSay) {
    const auto dialect =
        profile::parse("base = \"payshield\"\nname = \"x\"\n[status_group]\nfirst_key = [\"9Z\"]").value();
    reply made;
    made.dialect = dialect;
    made.command = dialect->command("CC");
    made.asked.set(field_name("source_key"), "U1EF828AA8F6B80EB83E19FBC373F3A85");
    made.asked.set(field_name("target_key"), "BAB32D775A38E4AB");
    made.status.what = answer_status::kind::refused;
    const auto finding = [&](std::string_view status) {
        made.status.code = status;
        return std::string(check_status(made).error().field());
    };
    EXPECT_EQ(finding("9Z"), "source_key U 32");
    EXPECT_EQ(finding("11"), "target_key untagged 16");
    EXPECT_EQ(finding("10"), "");
}

TEST(ProfileCheck, ThePosMacIsTheUnitsOwnWhereABindingMakesIt) {
    EXPECT_TRUE(profile::builtin("sjl05").value()->can(operation::make_mac, "mac_algorithm", "unionpay"));
    EXPECT_TRUE(profile::builtin("sjl06").value()->can(operation::make_mac, "mac_algorithm", "unionpay"));
    EXPECT_FALSE(profile::builtin("sjj1310").value()->can(operation::make_mac, "mac_algorithm", "unionpay"));
    EXPECT_FALSE(profile::builtin("payshield").value()->can(operation::make_mac, "mac_algorithm", "unionpay"));
    EXPECT_TRUE(profile::builtin("payshield").value()->can(operation::make_mac, "mac_algorithm", "x919"));
}

TEST(ProfileCheck, ASerialNumberGoesWithTypesThatKeysAreDerivedFrom) {
    const auto derives = [](const char* text) {
        const auto dialect = profile::parse("base = \"payshield\"\nname = \"x\"\n" + std::string(text)).value();
        const auto& fields = dialect->command("M0")->request;
        for (const auto& item : fields) {
            if (item.kind == field_kind::group && item.subject == field_name("key_type")) return item.values.size();
        }
        return std::size_t{0};
    };
    EXPECT_EQ(derives(""), 3U);
    EXPECT_EQ(derives("[key_type]\nhouse = { code = \"70D\", dukpt = true, extra = true }"), 4U);
    const auto blocks = profile::builtin("payshield-kb").value();
    for (const auto& item : blocks->command("M0")->request) {
        if (item.kind == field_kind::group && item.subject == field_name("key_type")) {
            EXPECT_EQ(item.values, (std::vector<bytes>{{'n', 'o', 'n', 'e'}})) << "FFF says nothing of the type";
        }
    }
}

} // namespace
} // namespace cipherlane::hsm
