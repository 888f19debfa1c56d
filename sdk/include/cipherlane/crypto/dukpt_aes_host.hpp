#pragma once

#include <cipherlane/core/bytes.hpp>
#include <cipherlane/core/result.hpp>
#include <cipherlane/crypto/dukpt_aes_transaction.hpp>
#include <cipherlane/crypto/key.hpp>

#include <memory>

namespace cipherlane::crypto {

/// The host's side of AES DUKPT (ANSI X9.24-3:2017, 6.3): finds the key of any transaction from the base derivation
/// key (BDK, AES of any size) and the key serial number.
///
/// Keeps prepared contexts; `transaction` allocates nothing. A host that must notice repeated messages remembers the
/// highest serial number of each terminal: this class has no memory. Move-only. One thread at a time; one object per
/// thread.
class dukpt_aes_host {
  public:
    /// @return `crypto_errc::unsupported_algorithm`: no AES key.
    [[nodiscard]] static result<dukpt_aes_host> create(const base_derivation_key& base);

    dukpt_aes_host(dukpt_aes_host&&) noexcept;
    dukpt_aes_host& operator=(dukpt_aes_host&&) noexcept;
    ~dukpt_aes_host();

    /// The initial key to be loaded into the terminal with this initial key identifier: the first 8 bytes of its
    /// serial numbers, identifier of the BDK and of the derivation. As strong as the BDK.
    /// @return `crypto_errc::bad_ksn`: not 8 bytes.
    [[nodiscard]] result<dukpt_initial_key> initial_key(byte_view identifier);

    /// The keys of one transaction.
    /// @return `crypto_errc::bad_ksn`: not 12 bytes, counter 0 or with more than 16 one bits.
    [[nodiscard]] result<dukpt_aes_transaction> transaction(byte_view serial_number);

  private:
    struct state;
    explicit dukpt_aes_host(std::unique_ptr<state> made) noexcept;
    std::unique_ptr<state> state_;
};

} // namespace cipherlane::crypto
