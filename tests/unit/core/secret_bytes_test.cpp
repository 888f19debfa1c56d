#include <cipherlane/core/secret_bytes.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <sstream>
#include <string>
#include <type_traits>

namespace cipherlane {
namespace {

static_assert(!std::is_copy_constructible_v<secret_bytes>);
static_assert(std::is_nothrow_move_constructible_v<secret_bytes>);

template <class T>
concept printable = requires(std::ostream& out, const T& value) {
    out << value;
};
static_assert(!printable<secret_bytes>);

TEST(SecretBytes, WipesWhatItGivesBack) {
    const bytes clear(24, 0x5A);
    const std::uint8_t* where = nullptr;
    {
        const secret_bytes key{byte_view(clear)};
        where = key.expose().data();
        EXPECT_TRUE(std::ranges::equal(key.expose(), clear));
    }
    // The block is on the free list now: its first bytes link the list, the rest must be clean.
    EXPECT_TRUE(std::all_of(where + sizeof(void*), where + 24, [](std::uint8_t b) { return b == 0; }));
}

TEST(SecretBytes, MovesAndClones) {
    secret_bytes a{as_bytes("0123456789abcdef")};
    const secret_bytes copy = a.clone();
    const secret_bytes b = std::move(a);
    EXPECT_TRUE(a.empty()); // NOLINT(bugprone-use-after-move): that is the point
    EXPECT_TRUE(b == copy);
    EXPECT_FALSE(b == secret_bytes(as_bytes("0123456789abcdeF")));
    EXPECT_FALSE(b == secret_bytes(3));
}

TEST(SecretBytes, TakesAnySize) {
    for (std::size_t size : {0U, 1U, 16U, 17U, 4096U, 4097U, 70000U}) {
        secret_bytes block(size);
        EXPECT_EQ(block.size(), size);
        if (size != 0) block.expose().back() = 1;
    }
}

// /proc/self/smaps flags the pages of a mapping: "dd" is do-not-dump.
TEST(SecretBytes, StaysOutOfCoreDumps) {
    const secret_bytes key(16);
    const auto at = reinterpret_cast<std::uintptr_t>(key.expose().data());
    std::ifstream maps("/proc/self/smaps");
    bool inside = false;
    for (std::string line; std::getline(maps, line);) {
        std::uintptr_t from = 0;
        std::uintptr_t to = 0;
        char dash = 0;
        std::istringstream range(line);
        if (range >> std::hex >> from >> dash >> to && dash == '-') inside = from <= at && at < to;
        if (inside && line.starts_with("VmFlags:")) {
            EXPECT_NE(line.find(" dd"), std::string::npos) << line;
            return;
        }
    }
    FAIL() << "mapping not found";
}

} // namespace
} // namespace cipherlane
