// Is the cipher machine there, and does it do arithmetic? Works with any dialect:
//
//     01_hello_cipher_machine HOST:PORT [PROFILE]
//
#include <cipherlane/core/hex.hpp>
#include <cipherlane/hsm/client.hpp>

#include <iostream>

using namespace cipherlane;
using namespace std::chrono_literals;

int main(int argc, char** argv) {
    if (argc < 2) {
        std::cerr << "usage: " << argv[0] << " HOST:PORT [PROFILE]\n";
        return 2;
    }
    try {
        // A profile is a dialect as data: a built-in name, or your own TOML file.
        hsm::client unit(
            {net::parse_endpoint(argv[1]).value(), hsm::profile::find(argc > 2 ? argv[2] : "payshield").value()});
        const call bounds(5s); // one deadline for all that follows

        auto said = unit.diagnose({}, bounds);
        if (said) {
            std::cout << "firmware " << said->firmware << ", local master key check "
                      << to_hex(said->lmk_check.view()) << "\n";
        } else if (said.error().is(condition::unsupported)) {
            std::cout << "this dialect has no diagnosis\n";
        } else {
            std::cerr << said.error() << "\n";
            return 1;
        }

        // A fresh PIN key: it never leaves the machine in clear.
        const auto made = unit.generate_key(hsm::generate_key_request(hsm::key_type::tpk), bounds).value();
        std::cout << "new terminal PIN key under the local master key: " << made.under_lmk.text() << "\n"
                  << "its check value: " << to_hex(made.check_value.view()) << "\n";
    } catch (const error_exception& why) {
        std::cerr << why.what() << "\n";
        return 1;
    }
    return 0;
}
