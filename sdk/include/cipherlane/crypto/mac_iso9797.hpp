#pragma once

#include <cipherlane/core/bytes.hpp>
#include <cipherlane/core/result.hpp>
#include <cipherlane/crypto/key.hpp>
#include <cipherlane/crypto/mac_value.hpp>

#include <array>
#include <cstdint>

namespace cipherlane::crypto {

/// Padding of ISO/IEC 9797-1:2011, 6.3.
enum class mac_padding : std::uint8_t {
    method_1 = 1, ///< zeros up to a whole block; none if whole already, one block if empty
    method_2 = 2, ///< one bit, then zeros; always at least that bit
    method_3 = 3, ///< a block with the length in bits, then the data padded by method 1
};

/// The methods by their number in the standard. @return `crypto_errc::unsupported_algorithm` for anything but 1 to 3.
[[nodiscard]] result<mac_padding> mac_padding_of(int method);

/// MAC algorithm 1 of ISO/IEC 9797-1:2011, 7.2: CBC-MAC. With DES and padding 1 it is X9.9, with TDES the whole key
/// works in every block. The value is one block; senders truncate it. Not safe for messages of varying length unless
/// the padding is method 3.
/// @return `crypto_errc::library_failed`.
[[nodiscard]] result<mac_value> mac_algorithm_1(mac_key& key, mac_padding padding, byte_view data);

/// MAC algorithm 3 of ISO/IEC 9797-1:2011, 7.4 with DES: the retail MAC of X9.19. `key` is a 16-byte TDES key whose
/// halves are K and K': single DES with K over the chain, then D(K'), E(K). Of a 24-byte key the last third stands in
/// the place of the last K.
/// @return `crypto_errc::bad_key_length` for any other key, `library_failed`.
[[nodiscard]] result<mac_value> retail_mac(mac_key& key, mac_padding padding, byte_view data);

/// MAC algorithm 3 over any block cipher, with the two keys apart (of one cipher).
/// @return `crypto_errc::unsupported_algorithm` if the ciphers differ, `library_failed`.
[[nodiscard]] result<mac_value> mac_algorithm_3(mac_key& key, mac_key& key2, mac_padding padding, byte_view data);

/// Compares `mac` in constant time. It must have `length` bytes, 4 to a whole block: what the protocol says, never
/// what came.
/// @return `crypto_errc::verification_failed`, `bad_mac_length`, and the errors above.
[[nodiscard]] result<void> verify_mac_algorithm_1(
    mac_key& key, mac_padding padding, byte_view data, byte_view mac, std::size_t length);
[[nodiscard]] result<void> verify_retail_mac(
    mac_key& key, mac_padding padding, byte_view data, byte_view mac, std::size_t length);

/// Either algorithm over a message that comes in pieces.
///
/// Borrows the key, which must outlive it and stay with the same thread; any number of streams may share one key.
/// Padding method 3 needs the whole length at the start. After `finish` it is ready for the next message.
class mac_stream {
  public:
    /// Algorithm 1.
    [[nodiscard]] static result<mac_stream> algorithm_1(
        mac_key& key, mac_padding padding, std::uint64_t total_size = 0);
    /// Algorithm 3 with a double-length DES key.
    [[nodiscard]] static result<mac_stream> retail(mac_key& key, mac_padding padding, std::uint64_t total_size = 0);

    mac_stream(mac_stream&&) noexcept = default;
    mac_stream& operator=(mac_stream&&) noexcept = default;
    ~mac_stream();

    [[nodiscard]] result<void> update(byte_view data);
    /// @return `crypto_errc::bad_data_length` if padding method 3 was promised another length.
    [[nodiscard]] result<mac_value> finish();

  private:
    enum class kind : std::uint8_t { algorithm_1, retail };
    mac_stream(mac_key& key, kind which, mac_padding padding, std::uint64_t total_size) noexcept;
    [[nodiscard]] result<void> start();
    [[nodiscard]] result<void> absorb(byte_view blocks);

    mac_key* key_;
    kind which_;
    mac_padding padding_;
    std::uint64_t promised_;
    std::uint64_t seen_ = 0;
    std::array<std::uint8_t, 16> chain_{};
    std::array<std::uint8_t, 16> partial_{};
    std::size_t block_ = 0;
    std::size_t held_ = 0;
    std::uint8_t started_ = 0;
};

} // namespace cipherlane::crypto
