#pragma once

#include <cipherlane/core/bytes.hpp>
#include <cipherlane/core/result.hpp>
#include <cipherlane/crypto/algorithm.hpp>

#include <memory>

namespace cipherlane::crypto {

/// A block cipher with one key: the raw thing, without purpose or policy. Applications use the handles of `key.hpp`.
///
/// ECB and CBC of SP 800-38A (ISO/IEC 10116) without padding: input is whole blocks, `out` holds as many bytes as
/// `in` and may be the same memory (but not overlap otherwise). Weak and equal-part DES keys are accepted here;
/// refusing them is `key_policy`'s matter. 16-byte TDES keys run as K1, K2, K1.
///
/// Prepared contexts are made at first use of each direction and kept; after that no call allocates. They are
/// cleansed when the object dies. Move-only. Distinct objects may be used from distinct threads; one object belongs
/// to one thread at a time: `clone()` for the next thread.
///
/// Errors of all operations: `crypto_errc::bad_data_length` (not whole blocks), `bad_iv_length`, `buffer_too_small`,
/// `library_failed`.
class block_cipher {
  public:
    /// @return `crypto_errc::bad_key_length`; `unsupported_algorithm` where this OpenSSL lacks the cipher.
    [[nodiscard]] static result<block_cipher> create(algorithm cipher, byte_view key);

    block_cipher(block_cipher&&) noexcept;
    block_cipher& operator=(block_cipher&&) noexcept;
    ~block_cipher();

    /// The same key with contexts of its own, for another thread.
    [[nodiscard]] block_cipher clone() const;

    [[nodiscard]] algorithm cipher() const noexcept;
    [[nodiscard]] std::size_t block_size() const noexcept;
    [[nodiscard]] std::size_t key_size() const noexcept;

    [[nodiscard]] result<void> encrypt_ecb(byte_view in, byte_span out);
    [[nodiscard]] result<void> decrypt_ecb(byte_view in, byte_span out);
    [[nodiscard]] result<void> encrypt_cbc(byte_view iv, byte_view in, byte_span out);
    [[nodiscard]] result<void> decrypt_cbc(byte_view iv, byte_view in, byte_span out);

    /// CBC encryption of which only the last block is kept: `chain` (one block) is the initial value and receives the
    /// result. The core of CBC-MACs; takes no room for the output.
    [[nodiscard]] result<void> cbc_checksum(byte_span chain, byte_view in);

  private:
    struct state;
    explicit block_cipher(std::unique_ptr<state> made) noexcept;
    std::unique_ptr<state> state_;
};

} // namespace cipherlane::crypto
