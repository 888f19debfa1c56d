#pragma once

#include <cipherlane/core/bytes.hpp>
#include <cipherlane/core/result.hpp>
#include <cipherlane/iso8583/message_view.hpp>

#include <span>
#include <string>
#include <vector>

namespace cipherlane::cli {

/// One way to make a MAC.
struct mac_way {
    std::string algorithm; ///< "UnionPay ECB, TDES", "X9.19 (retail), padding 1"
    std::string key;       ///< "key 1", "key 1, left half"
    std::string range;     ///< "message type to field 63"
    std::size_t begin = 0; ///< of the range, from the start of the input
    std::size_t end = 0;   ///< behind its last byte
    std::string data;      ///< "bytes", "hex characters"
    std::string form;      ///< how the field carries it: "8 bytes", "first 4 bytes as hex characters"
    /// What is not as the dialect has it, in words; empty: the MAC is right.
    std::vector<std::string> different;
};

/// A mac_way and what it gives.
struct mac_search {
    std::vector<mac_way> fits; ///< the ones that give the carried MAC, those with the fewest differences first
    std::size_t tried = 0;
    std::string expected; ///< the algorithm that the dialect is known to use; empty: none is
};

/// What a MAC may be made with. `names`: for words only.
enum class mac_choice : std::uint8_t { any, unionpay, x99, x919, cbc, cmac, hmac };

/// Tries algorithms, ranges, forms and halves of the keys until the carried MAC fits. All bytes are test data: the
/// keys are known.
/// @param names of the keys, in words; without them one is "the key", and of several each has number and check value
/// @return `iso8583_errc::missing_field` without a MAC field; errors of keys.
[[nodiscard]] result<mac_search> search_mac(const iso8583::message_view& what, byte_view frame,
    std::span<const byte_view> keys, mac_choice only = mac_choice::any, std::span<const std::string> names = {});

/// Keys that everybody tests with, tried where none is given. They are public, and their names have their digits.
struct well_known_key {
    bytes material;
    std::string name;
};
[[nodiscard]] std::vector<well_known_key> well_known_test_keys();

} // namespace cipherlane::cli
