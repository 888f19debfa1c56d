#pragma once

#include <cipherlane/core/bytes.hpp>
#include <cipherlane/core/result.hpp>
#include <cipherlane/core/secret_bytes.hpp>
#include <cipherlane/crypto/dukpt_aes_transaction.hpp>
#include <cipherlane/crypto/key.hpp>

#include <cstdint>
#include <memory>

namespace cipherlane::crypto {

/// The terminal's side of AES DUKPT (ANSI X9.24-3:2017, 6.5 and 6.6): 32 intermediate key registers, of which each is
/// erased when its key is given out. Nobody who opens the terminal finds a key that was used before.
///
/// Counters with more than 16 one bits are left out; the standard's own text lets one with 17 through, which hosts
/// refuse. For simulators, tests and terminals without secure hardware of their own. Move-only, wiped. One thread at
/// a time.
class dukpt_aes_terminal {
  public:
    /// Fills the registers from the initial key and keeps no copy of it. `identifier` as in
    /// `dukpt_aes_host::initial_key`.
    /// @return `crypto_errc::bad_ksn`: not 8 bytes; `unsupported_algorithm`: no AES key.
    [[nodiscard]] static result<dukpt_aes_terminal> create(const dukpt_initial_key& initial, byte_view identifier);

    /// Goes on from what `save` gave. @return `crypto_errc::bad_key_encoding`.
    [[nodiscard]] static result<dukpt_aes_terminal> restore(const secret_bytes& saved);

    dukpt_aes_terminal(dukpt_aes_terminal&&) noexcept;
    dukpt_aes_terminal& operator=(dukpt_aes_terminal&&) noexcept;
    ~dukpt_aes_terminal();

    /// The keys of the next transaction. When this returns the terminal has them no more: the register is erased and
    /// the counter points to the next key.
    /// @return `crypto_errc::key_exhausted`: a new initial key is needed.
    [[nodiscard]] result<dukpt_aes_transaction> next_transaction();

    /// Counter of the next transaction; 0 when there are no more.
    [[nodiscard]] std::uint32_t counter() const noexcept;

    /// Everything that the next start needs, in clear: to be sealed. It must be on disk before the message of the
    /// last transaction leaves, or a restart uses that key again.
    [[nodiscard]] secret_bytes save() const;

  private:
    struct state;
    explicit dukpt_aes_terminal(std::unique_ptr<state> made) noexcept;
    std::unique_ptr<state> state_;
};

} // namespace cipherlane::crypto
