// An outside project that needs cryptography alone.
#include <cipherlane/core/hex.hpp>
#include <cipherlane/crypto/digest.hpp>

#include <iostream>

int main() {
    // FIPS 180-4's example "abc".
    const auto abc = cipherlane::as_bytes("abc");
    const auto made = cipherlane::crypto::digest(cipherlane::crypto::digest_algorithm::sha256, abc);
    if (!made) return 1;
    const auto text = cipherlane::to_hex(made->view());
    std::cout << text << "\n";
    return text == "BA7816BF8F01CFEA414140DE5DAE2223B00361A396177A9CB410FF61F20015AD" ? 0 : 1;
}
