#include "decimalize.hpp"
#include "key_access.hpp"

#include <cipherlane/crypto/digest.hpp>
#include <cipherlane/crypto/emv_keys.hpp>

#include <algorithm>
#include <utility>

namespace cipherlane::crypto {
namespace {

constexpr std::size_t block_size = 8;
constexpr std::size_t key_size = 16;
constexpr std::size_t block_digits = 16;
constexpr std::size_t min_pan = 8;
constexpr std::size_t max_pan = 19;
constexpr std::size_t sequence_digits = 2;
constexpr std::size_t longest_of_option_a = 16;

using pan_block = std::array<std::uint8_t, block_size>;

/// PAN and sequence number as digits, in place.
struct card_digits {
    std::array<char, max_pan + sequence_digits + 1> text{};
    std::size_t size = 0;

    void add(std::string_view digits) noexcept {
        std::ranges::copy(digits, text.begin() + static_cast<std::ptrdiff_t>(size));
        size += digits.size();
    }
    [[nodiscard]] std::string_view view() const noexcept { return {text.data(), size}; }
};

result<void> check_card(std::string_view pan, std::string_view sequence_number) {
    if (const auto wrong = first_non_digit(pan); wrong < pan.size()) {
        return crypto_error(crypto_errc::bad_pan, "EMV card key").in_field("pan").at_offset(wrong);
    }
    if (pan.size() < min_pan || pan.size() > max_pan) {
        return crypto_error(crypto_errc::bad_pan, "EMV card key").in_field("pan");
    }
    const auto bad_sequence = [] {
        return crypto_error(crypto_errc::bad_sequence_number, "EMV card key").in_field("sequence number");
    };
    const auto wrong = first_non_digit(sequence_number);
    if (wrong < sequence_number.size()) return bad_sequence().at_offset(wrong);
    if (!sequence_number.empty() && sequence_number.size() != sequence_digits) return bad_sequence();
    return {};
}

/// A1.4.1: the rightmost 16 digits, zeros in front where there are fewer.
pan_block block_of_option_a(std::string_view digits) noexcept {
    std::array<char, block_digits> text;
    text.fill('0');
    const auto used = digits.substr(digits.size() - std::min(digits.size(), block_digits));
    std::ranges::copy(used, text.end() - static_cast<std::ptrdiff_t>(used.size()));
    pan_block block;
    pack_hex_digits({text.data(), text.size()}, block);
    return block;
}

/// A1.4.2: 16 decimal digits out of the SHA-1 of the packed digits, a zero in front of an odd number of them.
result<pan_block> block_of_option_b(std::string_view digits) {
    card_digits even;
    if (digits.size() % 2 != 0) even.add("0");
    even.add(digits);
    std::array<std::uint8_t, (max_pan + sequence_digits + 1) / 2> packed;
    const auto used = byte_span(packed).first(even.size / 2);
    pack_hex_digits(even.view(), used);
    CIPHERLANE_TRY(const auto hashed, digest(digest_algorithm::sha1, used));
    std::array<char, block_digits> text;
    decimalize_in_two_passes(hashed.view(), text);
    pan_block block;
    pack_hex_digits({text.data(), text.size()}, block);
    return block;
}

result<void> check_cipher(algorithm cipher, std::size_t size) {
    if (cipher != algorithm::tdes) return crypto_error(crypto_errc::unsupported_algorithm, "EMV key");
    if (size != key_size) return crypto_error(crypto_errc::bad_key_length, "EMV key");
    return {};
}

/// Both blocks, encrypted side by side.
result<secret_bytes> encrypted_blocks(block_cipher& above, byte_view left, byte_view right) {
    secret_bytes made(key_size);
    std::ranges::copy(left, made.expose().begin());
    std::ranges::copy(right, made.expose().begin() + block_size);
    CIPHERLANE_CHECK(above.encrypt_ecb(made.expose(), made.expose()));
    return made;
}

/// With odd parity they are the derived key of EMV.
result<secret_bytes> encrypted_pair(block_cipher& above, byte_view left, byte_view right) {
    CIPHERLANE_TRY(auto made, encrypted_blocks(above, left, right));
    set_odd_parity(made.expose());
    return made;
}

result<secret_bytes> card_key_under(
    block_cipher& master, emv_card_key_option option, std::string_view pan, std::string_view sequence_number) {
    CIPHERLANE_CHECK(check_card(pan, sequence_number));
    card_digits digits;
    digits.add(pan);
    digits.add(sequence_number.empty() ? "00" : sequence_number);
    pan_block block = block_of_option_a(digits.view());
    if (option == emv_card_key_option::b && pan.size() > longest_of_option_a) {
        CIPHERLANE_TRY(block, block_of_option_b(digits.view()));
    }
    pan_block inverted = block;
    for (auto& byte : inverted)
        byte ^= 0xFF;
    return encrypted_pair(master, block, inverted);
}

result<secret_bytes> session_key_under(block_cipher& card, const emv_diversifier& diversifier) {
    emv_diversifier left = diversifier;
    emv_diversifier right = diversifier;
    left[2] = 0xF0;
    right[2] = 0x0F;
    return encrypted_pair(card, left, right);
}

result<secret_bytes> pboc_session_key_under(block_cipher& card, std::uint16_t transaction_counter) {
    std::array<std::uint8_t, block_size> left{};
    std::array<std::uint8_t, block_size> right{};
    store_be16(left.data() + 6, transaction_counter);
    store_be16(right.data() + 6, static_cast<std::uint16_t>(~transaction_counter));
    return encrypted_blocks(card, left, right);
}

/// The card key itself, its halves told apart by the counter and its complement.
secret_bytes visa_session_key_of(byte_view card, std::uint16_t transaction_counter) {
    secret_bytes made(card);
    const auto mix_in = [&made](std::size_t end, std::uint16_t value) {
        auto* last = made.expose().data() + end - 2;
        store_be16(last, static_cast<std::uint16_t>(load_be16(last) ^ value));
    };
    mix_in(block_size, transaction_counter);
    mix_in(key_size, static_cast<std::uint16_t>(~transaction_counter));
    set_odd_parity(made.expose());
    return made;
}

/// A key of the tree from the two above it: the one a level up enciphers the one two levels up, told which child it
/// is.
result<secret_bytes> child_of(byte_view parent, byte_view grandparent, std::uint8_t turn) {
    CIPHERLANE_TRY(auto cipher, block_cipher::create(algorithm::tdes, parent));
    secret_bytes mixed(grandparent);
    mixed.expose()[block_size - 1] ^= turn;
    mixed.expose()[key_size - 1] ^= static_cast<std::uint8_t>(turn ^ 0xF0U);
    CIPHERLANE_CHECK(cipher.encrypt_ecb(mixed.expose(), mixed.expose()));
    return mixed;
}

result<secret_bytes> emv2000_session_key_of(
    byte_view card, std::uint16_t transaction_counter, emv_tree shape, const emv_tree_start& start) {
    // Two bits of the counter a level, or one, from the front.
    const unsigned step = shape == emv_tree::of_4 ? 2 : 1;
    secret_bytes above{byte_view(start)};
    secret_bytes parent(card);
    secret_bytes two_above;
    for (unsigned left = 16; left != 0; left -= step) {
        const auto turn = static_cast<std::uint8_t>((transaction_counter >> (left - step)) & ((1U << step) - 1));
        CIPHERLANE_TRY(auto child, child_of(std::as_const(parent).expose(), std::as_const(above).expose(), turn));
        two_above = std::move(above);
        above = std::move(parent);
        parent = std::move(child);
    }
    for (std::size_t i = 0; i < key_size; ++i)
        parent.expose()[i] ^= two_above.expose()[i];
    set_odd_parity(parent.expose());
    return parent;
}

// What is derived is what it is: no policy can have it made anew.
template <class Derived>
result<Derived> handle_of(const result<secret_bytes>& material) {
    if (!material) return material.error();
    return Derived::create(algorithm::tdes, material->expose(), legacy_policy);
}

template <class Card, class Master>
result<Card> derive_card(
    Master& master, emv_card_key_option option, std::string_view pan, std::string_view sequence_number) {
    CIPHERLANE_CHECK(check_cipher(master.cipher(), master.size()));
    CIPHERLANE_TRY(auto* cipher, key_access::cipher(master));
    return handle_of<Card>(card_key_under(*cipher, option, pan, sequence_number));
}

template <class Session, class Card>
result<Session> derive_session(Card& card, const emv_diversifier& diversifier) {
    CIPHERLANE_CHECK(check_cipher(card.cipher(), card.size()));
    CIPHERLANE_TRY(auto* cipher, key_access::cipher(card));
    return handle_of<Session>(session_key_under(*cipher, diversifier));
}

template <class Session, class Card>
result<Session> derive_visa_session(const Card& card, std::uint16_t transaction_counter) {
    CIPHERLANE_CHECK(check_cipher(card.cipher(), card.size()));
    const auto made = visa_session_key_of(key_access::material(card), transaction_counter);
    return Session::create(algorithm::tdes, made.expose(), legacy_policy);
}

template <class Session, class Card>
result<Session> derive_pboc_session(Card& card, std::uint16_t transaction_counter) {
    CIPHERLANE_CHECK(check_cipher(card.cipher(), card.size()));
    CIPHERLANE_TRY(auto* cipher, key_access::cipher(card));
    return handle_of<Session>(pboc_session_key_under(*cipher, transaction_counter));
}

template <class Session, class Card>
result<Session> derive_tree_session(
    const Card& card, std::uint16_t transaction_counter, emv_tree shape, const emv_tree_start& start) {
    CIPHERLANE_CHECK(check_cipher(card.cipher(), card.size()));
    return handle_of<Session>(emv2000_session_key_of(key_access::material(card), transaction_counter, shape, start));
}

result<block_cipher> bare_cipher(byte_view material) {
    CIPHERLANE_CHECK(check_cipher(algorithm::tdes, material.size()));
    return block_cipher::create(algorithm::tdes, material);
}

} // namespace

emv_diversifier counter_diversifier(std::uint16_t transaction_counter) noexcept {
    return counter_and_number_diversifier(transaction_counter, 0);
}

emv_diversifier counter_and_number_diversifier(
    std::uint16_t transaction_counter, std::uint32_t unpredictable_number) noexcept {
    emv_diversifier made{};
    store_be16(made.data(), transaction_counter);
    store_be16(made.data() + 4, static_cast<std::uint16_t>(unpredictable_number >> 16));
    store_be16(made.data() + 6, static_cast<std::uint16_t>(unpredictable_number));
    return made;
}

emv_diversifier script_diversifier(
    const std::array<std::uint8_t, 8>& application_cryptogram, std::uint32_t commands_before) noexcept {
    emv_diversifier made = application_cryptogram;
    std::uint64_t carried = commands_before;
    for (std::size_t at = made.size(); at-- != 0 && carried != 0; carried >>= 8) {
        carried += made[at];
        made[at] = static_cast<std::uint8_t>(carried);
    }
    return made;
}

result<emv_ac_card_key> derive_card_key(
    emv_ac_master_key& master, emv_card_key_option option, std::string_view pan, std::string_view sequence_number) {
    return derive_card<emv_ac_card_key>(master, option, pan, sequence_number);
}

result<emv_smi_card_key> derive_card_key(
    emv_smi_master_key& master, emv_card_key_option option, std::string_view pan, std::string_view sequence_number) {
    return derive_card<emv_smi_card_key>(master, option, pan, sequence_number);
}

result<emv_smc_card_key> derive_card_key(
    emv_smc_master_key& master, emv_card_key_option option, std::string_view pan, std::string_view sequence_number) {
    return derive_card<emv_smc_card_key>(master, option, pan, sequence_number);
}

result<emv_ac_session_key> derive_session_key(emv_ac_card_key& card, const emv_diversifier& diversifier) {
    return derive_session<emv_ac_session_key>(card, diversifier);
}

result<emv_smi_session_key> derive_session_key(emv_smi_card_key& card, const emv_diversifier& diversifier) {
    return derive_session<emv_smi_session_key>(card, diversifier);
}

result<emv_smc_session_key> derive_session_key(emv_smc_card_key& card, const emv_diversifier& diversifier) {
    return derive_session<emv_smc_session_key>(card, diversifier);
}

result<emv_smi_session_key> derive_visa_session_key(const emv_smi_card_key& card, std::uint16_t transaction_counter) {
    return derive_visa_session<emv_smi_session_key>(card, transaction_counter);
}

result<emv_smc_session_key> derive_visa_session_key(const emv_smc_card_key& card, std::uint16_t transaction_counter) {
    return derive_visa_session<emv_smc_session_key>(card, transaction_counter);
}

result<emv_ac_session_key> derive_pboc_session_key(emv_ac_card_key& card, std::uint16_t transaction_counter) {
    return derive_pboc_session<emv_ac_session_key>(card, transaction_counter);
}

result<emv_smi_session_key> derive_pboc_session_key(emv_smi_card_key& card, std::uint16_t transaction_counter) {
    return derive_pboc_session<emv_smi_session_key>(card, transaction_counter);
}

result<emv_smc_session_key> derive_pboc_session_key(emv_smc_card_key& card, std::uint16_t transaction_counter) {
    return derive_pboc_session<emv_smc_session_key>(card, transaction_counter);
}

result<emv_ac_session_key> derive_emv2000_session_key(
    const emv_ac_card_key& card, std::uint16_t transaction_counter, emv_tree shape, const emv_tree_start& start) {
    return derive_tree_session<emv_ac_session_key>(card, transaction_counter, shape, start);
}

result<emv_smi_session_key> derive_emv2000_session_key(
    const emv_smi_card_key& card, std::uint16_t transaction_counter, emv_tree shape, const emv_tree_start& start) {
    return derive_tree_session<emv_smi_session_key>(card, transaction_counter, shape, start);
}

result<emv_smc_session_key> derive_emv2000_session_key(
    const emv_smc_card_key& card, std::uint16_t transaction_counter, emv_tree shape, const emv_tree_start& start) {
    return derive_tree_session<emv_smc_session_key>(card, transaction_counter, shape, start);
}

emv_ac_session_key without_session(const emv_ac_card_key& card) {
    return *emv_ac_session_key::create(card.cipher(), key_access::material(card), legacy_policy);
}

result<secret_bytes> emv_card_key_bytes(
    byte_view master, emv_card_key_option option, std::string_view pan, std::string_view sequence_number) {
    CIPHERLANE_TRY(auto cipher, bare_cipher(master));
    return card_key_under(cipher, option, pan, sequence_number);
}

result<secret_bytes> emv_session_key_bytes(byte_view card, const emv_diversifier& diversifier) {
    CIPHERLANE_TRY(auto cipher, bare_cipher(card));
    return session_key_under(cipher, diversifier);
}

result<secret_bytes> visa_session_key_bytes(byte_view card, std::uint16_t transaction_counter) {
    CIPHERLANE_CHECK(check_cipher(algorithm::tdes, card.size()));
    return visa_session_key_of(card, transaction_counter);
}

result<secret_bytes> pboc_session_key_bytes(byte_view card, std::uint16_t transaction_counter) {
    CIPHERLANE_TRY(auto cipher, bare_cipher(card));
    return pboc_session_key_under(cipher, transaction_counter);
}

result<secret_bytes> emv2000_session_key_bytes(
    byte_view card, std::uint16_t transaction_counter, emv_tree shape, const emv_tree_start& start) {
    CIPHERLANE_CHECK(check_cipher(algorithm::tdes, card.size()));
    return emv2000_session_key_of(card, transaction_counter, shape, start);
}

} // namespace cipherlane::crypto
