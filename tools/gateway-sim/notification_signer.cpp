#include "gateway-sim/notification_signer.hpp"

#include <openssl/evp.h>

namespace cipherlane::sim {

std::string to_base64(byte_view data) {
    std::string text((data.size() + 2) / 3 * 4 + 1, '\0');
    const int size =
        ::EVP_EncodeBlock(reinterpret_cast<unsigned char*>(text.data()), data.data(), static_cast<int>(data.size()));
    text.resize(static_cast<std::size_t>(size));
    return text;
}

result<notification_signer> notification_signer::create() {
    CIPHERLANE_TRY(auto key, crypto::rsa_private_key::generate(2048));
    CIPHERLANE_TRY(const auto der, key.public_der());
    notification_signer made(std::move(key));
    const std::string text = to_base64(der);
    made.public_pem_ = "-----BEGIN PUBLIC KEY-----\n";
    for (std::size_t at = 0; at < text.size(); at += 64)
        made.public_pem_ += text.substr(at, 64) + "\n";
    made.public_pem_ += "-----END PUBLIC KEY-----\n";
    return made;
}

result<std::string> notification_signer::sign(
    std::string_view timestamp, std::string_view nonce, std::string_view body) const {
    std::string text;
    for (const auto part : {timestamp, nonce, body})
        text.append(part).append("\n");
    CIPHERLANE_TRY(const auto signature, key_.sign_sha256(as_bytes(text)));
    return to_base64(signature);
}

} // namespace cipherlane::sim
