// What goes in comes out: payloads and texts drawn by chance, from fixed seeds.
#include "qr/readers.hpp"

#include <cipherlane/qr/mpm.hpp>
#include <cipherlane/qr/symbol.hpp>

#include <gtest/gtest.h>

#include <random>

namespace cipherlane::qr {
namespace {

class chance {
  public:
    explicit chance(unsigned seed)
        : engine_(seed) {}

    std::size_t between(std::size_t least, std::size_t most) {
        return std::uniform_int_distribution<std::size_t>(least, most)(engine_);
    }
    /// Characters of one to four bytes.
    std::string text(std::size_t characters) {
        constexpr std::string_view from[] = {"0", "7", "A", "Z", "a", " ", "-", "é", "ß", "京", "店", "€", "𠮷"};
        std::string made;
        for (std::size_t i = 0; i < characters; ++i)
            made += from[between(0, std::size(from) - 1)];
        return made;
    }

  private:
    std::mt19937 engine_;
};

TEST(RoundTrip, Payloads) {
    for (unsigned seed = 0; seed < 1000; ++seed) {
        SCOPED_TRACE(seed);
        chance draw(seed);
        mpm_payload payload;
        for (std::size_t i = draw.between(0, 12); i > 0; --i) {
            // 65 to 79 hold anything; templates and the others get what their rules ask for below.
            const auto done =
                payload.set(static_cast<std::uint8_t>(draw.between(65, 79)), draw.text(draw.between(1, 99)));
            ASSERT_TRUE(done) << done.error();
        }
        const auto label = draw.text(draw.between(1, 25));
        ASSERT_TRUE(payload.set(mpm_id::additional, 5, label));
        ASSERT_TRUE(payload.set(mpm_id::name, draw.text(draw.between(1, 25))));
        ASSERT_TRUE(payload.set_amount(amount(static_cast<std::int64_t>(draw.between(1, 99'999'999)))));
        const auto text = payload.to_text();
        const auto again = mpm_payload::parse(text);
        ASSERT_TRUE(again) << again.error();
        EXPECT_EQ(again->level(), payload.level());
        EXPECT_EQ(again->to_text(), text);
        EXPECT_EQ(again->find(mpm_id::additional, 5), label);
        EXPECT_EQ(again->total().value(), payload.total().value());
    }
}

TEST(RoundTrip, SymbolsOfManySizes) {
    for (unsigned seed = 0; seed < 40; ++seed) {
        SCOPED_TRACE(seed);
        chance draw(seed);
        const auto text = "0" + draw.text(1 + seed * seed / 4);
        const auto made = symbol::encode(text, {.least = static_cast<ec_level>(seed % 4)});
        ASSERT_TRUE(made) << made.error();
        EXPECT_EQ(tests::read_with_zxing(tests::picture_of(*made, 3)), text) << made->version();
    }
}

} // namespace
} // namespace cipherlane::qr
