#include "support/lane/lane_rig.hpp"
#include "unit/acquiring/pos_vectors.hpp"

#include <cipherlane/core/errc.hpp>
#include <cipherlane/core/hex.hpp>

#include <gtest/gtest.h>

namespace cipherlane::tests {
namespace {

TEST(SignIn, SendsTheBytesOfThePublishedSignIn) {
    auto settings = rig_settings();
    settings.serial_number = std::string(as_text(from_hex("58B2A2055BB55BCBB37D2F2A").value()));
    lane_rig rig(settings);
    const auto report = rig.sign_in();
    ASSERT_TRUE(report) << report.error();
    EXPECT_EQ(report->host_date, "20261121");
    EXPECT_EQ(hex_without_mac(rig.host.requests[0], 0), vector_body("cup-01", 0));
}

TEST(SignIn, KeepsTheOldKeysWhenNewOnesAreWrong) {
    lane_rig rig;
    ASSERT_TRUE(rig.sell("sale", 1));
    auto other = acquiring::software_sealer::create(
        {}, secret_bytes(from_hex("0123456789ABCDEFFEDCBA9876543210").value()), logger::none());
    ports::wrapped_key key{0, from_hex("B651F9E9BACE9AE1").value(), from_hex("AB7153CA").value()};
    EXPECT_TRUE((*other)->load_mac_key(key, soon()).error().is(condition::rejected_by_peer));
    EXPECT_TRUE(rig.sealer->load_mac_key(key, soon()).has_value()) << "the published check value";
}

TEST(SignIn, ARefusalNamesTheCode) {
    lane_rig rig;
    rig.settings.terminal_id = "TEST0001";
    (void)rig.lane();
    rig.faults.fail_at = rig.faults.calls.size() + 2;
    rig.faults.kind = fault_kind::link_lost;
    const auto end = rig.sign_in();
    ASSERT_FALSE(end);
    EXPECT_TRUE(end.error().is(condition::link_lost) || end.error().is(condition::local_fault)) << end.error();
}

} // namespace
} // namespace cipherlane::tests
