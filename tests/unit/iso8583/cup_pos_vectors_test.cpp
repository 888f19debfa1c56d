#include "cipherlane/iso8583_json.hpp"
#include "support/vectors.hpp"

#include <cipherlane/core/hex.hpp>
#include <cipherlane/iso8583/codec.hpp>
#include <cipherlane/iso8583/cup_pos.hpp>

#include <gtest/gtest.h>

namespace cipherlane::iso8583 {
namespace {

TEST(CupPosVectors, DecodeToTheirJsonAndBack) {
    for (const auto& row : tests::load_vectors("iso8583_cup_pos.csv")) {
        SCOPED_TRACE(row["id"]);
        const auto wire = from_hex(row["hex"]);
        ASSERT_TRUE(wire);
        const auto view = decode(cup_pos(), *wire);
        if (!row.ok()) {
            ASSERT_FALSE(view);
            EXPECT_TRUE(view.error().is(condition::bad_message)) << view.error();
            EXPECT_TRUE(view.error().offset().has_value());
            continue;
        }
        ASSERT_TRUE(view) << view.error();
        const auto wanted = nlohmann::json::parse(row["json"]);
        EXPECT_EQ(nlohmann::json(cli::to_json(*view)), wanted);
        const auto built = cli::from_json(cup_pos(), wanted);
        ASSERT_TRUE(built) << built.error();
        const auto again = encode(cup_pos(), *built);
        ASSERT_TRUE(again) << again.error();
        EXPECT_EQ(to_hex(*again), row["hex"]);
    }
}

} // namespace
} // namespace cipherlane::iso8583
