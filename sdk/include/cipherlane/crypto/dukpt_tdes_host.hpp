#pragma once

#include <cipherlane/core/bytes.hpp>
#include <cipherlane/core/result.hpp>
#include <cipherlane/crypto/clear_pin.hpp>
#include <cipherlane/crypto/dukpt_tdes_transaction.hpp>
#include <cipherlane/crypto/key.hpp>
#include <cipherlane/crypto/pin_block.hpp>

#include <memory>
#include <string_view>

namespace cipherlane::crypto {

/// The host's side of TDES DUKPT (ANSI X9.24-1:2009 annex A): finds the key of any transaction from the base
/// derivation key (BDK) and the key serial number.
///
/// Keeps prepared contexts; `transaction` and `decrypt_pin_block` allocate nothing. A host that must notice repeated
/// messages remembers the highest serial number of each terminal: this class has no memory. Move-only. One thread at
/// a time; one object per thread.
class dukpt_tdes_host {
  public:
    /// @return `crypto_errc::bad_key_length`: a BDK has 16 bytes; `unsupported_algorithm`.
    [[nodiscard]] static result<dukpt_tdes_host> create(const base_derivation_key& base);

    dukpt_tdes_host(dukpt_tdes_host&&) noexcept;
    dukpt_tdes_host& operator=(dukpt_tdes_host&&) noexcept;
    ~dukpt_tdes_host();

    /// The initial key (IPEK) to be loaded into the terminal of this serial number; the counter does not matter.
    /// @return `crypto_errc::bad_ksn`: not 10 bytes.
    [[nodiscard]] result<dukpt_initial_key> initial_key(byte_view serial_number);

    /// The keys of one transaction.
    /// @return `crypto_errc::bad_ksn`: not 10 bytes, counter 0 or with more than 10 one bits.
    [[nodiscard]] result<dukpt_tdes_transaction> transaction(byte_view serial_number);

    /// For issuers and simulators, as `decrypt_pin_block` of `pin_block.hpp`, and the errors of both.
    [[nodiscard]] result<clear_pin> decrypt_pin_block(
        byte_view serial_number, pin_block_format format, byte_view cryptogram, std::string_view pan_digits);

  private:
    struct state;
    explicit dukpt_tdes_host(std::unique_ptr<state> made) noexcept;
    std::unique_ptr<state> state_;
};

} // namespace cipherlane::crypto
