// Nothing that a working day writes holds a whole PAN, a track, a PIN, a PIN block or a key: logs, journal with its
// WAL, receipts, and what was printed.
#include "support/lane_fixture.hpp"
#include "support/secret_search.hpp"

#include <cipherlane/core/hex.hpp>
#include <cipherlane/crypto/block_cipher.hpp>
#include <cipherlane/ports/pinpad.hpp>
#include <cipherlane/ports/store.hpp>

#include <fstream>

namespace cipherlane::tests {
namespace {

/// A working key of the day in clear: what the till has on file, decrypted as ISO 8583's field 62 says (3DES, ECB).
bytes clear_key(const ports::wrapped_key& key) {
    const auto master = from_hex(sim::test_keys::terminal_master).value();
    auto cipher = crypto::block_cipher::create(crypto::algorithm::tdes, master).value();
    bytes clear(key.cryptogram.size());
    cipher.decrypt_ecb(key.cryptogram, clear).value();
    return clear;
}

/// ISO 9564 format 0.
bytes clear_pin_block(const sim::demo_card& card) {
    auto block = from_hex("0" + std::to_string(card.pin.size()) + card.pin + std::string(14 - card.pin.size(), 'F'));
    const auto account = from_hex("0000" + card.number.substr(card.number.size() - 13, 12)).value();
    for (std::size_t i = 0; i < account.size(); ++i)
        (*block)[i] = static_cast<std::uint8_t>((*block)[i] ^ account[i]);
    return *block;
}

bytes encrypted(byte_view key, byte_view data) {
    auto cipher = crypto::block_cipher::create(crypto::algorithm::tdes, key).value();
    bytes out(data.size());
    cipher.encrypt_ecb(data, out).value();
    return out;
}

class Secrets : public lane_fixture {
  protected:
    [[nodiscard]] secret_search searching() const {
        secret_search search;
        for (const auto& card : {around->rich, around->poor}) {
            search.add_digits(card.number);
            search.add_digits(card.number + "D" + card.expiry);
            search.add_digits(card.pin);
            search.add_bytes(clear_pin_block(card));
        }
        for (const auto key : {sim::test_keys::terminal_master, sim::test_keys::zone_pin})
            search.add_bytes(*from_hex(key));
        return search;
    }
    /// The keys and PIN blocks of this one day.
    void add_working_secrets(secret_search& search, const ports::terminal_state& keys) {
        const auto tpk = clear_key(keys.pin_key);
        const auto tak = clear_key(keys.mac_key);
        ASSERT_GE(tpk.size(), 8U);
        ASSERT_GE(tak.size(), 8U);
        search.add_bytes(tpk);
        search.add_bytes(tak);
        for (const auto& card : {around->rich, around->poor})
            search.add_bytes(encrypted(tpk, clear_pin_block(card)));
        std::string digits;
        std::ifstream(key_place.path() + "/till.key") >> digits;
        ASSERT_EQ(digits.size(), 64U);
        search.add_bytes(from_hex(digits).value());
    }
};

TEST_F(Secrets, AreInNothingThatADayWrites) {
    sim::narrator tell(story);
    auto till = open_till(&tell);
    sim::working_day day(*around, till, tell, folder());
    day.run();
    EXPECT_EQ(day.failures(), 0);
    std::ofstream(folder() + "/printed.txt") << story.str();
    // While the journal is open, its WAL is there to be searched, too.
    EXPECT_TRUE(std::filesystem::exists(folder() + "/till.db-wal"));
    auto search = searching();
    const auto keys = till.journal().terminal(sim::demo_terminal, call(std::chrono::seconds(10))).value();
    add_working_secrets(search, keys);
    EXPECT_EQ(search.find_in_folder(folder()), std::vector<std::string>{});
    // The search is one that finds: the same folder with one of each.
    for (const auto& secret : {clear_key(keys.pin_key), clear_key(keys.mac_key),
             encrypted(clear_key(keys.pin_key), clear_pin_block(around->rich))}) {
        std::ofstream(folder() + "/leak.log") << to_hex(secret) << "\n";
        EXPECT_FALSE(search.find_in_folder(folder()).empty());
    }
    // And what was computed here is what the till works with: the check values that the host delivered.
    const bytes zeros(8, 0);
    for (const auto& key : {keys.pin_key, keys.mac_key}) {
        const auto check = encrypted(clear_key(key), zeros);
        EXPECT_EQ(to_hex(byte_view(check).first(4)), to_hex(key.check_value));
    }
}

TEST_F(Secrets, WouldBeFound) {
    std::ofstream(folder() + "/leak.log") << "card " << around->rich.number << "\n";
    EXPECT_FALSE(searching().find_in_folder(folder()).empty());
}

} // namespace
} // namespace cipherlane::tests
