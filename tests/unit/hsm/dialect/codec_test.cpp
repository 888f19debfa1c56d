#include "support/vectors.hpp"

#include <cipherlane/core/hex.hpp>
#include <cipherlane/hsm/codec.hpp>
#include <cipherlane/hsm/errc.hpp>
#include <cipherlane/hsm/frame.hpp>

#include <gtest/gtest.h>

namespace cipherlane::hsm {
namespace {

using literals::operator""_f;

codec builtin_codec(const char* name) {
    return codec(profile::builtin(name).value());
}

/// Published requests and answers come apart into fields and go together again to the same bytes.
TEST(Codec, PublishedPayshieldMessagesAreUnderstoodWhole) {
    const auto engine = builtin_codec("payshield");
    for (const auto& row : tests::load_vectors("hsm_payshield.csv")) {
        field_set asked;
        auto request = engine.decode_request(as_bytes(row["request"]), asked);
        ASSERT_TRUE(request) << row["id"] << ": " << request.error();
        bytes again;
        auto made = engine.encode_request(*request->command, asked, again);
        ASSERT_TRUE(made) << row["id"] << ": " << made.error();
        EXPECT_EQ(as_text(again), row["request"]) << row["id"];

        field_set answered;
        auto answer = engine.decode_answer(*request->command, as_bytes(row["response"]), asked, answered);
        ASSERT_TRUE(answer) << row["id"] << ": " << answer.error();
        EXPECT_EQ(answer->what, answer_status::kind::ok) << row["id"];
        again.clear();
        auto back = engine.encode_answer(*request->command, "00", asked, answered, again);
        ASSERT_TRUE(back) << row["id"] << ": " << back.error();
        EXPECT_EQ(as_text(again), row["response"]) << row["id"];
    }
}

TEST(Codec, TheFieldsOfAPinTranslation) {
    const auto engine = builtin_codec("payshield");
    field_set asked;
    const std::string_view text =
        "CCBAB32D775A38E4ABU1EF828AA8F6B80EB83E19FBC373F3A8512F7808F2CBEC631680303550000025321";
    ASSERT_TRUE(engine.decode_request(as_bytes(text), asked));
    EXPECT_EQ(asked.text("source_key"_f), "BAB32D775A38E4AB");
    EXPECT_EQ(asked.text("target_key"_f), "U1EF828AA8F6B80EB83E19FBC373F3A85");
    EXPECT_EQ(asked.text("max_pin"_f), "12");
    EXPECT_EQ(to_hex(asked.value("pin_block"_f)), "F7808F2CBEC63168");
    EXPECT_EQ(asked.text("source_format"_f), "03");
    EXPECT_EQ(asked.text("target_format"_f), "03");
    EXPECT_EQ(asked.text("account"_f), "550000025321");
}

TEST(Codec, MorePublishedCommands) {
    // Facts of the published test set that no vector row of ours repeats.
    const char* requests[] = {
        "GGA235EDF4C58A2CB0C84641D07319CF21FF43378ED5D85B1BC465BF000335FBF12EC8A0412B5D0E86E3C1E5ABFA19B3F5",
        "FK04ED06495741C280CX2C0E3EE7A5EFFA00C3CD721FE6E66B82;ZU1",
        "AW4ED06495741C280CAB88EE604522372FDAA27A67C8CDADFA;001",
        "JCU8463435FC4B4DAA0C49025272C29B12C028DCC093FB0471F03550000025321",
        "JGBAB32D775A38E4AB0155000002532101234",
        "DGX367930344805B1FAD6146EF4ED7502B3012345500000253211",
        "M601032003U19D25F349FD03CC3556BB05F65283CA1004072C29C2371CC9BDB65B779B8E8D37B29ECC154AA56A8799FAE2F498F76ED9"
        "2"
        "F2",
        "NC",
        "HCU1457FF6ADF6250C66C368416B4C9D383;XU1",
        "BUFF0U1EF828AA8F6B80EB83E19FBC373F3A85;109;001",
        "A01001U;0U1457FF6ADF6250C66C368416B4C9D383X",
    };
    const auto engine = builtin_codec("payshield");
    for (std::string_view request : requests) {
        field_set asked;
        auto read = engine.decode_request(as_bytes(request), asked);
        ASSERT_TRUE(read) << request << ": " << read.error();
        bytes again;
        ASSERT_TRUE(engine.encode_request(*read->command, asked, again));
        EXPECT_EQ(as_text(again), request);
    }
}

TEST(Codec, M6AnswerCarriesTheMacsLength) {
    const auto engine = builtin_codec("payshield");
    const auto& command = *engine.dialect().command("M6");
    field_set asked;
    field_set answered;
    auto status = engine.decode_answer(command, as_bytes("M70000085F1448EE"), asked, answered);
    ASSERT_TRUE(status) << status.error();
    EXPECT_EQ(to_hex(answered.value("mac"_f)), "5F1448EE");
}

TEST(Codec, WarningsCarryTheirBodyAndRefusalsDoNot) {
    const auto engine = builtin_codec("payshield");
    const auto& import = *engine.dialect().command("A6");
    field_set asked;
    field_set answered;
    auto warned =
        engine.decode_answer(import, as_bytes("A701U0E07CDC0161A0DE3B5AA44DF227EC9DEABDEBC"), asked, answered);
    ASSERT_TRUE(warned) << warned.error();
    EXPECT_EQ(warned->what, answer_status::kind::warning);
    EXPECT_EQ(answered.text("key"_f), "U0E07CDC0161A0DE3B5AA44DF227EC9DE");

    // The commands of single types warn likewise.
    for (const auto* code : {"FA", "FC", "FK", "MI", "AW", "DW", "BY"}) {
        const auto& old = *engine.dialect().command(code);
        const std::string text = std::string(as_text(old.answer_wire)) + "01U0E07CDC0161A0DE3B5AA44DF227EC9DEABDEBC";
        auto said = engine.decode_answer(old, as_bytes(text), asked, answered);
        ASSERT_TRUE(said) << code << ": " << said.error();
        EXPECT_EQ(said->what, answer_status::kind::warning) << code;
        EXPECT_EQ(answered.text("key"_f), "U0E07CDC0161A0DE3B5AA44DF227EC9DE") << code;
    }

    auto refused = engine.decode_answer(import, as_bytes("A726"), asked, answered);
    ASSERT_TRUE(refused);
    EXPECT_EQ(refused->what, answer_status::kind::refused);
    EXPECT_EQ(refused->code, "26");
    EXPECT_NE(engine.dialect().meaning(import, "26").find("Atalla"), std::string_view::npos);

    const auto& cryptogram = *engine.dialect().command("KQ");
    auto wrong = engine.decode_answer(cryptogram, as_bytes("KR01\x01\x02\x03\x04\x05\x06\x07\x08"), asked, answered);
    ASSERT_TRUE(wrong) << wrong.error();
    EXPECT_EQ(answered.value("diagnostic"_f).size(), 8U);
}

TEST(Codec, AnswersOfOtherCommandsAreRefused) {
    const auto engine = builtin_codec("payshield");
    field_set asked;
    field_set answered;
    auto status = engine.decode_answer(*engine.dialect().command("CA"), as_bytes("BV00"), asked, answered);
    ASSERT_FALSE(status);
    EXPECT_EQ(status.error().code(), make_error_code(hsm_errc::wrong_answer));
}

TEST(Codec, TrailerAndKeySelectorAreToldApartFromFields) {
    const auto engine = builtin_codec("payshield");
    field_set asked;
    const std::string text = std::string("BU0200406FBB23A5214DF%01\x19") + "till 7";
    auto request = engine.decode_request(as_bytes(text), asked);
    ASSERT_TRUE(request) << request.error();
    EXPECT_EQ(asked.text("lmk_id"_f), "01");
    EXPECT_EQ(asked.text("trailer"_f), "till 7");
    bytes again;
    ASSERT_TRUE(engine.encode_request(*request->command, asked, again));
    EXPECT_EQ(as_text(again), text);
}

struct wrong_request {
    const char* text;
    hsm_errc why;
    const char* field;
    std::size_t offset;
};

TEST(Codec, FaultsNameFieldAndByte) {
    const wrong_request cases[] = {
        {"B", hsm_errc::incomplete, "command", 1},
        {"ZZ", hsm_errc::unknown_command, "command", 0},
        {"BU02", hsm_errc::incomplete, "length_flag", 4},
        {"BU020J406FBB23A5214DF", hsm_errc::bad_scheme, "key", 5},
        {"BU020U406FBB23A5214DF", hsm_errc::incomplete, "key", 21},
        {"BU0200406FBB23A5214DG", hsm_errc::key_length, "key", 20},
        {"BU0200406FBB23A5214DFx", hsm_errc::left_over, "end", 21},
        {"B2001G", hsm_errc::bad_value, "data", 2},
        {"B200200123", hsm_errc::incomplete, "data", 6},
    };
    const auto engine = builtin_codec("payshield");
    for (const auto& each : cases) {
        field_set values;
        auto read = engine.decode_request(as_bytes(each.text), values);
        ASSERT_FALSE(read) << each.text;
        EXPECT_EQ(read.error().code(), make_error_code(each.why)) << each.text << ": " << read.error();
        EXPECT_EQ(read.error().field(), each.field) << each.text;
        EXPECT_EQ(read.error().offset(), each.offset) << each.text;
    }
}

TEST(Codec, EncodingRefusesValuesThatDoNotFit) {
    const auto engine = builtin_codec("payshield");
    const auto& check = *engine.dialect().command("BU");
    field_set values;
    bytes out{1, 2, 3};
    values.set("key_type2"_f, "02");
    values.set("length_flag"_f, "0");
    auto missing = engine.encode_request(check, values, out);
    ASSERT_FALSE(missing);
    EXPECT_EQ(missing.error().code(), make_error_code(hsm_errc::missing_field));
    EXPECT_EQ(missing.error().field(), "key");
    values.set("key"_f, "U0406FBB23A5214DF");
    auto wrong = engine.encode_request(check, values, out);
    ASSERT_FALSE(wrong);
    EXPECT_EQ(wrong.error().code(), make_error_code(hsm_errc::key_length));
    values.set("key"_f, "J0406FBB23A5214DF");
    EXPECT_EQ(engine.encode_request(check, values, out).error().code(), make_error_code(hsm_errc::bad_scheme));
    EXPECT_EQ(out, (bytes{1, 2, 3}));
}

TEST(Frame, LengthCountsHeaderAndBody) {
    framing how;
    how.header_length = 4;
    bytes out;
    const auto mark = begin_frame(how, as_bytes("12"), out);
    for (char c : std::string_view("NC")) {
        out.push_back(static_cast<std::uint8_t>(c));
    }
    ASSERT_TRUE(end_frame(how, mark, out));
    EXPECT_EQ(to_hex(out), "0006"
                           "31323030"
                           "4E43");
    for (std::size_t cut = 0; cut < out.size(); ++cut) {
        auto part = cut_frame(how, byte_view(out).first(cut));
        ASSERT_TRUE(part);
        EXPECT_FALSE(*part) << cut;
    }
    auto whole = cut_frame(how, out);
    ASSERT_TRUE(whole && *whole);
    EXPECT_EQ(as_text((*whole)->header), "1200");
    EXPECT_EQ(as_text((*whole)->body), "NC");
    EXPECT_EQ((*whole)->consumed, out.size());
}

TEST(Frame, ImpossibleLengthsAreRefused) {
    framing how;
    how.largest = 100;
    EXPECT_FALSE(cut_frame(how, bytes{0, 5}));
    EXPECT_FALSE(cut_frame(how, bytes{0, 101}));
    const auto long_one = cut_frame(how, bytes{0, 101}).error();
    EXPECT_NE(long_one.hint().find("found 101, allowed: "), std::string_view::npos) << long_one;
    EXPECT_NE(long_one.hint().find("to 100 "), std::string_view::npos) << long_one;
    bytes out(200);
    const auto sent = end_frame(how, 0, out).error();
    EXPECT_NE(sent.hint().find("found 198 bytes, allowed: 100"), std::string_view::npos) << sent;
    EXPECT_TRUE(cut_frame(how, bytes{0, 100}));
}

} // namespace
} // namespace cipherlane::hsm
