#pragma once

#include <cipherlane/core/bytes.hpp>
#include <cipherlane/core/result.hpp>
#include <cipherlane/crypto/key.hpp>
#include <cipherlane/crypto/mac_value.hpp>

#include <memory>

namespace cipherlane::crypto {

/// CMAC (NIST SP 800-38B, ISO/IEC 9797-1:2011 algorithm 5) with AES, TDES or SM4: one block, safe for messages of any
/// length. Allocates nothing after the key's first use.
/// @return `crypto_errc::unsupported_algorithm` where this OpenSSL lacks it; `library_failed`.
[[nodiscard]] result<mac_value> cmac(mac_key& key, byte_view data);

/// Compares `mac` in constant time. It must have `length` bytes, 4 to a whole block: what the protocol says, never
/// what came.
/// @return `crypto_errc::verification_failed`, `bad_mac_length`, and the errors above.
[[nodiscard]] result<void> verify_cmac(mac_key& key, byte_view data, byte_view mac, std::size_t length);

/// CMAC over a message that comes in pieces. Has a context of its own: it may outlive the key, and any number may run
/// beside each other. One thread at a time; ready for the next message after `finish`.
class cmac_stream {
  public:
    [[nodiscard]] static result<cmac_stream> create(mac_key& key);
    cmac_stream(cmac_stream&&) noexcept;
    cmac_stream& operator=(cmac_stream&&) noexcept;
    ~cmac_stream();

    [[nodiscard]] result<void> update(byte_view data);
    [[nodiscard]] result<mac_value> finish();

  private:
    struct state;
    explicit cmac_stream(std::unique_ptr<state> made) noexcept;
    std::unique_ptr<state> state_;
};

} // namespace cipherlane::crypto
