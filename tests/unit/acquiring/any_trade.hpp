#pragma once

#include "support/lane/lane_rig.hpp"
#include "unit/acquiring/pos_vectors.hpp"
#include "unit/pos_exchanges.hpp"

#include <cipherlane/acquiring/trade.hpp>

#include <gtest/gtest.h>

#include <string>

namespace cipherlane::tests {

inline constexpr std::size_t mac_size = 8;

inline result<acquiring::payment> do_trade(lane_rig& rig, const acquiring::trade_request& request) {
    return acquiring::trade(rig.lane()).run(request, soon());
}

/// The last request without its MAC is the hand-made one of that kind.
inline void expect_literal(lane_rig& rig, const std::string& name) {
    const auto wanted = std::string(pos_exchange_of(name).request);
    EXPECT_EQ(hex_without_mac(rig.host.requests.back(), mac_size), wanted.substr(0, wanted.size() - 2 * mac_size));
}

/// Signs in, and leaves trace 3 for the next trade: the one of the hand-made messages.
inline void come_to_trace_three(lane_rig& rig) {
    ASSERT_TRUE(rig.sign_in());
    ASSERT_EQ(rig.journal->take_trace(rig.settings.terminal_id, soon()).value(), 2U);
}

} // namespace cipherlane::tests
