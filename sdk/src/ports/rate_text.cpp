#include <cipherlane/core/digits.hpp>
#include <cipherlane/ports/rate_text.hpp>

#include <algorithm>

namespace cipherlane::ports {

bool is_rate(std::string_view rate) noexcept {
    return rate.size() == 1 + rate_digits && all_digits(rate) && rate.front() <= '7';
}

std::string rate_text(std::string_view rate) {
    if (!is_rate(rate)) return {};
    std::string text(rate.substr(1));
    const auto decimals = static_cast<std::size_t>(rate.front() - '0');
    if (decimals == 0) return text.substr(std::min(text.find_first_not_of('0'), text.size() - 1));
    text.insert(text.size() - decimals, ".");
    const auto first = text.find_first_not_of('0');
    text.erase(0, first);
    if (text.front() == '.') text.insert(0, "0");
    return text;
}

} // namespace cipherlane::ports
