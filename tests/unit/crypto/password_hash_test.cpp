#include <cipherlane/core/hex.hpp>
#include <cipherlane/crypto/errc.hpp>
#include <cipherlane/crypto/password_hash.hpp>

#include <gtest/gtest.h>

namespace cipherlane::crypto {
namespace {

constexpr scrypt_cost cheap{4, 1, 1};

/// RFC 7914, 12.
TEST(PasswordHash, HasThePublishedValuesOfScrypt) {
    const struct {
        const char* secret;
        const char* salt;
        scrypt_cost cost;
        const char* wanted;
    } rows[] = {
        {"", "", {4, 1, 1},
            "77D6576238657B203B19CA42C18A0497F16B4844E3074AE8DFDFFA3FEDE21442"
            "FCD0069DED0948F8326A753A0FC81F17E8D3E0FB2E0D3628CF35E20C38D18906"},
        {"password", "NaCl", {10, 8, 16},
            "FDBABE1C9D3472007856E7190D01E9FE7C6AD7CBC8237830E77376634B373162"
            "2EAF30D92E22A3886FF109279D9830DAC727AFB94A83EE6D8360CBDFA2CC0640"},
    };
    for (const auto& [secret, salt, cost, wanted] : rows) {
        bytes out(64);
        ASSERT_TRUE(scrypt(as_bytes(std::string_view(secret)), as_bytes(std::string_view(salt)), cost, out));
        EXPECT_EQ(to_hex(out), wanted) << secret;
    }
}

TEST(PasswordHash, KnowsItsSecretAndNoOther) {
    const std::string_view secret = "4711";
    const auto kept = hash_password(as_bytes(secret), cheap).value();
    EXPECT_TRUE(kept.starts_with("scrypt:4:1:1:")) << kept;
    EXPECT_EQ(kept.find(secret), std::string::npos);
    EXPECT_TRUE(check_password(as_bytes(secret), kept).value());
    for (const std::string_view other : {"4712", "471", "47110", ""})
        EXPECT_FALSE(check_password(as_bytes(other), kept).value()) << other;
    EXPECT_NE(hash_password(as_bytes(secret), cheap).value(), kept) << "each has a salt of its own";
}

TEST(PasswordHash, RefusesATextOfAnotherFormAndTooMuchWork) {
    const std::string salt(32, '0');
    const std::string hash(64, '0');
    for (const std::string& kept : {std::string(), std::string("scrypt"), "scrypt:15:8:1:" + salt,
             "scrypt:15:8:1:" + salt + ":" + hash + ":", "scrypt:0:8:1:" + salt + ":" + hash,
             "scrypt:21:8:1:" + salt + ":" + hash, "scrypt:20:64:1:" + salt + ":" + hash, "scrypt:15:8:1::" + hash,
             "scrypt:15:8:1:" + salt + ":00", "scrypt:15:8:1:XX:" + hash, "bcrypt:15:8:1:" + salt + ":" + hash}) {
        const auto said = check_password(as_bytes(std::string_view("x")), kept);
        ASSERT_FALSE(said) << kept;
        EXPECT_EQ(said.error().code(), crypto_errc::bad_key_encoding) << kept;
    }
}

} // namespace
} // namespace cipherlane::crypto
