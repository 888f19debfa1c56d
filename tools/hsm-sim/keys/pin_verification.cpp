#include "hsm-sim/keys/pin_verification.hpp"

#include "hsm-sim/keys/ciphers.hpp"

#include <cipherlane/core/hex.hpp>

#include <algorithm>
#include <cassert>

namespace cipherlane::hsm_sim {
namespace {

std::array<std::uint8_t, 8> pack(std::string_view sixteen) noexcept {
    std::array<std::uint8_t, 8> out{};
    for (std::size_t i = 0; i < out.size(); ++i) {
        out[i] = static_cast<std::uint8_t>((hex_value(sixteen[2 * i]) << 4) | hex_value(sixteen[2 * i + 1]));
    }
    return out;
}

/// The first `count` digits by the two-pass rule: decimal digits as they come, then A to F less ten.
void decimals(byte_view block, std::span<char> out) noexcept {
    std::size_t taken = 0;
    for (const int pass : {0, 10}) {
        for (std::size_t i = 0; i < 2 * block.size() && taken < out.size(); ++i) {
            const int nibble = i % 2 == 0 ? block[i / 2] >> 4 : block[i / 2] & 0x0F;
            if ((nibble >= 10) == (pass == 10)) out[taken++] = static_cast<char>('0' + nibble - pass);
        }
    }
}

} // namespace

std::array<char, 4> visa_pvv(
    const clear_key& pvk, std::string_view account, char key_index, const clear_pin& pin) noexcept {
    assert(account.size() >= 11 && pin.size() >= 4);
    std::array<char, 16> text{};
    std::copy_n(account.end() - 11, 11, text.begin());
    text[11] = key_index;
    std::copy_n(pin.view().begin(), 4, text.begin() + 12);
    auto block = pack({text.data(), text.size()});
    encrypt_ecb(pvk, block, block);
    std::array<char, 4> pvv{};
    decimals(block, pvv);
    wipe({reinterpret_cast<std::uint8_t*>(text.data()), text.size()});
    return pvv;
}

std::array<char, 16> ibm_natural_pin(
    const clear_key& pvk, std::string_view validation, std::string_view decimalisation) noexcept {
    assert(validation.size() == 16 && decimalisation.size() == 16);
    auto block = pack(validation);
    encrypt_ecb(pvk, block, block);
    std::array<char, 16> natural{};
    for (std::size_t i = 0; i < natural.size(); ++i) {
        const std::size_t nibble = i % 2 == 0 ? block[i / 2] >> 4 : block[i / 2] & 0x0FU;
        natural[i] = decimalisation[nibble];
    }
    return natural;
}

clear_pin ibm_offset(std::string_view natural, std::string_view pin) noexcept {
    clear_pin offset;
    for (std::size_t i = 0; i < pin.size(); ++i) {
        offset.push_back(static_cast<char>('0' + (10 + pin[i] - natural[i]) % 10));
    }
    return offset;
}

clear_pin ibm_pin(std::string_view natural, std::string_view offset) noexcept {
    clear_pin pin;
    for (std::size_t i = 0; i < offset.size(); ++i) {
        pin.push_back(static_cast<char>('0' + (natural[i] - '0' + offset[i] - '0') % 10));
    }
    return pin;
}

std::array<char, 3> card_verification_value(
    const clear_key& cvk, std::string_view pan, std::string_view expiry, std::string_view service) noexcept {
    std::array<char, 32> text;
    text.fill('0');
    auto at = std::copy(pan.begin(), pan.end(), text.begin());
    at = std::copy(expiry.begin(), expiry.end(), at);
    std::copy(service.begin(), service.end(), at);
    auto block = pack({text.data(), 16});
    const auto second = pack({text.data() + 16, 16});
    des_encrypt(cvk.part(0), block, block);
    for (std::size_t i = 0; i < block.size(); ++i)
        block[i] ^= second[i];
    encrypt_ecb(cvk, block, block);
    std::array<char, 3> cvv{};
    decimals(block, cvv);
    return cvv;
}

security_codes card_security_codes(const clear_key& csck, std::string_view pan, std::string_view expiry) noexcept {
    assert(pan.size() >= 14 && expiry.size() == 4);
    // Expiry, then twelve digits of the account from its third on.
    std::array<char, 16> text{};
    const auto at = std::copy(expiry.begin(), expiry.end(), text.begin());
    std::copy_n(pan.begin() + 2, 12, at);
    auto block = pack({text.data(), text.size()});
    encrypt_ecb(csck, block, block);
    // Decimal digits as they come, then the letters with A as 1.
    std::array<char, 16> digits{};
    std::size_t taken = 0;
    for (const bool letters : {false, true}) {
        for (std::size_t i = 0; i < 2 * block.size(); ++i) {
            const int nibble = i % 2 == 0 ? block[i / 2] >> 4 : block[i / 2] & 0x0F;
            if ((nibble >= 10) == letters) digits[taken++] = static_cast<char>('0' + (letters ? nibble - 9 : nibble));
        }
    }
    security_codes codes;
    std::copy_n(digits.begin(), 5, codes.five.begin());
    std::copy_n(digits.begin() + 5, 4, codes.four.begin());
    std::copy_n(digits.begin() + 9, 3, codes.three.begin());
    return codes;
}

} // namespace cipherlane::hsm_sim
