// Two cipher machines with the same local master key; take one away and watch nothing happen:
//
//     12_pool_of_two_units HOST:PORT HOST:PORT [PROFILE]
//
// The test that runs this kills the first unit after a second.
#include <cipherlane/hsm/pool.hpp>

#include <iostream>
#include <thread>

using namespace cipherlane;
using namespace std::chrono_literals;

int main(int argc, char** argv) {
    if (argc < 3) {
        std::cerr << "usage: " << argv[0] << " HOST:PORT HOST:PORT [PROFILE]\n";
        return 2;
    }
    try {
        hsm::pool_settings settings;
        settings.units = {net::parse_endpoint(argv[1]).value(), net::parse_endpoint(argv[2]).value()};
        settings.dialect = hsm::profile::find(argc > 3 ? argv[3] : "payshield").value();
        settings.answer_timeout = 500ms; // a silent unit costs this much, a reset one nothing
        auto pool = hsm::pool::create_with_thread(settings).value();

        const auto tak =
            pool->generate_key(hsm::generate_key_request(hsm::key_type::tak), call(5s)).value().under_lmk;
        const hsm::make_mac_request request(
            hsm::key_type::tak, tak, hsm::mac_algorithm::x99, as_bytes("0200 and so on, sixteen"));
        std::size_t good = 0;
        std::size_t lost = 0;
        const auto end = std::chrono::steady_clock::now() + 3s;
        while (std::chrono::steady_clock::now() < end) {
            auto made = pool->make_mac(request, call(2s));
            ++(made ? good : lost);
            if (!made) std::cerr << made.error() << "\n";
            std::this_thread::sleep_for(1ms);
        }
        std::cout << good << " MACs, " << lost << " lost\n";
        std::size_t away = 0;
        for (const auto& unit : pool->stats().units) {
            std::cout << "unit " << unit.endpoint << ": " << unit.answers << " answers, " << to_string(unit.state)
                      << "\n";
            if (unit.state != hsm::unit_state::ready) ++away;
        }
        return lost == 0 && good > 100 && away == 1 ? 0 : 1;
    } catch (const error_exception& why) {
        std::cerr << why.what() << "\n";
        return 1;
    }
}
