// Input: a selector, then bytes that come from a peer: a signature in DER, a public key raw or in DER, a cryptogram.
#include <cipherlane/crypto/rsa.hpp>
#include <cipherlane/crypto/sm2_encryption.hpp>
#include <cipherlane/crypto/sm2_signature.hpp>

#include <cstdint>
#include <cstdlib>

using namespace cipherlane;
using namespace cipherlane::crypto;

namespace {

void must(bool holds) {
    if (!holds) std::abort();
}

const sm2_decryption_key& receiver() {
    static const auto key = [] {
        const bytes scalar(32, 0x39);
        return sm2_decryption_key::create(std::move(sm2_private_scalar::from_raw(scalar)).value()).value();
    }();
    return key;
}

void read_signature(byte_view der) {
    const auto signature = sm2_signature_from_der(der);
    if (!signature) return;
    const auto again = sm2_signature_to_der(*signature);
    must(again.has_value() && sm2_signature_from_der(*again).value() == *signature);
}

void read_public_key(byte_view data) {
    if (const auto point = sm2_public_point::from_raw(data)) {
        must(sm2_public_point::from_raw(point->view()).has_value());
        must(sm2_verification_key::create(*point).has_value());
    }
    (void)sm2_public_point::from_der(data);
    (void)rsa_public_key::from_der(data);
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    const byte_view rest(data + 1, size - 1);
    switch (data[0] % 3) {
    case 0: read_signature(rest); break;
    case 1: read_public_key(rest); break;
    default: (void)receiver().decrypt(rest); break;
    }
    return 0;
}
