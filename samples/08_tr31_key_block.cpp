// Wraps a PIN key in a TR-31 key block as a host would send it, opens it again at the other end, and shows what the
// block does not let happen.
//
//     08_tr31_key_block
//
#include <cipherlane/core/hex.hpp>
#include <cipherlane/crypto/key_block.hpp>
#include <cipherlane/crypto/key_block_check.hpp>

#include <iostream>

using namespace cipherlane;
using namespace cipherlane::crypto;

int main() {
    try {
        // Test keys. Both ends share the protection key (KBPK), brought there in components; AES means version D.
        const auto shared = from_hex("88E1AB2A2E3DD38C1FA039A536500CC8A87AB9D62DC92C01058FA79F44657DE6").value();
        const auto protection = key_block_protection_key::create(algorithm::aes, shared, pci_policy).value();
        auto protector = key_block_protector::create(protection, key_block_version::d).value();

        // The host: a PIN encryption key (P0) that may only encrypt (E), not to be exported (N), with a label.
        const auto clear = from_hex("3F419E1CB7079442AA37474C2EFBF8B8").value();
        const auto pin = pin_key::create(algorithm::aes, clear, pci_policy).value();
        key_block_header_builder header("P0", 'A', 'E');
        header.set_key_version("01").add_option("LB", "till 17");
        const auto block = wrap_key(protector, header, pin, pci_policy).value();
        std::cout << block << "\n";

        // The till: what is it? Nothing of this is to be believed before the block has been opened.
        const auto read = key_block_header::parse(block).value();
        std::cout << describe_key_usage(read.usage()) << ", " << describe_key_algorithm(read.algorithm()) << ", "
                  << describe_mode_of_use(read.mode_of_use()) << "\n";
        for (const auto& option : read)
            std::cout << describe_key_block_option(option.id) << ": " << option.data << "\n";

        // Straight into a handle of its purpose, saying what will be done with it.
        constexpr auto encrypt = key_block_use::forward;
        const auto opened = unwrap_key<purpose::pin_encryption>(protector, block, encrypt, pci_policy).value();
        const auto check_value = opened.check_value(kcv_method::cmac, 5).value();
        const bool same = check_value == pin.check_value(kcv_method::cmac, 5).value();
        std::cout << "check value " << to_hex(check_value) << (same ? ", as sent\n" : ", DIFFERS\n");

        // What does not work: another purpose, another direction, a changed header, a trip to another key.
        auto changed = block;
        changed[8] = 'B'; // "may also decrypt"
        const auto as_mac = unwrap_key<purpose::mac>(protector, block, key_block_use::both, pci_policy);
        const auto decrypt =
            unwrap_key<purpose::pin_encryption>(protector, block, key_block_use::reverse, pci_policy);
        const auto forged =
            unwrap_key<purpose::pin_encryption>(protector, changed, key_block_use::reverse, pci_policy);
        const auto exported = rewrap_key_block(protector, block, protector, pci_policy);
        std::cout << "as a MAC key: " << as_mac.error() << "\nto decrypt: " << decrypt.error()
                  << "\nwith the mode changed: " << forged.error() << "\nto another key: " << exported.error()
                  << "\n";
        return same && !as_mac && !decrypt && !forged && !exported ? 0 : 1;
    } catch (const error_exception& why) {
        std::cerr << why.what() << "\n";
        return 1;
    }
}
