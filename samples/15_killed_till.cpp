// A till that survives being killed: it is ended by SIGKILL while a payment is under way, at three stages one after
// the other, and the next one finds out what became of it. The order's own name is the idempotency key: asked again,
// the till remembers, and charges nobody twice.
//
//     15_killed_till TILL.toml
//
#include <cipherlane/core/core_dumps.hpp>
#include <cipherlane/till/till.hpp>

#include <array>
#include <csignal>
#include <iostream>
#include <string>
#include <sys/wait.h>
#include <unistd.h>

using namespace cipherlane;
using namespace std::chrono_literals;
using acquiring::stage;

namespace {

/// Ends this process as a power cut would, once the payment has come to a stage.
class power_cut final : public acquiring::timeline {
  public:
    explicit power_cut(stage at)
        : at_(at) {}
    void on_entry(const acquiring::timeline_entry& /*entry*/) noexcept override {}
    void on_alert(const acquiring::alert& /*what*/) noexcept override {}
    void on_stage(const acquiring::stage_event& what) noexcept override {
        if (what.at == at_) ::kill(::getpid(), SIGKILL);
    }

  private:
    stage at_;
};

acquiring::sale_request order(stage cut) {
    return {"order-" + std::string(to_string(cut)), amount(1500)};
}

/// A till in a process of its own, which does not come back.
void sell_and_be_killed(const char* settings, stage cut) {
    const pid_t id = ::fork();
    if (id == 0) {
        power_cut at(cut);
        till::parts with;
        with.observer = lend(at);
        if (auto till = till::open(settings, std::move(with), call(20s))) (void)till->sale(order(cut), call(60s));
        ::_exit(0); // the stage was never reached
    }
    int ended = 0;
    if (id < 0 || ::waitpid(id, &ended, 0) != id || !WIFSIGNALED(ended)) {
        std::cerr << "nobody was killed\n";
        ::_exit(1);
    }
}

/// What a till does whenever it starts; then the cashier, who does not know either, tries the same order again.
bool start_again(const char* settings, stage cut) {
    const call minutes(120s);
    auto till = till::open(settings, call(20s)).value();
    for (const auto& left : till.recover(minutes).value()) {
        std::cout << "killed at \"" << to_string(cut) << "\", found: " << left << "\n";
        till.acknowledge(left, minutes).value();
    }
    const auto again = till.sale(order(cut), minutes).value();
    std::cout << "asked again: " << again
              << (again.told == acquiring::told::recorded ? " (remembered)\n" : " (paid now)\n");
    till.acknowledge(again, minutes).value();
    return again.outcome != verdict::unknown;
}

} // namespace

int main(int argc, char** argv) {
    try {
        if (argc == 2) {
            forbid_core_dumps().value(); // keys and cards must not end up in one
            bool known = true;
            for (const auto cut : std::array{stage::card, stage::sending, stage::finishing}) {
                sell_and_be_killed(argv[1], cut);
                known = start_again(argv[1], cut) && known;
            }
            auto till = till::open(argv[1], call(20s)).value();
            const auto settled = till.settle(call(60s)).value(); // the host has the same books
            return known && settled.host == acquiring::settlement_result::balanced ? 0 : 1;
        }
        std::cerr << "usage: " << argv[0] << " TILL.toml\n";
    } catch (const error_exception& why) {
        std::cerr << why.what() << "\n";
    }
    return 2;
}
