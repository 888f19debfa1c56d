// A sale asks the PIN pad at most three times (ABECS), the cipher machine at most three times (place F,
// behind the host) and the acquirer once. Each device counts for itself.
#include "support/lane_fixture.hpp"

namespace cipherlane::tests {
namespace {

using namespace std::chrono_literals;

class RoundTrips : public lane_fixture {
  protected:
    unsigned cipher_machine_commands() {
        const auto seen = around->acquirer.control().ask({{"cmd", "counters"}});
        return seen.at("hsm_round_trips").get<unsigned>();
    }
    unsigned pinpad_commands() {
        return around->pinpad.control().ask({{"cmd", "counters"}}).at("counters").value("commands", 0U);
    }
};

TEST_F(RoundTrips, OfOneSale) {
    sim::narrator tell(story);
    auto till = open_till(&tell);
    ASSERT_TRUE(till.sign_in(call(30s)));
    // The first sale of the day opens the PIN pad's session; that is not part of a sale.
    around->present(around->rich);
    ASSERT_TRUE(till.sale({"first", amount(100)}, call(60s)));
    const auto machine_before = cipher_machine_commands();
    const auto pad_before = pinpad_commands();
    const auto host_before = till.status(call(10s)).value().host_exchanges;

    around->present(around->rich);
    const auto sold = till.sale({"one", amount(1234)}, call(60s));
    ASSERT_TRUE(sold && sold->ok());

    EXPECT_EQ(till.status(call(10s)).value().host_exchanges - host_before, 1U);
    EXPECT_EQ(cipher_machine_commands() - machine_before, 3U); // verify MAC, translate PIN, make MAC
    const auto pad = pinpad_commands() - pad_before;
    EXPECT_GE(pad, 2U); // the card and the PIN at least, or this counts nothing
    EXPECT_LE(pad, 3U);
}

TEST_F(RoundTrips, UseOneConnectionWhereItIsKept) {
    for (const bool kept : {true, false}) {
        auto wanted = settings();
        wanted.host.keep_connection = kept;
        sim::narrator tell(story);
        auto till = open_till(wanted, &tell);
        ASSERT_TRUE(till.sign_in(call(30s)));
        ASSERT_TRUE(till.sign_in(call(30s)));
        EXPECT_EQ(till.status(call(10s)).value().host_connects, kept ? 1U : 2U);
    }
}

} // namespace
} // namespace cipherlane::tests
