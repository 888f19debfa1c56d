#include <cipherlane/core/errc.hpp>
#include <cipherlane/core/strict_toml.hpp>

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <sys/stat.h>
#include <unistd.h>

namespace cipherlane {
namespace {

using namespace std::chrono_literals;

const toml_faults faults{layer::tools, "read", core_errc::wrong_length, core_errc::bad_pad, core_errc::out_of_range};

enum class colour { red, green };

struct sample {
    std::string name = "none";
    int size = 3;
    bool bright = false;
    char mark = 'x';
    colour hue = colour::red;
    std::chrono::milliseconds wait{5};
    std::vector<std::string> tags;
    std::string inner;
    std::vector<std::string> rows;
};

result<sample> read(std::string_view text) {
    CIPHERLANE_TRY(const auto root, parse_toml(text, faults, "f.toml"));
    toml_report report(faults, "f.toml");
    sample made;
    toml_reader top(root, "", report);
    top.need("name");
    top.text("name", made.name);
    top.number("size", made.size, 1, 9);
    top.flag("bright", made.bright);
    top.character("mark", made.mark);
    top.choice("hue", made.hue, {{"red", colour::red}, {"green", colour::green}});
    top.span("wait_ms", made.wait);
    top.texts("tags", made.tags);
    auto inner = top.section("inner");
    inner.text("word", made.inner);
    inner.finish();
    for (auto& row : top.sections("row")) {
        row.text("id", made.rows.emplace_back());
        row.finish();
    }
    top.finish();
    CIPHERLANE_CHECK(report.outcome());
    return made;
}

TEST(StrictToml, ReadsWhatIsThereAndLeavesTheRest) {
    const auto made = read("name = 'a'\nsize = 4\nbright = true\nmark = '|'\nhue = 'green'\nwait_ms = 250\n"
                           "tags = ['p', 'q']\n[inner]\nword = 'w'\n[[row]]\nid = '1'\n[[row]]\nid = '2'\n");
    ASSERT_TRUE(made) << made.error();
    EXPECT_EQ(made->name, "a");
    EXPECT_EQ(made->size, 4);
    EXPECT_TRUE(made->bright);
    EXPECT_EQ(made->mark, '|');
    EXPECT_EQ(made->hue, colour::green);
    EXPECT_EQ(made->wait, 250ms);
    EXPECT_EQ(made->tags, (std::vector<std::string>{"p", "q"}));
    EXPECT_EQ(made->inner, "w");
    EXPECT_EQ(made->rows, (std::vector<std::string>{"1", "2"}));
    const auto least = read("name = 'b'");
    ASSERT_TRUE(least) << least.error();
    EXPECT_EQ(least->size, 3);
    EXPECT_EQ(least->mark, 'x');
}

TEST(StrictToml, NamesFileLineKeyAndWhatWouldBeRight) {
    struct row {
        const char* text;
        const char* path;
        std::size_t line;
        const char* hint;
    };
    for (const auto& [text, path, line, hint] :
        {row{"name = 'a'\nsise = 3", "sise", 2, "unknown; did you mean \"size\"?"},
            row{"name = 'a'\n[inner]\nsentence = 'x'", "inner.sentence", 3, "unknown; known here: word"},
            row{"nmae = 'a'", "nmae", 1, "unknown; did you mean \"name\"?"}, row{"size = 3", "name", 1, "missing"},
            row{"\nname = 3", "name", 2, "found a whole number, expected text"},
            row{"name = 'a'\nsize = '4'", "size", 2, "found text, expected a whole number from 1 to 9"},
            row{"name = 'a'\nsize = 4.0", "size", 2,
                "found a number with a point, expected a whole number from 1 to 9"},
            row{"name = 'a'\nsize = 10", "size", 2, "found 10, expected a whole number from 1 to 9"},
            row{"name = 'a'\nbright = 'yes'", "bright", 2, "found text, expected true or false"},
            row{"name = 'a'\nmark = 'ab'", "mark", 2, "expected one character"},
            row{"name = 'a'\nhue = 'gren'", "hue", 2, "found \"gren\"; did you mean \"green\"?"},
            row{"name = 'a'\nhue = ''", "hue", 2, "found \"\"; allowed: red, green"},
            row{"name = 'a'\nhue = \"b\\u001B[2J\"", "hue", 2, "found \"b?[2J\"; allowed: red, green"},
            row{"name = 'a'\nwait_ms = -1", "wait_ms", 2, "found -1, expected a whole number from 0 to 2147483647"},
            row{"name = 'a'\ntags = ['p',\n 5]", "tags", 3, "found a whole number, expected text"},
            row{"name = 'a'\ninner = 5", "inner", 2, "found a whole number, expected a table"},
            row{"name = 'a'\n[row]\nid = '1'", "row", 2, "found a table, expected a list"},
            row{"name = 'a'\n[[row]]\nid = '1'\n[[row]]\nis = '2'", "row.is", 5, "unknown; did you mean \"id\"?"}}) {
        const auto made = read(text);
        ASSERT_FALSE(made) << text;
        EXPECT_EQ(made.error().code(), core_errc::out_of_range) << text;
        EXPECT_EQ(made.error().endpoint(), "f.toml") << text;
        EXPECT_EQ(made.error().field(), path) << text;
        EXPECT_EQ(made.error().offset().value_or(0), line) << text;
        EXPECT_EQ(made.error().hint(), hint) << text;
    }
    EXPECT_EQ(read("name = 'a'\nsise = 3").error().to_string(),
        "tools read at f.toml: value out of range, field sise, line 2: unknown; did you mean \"size\"?");
}

TEST(StrictToml, ASyntaxFaultHasItsLineAndTheParsersWords) {
    const auto made = read("name = 'a'\nsize = = 3");
    ASSERT_FALSE(made);
    EXPECT_EQ(made.error().code(), core_errc::bad_pad);
    EXPECT_EQ(made.error().offset(), 2U);
    EXPECT_NE(made.error().hint(), "");
    EXPECT_EQ(made.error().untrusted_peer_text(), "");
}

/// Of a word without quotation marks the parser tells the number that it took it for.
TEST(StrictToml, AWordWithoutQuotationMarksIsTold) {
    for (const std::string_view word : {"iso87-ascii", "cup-pos", "foo", "true1", "./file", "/file"}) {
        const auto made = read("size = 3\nname = " + std::string(word) + "\n");
        ASSERT_FALSE(made) << word;
        const auto why = made.error();
        EXPECT_NE(why.hint().find("text stands in quotation marks"), std::string_view::npos) << why;
        EXPECT_EQ(why.offset(), 2U) << why;
    }
    const auto other = read("name = = 3").error();
    EXPECT_EQ(other.hint().find("quotation"), std::string_view::npos) << other;
}

std::string repeated(std::string_view piece, std::size_t times) {
    std::string made;
    for (std::size_t i = 0; i < times; ++i)
        made += piece;
    return made;
}

TEST(StrictToml, DepthAndSizeAreBoundedBeforeTheParserSeesThem) {
    const auto deep = repeated(".y", 50'000);
    for (const auto& text :
        {"[x" + deep + "]", "[[x" + deep + "]]", "\n\nx" + deep + " = 1", "a = {x" + deep + " = 1}",
            "a = " + std::string(50'000, '['), "a = " + repeated("{b=", 50'000), "x" + repeated(" . 'y'", 50'000),
            // behind all that may hide it
            "a = \"\"\"x\"\"\"\"\n[x" + deep + "]", "a = {b = \"\"\"x\"\"\"\"\", x" + deep + " = 1}",
            "a = {b = '''x'''', x" + deep + " = 1}", "a = \"\\\"\" # \"\n[x" + deep + "]",
            "a = '\\'\n[x" + deep + "]", "a = \"\"\"\\\n\"\"\"\n[x" + deep + "]"}) {
        const auto made = parse_toml(text, faults, "f.toml");
        ASSERT_FALSE(made) << text.substr(0, 40);
        EXPECT_EQ(made.error().code(), core_errc::bad_pad) << text.substr(0, 40);
        EXPECT_EQ(made.error().hint(), "nested more than 32 deep") << text.substr(0, 40);
    }
    EXPECT_EQ(parse_toml("\n\nx" + deep + " = 1", faults).error().offset(), 3U);
    EXPECT_TRUE(
        parse_toml("[x" + repeated(".y", 31) + "]\na = " + std::string(32, '[') + std::string(32, ']'), faults));
    EXPECT_TRUE(parse_toml("a = '" + deep + "' # " + deep + "\nb = '''" + std::string(100, '[') + "\n'''", faults));
    const auto large = parse_toml("a = '" + std::string(1'048'576, 'x') + "'", faults);
    ASSERT_FALSE(large);
    EXPECT_EQ(large.error().hint(), "more than 1 MiB");
}

TEST(StrictToml, FilesThatAreNoneAreRefusedAndNothingWaits) {
    const auto folder = std::filesystem::path(testing::TempDir()) / ("toml-" + std::to_string(::getpid()));
    std::filesystem::create_directory(folder);
    const auto pipe = folder / "pipe.toml";
    ASSERT_EQ(::mkfifo(pipe.c_str(), 0600), 0);
    for (const auto& file : {folder, pipe, folder / "none.toml"}) {
        const auto made = load_toml(file, faults);
        ASSERT_FALSE(made) << file;
        EXPECT_EQ(made.error().code(), core_errc::wrong_length) << file;
        EXPECT_TRUE(std::string_view(file.native()).starts_with(made.error().endpoint())) << made.error();
    }
    const auto good = folder / "good.toml";
    std::ofstream(good) << "[a]\nb = 5\n";
    const auto made = load_toml(good, faults);
    ASSERT_TRUE(made) << made.error();
    EXPECT_EQ(made->find("a")->find("b")->whole(), 5);
    EXPECT_EQ(made->find("a")->find("b")->line(), 2U);
    std::filesystem::remove_all(folder);
}

TEST(TomlValue, LaysATableOverAnother) {
    auto under = *parse_toml("a = 1\nb = 2\n[t]\nx = 1\ny = 1\n[gone]\nz = 1", faults);
    under.forget_lines();
    under.lay(*parse_toml("b = 3\n[t]\ny = 2\n[gone]\nremove = true\n[absent]\nremove = true", faults));
    EXPECT_EQ(under.find("a")->whole(), 1);
    EXPECT_EQ(under.find("a")->line(), 0U);
    EXPECT_EQ(under.find("b")->whole(), 3);
    EXPECT_EQ(under.find("b")->line(), 1U);
    EXPECT_EQ(under.find("t")->find("x")->whole(), 1);
    EXPECT_EQ(under.find("t")->find("y")->whole(), 2);
    EXPECT_EQ(under.find("gone"), nullptr);
    EXPECT_EQ(under.find("absent"), nullptr);
    EXPECT_EQ(under.find("a")->text(), nullptr);
    EXPECT_FALSE(under.find("a")->flag());
}

} // namespace
} // namespace cipherlane
