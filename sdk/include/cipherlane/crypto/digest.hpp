#pragma once

#include <cipherlane/core/bytes.hpp>
#include <cipherlane/core/result.hpp>
#include <cipherlane/crypto/mac_value.hpp>

#include <cstdint>
#include <memory>
#include <string_view>

namespace cipherlane::crypto {

/// SHA-1 and SHA-2 (FIPS 180-4), SM3 (GB/T 32905). SHA-1 only where an old protocol asks for it.
enum class digest_algorithm : std::uint8_t { sha1, sha224, sha256, sha384, sha512, sm3 };

/// Bytes of the digest.
[[nodiscard]] constexpr std::size_t digest_size_of(digest_algorithm hash) noexcept {
    switch (hash) {
    case digest_algorithm::sha1: return 20;
    case digest_algorithm::sha224: return 28;
    case digest_algorithm::sha384: return 48;
    case digest_algorithm::sha512: return 64;
    case digest_algorithm::sha256:
    case digest_algorithm::sm3: break;
    }
    return 32;
}

/// "SHA1" to "SHA512" or "SM3", as `find_digest` reads it.
[[nodiscard]] std::string_view to_string(digest_algorithm hash) noexcept;
/// @return `crypto_errc::unsupported_algorithm`.
[[nodiscard]] result<digest_algorithm> find_digest(std::string_view name);

/// A digest held in place: 20 to 64 bytes.
using digest_value = mac_value;

/// A digest over data that comes in pieces. One thread at a time; ready for the next message after `finish`.
class digest_stream {
  public:
    /// @return `crypto_errc::unsupported_algorithm` where this OpenSSL lacks it.
    [[nodiscard]] static result<digest_stream> create(digest_algorithm hash);
    digest_stream(digest_stream&&) noexcept;
    digest_stream& operator=(digest_stream&&) noexcept;
    ~digest_stream();

    [[nodiscard]] result<void> update(byte_view data);
    [[nodiscard]] result<digest_value> finish();

  private:
    struct state;
    explicit digest_stream(std::unique_ptr<state> made) noexcept;
    std::unique_ptr<state> state_;
};

/// The digest of `data` in one call.
[[nodiscard]] result<digest_value> digest(digest_algorithm hash, byte_view data);

} // namespace cipherlane::crypto
