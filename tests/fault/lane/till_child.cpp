// A till that is going to be killed: recovers, repeats what it was at when it was killed, then sells by card and by
// code, voids, refunds and settles until it ends by itself or by SIGKILL. Each outcome that a customer would have
// been told is one line on standard output: "TOLD batch trace outcome". "BROKEN" is a promise that was not kept.
//
//     lane_till_child FOLDER HOST GATEWAY DISPLAY PINPAD PINPAD_CONTROL PUBLIC_KEY SEED TRADES KEY_FOLDER
//                     [abort | power N]
//
// With `power` its files are those of a machine that loses its power with it; after N writes and syncs, if N is not
// 0.
#include "lane/demo_till.hpp"
#include "lane/narrator.hpp"
#include "lane/simulators.hpp"
#include "simkit/control_client.hpp"
#include "support/power_cut_files.hpp"

#include <cipherlane/acquiring/errc.hpp>
#include <cipherlane/core/core_dumps.hpp>
#include <cipherlane/ports/store.hpp>

#include <nlohmann/json.hpp>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <random>

namespace {

using namespace cipherlane;
using namespace std::chrono_literals;

call a_minute() {
    return call(60s);
}

void tell(const acquiring::payment& what) {
    std::cout << "TOLD " << what.batch << " " << what.trace << " " << to_string(what.outcome) << " " << what.key
              << std::endl;
}

till open_from(char** words, acquiring::timeline& watch) {
    auto settings = sim::demo_settings({words[1], words[10], words[7], words[2], words[3], words[4], words[5]});
    settings.terminals[0].gateway.poll = 100ms;
    settings.terminals[0].gateway.response_time = 1s;
    auto log = std::make_shared<std::ofstream>(std::string(words[1]) + "/till.log", std::ios::app);
    return sim::open_till(settings, &watch,
        logger(log_level::info, [log](log_level, std::string_view component, std::string_view line) {
            *log << component << ": " << line << std::endl;
        }));
}

/// One thing that a cashier asks for. On file before it is asked, so that the next till can ask again.
struct wish {
    char kind = 'S'; ///< sale, void, refund, 'Q' sale by code
    std::string key;
    std::int64_t minor = 0;
    std::uint64_t original = 0;
};

class cashier {
  public:
    cashier(till& till, sim::control_client& pad, std::string folder, std::uint64_t seed)
        : till_(till)
        , pad_(pad)
        , file_(std::move(folder) + "/wish.txt")
        , random_(seed)
        , seed_(seed) {}

    /// What was asked for when the last till ended. If its journal has it, nothing new may come of it.
    void repeat() {
        wish last;
        std::ifstream file(file_);
        if (!(file >> last.kind >> last.key >> last.minor >> last.original)) return;
        const auto known = till_.journal().find_key(sim::demo_terminal, last.key, a_minute()).value();
        const auto again = ask(last);
        if (!known || known->state == ports::record_state::not_sent) return;
        const bool kept = again && again->told == acquiring::told::recorded && again->handle == known->id;
        if (!kept) std::cout << "BROKEN " << last.kind << " " << last.key << " was asked twice" << std::endl;
    }

    void work(int number) {
        const auto key = std::to_string(seed_) + "-" + std::to_string(number);
        const auto choice = random_() % 8;
        const auto sold = ask({choice < 5 ? 'S' : 'Q', key, 100 + static_cast<int>(random_() % 900), 0});
        if (sold && sold->ok()) {
            const auto second = random_() % 4;
            if (second == 0 && choice < 5) (void)ask({'V', key + "-void", 0, sold->handle});
            if (second == 1) (void)ask({'R', key + "-back", 50, sold->handle});
        }
        if (random_() % 6 == 0) settle();
    }

    /// Also goes on with one that was broken off: where the host has closed the batch and says no more, somebody has
    /// agreed with the acquirer that it be closed here, too.
    void settle() {
        auto done = till_.settle(a_minute());
        const bool refused = !done && done.error().code() == acquiring_errc::settlement_refused;
        if (refused && done.error().peer_code() == "77")
            done = till_.settle({acquiring::after_refusal::close_batch}, a_minute());
        if (!done) std::cerr << "settlement: " << done.error() << "\n";
    }

  private:
    result<acquiring::payment> ask(const wish& what) {
        std::ofstream(file_ + ".new") << what.kind << " " << what.key << " " << what.minor << " " << what.original;
        std::filesystem::rename(file_ + ".new", file_);
        auto end = run(what);
        if (end) tell(*end);
        return end;
    }
    result<acquiring::payment> run(const wish& what) {
        switch (what.kind) {
        case 'V': return till_.void_payment({what.key, what.original}, a_minute());
        case 'R': return till_.refund({what.key, what.original, amount(what.minor)}, a_minute());
        case 'Q': return till_.qr_sale({what.key, amount(what.minor)}, call(1500ms));
        default: break;
        }
        const sim::demo_card card{"6222000000000017", "3012", "135790", 0};
        pad_.ask({{"cmd", "press"}, {"keys", card.pin + "E"}, {"when_asked", true}});
        pad_.ask({{"cmd", "card"}, {"kind", "magnetic"}, {"track2", card.track2()}});
        return till_.sale({what.key, amount(what.minor)}, a_minute());
    }

    till& till_;
    sim::control_client& pad_;
    const std::string file_;
    std::mt19937_64 random_;
    const std::uint64_t seed_;
};

/// As a till does at its start.
void catch_up(till& till, cashier& at) {
    const auto recovered = till.recover(a_minute());
    if (!recovered) throw error_exception(recovered.error());
    for (const auto& what : *recovered)
        tell(what);
    const auto progress = till.journal().settlement(sim::demo_terminal, a_minute()).value();
    if (progress.step != ports::settlement_step::none) at.settle();
    at.repeat();
}

} // namespace

int main(int argc, char** argv) {
    if (argc < 11) return 2;
    try {
        // Keys and cards must not end up in a dump. The sanitizer's leak check attaches to its own process, which one
        // that is not to be dumped refuses.
#ifndef __SANITIZE_ADDRESS__
        cipherlane::forbid_core_dumps().value();
#endif
        const std::string_view how = argc > 11 ? argv[11] : "";
        if (how == "power" && argc > 12)
            cipherlane::tests::lose_power_with_process({std::stoull(argv[12]), std::stoull(argv[8])});
        std::ofstream story(std::string(argv[1]) + "/till.log", std::ios::app);
        sim::narrator narrator(story);
        auto till = open_from(argv, narrator);
        auto pad = sim::control_client::connect(argv[6]).value();
        cashier at(till, pad, argv[1], std::stoull(argv[8]));
        catch_up(till, at);
        const int trades = std::stoi(argv[9]);
        for (int i = 0; i < trades; ++i)
            at.work(i);
        if (how == "abort") std::abort(); // with everything that a till holds still in its memory
        return 0;
    } catch (const std::exception& why) {
        std::cerr << "till: " << why.what() << "\n";
        return 1;
    }
}
