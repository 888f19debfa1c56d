#include "hsm-sim/keys/pin.hpp"

#include "hsm-sim/keys/ciphers.hpp"

#include <algorithm>

namespace cipherlane::hsm_sim {
namespace {

using block8 = std::array<std::uint8_t, 8>;
using nibbles = std::array<std::uint8_t, 16>;

nibbles split(byte_view block) noexcept {
    nibbles out{};
    for (std::size_t i = 0; i < 8; ++i) {
        out[2 * i] = static_cast<std::uint8_t>(block[i] >> 4);
        out[2 * i + 1] = static_cast<std::uint8_t>(block[i] & 0x0F);
    }
    return out;
}

void join(const nibbles& from, byte_span block) noexcept {
    for (std::size_t i = 0; i < 8; ++i)
        block[i] = static_cast<std::uint8_t>((from[2 * i] << 4) | from[2 * i + 1]);
}

/// Four zero nibbles and twelve digits: the rightmost ones, for PLUS the leftmost.
nibbles account_nibbles(pin_format format, std::string_view account) noexcept {
    nibbles out{};
    if (format == pin_format::plus) {
        while (account.size() > 12 && account.front() == 'F')
            account.remove_prefix(1);
    }
    const std::size_t first = format == pin_format::plus || account.size() < 12 ? 0 : account.size() - 12;
    const auto twelve = account.substr(first, 12);
    for (std::size_t i = 0; i < twelve.size(); ++i) {
        out[16 - twelve.size() + i] = static_cast<std::uint8_t>(twelve[i] - '0');
    }
    return out;
}

bool uses_account(pin_format format) noexcept {
    return format == pin_format::iso0 || format == pin_format::iso3 || format == pin_format::plus ||
           format == pin_format::mastercard;
}

/// The control nibble of formats that have one.
std::uint8_t control_of(pin_format format) noexcept {
    switch (format) {
    case pin_format::iso1: return 1;
    case pin_format::iso2:
    case pin_format::mastercard: return 2;
    case pin_format::iso3: return 3;
    default: return 0;
    }
}

/// What may stand behind the digits.
bool is_fill(pin_format format, std::uint8_t nibble) noexcept {
    switch (format) {
    case pin_format::iso1: return true;
    case pin_format::iso3: return nibble >= 10;
    default: return nibble == 15;
    }
}

void random_fill(nibbles& block, std::size_t from, std::uint8_t least) noexcept {
    nibbles random{};
    fill_random(random);
    const int span = 16 - least;
    for (std::size_t i = from; i < block.size(); ++i) {
        // 16 - least divides 256 for the two values in use but 6: take the remainder of a fresh byte there.
        while (random[i] >= 256 / span * span)
            fill_random(byte_span(random).subspan(i, 1));
        block[i] = static_cast<std::uint8_t>(least + random[i] % span);
    }
}

status take_digits(const nibbles& block, std::size_t from, std::size_t count, clear_pin& pin) noexcept {
    for (std::size_t i = from; i < from + count; ++i) {
        if (block[i] > 9) return code::pin_block;
        pin.push_back(static_cast<char>('0' + block[i]));
    }
    return code::ok;
}

status decode_iso(pin_format format, nibbles block, std::string_view account, clear_pin& pin) noexcept {
    if (uses_account(format)) {
        const auto mask = account_nibbles(format, account);
        for (std::size_t i = 0; i < block.size(); ++i)
            block[i] ^= mask[i];
    }
    const std::size_t length = block[1];
    status verdict = code::ok;
    if (block[0] != control_of(format)) {
        verdict = code::pin_block;
    } else if (length < clear_pin::shortest || length > clear_pin::longest) {
        verdict = code::pin_length;
    } else if (!std::all_of(block.begin() + 2 + static_cast<std::ptrdiff_t>(length), block.end(),
                   [format](std::uint8_t nibble) { return is_fill(format, nibble); })) {
        verdict = code::pin_block;
    } else {
        verdict = take_digits(block, 2, length, pin);
    }
    wipe(block);
    return verdict;
}

status decode_diebold(const nibbles& block, clear_pin& pin) noexcept {
    const auto end = std::ranges::find_if(block, [](std::uint8_t nibble) { return nibble > 9; });
    const auto count = static_cast<std::size_t>(end - block.begin());
    if (!std::all_of(end, block.end(), [](std::uint8_t nibble) { return nibble == 15; })) return code::pin_block;
    if (count < clear_pin::shortest || count > clear_pin::longest) return code::pin_length;
    return take_digits(block, 0, count, pin);
}

status decode_docutel(const nibbles& block, clear_pin& pin) noexcept {
    const std::size_t length = block[0];
    if (length < clear_pin::shortest || length > 6) return code::pin_length;
    if (std::ranges::any_of(block, [](std::uint8_t nibble) { return nibble > 9; })) return code::pin_block;
    return take_digits(block, 1, length, pin);
}

void put_digits(nibbles& block, std::size_t at, const clear_pin& pin) noexcept {
    for (const char digit : pin.view())
        block[at++] = static_cast<std::uint8_t>(digit - '0');
}

void encode_iso(pin_format format, const clear_pin& pin, std::string_view account, nibbles& block) noexcept {
    block.fill(15);
    if (format == pin_format::iso1) random_fill(block, 2, 0);
    if (format == pin_format::iso3) random_fill(block, 2, 10);
    block[0] = control_of(format);
    block[1] = static_cast<std::uint8_t>(pin.size());
    put_digits(block, 2, pin);
    if (uses_account(format)) {
        const auto mask = account_nibbles(format, account);
        for (std::size_t i = 0; i < block.size(); ++i)
            block[i] ^= mask[i];
    }
}

/// The PIN field of format 4: control 4, length, digits, fill A, then eight random bytes.
void format4_pin_field(const clear_pin& pin, std::array<std::uint8_t, 16>& field) noexcept {
    nibbles front{};
    front.fill(10);
    front[0] = 4;
    front[1] = static_cast<std::uint8_t>(pin.size());
    put_digits(front, 2, pin);
    join(front, byte_span(field).first(8));
    fill_random(byte_span(field).subspan(8));
    wipe(front);
}

/// The account field of format 4: digits beyond twelve, the digits padded left to twelve, zeros.
std::array<std::uint8_t, 16> format4_account_field(std::string_view account) noexcept {
    std::array<std::uint8_t, 32> digits{};
    digits[0] = static_cast<std::uint8_t>(account.size() > 12 ? account.size() - 12 : 0);
    std::size_t at = 1 + (account.size() < 12 ? 12 - account.size() : 0);
    for (const char digit : account)
        digits[at++] = static_cast<std::uint8_t>(digit - '0');
    std::array<std::uint8_t, 16> field{};
    for (std::size_t i = 0; i < field.size(); ++i) {
        field[i] = static_cast<std::uint8_t>((digits[2 * i] << 4) | digits[2 * i + 1]);
    }
    return field;
}

status open_format4(const clear_key& key, byte_view block, std::string_view account, clear_pin& pin) noexcept {
    std::array<std::uint8_t, 16> work{};
    const auto mask = format4_account_field(account);
    decrypt_ecb(key, block, work);
    for (std::size_t i = 0; i < work.size(); ++i)
        work[i] ^= mask[i];
    decrypt_ecb(key, work, work);
    const auto front = split(byte_view(work).first(8));
    wipe(work);
    const std::size_t length = front[1];
    if (front[0] != 4) return code::pin_block;
    if (length < clear_pin::shortest || length > clear_pin::longest) return code::pin_length;
    for (std::size_t i = 2 + length; i < front.size(); ++i) {
        if (front[i] != 10) return code::pin_block;
    }
    return take_digits(front, 2, length, pin);
}

void seal_format4(const clear_key& key, const clear_pin& pin, std::string_view account, byte_span block) noexcept {
    std::array<std::uint8_t, 16> work{};
    format4_pin_field(pin, work);
    encrypt_ecb(key, work, work);
    const auto mask = format4_account_field(account);
    for (std::size_t i = 0; i < work.size(); ++i)
        work[i] ^= mask[i];
    encrypt_ecb(key, work, block);
    wipe(work);
}

/// Format 0 stretched over a block of 16 bytes, made the 8 bytes that it is otherwise: the account is in the last six
/// bytes, and the second half is fill. False if it is none.
bool unstretch(byte_span block, std::string_view account) noexcept {
    const auto mask = account_nibbles(pin_format::iso0, account);
    auto half = split(byte_view(block).subspan(8));
    for (std::size_t i = 0; i < half.size(); ++i)
        half[i] ^= mask[i];
    const bool filled = std::all_of(half.begin(), half.end(), [](std::uint8_t nibble) { return nibble == 15; });
    auto front = split(byte_view(block).first(8));
    for (std::size_t i = 0; i < front.size(); ++i)
        front[i] ^= mask[i];
    join(front, block.first(8));
    wipe(front);
    return filled;
}

} // namespace

bool may_translate(pin_policy policy, pin_format from, pin_format to) noexcept {
    if (policy == pin_policy::legacy) return from != pin_format::none && to != pin_format::none;
    const auto bound = [](pin_format f) {
        return f == pin_format::iso0 || f == pin_format::iso3 || f == pin_format::iso4;
    };
    // Formats with the account in them stay so; format 1 may gain one; nothing leaves format 2 or a format that is
    // no standard.
    if (bound(from)) return bound(to);
    return from == pin_format::iso1 && (bound(to) || to == pin_format::iso1);
}

status decode_pin(pin_format format, byte_view block, std::string_view account, clear_pin& pin) noexcept {
    auto parts = split(block);
    status verdict = code::pin_format;
    switch (format) {
    case pin_format::iso0:
    case pin_format::plus:
    case pin_format::iso1:
    case pin_format::iso2:
    case pin_format::mastercard:
    case pin_format::iso3: verdict = decode_iso(format, parts, account, pin); break;
    case pin_format::diebold: verdict = decode_diebold(parts, pin); break;
    case pin_format::docutel: verdict = decode_docutel(parts, pin); break;
    case pin_format::iso4:
    case pin_format::none: break;
    }
    wipe(parts);
    return verdict;
}

status encode_pin(pin_format format, const clear_pin& pin, std::string_view account, byte_span block) noexcept {
    if (pin.size() < clear_pin::shortest || pin.size() > clear_pin::longest) return code::pin_length;
    nibbles parts{};
    switch (format) {
    case pin_format::iso0:
    case pin_format::plus:
    case pin_format::iso1:
    case pin_format::iso2:
    case pin_format::mastercard:
    case pin_format::iso3: encode_iso(format, pin, account, parts); break;
    case pin_format::diebold:
        parts.fill(15);
        put_digits(parts, 0, pin);
        break;
    case pin_format::docutel:
        if (pin.size() > 6) return code::pin_length;
        parts[0] = static_cast<std::uint8_t>(pin.size());
        put_digits(parts, 1, pin);
        break;
    case pin_format::iso4:
    case pin_format::none: return code::pin_format;
    }
    join(parts, block);
    wipe(parts);
    return code::ok;
}

status open_pin_block(
    const clear_key& key, pin_format format, byte_view block, std::string_view account, clear_pin& pin) noexcept {
    const bool wide = key.block_size() == 16;
    if (block.size() != key.block_size() || (format == pin_format::iso4) > wide) return code::pin_format;
    if (format == pin_format::iso4) return open_format4(key, block, account, pin);
    std::array<std::uint8_t, 16> clear{};
    decrypt_ecb(key, block, clear);
    bool same = !wide || std::equal(clear.begin(), clear.begin() + 8, clear.begin() + 8);
    if (!same && format == pin_format::iso0) same = unstretch(clear, account);
    const status verdict = same ? decode_pin(format, byte_view(clear).first(8), account, pin) : code::pin_block;
    wipe(clear);
    return verdict;
}

status seal_pin_block(const clear_key& key, pin_format format, const clear_pin& pin, std::string_view account,
    byte_span block) noexcept {
    const bool wide = key.block_size() == 16;
    if (block.size() != key.block_size() || (format == pin_format::iso4) > wide) return code::pin_format;
    if (format == pin_format::iso4) {
        seal_format4(key, pin, account, block);
        return code::ok;
    }
    std::array<std::uint8_t, 16> clear{};
    const status verdict = encode_pin(format, pin, account, byte_span(clear).first(8));
    if (verdict.ok()) {
        std::copy_n(clear.begin(), 8, clear.begin() + 8);
        encrypt_ecb(key, byte_view(clear).first(block.size()), block);
    }
    wipe(clear);
    return verdict;
}

} // namespace cipherlane::hsm_sim
