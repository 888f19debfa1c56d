// What an acquirer's front does for each sale: translate the PIN block from the terminal's key to the network's, and
// make and check the MAC of field 64. Keys are made on the spot, so this runs against any unit:
//
//     02_translate_pin_and_mac HOST:PORT [PROFILE]
//
#include <cipherlane/core/hex.hpp>
#include <cipherlane/hsm/client.hpp>
#include <cipherlane/hsm/pos_mac.hpp>

#include <iostream>

using namespace cipherlane;
using namespace std::chrono_literals;

namespace {

void run(hsm::client& unit, const call& bounds) {
    const auto tpk = unit.generate_key(hsm::generate_key_request(hsm::key_type::tpk), bounds).value().under_lmk;
    const auto zpk = unit.generate_key(hsm::generate_key_request(hsm::key_type::zpk), bounds).value().under_lmk;
    const auto tak = unit.generate_key(hsm::generate_key_request(hsm::key_type::tak), bounds).value().under_lmk;

    // A terminal would send a block under its TPK. These eight bytes are none, and the unit finds that out.
    const auto card = pan::parse("6225880000000006").value();
    const bytes block(8, 0x5A);
    auto translated = unit.translate_pin(hsm::translate_pin_request(tpk, zpk, block, card), bounds);
    if (translated) {
        std::cout << "translated: " << to_hex(translated->pin_block.view()) << "\n";
    } else if (translated.error().is(condition::rejected_by_peer)) {
        std::cout << "the unit says no, code " << translated.error().peer_code() << ": "
                  << hsm::explain(unit.dialect(), translated.error()) << "\n";
    } else {
        throw error_exception(translated.error());
    }

    // From the message type to the field before 64, as on the wire.
    const auto mab = as_bytes("0200 and everything up to field 63");
    const auto mac = hsm::make_pos_mac(unit, tak, mab, bounds).value();
    std::cout << "field 64: " << as_text(mac) << "\n";
    std::cout << "verified: " << std::boolalpha << hsm::verify_pos_mac(unit, tak, mab, mac, bounds).value() << "\n";
}

} // namespace

int main(int argc, char** argv) {
    if (argc < 2) {
        std::cerr << "usage: " << argv[0] << " HOST:PORT [PROFILE]\n";
        return 2;
    }
    try {
        hsm::client unit(
            {net::parse_endpoint(argv[1]).value(), hsm::profile::find(argc > 2 ? argv[2] : "payshield").value()});
        run(unit, call(5s));
    } catch (const error_exception& why) {
        std::cerr << why.what() << "\n";
        return 1;
    }
    return 0;
}
