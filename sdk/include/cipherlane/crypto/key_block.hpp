#pragma once

#include <cipherlane/core/bytes.hpp>
#include <cipherlane/core/result.hpp>
#include <cipherlane/core/secret_bytes.hpp>
#include <cipherlane/crypto/key.hpp>
#include <cipherlane/crypto/key_block_header.hpp>
#include <cipherlane/crypto/key_block_header_builder.hpp>

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace cipherlane::crypto {

/// A key block that was opened: its header, and how many bytes of key were written.
struct opened_key_block {
    key_block_header header;
    std::size_t key_size = 0;
};

/// Whether the length of the wrapped key may be seen from the length of the block.
enum class key_length_hiding : std::uint8_t {
    padded, ///< every DES and TDES key fills 24 bytes, every AES key 32 (X9.143 asks for it)
    none,   ///< only up to whole cipher blocks, as older blocks do
};

/// Wraps and unwraps key blocks under one protection key (KBPK, 密钥块保护密钥): TR-31:2018 and ANSI X9.143:2021,
/// versions A, B, C and D.
///
/// A protection key serves one version (X9.143 5.3). The keys for enciphering and for the MAC are derived once, their
/// contexts kept; unwrapping allocates nothing. Move-only, wiped. One thread at a time; `clone()` for the next.
class key_block_protector {
  public:
    /// A, B and C take TDES keys (A and C also single DES, for old installations), D takes AES.
    /// @return `crypto_errc::bad_key_length`, `unsupported_algorithm`.
    [[nodiscard]] static result<key_block_protector> create(
        const key_block_protection_key& protection, key_block_version version);

    key_block_protector(key_block_protector&&) noexcept;
    key_block_protector& operator=(key_block_protector&&) noexcept;
    ~key_block_protector();
    [[nodiscard]] result<key_block_protector> clone() const;

    [[nodiscard]] key_block_version version() const noexcept;

    /// Checks the MAC, then writes the clear key to the front of `key`, for simulators of cipher machines and tools;
    /// applications take `unwrap_key`. The header's views live as long as `block`. Whatever was changed in a block,
    /// the condition is `bad_message` and nothing of the key is seen.
    /// @return `crypto_errc::bad_key_block` with field and offset (syntax, lengths, another version, hex);
    /// `verification_failed` (MAC); `buffer_too_small` (always fits: half the characters of the block).
    [[nodiscard]] result<opened_key_block> unwrap(std::string_view block, byte_span key);

    /// Wraps a clear key. The fill comes from the generator of `random.hpp`.
    /// @return `crypto_errc::bad_key_block` with the field (see `key_block_header_builder::build`);
    /// `bad_key_length` (none, or no key of the header's algorithm); `library_failed`.
    [[nodiscard]] result<std::string> wrap(
        const key_block_header_builder& header, byte_view key, key_length_hiding hiding = key_length_hiding::padded);

    /// As above with the fill given, for published vectors: what stands behind the key up to whole cipher blocks,
    /// which then decides how far the length is hidden. @return also `bad_fill`.
    [[nodiscard]] result<std::string> wrap_with_fill(
        const key_block_header_builder& header, byte_view key, byte_view fill);

    /// The protection key's algorithm and bytes: how strong what it protects may be.
    [[nodiscard]] algorithm protection_cipher() const noexcept;
    [[nodiscard]] std::size_t protection_size() const noexcept;

  private:
    struct state;
    explicit key_block_protector(std::unique_ptr<state> made) noexcept;
    std::unique_ptr<state> state_;
};

/// Holds a key block's lengths and digits against its header, as far as that goes without the protection key.
/// @return `crypto_errc::bad_key_block` with field and offset.
[[nodiscard]] result<void> check_key_block_shape(std::string_view block);

/// What the caller is going to do with a key: the mode of use in its block must allow it.
enum class key_block_use : std::uint8_t {
    both,    ///< encrypt and decrypt, generate and verify, or wrap and unwrap
    forward, ///< only encrypt, generate or wrap
    reverse, ///< only decrypt, verify or unwrap
    derive,  ///< derive other keys: base derivation, initial and EMV master keys
};

/// Unwraps a key block straight into a key handle. The header's usage must be one of the handle's purpose
/// (`purpose_of_key_usage`), its mode must allow `use`. Defined for every purpose but those for which the standard
/// has no usage: `numbering` and the EMV keys below the issuer's.
/// @return errors of `key_block_protector::unwrap` and `check_key`; `crypto_errc::key_use_refused` (usage or mode);
/// `refused_by_policy` (protection weaker than the key).
template <purpose Use>
[[nodiscard]] result<key<Use>> unwrap_key(
    key_block_protector& protector, std::string_view block, key_block_use use, const key_policy& policy);

/// Wraps the key of a handle. The header's usage must be one of the handle's purpose, its algorithm the handle's.
/// @return errors of `key_block_protector::wrap`; `crypto_errc::key_use_refused`; `refused_by_policy` (protection
/// weaker than the key); `unsupported_algorithm` (SM4, for which the standard has no letter).
template <purpose Use>
[[nodiscard]] result<std::string> wrap_key(key_block_protector& protector, const key_block_header_builder& header,
    const key<Use>& inner, const key_policy& policy);

/// Takes a key from one protection key to another without showing it; the header stays as it is but for version,
/// length and padding.
/// @return `crypto_errc::key_use_refused` (exportability N); `refused_by_policy` (protection weaker than the key);
/// errors of `unwrap` and `wrap`.
[[nodiscard]] result<std::string> rewrap_key_block(
    key_block_protector& from, std::string_view block, key_block_protector& to, const key_policy& policy);

} // namespace cipherlane::crypto
