#include <cipherlane/core/hex.hpp>
#include <cipherlane/iso8583/codec.hpp>
#include <cipherlane/iso8583/composite.hpp>
#include <cipherlane/iso8583/cup_pos.hpp>
#include <cipherlane/iso8583/describe.hpp>
#include <cipherlane/iso8583/dialect_file.hpp>
#include <cipherlane/iso8583/errc.hpp>

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

namespace cipherlane::iso8583 {
namespace {

std::filesystem::path example() {
    const char* root = std::getenv("CIPHERLANE_SOURCE_DIR");
    return std::filesystem::path(root != nullptr ? root : ".") / "docs/examples/dialect.toml";
}

// Laid out by hand from the example's rows: length 103 packed, TPDU, header, type 0200, bitmap 3 4 11 22 41 48 49
// and a second one with 128. Field 48 is tag 01 with a number of 16 digits and tag 02 with a plan.
constexpr std::string_view message_digits = "0103"
                                            "6000010000"
                                            "0102"
                                            "0200"
                                            "F020040000818000"
                                            "0000000000000001"
                                            "16"
                                            "6222000000000000"
                                            "000000"
                                            "000000001234"
                                            "000007"
                                            "0051"
                                            "5445524D30312020"
                                            "0035"
                                            "3031303136"
                                            "36323232303030303030303030303030"
                                            "3032303039"
                                            "303630313235504C41"
                                            "0156"
                                            "0011223344556677";

TEST(DialectFile, TheExampleReadsAndWritesAMessage) {
    const auto loaded = loaded_dialect::load(example());
    ASSERT_TRUE(loaded) << loaded.error();
    const auto& table = loaded->table();
    EXPECT_TRUE(valid(table));
    EXPECT_EQ(table.name, "example-bank");
    const auto wire = *from_hex(message_digits);
    const auto view = decode(table, wire);
    ASSERT_TRUE(view) << view.error();
    EXPECT_EQ(view->header(), "0102");
    EXPECT_EQ(view->value(2), "6222000000000000");
    EXPECT_EQ(view->value(22), "051");
    EXPECT_EQ(view->value(41), "TERM01  ");
    EXPECT_EQ(view->value(49), "156");
    EXPECT_EQ(to_hex(view->mac()), "0011223344556677");
    EXPECT_EQ(to_hex(*encode(table, view->to_message())), message_digits);

    const auto* additional = table.field(48).inside;
    ASSERT_NE(additional, nullptr);
    const auto value = view->value(48);
    const auto plan = find_subfield(*additional, as_bytes(value), "02");
    ASSERT_TRUE(plan && *plan);
    EXPECT_EQ(as_text(*find_subfield(*additional->parts[1].inside, **plan, "02.2").value()), "0125");
}

TEST(DialectFile, WhatItHidesIsHidden) {
    const auto loaded = loaded_dialect::load(example());
    ASSERT_TRUE(loaded) << loaded.error();
    const auto wire = *from_hex(message_digits);
    const auto view = decode(loaded->table(), wire);
    ASSERT_TRUE(view) << view.error();
    const auto print = describe(*view);
    EXPECT_NE(print.find("622200******0000"), std::string::npos) << print;
    EXPECT_EQ(print.find("6222000000000000"), std::string::npos) << print;
    EXPECT_NE(print.find("loyalty number"), std::string::npos) << print;
    EXPECT_NE(print.find("interest in hundredths"), std::string::npos) << print;
}

TEST(DialectFile, ABuiltInTableCanBeChanged) {
    const auto loaded = loaded_dialect::parse(R"(
        name = "cup-pos-long"
        base = "cup-pos"
        [field.55]
        max = 999
        [field.58]
        remove = true
        [field.5]
        name = "amount in the card's currency"
        kind = "digits"
        encoding = "bcd"
        max = 12
    )");
    ASSERT_TRUE(loaded) << loaded.error();
    const auto& table = loaded->table();
    EXPECT_EQ(table.field(55).max, 999);
    EXPECT_EQ(table.field(55).inside, cup_pos().field(55).inside);
    EXPECT_FALSE(table.has(58));
    EXPECT_TRUE(table.has(5));
    EXPECT_EQ(table.field(35).mask, mask::secret);
    EXPECT_EQ(table.envelope.tpdu, tpdu_bytes);
    EXPECT_EQ(table.track_encryption_field, 53);
}

TEST(DialectFile, ACopySharesTheTable) {
    auto loaded = std::make_unique<loaded_dialect>(*loaded_dialect::load(example()));
    const loaded_dialect copy = *loaded;
    loaded.reset();
    EXPECT_EQ(copy.table().field(37).name, "reference number");
    EXPECT_EQ(copy.table().field(48).inside->parts[0].name, "loyalty number");
}

struct fault_case {
    const char* what;
    const char* text;
    iso8583_errc why;
    const char* path;
    std::size_t line;
};

class DialectFileFault : public ::testing::TestWithParam<fault_case> {};

TEST_P(DialectFileFault, IsNamedWithFileLineAndKey) {
    const auto& row = GetParam();
    const auto loaded = loaded_dialect::parse(row.text, "bank.toml");
    ASSERT_FALSE(loaded);
    EXPECT_EQ(loaded.error().code(), row.why) << loaded.error();
    EXPECT_EQ(loaded.error().field(), row.path);
    EXPECT_EQ(loaded.error().endpoint(), "bank.toml");
    EXPECT_EQ(loaded.error().offset(), row.line);
    EXPECT_TRUE(loaded.error().counts_lines());
    EXPECT_NE(loaded.error().hint(), "");
}

constexpr auto key = iso8583_errc::dialect_key;
constexpr auto bad = iso8583_errc::bad_dialect;
constexpr auto no_key = iso8583_errc::dialect_no_key;
constexpr auto unknown_key = iso8583_errc::dialect_unknown_key;

INSTANTIATE_TEST_SUITE_P(All, DialectFileFault,
    ::testing::Values(fault_case{"syntax", "name = \"a\"\nmti = = \n", iso8583_errc::dialect_syntax, "", 2},
        fault_case{"no_name", "[field.2]\nname=\"n\"\nkind=\"digits\"\nmax=4", no_key, "name", 1},
        fault_case{"no_field", "name = \"a\"", key, "base", 1},
        fault_case{"no_name_and_a_wrong_value", "mti = \"bdc\"\n[field.2]\nname=\"n\"\nkind=\"digits\"\nmax=4", key,
            "mti", 1},
        fault_case{"unknown_key",
            "name = \"a\"\nbitmap = \"hex\"\nfeld = 3\n[field.2]\nname=\"n\"\nkind=\"digits\"\nmax=4", unknown_key,
            "feld", 3},
        fault_case{"unknown_key_of_a_row", "name = \"a\"\n[field.2]\nname=\"n\"\nkind=\"digits\"\nmax=4\nmx = 3",
            unknown_key, "field.2.mx", 6},
        fault_case{
            "unknown_word", "name = \"a\"\n[field.2]\nname=\"n\"\nkind=\"number\"\nmax=4", key, "field.2.kind", 4},
        fault_case{"number_as_text", "name = \"a\"\n[field.2]\nname=\"n\"\nkind=\"digits\"\nmax=\"4\"", key,
            "field.2.max", 5},
        fault_case{"missing_max", "name = \"a\"\n[field.2]\nname=\"n\"\nkind=\"digits\"", no_key, "field.2.max", 2},
        fault_case{
            "too_large", "name = \"a\"\n[field.2]\nname=\"n\"\nkind=\"digits\"\nmax=65536", key, "field.2.max", 5},
        fault_case{"field_1", "name = \"a\"\n[field.1]\nname=\"n\"\nkind=\"digits\"\nmax=4", key, "field.1", 2},
        fault_case{
            "field_with_a_zero", "name = \"a\"\n[field.02]\nname=\"n\"\nkind=\"digits\"\nmax=4", key, "field.02", 2},
        fault_case{"prefix_too_short", "name = \"a\"\n[field.2]\nname=\"n\"\nkind=\"digits\"\nlength=\"ll\"\nmax=100",
            bad, "field.2.max", 6},
        fault_case{"min_above_max",
            "name = \"a\"\n[field.2]\nname=\"n\"\nkind=\"digits\"\nlength=\"ll\"\nmin=5\nmax=4", bad, "field.2.min",
            6},
        fault_case{"text_packed", "name = \"a\"\n[field.2]\nname=\"n\"\nkind=\"text\"\nencoding=\"bcd\"\nmax=4", bad,
            "field.2.encoding", 5},
        fault_case{"odd_without_padding",
            "name = \"a\"\n[field.2]\nname=\"n\"\nkind=\"digits\"\nencoding=\"bcd\"\nmax=3", bad, "field.2.padding",
            2},
        fault_case{"second_bitmap", "name = \"a\"\nbitmaps = 1\n[field.70]\nname=\"n\"\nkind=\"digits\"\nmax=4", bad,
            "field.70", 3},
        fault_case{
            "third_bitmap", "name = \"a\"\n[field.65]\nname=\"n\"\nkind=\"digits\"\nmax=4", bad, "field.65", 2},
        fault_case{"mac_without_row",
            "name = \"a\"\nmac_fields = [64]\n[field.2]\nname=\"n\"\nkind=\"digits\"\nmax=4", bad, "mac_fields", 2},
        fault_case{"mac_elsewhere", "name = \"a\"\nmac_fields = [63]\n[field.2]\nname=\"n\"\nkind=\"digits\"\nmax=4",
            key, "mac_fields", 2},
        fault_case{"track_switch",
            "name = \"a\"\ntrack_encryption_field = 2\n[field.2]\nname=\"n\"\nkind=\"digits\"\nmax=2", bad,
            "track_encryption_field", 2},
        fault_case{
            "mti", "name = \"a\"\nmti = \"hex\"\n[field.2]\nname=\"n\"\nkind=\"digits\"\nmax=4", key, "mti", 2},
        fault_case{"header", "name = \"a\"\n[envelope]\nheader = 65", key, "envelope.header", 3},
        fault_case{"monitor", "name = \"a\"\n[envelope]\nmonitor = \"optional-lri\"", bad, "envelope.monitor", 3},
        fault_case{"base", "name = \"a\"\nbase = \"iso88\"", key, "base", 2},
        fault_case{
            "remove_nothing", "name = \"a\"\nbase = \"cup-pos\"\n[field.5]\nremove = true", bad, "field.5.remove", 4},
        fault_case{"no_such_composite", "name = \"a\"\n[field.2]\nname=\"n\"\nkind=\"text\"\nmax=4\ninside=\"x\"",
            key, "field.2.inside", 6},
        fault_case{"composite_in_itself",
            "name = \"a\"\n[composite.x]\nstyle = \"positional\"\n[[composite.x.part]]\ntag=\"1\"\nname=\"n\"\n"
            "kind=\"text\"\nmax=4\ninside=\"x\"",
            key, "composite.x.part.inside", 9},
        fault_case{"tag_twice",
            "name = \"a\"\n[composite.x]\nstyle = \"ber-tlv\"\npart = [\n"
            "{tag=\"9F26\", name=\"n\", kind=\"binary\", max=8},\n{tag=\"9F26\", name=\"n\", kind=\"binary\", "
            "max=8}]",
            bad, "composite.x.part.tag", 6},
        fault_case{"tag_of_another_size",
            "name = \"a\"\n[composite.x]\nstyle = \"tagged\"\ntag_bytes = 2\nlength_bytes = 3\npart = [\n"
            "{tag=\"A\", name=\"n\", kind=\"binary\", max=8}]",
            key, "composite.x.part.tag", 7},
        fault_case{"name_of_a_known_composite", "name = \"a\"\n[composite.emv]\nstyle = \"ber-tlv\"", key,
            "composite.emv", 2}),
    [](const auto& each) { return std::string(each.param.what); });

TEST(DialectFile, AMissingFileIsSaidByItsName) {
    const auto loaded = loaded_dialect::load("no/such/bank.toml");
    ASSERT_FALSE(loaded);
    EXPECT_EQ(loaded.error().code(), iso8583_errc::no_dialect_file);
    EXPECT_EQ(loaded.error().endpoint(), "no/such/bank.toml");
    EXPECT_FALSE(loaded_dialect::load(std::filesystem::temp_directory_path())); // a folder
}

} // namespace
} // namespace cipherlane::iso8583
