// DUKPT from both ends: a terminal that has a new key for every transaction and forgets the old ones, and a host that
// finds each key from the serial number in the message.
//
//     09_dukpt
//
#include <cipherlane/core/hex.hpp>
#include <cipherlane/crypto/dukpt_aes_host.hpp>
#include <cipherlane/crypto/dukpt_aes_terminal.hpp>
#include <cipherlane/crypto/dukpt_tdes_host.hpp>
#include <cipherlane/crypto/dukpt_tdes_terminal.hpp>
#include <cipherlane/crypto/mac_iso9797.hpp>

#include <iostream>

using namespace cipherlane;
using namespace cipherlane::crypto;

namespace {

constexpr const char* pan = "4012345678909";

/// TDES: PIN block of format 0 and a retail MAC. True if the host gets the PIN.
bool one_tdes_sale(dukpt_tdes_terminal& terminal, dukpt_tdes_host& host) {
    const auto keys = terminal.next_transaction().value(); // the terminal itself has them no more
    const auto pin = clear_pin::parse("1234").value();
    auto pin_key = keys.pin().value();
    auto mac_key = keys.mac(dukpt_message::request).value();
    const auto block = encrypt_pin_block(pin_key, pin_block_format::iso_0, pin, pan).value();
    const auto mac = retail_mac(mac_key, mac_padding::method_1, block.view()).value();
    std::cout << "KSN " << to_hex(keys.serial_number()) << "  PIN block " << to_hex(block.view()) << "  MAC "
              << to_hex(mac.first(4)) << "\n";

    // At the host; the clear PIN belongs into a cipher machine.
    auto checking = host.transaction(keys.serial_number())->mac(dukpt_message::request).value();
    verify_retail_mac(checking, mac_padding::method_1, block.view(), mac.first(4), 4).value();
    const auto received =
        host.decrypt_pin_block(keys.serial_number(), pin_block_format::iso_0, block.view(), pan).value();
    return received == pin;
}

/// AES: PIN block of format 4. Working keys are derived in the type that is asked for.
bool one_aes_sale(dukpt_aes_terminal& terminal, dukpt_aes_host& host) {
    const auto keys = terminal.next_transaction().value();
    const auto pin = clear_pin::parse("1234").value();
    auto pin_key = keys.pin(dukpt_key_type::aes_128).value();
    const auto block = encrypt_pin_block(pin_key, pin_block_format::iso_4, pin, pan).value();
    std::cout << "KSN " << to_hex(keys.serial_number()) << "  PIN block " << to_hex(block.view()) << "\n";
    auto at_host = host.transaction(keys.serial_number())->pin(dukpt_key_type::aes_128).value();
    return decrypt_pin_block(at_host, pin_block_format::iso_4, block.view(), pan).value() == pin;
}

} // namespace

int main() {
    try {
        // The base keys of the standards' own examples. The initial keys travel in key blocks (08_tr31_key_block).
        const auto tdes = from_hex("0123456789ABCDEFFEDCBA9876543210").value();
        const auto aes = from_hex("FEDCBA9876543210F1F1F1F1F1F1F1F1").value();
        auto host =
            dukpt_tdes_host::create(base_derivation_key::create(algorithm::tdes, tdes, pci_policy).value()).value();
        auto aes_host =
            dukpt_aes_host::create(base_derivation_key::create(algorithm::aes, aes, pci_policy).value()).value();
        const auto number = from_hex("FFFF9876543210E00000").value();
        const auto identifier = from_hex("1234567890123456").value();
        auto terminal = dukpt_tdes_terminal::create(host.initial_key(number).value(), number).value();
        auto aes_terminal = dukpt_aes_terminal::create(aes_host.initial_key(identifier).value(), identifier).value();

        bool right = true;
        for (int sale = 0; sale < 3; ++sale)
            right = right && one_tdes_sale(terminal, host) && one_aes_sale(aes_terminal, aes_host);

        // A counter that no terminal uses is no key: 11 one bits.
        const auto never = host.transaction(from_hex("FFFF9876543210E007FF").value());
        std::cout << "counter 7FF: " << never.error() << "\n";
        return right && !never ? 0 : 1;
    } catch (const error_exception& why) {
        std::cerr << why.what() << "\n";
        return 1;
    }
}
