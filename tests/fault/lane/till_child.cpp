// A till that is going to be killed: recovers, then sells and voids until it ends by itself or by SIGKILL. Each
// outcome that a customer would have been told is one line on standard output: "TOLD trace outcome".
//
//     lane_till_child FOLDER HOST GATEWAY DISPLAY PINPAD PINPAD_CONTROL KEY_FILE SEED TRADES [settle]
#include "lane/narrator.hpp"
#include "lane/simulators.hpp"
#include "lane/test_keys.hpp"
#include "lane/till.hpp"
#include "simkit/control_client.hpp"

#include <cipherlane/acquiring/recovery.hpp>
#include <cipherlane/acquiring/sale.hpp>
#include <cipherlane/acquiring/settlement.hpp>
#include <cipherlane/acquiring/void_payment.hpp>

#include <nlohmann/json.hpp>

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
    std::cout << "TOLD " << what.batch << " " << what.trace << " " << to_string(what.outcome) << std::endl;
}

sim::till_settings settings_from(char** words) {
    sim::till_settings settings;
    settings.terminal = sim::demo_settings(words[1], words[2], words[3]);
    settings.display_device = words[4];
    settings.pinpad_device = words[5];
    std::ifstream key(words[7]);
    settings.gateway_public_key.assign(std::istreambuf_iterator<char>(key), {});
    settings.master_key = sim::test_keys::terminal_master;
    auto log = std::make_shared<std::ofstream>(std::string(words[1]) + "/till.log", std::ios::app);
    settings.log = logger(log_level::info, [log](log_level, std::string_view component, std::string_view line) {
        *log << component << ": " << line << std::endl;
    });
    return settings;
}

/// One sale, and now and then its void.
void trade(sim::till& till, sim::control_client& pad, std::mt19937_64& random, const std::string& key) {
    const sim::demo_card card{"6222000000000017", "3012", "135790", 0};
    pad.ask({{"cmd", "press"}, {"keys", card.pin + "E"}, {"when_asked", true}});
    pad.ask({{"cmd", "card"}, {"kind", "magnetic"}, {"track2", card.track2()}});
    const auto sold =
        acquiring::sale(till.lane()).run({key, amount(100 + static_cast<int>(random() % 900))}, a_minute());
    if (!sold) return;
    tell(*sold);
    if (!sold->ok() || random() % 4 != 0) return;
    const auto undone = acquiring::void_payment(till.lane()).run({key + "-void", sold->handle}, a_minute());
    if (undone) tell(*undone);
}

} // namespace

int main(int argc, char** argv) {
    if (argc < 10) return 2;
    try {
        std::ofstream story(std::string(argv[1]) + "/till.log", std::ios::app);
        sim::narrator narrator(story);
        sim::till till(settings_from(argv), &narrator);
        auto pad = sim::control_client::connect(argv[6]).value();
        std::mt19937_64 random(std::stoull(argv[8]));
        const auto recovered = acquiring::recovery(till.lane()).run({}, a_minute());
        if (!recovered) throw error_exception(recovered.error());
        for (const auto& what : *recovered)
            tell(what);
        const int trades = std::stoi(argv[9]);
        for (int i = 0; i < trades; ++i)
            trade(till, pad, random, std::string(argv[8]) + "-" + std::to_string(i));
        if (argc > 10) {
            const auto settled = acquiring::settlement(till.lane()).run({}, a_minute());
            if (!settled) throw error_exception(settled.error());
            std::cout << (settled->host == acquiring::settlement_result::balanced ? "BALANCED" : "DIFFERS")
                      << std::endl;
        }
        return 0;
    } catch (const std::exception& why) {
        std::cerr << "till: " << why.what() << "\n";
        return 1;
    }
}
