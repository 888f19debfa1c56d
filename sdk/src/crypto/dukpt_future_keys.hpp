#pragma once

#include <cipherlane/core/bytes.hpp>
#include <cipherlane/core/result.hpp>
#include <cipherlane/core/secret_bytes.hpp>

#include <cstdint>

namespace cipherlane::crypto {

/// What differs between the counters of TDES and AES DUKPT.
struct dukpt_counter_shape {
    unsigned bits;      ///< of the counter, and future key registers
    unsigned most_ones; ///< counters with more one bits are never used: the host would need more steps
};
inline constexpr dukpt_counter_shape tdes_counter{21, 10};
inline constexpr dukpt_counter_shape aes_counter{32, 16};

/// True if a transaction may have this counter.
[[nodiscard]] bool is_used(dukpt_counter_shape shape, std::uint32_t counter) noexcept;

/// One step of a derivation: the key for `counter` from the one whose counter lacks the lowest one bit. `child` may
/// be `parent`.
class dukpt_derivation {
  public:
    dukpt_derivation() = default;
    dukpt_derivation(const dukpt_derivation&) = delete;
    dukpt_derivation& operator=(const dukpt_derivation&) = delete;
    virtual ~dukpt_derivation() = default;
    [[nodiscard]] virtual result<void> derive(byte_view parent, std::uint32_t counter, byte_span child) = 0;
    /// Overwrites what contexts still hold of the last parent.
    virtual void forget() noexcept = 0;
};

/// From the initial key in `key` to the transaction key of `counter`, one step for each one bit, the highest first.
[[nodiscard]] result<void> derive_transaction_key(
    dukpt_derivation& by, dukpt_counter_shape shape, std::uint32_t counter, byte_span key);

/// The future key registers of a terminal and its counter (X9.24-1:2009 A.2 and X9.24-3:2017 6.6: both run alike).
/// Register i holds the key of the next counter whose lowest one bit is i.
class dukpt_future_keys {
  public:
    /// Empty registers at counter 0.
    dukpt_future_keys(dukpt_counter_shape shape, std::size_t key_size);
    /// Where an earlier one was.
    dukpt_future_keys(dukpt_counter_shape shape, std::uint32_t counter, secret_bytes&& registers);

    /// Fills every register from the initial key; the first transaction has counter 1.
    [[nodiscard]] result<void> load(dukpt_derivation& by, byte_view initial);

    /// Counter of the next transaction; 0 if there are no more.
    [[nodiscard]] std::uint32_t counter() const noexcept { return counter_; }

    /// Gives the key of `counter()`, fills the registers below with the keys that only it leads to, erases it and
    /// goes on to the next counter. @return `crypto_errc::key_exhausted`, and errors of the derivation, after which
    /// the key is erased all the same.
    [[nodiscard]] result<void> take(dukpt_derivation& by, byte_span key);

    /// All registers, the lowest first: for `save` and for tests.
    [[nodiscard]] byte_view expose() const noexcept { return std::as_const(registers_).expose(); }

  private:
    [[nodiscard]] byte_span at(unsigned index) noexcept;
    [[nodiscard]] result<void> fill_below(dukpt_derivation& by, byte_view parent, unsigned index);

    dukpt_counter_shape shape_;
    std::uint32_t counter_ = 0;
    secret_bytes registers_;
};

} // namespace cipherlane::crypto
