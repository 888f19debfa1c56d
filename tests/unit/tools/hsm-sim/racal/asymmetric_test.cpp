// Key pairs that a simulated unit makes, opened by OpenSSL with the published local master keys.
#include "hsm-sim/keys/ciphers.hpp"
#include "racal_answers.hpp"

#include <cipherlane/hsm/codec.hpp>

#include <gtest/gtest.h>
#include <openssl/evp.h>
#include <openssl/x509.h>

#include <memory>

namespace cipherlane::hsm_sim::tests {
namespace {

struct pkey_free {
    void operator()(EVP_PKEY* key) const noexcept { EVP_PKEY_free(key); }
};
using pkey = std::unique_ptr<EVP_PKEY, pkey_free>;

struct key_pair {
    pkey open;
    bytes hidden; ///< the private key as it came
};

key_pair read(const std::string& profile, int kind, std::string_view request, const std::string& answer) {
    const hsm::codec engine(hsm::profile::builtin(profile).value());
    hsm::field_set asked;
    hsm::field_set values;
    const auto known = engine.decode_request(as_bytes(request), asked);
    EXPECT_TRUE(known) << known.error();
    const auto done = engine.decode_answer(*known->command, as_bytes(answer), asked, values);
    EXPECT_TRUE(done) << done.error();
    const auto der = values.value(hsm::field_name("public_key"));
    const auto hidden = values.value(hsm::field_name("private_key"));
    key_pair made;
    made.hidden.assign(hidden.begin(), hidden.end());
    const auto* at = der.data();
    const auto size = static_cast<long>(der.size());
    made.open.reset(kind == EVP_PKEY_RSA ? d2i_PublicKey(kind, nullptr, &at, size) : d2i_PUBKEY(nullptr, &at, size));
    return made;
}

TEST(KeyPairs, TheRsaPrivateKeyFitsThePublicOne) {
    racal_unit unit;
    const std::string request = "EI2051201";
    const auto pair = read("payshield", EVP_PKEY_RSA, request, unit.ask(request));
    ASSERT_NE(pair.open, nullptr);
    EXPECT_EQ(EVP_PKEY_get_bits(pair.open.get()), 512);
    // Pair 34-35 of the published test keys.
    const auto lmk = *from_hex("2A2A2A2A2A2A2A2A2C2C2C2C2C2C2C2C");
    bytes clear(pair.hidden.size());
    const std::array<std::uint8_t, 8> start{};
    run_chained(clear_key(lmk), chain_mode::cbc, direction::decrypt, start, pair.hidden, clear);
    const auto* at = clear.data();
    const pkey secret(d2i_AutoPrivateKey(nullptr, &at, static_cast<long>(clear.size())));
    ASSERT_NE(secret, nullptr);
    EXPECT_EQ(EVP_PKEY_eq(secret.get(), pair.open.get()), 1);
}

TEST(KeyPairs, AnExponentOfOnesOwn) {
    racal_unit unit;
    const std::string request = "EI00512010002\x03";
    const auto answer = unit.ask(request);
    const auto pair = read("payshield", EVP_PKEY_RSA, request, answer);
    ASSERT_NE(pair.open, nullptr);
    EXPECT_NE(answer.find("\x02\x01\x03"), std::string::npos) << "INTEGER 3";
    EXPECT_EQ(unit.ask("EI00512010002\x02"), "EJ08");
    EXPECT_EQ(unit.ask("EI00512010001\x01"), "EJ06");
    EXPECT_EQ(unit.ask("EI00512010020\x01"), "EJ06");
}

TEST(KeyPairs, WhatIsWrongIsTold) {
    racal_unit unit;
    EXPECT_EQ(unit.ask("EI7051201"), "EJ05");
    EXPECT_EQ(unit.ask("EI2020001"), "EJ04");
    EXPECT_EQ(unit.ask("EI2409601"), "EJ48");
    EXPECT_EQ(unit.ask("EI2051207"), "EJ03");
    EXPECT_EQ(unit.ask("EI2051201#0000"), "EJ15");
    EXPECT_EQ(unit.ask("FY010003#S00S00"), "FZ67");
    unit.device.set_authorised(false);
    EXPECT_EQ(unit.ask("EI2051201"), "EJ17");
}

TEST(KeyPairs, OfUnitsForKeyBlocks) {
    racal_unit unit("payshield-kb");
    const std::string rsa = "EI1051201#0000&N";
    const auto first = read("payshield-kb", EVP_PKEY_RSA, rsa, unit.ask(rsa));
    ASSERT_NE(first.open, nullptr);
    const std::string front(as_text(first.hidden).substr(0, 17));
    EXPECT_EQ(front.substr(0, 2) + front.substr(6), "S103RD00N0000") << front;
    EXPECT_EQ(std::to_string(first.hidden.size() - 1), front.substr(2, 4).substr(front[2] == '0' ? 1 : 0));
    const std::pair<const char*, int> curves[] = {{"00", 256}, {"01", 384}, {"02", 521}};
    for (const auto& [code, bits] : curves) {
        const auto request = std::string("FY01") + code + "03#S00S00";
        const auto pair = read("payshield-kb", EVP_PKEY_EC, request, unit.ask(request));
        ASSERT_NE(pair.open, nullptr) << code;
        EXPECT_EQ(EVP_PKEY_get_bits(pair.open.get()), bits);
        EXPECT_EQ(as_text(pair.hidden).substr(6, 7), "03ES00S") << code;
    }
    EXPECT_EQ(unit.ask("FY010303#S00S00"), "FZ15");
    EXPECT_EQ(unit.ask("FY010003#Q00S00"), "FZA8");
    EXPECT_EQ(unit.ask("FY010003#S00Q00"), "FZAA");
}

} // namespace
} // namespace cipherlane::hsm_sim::tests
