#include "declassified.hpp"
#include "provider.hpp"

#include <cipherlane/crypto/key_policy.hpp>

#include <array>

namespace cipherlane::crypto {
namespace {

/// SP 800-67 rev. 2, 3.3.2: the weak and semi-weak keys.
constexpr std::array<std::uint64_t, 16> weak_keys{0x0101010101010101, 0xFEFEFEFEFEFEFEFE, 0xE0E0E0E0F1F1F1F1,
    0x1F1F1F1F0E0E0E0E, 0x011F011F010E010E, 0x1F011F010E010E01, 0x01E001E001F101F1, 0xE001E001F101F101,
    0x01FE01FE01FE01FE, 0xFE01FE01FE01FE01, 0x1FE01FE00EF10EF1, 0xE01FE01FF10EF10E, 0x1FFE1FFE0EFE0EFE,
    0xFE1FFE1FFE0EFE0E, 0xE0FEE0FEF1FEF1FE, 0xFEE0FEE0FEF1FEF1};

constexpr std::uint64_t without_parity = 0xFEFEFEFEFEFEFEFE;

std::uint64_t part(byte_view material, std::size_t index) noexcept {
    std::uint64_t value = 0;
    for (std::size_t i = 0; i < 8; ++i)
        value = (value << 8) | material[8 * index + i];
    return value & without_parity;
}

/// 1 if equal, else 0, without a branch.
std::uint64_t one_if_equal(std::uint64_t a, std::uint64_t b) noexcept {
    const std::uint64_t difference = a ^ b;
    return 1 ^ ((difference | (0 - difference)) >> 63);
}

/// 1 for an odd number of one bits. By folding: a population count may be a table, and a key must not index one.
unsigned parity_of(unsigned byte) noexcept {
    byte ^= byte >> 4;
    byte ^= byte >> 2;
    return (byte ^ (byte >> 1)) & 1;
}

bool holds_weak_part(byte_view material) noexcept {
    std::uint64_t found = 0;
    for (std::size_t i = 0; i < material.size() / 8; ++i) {
        for (auto weak : weak_keys)
            found |= one_if_equal(part(material, i), weak & without_parity);
    }
    return found != 0;
}

bool has_equal_parts(byte_view material) noexcept {
    std::uint64_t found = 0;
    for (std::size_t i = 1; i < material.size() / 8; ++i)
        found |= one_if_equal(part(material, i - 1), part(material, i));
    return found != 0;
}

} // namespace

const key_policy* find_key_policy(std::string_view name) noexcept {
    for (const auto* policy : {&cup_pos_policy, &legacy_policy, &pci_policy}) {
        if (policy->name == name) return policy;
    }
    return nullptr;
}

bool has_odd_parity(byte_view material) noexcept {
    unsigned even = 0;
    for (auto byte : material)
        even |= 1 ^ parity_of(byte);
    return even == 0;
}

void set_odd_parity(byte_span material) noexcept {
    for (auto& byte : material) {
        const unsigned high = byte & 0xFEU;
        byte = static_cast<std::uint8_t>(high | (1 ^ parity_of(high)));
    }
}

result<void> check_key(algorithm cipher, byte_view material, purpose use, const key_policy& policy) noexcept {
    constexpr auto refused = key_policy::rule::refused;
    if (!key_size_fits(cipher, material.size())) return crypto_error(crypto_errc::bad_key_length, "key");
    const bool one_des = cipher == algorithm::des && policy.single_des == refused;
    const bool sm4_pin = cipher == algorithm::sm4 && use == purpose::pin_encryption && policy.sm4_pin == refused;
    if (one_des || sm4_pin) return crypto_error(crypto_errc::refused_by_policy, "key");
    if (cipher != algorithm::des && cipher != algorithm::tdes) return {};
    if (policy.even_parity == refused && !declassified(has_odd_parity(material)))
        return crypto_error(crypto_errc::bad_parity, "key");
    if (policy.weak_des == refused && declassified(holds_weak_part(material)))
        return crypto_error(crypto_errc::weak_key, "key");
    if (policy.equal_parts == refused && declassified(has_equal_parts(material))) {
        return crypto_error(crypto_errc::equal_key_parts, "key");
    }
    return {};
}

} // namespace cipherlane::crypto
