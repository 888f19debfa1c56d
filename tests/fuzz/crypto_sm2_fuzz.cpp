// Input: a selector, then bytes that come from a peer: a signature in DER, a public key raw, in DER or PEM, a
// cryptogram; or bytes of our own, to be signed and encrypted and read again.
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

const auto id = as_bytes(std::string_view("1234567812345678"));

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
    must(!sm2_verification_key::create(receiver().public_point()).value().verify(id, der, *signature));
}

void read_public_key(byte_view data) {
    if (const auto point = sm2_public_point::from_raw(data)) {
        must(sm2_public_point::from_raw(point->view()).has_value());
        must(sm2_verification_key::create(*point).has_value());
    }
    (void)sm2_public_point::from_der(data);
    (void)rsa_public_key::from_der(data);
}

void read_pem(byte_view data) {
    const auto text = as_text(data);
    if (const auto point = sm2_public_point::from_pem(text)) must(point->view().size() == 65);
    if (const auto scalar = sm2_private_scalar::from_pem(text)) must(scalar->expose().size() == 32);
}

void there_and_back(byte_view data) {
    const auto public_point = receiver().public_point();
    if (!data.empty()) {
        const auto cryptogram = sm2_encryption_key::create(public_point).value().encrypt(data);
        must(cryptogram.has_value());
        must(as_text(receiver().decrypt(*cryptogram).value().expose()) == as_text(data));
    }
    const auto signer = sm2_signing_key::create(sm2_private_scalar::generate().value()).value();
    const auto signature = signer.sign(id, data);
    must(signature.has_value());
    must(sm2_verification_key::create(signer.public_point()).value().verify(id, data, *signature).has_value());
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    const byte_view rest(data + 1, size - 1);
    switch (data[0] % 5) {
    case 0: read_signature(rest); break;
    case 1: read_public_key(rest); break;
    case 2: (void)receiver().decrypt(rest); break;
    case 3: read_pem(rest); break;
    default: there_and_back(rest); break;
    }
    return 0;
}
