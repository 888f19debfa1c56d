#include "support/lane/lane_rig.hpp"
#include "unit/acquiring/pos_vectors.hpp"

#include <cipherlane/acquiring/errc.hpp>
#include <cipherlane/core/errc.hpp>
#include <cipherlane/core/hex.hpp>

#include <gtest/gtest.h>

#include <algorithm>

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

TEST(SignIn, AHostThatIsNotReachedHasRefusedNothing) {
    lane_rig rig;
    (void)rig.lane();
    rig.faults.fails = [](std::string_view call) { return call == "host"; };
    const auto end = rig.sign_in();
    ASSERT_FALSE(end);
    EXPECT_TRUE(end.error().is(condition::link_lost)) << end.error();
    EXPECT_TRUE(end.error().peer_code().empty());
}

TEST(SignIn, KeysOfNoKnownFormAreRefusedAndNothingIsSold) {
    lane_rig rig;
    ASSERT_TRUE(rig.sell("before", 1));
    const auto keys = rig.journal->terminal("TEST0001", soon()).value();
    for (const std::size_t length : {0, 1, 41, 85}) {
        rig.host.field62 = std::string(2 * length, '0');
        const auto end = rig.sign_in();
        ASSERT_FALSE(end) << length;
        EXPECT_EQ(end.error().code(), acquiring_errc::bad_working_keys) << length << ": " << end.error();
        EXPECT_EQ(end.error().field(), "62");
        const auto kept = rig.journal->terminal("TEST0001", soon()).value();
        EXPECT_EQ(kept.mac_key.cryptogram, keys.mac_key.cryptogram) << "the old ones stay";
        EXPECT_EQ(kept.pin_key.cryptogram, keys.pin_key.cryptogram);
        const auto taken = rig.books.taken();
        EXPECT_FALSE(rig.sell("no " + std::to_string(length), 1));
        EXPECT_EQ(rig.books.taken(), taken) << "the sealer may have another key than the journal";
    }
    rig.host.field62 = test_field62;
    EXPECT_TRUE(rig.sell("again", 1)) << "signs in by itself";
}

/// A journal of a sealer that wants none, with a pad that asks for a PIN.
TEST(SignIn, WithoutAPinKeyNoPinIsAskedForAndNothingLeaves) {
    lane_rig rig;
    ASSERT_TRUE(rig.sell("before", 1));
    auto keys = rig.journal->terminal("TEST0001", soon()).value();
    keys.pin_key = {};
    ASSERT_TRUE(rig.journal->save_sign_in("TEST0001", keys, soon()));
    rig.restart();
    const auto sent = rig.host.requests.size();
    const auto end = rig.sell("no", 1);
    ASSERT_FALSE(end);
    EXPECT_EQ(end.error().code(), acquiring_errc::pin_key_missing) << end.error();
    EXPECT_EQ(rig.host.requests.size(), sent);
}

std::ptrdiff_t times_raised(const lane_rig& rig, acquiring::alert_kind kind) {
    const auto all = rig.seen.alerts();
    return std::count_if(all.begin(), all.end(), [&](const auto& one) { return one.kind == kind; });
}

/// Its journal is lost, or another till had the terminal: trace numbers that the host has seen would come again.
TEST(SignIn, ANewJournalDoesNotBeginBehindItsHost) {
    lane_rig rig;
    rig.host.batch = "000037";
    const auto refused = rig.sign_in();
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code(), make_error_code(acquiring_errc::host_ahead));
    EXPECT_EQ(std::string(refused.error().hint()), "found batch 37 there and 1 here");
    EXPECT_EQ(rig.sell("no", 1).error().code(), make_error_code(acquiring_errc::host_ahead));
    EXPECT_EQ(rig.books.taken(), 0);
    EXPECT_EQ(times_raised(rig, acquiring::alert_kind::host_ahead), 1);
    const auto begin = [&](std::uint32_t batch) {
        acquiring::sign_in_request wish;
        wish.begin_batch = batch;
        return acquiring::sign_in(rig.lane()).run(wish, soon());
    };
    EXPECT_EQ(begin(1'000'000).error().code(), make_error_code(acquiring_errc::bad_request));
    const auto begun = begin(38); // as a person has agreed with the acquirer
    ASSERT_TRUE(begun) << begun.error();
    EXPECT_EQ(begun->batch, 38U);
    EXPECT_EQ(begun->host_batch, 37U);
    EXPECT_EQ(rig.sell("sale", 100).value().batch, 38U);
    EXPECT_TRUE(begin(39).error().is(condition::misuse)) << "there is money in the open one";
    EXPECT_EQ(begin(5).error().code(), make_error_code(acquiring_errc::bad_request)) << "an earlier one";
}

TEST(SignIn, ALaterBatchOfTheHostIsRaisedAndMovesNothingHere) {
    lane_rig rig;
    ASSERT_TRUE(rig.sell("sale", 100));
    for (const auto* const told : {"000001", "000000", "999999"}) { // its own, none, and the one before the first
        rig.host.batch = told;
        ASSERT_TRUE(rig.sign_in()) << told;
    }
    EXPECT_EQ(times_raised(rig, acquiring::alert_kind::host_ahead), 0);
    rig.host.batch = "000002";
    const auto signed_in = rig.sign_in();
    ASSERT_TRUE(signed_in) << signed_in.error();
    EXPECT_EQ(signed_in->batch, 1U);
    EXPECT_EQ(signed_in->host_batch, 2U);
    ASSERT_TRUE(rig.sign_in());
    EXPECT_EQ(times_raised(rig, acquiring::alert_kind::host_ahead), 1);
    EXPECT_EQ(rig.seen.alerts().back().record.batch, 2U);
    EXPECT_EQ(rig.sell("next", 100).value().batch, 1U);
}

} // namespace
} // namespace cipherlane::tests
