#include "decimalize.hpp"
#include "key_access.hpp"

#include <cipherlane/crypto/terminal_serial.hpp>

#include <algorithm>

namespace cipherlane::crypto {
namespace {

constexpr const char* operation = "terminal serial";
constexpr std::size_t longest_serial = 50;
constexpr std::size_t longest_factor = 10;

result<void> check(const mac_key& key, std::string_view serial, std::string_view factor) {
    if (key.cipher() != algorithm::sm4) return crypto_error(crypto_errc::unsupported_algorithm, operation);
    if (serial.empty() || serial.size() > longest_serial)
        return crypto_error(crypto_errc::bad_data_length, operation).in_field("serial");
    if (factor.size() > longest_factor)
        return crypto_error(crypto_errc::bad_data_length, operation).in_field("factor");
    if (const auto wrong = first_non_digit(factor); wrong < factor.size())
        return crypto_error(crypto_errc::bad_numeral, operation).in_field("factor").at_offset(wrong);
    return {};
}

} // namespace

result<unionpay_mac_field> terminal_serial_cryptogram(
    mac_key& key, std::string_view serial, std::string_view factor) {
    CIPHERLANE_CHECK(check(key, serial, factor));
    std::array<std::uint8_t, longest_serial + longest_factor> text{};
    const auto end = std::copy(serial.begin(), serial.end(), text.begin());
    std::copy(factor.begin(), factor.end(), end);
    return unionpay_mac(key, byte_view(text).first(serial.size() + factor.size()), unionpay_mac_form::ascii8);
}

result<void> verify_terminal_serial_cryptogram(
    mac_key& key, std::string_view serial, std::string_view factor, const unionpay_mac_field& received) {
    CIPHERLANE_TRY(const auto right, terminal_serial_cryptogram(key, serial, factor));
    if (!equal_in_constant_time(right, received)) return crypto_error(crypto_errc::verification_failed, operation);
    return {};
}

} // namespace cipherlane::crypto
