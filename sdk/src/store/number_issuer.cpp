#include <cipherlane/store/number_issuer.hpp>

#include <algorithm>
#include <cassert>

namespace cipherlane::store {

number_issuer::number_issuer(
    crypto::number_plan plan, number_counter counter, std::uint64_t block_size, bytes key_check)
    : plan_(std::move(plan))
    , counter_(std::move(counter))
    , block_size_(block_size)
    , key_check_(std::move(key_check))
    , name_(plan_.tenant()) {
    name_.append("/").append(plan_.layout().text());
}

result<number_issuer> number_issuer::create(
    crypto::number_plan plan, number_counter counter, std::uint64_t block_size) {
    assert(block_size >= 1);
    CIPHERLANE_TRY(auto key_check, plan.key_check_value());
    return number_issuer(std::move(plan), std::move(counter), block_size, std::move(key_check));
}

result<counter_range> number_issuer::take(std::uint64_t count, const call& bounds) {
    return counter_.reserve(name_, count, plan_.layout().capacity(), key_check_, bounds);
}

result<crypto::issued_number> number_issuer::issue(const call& bounds) {
    if (held_.count == 0) {
        auto taken = take(block_size_, bounds);
        // Near the end of the layout a whole block may no longer be there.
        if (!taken && block_size_ > 1 && taken.error().is(condition::misuse)) taken = take(1, bounds);
        CIPHERLANE_TRY(held_, taken);
    }
    auto number = plan_.number_at(held_.first);
    if (!number) return number;
    ++held_.first;
    --held_.count;
    return number;
}

result<void> number_issuer::issue(std::span<crypto::issued_number> out, const call& bounds) {
    const auto from_held = std::min<std::uint64_t>(held_.count, out.size());
    const auto fresh = out.subspan(from_held);
    counter_range taken;
    if (!fresh.empty()) {
        CIPHERLANE_TRY(taken, take(fresh.size(), bounds));
    }
    const auto first_held = held_.first;
    held_.first += from_held;
    held_.count -= from_held;
    CIPHERLANE_CHECK(plan_.numbers_from(first_held, out.first(from_held)));
    return fresh.empty() ? result<void>() : plan_.numbers_from(taken.first, fresh);
}

result<number_issuer::origin> number_issuer::origin_of(std::string_view number, const call& bounds) {
    CIPHERLANE_TRY(const auto counter, plan_.counter_of(number));
    CIPHERLANE_TRY(const auto next, counter_.next(name_, bounds));
    return origin{counter, counter < next ? origin::standing::taken : origin::standing::never_issued};
}

} // namespace cipherlane::store
