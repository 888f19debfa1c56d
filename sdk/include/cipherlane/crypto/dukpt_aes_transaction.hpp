#pragma once

#include <cipherlane/core/bytes.hpp>
#include <cipherlane/core/result.hpp>
#include <cipherlane/core/secret_bytes.hpp>
#include <cipherlane/crypto/digest.hpp>
#include <cipherlane/crypto/dukpt_message.hpp>
#include <cipherlane/crypto/hmac.hpp>
#include <cipherlane/crypto/key.hpp>

#include <array>
#include <cstdint>

namespace cipherlane::crypto {

/// Kinds of working keys (ANSI X9.24-3:2017 table 2).
enum class dukpt_key_type : std::uint8_t {
    tdes_2key,
    tdes_3key,
    aes_128,
    aes_192,
    aes_256,
    hmac_128,
    hmac_192,
    hmac_256,
};

/// The keys of one AES DUKPT transaction (ANSI X9.24-3:2017), the same at the terminal, which gets it from
/// `dukpt_aes_terminal`, and at the host, which gets it from `dukpt_aes_host`.
///
/// Working keys are derived on demand, as handles of their purpose. None may be stronger than the key it comes from.
/// Move-only, held in place, wiped. One thread at a time.
///
/// Errors of all derivations: `crypto_errc::refused_by_policy` (stronger than the transaction key),
/// `unsupported_algorithm` (a type that the purpose does not have, or that this OpenSSL lacks).
class dukpt_aes_transaction {
  public:
    /// Bytes of a key serial number (KSN): 8 that name the initial key, 4 that count.
    static constexpr std::size_t serial_number_size = 12;
    using serial_number_type = std::array<std::uint8_t, serial_number_size>;

    dukpt_aes_transaction(dukpt_aes_transaction&& other) noexcept;
    dukpt_aes_transaction& operator=(dukpt_aes_transaction&& other) noexcept;
    dukpt_aes_transaction(const dukpt_aes_transaction&) = delete;
    dukpt_aes_transaction& operator=(const dukpt_aes_transaction&) = delete;
    ~dukpt_aes_transaction();

    /// What goes with the message so that the host finds the key.
    [[nodiscard]] const serial_number_type& serial_number() const noexcept { return serial_number_; }

    /// Usage 1000: AES for PIN blocks of format 4, TDES for formats 0, 1 and 3.
    [[nodiscard]] result<pin_key> pin(dukpt_key_type type) const;
    /// Usages 2000 (request), 2001 (response) and 2002 (both), for CMAC.
    [[nodiscard]] result<mac_key> mac(dukpt_message way, dukpt_key_type type) const;
    /// The same usages with an HMAC type.
    [[nodiscard]] result<hmac_key> hmac(dukpt_message way, dukpt_key_type type, digest_algorithm hash) const;
    /// Usages 3000 (request), 3001 (response) and 3002 (both).
    [[nodiscard]] result<data_key> data(dukpt_message way, dukpt_key_type type) const;
    /// Usage 0002: wraps keys for the terminal.
    [[nodiscard]] result<key_encryption_key> key_encryption(dukpt_key_type type) const;
    /// Usage 0002 as the protection key of a key block.
    [[nodiscard]] result<key_block_protection_key> key_block_protection(dukpt_key_type type) const;

    /// The transaction key itself, for simulators and published vectors; it encrypts nothing. The view lives as long
    /// as this object is neither moved nor destroyed.
    [[nodiscard]] byte_view expose() const noexcept { return {key_.data(), size_}; }

    template <class Stream>
    friend Stream& operator<<(Stream&, const dukpt_aes_transaction&) = delete;

  private:
    friend class dukpt_aes_host;
    friend class dukpt_aes_terminal;
    explicit dukpt_aes_transaction(std::size_t key_size) noexcept
        : size_(static_cast<std::uint8_t>(key_size)) {}
    [[nodiscard]] byte_span key() noexcept { return {key_.data(), size_}; }
    [[nodiscard]] result<secret_bytes> working_key(std::uint16_t usage, dukpt_key_type type) const;
    template <purpose Use>
    [[nodiscard]] result<crypto::key<Use>> cipher_key(std::uint16_t usage, dukpt_key_type type) const;

    serial_number_type serial_number_{};
    std::array<std::uint8_t, 32> key_{};
    std::uint8_t size_;
};

} // namespace cipherlane::crypto
