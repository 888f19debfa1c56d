#include <cipherlane/core/wiped_text.hpp>

#include <gtest/gtest.h>

#include <sstream>
#include <string>
#include <type_traits>
#include <utility>

namespace cipherlane {
namespace {

template <class T>
concept printable = requires(std::ostream& out, const T& value) {
    out << value;
};

static_assert(!printable<wiped_text>);
static_assert(std::is_nothrow_move_constructible_v<wiped_text>);

TEST(WipedText, IsFilledAsAStringIsAndCopiedWithItsRequest) {
    wiped_text code;
    EXPECT_TRUE(code.empty());
    code = "6221345678901234567";
    wiped_text copy(code);
    EXPECT_EQ(copy.expose(), code.expose());
    code = std::string("another");
    EXPECT_EQ(code.expose(), "another");
    EXPECT_EQ(copy.expose(), "6221345678901234567") << "a copy of its own";
    copy = code;
    EXPECT_EQ(copy.expose(), "another");
    const wiped_text taken(std::move(copy));
    EXPECT_EQ(taken.expose(), "another");
}

/// Its memory is locked, and stays readable for the next secret: nothing of this one may be left in it.
TEST(WipedText, IsWipedWhenItIsReplaced) {
    wiped_text code("6221345678901234567");
    const auto* const at = code.expose().data();
    const auto size = code.expose().size();
    code = std::string_view();
    EXPECT_EQ(std::string(at, size).find("62213456"), std::string::npos);
}

} // namespace
} // namespace cipherlane
