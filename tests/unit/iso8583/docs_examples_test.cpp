// The envelopes that docs/08-iso8583.md shows: each dialect loads, its message is read as the page says, and written
// again byte for byte.
#include "support/whole_file.hpp"

#include <cipherlane/core/hex.hpp>
#include <cipherlane/iso8583/codec.hpp>
#include <cipherlane/iso8583/describe.hpp>
#include <cipherlane/iso8583/dialect_file.hpp>

#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <iterator>

namespace cipherlane::iso8583 {
namespace {

std::string page() {
    return tests::source_file("docs/08-iso8583.md");
}

/// The next fenced block behind a place; the place moves behind it.
std::string block(const std::string& text, std::size_t& at) {
    const auto open = text.find("```", at);
    const auto begin = text.find('\n', open) + 1;
    const auto end = text.find("```", begin);
    at = end + 3;
    return text.substr(begin, end - begin);
}

std::string without_blanks_at_ends(const std::string& text) {
    std::string made;
    for (const char c : text) {
        while (c == '\n' && made.ends_with(' '))
            made.pop_back();
        made.push_back(c);
    }
    return made;
}

TEST(DocsExamples, EnvelopesAreReadAsThePageSays) {
    const auto text = page();
    constexpr std::string_view mark = "<!-- envelope: ";
    int count = 0;
    for (auto at = text.find(mark); at != std::string::npos; at = text.find(mark, at)) {
        SCOPED_TRACE(text.substr(at, text.find('\n', at) - at));
        const auto loaded = loaded_dialect::parse(block(text, at));
        ASSERT_TRUE(loaded) << loaded.error();
        auto hex = block(text, at);
        std::erase(hex, '\n');
        const auto wire = from_hex(hex).value();
        const auto view = decode(loaded->table(), wire);
        ASSERT_TRUE(view) << view.error();
        EXPECT_EQ(without_blanks_at_ends(describe(*view)), block(text, at));
        EXPECT_EQ(encode(loaded->table(), view->to_message()).value(), wire);
        ++count;
    }
    EXPECT_EQ(count, 4);
}

} // namespace
} // namespace cipherlane::iso8583
