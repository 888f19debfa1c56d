#include "crypto_test_support.hpp"

#include <cipherlane/crypto/digest.hpp>
#include <cipherlane/crypto/rsa.hpp>

namespace cipherlane::crypto {
namespace {

TEST(Rsa, VerifiesOnlyItsOwnSignature) {
    const auto key = rsa_private_key::generate(2048).value();
    const auto other = rsa_private_key::generate(2048).value();
    const auto data = as_bytes("amount=1&out_trade_no=42");
    const bytes signature = key.sign_sha256(data).value();
    const auto open = rsa_public_key::from_der(key.public_der().value()).value();
    EXPECT_TRUE(open.verify_sha256(data, signature).has_value());
    EXPECT_TRUE(fails_with(
        open.verify_sha256(as_bytes("amount=2&out_trade_no=42"), signature), crypto_errc::verification_failed));
    EXPECT_TRUE(fails_with(open.verify_sha256(data, {}), crypto_errc::verification_failed));
    const auto foreign = rsa_public_key::from_der(other.public_der().value()).value();
    EXPECT_TRUE(fails_with(foreign.verify_sha256(data, signature), crypto_errc::verification_failed));
}

TEST(Rsa, RefusesWhatIsNoKey) {
    EXPECT_TRUE(fails_with(rsa_public_key::from_pem("-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n"),
        crypto_errc::bad_key_encoding));
    EXPECT_TRUE(fails_with(rsa_private_key::from_pem(""), crypto_errc::bad_key_encoding));
    EXPECT_TRUE(fails_with(rsa_public_key::from_der(bytes(3)), crypto_errc::bad_key_encoding));
    EXPECT_TRUE(fails_with(rsa_private_key::generate(1024), crypto_errc::bad_key_length));
    bytes longer = rsa_private_key::generate(2048)->public_der().value();
    longer.push_back(0);
    EXPECT_TRUE(fails_with(rsa_public_key::from_der(longer), crypto_errc::bad_key_encoding));
}

// FIPS 180-4 examples; GM/T 0004-2012 A.1.
TEST(Digest, GivesPublishedValues) {
    const auto abc = as_bytes("abc");
    EXPECT_EQ(to_hex(digest(digest_algorithm::sha1, abc)->view()), "A9993E364706816ABA3E25717850C26C9CD0D89D");
    EXPECT_EQ(to_hex(digest(digest_algorithm::sha256, abc)->view()),
        "BA7816BF8F01CFEA414140DE5DAE2223B00361A396177A9CB410FF61F20015AD");
    auto stream = digest_stream::create(digest_algorithm::sm3).value();
    for (int round = 0; round < 2; ++round) {
        ASSERT_TRUE(stream.update(as_bytes("a")).has_value());
        ASSERT_TRUE(stream.update(as_bytes("bc")).has_value());
        EXPECT_EQ(
            to_hex(stream.finish()->view()), "66C7F0F462EEEDD9D1F2D46BDC10E4E24167C4875CF2F7A2297DA02B8F4BA8E0");
    }
    EXPECT_EQ(to_hex(stream.finish()->view()), to_hex(digest(digest_algorithm::sm3, {})->view()));
    EXPECT_EQ(find_digest("SHA384").value(), digest_algorithm::sha384);
    EXPECT_TRUE(fails_with(find_digest("MD5"), crypto_errc::unsupported_algorithm));
    for (auto hash : {digest_algorithm::sha224, digest_algorithm::sha384, digest_algorithm::sha512}) {
        EXPECT_EQ(digest(hash, abc)->size(), digest_size_of(hash));
    }
}

} // namespace
} // namespace cipherlane::crypto
