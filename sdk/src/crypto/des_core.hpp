#pragma once

#include "provider.hpp"

#include <cipherlane/core/bytes.hpp>
#include <cipherlane/core/result.hpp>

#include <array>
#include <cstddef>
#include <cstdint>

namespace cipherlane::crypto {

/// Single DES with one key, the core of retail MACs and of DUKPT.
///
/// OpenSSL 3 keeps single DES in its legacy provider, which an application need not have loaded. Two ways around it:
/// `direct` calls the deprecated `DES_*` functions, which are the fastest core there is (built only where they
/// exist: CIPHERLANE_DES_DIRECT); `evp` runs DES-EDE3 with three equal keys, 2.5 times slower, and works everywhere.
///
/// Holds its key schedule in place and wipes it. One thread at a time.
class des_core {
  public:
    enum class path : std::uint8_t { direct, evp };

    /// `direct` where it is built, else `evp`.
    [[nodiscard]] static path fastest() noexcept;

    /// `key` is 8 bytes, parity ignored. @return `crypto_errc::bad_key_length`, `unsupported_algorithm`.
    [[nodiscard]] static result<des_core> create(byte_view key, path way = fastest());

    des_core(des_core&& other) noexcept;
    des_core& operator=(des_core&& other) noexcept;
    des_core(const des_core&) = delete;
    des_core& operator=(const des_core&) = delete;
    ~des_core();

    /// Whole blocks in ECB; `out` may be `in`.
    [[nodiscard]] result<void> encrypt(byte_view in, byte_span out) noexcept;
    [[nodiscard]] result<void> decrypt(byte_view in, byte_span out) noexcept;

    /// CBC in either direction, whole blocks; `out` may be `in`.
    [[nodiscard]] result<void> encrypt_cbc(byte_view iv, byte_view in, byte_span out) noexcept;
    [[nodiscard]] result<void> decrypt_cbc(byte_view iv, byte_view in, byte_span out) noexcept;

    /// CBC encryption of whole blocks from `chain` on; `chain` receives the last block.
    [[nodiscard]] result<void> cbc_checksum(byte_span chain, byte_view in) noexcept;

  private:
    des_core() noexcept = default;
    [[nodiscard]] result<void> evp_ecb(direction way, byte_view in, byte_span out) noexcept;
    [[nodiscard]] result<void> evp_cbc(direction way, byte_view iv, byte_view in, byte_span out) noexcept;

    alignas(16) std::array<std::uint8_t, 128> schedule_{}; // DES_key_schedule
    std::array<cipher_context, 2> ecb_;                    // by direction
    std::array<cipher_context, 2> cbc_;
    path path_ = path::evp;
};

/// DES and two-key TDES under keys that are used for one block, as DUKPT's are: sets the key, runs, forgets it.
///
/// Takes the same two ways as `des_core`. One thread at a time.
class des_once {
  public:
    /// @return `crypto_errc::unsupported_algorithm`.
    [[nodiscard]] static result<des_once> create(des_core::path way = des_core::fastest());

    /// One block under 8 bytes (DES) or 16 (TDES); `out` may be `in`.
    [[nodiscard]] result<void> encrypt(byte_view key, byte_view in, byte_span out) noexcept;
    [[nodiscard]] result<void> decrypt(byte_view key, byte_view in, byte_span out) noexcept;

    /// Overwrites the key that a context may still hold; to be called when a run of operations is over.
    void forget() noexcept;

  private:
    des_once() noexcept = default;
    [[nodiscard]] result<void> run(direction way, byte_view key, byte_view in, byte_span out) noexcept;
    std::array<cipher_context, 2> contexts_; // by direction; none on the direct path
    des_core::path path_ = des_core::path::direct;
};

/// Encrypts or decrypts whole blocks with a context that `keyed_context` made; takes any length.
[[nodiscard]] bool run_cipher(EVP_CIPHER_CTX* context, byte_view in, byte_span out) noexcept;

} // namespace cipherlane::crypto
