#include "support/doc_blocks.hpp"

#include <cipherlane/hsm/codec.hpp>
#include <cipherlane/hsm/errc.hpp>

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <unistd.h>

namespace cipherlane::hsm {
namespace {

using literals::operator""_f;

TEST(Profile, EveryBuiltinLoads) {
    for (const char* name : {"payshield", "sjj1312", "sjl05-binary"}) {
        auto one = profile::builtin(name);
        ASSERT_TRUE(one) << name << ": " << one.error();
    }
    EXPECT_FALSE(profile::builtin_names().empty());
}

TEST(Profile, OfTheDocsLoads) {
    const auto blocks = tests::doc_blocks("09-dialects.md", "profile");
    EXPECT_EQ(blocks.size(), 1U);
    for (const auto& block : blocks) {
        const auto one = profile::parse(block);
        EXPECT_TRUE(one) << one.error();
    }
}

TEST(Profile, UnknownNameIsMisuse) {
    auto one = profile::builtin("nobody");
    ASSERT_FALSE(one);
    EXPECT_TRUE(one.error().is(condition::misuse));
    EXPECT_EQ(one.error().field(), "nobody");
}

TEST(Profile, EveryOperationIsBoundOrHasAReason) {
    for (const auto& name : profile::builtin_names()) {
        const auto dialect = profile::builtin(name).value();
        for (std::size_t i = 0; i < operation_count; ++i) {
            const auto what = static_cast<operation>(i);
            const bool excused = dialect->unsupported.contains(to_string(what));
            EXPECT_NE(dialect->supports(what), excused) << name << " " << to_string(what);
        }
    }
}

TEST(Profile, EachCommandThatRepeatsSafelyMakesNothing) {
    for (const auto& name : profile::builtin_names()) {
        const auto dialect = profile::builtin(name).value();
        for (const auto& command : dialect->commands) {
            EXPECT_TRUE(!command.prints || command.repeat == repetition::never) << name << " " << command.code;
        }
        for (auto what : {operation::generate_key, operation::generate_and_export_key, operation::store_key}) {
            for (const auto& each : dialect->bindings) {
                if (each.what != what) continue;
                EXPECT_EQ(dialect->commands[each.index].repeat, repetition::never) << name << " " << each.command;
            }
        }
    }
}

TEST(Profile, AFileSaysHowAnswersBegin) {
    const auto made =
        profile::parse("base = \"sjj1312\"\nname = \"house\"\n[frame]\ngood = \"+\"\nrefused = \"-\"\n");
    ASSERT_TRUE(made) << made.error();
    const codec engine(*made);
    const auto* command = (*made)->command("D0 06");
    ASSERT_NE(command, nullptr);
    bytes refusal;
    ASSERT_TRUE(engine.encode_answer(*command, "21", {}, {}, refusal));
    EXPECT_EQ(refusal, (bytes{'-', 0x21}));
    field_set values;
    const auto status = engine.decode_answer(*command, refusal, {}, values);
    ASSERT_TRUE(status) << status.error();
    EXPECT_EQ(status->code, "21");
    EXPECT_FALSE(engine.decode_answer(*command, as_bytes("E!"), {}, values));
}

TEST(Profile, AFileSaysWhatStandsInFrontOfAStoredKey) {
    const auto made = profile::parse("base = \"payshield\"\nname = \"house\"\n[key_marks]\nstored = \"#\"\n");
    ASSERT_TRUE(made) << made.error();
    const codec engine(*made);
    field_set values;
    values.set("key_type2"_f, "02");
    values.set("length_flag"_f, "0");
    bytes out;
    for (const auto& [key, taken] : {std::pair("#1A2", true), std::pair("K1A2", false)}) {
        values.set("key"_f, key);
        EXPECT_EQ(engine.encode_request(*(*made)->command("BU"), values, out).has_value(), taken) << key;
    }
}

TEST(Profile, AFileAddsCommandsErrorTextsAndTags) {
    auto made = profile::parse(R"(
base = "payshield"
name = "house"
[frame]
header_length = 8
[scheme]
Q = { digits = 64, cipher = "aes" }
[command.QX]
title = "House command"
request = "level:N2=07 note:A<N3"
answer = "verdict:N1 seal:H8"
repeat = "safe"
errors = { "9Z" = "the cellar is flooded" }
[command.NI]
remove = true
)");
    ASSERT_TRUE(made) << made.error();
    const auto& dialect = **made;
    EXPECT_EQ(dialect.frame.header_length, 8);
    EXPECT_EQ(dialect.command("NI"), nullptr);
    ASSERT_NE(dialect.scheme('Q'), nullptr);
    const auto* command = dialect.command("QX");
    ASSERT_NE(command, nullptr);
    EXPECT_EQ(dialect.meaning(*command, "9Z"), "the cellar is flooded");

    codec engine(*made);
    field_set values;
    values.set("note"_f, "hi");
    bytes out;
    ASSERT_TRUE(engine.encode_request(*command, values, out));
    EXPECT_EQ(as_text(out), "QX07002hi");
}

struct bad_profile {
    const char* text;
    const char* field;
    std::size_t line; ///< 0: none
};

TEST(Profile, FaultsNameTheEntryAndTheLine) {
    const bad_profile cases[] = {
        {"name = 5", "name", 1},
        {"title = \"no name\"", "name", 1},
        {"base = \"nobody\"\nname = \"x\"", "nobody", 1},
        {"name = \"x\"\nbase = 5", "base", 2},
        {"name = \"x\"\n[frame]\nheader_length = 300", "frame.header_length", 3},
        {"name = \"x\"\n[frame]\nlength = \"be64\"", "frame.length", 3},
        {"name = \"x\"\n[frame]\ncorrelates = true\nheader_length = 0", "frame.correlates", 3},
        {"name = \"x\"\nkcv_digits = 7", "kcv_digits", 2},
        {"name = \"x\"\n[command.ABC]\n", "command.ABC", 2},
        {"name = \"x\"\n[command.AB]\nrequest = \"a:Q4\"", "command.AB.request a:Q4", 3},
        {"name = \"x\"\n[command.AB]\nrequest = \"[b=1: a:N4]\"", "command.AB.request b=1", 3},
        {"name = \"x\"\n[command.AB]\nanswer = \"a:B#\"", "command.AB.answer a", 3},
        {"name = \"x\"\n[command.AB]\nrequest = \"[a:N1\"", "command.AB.request ]", 3},
        {"name = \"x\"\n[command.AB]\nrequest = \"a:H3\"", "command.AB.request a:H3", 3},
        {"name = \"x\"\n[command.AB]\nanswer_code = \"A\"", "command.AB.answer_code", 3},
        {"name = \"x\"\n[[operation.echo]]\ncommand = \"ZZ\"", "operation.echo.command", 2},
        {"name = \"x\"\n[[operation.dance]]\ncommand = \"ZZ\"", "operation.dance", 2},
        // What nothing reads would do nothing.
        {"name = \"x\"\nlower_case = true", "lower_case", 2},
        {"name = \"x\"\n[frame]\nheader_lenght = 4", "frame.header_lenght", 3},
        {"name = \"x\"\n[comand.QX]\nrequest = \"a:N1\"", "comand", 2},
        {"name = \"x\"\ncommand = 5", "command", 2},
        {"name = \"x\"\n[command.AB]\nrequst = \"a:N1\"", "command.AB.requst", 3},
        {"name = \"x\"\n[command.AB]\nrequest = \"a:N2@nosuch\"", "command.AB.request a:@nosuch", 3},
        {"name = \"x\"\n[command.AB]\noperation = \"dance\"", "command.AB.operation", 3},
        {"name = \"x\"\n[quirks]\nimport_type = \"tpk\"", "quirks.import_type", 3},
        {"name = \"x\"\n[unsupported]\ndance = \"never\"", "unsupported.dance", 3},
        {"name = \"x\"\n[scheme]\nQ = { digit = 3 }", "scheme.Q.digit", 3},
        {"name = \"x\"\n[key_type.tpk]\npairs = 14", "key_type.tpk.pairs", 3},
        // Laid over a base, entries keep their lines.
        {"base = \"payshield\"\nname = \"x\"\n\n[frame]\nheader_length = 300", "frame.header_length", 5},
        {"base = \"payshield\"\nname = \"x\"\n[command.BU]\nrequst = \"\"", "command.BU.requst", 4},
        {"base = \"payshield\"\nname = \"x\"\n[codes.pin_format]\niso0 = 1", "codes.pin_format.iso0", 4},
        {"base = \"payshield\"\nname = \"x\"\n[[operation.echo]]\ncommand = \"B2\"\nset = { nosuch = \"1\" }",
            "operation.echo.set.nosuch", 5},
        // The fault lies here, the entry in the base.
        {"base = \"payshield\"\nname = \"x\"\n[command.B2]\nremove = true", "operation.echo.command", 0},
    };
    for (const auto& each : cases) {
        auto made = profile::parse(each.text);
        ASSERT_FALSE(made) << each.text;
        EXPECT_TRUE(made.error().is(condition::misuse)) << each.text;
        EXPECT_EQ(made.error().field(), each.field) << each.text;
        EXPECT_EQ(made.error().offset().value_or(0), each.line) << each.text;
        EXPECT_EQ(made.error().counts_lines(), each.line != 0) << each.text;
    }
    auto broken = profile::parse("name = \"x\"\nport = [");
    ASSERT_FALSE(broken);
    EXPECT_EQ(broken.error().code(), make_error_code(hsm_errc::profile_syntax));
    EXPECT_EQ(broken.error().offset(), 2U);
    EXPECT_FALSE(error(broken.error()).hint().empty());
}

TEST(Profile, FilesThatCannotBeReadAreResults) {
    const std::filesystem::path folder = testing::TempDir();
    const auto directory = profile::load(folder);
    ASSERT_FALSE(directory);
    EXPECT_TRUE(directory.error().is(condition::local_fault)) << directory.error();
    const auto missing = profile::find((folder / "nothing.here").string());
    ASSERT_FALSE(missing);
    EXPECT_TRUE(missing.error().is(condition::local_fault)) << missing.error();
    EXPECT_EQ(missing.error().endpoint(), (folder / "nothing.here").string());
    const auto file = folder / ("profile-" + std::to_string(::getpid()) + ".txt");
    std::ofstream(file) << "base = \"payshield\"\nname = \"x\"\nport = 0\n";
    const auto wrong = profile::find(file.string()); // no .toml, and a file all the same
    ASSERT_FALSE(wrong);
    EXPECT_EQ(wrong.error().to_string(),
        "hsm load profile at " + file.string() +
            ": the profile has a wrong value, field port, line 3: found 0, expected a whole number from 1 to "
            "65535");
    std::ofstream(file) << "";
    EXPECT_FALSE(profile::find(file.string())); // an empty file has no name
    std::filesystem::remove(file);
}

} // namespace
} // namespace cipherlane::hsm
