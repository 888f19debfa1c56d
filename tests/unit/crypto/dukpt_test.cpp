#include "crypto_test_support.hpp"
#include "dukpt_aes_steps.hpp"
#include "dukpt_tdes_steps.hpp"
#include "key_access.hpp"

#include <cipherlane/crypto/dukpt_aes_host.hpp>
#include <cipherlane/crypto/dukpt_aes_terminal.hpp>
#include <cipherlane/crypto/dukpt_tdes_host.hpp>
#include <cipherlane/crypto/dukpt_tdes_terminal.hpp>
#include <cipherlane/crypto/mac_iso9797.hpp>

#include <algorithm>
#include <array>
#include <bit>
#include <set>
#include <string>
#include <vector>

namespace cipherlane::crypto {
namespace {

constexpr const char* tdes_base = "0123456789ABCDEFFEDCBA9876543210";
constexpr const char* tdes_initial = "6AC292FAA1315B4D858AB3A3D7D5933A";
constexpr const char* tdes_number = "FFFF9876543210E00000";
constexpr const char* aes_base = "FEDCBA9876543210F1F1F1F1F1F1F1F1";
constexpr const char* aes_identifier = "1234567890123456";

dukpt_tdes_host tdes_host() {
    return dukpt_tdes_host::create(test_key<base_derivation_key>(algorithm::tdes, tdes_base)).value();
}

dukpt_tdes_terminal tdes_terminal() {
    const auto initial = test_key<dukpt_initial_key>(algorithm::tdes, tdes_initial);
    return dukpt_tdes_terminal::create(initial, hex(tdes_number)).value();
}

dukpt_aes_host aes_host(std::string_view base = aes_base) {
    return dukpt_aes_host::create(test_key<base_derivation_key>(algorithm::aes, base)).value();
}

template <purpose Use>
std::string material(const result<key<Use>>& handle) {
    return handle ? to_hex(key_access::material(*handle)) : handle.error().to_string();
}

bool holds(byte_view memory, byte_view key) {
    return std::search(memory.begin(), memory.end(), key.begin(), key.end()) != memory.end();
}

// ANSI X9.24-1:2009 A.4.2.
TEST(DukptTdesTerminal, GivesThePublishedKeysInTheirOrder) {
    auto terminal = tdes_terminal();
    const char* const published[] = {
        "042666B49184CFA368DE9628D0397BC9", "C46551CEF9FD24B0AA9AD834130D3BC7", "0DF3D9422ACA56E547676D07AD6BADFA"};
    for (std::uint8_t counter = 1; counter <= 3; ++counter) {
        EXPECT_EQ(terminal.counter(), counter);
        const auto keys = terminal.next_transaction().value();
        EXPECT_EQ(to_hex(keys.expose()), published[counter - 1]);
        EXPECT_EQ(to_hex(keys.serial_number()), "FFFF9876543210E0000" + std::to_string(counter));
    }
}

// What older MagTek readers encrypt tracks with.
TEST(DukptTdesTransaction, HasMagteksDataKey) {
    auto host = tdes_host();
    const auto keys = host.transaction(hex("9014030B2ABDC0000050")).value();
    EXPECT_EQ(material(keys.data_by_pin_variant()), "4D29235BE48DA35D4CF84DFF43845524");
    EXPECT_NE(material(keys.data(dukpt_message::request)), "4D29235BE48DA35D4CF84DFF43845524");
}

TEST(DukptTdesTerminal, AgreesWithTheHost) {
    auto host = tdes_host();
    EXPECT_EQ(material(host.initial_key(hex("FFFF9876543210EFFC00"))), tdes_initial);
    auto terminal = tdes_terminal();
    for (int i = 0; i < 3000; ++i) {
        const auto at_terminal = terminal.next_transaction().value();
        const auto at_host = host.transaction(at_terminal.serial_number()).value();
        ASSERT_EQ(to_hex(at_host.expose()), to_hex(at_terminal.expose())) << i;
        ASSERT_EQ(at_host.serial_number(), at_terminal.serial_number());
    }
    EXPECT_EQ(terminal.counter(), 3002U); // 2047 has more than 10 one bits
}

TEST(DukptTdesTerminal, KeepsNoKeyThatWasGivenOut) {
    auto terminal = tdes_terminal();
    std::vector<bytes> used{hex(tdes_initial)};
    for (int i = 0; i < 400; ++i) {
        const auto keys = terminal.next_transaction().value();
        used.emplace_back(keys.expose().begin(), keys.expose().end());
        const auto memory = terminal.save();
        for (const auto& key : used)
            ASSERT_FALSE(holds(memory.expose(), key)) << i;
    }
    EXPECT_EQ(std::set<bytes>(used.begin(), used.end()).size(), used.size());
}

TEST(DukptFutureKeys, EraseTheRegisterInUse) {
    tdes_key_generation steps(des_once::create().value());
    steps.set_serial_number(to_tdes_serial_number(hex(tdes_number)).value());
    dukpt_future_keys keys(tdes_counter, 16);
    ASSERT_TRUE(keys.load(steps, hex(tdes_initial)).has_value());
    EXPECT_FALSE(holds(keys.expose(), bytes(16))); // all are filled
    for (int i = 0; i < 500; ++i) {
        const auto index = static_cast<std::size_t>(std::countr_zero(keys.counter()));
        bytes key(16);
        ASSERT_TRUE(keys.take(steps, key).has_value());
        EXPECT_NE(key, bytes(16));
        EXPECT_EQ(to_hex(keys.expose().subspan(index * 16, 16)), std::string(32, '0'));
    }
}

/// Steps that cost nothing: the key of a counter is the counter and how it was reached.
class counted_steps final : public dukpt_derivation {
  public:
    result<void> derive(byte_view parent, std::uint32_t counter, byte_span child) override {
        const std::uint32_t before = load_be16(parent.data()) * 0x10000U + load_be16(parent.data() + 2);
        EXPECT_EQ(before, counter & (counter - 1)); // from the key of the counter without its lowest bit
        store_be16(child.data(), static_cast<std::uint16_t>(counter >> 16));
        store_be16(child.data() + 2, static_cast<std::uint16_t>(counter));
        if (fails) return crypto_error(crypto_errc::library_failed, "test");
        return {};
    }
    void forget() noexcept override { ++forgotten; }
    bool fails = false;
    int forgotten = 0;
};

// 10 or fewer of 21 bits: half of 2^21 counters, less the one without any.
TEST(DukptFutureKeys, UseEveryAllowedCounterOnceAndThenEnd) {
    counted_steps steps;
    dukpt_future_keys keys(tdes_counter, 4);
    ASSERT_TRUE(keys.load(steps, bytes(4)).has_value());
    std::uint32_t last = 0;
    std::size_t taken = 0;
    std::array<std::uint8_t, 4> key;
    while (keys.counter() != 0) {
        const std::uint32_t counter = keys.counter();
        ASSERT_TRUE(keys.take(steps, key).has_value());
        const std::uint32_t from_key = load_be16(key.data()) * 0x10000U + load_be16(key.data() + 2);
        if (from_key != counter || counter <= last || std::popcount(counter) > 10) FAIL() << counter;
        last = counter;
        ++taken;
    }
    EXPECT_EQ(taken, 1048575U);
    EXPECT_EQ(last, 0x1FF800U);
    EXPECT_TRUE(fails_with(keys.take(steps, key), crypto_errc::key_exhausted));
    EXPECT_TRUE(std::all_of(keys.expose().begin(), keys.expose().end(), [](auto byte) { return byte == 0; }));
    EXPECT_EQ(steps.forgotten, static_cast<int>(taken) + 1);
}

TEST(DukptFutureKeys, SkipAesCountersWithMoreThan16Bits) {
    counted_steps steps;
    std::array<std::uint8_t, 4> key;
    const auto after = [&](std::uint32_t counter) {
        bytes registers(32 * 4);
        const auto index = static_cast<std::size_t>(std::countr_zero(counter));
        store_be16(&registers[4 * index], static_cast<std::uint16_t>(counter >> 16));
        store_be16(&registers[4 * index + 2], static_cast<std::uint16_t>(counter));
        dukpt_future_keys keys(aes_counter, counter, secret_bytes(byte_view(registers)));
        EXPECT_TRUE(keys.take(steps, key).has_value());
        return keys.counter();
    };
    EXPECT_EQ(after(0x0000FFFF), 0x00010000U); // 16 bits: the last of its run
    EXPECT_EQ(after(0x0001FFFE), 0x00020000U); // 1FFFF would have 17
    EXPECT_EQ(after(0x0001FFFD), 0x0001FFFEU);
    EXPECT_EQ(after(0xFFFE0000), 0xFFFE0001U);
    EXPECT_EQ(after(0xFFFE8000), 0xFFFF0000U);
    EXPECT_EQ(after(0xFFFF0000), 0U);
}

TEST(DukptFutureKeys, EraseEvenWhenAStepFails) {
    counted_steps steps;
    dukpt_future_keys keys(tdes_counter, 4);
    ASSERT_TRUE(keys.load(steps, bytes(4)).has_value());
    std::array<std::uint8_t, 4> key;
    ASSERT_TRUE(keys.take(steps, key).has_value());
    steps.fails = true;
    EXPECT_TRUE(fails_with(keys.take(steps, key), crypto_errc::library_failed)); // counter 2 fills the register of 3
    EXPECT_EQ(to_hex(keys.expose().subspan(4, 4)), "00000000");
    EXPECT_EQ(keys.counter(), 3U);
}

TEST(DukptTdesTerminal, GoesOnAfterARestart) {
    auto terminal = tdes_terminal();
    for (int i = 0; i < 37; ++i)
        ASSERT_TRUE(terminal.next_transaction().has_value());
    auto again = dukpt_tdes_terminal::restore(terminal.save()).value();
    for (int i = 0; i < 100; ++i) {
        const auto one = terminal.next_transaction().value();
        const auto other = again.next_transaction().value();
        ASSERT_EQ(to_hex(one.expose()), to_hex(other.expose()));
        ASSERT_EQ(one.serial_number(), other.serial_number());
    }
    EXPECT_TRUE(fails_with(dukpt_tdes_terminal::restore(secret_bytes(345)), crypto_errc::bad_key_encoding));
    auto never_used = hex("FFFF9876543210E007FF");
    never_used.resize(346);
    EXPECT_TRUE(
        fails_with(dukpt_tdes_terminal::restore(secret_bytes(byte_view(never_used))), crypto_errc::bad_key_encoding));
    auto ended = dukpt_tdes_terminal::restore(secret_bytes(346)).value();
    EXPECT_TRUE(fails_with(ended.next_transaction(), crypto_errc::key_exhausted));
}

TEST(DukptTdesHost, RefusesWhatHasNoKey) {
    auto host = tdes_host();
    for (const char* number : {"", "FFFF9876543210E000", "FFFF9876543210E0000101", "FFFF9876543210E00000",
             "FFFF9876543210E007FF", "FFFF9876543210FFFFFF", "FFFF9876543210FFFC01"}) {
        EXPECT_TRUE(fails_with(host.transaction(hex(number)), crypto_errc::bad_ksn)) << number;
    }
    EXPECT_TRUE(host.transaction(hex("FFFF9876543210FFF800")).has_value());
    const auto create = [](algorithm cipher, const char* base) {
        return dukpt_tdes_host::create(test_key<base_derivation_key>(cipher, base));
    };
    EXPECT_TRUE(fails_with(create(algorithm::des, "0123456789ABCDEF"), crypto_errc::bad_key_length));
    EXPECT_TRUE(fails_with(create(algorithm::aes, aes_base), crypto_errc::bad_key_length));
    EXPECT_TRUE(fails_with(
        create(algorithm::tdes, "0123456789ABCDEFFEDCBA98765432100123456789ABCDEF"), crypto_errc::bad_key_length));
    EXPECT_TRUE(fails_with(host.initial_key(bytes(9)), crypto_errc::bad_ksn));
    const auto initial = test_key<dukpt_initial_key>(algorithm::aes, aes_base);
    EXPECT_TRUE(fails_with(dukpt_tdes_terminal::create(initial, hex(tdes_number)), crypto_errc::bad_key_length));
    const auto right = test_key<dukpt_initial_key>(algorithm::tdes, tdes_initial);
    EXPECT_TRUE(fails_with(dukpt_tdes_terminal::create(right, bytes(8)), crypto_errc::bad_ksn));
}

TEST(DukptTdesHost, DecryptsPinsAndTellsNothingElse) {
    auto host = tdes_host();
    auto terminal = tdes_terminal();
    constexpr const char* pan = "4012345678909";
    const auto pin = clear_pin::parse("1234").value();
    const auto keys = terminal.next_transaction().value();
    auto pin_key = keys.pin().value();
    const auto block = encrypt_pin_block(pin_key, pin_block_format::iso_0, pin, pan).value();
    EXPECT_EQ(to_hex(block.view()), "1B9C1845EB993A7A"); // X9.24-1:2009 A.4.2
    const auto decrypt = [&](pin_block_format format, byte_view cryptogram) {
        return host.decrypt_pin_block(keys.serial_number(), format, cryptogram, pan);
    };
    EXPECT_TRUE(decrypt(pin_block_format::iso_0, block.view()).value() == pin);
    const auto three = encrypt_pin_block(pin_key, pin_block_format::iso_3, pin, pan).value();
    EXPECT_TRUE(decrypt(pin_block_format::iso_3, three.view()).value() == pin);
    EXPECT_TRUE(fails_with(decrypt(pin_block_format::iso_3, block.view()), crypto_errc::bad_pin_block));
    EXPECT_TRUE(fails_with(decrypt(pin_block_format::iso_0, bytes(8)), crypto_errc::bad_pin_block));
    EXPECT_TRUE(fails_with(decrypt(pin_block_format::iso_0, bytes(16)), crypto_errc::bad_pin_block));
    EXPECT_TRUE(fails_with(decrypt(pin_block_format::iso_2, block.view()), crypto_errc::unsupported_algorithm));
    EXPECT_TRUE(fails_with(decrypt(pin_block_format::iso_4, bytes(16)), crypto_errc::unsupported_algorithm));
}

TEST(DukptTdesTransaction, BothWaysIsTheKeyOfTheRequest) {
    auto host = tdes_host();
    const auto keys = host.transaction(hex("FFFF9876543210E00001")).value();
    EXPECT_EQ(material(keys.mac(dukpt_message::both)), material(keys.mac(dukpt_message::request)));
    EXPECT_EQ(material(keys.data(dukpt_message::both)), material(keys.data(dukpt_message::request)));
    EXPECT_NE(material(keys.mac(dukpt_message::response)), material(keys.mac(dukpt_message::request)));
    EXPECT_NE(material(keys.data(dukpt_message::response)), material(keys.data(dukpt_message::request)));
}

TEST(DesOnce, BothPathsGiveThePublishedKey) {
    for (auto way : {des_core::path::direct, des_core::path::evp}) {
        auto made = des_once::create(way);
        if (!made && des_core::fastest() != way) continue; // not built in
        tdes_key_generation steps(std::move(made).value());
        steps.set_serial_number(to_tdes_serial_number(hex(tdes_number)).value());
        for (int i = 0; i < 2; ++i) { // and again after forgetting
            auto key = hex(tdes_initial);
            ASSERT_TRUE(derive_transaction_key(steps, tdes_counter, 3, key).has_value());
            EXPECT_EQ(to_hex(key), "0DF3D9422ACA56E547676D07AD6BADFA");
            steps.forget();
        }
        auto& des = steps.des();
        auto block = hex("0123456789ABCDEF");
        ASSERT_TRUE(des.encrypt(hex(tdes_base), block, block).has_value());
        EXPECT_EQ(to_hex(block), "1A4D672DCA6CB335"); // openssl enc -des-ede
        ASSERT_TRUE(des.decrypt(hex(tdes_base), block, block).has_value());
        EXPECT_EQ(to_hex(block), "0123456789ABCDEF");
    }
}

// ANSI X9.24-3:2017 supplement.
TEST(DukptAesTerminal, GivesThePublishedKeysInTheirOrder) {
    const auto initial = test_key<dukpt_initial_key>(algorithm::aes, "1273671EA26AC29AFA4D1084127652A1");
    auto terminal = dukpt_aes_terminal::create(initial, hex(aes_identifier)).value();
    for (const char* published : {"4F21B565BAD9835E112B6465635EAE44", "2F34D68DE10F68D38091A73B9E7C437C",
             "031504E530365CF81264238540518318", "0EEFC7ADA628BA68878DA9165A8A1887"}) {
        EXPECT_EQ(to_hex(terminal.next_transaction()->expose()), published);
    }
}

TEST(DukptAesTerminal, AgreesWithTheHostAndKeepsNoUsedKey) {
    for (std::size_t size : {16U, 24U, 32U}) {
        auto host = aes_host(to_hex(bytes(size, 0x5C)));
        const auto initial = host.initial_key(hex(aes_identifier)).value();
        auto terminal = dukpt_aes_terminal::create(initial, hex(aes_identifier)).value();
        std::vector<bytes> used{bytes(key_access::material(initial).begin(), key_access::material(initial).end())};
        for (int i = 0; i < 100; ++i) {
            const auto at_terminal = terminal.next_transaction().value();
            const auto at_host = host.transaction(at_terminal.serial_number()).value();
            ASSERT_EQ(to_hex(at_host.expose()), to_hex(at_terminal.expose())) << i;
            used.emplace_back(at_host.expose().begin(), at_host.expose().end());
            const auto memory = terminal.save();
            for (const auto& key : used)
                ASSERT_FALSE(holds(memory.expose(), key)) << i;
        }
        auto again = dukpt_aes_terminal::restore(terminal.save()).value();
        EXPECT_EQ(to_hex(again.next_transaction()->expose()), to_hex(terminal.next_transaction()->expose()));
    }
    EXPECT_TRUE(fails_with(dukpt_aes_terminal::restore(secret_bytes(12)), crypto_errc::bad_key_encoding));
    EXPECT_TRUE(fails_with(dukpt_aes_terminal::restore(secret_bytes(12 + 32 * 8)), crypto_errc::bad_key_encoding));
    auto never_used = hex("12345678901234560001FFFF");
    never_used.resize(12 + 32 * 16);
    EXPECT_TRUE(
        fails_with(dukpt_aes_terminal::restore(secret_bytes(byte_view(never_used))), crypto_errc::bad_key_encoding));
    auto ended = dukpt_aes_terminal::restore(secret_bytes(12 + 32 * 16)).value();
    EXPECT_TRUE(fails_with(ended.next_transaction(), crypto_errc::key_exhausted));
}

// Expected values: openssl enc -aes-128-ecb over the derivation data of X9.24-3:2017 6.2.
TEST(DukptAesTransaction, DerivesEveryUsageAndType) {
    auto host = aes_host();
    const auto keys = host.transaction(hex("123456789012345600000001")).value();
    using type = dukpt_key_type;
    EXPECT_EQ(material(keys.pin(type::aes_128)), "AF8CB133A78F8DC2D1359F18527593FB");
    EXPECT_EQ(material(keys.pin(type::tdes_2key)), "630C706D9546E47D4449313F61C4D4AB");
    EXPECT_EQ(material(keys.mac(dukpt_message::both, type::aes_128)), "85675439D18D7F1158BD8E3EAA3D502B");
    EXPECT_EQ(material(keys.data(dukpt_message::both, type::aes_128)), "A308E080DD15A1B741F1721BF67DE11C");
    EXPECT_EQ(material(keys.data(dukpt_message::request, type::tdes_3key)),
        "F716DFBC6B2D2D5825B694EEEE181A013F2F1C09380BBE0C");
    EXPECT_EQ(material(keys.key_encryption(type::aes_128)), "36A724B7BEFA5A25F5E7B5782A4554A2");
    EXPECT_EQ(material(keys.key_block_protection(type::aes_128)), "36A724B7BEFA5A25F5E7B5782A4554A2");
    auto hmac_key = keys.hmac(dukpt_message::request, type::hmac_128, digest_algorithm::sha256).value();
    EXPECT_EQ(to_hex(hmac(hmac_key, as_bytes("4012345678909D987"))->view()),
        "B6F8B3159CD4E140159DA87A68C0FB7AF2F123D222662E98988C76386E8E8A02");
    auto host_192 = aes_host("FEDCBA9876543210F1F1F1F1F1F1F1F1FEDCBA9876543210");
    EXPECT_EQ(
        material(host_192.initial_key(hex(aes_identifier))), "5B6DEE2B5B7FABFFA32591F35BF8F23DD9329AE85131E584");
    const auto keys_192 = host_192.transaction(hex("123456789012345600000001")).value();
    EXPECT_EQ(to_hex(keys_192.expose()), "1387E87CF91556E340947CDBB154AF263ECFCFEA3655EBFE");
    EXPECT_EQ(material(keys_192.pin(type::aes_192)), "C5043EDC7F2C001097974D40FF82A050B64A1AB27879F3DB");
}

TEST(DukptAesTransaction, DerivesNothingStrongerThanItself) {
    auto host = aes_host();
    const auto keys = host.transaction(hex("123456789012345600000001")).value();
    using type = dukpt_key_type;
    constexpr auto request = dukpt_message::request;
    for (auto stronger : {type::aes_192, type::aes_256}) {
        EXPECT_TRUE(fails_with(keys.pin(stronger), crypto_errc::refused_by_policy));
        EXPECT_TRUE(fails_with(keys.mac(request, stronger), crypto_errc::refused_by_policy));
        EXPECT_TRUE(fails_with(keys.data(request, stronger), crypto_errc::refused_by_policy));
        EXPECT_TRUE(fails_with(keys.key_encryption(stronger), crypto_errc::refused_by_policy));
    }
    EXPECT_TRUE(
        fails_with(keys.hmac(request, type::hmac_256, digest_algorithm::sha256), crypto_errc::refused_by_policy));
    EXPECT_TRUE(fails_with(keys.pin(type::hmac_128), crypto_errc::unsupported_algorithm));
    EXPECT_TRUE(
        fails_with(keys.hmac(request, type::aes_128, digest_algorithm::sha256), crypto_errc::unsupported_algorithm));
}

TEST(DukptAesHost, RefusesWhatHasNoKey) {
    auto host = aes_host();
    for (const char* number : {"", "1234567890123456000000", "12345678901234560000000100", "123456789012345600000000",
             "12345678901234560001FFFF", "1234567890123456FFFFFFFF", "1234567890123456FFFF0001"}) {
        EXPECT_TRUE(fails_with(host.transaction(hex(number)), crypto_errc::bad_ksn)) << number;
    }
    EXPECT_TRUE(fails_with(host.initial_key(bytes(12)), crypto_errc::bad_ksn));
    EXPECT_TRUE(fails_with(dukpt_aes_host::create(test_key<base_derivation_key>(algorithm::tdes, tdes_base)),
        crypto_errc::unsupported_algorithm));
    const auto tdes = test_key<dukpt_initial_key>(algorithm::tdes, tdes_initial);
    EXPECT_TRUE(
        fails_with(dukpt_aes_terminal::create(tdes, hex(aes_identifier)), crypto_errc::unsupported_algorithm));
    const auto aes = test_key<dukpt_initial_key>(algorithm::aes, aes_base);
    EXPECT_TRUE(fails_with(dukpt_aes_terminal::create(aes, bytes(12)), crypto_errc::bad_ksn));
}

} // namespace
} // namespace cipherlane::crypto
