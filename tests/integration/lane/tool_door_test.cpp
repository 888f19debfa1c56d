// The tool's door: what scripts may count on, whichever subcommand they call.
#include "tool_program.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <filesystem>
#include <sys/stat.h>
#include <thread>
#include <utility>

namespace cipherlane::tests {
namespace {

using ToolDoor = tool_program;

TEST_F(ToolDoor, EverySubcommandTakesJson) {
    for (const auto& [words, options] : commands()) {
        EXPECT_NE(std::find(options.begin(), options.end(), "--json"), options.end()) << words.back();
    }
}

/// Some of each family: a program's start costs more than its work.
TEST_F(ToolDoor, TellsACommandLineThatCannotBeReadAsJson) {
    const auto all = commands();
    EXPECT_GT(all.size(), 40U);
    std::string family;
    for (auto [words, options] : all) {
        if (words.front() == std::exchange(family, words.front())) continue;
        SCOPED_TRACE(words.back());
        words.insert(words.end(), {"--no-such-option", "--json"});
        EXPECT_EQ(run(words), 2) << said_ << complained_;
        const auto told = nlohmann::json::parse(said_, nullptr, false);
        ASSERT_TRUE(told.is_object()) << said_;
        EXPECT_EQ(told.at("exit"), 2);
        const auto& error = told.at("error");
        EXPECT_EQ(error.at("condition"), "misuse");
        EXPECT_EQ(error.at("code"), 2);
        // The option that is one too many is named; one that is missing says that --json is none.
        EXPECT_EQ(error.at("text").get<std::string>().find("--json"), std::string::npos) << said_;
    }
}

TEST_F(ToolDoor, EndsByOneTable) {
    const auto folder = folder_.path();
    const auto broken = file("cvv.csv", "id,cvk,pan\nshort,1\n");
    std::filesystem::create_directory(folder + "/empty");
    const struct {
        std::vector<std::string> words;
        int code;
        std::string condition;
    } rows[] = {
        {{"foo"}, 2, "misuse"},
        {{"hsm"}, 2, "misuse"},
        {{"qr", "check", "00020101"}, 2, ""},
        {{"qr", "decode", "--picture", folder + "/none.png"}, 2, "misuse"},
        {{"qr", "encode", "--fields", broken}, 2, "misuse"},
        {{"qr", "render", "x", "--png", folder + "/none/x.png"}, 6, "local_fault"},
        {{"device", "show", "--port", folder + "/none", "--text", "x"}, 4, "link_lost"},
        {{"device", "show", "--port", folder, "--text", "x"}, 2, "misuse"},
        {{"device", "show", "--port", "tcp:127.0.0.1:1", "--amount", "1,00"}, 2, ""},
        {{"gateway", "explain", folder + "/none"}, 2, ""},
        {{"gateway", "explain", "/dev/null"}, 2, ""},
        {{"journal", "init", folder + "/none.db"}, 2, "misuse"},
        {{"man", "nothing"}, 2, "misuse"},
        {{"device", "replay", "--port", "x", "--trace", folder + "/none"}, 2, "misuse"},
        {{"journal", "list", folder + "/none.db"}, 2, "misuse"},
        {{"journal", "export", folder + "/none.db"}, 2, "misuse"},
        {{"journal", "check", folder + "/none.db"}, 2, "misuse"},
        {{"keyblock", "inspect", "B0096P0TE00N00001234", "--kbpk", folder + "/none"}, 2, ""},
        {{"iso8583", "mac", "0800", "--key", folder + "/none"}, 2, ""},
        {{"hsm", "ceremony", "--type", "zmkk"}, 2, "misuse"},
        {{"journal", "adopt", folder + "/none.toml"}, 2, ""},
        {{"till", "status", folder + "/none.toml"}, 2, ""},
        {{"preflight", folder + "/none.toml"}, 2, ""},
        {{"hsm", "diag", "--hsm", "127.0.0.1:1"}, 4, "link_lost"},
        {{"iso8583", "doctor", folder + "/none"}, 2, "local_fault"},
        {{"tlv", "decode", folder + "/none/x"}, 2, "local_fault"},
        {{"kat", folder + "/empty"}, 2, ""},
        {{"hsm", "diag", "--hsm", "127.0.0.1:1", "--profile", "nosuch"}, 2, "misuse"},
        {{"iso8583", "decode", "--dialect", "nosuch", "00"}, 2, "misuse"},
        {{"keyblock", "inspect", "Z"}, 2, ""},
        {{"tlv", "decode", "9F"}, 2, ""},
        {{"wireshark", "nosuch"}, 2, "misuse"},
        {{"wireshark", "cup-pos", "--out", folder + "/none/x.lua"}, 6, "local_fault"},
    };
    for (const auto& row : rows) {
        std::string name;
        for (const auto& word : row.words)
            name += " " + word;
        SCOPED_TRACE(name);
        EXPECT_EQ(run(row.words), row.code) << said_ << complained_;
        EXPECT_TRUE(complained_.starts_with("cipherlane")) << complained_;
        auto words = row.words;
        words.push_back("--json");
        EXPECT_EQ(run(words), row.code) << said_ << complained_;
        const auto told = nlohmann::json::parse(said_, nullptr, false);
        ASSERT_TRUE(told.is_object()) << said_;
        EXPECT_EQ(told.at("exit"), row.code);
        EXPECT_FALSE(told.at("error").at("text").get<std::string>().empty());
        EXPECT_TRUE(told.at("error").contains("code"));
        if (!row.condition.empty()) {
            EXPECT_EQ(told.at("error").at("condition"), row.condition) << said_;
        }
    }
}

/// A device that nobody reaches is told as such, by a search too.
TEST_F(ToolDoor, AProbeThatReachesNothingSaysSo) {
    for (const auto& port : {folder_.path() + "/none", std::string("tcp:127.0.0.1:1")}) {
        EXPECT_EQ(run({"device", "probe", "--port", port, "--json"}), 4) << said_ << complained_;
        EXPECT_EQ(nlohmann::json::parse(said_).at("exit"), 4) << said_;
    }
    EXPECT_EQ(run({"device", "show", "--port", "tcp:127.0.0.1:1", "--text", "x"}), 4);
    EXPECT_NE(complained_.find("is it switched on"), std::string::npos) << complained_;
}

/// What another subcommand reads is named with it; so is a message in characters without its dialect.
TEST_F(ToolDoor, NamesWhoReadsWhatItWasGiven) {
    const std::string code = "00020101021153031565802CN5904SHOP6007BEIJING6304A13A";
    const std::string block = "B0080P0TE00E00000123456789ABCDEF0123456789ABCDEF";
    const std::string chip = "9F360200029F2701809505000000000082021800";
    const std::string code_in_hex = "00020101021153031565405100005802CA5904CAFE6004BEEF6304A13A";
    const struct {
        std::vector<std::string> words;
        std::string told;
    } rows[] = {
        {{"tlv", "decode", code}, "qr decode"},
        {{"tlv", "decode", block}, "keyblock inspect"},
        {{"tlv", "decode", "9F360200010x"}, "not a hex digit, byte 11"},
        {{"qr", "check", chip}, "tlv decode"},
        {{"qr", "check", block}, "keyblock inspect"},
        {{"qr", "decode", block}, "keyblock inspect"},
        {{"iso8583", "explain", "ISO0160000100800822000000000000004000000000000000721122000000001301"},
            "give --dialect"},
        {{"iso8583", "redact", "ISO0160000100800822000000000000004000000000000000721122000000001301"},
            "give --dialect"},
        // Letters that are hex digits, too: it is read as bytes, and known all the same.
        {{"iso8583", "decode", code_in_hex}, "qr decode"},
        {{"iso8583", "redact", code_in_hex}, "qr decode"},
        {{"iso8583", "mac", chip}, "tlv decode"},
    };
    for (const auto& row : rows) {
        EXPECT_EQ(run(row.words), 2) << row.words.back();
        EXPECT_NE(complained_.find(row.told), std::string::npos) << row.words[1] << ": " << complained_;
    }
    EXPECT_EQ(run({"iso8583", "explain", code_in_hex}), 1);
    EXPECT_NE(complained_.find("qr decode"), std::string::npos) << complained_;
    EXPECT_EQ(run({"iso8583", "explain", code_in_hex, "--json"}), 1);
    EXPECT_TRUE(says("qr decode")) << said_;
}

/// What is longer than a busy host's minutes: its beginning is looked at, up to the end of a line, and that is told.
TEST_F(ToolDoor, ReadsTheBeginningOfALogThatIsTooLong) {
    const std::string line = "0800822000000000000004000000000000000721122000000001301\n";
    const auto whole = file("long.txt", line + std::string(1U << 20U, ' '));
    EXPECT_EQ(run({"iso8583", "doctor", whole}), 1) << complained_;
    EXPECT_TRUE(says("read the first 55 of 1048632 bytes; the rest was not looked at")) << said_;
    EXPECT_TRUE(says("message   0800")) << said_;
    EXPECT_EQ(run({"iso8583", "doctor", file("fits.txt", line + std::string(4096, '\n'))}), 0)
        << said_ << complained_;
}

/// Whatever could be read of an input that is damaged is printed, and the command fails all the same.
TEST_F(ToolDoor, FailsWhereItsInputIsDamaged) {
    // A record of Intel HEX with its sum, and with the next one.
    const std::string echo = ":1C00000008008220000000000000040000000000000007211220000000010301";
    const auto right = file("right.hex", echo + "D7\n:00000001FF\n");
    const auto wrong = file("wrong.hex", echo + "D8\n:00000001FF\n");
    for (const std::string action : {"explain", "decode", "redact"}) {
        EXPECT_EQ(run({"iso8583", action, "--dialect", "iso87-bcd", "--no-length", right}), 0)
            << action << complained_;
        EXPECT_EQ(run({"iso8583", action, "--dialect", "iso87-bcd", "--no-length", wrong}), 1)
            << action << complained_;
        EXPECT_FALSE(said_.empty()) << action;
        EXPECT_NE(complained_.find("the sum of the record in line 1 is wrong"), std::string::npos) << complained_;
    }
    EXPECT_EQ(run({"iso8583", "diff", "--dialect", "iso87-bcd", "--no-length", wrong, wrong}), 1) << said_;
    EXPECT_EQ(run({"iso8583", "explain", "--dialect", "iso87-bcd", "--no-length", wrong, "--json"}), 1);
    const auto told = nlohmann::json::parse(said_);
    EXPECT_EQ(told.at("exit"), 1);
    EXPECT_NE(told.at("note").get<std::string>().find("line 1"), std::string::npos) << said_;
    EXPECT_EQ(run({"tlv", "decode", file("tlv.hex", ":040000005F34010168\n")}), 1) << said_ << complained_;
    EXPECT_EQ(run({"hsm", "send", "--hsm", "127.0.0.1:1", "--from", folder_.path()}), 2);
    EXPECT_NE(complained_.find("found a folder, expected a file"), std::string::npos) << complained_;
    EXPECT_EQ(run({"iso8583", "doctor", folder_.path()}), 2);
    EXPECT_NE(complained_.find(folder_.path() + ": "), std::string::npos) << complained_;
    EXPECT_NE(complained_.find("found a folder, expected a file"), std::string::npos) << complained_;
}

/// What editors, mails and logs put around a text or break it with.
TEST_F(ToolDoor, TakesAPayloadAndTagsAsPeopleHaveThem) {
    ASSERT_EQ(run({"qr", "encode", "00=01", "52=5812", "53=156", "58=CN", "59=TEA SHOP", "60=SH"}), 0);
    const auto text = said_.substr(0, said_.find('\n'));
    ASSERT_EQ(run({"qr", "decode", text}), 0) << complained_;
    const auto fields = said_;
    const std::string forms[] = {"\xEF\xBB\xBF" + text + "\r\n", " " + text + " ", "\"" + text + "\"",
        "`" + text + "`", text.substr(0, 30) + "\r\n" + text.substr(30) + "\n"};
    for (const auto& form : forms) {
        EXPECT_EQ(run({"qr", "decode", file("code.txt", form)}), 0) << form << complained_;
        EXPECT_EQ(said_, fields) << form;
    }
    EXPECT_EQ(run({"tlv", "decode", "10:20:30.123 5F34 = 01, 9F02 = 000000001000"}), 0) << complained_;
    EXPECT_NE(said_.find("9F02  Amount"), std::string::npos) << said_;
    EXPECT_EQ(said_.find("2030"), std::string::npos) << said_;
}

/// Tags as terminals print them: in brackets, with their names; a status word that two words are.
TEST_F(ToolDoor, TakesTagListsOfTerminals) {
    for (const std::string text : {"9F36 - Application Transaction Counter (ATC): 0240\n9F27 - CID: 80\n",
             "9F36 (ATC) = 02 40\n9F27 Cryptogram Information Data: 80\n", "[9F36] 0240 [9F27] 80",
             "[9F36] ATC: 0240\n[9F27] CID: 80\n", "<9F36> 02 40\n<9F27> 80\n"}) {
        EXPECT_EQ(run({"tlv", "decode", file("tags.txt", text)}), 0) << text << complained_;
        EXPECT_NE(said_.find("9F36  "), std::string::npos) << text << said_;
        EXPECT_NE(said_.find("0240"), std::string::npos) << text << said_;
        EXPECT_NE(said_.find("ARQC"), std::string::npos) << text << said_;
    }
    // Two objects in one line could be taken for one.
    EXPECT_EQ(run({"tlv", "decode", "9F36 - ATC: 0240, 9F27 - CID: 80"}), 2) << said_;
    EXPECT_EQ(run({"tlv", "decode", "61", "1C"}), 2) << said_;
    EXPECT_NE(complained_.find("status word"), std::string::npos) << complained_;
}

/// Of an object that is cut what is there is shown, as far as the whole of it might be.
TEST_F(ToolDoor, ShowsWhatIsThereOfAnObjectThatIsCut) {
    EXPECT_EQ(run({"tlv", "decode", "82027C009F260811223344"}), 2);
    EXPECT_TRUE(says("! 9F26  Application Cryptogram")) << said_;
    EXPECT_TRUE(says("8 bytes announced, 4 are left of all: 11223344")) << said_;
    EXPECT_EQ(run({"tlv", "decode", "9F360202405A0862220000000000"}), 2);
    EXPECT_TRUE(says("! 5A  ") && says("(not shown)")) << said_;
    EXPECT_FALSE(says("6222")) << said_;
    EXPECT_EQ(run({"tlv", "decode", "70209F360202409F26081122"}), 2);
    EXPECT_TRUE(says("! 70  ") && says("9F36  ") && says("0240") && says("! 9F26  ") && says(": 1122")) << said_;
    EXPECT_EQ(run({"tlv", "decode", "82027C009F260811223344", "--json"}), 2);
    EXPECT_EQ(nlohmann::json::parse(said_).at("cut").at("value"), "11223344") << said_;
    // Blanks between bytes make no tag with a long value of what is cut.
    for (const std::string cut : {"9F02 06 000000001000 9F03 06 0000", "9F36 02 02 40 9F03 06 00 00",
             "9F0206 000000001000\n9F0306 0000\n", "9F0206000000001000\n9F03060000\n"}) {
        EXPECT_EQ(run({"tlv", "decode", file("cut.txt", cut)}), 2) << cut << said_;
        EXPECT_TRUE(says("! 9F03  ") && says("6 bytes announced, 2 are left of all")) << cut << said_;
    }
    EXPECT_EQ(run({"tlv", "decode", "5A 08 62 22 00"}), 2) << said_;
    EXPECT_EQ(run({"tlv", "decode", file("list.txt", "5F24 261231\n9F36 0240\n")}), 0) << complained_;
    EXPECT_TRUE(says("5F24  ") && says("9F36  ")) << said_;
    // A length that is too great takes in the card number behind.
    EXPECT_EQ(run({"tlv", "decode", "9F265011223344556677885A084761739001010010"}), 2);
    EXPECT_FALSE(says("4761739001")) << said_;
    EXPECT_EQ(run({"tlv", "decode", "DF02084761739001"}), 2);
    EXPECT_FALSE(says("4761739001")) << said_;
}

/// A value that has not the form of its tag is a check that failed, in words and for scripts; and it is masked.
TEST_F(ToolDoor, TellsAValueThatIsNotOfItsTagsForm) {
    EXPECT_EQ(run({"tlv", "decode", "950400000000"}), 1) << complained_;
    EXPECT_TRUE(says("! does not have the form of this tag (b): found 4 bytes, expected 5")) << said_;
    EXPECT_EQ(run({"tlv", "decode", "9A03231399", "--json"}), 1) << complained_;
    EXPECT_EQ(nlohmann::json::parse(said_).at(0).at("wrong"), "found month 13, allowed 01 to 12") << said_;
    EXPECT_EQ(run({"tlv", "decode", "A50F950A6217001234567890122F9C0100"}), 1) << "inside a template";
    EXPECT_FALSE(says("1234567890")) << said_;
    for (const std::string shifted : {"9F6C0A6217001234567890122F", "950A6217001234567890122F",
             "800A6217001234567890122F", "500F6217001234567890122D251220100F"}) {
        for (const std::string form : {"--tolerant", "--json"}) {
            (void)run({"tlv", "decode", shifted, form});
            EXPECT_TRUE(says("621700*********0122")) << shifted << said_;
            EXPECT_FALSE(says("1234567890")) << shifted << said_;
            EXPECT_FALSE(says("byte 3 bit")) << "bits would show the digits";
        }
    }
    EXPECT_EQ(run({"tlv", "decode", "hQVDUFYwMWEXTwegAAADMwEBUAJVUFoIYigAAQAAERdiA5wBAA=="}), 0) << complained_;
    EXPECT_TRUE(says("62  Common Data Template")) << said_;
    EXPECT_EQ(run({"tlv", "decode", "9F66020F00"}), 0) << "two bytes are Mastercard's: " << said_;
    // So is a length in a header that is not that of the message; and in field 55 of one, too.
    const auto dialect = file("up.toml", "name = \"up\"\nbase = \"iso87-ascii\"\nbitmap = \"binary\"\n[envelope]\n"
                                         "length = \"ascii4\"\nheader = \"unionpay-interbank\"\n");
    const std::string behind =
        "30303031303334342020203031303230303030202020000000003030303030303030003030303030303830300020"
        "000000000000303030313233";
    for (const auto& [total, ends] : {std::pair{"30303634", 0}, std::pair{"30303939", 1}}) {
        EXPECT_EQ(run({"iso8583", "explain", "--dialect", dialect, "303036342E82" + (total + behind)}), ends)
            << said_ << complained_;
    }
    EXPECT_TRUE(says("WRONG: 64 bytes are here")) << said_;
    const std::string message =
        "00316000030000603100311010020030200000008002000000000000000001000001235445524D303030310006950400000000";
    for (const std::string form : {"--tolerant", "--json"}) {
        EXPECT_EQ(run({"iso8583", "explain", message, form}), 1) << said_ << complained_;
        EXPECT_TRUE(says("found 4 bytes, expected 5")) << said_;
    }
}

/// JSON keeps what the text shows: padding behind the last object, and all that stands in front of a fault.
TEST_F(ToolDoor, KeepsAsMuchInJsonAsInText) {
    EXPECT_EQ(run({"tlv", "decode", "--json", "--tolerant", "7009FFFFFF5F340101FFFF"}), 0) << complained_;
    const auto inside = nlohmann::json::parse(said_).at(0).at("objects");
    ASSERT_EQ(inside.size(), 2U) << said_;
    EXPECT_EQ(inside.at(0).at("deviation").at("byte"), 2);
    EXPECT_EQ(inside.at(1).at("deviation").at("byte"), 9);
    EXPECT_EQ(run({"tlv", "decode", "--json", "9F360200019505"}), 2);
    EXPECT_EQ(nlohmann::json::parse(said_).at("objects").at(0).at("value"), "0001") << said_;
    EXPECT_EQ(run({"tlv", "decode", "--json", "9C010070209F360202409F26081122"}), 2);
    const auto told = nlohmann::json::parse(said_);
    EXPECT_EQ(told.at("objects").size(), 1U) << said_;
    EXPECT_EQ(told.at("cut").at("objects").at(0).at("value"), "0240") << said_;
    EXPECT_EQ(told.at("cut").at("cut").at("value"), "1122") << said_;
}

/// Digits that are a key begin as a block does, by chance.
TEST_F(ToolDoor, ShowsNoPiecesOfAKeyAsAHeader) {
    for (const std::string key :
        {"0123456789ABCDEFFEDCBA9876543210", "1123456789ABCDEF", "A123456789ABCDEFFEDCBA98765432100123456789ABCDEF",
            "0123456789ABCDEFFEDCBA98765432100123456789ABCDEFFEDCBA9876543210"}) {
        EXPECT_EQ(run({"keyblock", "inspect", key}), 2) << said_;
        EXPECT_EQ(said_, "") << key;
        EXPECT_NE(complained_.find("a key in clear"), std::string::npos) << complained_;
        EXPECT_EQ(complained_.find(key.substr(1, 4)), std::string::npos) << complained_;
    }
}

/// A code of a payer is held to the rules of its kind, as one of a merchant is.
TEST_F(ToolDoor, ChecksACodeOfAPayer) {
    const std::string without_card = "hQVDUFYwMWEJTwegAAAAVVVV";
    for (const auto* action : {"check", "decode"}) {
        EXPECT_EQ(run({"qr", action, without_card}), 1) << action << said_ << complained_;
        EXPECT_TRUE(says("kind: EMV consumer-presented (shown by the payer)")) << action << said_;
        EXPECT_TRUE(says("violation: ") && says("cipherlane tlv decode")) << action << said_;
        EXPECT_EQ(run({"qr", action, without_card, "--json"}), 1) << action << said_;
        EXPECT_EQ(nlohmann::json::parse(said_).at("violations").size(), 1U) << said_;
        for (const std::string broken : {"hQVDUFYwMWEJTwegAAAA", "hQVDUFYwMQ==", "hQVDUFYwMWE*"}) {
            EXPECT_EQ(run({"qr", action, broken}), 2) << action << broken << said_;
            EXPECT_TRUE(says("kind: EMV consumer-presented")) << action << broken << said_;
        }
        EXPECT_EQ(run({"qr", action, "hQVDUFYwMQ==", "--json"}), 2) << action << said_;
        const auto told = nlohmann::json::parse(said_);
        EXPECT_EQ(told.at("kinds").size(), 1U) << said_;
        EXPECT_EQ(told.at("exit"), 2) << said_;
    }
}

/// Whatever is wrong behind the sixteen characters in front, these are shown; and the block may be in a file.
TEST_F(ToolDoor, ShowsTheHeaderOfAKeyBlockWhoseOptionsAreWrong) {
    const std::string block = "B0096P0TE00E0200KS1800604B120F9292800000T!08ABCD";
    for (const auto& given : {block, file("block.txt", block + "\r\n")}) {
        EXPECT_EQ(run({"keyblock", "inspect", given}), 1) << complained_;
        EXPECT_TRUE(says("PIN encryption key") && says("KS ") && says("optional blocks 02")) << said_;
        EXPECT_NE(complained_.find("02 optional blocks announced, 1 is whole"), std::string::npos) << complained_;
        EXPECT_EQ(run({"keyblock", "inspect", given, "--json"}), 1) << complained_;
        const auto told = nlohmann::json::parse(said_);
        EXPECT_EQ(told.at("usage").at("value"), "P0") << said_;
        EXPECT_EQ(told.at("optional_blocks").size(), 1U) << said_;
        EXPECT_TRUE(told.contains("error")) << said_;
    }
    EXPECT_EQ(run({"keyblock", "inspect", folder_.file("none.txt")}), 2);
    EXPECT_NE(complained_.find("none.txt"), std::string::npos) << complained_;
}

/// A checksum alone that is wrong hides nothing of the payload.
TEST_F(ToolDoor, ShowsAPayloadWhoseChecksumIsWrong) {
    ASSERT_EQ(run({"qr", "encode", "00=01", "52=5812", "53=156", "58=CN", "59=SHOP", "60=SH"}), 0);
    auto text = said_.substr(0, said_.find('\n'));
    text.back() = text.back() == '0' ? '1' : '0';
    for (const auto* action : {"decode", "check"}) {
        EXPECT_EQ(run({"qr", action, text}), 1) << action << complained_;
        EXPECT_NE(said_.find("60  SH"), std::string::npos) << action << said_;
        EXPECT_NE(complained_.find("CRC error"), std::string::npos) << action << complained_;
        EXPECT_EQ(run({"qr", action, text, "--json"}), 1) << action << complained_;
        const auto told = nlohmann::json::parse(said_);
        EXPECT_EQ(told.at("exit"), 1) << said_;
        EXPECT_EQ(told.at("fields").at("60"), "SH") << said_;
        EXPECT_NE(told.at("error").at("advice").get<std::string>().find("expected "), std::string::npos) << said_;
    }
}

TEST_F(ToolDoor, NamesWhatIsWrongAndWhatThereIs) {
    EXPECT_EQ(run({"foo"}), 2);
    EXPECT_TRUE(complained_.starts_with("cipherlane: no \"foo\"; there are device ")) << complained_;
    EXPECT_EQ(run({"hsm"}), 2);
    EXPECT_TRUE(complained_.starts_with("cipherlane hsm: a subcommand is missing; there are ceremony "))
        << complained_;
    EXPECT_EQ(run({"hsm", "--profil", "payshield"}), 2);
    EXPECT_EQ(run({"--versio"}), 2);
    EXPECT_TRUE(complained_.starts_with("cipherlane: not expected: --versio; a subcommand is missing; "))
        << complained_;
    EXPECT_EQ(run({"qr", "decode", "abc"}), 2);
    EXPECT_NE(complained_.find("begins with 000201"), std::string::npos) << complained_;
    EXPECT_EQ(run({"kat", file("empty.csv", "id,request,response,source\n")}), 1);
    EXPECT_TRUE(says("no rows; expected ")) << said_;
    EXPECT_EQ(run({"journal", "decide", "till.toml"}), 2);
    EXPECT_EQ(complained_.find("there are ;"), std::string::npos) << complained_;
    EXPECT_EQ(run({"qr", "check", "--of", "x"}), 2);
    EXPECT_NE(complained_.find("not expected: --of"), std::string::npos) << complained_;
    EXPECT_EQ(run({"kat"}), 2);
    EXPECT_NE(complained_.find("cipherlane kat: paths is required"), std::string::npos) << complained_;
}

/// A name in a code, a row of a file, a name of a file: nothing of it reaches the terminal as it is.
TEST_F(ToolDoor, PrintsNothingThatSteersATerminal) {
    const std::string title = "\x1B]0;x\x07\xC2\x9B"
                              "2J"; // ESC, BEL, and CSI as one character
    const auto steers = [](const std::string& text) {
        return text.find_first_of("\x1B\x07\x08\x7F") != std::string::npos ||
               text.find("\xC2\x9B") != std::string::npos;
    };
    const auto size = std::to_string(title.size());
    const auto code = file("code.txt", "000201"
                                       "52045812"
                                       "5303156"
                                       "5802CN"
                                       "59" +
                                           std::string(size.size() < 2 ? "0" : "") + size + title +
                                           "6002SH"
                                           "63040000");
    const auto rows = file("sm3.csv", "id,message,digest\n" + title + ",00,11\n");
    const std::vector<std::vector<std::string>> all{{"qr", "decode", code}, {"qr", "decode", "--lenient", code},
        {"qr", "check", code}, {"kat", rows}, {"tlv", "decode", title}, {"iso8583", "explain", title},
        {"keyblock", "inspect", title}, {"journal", "list", title}, {"iso8583", "doctor", file("x.txt", title)}};
    for (const auto& words : all) {
        (void)run(words);
        EXPECT_FALSE(steers(said_)) << words[0] << ' ' << words[1] << said_;
        EXPECT_FALSE(steers(complained_)) << words[0] << ' ' << words[1] << complained_;
        EXPECT_FALSE(said_.empty() && complained_.empty()) << words[0];
    }
}

/// An option's value that cannot be is told as the terminal may have it, and not at all where it may be a card or
/// key.
TEST_F(ToolDoor, EchoesNoValueOfAnOptionThatSteersOrMayBeSecret) {
    const std::string steers = "\x1B]0;x\x07";
    const std::string key = "0123456789ABCDEFFEDCBA9876543210";
    const std::string letters = "ABCDEFABCDEF1234"; // a key with few decimal digits
    for (const std::string option : {"--driver", "--baud"}) {
        for (const auto& value : {steers, key, letters}) {
            EXPECT_EQ(run({"device", "show", "--port", "x", "--text", "x", option, value}), 2) << option;
            EXPECT_EQ(complained_.find('\x1B'), std::string::npos) << complained_;
            EXPECT_EQ(complained_.find(key), std::string::npos) << complained_;
            EXPECT_EQ(complained_.find(letters), std::string::npos) << complained_;
            EXPECT_NE(complained_.find(option), std::string::npos) << complained_;
        }
    }
    EXPECT_EQ(run({"device", "show", "--port", "x", "--text", "x", "--baud=" + key}), 2);
    EXPECT_EQ(complained_.find(key), std::string::npos) << complained_;
    EXPECT_EQ(run({"device", "show", "--port", "x", "--text", "x", "--baud", "12x4"}), 2);
    EXPECT_NE(complained_.find("12x4"), std::string::npos) << complained_;
}

/// What is in the wrong place may be a card or a key, and errors go into logs.
TEST_F(ToolDoor, EchoesNoValueThatItDidNotExpect) {
    const std::string card = "6222000000000000004";
    const std::string letters = "ABCDEFABCDEFABCD";
    const std::string key = "0123456789ABCDEFFEDCBA9876543210";
    for (const auto& words : std::vector<std::vector<std::string>>{
             {"till", "sale", "till.toml", "--key", "k", "--amount", "1", "--card", card}, {card}, {"hsm", key},
             {"hsm", letters}, {"keyblock", "inspect", "D0112P0AE00E0000", key}, {"kat", "--pin=" + card}}) {
        for (const bool json : {false, true}) {
            auto all = words;
            if (json) all.emplace_back("--json");
            EXPECT_EQ(run(all), 2) << complained_;
            EXPECT_EQ((said_ + complained_).find(card), std::string::npos) << said_ << complained_;
            EXPECT_EQ((said_ + complained_).find(key), std::string::npos) << said_ << complained_;
            EXPECT_EQ((said_ + complained_).find(letters), std::string::npos) << said_ << complained_;
        }
    }
}

TEST_F(ToolDoor, SaysWhatItWasBuiltWith) {
    EXPECT_EQ(run({"--version"}), 0);
    // A checkout or an archive of one has a commit; sources that were copied together have none.
    const auto commit = said_.substr(0, said_.find('\n'));
    EXPECT_TRUE(commit.find(" (commit ") != std::string::npos || commit.ends_with("(sources without a commit)"))
        << commit;
    for (const auto* part : {"contains SQLite 3.", "PostgreSQL client ", "libusb 1.", "built with ", "C++20",
             "OpenSSL 3", "Boost 1.81", "preset ", "runs on OpenSSL 3"})
        EXPECT_NE(said_.find(part), std::string::npos) << said_;
}

/// A key that a command waits for stands in no dump of it, whatever the shell's limit is.
TEST_F(ToolDoor, LeavesNoDumpOfACommandThatTakesKeys) {
    using std::chrono_literals::operator""ms;
    const auto pipe = folder_.file("keys");
    ASSERT_EQ(::mkfifo(pipe.c_str(), 0600), 0);
    for (const auto* words : {"keyblock inspect S10096 --kbpk -", "iso8583 explain 0800 --test-key -",
             "iso8583 mac 0800 --key -", "hsm ceremony --type 001 --key -", "hsm ceremony --type 001 --stdin"}) {
        // The pipe is open at both ends, so that the command waits.
        const auto line = "ulimit -c unlimited; exec " + program() + " " + words + " <>" + pipe;
        auto tool = sim::child_process::start({"/bin/sh", "-c", line}, folder_.file("errors")).value();
        const auto limits = "/proc/" + std::to_string(tool.id()) + "/limits";
        const auto is_closed = [&] {
            const auto text = whole_file(limits);
            const auto at = text.find("Max core file size");
            return at != std::string::npos && text.substr(at, 45).find(" 0  ") != std::string::npos;
        };
        for (int wait = 0; wait < 3000 && !is_closed(); ++wait)
            std::this_thread::sleep_for(10ms);
        EXPECT_TRUE(is_closed()) << words << whole_file(folder_.file("errors"));
        tool.kill();
    }
}

TEST_F(ToolDoor, WritesKnownAnswersForBuildServers) {
    const auto source = source_folder().string();
    const auto broken = file("cvv.csv", "id,cvk,pan\nshort,1\n");
    const auto junit = folder_.file("kat.xml");
    EXPECT_EQ(run({"kat", broken, source + "/tests/vectors/sm3.csv", "--junit", junit, "--json"}), 1) << complained_;
    const auto told = nlohmann::json::parse(said_);
    EXPECT_EQ(told.at("exit"), 1);
    EXPECT_EQ(told.at("failed"), 1);
    EXPECT_GT(told.at("passed"), 1);
    ASSERT_EQ(told.at("files").size(), 2U);
    EXPECT_NE(told["files"][0]["failures"][0]["why"].get<std::string>().find("row 1 has 2 cells"), std::string::npos);
    const auto xml = whole_file(junit);
    EXPECT_TRUE(xml.starts_with("<?xml")) << xml;
    EXPECT_NE(xml.find("<testsuite name=\"cvv.csv\" tests=\"1\" failures=\"1\">"), std::string::npos) << xml;
    EXPECT_NE(xml.find("<testcase classname=\"sm3.csv\" name=\""), std::string::npos) << xml;
    EXPECT_NE(xml.find("<failure message=\""), std::string::npos) << xml;
    EXPECT_NE(xml.find("</testsuites>\n"), std::string::npos) << xml;
}

TEST_F(ToolDoor, HandsCodesAndDevicesToScripts) {
    EXPECT_EQ(run({"qr", "encode", "00=01", "52=5812", "53=156", "58=CN", "59=SHOP", "60=SH", "--json"}), 0);
    const auto text = nlohmann::json::parse(said_).at("text").get<std::string>();
    EXPECT_EQ(run({"qr", "decode", text, "--json"}), 0) << complained_;
    const auto fields = file("fields.json", said_);
    EXPECT_EQ(run({"qr", "encode", "--fields", fields}), 0) << complained_;
    EXPECT_EQ(said_, text + "\n") << "back from what decode prints";
    EXPECT_EQ(run({"qr", "render", text, "--json"}), 0) << complained_;
    const auto drawn = nlohmann::json::parse(said_);
    EXPECT_EQ(drawn.at("modules").size(), 17U + 4U * drawn.at("version").get<unsigned>());
    EXPECT_EQ(run({"qr", "render", text, "--level", "h", "--json"}), 0) << complained_;
    EXPECT_EQ(nlohmann::json::parse(said_).at("level"), "H");
    EXPECT_EQ(run({"qr", "render", "--help"}), 0);
    EXPECT_TRUE(std::none_of(said_.begin(), said_.end(), [](char c) { return c >= 0 && c < ' ' && c != '\n'; }))
        << "help is text: " << said_;
    EXPECT_EQ(run({"device", "list", "--root", folder_.path(), "--json"}), 0) << complained_;
    const auto devices = nlohmann::json::parse(said_);
    EXPECT_TRUE(devices.at("devices").empty());
    EXPECT_EQ(devices.at("displays").at(0).at("name"), "rcall");
}

} // namespace
} // namespace cipherlane::tests
