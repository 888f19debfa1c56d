#include "crypto_test_support.hpp"

#include <cipherlane/crypto/sm2_encryption.hpp>
#include <cipherlane/crypto/sm2_for_vectors_only.hpp>
#include <cipherlane/crypto/sm2_signature.hpp>

#include <algorithm>
#include <string>

namespace cipherlane::crypto {
namespace {

using for_vectors_only::sm2_curve;

// GB/T 32918.5, annex A.
constexpr const char* scalar_hex = "3945208F7B2144B13F36E38AC6D39F95889393692860B51A42FB81EF4DF7C5B8";
constexpr const char* point_hex = "09F9DF311E5421A150DD7D161E4BC5C672179FAD1833FC076BB08FF356F35020"
                                  "CCEA490CE26775A52DC6EA718CC1AA600AED05FBF35E084A6632F6072DA9AD13";

sm2_private_scalar scalar() {
    return sm2_private_scalar::from_raw(hex(scalar_hex)).value();
}

TEST(Sm2Key, KnowsItsPublicPoint) {
    EXPECT_EQ(to_hex(scalar().public_point().view()), "04" + std::string(point_hex));
    EXPECT_TRUE(std::ranges::equal(sm2_public_point::from_raw(hex("04" + std::string(point_hex)))->x(),
        hex(std::string(point_hex).substr(0, 64))));
}

TEST(Sm2Key, RefusesWhatIsNoKey) {
    std::string off_curve = point_hex;
    off_curve.back() = '2';
    for (const std::string& bad :
        {off_curve, std::string(), "03" + std::string(point_hex), "04" + std::string(point_hex) + "00"}) {
        EXPECT_TRUE(fails_with(sm2_public_point::from_raw(hex(bad)), crypto_errc::bad_key_encoding)) << bad;
    }
    // n-1 would leave nothing to invert; n-2 is the last that works.
    constexpr const char* n_minus_1 = "FFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFF7203DF6B21C6052B53BBF40939D54122";
    constexpr const char* n_minus_2 = "FFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFF7203DF6B21C6052B53BBF40939D54121";
    EXPECT_TRUE(fails_with(sm2_private_scalar::from_raw(hex(n_minus_1)), crypto_errc::bad_key_encoding));
    EXPECT_TRUE(sm2_private_scalar::from_raw(hex(n_minus_2)).has_value());
    EXPECT_TRUE(fails_with(sm2_private_scalar::from_raw(bytes(32)), crypto_errc::bad_key_encoding));
    EXPECT_TRUE(fails_with(sm2_private_scalar::from_raw(bytes(31, 1)), crypto_errc::bad_key_encoding));
    EXPECT_TRUE(fails_with(sm2_public_point::from_pem("nothing"), crypto_errc::bad_key_encoding));
    EXPECT_TRUE(fails_with(sm2_public_point::from_der(bytes(10)), crypto_errc::bad_key_encoding));
    EXPECT_TRUE(fails_with(sm2_private_scalar::from_pem(""), crypto_errc::bad_key_encoding));
}

// A throw-away key written by `openssl genpkey -algorithm SM2`.
TEST(Sm2Key, ReadsPem) {
    const auto key = sm2_private_scalar::from_pem(R"(-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqBHM9VAYItBG0wawIBAQQgBDt5GWciT64kPxOq
iEIV2bUo629fUWWrk0SmVRZ7hsmhRANCAAT+S9qjmFZDho/17MPgASynkTVd/NO3
QRF+7aDwH/x+e+DBmLPmxpk+e0JatAMGSc5dNSS6EbIp6hoD94ARrF/W
-----END PRIVATE KEY-----
)");
    ASSERT_TRUE(key.has_value()) << key.error();
    const auto open = sm2_public_point::from_pem(R"(-----BEGIN PUBLIC KEY-----
MFkwEwYHKoZIzj0CAQYIKoEcz1UBgi0DQgAE/kvao5hWQ4aP9ezD4AEsp5E1XfzT
t0ERfu2g8B/8fnvgwZiz5saZPntCWrQDBknOXTUkuhGyKeoaA/eAEaxf1g==
-----END PUBLIC KEY-----
)");
    ASSERT_TRUE(open.has_value()) << open.error();
    EXPECT_TRUE(std::ranges::equal(open->view(), key->public_point().view()));
}

TEST(Sm2Signature, IsCheckedByTheArithmeticOfTheStandard) {
    const auto id = as_bytes(sm2_default_id);
    const auto message = as_bytes("message digest");
    const auto signer = sm2_signing_key::create(scalar()).value();
    const auto checker = sm2_verification_key::create(signer.public_point()).value();
    for (int round = 0; round < 20; ++round) {
        const auto signature = signer.sign(id, message).value();
        EXPECT_TRUE(checker.verify(id, message, signature).has_value());
        EXPECT_TRUE(
            for_vectors_only::verify(sm2_curve::sm2p256v1, hex(point_hex), id, message, signature).has_value());
        const auto der = sm2_signature_to_der(signature).value();
        EXPECT_EQ(sm2_signature_from_der(der).value(), signature);
    }
}

TEST(Sm2Signature, BindsIdentityAndMessage) {
    const auto id = as_bytes(sm2_default_id);
    const auto message = as_bytes("message digest");
    const auto signer = sm2_signing_key::create(scalar()).value();
    const auto checker = sm2_verification_key::create(signer.public_point()).value();
    auto signature = signer.sign(id, message).value();
    const auto refused = crypto_errc::verification_failed;
    EXPECT_TRUE(fails_with(checker.verify(as_bytes("ALICE"), message, signature), refused));
    EXPECT_TRUE(fails_with(checker.verify({}, message, signature), refused));
    EXPECT_TRUE(fails_with(checker.verify(id, as_bytes("message digesT"), signature), refused));
    EXPECT_TRUE(fails_with(checker.verify(id, message, sm2_signature{}), refused));
    signature[63] ^= 1;
    EXPECT_TRUE(fails_with(checker.verify(id, message, signature), refused));
    EXPECT_TRUE(fails_with(signer.sign(bytes(8192), message), crypto_errc::bad_data_length));
    const auto anonymous = signer.sign({}, message).value(); // an empty identity is an identity
    EXPECT_TRUE(checker.verify({}, message, anonymous).has_value());
    for (const char* bad : {"", "3000", "30060201010201", "300602010102010100",
             "3026022100010000000000000000000000000000000000000000000000000000000000000000020101"}) {
        EXPECT_TRUE(fails_with(sm2_signature_from_der(hex(bad)), refused)) << bad;
    }
}

TEST(Sm2Encryption, IsReadByTheArithmeticOfTheStandard) {
    const auto receiver = sm2_decryption_key::create(scalar()).value();
    const auto sender = sm2_encryption_key::create(receiver.public_point()).value();
    for (std::size_t size : {1U, 16U, 19U, 31U, 32U, 33U, 100U, 300U}) {
        const bytes clear(size, 0x5A);
        const bytes sent = sender.encrypt(clear).value();
        EXPECT_EQ(sent.size(), size + sm2_encryption_overhead);
        EXPECT_TRUE(std::ranges::equal(receiver.decrypt(sent)->expose(), clear));
        EXPECT_EQ(for_vectors_only::decrypt(sm2_curve::sm2p256v1, hex(scalar_hex), sent).value(), clear);
    }
    EXPECT_TRUE(fails_with(sender.encrypt({}), crypto_errc::empty_input));
}

TEST(Sm2Encryption, RefusesEveryChange) {
    const auto receiver = sm2_decryption_key::create(scalar()).value();
    const bytes sent = sm2_encryption_key::create(receiver.public_point())->encrypt(bytes(8, 1)).value();
    for (std::size_t at = 0; at < sent.size(); ++at) {
        bytes bad = sent;
        bad[at] ^= 0x10;
        EXPECT_TRUE(fails_with(receiver.decrypt(bad), crypto_errc::verification_failed)) << at;
        EXPECT_TRUE(fails_with(receiver.decrypt(byte_view(sent).first(at)), crypto_errc::verification_failed)) << at;
    }
}

// C1 with coordinates that begin with zero bytes takes shorter INTEGERs in DER: enough rounds meet some.
TEST(Sm2Encryption, SurvivesShortCoordinates) {
    const auto receiver = sm2_decryption_key::create(sm2_private_scalar::generate().value()).value();
    const auto sender = sm2_encryption_key::create(receiver.public_point()).value();
    for (int round = 0; round < 300; ++round) {
        const bytes sent = sender.encrypt(bytes(3, 9)).value();
        ASSERT_TRUE(receiver.decrypt(sent).has_value()) << to_hex(sent);
    }
}

} // namespace
} // namespace cipherlane::crypto
