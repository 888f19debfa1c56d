#include <cipherlane/core/hex.hpp>
#include <cipherlane/emv/tlv.hpp>

#include <gtest/gtest.h>

#include <vector>

namespace cipherlane::emv {
namespace {

bytes hex(std::string_view digits) {
    return from_hex(digits).value();
}

TEST(Tlv, TagsAsNumbers) {
    EXPECT_EQ(tag_text(0x82), "82");
    EXPECT_EQ(tag_text(0x9F26), "9F26");
    EXPECT_EQ(tag_text(0xDF8129), "DF8129");
    EXPECT_EQ(tag_text(0xFF818201), "FF818201");
    EXPECT_TRUE(is_template(0x70));
    EXPECT_TRUE(is_template(0xBF0C));
    EXPECT_TRUE(is_template(0xFF8105));
    EXPECT_FALSE(is_template(0x9F26));
    EXPECT_FALSE(is_template(0xDF8129));
}

TEST(Tlv, ReadsInOrderAndKeepsUnknownTags) {
    const auto data = hex("9F260812345678123456780082027C00DF81290101C00200FF9F2600");
    tlv_reader reader(data);
    std::vector<std::string> seen;
    while (reader.next()) {
        seen.push_back(tag_text(reader.object().tag) + ":" + to_hex(reader.object().value) + "@" +
                       std::to_string(reader.object().offset));
    }
    EXPECT_TRUE(reader.finish());
    EXPECT_EQ(seen, (std::vector<std::string>{
                        "9F26:1234567812345678@0", "82:7C00@12", "DF8129:01@16", "C0:00FF@21", "9F26:@25"}));
}

TEST(Tlv, LongLengths) {
    for (const std::size_t size : {0U, 1U, 127U, 128U, 255U, 256U, 4000U}) {
        bytes out(size + 10);
        const bytes value(size, 0xA5);
        const auto written = tlv_writer(out).put(0x9F10, value).finish();
        ASSERT_TRUE(written) << written.error();
        EXPECT_EQ(written->size(), tlv_size(0x9F10, size));
        tlv_reader reader(*written);
        ASSERT_TRUE(reader.next());
        EXPECT_EQ(reader.object().value.size(), size);
    }
    // Longer than needed is legal BER.
    const auto data = hex("5A8400000002AABB");
    tlv_reader reader(data);
    ASSERT_TRUE(reader.next());
    EXPECT_EQ(to_hex(reader.object().value), "AABB");
}

TEST(Tlv, TemplatesAndPaths) {
    const auto data = hex("6F1A840E315041592E5359532E4444463031A5088801025F2D02656E");
    EXPECT_TRUE(check_tlv(data));
    EXPECT_EQ(to_hex(find_tlv(data, {0x6F, 0xA5, 0x88}).value().value()), "02");
    EXPECT_EQ(to_hex(find_tlv_deep(data, 0x5F2D).value().value()), "656E");
    EXPECT_FALSE(find_tlv(data, 0x88).value().has_value());
    EXPECT_FALSE(find_tlv(data, {0x6F, 0x70}).value().has_value());
    EXPECT_FALSE(find_tlv_deep(data, 0x57).value().has_value());
}

struct broken {
    const char* data;
    emv_errc why;
    const char* field;
    std::size_t offset;
};

TEST(Tlv, EveryFaultHasItsPathAndOffset) {
    const broken cases[] = {
        {"9F", emv_errc::cut_tag, "9F", 0},
        {"82027C009F81", emv_errc::cut_tag, "9F81", 4},
        {"9F81828384", emv_errc::tag_too_long, "9F818283", 0},
        {"82", emv_errc::cut_length, "82", 0},
        {"8282", emv_errc::cut_length, "82", 0},
        {"828201", emv_errc::cut_length, "82", 0},
        {"8280", emv_errc::bad_length, "82", 0},
        {"82850000000001", emv_errc::bad_length, "82", 0},
        {"8203AABB", emv_errc::length_past_end, "82", 0},
        {"8284FFFFFFFF", emv_errc::length_past_end, "82", 0},
        {"700C9F26081122334455667788", emv_errc::length_past_end, "70", 0},
        {"82027C0070069F2608112233", emv_errc::length_past_end, "70/9F26", 6},
        {"6F06A5049F3803AA", emv_errc::length_past_end, "6F/A5/9F38", 4},
        {"E10EE10CE10AE108E106E104E102E100", emv_errc::too_deep, "E1/E1/E1/E1/E1/E1/E1/E1", 14},
    };
    for (const auto& one : cases) {
        SCOPED_TRACE(one.data);
        const auto done = check_tlv(hex(one.data));
        ASSERT_FALSE(done);
        EXPECT_EQ(done.error().code(), one.why) << done.error();
        EXPECT_EQ(done.error().field(), one.field);
        EXPECT_EQ(done.error().offset(), one.offset);
        EXPECT_TRUE(done.error().is(condition::bad_message));
    }
}

TEST(Tlv, Limits) {
    EXPECT_EQ(check_tlv(bytes(100), {.size = 99}).error().code(), emv_errc::too_large);
    EXPECT_TRUE(check_tlv(bytes(100), {.size = 100}));
    EXPECT_TRUE(check_tlv(hex("70028200"), {.depth = 2}));
    EXPECT_EQ(check_tlv(hex("70028200"), {.depth = 1}).error().code(), emv_errc::too_deep);
    EXPECT_TRUE(check_tlv({}));
}

/// Tags in order, and what was forgiven with its place.
std::string read_all(tlv_reader reader) {
    std::string text;
    const auto deviation = [&] {
        if (reader.deviation() == tlv_deviation::none) return;
        text += (reader.deviation() == tlv_deviation::padding ? "padding@" : "length@") +
                std::to_string(reader.deviation_offset()) + " ";
    };
    while (reader.next()) {
        deviation();
        text += tag_text(reader.object().tag) + " ";
        if (is_template(reader.object().tag)) text += "{ " + read_all(reader.inside()) + "} ";
    }
    const auto done = reader.finish();
    if (done) deviation();
    return text + (done ? "" : "fault");
}

TEST(Tlv, ATolerantReaderTellsPaddingOfFf) {
    const tlv_limits tolerant{.reading = tlv_reading::tolerant};
    const auto padded = hex("7009FFFFFF5F340101FFFF");
    EXPECT_FALSE(check_tlv(padded));
    EXPECT_TRUE(check_tlv(padded, tolerant));
    EXPECT_EQ(read_all(tlv_reader(padded, tolerant)), "70 { padding@2 5F34 padding@9 } ");
    EXPECT_EQ(read_all(tlv_reader(hex("9F360200015F340101FF"), tolerant)), "9F36 5F34 padding@9 ");
    EXPECT_EQ(read_all(tlv_reader(hex("00FF00FF9F36020001"), tolerant)), "padding@1 9F36 ");
    // Tags that begin with FF stay tags.
    EXPECT_EQ(read_all(tlv_reader(hex("FF810503DF0100"), tolerant)), "FF8105 { DF01 } ");
    EXPECT_EQ(read_all(tlv_reader(hex("FF60039F3600"), tolerant)), "FF60 { 9F36 } ");
}

TEST(Tlv, ATolerantReaderTellsLengthsInOneByte) {
    const tlv_limits tolerant{.reading = tlv_reading::tolerant};
    auto data = hex("DF3290");
    data.insert(data.end(), 0x90, 0x41);
    EXPECT_FALSE(check_tlv(data));
    EXPECT_EQ(read_all(tlv_reader(data, tolerant)), "length@2 DF32 ");
    // 81 xx is the usual form of the same length.
    auto usual = hex("DF328190");
    usual.insert(usual.end(), 0x90, 0x41);
    EXPECT_EQ(read_all(tlv_reader(usual, tolerant)), "DF32 ");
    EXPECT_EQ(read_all(tlv_reader(hex("DF3290AABB"), tolerant)), "fault");
    EXPECT_EQ(read_all(tlv_reader(hex("9F36050001"), tolerant)), "fault");
}

TEST(Tlv, WritesNestedTemplates) {
    std::array<std::uint8_t, 64> out{};
    const auto written = tlv_writer(out)
                             .begin(0x6F)
                             .put(0x84, as_bytes("1PAY.SYS.DDF01"))
                             .begin(0xA5)
                             .put_digits(0x88, "02")
                             .put(0x5F2D, as_bytes("en"))
                             .end()
                             .end()
                             .finish();
    ASSERT_TRUE(written) << written.error();
    EXPECT_EQ(to_hex(*written), "6F1A840E315041592E5359532E4444463031A5088801025F2D02656E");
}

TEST(Tlv, TemplatesGrowTheirLength) {
    for (const std::size_t size : {0U, 124U, 125U, 126U, 252U, 253U, 254U, 300U, 70000U}) {
        bytes out(size + 20);
        const bytes value(size, 7);
        const auto written = tlv_writer(out).begin(0x70).put(0x5A, value).end().put(0x82, {}).finish();
        ASSERT_TRUE(written) << written.error();
        const auto inner = find_tlv(*written, {0x70, 0x5A});
        if (written->size() > tlv_limits().size) {
            EXPECT_EQ(inner.error().code(), emv_errc::too_large);
            continue;
        }
        ASSERT_TRUE(inner) << inner.error();
        EXPECT_EQ(inner->value().size(), size);
        EXPECT_TRUE(find_tlv(*written, 0x82).value().has_value());
    }
}

TEST(Tlv, WriterRefusesAndRemembersTheFirstFault) {
    std::array<std::uint8_t, 4> out{};
    EXPECT_EQ(tlv_writer(out).put(0x82, hex("AABBCC")).finish().error().code(), emv_errc::buffer_too_small);
    EXPECT_EQ(tlv_writer(out).put(0x9F, {}).finish().error().code(), emv_errc::bad_tag);
    EXPECT_EQ(tlv_writer(out).put(0x8226, {}).finish().error().code(), emv_errc::bad_tag);
    EXPECT_EQ(tlv_writer(out).put(0x9F8126FF, {}).put(0x82, {}).finish().error().field(), "9F8126FF");
    EXPECT_EQ(tlv_writer(out).put(0, {}).finish().error().code(), emv_errc::bad_tag);
    EXPECT_EQ(tlv_writer(out).begin(0x82).finish().error().code(), emv_errc::bad_tag);
    EXPECT_EQ(tlv_writer(out).begin(0x70).finish().error().code(), emv_errc::unbalanced);
    EXPECT_EQ(tlv_writer(out).end().finish().error().code(), emv_errc::unbalanced);
    EXPECT_EQ(tlv_writer(out).put_digits(0x9A, "24x121").finish().error().code(), emv_errc::bad_value);
    EXPECT_EQ(tlv_writer(out).put_raw(hex("8201008201")).finish().error().code(), emv_errc::buffer_too_small);
    EXPECT_EQ(to_hex(tlv_writer(out).put_raw(hex("820101")).finish().value()), "820101");
    std::array<std::uint8_t, 129> tight{};
    EXPECT_EQ(tlv_writer(tight).begin(0x70).put_raw(bytes(127, 1)).end().finish()->size(), 129U);
    EXPECT_EQ(tlv_writer(tight).begin(0x70).put_raw(bytes(127, 1)).put_raw(hex("00")).finish().error().code(),
        emv_errc::buffer_too_small);
    std::array<std::uint8_t, 130> larger{};
    EXPECT_EQ(tlv_writer(larger).begin(0x70).put_raw(bytes(128, 1)).end().finish().error().code(),
        emv_errc::buffer_too_small);
    tlv_writer deep(larger);
    for (int i = 0; i < 9; ++i)
        deep.begin(0x70);
    EXPECT_EQ(deep.finish().error().code(), emv_errc::too_deep);
}

} // namespace
} // namespace cipherlane::emv
