// What the tool finds out about messages: input in every spelling, what a MAC was made with, differences by path, and
// a message that may be mailed.
#include "cipherlane/iso8583_diff.hpp"
#include "cipherlane/iso8583_mac.hpp"
#include "cipherlane/iso8583_redact.hpp"
#include "sample_messages.hpp"

#include <cipherlane/core/errc.hpp>
#include <cipherlane/core/pan.hpp>
#include <cipherlane/crypto/digest.hpp>
#include <cipherlane/crypto/hmac.hpp>
#include <cipherlane/crypto/mac_iso9797.hpp>
#include <cipherlane/iso8583/codec.hpp>
#include <cipherlane/iso8583/cup_pos.hpp>
#include <cipherlane/iso8583/dialect_file.hpp>
#include <cipherlane/iso8583/errc.hpp>
#include <cipherlane/iso8583/iso_dialects.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>
#include <unistd.h>

namespace cipherlane::cli {
namespace {
namespace message_tools {

using namespace sample_messages;
using iso8583::cup_pos;

TEST(PeopleInput, HexInEverySpelling) {
    for (const std::string_view text :
        {"5F340101", "5f:34:01:01", "5F-34-01-01", " 5f 34\n01 01\n", "0x5F, 0x34, 0x01, 0x01",
            "\\x5f\\x34\\x01\\x01", "{0x5F,0x34,0x01,0x01};", "[5f,34,1 01]", "\"5F34\" \"0101\""}) {
        SCOPED_TRACE(text);
        if (text.starts_with("[")) {
            EXPECT_TRUE(read(text).front().half_a_byte);
            continue;
        }
        const auto readings = read(text);
        EXPECT_EQ(readings.front().form, input_form::hex);
        EXPECT_EQ(to_hex(readings.front().whole), "5F340101");
    }
}

struct dump_case {
    const char* name;
    const char* text;
    std::string bytes; ///< hex
};

class PeopleInputDump : public ::testing::TestWithParam<dump_case> {};

TEST_P(PeopleInputDump, IsReadWithoutItsOffsetsAndLetters) {
    const auto readings = read(GetParam().text);
    ASSERT_EQ(readings.front().form, input_form::dump) << to_hex(readings.front().whole);
    EXPECT_EQ(to_hex(readings.front().whole), GetParam().bytes);
}

const std::string twenty = "6000030000603100310730020030203238303031";

INSTANTIATE_TEST_SUITE_P(All, PeopleInputDump,
    ::testing::Values(dump_case{"xxd",
                          "00000000: 6000 0300 0060 3100 3107 3002 0030 2032  `....`1.1.0..0 2\n"
                          "00000010: 3830 3031                                8001\n",
                          twenty},
        dump_case{"hexdump_with_letters",
            "00000000  60 00 03 00 00 60 31 00  31 07 30 02 00 30 20 32  |`....`1.1.0..0 2|\n"
            "00000010  38 30 30 31                                       |8001|\n"
            "00000014\n",
            twenty},
        dump_case{"wireshark",
            "0000   60 00 03 00 00 60 31 00 31 07 30 02 00 30 20 32   `....`1.1.0..0 2\n"
            "0010   38 30 30 31                                       8001\n",
            twenty},
        dump_case{"tcpdump",
            "\t0x0000:  6000 0300 0060 3100 3107 3002 0030 2032  `....`1.1.0..0.2\n"
            "\t0x0010:  3830 3031                                8001\n",
            twenty},
        dump_case{"od_in_octal",
            "0000000 60 00 03 00 00 60 31 00 31 07 30 02 00 30 20 32\n0000020 38 30 30 31\n0000024\n", twenty},
        dump_case{"hexdump_in_words", "0000000 0060 0003 6000 0031 0731 0230 3000 3220\n0000010 3038 3130\n0000014\n",
            twenty},
        dump_case{"one_line", "00000000: 3830 3031  8001\n", "38303031"},
        dump_case{"repeated_lines",
            "00000000  00 00 00 00 00 00 00 00  00 00 00 00 00 00 00 00  |................|\n*\n"
            "00000030  41                                                |A|\n00000031\n",
            std::string(96, '0') + "41"},
        dump_case{"part_of_a_larger_one", "00000040: 6000 0300 0060 3100 3107 3002 0030 2032  x\n00000050: 38\n",
            twenty.substr(0, 34)}),
    [](const auto& each) { return std::string(each.param.name); });

TEST(PeopleInput, SeveralDumpsAreSeveralMessages) {
    const auto readings = read("00000000: 6000 01  `..\n\n00000000: 6000 02  `..\n");
    ASSERT_EQ(readings.front().parts.size(), 2U);
    EXPECT_EQ(to_hex(readings.front().parts[1]), "600002");
}

TEST(PeopleInput, Base64TextRawAndLogs) {
    const auto of_base64 = read("YAADAABgMQAxBzACADAgMjgwMDE=");
    EXPECT_TRUE(std::any_of(of_base64.begin(), of_base64.end(),
        [](const auto& each) { return each.form == input_form::base64 && to_hex(each.whole) == twenty; }));
    EXPECT_EQ(as_text(read("ISO016000010" + echo, input_form::text).front().whole), "ISO016000010" + echo);
    EXPECT_EQ(read(std::string("\x00\x7E\x60", 3)).front().form, input_form::raw);
    const auto logged = read("12:01:02 sent " + sale + " to host\n12:01:03 ok\n", input_form::log);
    EXPECT_EQ(logged.front().whole, unhex(sale));
}

TEST(PeopleInput, SaysWhatIsWrong) {
    const auto odd = readings_of("5F3", input_form::hex);
    ASSERT_FALSE(odd);
    EXPECT_EQ(odd.error().hint(), "found 3 hex digits, expected an even number");
    const auto letter = readings_of("5F3g", input_form::hex);
    EXPECT_EQ(letter.error().offset(), 3U);
    EXPECT_NE(letter.error().hint().find("found \"g\""), std::string_view::npos);
}

TEST(PeopleInput, TakesTheNameOfAFile) {
    const auto file =
        std::filesystem::temp_directory_path() / ("people_input_" + std::to_string(::getpid()) + ".hex");
    std::ofstream(file) << sale;
    EXPECT_EQ(take_input(file.string()).value(), sale);
    std::filesystem::remove(file);
    EXPECT_EQ(take_input("6000").value(), "6000");
    EXPECT_EQ(take_input("no/such/file.hex").error().code(), core_errc::no_file);
    EXPECT_EQ(take_input("https://qr.example.com/a.html").value(), "https://qr.example.com/a.html");
}

/// The published sale with another field 64.
bytes with_mac(std::string_view hex) {
    auto wire = unhex(sale);
    const auto mac = unhex(hex);
    std::copy(mac.begin(), mac.end(), wire.end() - 8);
    return wire;
}

bytes retail(const bytes& key, byte_view data) {
    auto made = crypto::mac_key::create(crypto::algorithm::tdes, key, crypto::legacy_policy).value();
    const auto value = crypto::retail_mac(made, crypto::mac_padding::method_1, data).value();
    return {value.view().begin(), value.view().end()};
}

const bytes double_key = unhex("0123456789ABCDEFFEDCBA9876543210");

mac_search search(const bytes& wire, const bytes& key) {
    const auto view = iso8583::decode(cup_pos(), wire).value();
    const std::array<byte_view, 1> keys{key};
    return search_mac(view, wire, keys).value();
}

TEST(MacSearch, SaysWhichOfSeveralKeysItIs) {
    const auto wire = unhex(sale);
    const auto range = byte_view(wire).subspan(13, wire.size() - 8 - 13);
    const auto carried = with_mac(to_hex(retail(double_key, range)));
    const auto view = iso8583::decode(cup_pos(), carried).value();
    const auto other = unhex("22222222222222222222222222222222");
    const std::array<byte_view, 2> keys{other, double_key};
    auto found = search_mac(view, carried, keys).value();
    ASSERT_FALSE(found.fits.empty());
    EXPECT_EQ(found.fits[0].key, "key 2 (check value 08D7B4)");
    // Those that everybody knows have their digits.
    std::vector<byte_view> known;
    std::vector<std::string> names;
    const auto all = well_known_test_keys();
    for (const auto& each : all) {
        known.emplace_back(each.material);
        names.push_back(each.name);
    }
    found = search_mac(view, carried, known, mac_choice::any, names).value();
    ASSERT_FALSE(found.fits.empty());
    EXPECT_EQ(found.fits[0].key, "well-known test key 0123456789ABCDEFFEDCBA9876543210");
}

TEST(MacSearch, NamesAlgorithmAndRange) {
    const auto wire = unhex(sale);
    const std::size_t start = 13;
    // The retail MAC from the TPDU on, as hex characters.
    auto mac = retail(double_key, byte_view(wire).subspan(2, wire.size() - 10));
    auto found = search(with_mac(hex_of(to_hex(byte_view(mac).first(4)))), double_key);
    ASSERT_FALSE(found.fits.empty());
    EXPECT_EQ(found.fits[0].algorithm, "X9.19 (retail), padding 1");
    EXPECT_EQ(found.fits[0].range, "TPDU to the field before the MAC");
    EXPECT_EQ(found.fits[0].begin, 2U);
    EXPECT_EQ(found.fits[0].end, wire.size() - 8);
    EXPECT_EQ(found.fits[0].form, "first 4 bytes as hex characters");
    EXPECT_EQ(found.fits[0].different.size(), 2U);
    // The same without the message type, as bytes.
    mac = retail(double_key, byte_view(wire).subspan(start + 2, wire.size() - 8 - start - 2));
    found = search(with_mac(to_hex(mac)), double_key);
    ASSERT_FALSE(found.fits.empty());
    EXPECT_NE(found.fits[0].range.find("without the message type"), std::string::npos);
    EXPECT_EQ(found.fits[0].form, "first 8 bytes");
}

TEST(MacSearch, KnowsThreeKeysAndEveryDigest) {
    const auto wire = unhex(sale);
    const std::size_t start = 13;
    const auto range = byte_view(wire).subspan(start, wire.size() - 8 - start);
    const auto three = unhex("0123456789ABCDEFFEDCBA987654321089ABCDEF01234567");
    auto found = search(with_mac(to_hex(retail(three, range))), three);
    ASSERT_FALSE(found.fits.empty());
    EXPECT_EQ(found.fits[0].algorithm, "X9.19 (retail, three keys), padding 1");
    EXPECT_EQ(found.fits[0].key, "the key");
    for (const auto hash : {crypto::digest_algorithm::sha1, crypto::digest_algorithm::sha512}) {
        auto key = crypto::hmac_key::create(hash, double_key).value();
        const auto mac = crypto::hmac(key, range).value();
        found = search(with_mac(to_hex(mac.first(8))), double_key);
        ASSERT_FALSE(found.fits.empty());
        EXPECT_EQ(found.fits[0].algorithm, "HMAC-" + std::string(to_string(hash)));
        EXPECT_EQ(found.fits[0].form, "first 8 bytes");
    }
}

bytes chain(const bytes& key, byte_view data) {
    auto made = crypto::mac_key::create(crypto::algorithm::tdes, key, crypto::legacy_policy).value();
    const auto value = crypto::mac_algorithm_1(made, crypto::mac_padding::method_1, data).value();
    return {value.view().begin(), value.view().end()};
}

/// The bitmap as characters, four bytes of a value behind or in front of a filler, a digest before the cipher.
TEST(MacSearch, KnowsOtherFormsOfTheDataAndOfTheValue) {
    const auto wire = unhex(sale);
    const std::size_t start = 13;
    const auto range = byte_view(wire).subspan(start, wire.size() - 8 - start);
    bytes spelt(range.begin(), range.begin() + 2);
    const auto bitmap = to_hex(range.subspan(2, 8));
    spelt.insert(spelt.end(), bitmap.begin(), bitmap.end());
    spelt.insert(spelt.end(), range.begin() + 10, range.end());
    auto found = search(with_mac(to_hex(retail(double_key, spelt))), double_key);
    ASSERT_FALSE(found.fits.empty());
    EXPECT_NE(found.fits[0].range.find("the bitmap as hex characters"), std::string::npos) << found.fits[0].range;

    const auto mac = retail(double_key, range);
    const auto first = to_hex(byte_view(mac).first(4));
    const auto last = to_hex(byte_view(mac).last(4));
    for (const auto& [hex, form] : {std::pair(last + "00000000", "last 4 bytes, and a filler"),
             {"00000000" + last, "last 4 bytes behind a filler"},
             {"FFFFFFFF" + first, "first 4 bytes behind a filler"},
             {first + "20202020", "first 4 bytes, and a filler"}}) {
        found = search(with_mac(hex), double_key);
        ASSERT_FALSE(found.fits.empty()) << form;
        EXPECT_EQ(found.fits[0].form, form);
    }

    const auto hash = crypto::digest(crypto::digest_algorithm::sha256, range).value();
    found = search(with_mac(to_hex(chain(double_key, hash.view()))), double_key);
    ASSERT_FALSE(found.fits.empty());
    EXPECT_EQ(found.fits[0].algorithm, "SHA256, then CBC-MAC, TDES");
    found = search(with_mac(to_hex(chain(double_key, hash.first(8)))), double_key);
    ASSERT_FALSE(found.fits.empty());
    EXPECT_EQ(found.fits[0].algorithm, "SHA256, then TDES of its first block");
}

TEST(MacSearch, NothingFitsAChangedMessage) {
    const auto found = search(with_mac("3030303030303030"), double_key);
    EXPECT_TRUE(found.fits.empty());
    EXPECT_GT(found.tried, 100U);
}

TEST(MacSearch, WithoutAMacThereIsNothingToSearch) {
    iso8583::message what("0800");
    what.set_tpdu(*iso8583::tpdu::parse("6000030000")).set_header("603100310730").set(11, "000001");
    const auto wire = iso8583::encode(cup_pos(), what).value();
    const auto view = iso8583::decode(cup_pos(), wire).value();
    const std::array<byte_view, 1> keys{double_key};
    EXPECT_EQ(search_mac(view, wire, keys).error().code(), iso8583_errc::missing_field);
}

TEST(Diff, TellsPathsAndHidesValues) {
    const auto wire = unhex(sale);
    const auto left = iso8583::decode_partly(cup_pos(), wire);
    auto changed = left.view.to_message();
    changed.set(2, "6222000000010000004").set(4, "000000004321").set(60, "22000002000500").remove(26);
    const auto bytes_of = iso8583::encode(cup_pos(), changed).value();
    const auto right = iso8583::decode_partly(cup_pos(), bytes_of);
    const auto found = differences(left, right, iso8583::reveal::masked);
    std::vector<std::string> paths;
    for (const auto& each : found) {
        paths.push_back(each.path);
        EXPECT_EQ(each.left.find("6222000000000000004"), std::string::npos);
        if (each.path == "2") {
            EXPECT_TRUE(each.hidden);
        }
    }
    EXPECT_EQ(paths, (std::vector<std::string>{"bitmap", "2", "4", "26", "60/60.2"}));
    EXPECT_TRUE(differences(left, left, iso8583::reveal::masked).empty());
}

TEST(Redact, KeepsLengthsAndStructure) {
    const auto wire = unhex(sale);
    const auto view = iso8583::decode(cup_pos(), wire).value();
    const auto safe = redact(view).value();
    EXPECT_EQ(safe.frame.size(), wire.size());
    const auto again = iso8583::decode(cup_pos(), safe.frame);
    ASSERT_TRUE(again) << again.error();
    EXPECT_EQ(again->fields(), view.fields());
    EXPECT_EQ(again->value(2).substr(0, 6), "622200");
    EXPECT_EQ(again->value(4), view.value(4));
    EXPECT_EQ(again->value(14), "4912");
    EXPECT_EQ(again->value(35).size(), view.value(35).size());
    EXPECT_EQ(again->value(35)[19], 'D');
    EXPECT_EQ(again->value(52), std::string(8, '\xFF'));
    EXPECT_EQ(again->value(64), "00000000");
    EXPECT_NE(std::find(safe.changed.begin(), safe.changed.end(), "52"), safe.changed.end());
}

TEST(Redact, FindsNumbersWhereNoRowHidesThem) {
    const std::string card = "4761739001010010";
    iso8583::message what("0200");
    what.set_tpdu(*iso8583::tpdu::parse("6000030000")).set_header("603100310730").set(11, "000001");
    const auto chip = unhex("5A084761739001010010"
                            "5F2403261231"
                            "DF02084761739001010010"
                            "DF031034373631373339303031303130303130"
                            "9F26081122334455667788");
    what.set(55, byte_view(chip));
    const auto wire = iso8583::encode(cup_pos(), what).value();
    const auto safe = redact(iso8583::decode(cup_pos(), wire).value()).value();
    EXPECT_EQ(safe.frame.size(), wire.size());
    EXPECT_EQ(to_hex(safe.frame).find(card), std::string::npos);
    EXPECT_EQ(as_text(safe.frame).find(card), std::string_view::npos);
    EXPECT_EQ(to_hex(safe.frame).find("5F2403261231"), std::string::npos);
    EXPECT_NE(to_hex(safe.frame).find("9F26081122334455667788"), std::string::npos);
    // Without a field 2, and in fields that are open: with a right check digit, or known from an account.
    iso8583::message open("0200");
    open.set(11, "000777")
        .set(44, "PAN" + card)
        .set(47, card + card)
        .set(102, "4761739001010011")
        .set(104, "4761739001010011");
    const auto text = iso8583::encode(iso8583::iso87_ascii(), open).value();
    const auto cleared = redact(iso8583::decode(iso8583::iso87_ascii(), text).value()).value();
    EXPECT_EQ(as_text(cleared.frame).find("476173900101001"), std::string_view::npos) << as_text(cleared.frame);
    EXPECT_EQ(cleared.frame.size(), text.size());
    // A mail address, and a number with its country.
    iso8583::message people("0200");
    people.set(11, "000777").set(44, "zhang.san@example.cn").set(47, "+86 138 0013 8000");
    const auto named = iso8583::encode(iso8583::iso87_ascii(), people).value();
    const auto hidden = redact(iso8583::decode(iso8583::iso87_ascii(), named).value()).value();
    EXPECT_EQ(as_text(hidden.frame).find("zhang"), std::string_view::npos) << as_text(hidden.frame);
    EXPECT_EQ(as_text(hidden.frame).find("0013"), std::string_view::npos) << as_text(hidden.frame);
    EXPECT_EQ(hidden.frame.size(), named.size());
}

/// A part has a mask of its own, whatever the field around it has.
TEST(Redact, FollowsTheMasksOfPartsInAnOpenField) {
    constexpr std::string_view dialect = R"(name = "parts"
base = "iso87-ascii"
[composite.net]
style = "bitmap"
bitmap_bytes = 2
bitmap = "hex"
part = [
  {tag = "62.1", name = "indicator", kind = "alnum", max = 1},
  {tag = "62.9", name = "account", kind = "digits", length = "ll", max = 19, mask = "pan"},
]
[field.62]
name = "network"
kind = "binary"
encoding = "binary"
length = "lll"
max = 300
mask = "none"
inside = "net"
)";
    const auto loaded = iso8583::loaded_dialect::parse(dialect).value();
    const auto redacted = [&](const std::string& inside) {
        const std::string text =
            "01002020000000000004000000000123" + std::to_string(inside.size() + 1000).substr(1) + inside;
        const auto view = iso8583::decode(loaded.table(), as_bytes(text)).value();
        return std::string(as_text(redact(view).value().frame)).substr(35);
    };
    EXPECT_EQ(redacted("8080E166228000100001117"), "8080E166228000000011117");
    // Nobody knows what stands where in a structure that breaks off.
    EXPECT_EQ(redacted("8080E166228000100001").find("622800010"), std::string::npos);
}

std::string redacted_chip(const std::string& chip) {
    iso8583::message what("0200");
    what.set_tpdu(*iso8583::tpdu::parse("6000030000")).set_header("603100310730").set(11, "000001");
    const auto data = unhex(chip);
    what.set(55, byte_view(data));
    const auto wire = iso8583::encode(cup_pos(), what).value();
    const auto safe = redact(iso8583::decode(cup_pos(), wire).value()).value();
    EXPECT_EQ(safe.frame.size(), wire.size());
    return to_hex(as_bytes(iso8583::decode(cup_pos(), safe.frame).value().value(55)));
}

/// A value that was shifted, wrongly labelled or left open is what a bank is asked about: it goes out by mail.
TEST(Redact, TakesNumbersOutOfValuesThatAreNotOfTheirTagsForm) {
    // The well-known sample of GB 11643, with its check character and with a wrong one.
    EXPECT_EQ(
        redacted_chip("9F6112313130313035313934393132333130303258"), "9F6112303030303030303030303030303030303058");
    EXPECT_EQ(
        redacted_chip("DF0112313130313035313934393132333130303239"), "DF0112303030303030303030303030303030303030");
    EXPECT_EQ(
        redacted_chip("5F5012313130313035313934393132333130303258"), "5F5012303030303030303030303030303030303058");
    // A card number in a tag of bits, of figures, and in one of no fixed length.
    for (const std::string tag : {"9F6C", "9F02", "9F7C", "95", "50"}) {
        const auto safe = redacted_chip(tag + "0A6217001234567890122F");
        EXPECT_EQ(safe.substr(0, tag.size() + 8), tag + "0A621700") << safe;
        EXPECT_EQ(safe.substr(safe.size() - 5), "0122F") << safe;
        EXPECT_EQ(safe.find("1234567890"), std::string::npos) << safe;
    }
    // A stripe, of which the expiry date is made up.
    const auto stripe = redacted_chip("500F6217001234567890122D251220100F");
    EXPECT_NE(stripe.find("0122D4912"), std::string::npos) << stripe;
    EXPECT_EQ(stripe.find("2512"), std::string::npos) << stripe;
    // A name in GBK, then a number as text.
    EXPECT_EQ(redacted_chip("DF010DD5C53133383132333435363738"), "DF010DD5C53030303030303030303030");
    // What has its form stays.
    for (const std::string chip : {"9F0206013812345678", "9F26084761739001010010", "500A56495341204445424954"})
        EXPECT_EQ(redacted_chip(chip), chip);
    // A template that cannot be read to its end may hold anything.
    EXPECT_EQ(redacted_chip("700B6217001234567890122F00").find("1234567890"), std::string::npos);
}

TEST(Redact, ReachesIntoChipDataAndOtherFields) {
    iso8583::message what("0200");
    what.set_tpdu(*iso8583::tpdu::parse("6000030000")).set_header("603100310730");
    const std::string card = "6228481234567890124"; // no real account
    what.set(2, card).set(11, "000001");
    const auto chip = unhex("5A0A6228481234567890124F"
                            "5F2004"
                            "4A4F484E"
                            "9F2608"
                            "1122334455667788"
                            "57115413330089020011D2512201"
                            "0000000000"
                            "9F10020000");
    what.set(55, byte_view(chip)).set(63, "card " + card);
    const auto wire = iso8583::encode(cup_pos(), what).value();
    const auto view = iso8583::decode(cup_pos(), wire).value();
    const auto safe = redact(view).value();
    EXPECT_EQ(safe.frame.size(), wire.size());
    EXPECT_EQ(to_hex(safe.frame).find(card), std::string::npos);
    EXPECT_EQ(as_text(safe.frame).find(card), std::string_view::npos);
    const auto again = iso8583::decode(cup_pos(), safe.frame).value();
    const auto data = to_hex(as_bytes(again.value(55)));
    EXPECT_NE(data.find("9F26081122334455667788"), std::string::npos); // what is no card data stays
    EXPECT_NE(data.find("5F200458585858"), std::string::npos);
    EXPECT_EQ(data.find("5413330089020011"), std::string::npos);
    const auto pan = again.value(2);
    EXPECT_EQ(luhn_digit(pan.substr(0, pan.size() - 1)) == pan.back(),
        luhn_digit(card.substr(0, card.size() - 1)) == card.back());
}

} // namespace message_tools
} // namespace
} // namespace cipherlane::cli
