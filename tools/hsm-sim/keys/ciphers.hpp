#pragma once

#include "hsm-sim/keys/clear_key.hpp"

#include <cipherlane/core/bytes.hpp>

#include <array>
#include <cstdint>
#include <memory>

namespace cipherlane::hsm_sim {

enum class direction : std::uint8_t { encrypt, decrypt };

/// A cipher with its key set, for keys that stay: local master keys. Belongs to one thread.
class kept_cipher {
  public:
    kept_cipher(byte_view des_key, direction way);
    kept_cipher(kept_cipher&&) noexcept;
    kept_cipher& operator=(kept_cipher&&) noexcept;
    ~kept_cipher();

    /// ECB over whole blocks; `in` and `out` may be the same.
    void run(byte_view in, byte_span out) noexcept;

  private:
    struct impl;
    std::unique_ptr<impl> impl_;
};

// For keys that come with one request the calling thread keeps a context per cipher and sets the key anew: no
// context is made, no cipher looked up. DES keys are 8, 16 or 24 bytes; 8 are run as 3DES with equal parts, so
// that the legacy provider is not needed. Nothing is remembered of a key but the last one set in the context.

/// ECB over whole blocks.
void encrypt_ecb(const clear_key& key, byte_view in, byte_span out) noexcept;
void decrypt_ecb(const clear_key& key, byte_view in, byte_span out) noexcept;
/// As above with a DES key given as bytes.
void des_encrypt(byte_view key, byte_view in, byte_span out) noexcept;
void des_decrypt(byte_view key, byte_view in, byte_span out) noexcept;

/// CBC, CFB (full block) and OFB over whole blocks (CFB and OFB: any length); `iv` is one block.
enum class chain_mode : std::uint8_t { ecb, cbc, cfb, ofb };
void run_chained(
    const clear_key& key, chain_mode mode, direction way, byte_view iv, byte_view in, byte_span out) noexcept;

/// The digest that one old number of GM asks for; nothing else may use it. False if this build has none.
[[nodiscard]] bool md5(byte_view data, std::array<std::uint8_t, 16>& out) noexcept;

/// From here on `fill_random` gives the same bytes after the same seed: keys for golden logs, nothing else. Before
/// any other thread starts.
void seed_random(std::uint64_t seed);

/// Fills with random bytes; ends the process if the system has none.
void fill_random(byte_span out) noexcept;

} // namespace cipherlane::hsm_sim
