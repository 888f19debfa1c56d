#pragma once

#include <cipherlane/core/bytes.hpp>
#include <cipherlane/core/result.hpp>
#include <cipherlane/core/secret_bytes.hpp>
#include <cipherlane/crypto/dukpt_tdes_transaction.hpp>
#include <cipherlane/crypto/key.hpp>

#include <cstdint>
#include <memory>

namespace cipherlane::crypto {

/// The terminal's side of TDES DUKPT (ANSI X9.24-1:2009 annex A.2): 21 future key registers, of which each is erased
/// when its key is given out. Nobody who opens the terminal finds a key that was used before.
///
/// For simulators, tests and terminals without secure hardware of their own; a PIN pad does this inside. Move-only,
/// wiped. One thread at a time.
class dukpt_tdes_terminal {
  public:
    /// Fills the registers from the initial key and keeps no copy of it. The counter of `serial_number` is ignored.
    /// @return `crypto_errc::bad_ksn`: not 10 bytes; `bad_key_length`: not 16 bytes of TDES.
    [[nodiscard]] static result<dukpt_tdes_terminal> create(
        const dukpt_initial_key& initial, byte_view serial_number);

    /// Goes on from what `save` gave. @return `crypto_errc::bad_key_encoding`.
    [[nodiscard]] static result<dukpt_tdes_terminal> restore(const secret_bytes& saved);

    dukpt_tdes_terminal(dukpt_tdes_terminal&&) noexcept;
    dukpt_tdes_terminal& operator=(dukpt_tdes_terminal&&) noexcept;
    ~dukpt_tdes_terminal();

    /// The keys of the next transaction. When this returns the terminal has them no more: the register is erased and
    /// the counter points to the next key. 1,048,575 transactions, counters with more than 10 one bits left out.
    /// @return `crypto_errc::key_exhausted`: a new initial key is needed.
    [[nodiscard]] result<dukpt_tdes_transaction> next_transaction();

    /// Counter of the next transaction; 0 when there are no more.
    [[nodiscard]] std::uint32_t counter() const noexcept;

    /// Everything that the next start needs, in clear: to be sealed. It must be on disk before the message of the
    /// last transaction leaves, or a restart uses that key again.
    [[nodiscard]] secret_bytes save() const;

  private:
    struct state;
    explicit dukpt_tdes_terminal(std::unique_ptr<state> made) noexcept;
    std::unique_ptr<state> state_;
};

} // namespace cipherlane::crypto
