// Fields whose size depends on a key's cipher or a PIN format. Layouts and sizes are the fact sheet's (3.4, 3.5, 4.3,
// 4.4); blocks were enciphered by openssl's command line; the example of format 04 is that of the unit's manual.
#include "command/bind.hpp"
#include "dialect/layout_parser.hpp"
#include "hsm-sim/racal/processor.hpp"
#include "hsm-sim/unit/unit.hpp"

#include <cipherlane/core/hex.hpp>
#include <cipherlane/hsm/errc.hpp>
#include <cipherlane/hsm/operations.hpp>

#include <gtest/gtest.h>

namespace cipherlane::hsm {
namespace {

using literals::operator""_f;
using hsm_sim::key_algorithm;

const std::string clear_1 = "0123456789ABCDEFFEDCBA9876543210";
const std::string clear_2 = "C7152C20BC2C830EA7EC9E8334ABE3FE";
const std::string des_field = "U1EF828AA8F6B80EB83E19FBC373F3A85";
const std::string sm4_field = "R1EF828AA8F6B80EB83E19FBC373F3A85";
const std::string bdk_field = "U8E3D3E2FD5919657F05A1AA90D32A014";

/// A client's codec and a simulated unit of the same dialect, without a network.
class pair_of_ends {
  public:
    explicit pair_of_ends(const std::string& name)
        : dialect_(profile::builtin(name).value())
        , device_(*hsm_sim::settings_of(name), hsm_sim::lmk_set::test())
        , processor_(device_) {}

    [[nodiscard]] std::string field(
        hsm_sim::lmk_slot slot, char tag, const std::string& clear, key_algorithm kind = key_algorithm::des) {
        std::string out;
        hsm_sim::command(device_, *device_.lmks(), {}, 32, out)
            .put_key(slot, tag, hsm_sim::clear_key(from_hex(clear).value(), kind));
        return out;
    }

    /// Through the tables, the unit, and the tables again.
    template <class Request>
    result<typename Request::response> run(const Request& request) {
        reply made;
        made.dialect = dialect_;
        const codec engine(dialect_);
        bytes sent;
        CIPHERLANE_CHECK(encode_call(request, made, sent));
        said = std::string(as_text(sent));
        std::string answer;
        processor_.answer(said, answer);
        CIPHERLANE_TRY(const auto size, decode_call(engine, sent, as_bytes(answer), made));
        EXPECT_EQ(size, answer.size());
        return Request::response::from(made);
    }

    std::string ask(const std::string& request) {
        std::string answer;
        processor_.answer(request, answer);
        return answer;
    }

    std::string said; ///< the last request of `run`

