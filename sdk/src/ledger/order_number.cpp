#include <cipherlane/core/digits.hpp>
#include <cipherlane/ledger/order_number.hpp>

namespace cipherlane::ledger {
namespace {

constexpr std::size_t ending = 3; ///< "-02"

} // namespace

std::string number_of_code(std::string_view mark, std::uint32_t renewals) {
    std::string number(mark);
    if (renewals == 0) return number;
    const auto which = renewals + 1;
    number += '-';
    number += static_cast<char>('0' + which / 10 % 10);
    number += static_cast<char>('0' + which % 10);
    return number;
}

order_code code_of_number(std::string_view number) noexcept {
    if (number.size() <= ending) return {number, 0};
    const auto end = number.substr(number.size() - ending);
    if (end[0] != '-' || !is_digit(end[1]) || !is_digit(end[2])) return {number, 0};
    const auto which = static_cast<std::uint32_t>((end[1] - '0') * 10 + (end[2] - '0'));
    if (which < 2) return {number, 0};
    return {number.substr(0, number.size() - ending), which - 1};
}

} // namespace cipherlane::ledger
