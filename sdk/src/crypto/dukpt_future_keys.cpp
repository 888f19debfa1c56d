#include "dukpt_future_keys.hpp"

#include "provider.hpp"

#include <algorithm>
#include <bit>
#include <cassert>

namespace cipherlane::crypto {
namespace {

std::uint32_t highest_bit(dukpt_counter_shape shape) noexcept {
    return std::uint32_t{1} << (shape.bits - 1);
}

unsigned ones(std::uint32_t counter) noexcept {
    return static_cast<unsigned>(std::popcount(counter));
}

} // namespace

bool is_used(dukpt_counter_shape shape, std::uint32_t counter) noexcept {
    return counter != 0 && ones(counter) <= shape.most_ones;
}

result<void> derive_transaction_key(
    dukpt_derivation& by, dukpt_counter_shape shape, std::uint32_t counter, byte_span key) {
    std::uint32_t reached = 0;
    for (std::uint32_t bit = highest_bit(shape); bit != 0; bit >>= 1) {
        if ((counter & bit) == 0) continue;
        reached |= bit;
        CIPHERLANE_CHECK(by.derive(key, reached, key));
    }
    return {};
}

dukpt_future_keys::dukpt_future_keys(dukpt_counter_shape shape, std::size_t key_size)
    : shape_(shape)
    , registers_(shape.bits * key_size) {}

dukpt_future_keys::dukpt_future_keys(dukpt_counter_shape shape, std::uint32_t counter, secret_bytes&& registers)
    : shape_(shape)
    , counter_(counter)
    , registers_(std::move(registers)) {
    assert(registers_.size() % shape.bits == 0);
}

byte_span dukpt_future_keys::at(unsigned index) noexcept {
    const std::size_t size = registers_.size() / shape_.bits;
    return registers_.expose().subspan(index * size, size);
}

result<void> dukpt_future_keys::fill_below(dukpt_derivation& by, byte_view parent, unsigned index) {
    while (index-- > 0) {
        CIPHERLANE_CHECK(by.derive(parent, counter_ | (std::uint32_t{1} << index), at(index)));
    }
    return {};
}

result<void> dukpt_future_keys::load(dukpt_derivation& by, byte_view initial) {
    counter_ = 0;
    auto filled = fill_below(by, initial, shape_.bits);
    by.forget();
    if (filled) counter_ = 1;
    return filled;
}

result<void> dukpt_future_keys::take(dukpt_derivation& by, byte_span key) {
    if (counter_ == 0) return crypto_error(crypto_errc::key_exhausted, "DUKPT");
    const auto index = static_cast<unsigned>(std::countr_zero(counter_));
    const auto current = at(index);
    assert(key.size() == current.size());
    std::copy(current.begin(), current.end(), key.begin());
    // With as many one bits as allowed, the counters that only this key leads to are left out.
    const bool leads_on = ones(counter_) < shape_.most_ones;
    result<void> filled;
    if (leads_on) filled = fill_below(by, key, index);
    by.forget();
    wipe(current);
    const std::uint32_t step = leads_on ? 1 : std::uint32_t{1} << index;
    const std::uint32_t last = highest_bit(shape_) | (highest_bit(shape_) - 1);
    counter_ = counter_ > last - step ? 0 : counter_ + step;
    return filled;
}

} // namespace cipherlane::crypto
