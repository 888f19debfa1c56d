// SIGKILL of till, acquirer, cipher machine, PIN pad and gateway in turn, at random instants, and power cuts of the
// till's machine that leave torn writes behind: real programs on real sockets and ptys, with their books on disk.
// CIPHERLANE_PROCESS_PAYMENTS says how many payments, CIPHERLANE_PROCESS_MINUTES when it ends with fewer;
// docs/20-simulation.md.
#include "kill_fixture.hpp"

#include <cstdio>

namespace cipherlane::tests {
namespace {

using namespace std::chrono_literals;

sim::simulator_settings with_books() {
    sim::simulator_settings made;
    made.profile = "payshield";
    made.control = sim::control_kind::unix_socket;
    made.keeps_books = true;
    return made;
}

class LaneKillAll : public kill_fixture {
  protected:
    enum class victim : std::uint8_t { till, power, acquirer, cipher_machine, pinpad, gateway };
    static constexpr const char* names[] = {"till", "power", "acquirer", "cipher machine", "PIN pad", "gateway"};

    LaneKillAll()
        : kill_fixture(with_books()) {
        pad_control = around->pinpad.control_endpoint();
    }
    static std::size_t payments() {
        const char* many = std::getenv("CIPHERLANE_PROCESS_PAYMENTS");
        return many != nullptr ? std::stoul(many) : 40;
    }
    static std::chrono::minutes time() {
        const char* most = std::getenv("CIPHERLANE_PROCESS_MINUTES");
        return most != nullptr ? std::chrono::minutes(std::stoi(most)) : std::chrono::hours(24);
    }

    sim::simulator* simulator_of(victim one) {
        switch (one) {
        case victim::acquirer: return &around->acquirer;
        case victim::cipher_machine: return &around->cipher_machine;
        case victim::pinpad: return &around->pinpad;
        case victim::gateway: return &around->gateway;
        default: return nullptr;
        }
    }
    [[nodiscard]] std::chrono::milliseconds any_of(std::chrono::milliseconds most) {
        return std::chrono::milliseconds(random() % static_cast<std::uint64_t>(most.count()));
    }

    /// One life of the till, with one thing that dies in it. It ends by SIGKILL, or where it cannot go on, by itself.
    void live(std::uint64_t seed, victim one) {
        constexpr int endless = 1'000'000;
        constexpr std::uint64_t most_operations = 400;
        const bool planned = one == victim::power;
        auto till = start(seed, endless, {"power", planned ? std::to_string(1 + random() % most_operations) : "0"});
        if (planned) {
            (void)till.wait(longest);
        } else if (auto* const around_it = simulator_of(one)) {
            std::this_thread::sleep_for(any_of(half));
            around_it->kill_and_restart();
            std::this_thread::sleep_for(any_of(half)); // it goes on, or not
        } else {
            std::this_thread::sleep_for(any_of(2 * half));
        }
        till.kill();
        remember(till.read_all(500ms));
        ++killed[static_cast<std::size_t>(one)];
    }

    void print(double seconds) const {
        const auto row = [](const char* what, std::size_t count) { std::printf("%-24s %10zu\n", what, count); };
        row("payments told", told.size());
        row("card trades", card_trades);
        row("orders", orders_compared);
        for (std::size_t i = 0; i < std::size(killed); ++i)
            row((std::string("killed: ") + names[i]).c_str(), killed[i]);
        row("decided by a person", static_cast<std::size_t>(decided));
        row("lost", disagree);
        row("double", static_cast<std::size_t>(broken) + paid_twice());
        row("silent unknowns", open_in_the_end);
        std::printf("%-24s %10.0f\n", "seconds", seconds);
        (void)std::fflush(stdout);
    }

    static constexpr std::chrono::milliseconds half{900};
    static constexpr std::chrono::milliseconds longest{4000};
    std::mt19937_64 random;
    std::size_t killed[6] = {};
};

TEST_F(LaneKillAll, LosesNothing) {
    const auto begun = std::chrono::steady_clock::now();
    auto seed = random_seed();
    random.seed(seed);
    give_wealth();
    std::jthread payer(
        [at = around->gateway.control_endpoint()](const std::stop_token& over) { play_payer(over, at); });
    {
        auto till = start(++seed, 2);
        ASSERT_EQ(till.wait(30s), 0) << "the till does not run at all; see " << folder() << "/child.log";
        remember(till.read_all(1s));
    }
    // Each of them at least once, then by chance: the till and its machine as often as all the others together.
    constexpr std::size_t kinds = std::size(names);
    const std::size_t most_lives = 2 * payments() + 60;
    const auto goes_on = [&] {
        return told.size() < payments() && std::chrono::steady_clock::now() - begun < time();
    };
    for (std::size_t life = 0; life < kinds || goes_on(); ++life) {
        ASSERT_LT(life, most_lives) << "hardly anything is sold; see " << folder() << "/child.log";
        const auto drawn = random() % 8;
        const auto which = life < kinds ? life : drawn < kinds ? drawn : drawn - kinds;
        live(++seed, static_cast<victim>(which));
    }
    payer.request_stop();
    payer.join();
    settle_in_the_end();
    if (HasFatalFailure()) return;
    compare_with_the_world();
    compare_with_what_was_told();
    print(std::chrono::duration<double>(std::chrono::steady_clock::now() - begun).count());
}

} // namespace
} // namespace cipherlane::tests
