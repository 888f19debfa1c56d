// SIGKILL at random instants of a till's day, again and again, against simulators that live on: sales by card and by
// code, voids, refunds, settlements, and each time the last wish once more. In the end the till's journal, the host's
// ledger, the gateway's orders, the card's balance and what customers were told must agree, and the batch must
// balance.
#include "kill_fixture.hpp"

namespace cipherlane::tests {
namespace {

using namespace std::chrono_literals;

class LaneKill : public kill_fixture {
  protected:
    static int kills() {
        const char* many = std::getenv("CIPHERLANE_KILLS");
        return many != nullptr ? std::stoi(many) : 20;
    }
};

TEST_F(LaneKill, LosesNothing) {
    const auto seed = random_seed();
    std::cout << kills() << " kills\n";
    std::mt19937_64 random(seed);
    pad_control = around->pinpad.control_endpoint();
    give_wealth();
    std::jthread payer(
        [at = around->gateway.control_endpoint()](const std::stop_token& over) { play_payer(over, at); });

    // The first till makes the journal and signs in; the second does nothing, which shows how long that takes. What
    // comes behind it is a few trades' time; an order that nobody pays would take longer.
    std::chrono::microseconds life{0};
    for (const int trades_wanted : {2, 0}) {
        const auto begun = std::chrono::steady_clock::now();
        auto till = start(seed + static_cast<std::uint64_t>(trades_wanted), trades_wanted);
        ASSERT_EQ(till.wait(30s), 0) << "the till does not run at all; see " << folder() << "/child.log";
        life = std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::steady_clock::now() - begun);
        remember(till.read_all(1s));
    }
    life += 500ms;
    int killed = 0;
    for (int starts = 3; killed < kills() && starts <= 4 * kills() + 3; ++starts) {
        auto till = start(seed + static_cast<std::uint64_t>(starts), 5);
        std::this_thread::sleep_for(std::chrono::microseconds(random() % static_cast<std::uint64_t>(life.count())));
        till.kill();
        killed += till.wait(0ms) == -SIGKILL ? 1 : 0; // else it had ended by itself
        remember(till.read_all(200ms));
    }
    EXPECT_EQ(killed, kills()) << "too many tills ended before they were killed: the test shows less than it says";
    payer.request_stop();
    payer.join();
    settle_in_the_end();
    if (HasFatalFailure()) return;
    compare_with_the_world();
    EXPECT_GT(card_trades, static_cast<std::size_t>(kills()) / 20)
        << "hardly anything was sold: the test shows nothing";
    compare_with_what_was_told();
}

} // namespace
} // namespace cipherlane::tests
