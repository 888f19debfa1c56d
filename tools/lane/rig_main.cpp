// Starts the simulators of a payment lane, writes the till's settings, and runs a program with them: the rig plays
// the customer (holds a card to the reader, types the PIN, pays a QR order) whenever the till waits for one.
//
//     cipherlane-lane-rig FOLDER PROGRAM [ARGUMENT…]    runs PROGRAM ARGUMENT… FOLDER/till.toml
#include "lane/demo_till.hpp"
#include "lane/simulators.hpp"
#include "lane/test_keys.hpp"

#include <nlohmann/json.hpp>

#include <atomic>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

namespace {

namespace sim = cipherlane::sim;
using namespace std::chrono_literals;

/// Everything a till needs to know, as an integrator would write it down.
std::string write_settings(sim::simulators& around, const std::string& folder) {
    const auto pem = around.gateway.control().ask({{"cmd", "public_key"}}).at("pem").get<std::string>();
    std::ofstream(folder + "/gateway.pem") << pem;
    const auto master = folder + "/terminal.key";
    sim::write_private_file(master, sim::test_keys::terminal_master);
    const auto path = folder + "/till.toml";
    std::ofstream(path) << "[terminal]\nid = \"" << sim::demo_terminal << "\"\nmerchant = \"" << sim::demo_merchant
                        << "\"\nname = \"TEST TEA HOUSE\"\n\n[host]\naddress = \"" << around.acquirer.where()
                        << "\"\nresponse_time_ms = 5000\n\n[sealer]\nkey_file = \"" << master
                        << "\"\n\n[pinpad]\ndriver = \"abecs\"\npath = \"" << around.pinpad.where()
                        << "\"\n\n[display]\ndriver = \"rcall\"\npath = \"" << around.display.where()
                        << "\"\n\n[gateway]\naddress = \"" << around.gateway.where() << "\"\npublic_key_file = \""
                        << folder << "/gateway.pem\"\n\n[journal]\nfile = \"" << folder << "/till.db\"\nkey_file = \""
                        << folder << "/till.key\"\n";
    return path;
}

void play_customer(sim::simulators& around, const std::atomic<bool>& over) {
    while (!over)
        try {
            if (around.pinpad.control().ask({{"cmd", "state"}}).at("waiting_for") == "card")
                around.present(around.rich);
            const auto orders = around.gateway.control().ask({{"cmd", "orders"}}).at("orders");
            for (const auto& order : orders) {
                const auto seen = around.display.control().ask({{"cmd", "read"}}).at("codes");
                const bool shown = !seen.empty() && seen.at(0) == order.at("code_url");
                if (order.at("status") != "waiting" || !shown) continue;
                around.gateway.control().ask({{"cmd", "pay"}, {"order_number", order.at("order_number")}});
            }
            std::this_thread::sleep_for(20ms);
        } catch (const std::exception& why) {
            std::cerr << "the customer has gone: " << why.what() << "\n";
            return;
        }
}

/// Runs a program with this one's standard output; its exit code.
int run_program(std::vector<std::string> words) {
    std::vector<char*> raw;
    for (auto& word : words)
        raw.push_back(word.data());
    raw.push_back(nullptr);
    const pid_t child = ::fork();
    if (child == 0) {
        ::prctl(PR_SET_PDEATHSIG, SIGKILL); // nor does it outlive the rig
        ::execv(raw[0], raw.data());
        ::_exit(127);
    }
    int status = 0;
    if (child < 0 || ::waitpid(child, &status, 0) != child) return 127;
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128;
}

} // namespace

int main(int argc, char** argv) {
    if (argc < 3) {
        std::cerr << "usage: cipherlane-lane-rig FOLDER PROGRAM [ARGUMENT…]\n";
        return 2;
    }
    try {
        const std::string folder = std::filesystem::absolute(argv[1]);
        sim::prepare_folder(folder);
        sim::simulators around({std::filesystem::canonical("/proc/self/exe").parent_path(), folder, "payshield"});
        std::vector<std::string> words(argv + 2, argv + argc);
        words.push_back(write_settings(around, folder));
        std::atomic<bool> over = false;
        std::thread customer([&] { play_customer(around, over); });
        const int code = run_program(words);
        over = true;
        customer.join();
        return code;
    } catch (const std::exception& why) {
        std::cerr << "cipherlane-lane-rig: " << why.what() << "\n";
        return 2;
    }
}
