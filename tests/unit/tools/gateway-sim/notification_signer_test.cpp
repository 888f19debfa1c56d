#include "gateway-sim/notification_signer.hpp"

#include <gtest/gtest.h>
#include <openssl/evp.h>

namespace cipherlane::sim {
namespace {

TEST(NotificationSigner, SignsTimestampNonceAndBody) {
    const auto signer = notification_signer::create();
    ASSERT_TRUE(signer);
    const auto text = signer->sign("1700000000", "00", "{}");
    ASSERT_TRUE(text);
    bytes signature(text->size());
    const int size = ::EVP_DecodeBlock(
        signature.data(), reinterpret_cast<const unsigned char*>(text->data()), static_cast<int>(text->size()));
    ASSERT_GE(size, 256);
    signature.resize(256);
    const auto key = crypto::rsa_public_key::from_pem(signer->public_pem());
    ASSERT_TRUE(key);
    EXPECT_TRUE(key->verify_sha256(as_bytes("1700000000\n00\n{}\n"), signature));
    EXPECT_FALSE(key->verify_sha256(as_bytes("1700000001\n00\n{}\n"), signature));
}

} // namespace
} // namespace cipherlane::sim
