#include "acquirer-sim/required_fields.hpp"
#include "unit/pos_exchanges.hpp"

#include <cipherlane/core/hex.hpp>
#include <cipherlane/iso8583/codec.hpp>
#include <cipherlane/iso8583/cup_pos.hpp>

#include <gtest/gtest.h>

namespace cipherlane::sim {
namespace {

iso8583::message hand_made(std::string_view hex) {
    return iso8583::decode_body(iso8583::cup_pos(), from_hex(hex).value())->to_message();
}

std::optional<int> judged(const iso8583::message& request, iso8583::transaction what) {
    bytes room(2048);
    const auto encoded = iso8583::encode(iso8583::cup_pos(), request, room);
    return wrong_field(*iso8583::decode_body(iso8583::cup_pos(), encoded->body), what);
}

TEST(RequiredFields, TakesTheMessagesLaidOutByHandAndMissesWhatIsTakenAway) {
    for (const auto& one : tests::pos_exchanges) {
        SCOPED_TRACE(one.name);
        const auto data = from_hex(one.request).value();
        const auto view = iso8583::decode_body(iso8583::cup_pos(), data);
        const auto what = iso8583::identify(*view);
        ASSERT_TRUE(what);
        EXPECT_EQ(wrong_field(*view, *what), std::nullopt);
        for (const int field : {41, 42, 60}) {
            auto without = hand_made(one.request);
            without.remove(field);
            EXPECT_EQ(judged(without, *what), field);
        }
        auto more = hand_made(one.request);
        more.set(64, "00000000").set(4, "000000000001").set(39, "00");
        if (!view->has(4)) {
            EXPECT_EQ(judged(more, *what), 4) << "moves no money";
        }
    }
}

TEST(RequiredFields, OfWhatFollowsATradeNameItsCard) {
    using kind = iso8583::transaction;
    std::size_t seen = 0;
    for (const auto& one : tests::pos_exchanges) {
        const auto data = from_hex(one.request).value();
        const auto what = *iso8583::identify(*iso8583::decode_body(iso8583::cup_pos(), data));
        const bool by_card = what == kind::sale_void || what == kind::refund || what == kind::completion ||
                             what == kind::tip || what == kind::adjustment || what == kind::instalment_void;
        if (!by_card) continue;
        SCOPED_TRACE(one.name);
        ++seen;
        auto without = hand_made(one.request);
        without.remove(2);
        EXPECT_EQ(judged(without, what), 2);
    }
    EXPECT_GE(seen, 3U);
}

/// Only the host's own table sees what both tables of the SDK would leave out.
TEST(RequiredFields, KnowsEveryTransactionOfTheDialect) {
    for (const auto& row : iso8583::transactions()) {
        iso8583::message nothing{row.mti};
        nothing.set_header("603100310730").set(60, "00000001");
        EXPECT_NE(judged(nothing, row.what), 60) << row.name;
    }
}

} // namespace
} // namespace cipherlane::sim