  private:
    std::shared_ptr<const profile> dialect_;
    hsm_sim::unit device_;
    hsm_sim::racal_processor processor_;
};

struct whole_request {
    const char* profile;
    std::string text;
    std::vector<std::pair<const char*, std::string>> values; ///< text, or hex of hex fields
};

/// Each comes apart into its fields, and together again to the same characters.
TEST(FieldSize, RequestsComeApartAndGoTogetherAgain) {
    const std::string half = "DC80B186C30902B0";
    const std::string plus = "FFF228340000012345";
    const std::string ksn = "A05FFFF9876543210E00001";
    const std::vector<whole_request> cases{
        {"sjj1310", "TI1" + des_field + "2" + sm4_field + half + "01550000025321" + "47550000025321",
            {{"pin_block", half}, {"source_format", "01"}, {"target_format", "47"}}},
        {"sjj1310", "TI1" + des_field + "2" + sm4_field + "12" + half + "01550000025321" + "47550000025321",
            {{"max_pin", "12"}, {"pin_block", half}, {"target_account", "550000025321"}}},
        {"sjj1310", "TI2" + sm4_field + "2" + des_field + half + half + "01550000025321" + "01550000025321",
            {{"pin_block", half + half}}},
        {"sjj1310", "TI2" + sm4_field + "2" + des_field + "08" + half + half + "01550000025321" + "04" + plus,
            {{"max_pin", "08"}, {"pin_block", half + half}, {"target_account", plus}}},
        {"sjj1310", "A6001" + des_field + "X" + clear_2 + "UK000504bank", {{"index", "0005"}, {"label", "bank"}}},
        {"sjj1310", "A6001" + des_field + "X" + clear_2 + "U1K000500",
            {{"atalla", "1"}, {"index", "0005"}, {"label", ""}}},
        {"sjj1310", "A6001" + des_field + "X" + clear_2 + "U12", {{"atalla", "12"}}},
        {"sjj1310", "A42001UK0001" + des_field + "K000804sums", {{"component1", "K0001"}, {"index", "0008"}}},
        {"payshield", "A0B302U01" + bdk_field + "FFFF9876543210E" + ";0" + des_field + "X",
            {{"bdk", bdk_field}, {"ksn", "FFFF9876543210E"}, {"wrapping_key", des_field}}},
        {"sjj1310", "A0A302U01" + bdk_field + "FFFF9876543210E" + "K000804four",
            {{"bdk_kind", "1"}, {"index", "0008"}}},
        {"sjj1310", "A00001UK000804four", {{"index", "0008"}, {"label", "four"}}},
        {"payshield", "BU020K00A", {{"key", "K00A"}}},
        {"payshield", "A8001UK00AK1F2X", {{"wrapping_key", "UK00A"}, {"key", "K1F2"}}},
        // A stored key does not say what it is: what is left over does.
        {"sjj1310", "TI2K00122" + des_field + half + half + "01550000025321" + "01550000025321",
            {{"source_key", "K0012"}, {"pin_block", half + half}}},
        {"sjj1310", "TI2K00122" + des_field + "12" + half + "01550000025321" + "01550000025321",
            {{"max_pin", "12"}, {"pin_block", half}}},
        {"sjl06", "TI2S" + clear_2 + "2" + des_field + half + half + "01550000025321" + "01550000025321",
            {{"pin_block", half + half}}},
        {"payshield", "CA" + des_field + des_field + "12" + half + "0401" + plus, {{"account", plus}}},
        {"payshield", "CC" + des_field + des_field + "12" + half + "0104" + plus + "%00\x19till",
            {{"account", plus}, {"lmk_id", "00"}}},
        {"payshield", "CC" + des_field + des_field + "12" + half + half + "4801550000025321",
            {{"pin_block", half + half}, {"source_format", "48"}}},
        {"payshield", "CA" + des_field + "*" + bdk_field + ksn + "12" + half + "0101550000025321",
            {{"target_key", "*" + bdk_field + ksn}, {"pin_block", half}}},
        {"payshield",
            "CA" + des_field + "~" + bdk_field.substr(1) + "605FFFF98765E000001" + "12" + half + "0101550000025321",
            {{"target_key", "~" + bdk_field.substr(1) + "605FFFF98765E000001"}}},
        {"payshield", "JC" + des_field + half + "04" + plus, {{"account", plus}}},
        {"payshield", "JG" + des_field + "01550000025321" + "01234", {{"pin", "01234"}}},
        {"payshield", "JG" + des_field + "04340000012345" + plus + "01234",
            {{"account", "340000012345"}, {"target_account", plus}, {"pin", "01234"}}},
        {"payshield", "EC" + des_field + clear_1 + half + "04" + plus + "11234",
            {{"account", plus}, {"pvv", "1234"}}},
        {"payshield",
            "BK001" + des_field + "X" + clear_1 + half + "0404" + plus + "0123456789012345" + "622588N00000",
            {{"account", plus}, {"validation", "622588N00000"}}},
        {"sjj1310", "S00108003" + sm4_field + "0000010003abc" + half + half, {{"iv", half + half}}},
        {"sjj1310", "S0010800A" + des_field + "0000010003abc" + half, {{"iv", half}}},
        {"sjj1310", "S30100A" + sm4_field + "0000050010sixteen bytes of" + half + half, {{"iv", half + half}}},
        {"sjj1310",
            "S50100A" + sm4_field + "0000050100A" + des_field + "0000050010sixteen bytes of" + half + half + half,
            {{"iv", half + half}, {"target_iv", half}}},
        {"sjl06", "MU2010S" + clear_2 + half + half + "0010sixteen bytes of", {{"iv", half + half}}},
        {"sjl05", "E00020S" + clear_2 + "01180000" + half + half + "010sixteen bytes of", {{"iv", half + half}}},
    };
    for (const auto& each : cases) {
        const codec engine(profile::builtin(each.profile).value());
        field_set asked;
        const auto read = engine.decode_request(as_bytes(each.text), asked);
        ASSERT_TRUE(read) << each.text << ": " << read.error();
        for (const auto& [name, value] : each.values) {
            const auto* field = find_field(read->command->request, field_name(name));
            const bool hex = field != nullptr && field->kind == field_kind::hex;
            const auto got = asked.value(field_name(name));
            EXPECT_EQ(hex ? to_hex(got) : std::string(as_text(got)), value) << each.text << " " << name;
        }
        bytes again;
        const auto made = engine.encode_request(*read->command, asked, again);
        ASSERT_TRUE(made) << each.text << ": " << made.error();
        EXPECT_EQ(as_text(again), each.text);
    }
}

TEST(FieldSize, AValueOfTheOtherSizeIsToldBeforeItLeaves) {
    const codec engine(profile::builtin("sjj1310").value());
    field_set values;
    values.set("source_key"_f, sm4_field);
    values.set("target_key"_f, des_field);
    values.set("pin_block"_f, bytes(8));
    values.set("source_format"_f, "01");
    values.set("target_format"_f, "01");
    values.set("account"_f, "550000025321");
    bytes out;
    const auto& command = *engine.dialect().command("CC");
    auto made = engine.encode_request(command, values, out);
    ASSERT_FALSE(made);
    EXPECT_EQ(made.error().code(), make_error_code(hsm_errc::bad_length));
    EXPECT_EQ(made.error().field(), "pin_block");
    values.set("pin_block"_f, bytes(16));
    EXPECT_TRUE(engine.encode_request(command, values, out));
    values.set("target_format"_f, "04");
    EXPECT_EQ(engine.encode_request(command, values, out).error().field(), "account");
    values.set("account"_f, "FFFFFF55000002532X");
    EXPECT_EQ(engine.encode_request(command, values, out).error().code(), make_error_code(hsm_errc::bad_value));
    values.set("account"_f, "FFFFFF550000025321");
    EXPECT_TRUE(engine.encode_request(command, values, out));
    const std::vector<std::string> wrong_targets{"*" + bdk_field, "*" + bdk_field + "A05FFFF9876543210E0000",
        "*" + sm4_field + "x", "*K0012A05FFFF9876543210E000011", "*"};
    for (const auto& wrong : wrong_targets) {
        values.set("target_key"_f, wrong);
        EXPECT_EQ(engine.encode_request(command, values, out).error().field(), "target_key") << wrong;
    }
}

TEST(FieldSize, Format04HasTheAccountToItsLeft) {
    pair_of_ends ends("payshield");
    const auto source = ends.field(hsm_sim::slots::tpk, 'U', clear_2);
    const auto target = ends.field(hsm_sim::slots::zpk, 'U', clear_1);
    const auto card = pan::parse("2283400000123456").value();
    // PIN 92389: 05921A1CBFFFFFED in the manual; ISO 0 of the same is 05920C9FFFFEDCBA.
    translate_pin_request request(key(source), key(target), from_hex("8FC36E989ED7CE75").value(), card);
    request.formats(pin_format::plus, pin_format::iso0);
    const auto moved = ends.run(request);
    ASSERT_TRUE(moved) << moved.error();
    EXPECT_EQ(ends.said, "CA" + source + target + "128FC36E989ED7CE750401FFF228340000012345");
    EXPECT_EQ(to_hex(moved->pin_block.view()), "E7104613607129EB");

    // Digits as they are get the fill, too.
    translate_pin_request exact(
        key(source), key(target), from_hex("8FC36E989ED7CE75").value(), account::digits("228340000012345"));
    ASSERT_TRUE(ends.run(exact.formats(pin_format::plus, pin_format::plus)));
    EXPECT_EQ(ends.said, "CA" + source + target + "128FC36E989ED7CE750404FFF228340000012345");
    EXPECT_EQ(ends.ask("JG" + target + "04340000012345" + "FFF228340000012345" + "092389"), "JH00A8F6A12DC6AD1AB7");
    EXPECT_EQ(ends.ask("JE" + target + "A8F6A12DC6AD1AB7" + "04FFF228340000012345"), "JF00092389");
    EXPECT_EQ(ends.ask("JG" + target + "01340000012345" + "092389"), "JH00E7104613607129EB");
}

TEST(FieldSize, EveryPinCommandTakes18DigitsWithFormat04) {
    pair_of_ends ends("payshield");
    const auto zpk = ends.field(hsm_sim::slots::zpk, 'U', clear_1);
    const auto pvk = ends.field(hsm_sim::slots::tpk, 'U', clear_2);
    const bytes block = from_hex("A8F6A12DC6AD1AB7").value();
    const auto card = pan::parse("2283400000123456").value();
    const ibm_3624 method{.decimalisation = "0123456789012345", .validation = "228340N00000"};
    const auto offset =
        ends.run(make_offset_request(key_type::zpk, key(zpk), key(pvk), block, pin_format::plus, card, method));
    ASSERT_TRUE(offset) << offset.error();
    // The same PIN under the local master key, whose account is 12 digits, gives the same offset and PVV.
    EXPECT_EQ(ends.ask("DE" + pvk + "092389" + "05" + "340000012345" + method.decimalisation + method.validation)
                  .substr(4, 4),
        offset->digits.substr(0, 4));
    EXPECT_TRUE(ends.run(verify_pin_ibm_request(key_type::zpk, key(zpk), key(pvk), block, pin_format::plus, card,
                             method, offset->digits.substr(0, 5)))
                    ->right);
    const auto pvv = ends.ask("DG" + pvk + "092389" + "340000012345" + "1").substr(4);
    EXPECT_TRUE(
        ends.run(verify_pin_pvv_request(key_type::zpk, key(zpk), key(pvk), block, pin_format::plus, card, 1, pvv))
            ->right);
}

TEST(FieldSize, Iso4UnderAesAndSm4) {
    pair_of_ends ends("sjj1310");
    const auto aes = ends.field(hsm_sim::slots::zpk, 'L', "D30BDC73EC9714B000BEC66BDB7B6D09", key_algorithm::aes);
    const auto sm4 = ends.field(hsm_sim::slots::zpk, 'R', clear_1, key_algorithm::sm4);
    EXPECT_EQ(ends.ask("JE" + aes + "416A09F34F369D5633C9A261552CCFA2" + "48111111111111"), "JF0001234");
    EXPECT_EQ(ends.ask("JE" + sm4 + "300E4E75BE9457EBE7D94EB6A6950F27" + "48550000025321"), "JF0001234");

    const auto des = ends.field(hsm_sim::slots::zpk, 'U', clear_2);
    const auto whose = account::digits("550000025321");
    translate_pin_request request(key(sm4), key(des), from_hex("300E4E75BE9457EBE7D94EB6A6950F27").value(), whose);
    request.from_type(key_type::zpk).formats(pin_format::iso4, pin_format::iso0);
    const auto out = ends.run(request);
    ASSERT_TRUE(out) << out.error();
    ASSERT_EQ(out->pin_block.size(), 8U);
    EXPECT_EQ(ends.ask("JE" + des + to_hex(out->pin_block.view()) + "01550000025321"), "JF0001234");

    translate_pin_request back(key(des), key(sm4), out->pin_block.view(), whose);
    back.from_type(key_type::zpk).formats(pin_format::iso0, pin_format::iso4);
    const auto in = ends.run(back);
    ASSERT_TRUE(in) << in.error();
    ASSERT_EQ(in->pin_block.size(), 16U);
    EXPECT_EQ(ends.ask("JE" + sm4 + to_hex(in->pin_block.view()) + "48550000025321"), "JF0001234");
}

// A key block says in its header which cipher its key is for.
TEST(FieldSize, KeyBlocksOfAesKeysMakeBlocksOf32Digits) {
    pair_of_ends ends("payshield-kb");
    const auto generated = [&](const std::string& attributes) {
        const auto answer = ends.ask("A00FFFS#" + attributes);
        return answer.substr(4, answer.size() - 10); // behind it the check value
    };
    const auto aes = generated("72A2B00E00");
    const auto des = generated("72T2B00E00");
    const auto whose = account::digits("550000025321");
    const auto block = ends.ask("JG" + aes + "48550000025321" + "01234").substr(4);
    ASSERT_EQ(block.size(), 32U);
    translate_pin_request request(key(aes), key(des), from_hex(block).value(), whose);
    request.from_type(key_type::zpk).formats(pin_format::iso4, pin_format::iso0);
    const auto moved = ends.run(request);
    ASSERT_TRUE(moved) << moved.error();
    ASSERT_EQ(moved->pin_block.size(), 8U);
    EXPECT_EQ(ends.ask("JE" + des + to_hex(moved->pin_block.view()) + "01550000025321"), "JF0001234");
    translate_pin_request back(key(des), key(aes), moved->pin_block.view(), whose);
    back.from_type(key_type::zpk).formats(pin_format::iso0, pin_format::iso4);
    const auto again = ends.run(back);
    ASSERT_TRUE(again) << again.error();
    ASSERT_EQ(again->pin_block.size(), 16U);
    EXPECT_EQ(ends.ask("JE" + aes + to_hex(again->pin_block.view()) + "48550000025321"), "JF0001234");
}

TEST(FieldSize, TiCarriesSm4BlocksAndALongestPin) {
    for (const auto& [name, tag] : {std::pair{"sjj1310", 'R'}, std::pair{"sjl06", 'S'}}) {
        pair_of_ends ends(name);
        const auto sm4 = ends.field(hsm_sim::slots::zpk, tag, clear_1, key_algorithm::sm4);
        const auto des = ends.field(hsm_sim::slots::tpk, 'U', clear_2);
        // 041261FFFFFDACDE twice under SM4.
        const std::string block = "9BF2F1F078786F151BBA85EDA6980249";
        const std::string formats = "0155000002532101550000025321";
        const auto moved = ends.ask("TI2" + sm4 + "1" + des + block + formats);
        EXPECT_EQ(moved, ends.ask("TI2" + sm4 + "1" + des + "12" + block + formats));
        EXPECT_EQ(ends.ask("TI1" + des + "2" + sm4 + moved.substr(4) + formats), "TJ00" + block);
        EXPECT_EQ(ends.ask("TI1" + des + "2" + sm4 + "04" + moved.substr(4) + formats), "TJ00" + block);
        EXPECT_EQ(ends.ask("TI1" + des + "2" + sm4 + "03" + moved.substr(4) + formats), "TJ24");
        const auto plus = ends.ask("TI1" + des + "1" + des + "12" + moved.substr(4) + "01550000025321" +
                                   "04FFF228340000012345" + "%00\x19x");
        EXPECT_EQ(plus.substr(0, 4), "TJ00") << plus;
    }
}

// GB/T 32907 in CBC, as openssl's own tests have it.
TEST(FieldSize, Sm4ChainsOver16Bytes) {
    pair_of_ends ends("sjj1310");
    const auto zek = key(ends.field(hsm_sim::slots::zek, 'R', clear_1, key_algorithm::sm4));
    const auto iv = from_hex(clear_1).value();
    const auto clear = from_hex(clear_1 + clear_1).value();
    const auto out = ends.run(encrypt_request(key_type::zek, zek, cipher_mode::cbc, clear, iv));
    ASSERT_TRUE(out) << out.error();
    EXPECT_EQ(to_hex(out->data.expose()), "2677F46B09C122CC975533105BD4A22AF6125F7275CE552C3A2BBCF533DE8A3B");
    const auto in = ends.run(decrypt_request(key_type::zek, zek, cipher_mode::cbc, out->data.expose(), iv));
    ASSERT_TRUE(in) << in.error();
    EXPECT_EQ(to_hex(in->data.expose()), to_hex(clear));
    // Without one the default is as wide as the block: openssl enc -sm4-cbc -iv 0.
    const auto zero = ends.run(encrypt_request(key_type::zek, zek, cipher_mode::cbc, byte_view(clear).first(16)));
    ASSERT_TRUE(zero) << zero.error();
    EXPECT_EQ(to_hex(zero->data.expose()), "681EDF34D206965E86B3E94F536E4246");
    const auto wrong = ends.run(encrypt_request(key_type::zek, zek, cipher_mode::cbc, clear, byte_view(iv).first(8)));
    EXPECT_EQ(wrong.error().field(), "iv");
}

TEST(FieldSize, AZonePinMayGoToADukptTerminal) {
    pair_of_ends ends("payshield");
    const auto zpk = ends.field(hsm_sim::slots::zpk, 'U', clear_2);
    const auto bdk = ends.field(hsm_sim::slots::bdk1, 'U', clear_1);
    const std::string serial = "A05FFFF9876543210E00001";
    // The standard's first example: PIN 1234, account 401234567890.
    const auto block = ends.ask("JG" + zpk + "01401234567890" + "01234").substr(4);
    translate_pin_request request(
        key(zpk), key("*" + bdk + serial), from_hex(block).value(), account::digits("401234567890"));
    request.from_type(key_type::zpk);
    const auto moved = ends.run(request);
    ASSERT_TRUE(moved) << moved.error();
    EXPECT_EQ(to_hex(moved->pin_block.view()), "1B9C1845EB993A7A");
}

struct bad_layout {
    const char* layout;
    const char* field;
};

TEST(FieldSize, LayoutsThatCannotBeAreRefused) {
    const bad_layout cases[] = {
        {"a:H16|32", "a:H16|32"},
        {"a:H16|32()", "a:H16|32()"},
        {"a:H16|8(k) k:K", "a:H16|8(k)"},
        {"a:H16|33(k) k:K", "a:H16|33(k)"},
        {"a:H16|32(b)", "a"},
        {"a:H16|32(b) b:N2", "a"},
        {"a:A4|8(k) k:K", "a:A4|8(k)"},
        {"a:H8..16|32(k) k:K", "a:H8..16|32(k)"},
    };
    for (const auto& each : cases) {
        const auto made =
            profile::parse("name = \"x\"\n[command.AB]\nrequest = \"" + std::string(each.layout) + "\"");
        ASSERT_FALSE(made) << each.layout;
        EXPECT_EQ(made.error().field(), std::string("command.AB.request ") + each.field) << each.layout;
    }
}

} // namespace
} // namespace cipherlane::hsm
