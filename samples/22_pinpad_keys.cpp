// A PIN pad gets its keys and works with them: a master key at a ceremony, working keys as a host would send them, a
// PIN and a MAC.
//
//     22_pinpad_keys ADDRESS [DRIVER]      DRIVER: psbc, pp1000se, pp791 … of docs/13-devices.md; default pp791
//
#include <cipherlane/core/core_dumps.hpp>
#include <cipherlane/core/hex.hpp>
#include <cipherlane/drivers/pinpad/keypad/keypad_pinpad.hpp>
#include <cipherlane/drivers/pinpad/pinpad_family.hpp>

#include <boost/asio/io_context.hpp>

#include <iostream>

using namespace cipherlane;
using namespace std::chrono_literals;

namespace {

/// A working key under the master key below, with its check value, as field 62 of a sign-in brings it.
ports::wrapped_key delivered(const char* cryptogram, const char* check_value) {
    return {0, from_hex(cryptogram).value(), from_hex(check_value).value()};
}

int work(const char* address, const char* driver) {
    forbid_core_dumps().value(); // keys must not end up in one
    boost::asio::io_context io;
    const auto pad = drivers::open_pinpad(io.get_executor(), driver, address, {}, call(10s)).value();

    // A ceremony in a secure room, where the pad takes a key in clear. This one is published: for tests alone.
    auto* keypad = dynamic_cast<drivers::keypad_pinpad*>(pad.get());
    if (keypad != nullptr && keypad->description().can(drivers::keypad_action::plain_key)) {
        const secret_bytes master(from_hex("0123456789ABCDEFFEDCBA9876543210").value());
        keypad->put_master_key(0, master, call(10s)).value();
        std::cout << "the master key is in slot 0\n";
    }

    // Single-length keys: every pad that makes MACs takes them.
    const auto pin_key = delivered("6EA5FA37FF743D19", "8CC76BBD");
    const auto mac_key = delivered("6EA5FA37FF743D19", "8CC76BBD");
    if (pad->makes_macs()) {
        const auto mac = pad->make_mac(mac_key, as_bytes("0200 and what a message says"), call(10s));
        if (!mac) std::cout << "no MAC: " << mac.error() << "\n";
        if (mac) std::cout << "MAC " << to_hex(*mac).substr(0, 8) << "\n";
    }
    std::cout << "enter a PIN\n" << std::flush;
    const auto account = pan::parse("6222000000000017").value();
    const auto block = pad->enter_pin(ports::pin_request(account, pin_key, amount(1234)), call(60s)).value();
    std::cout << "a PIN block of " << block.size() << " bytes, which nobody here can read\n";
    return pad->close(call(5s)) ? 0 : 1;
}

} // namespace

int main(int argc, char** argv) {
    try {
        if (argc == 2 || argc == 3) return work(argv[1], argc == 3 ? argv[2] : "pp791");
        std::cerr << "usage: " << argv[0] << " ADDRESS [DRIVER]\n";
    } catch (const error_exception& why) {
        std::cerr << why.what() << "\n";
    }
    return 2;
}
