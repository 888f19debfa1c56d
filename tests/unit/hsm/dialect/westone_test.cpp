// The Westone binary dialect, byte by byte from the published table: nothing here comes from our own simulator.
#include <cipherlane/core/hex.hpp>
#include <cipherlane/hsm/codec.hpp>
#include <cipherlane/hsm/errc.hpp>

#include <gtest/gtest.h>

#include <algorithm>

namespace cipherlane::hsm {
namespace {

using literals::operator""_f;

constexpr std::string_view single_key = "0123456789ABCDEF";
constexpr std::string_view double_key = "00112233445566778899AABBCCDDEEFF";
constexpr std::string_view other_key = "FFEEDDCCBBAA99887766554433221100";
constexpr std::string_view kcv = "A1A2A3A4A5A6A7A8";

struct field_value {
    const char* name;
    std::string value; ///< hex where `hex`, else characters
    bool hex = false;
};

struct westone_row {
    const char* command;
    std::vector<field_value> asked;
    std::string request;
    std::vector<field_value> answered;
    std::string answer;
};

std::string join(std::initializer_list<std::string_view> parts) {
    std::string whole;
    for (auto part : parts) {
        whole += part;
    }
    return whole;
}

void fill(field_set& set, const std::vector<field_value>& from) {
    for (const auto& each : from) {
        const auto name = field_name(each.name);
        if (each.hex) {
            set.set(name, from_hex(each.value).value());
        } else {
            set.set(name, each.value);
        }
    }
}

std::vector<westone_row> table() {
    const std::string d(double_key);
    const std::string o(other_key);
    const std::string s(single_key);
    const std::string k(kcv);
    return {
        {"D1 02", {{"wrapping_key", o}, {"wrapped_key", d}, {"check_value", k, true}},
            join({"D102", "10", "10", "FFFF", o, d, "08", k}), {{"key", d}, {"check_value", k, true}},
            join({"41", "10", d, k})},
        {"D1 02",
            {{"wrapping_index", "0003", true}, {"wrapping_length", "16"}, {"wrapped_key", s},
                {"check_value", "", true}},
            join({"D102", "08", "10", "0003", s, "00"}), {{"key", s}, {"check_value", k, true}},
            join({"41", "08", s, k})},
        {"D1 04", {{"wrapping_key", o}, {"key", d}, {"key_type", "12", true}, {"check_value", "A1A2A3A4", true}},
            join({"D104", "10", "10", "FFFF", "12", o, d, "04", "A1A2A3A4"}),
            {{"exported_key", o}, {"check_value", k, true}}, join({"41", "10", o, k})},
        {"D1 06", {{"key_length", "16"}, {"key_type", "11", true}}, join({"D106", "10", "11"}),
            {{"key", d}, {"check_value", k, true}}, join({"41", "10", d, k})},
        {"D1 07", {{"key_length", "16"}, {"key_type", "11", true}, {"wrapping_key", o}},
            join({"D107", "10", "11", "FFFF", "10", o}), {{"key", d}, {"exported_key", o}, {"check_value", k, true}},
            join({"41", "10", d, o, k})},
        {"D1 08", {{"key_type", "12", true}, {"clear_key", d}}, join({"D108", "10", "12", d}),
            {{"key", o}, {"check_value", k, true}}, join({"41", "10", o, k})},
        {"D1 24",
            {{"source_key", d}, {"target_key", s}, {"source_format", "01", true}, {"target_format", "01", true},
                {"pin_block", "B1B2B3B4B5B6B7B8", true}, {"account", "550000025321"},
                {"target_account", "550000025321"}},
            join({"D124", "10", d, "08", s, "01", "01", "B1B2B3B4B5B6B7B8", "353530303030303235333231", "3B",
                "353530303030303235333231"}),
            {{"pin_block", "C1C2C3C4C5C6C7C8", true}}, "41C1C2C3C4C5C6C7C8"},
        {"D1 26",
            {{"source_key", d}, {"source_format", "01", true}, {"pin_block", "B1B2B3B4B5B6B7B8", true},
                {"account", "550000025321"}},
            join({"D126", "10", d, "01", "B1B2B3B4B5B6B7B8", "353530303030303235333231"}), {{"clear_pin", "1234"}},
            "410431323334"},
        {"D1 32", {{"mac_algorithm", "02", true}, {"key", d}, {"data", "0102030405", true}},
            join({"D132", "02", "10", d, "0000000000000000", "0005", "0102030405"}),
            {{"mac", "D1D2D3D4D5D6D7D8", true}}, "41D1D2D3D4D5D6D7D8"},
        {"D1 34", {{"mac_algorithm", "03", true}, {"key", s}, {"mac", "D1D2D3D4", true}, {"data", "01", true}},
            join({"D134", "03", "08", s, "0000000000000000", "D1D2D3D4", "0001", "01"}),
            {{"full_mac", "D1D2D3D4D5D6D7D8", true}}, "41D1D2D3D4D5D6D7D8"},
        {"D0 02", {{"wrapping_key", o}, {"wrapped_key", s}}, join({"D002", "02", o, "08", s}),
            {{"key", s}, {"check_value", k, true}}, join({"41", "08", s, k})},
        {"D0 04", {{"wrapping_key", s}, {"key", d}}, join({"D004", "01", s, "10", d}),
            {{"exported_key", o}, {"check_value", k, true}}, join({"41", "10", o, k})},
        {"D0 06", {{"key_length", "24"}}, "D00618", {{"key", d + s}, {"check_value", k, true}},
            join({"41", "18", d, s, k})},
        {"D0 08", {{"clear_key", s}}, join({"D008", "08", s}), {{"key", s}, {"check_value", k, true}},
            join({"41", "08", s, k})},
        {"D0 0A", {{"key", d}, {"check_value", "A1A2A3A4", true}}, join({"D00A", "10", d, "04", "A1A2A3A4"}), {},
            "41"},
        {"D0 0C", {{"count", "2"}, {"component1", d}, {"component2", o}}, join({"D00C", "10", "02", d, o}),
            {{"key", d}, {"check_value", k, true}}, join({"41", "10", d, k})},
        {"D0 12", {{"cipher_mode", "00", true}, {"key", d}, {"data", "0102030405060708", true}},
            join({"D012", "00", "02", "10", d, "0008", "0102030405060708"}), {{"data", "1112131415161718", true}},
            "4100081112131415161718"},
        {"D0 14",
            {{"cipher_mode", "01", true}, {"key", s}, {"data", "0102030405060708", true},
                {"iv", "2122232425262728", true}},
            join({"D014", "01", "01", "08", s, "0008", "0102030405060708", "2122232425262728"}),
            {{"data", "1112131415161718", true}}, "4100081112131415161718"},
        {"D0 16",
            {{"cipher_mode", "00", true}, {"source_key", s}, {"target_key", d}, {"data", "0102030405060708", true}},
            join({"D016", "00", "01", s, "02", d, "0008", "0102030405060708"}), {{"data", "1112131415161718", true}},
            "4100081112131415161718"},
    };
}

class westone : public testing::Test {
  protected:
    codec engine{profile::builtin("sjj1312").value()};
};

TEST_F(westone, EveryCommandIsInTheTest) {
    std::size_t distinct = 0;
    const auto rows = table();
    for (const auto& command : engine.dialect().commands) {
        const bool found =
            std::any_of(rows.begin(), rows.end(), [&](const westone_row& r) { return command.code == r.command; });
        EXPECT_TRUE(found) << command.code;
        ++distinct;
    }
    EXPECT_EQ(distinct, 18U);
}

TEST_F(westone, RequestsAreTheseBytes) {
    for (const auto& row : table()) {
        field_set values;
        fill(values, row.asked);
        bytes out;
        auto made = engine.encode_request(*engine.dialect().command(row.command), values, out);
        ASSERT_TRUE(made) << row.command << ": " << made.error();
        EXPECT_EQ(to_hex(out), row.request) << row.command;
    }
}

TEST_F(westone, RequestsAreReadAtTheLastByteAndNotBefore) {
    for (const auto& row : table()) {
        auto wire = from_hex(row.request).value();
        wire.push_back(0xEE); // the next request's first byte
        for (std::size_t cut = 0; cut + 1 < wire.size(); ++cut) {
            field_set values;
            auto part = engine.decode_request(byte_view(wire).first(cut), values);
            ASSERT_FALSE(part) << row.command << " at " << cut;
            EXPECT_EQ(part.error().code(), make_error_code(hsm_errc::incomplete)) << row.command << " at " << cut;
        }
        field_set values;
        auto whole = engine.decode_request(wire, values);
        ASSERT_TRUE(whole) << row.command << ": " << whole.error();
        EXPECT_EQ(whole->consumed, wire.size() - 1) << row.command;
        for (const auto& each : row.asked) {
            const auto value = values.value(field_name(each.name));
            EXPECT_EQ(each.hex ? to_hex(value) : std::string(as_text(value)), each.value) << row.command << each.name;
        }
    }
}

TEST_F(westone, AnswersAreTheseBytesAndEndWhereTheyEnd) {
    for (const auto& row : table()) {
        const auto& command = *engine.dialect().command(row.command);
        const auto wire = from_hex(row.answer).value();
        field_set asked;
        fill(asked, row.asked);
        for (std::size_t cut = 0; cut < wire.size(); ++cut) {
            field_set values;
            auto part = engine.decode_answer(command, byte_view(wire).first(cut), asked, values);
            ASSERT_FALSE(part) << row.command << " at " << cut;
            EXPECT_EQ(part.error().code(), make_error_code(hsm_errc::incomplete)) << row.command << " at " << cut;
        }
        field_set values;
        auto whole = engine.decode_answer(command, wire, asked, values);
        ASSERT_TRUE(whole) << row.command << ": " << whole.error();
        EXPECT_EQ(whole->consumed, wire.size());
        for (const auto& each : row.answered) {
            const auto value = values.value(field_name(each.name));
            EXPECT_EQ(each.hex ? to_hex(value) : std::string(as_text(value)), each.value) << row.command << each.name;
        }
        bytes again;
        ASSERT_TRUE(engine.encode_answer(command, "00", asked, values, again));
        EXPECT_EQ(to_hex(again), row.answer) << row.command;
    }
}

TEST_F(westone, ARefusalEndsAtTwoBytes) {
    field_set asked;
    field_set values;
    for (const auto& command : engine.dialect().commands) {
        auto refused = engine.decode_answer(command, bytes{'E', 0x68}, asked, values);
        ASSERT_TRUE(refused) << command.code;
        EXPECT_EQ(refused->what, answer_status::kind::refused);
        EXPECT_EQ(refused->code, "68");
        EXPECT_EQ(refused->consumed, 2U);
        EXPECT_EQ(engine.dialect().meaning(command, "68"), "input length");
    }
}

TEST_F(westone, ImpossibleLengthsAreNoShortMessages) {
    field_set values;
    // A key of 9 units would be 72 bytes; a working key of 0xFF bytes is none.
    auto refused = engine.decode_request(from_hex("D10AFF").value(), values);
    EXPECT_EQ(refused.error().code(), make_error_code(hsm_errc::unknown_command));
    refused = engine.decode_request(from_hex("D124FF").value(), values);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code(), make_error_code(hsm_errc::bad_length));
    EXPECT_EQ(refused.error().field(), "source_key");
}

TEST_F(westone, DoubtfulValuesAreProfileFields) {
    auto other = profile::parse(R"(
base = "sjj1312"
name = "bank"
account_digits = 16
account_separator = ","
[frame]
byte_order = "little"
length = "be16"
header_length = 6
[codes.mac_algorithm]
x99 = "05"
)");
    ASSERT_TRUE(other) << other.error();
    EXPECT_EQ((*other)->frame.header_length, 6);
    EXPECT_EQ(*(*other)->code("mac_algorithm", "x99"), "05");
    codec changed(*other);
    field_set values;
    fill(values, {{"mac_algorithm", "05", true}, {"key", std::string(single_key)}, {"data", "0102030405", true}});
    bytes out;
    ASSERT_TRUE(changed.encode_request(*changed.dialect().command("D1 32"), values, out));
    EXPECT_EQ(to_hex(out), join({"D132", "05", "08", single_key, "0000000000000000", "0500", "0102030405"}));
}

} // namespace
} // namespace cipherlane::hsm
