#include <cipherlane/ledger/conversion.hpp>
#include <cipherlane/ports/rate_text.hpp>

#include <algorithm>
#include <cstdint>
#include <cstdlib>

namespace cipherlane::ledger {
namespace {

std::uint64_t power_of_ten(unsigned exponent) noexcept {
    std::uint64_t power = 1;
    for (; exponent > 0; --exponent)
        power *= 10;
    return power;
}

} // namespace

std::optional<amount> at_rate(const amount& local, std::string_view rate, currency to) noexcept {
    if (!ports::is_rate(rate) || local.minor() < 0) return std::nullopt;
    std::uint64_t digits = 0;
    for (const char digit : rate.substr(1))
        digits = digits * 10 + static_cast<std::uint64_t>(digit - '0');
    // At most twelve digits times seven: below 2^64.
    auto product = static_cast<std::uint64_t>(local.minor()) * digits;
    auto decimals = static_cast<int>(rate.front() - '0') + local.unit().decimals - to.decimals;
    for (; decimals < 0; ++decimals) {
        if (product > static_cast<std::uint64_t>(amount::max_minor)) return std::nullopt;
        product *= 10;
    }
    const auto divisor = power_of_ten(static_cast<unsigned>(decimals));
    const auto rounded = product / divisor + (product % divisor * 2 >= divisor && divisor > 1 ? 1 : 0);
    if (rounded > static_cast<std::uint64_t>(amount::max_minor)) return std::nullopt;
    return amount(static_cast<std::int64_t>(rounded), to);
}

bool is_sound(const ports::conversion& offer, const amount& local) noexcept {
    const auto& told = offer.converted;
    if (told.unit() == local.unit() || told.minor() <= 0) return false;
    const auto right = at_rate(local, offer.rate, told.unit());
    return right && std::llabs(right->minor() - told.minor()) <= 1;
}

ports::conversion share_of(const ports::conversion& of, const amount& whole, const amount& part) noexcept {
    if (!of.chosen() || part == whole) return of;
    auto share = of;
    if (const auto converted = at_rate(part, of.rate, of.converted.unit())) share.converted = *converted;
    return share;
}

} // namespace cipherlane::ledger
