#pragma once

#include <cipherlane/core/result.hpp>
#include <cipherlane/crypto/ff1_alphabet.hpp>
#include <cipherlane/crypto/key.hpp>
#include <cipherlane/crypto/number_layout.hpp>

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace cipherlane::crypto {

/// Merchant and terminal numbers that reveal nothing: a counter through FF1 (NIST SP 800-38G).
///
/// The numbers of a plan are those of its layout, each once, in an order that only the owner of the key can follow:
/// from any set of them nobody else learns how many there are, which is older, or what the next one is. Two counters
/// never give one number, and the owner gets the counter back from the number, so nothing has to be looked up. The
/// tweak is the tenant's name, a zero byte and the layout's text: tenants and layouts under one key are unrelated.
/// Numbers of *different* plans may well be equal unless their layouts differ in a fixed place: give each tenant its
/// own institution digits.
///
/// Whoever can ask for numbers as a merchant sees when he gets one, and whoever has a plan's key sees everything.
/// Lose the key, and the numbers stay unique but cannot be turned back; change it, and they repeat.
///
/// Owns its key. One thread at a time; `clone()` for the next thread.
class number_plan {
  public:
    static constexpr std::size_t max_tenant = 64;

    /// @param tenant 1 to 64 bytes without a zero byte.
    /// @return `crypto_errc::bad_layout` in field "tenant"; `unsupported_algorithm` unless the key is AES or SM4.
    [[nodiscard]] static result<number_plan> create(
        numbering_key key, const number_layout& layout, std::string_view tenant);

    [[nodiscard]] number_plan clone() const;

    [[nodiscard]] const number_layout& layout() const noexcept { return layout_; }
    [[nodiscard]] std::string_view tenant() const noexcept {
        return std::string_view(tweak_).substr(0, tenant_size_);
    }
    /// Tells this plan's key from another one: 5 bytes (CMAC of zeros). @return `library_failed`.
    [[nodiscard]] result<bytes> key_check_value() const { return key_.check_value(kcv_method::cmac, 5); }

    /// The number at `counter`, from 0. @return `crypto_errc::numbers_used_up` at the layout's capacity and above.
    [[nodiscard]] result<issued_number> number_at(std::uint64_t counter);

    /// The numbers from `first` on, one for each place of `out`. Allocates nothing. @return as `number_at`; then
    /// nothing was written.
    [[nodiscard]] result<void> numbers_from(std::uint64_t first, std::span<issued_number> out);

    /// The counter that a number was made of.
    /// @return `crypto_errc::not_of_this_plan` with the offset of what does not fit. Every number that fits the
    /// layout has a counter, also one that was never issued: compare it with how far the counter has come.
    [[nodiscard]] result<std::uint64_t> counter_of(std::string_view number);

  private:
    number_plan(
        numbering_key key, const number_layout& layout, const ff1_alphabet& alphabet, std::string_view tenant);
    [[nodiscard]] result<issued_number> compute(std::uint64_t counter);

    numbering_key key_;
    number_layout layout_;
    ff1_alphabet alphabet_;
    std::string tweak_;
    std::size_t tenant_size_;
};

} // namespace cipherlane::crypto
