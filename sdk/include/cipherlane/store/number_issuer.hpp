#pragma once

#include <cipherlane/core/call.hpp>
#include <cipherlane/core/result.hpp>
#include <cipherlane/crypto/number_plan.hpp>
#include <cipherlane/store/number_counter.hpp>

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace cipherlane::store {

/// Gives out merchant or terminal numbers of one plan: the plan makes them, the counter sees to it that none comes
/// twice. The counter's name is the tenant, a slash and the layout's text.
///
/// Takes counters from the disk in blocks, one wait for the disk each; what is left of a block when the process ends
/// is never used. One thread at a time.
class number_issuer {
  public:
    /// @param block_size how many counters to take from the disk at a time, at least 1. With 1 no counter is left out
    /// unless the process is killed.
    /// @return what `number_plan::key_check_value` says.
    [[nodiscard]] static result<number_issuer> create(
        crypto::number_plan plan, number_counter counter, std::uint64_t block_size = 1);

    /// The next number.
    /// @return `crypto_errc::numbers_used_up`, and the errors of `number_counter`; then no number was given.
    [[nodiscard]] result<crypto::issued_number> issue(const call& bounds);

    /// As many numbers as `out` has places, with one wait for the disk. A million take a few seconds.
    /// @return as `issue`; then nothing in `out` may be used.
    [[nodiscard]] result<void> issue(std::span<crypto::issued_number> out, const call& bounds);

    /// The counter of a number, and whether it can have been issued.
    struct origin {
        std::uint64_t counter = 0;
        enum class standing : std::uint8_t { taken, never_issued } where = standing::never_issued;
    };
    /// @return `crypto_errc::not_of_this_plan`, and the errors of `number_counter`.
    [[nodiscard]] result<origin> origin_of(std::string_view number, const call& bounds);

    [[nodiscard]] const crypto::number_plan& plan() const noexcept { return plan_; }

  private:
    number_issuer(crypto::number_plan plan, number_counter counter, std::uint64_t block_size, bytes key_check);
    [[nodiscard]] result<counter_range> take(std::uint64_t count, const call& bounds);

    crypto::number_plan plan_;
    number_counter counter_;
    std::uint64_t block_size_;
    bytes key_check_;
    std::string name_;
    counter_range held_;
};

} // namespace cipherlane::store
