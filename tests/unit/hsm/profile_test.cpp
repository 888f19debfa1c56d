#include <cipherlane/hsm/codec.hpp>
#include <cipherlane/hsm/errc.hpp>

#include <gtest/gtest.h>

namespace cipherlane::hsm {
namespace {

using literals::operator""_f;

TEST(profile, every_builtin_loads) {
    for (const char* name : {"payshield", "sjj1312", "sjl05-binary"}) {
        auto one = profile::builtin(name);
        ASSERT_TRUE(one) << name << ": " << one.error();
    }
    EXPECT_FALSE(profile::builtin_names().empty());
}

TEST(profile, unknown_name_is_misuse) {
    auto one = profile::builtin("nobody");
    ASSERT_FALSE(one);
    EXPECT_TRUE(one.error().is(condition::misuse));
    EXPECT_EQ(one.error().field(), "nobody");
}

TEST(profile, every_operation_is_bound_or_has_a_reason) {
    for (const auto& name : profile::builtin_names()) {
        const auto dialect = profile::builtin(name).value();
        for (std::size_t i = 0; i < operation_count; ++i) {
            const auto what = static_cast<operation>(i);
            const bool excused = dialect->unsupported.contains(to_string(what));
            EXPECT_NE(dialect->supports(what), excused) << name << " " << to_string(what);
        }
    }
}

TEST(profile, each_command_that_repeats_safely_makes_nothing) {
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

TEST(profile, a_file_adds_commands_error_texts_and_tags) {
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
};

TEST(profile, faults_name_the_entry) {
    const bad_profile cases[] = {
        {"name = 5", "name"},
        {"base = \"nobody\"\nname = \"x\"", "nobody"},
        {"name = \"x\"\n[frame]\nheader_length = 300", "frame.header_length"},
        {"name = \"x\"\n[frame]\nlength = \"be64\"", "frame.length"},
        {"name = \"x\"\n[command.ABC]\n", "ABC"},
        {"name = \"x\"\n[command.AB]\nrequest = \"a:Q4\"", "a:Q4"},
        {"name = \"x\"\n[command.AB]\nrequest = \"[b=1: a:N4]\"", "b=1"},
        {"name = \"x\"\n[command.AB]\nrequest = \"a:B#\"", "a"},
        {"name = \"x\"\n[command.AB]\nrequest = \"[a:N1\"", "]"},
        {"name = \"x\"\n[command.AB]\nrequest = \"a:H3\"", "a:H3"},
        {"name = \"x\"\n[[operation.echo]]\ncommand = \"ZZ\"", "operation.echo.command"},
        {"name = \"x\"\n[[operation.dance]]\ncommand = \"ZZ\"", "operation.dance"},
    };
    for (const auto& each : cases) {
        auto made = profile::parse(each.text);
        ASSERT_FALSE(made) << each.text;
        EXPECT_TRUE(made.error().is(condition::misuse)) << each.text;
        EXPECT_EQ(made.error().field(), each.field) << each.text;
    }
    auto broken = profile::parse("name = [");
    ASSERT_FALSE(broken);
    EXPECT_EQ(broken.error().code(), make_error_code(hsm_errc::profile_syntax));
}

} // namespace
} // namespace cipherlane::hsm
