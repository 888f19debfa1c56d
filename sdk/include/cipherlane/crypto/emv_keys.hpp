#pragma once

#include <cipherlane/core/bytes.hpp>
#include <cipherlane/core/result.hpp>
#include <cipherlane/core/secret_bytes.hpp>
#include <cipherlane/crypto/key.hpp>

#include <array>
#include <cstdint>
#include <string_view>

namespace cipherlane::crypto {

/// Keys of EMV (EMV 4.3 Book 2, annex A1) by use and level; all are TDES keys of 16 bytes. Cryptograms, script
/// integrity and script confidentiality have key trees of their own, and none of these handles fits where another is
/// asked for.
using emv_ac_master_key = key<purpose::emv_ac_master>;
using emv_smi_master_key = key<purpose::emv_smi_master>;
using emv_smc_master_key = key<purpose::emv_smc_master>;
using emv_ac_card_key = key<purpose::emv_ac_card>;
using emv_smi_card_key = key<purpose::emv_smi_card>;
using emv_smc_card_key = key<purpose::emv_smc_card>;
using emv_ac_session_key = key<purpose::emv_ac_session>;
using emv_smi_session_key = key<purpose::emv_smi_session>;
using emv_smc_session_key = key<purpose::emv_smc_session>;

/// How a card's key comes out of the issuer's (EMV 4.3 Book 2, A1.4).
enum class emv_card_key_option : std::uint8_t {
    a, ///< A1.4.1: the 16 rightmost digits of PAN and sequence number
    b, ///< A1.4.2: for PANs of more than 16 digits, by way of SHA-1; shorter ones go by option A
};

/// What makes a session key out of a card key (EMV 4.3 Book 2, A1.3.1): 8 bytes, the third of which the derivation
/// replaces.
using emv_diversifier = std::array<std::uint8_t, 8>;

/// For cryptograms: the application transaction counter (tag 9F36), then zeros.
[[nodiscard]] emv_diversifier counter_diversifier(std::uint16_t transaction_counter) noexcept;

/// For cryptograms of M/Chip: the counter, two zero bytes, the unpredictable number (tag 9F37).
[[nodiscard]] emv_diversifier counter_and_number_diversifier(
    std::uint16_t transaction_counter, std::uint32_t unpredictable_number) noexcept;

/// For scripts: the application cryptogram of the transaction (tag 9F26), to which M/Chip adds one for each command
/// of the script that went before.
[[nodiscard]] emv_diversifier script_diversifier(
    const std::array<std::uint8_t, 8>& application_cryptogram, std::uint32_t commands_before = 0) noexcept;

/// The card's key. `sequence_number` is the PAN sequence number (tag 5F34), 2 digits; empty counts as 00. The PAN has
/// 8 to 19 digits. The key is given odd parity. One thread at a time per key.
/// @return `crypto_errc::bad_pan`, `bad_sequence_number` with the offset of what is no digit; `bad_key_length`;
/// `unsupported_algorithm` for a key that is not TDES; `library_failed`.
[[nodiscard]] result<emv_ac_card_key> derive_card_key(
    emv_ac_master_key& master, emv_card_key_option option, std::string_view pan, std::string_view sequence_number);
[[nodiscard]] result<emv_smi_card_key> derive_card_key(
    emv_smi_master_key& master, emv_card_key_option option, std::string_view pan, std::string_view sequence_number);
[[nodiscard]] result<emv_smc_card_key> derive_card_key(
    emv_smc_master_key& master, emv_card_key_option option, std::string_view pan, std::string_view sequence_number);

/// The common session key (EMV 4.3 Book 2, A1.3.1), with odd parity.
/// @return `crypto_errc::bad_key_length`, `unsupported_algorithm`, `library_failed`.
[[nodiscard]] result<emv_ac_session_key> derive_session_key(
    emv_ac_card_key& card, const emv_diversifier& diversifier);
[[nodiscard]] result<emv_smi_session_key> derive_session_key(
    emv_smi_card_key& card, const emv_diversifier& diversifier);
[[nodiscard]] result<emv_smc_session_key> derive_session_key(
    emv_smc_card_key& card, const emv_diversifier& diversifier);

/// Visa's session keys for scripts (Visa Integrated Circuit Card Specification, appendix on secure messaging): the
/// transaction counter (tag 9F36) is XORed to the end of the left half of the card key, its complement to that of the
/// right half. Odd parity.
/// @return the errors of `derive_session_key`.
[[nodiscard]] result<emv_smi_session_key> derive_visa_session_key(
    const emv_smi_card_key& card, std::uint16_t transaction_counter);
[[nodiscard]] result<emv_smc_session_key> derive_visa_session_key(
    const emv_smc_card_key& card, std::uint16_t transaction_counter);

/// Session keys of PBOC and UnionPay cards (银联/PBOC 借记贷记, JR/T 0025: 过程密钥), the same for cryptograms and
/// scripts: the left half is the card key over six zero bytes and the transaction counter (tag 9F36), the right half
/// over six zero bytes and the counter's complement. Parity is left as it falls, as in published values.
/// @return the errors of `derive_session_key`.
[[nodiscard]] result<emv_ac_session_key> derive_pboc_session_key(
    emv_ac_card_key& card, std::uint16_t transaction_counter);
[[nodiscard]] result<emv_smi_session_key> derive_pboc_session_key(
    emv_smi_card_key& card, std::uint16_t transaction_counter);
[[nodiscard]] result<emv_smc_session_key> derive_pboc_session_key(
    emv_smc_card_key& card, std::uint16_t transaction_counter);

/// How many children a key of the tree has; the height follows, so that every transaction counter has a leaf.
enum class emv_tree : std::uint8_t {
    of_4, ///< and a height of 8
    of_2, ///< and a height of 16
};
/// What a tree begins with; zeros unless an issuer has chosen another value.
using emv_tree_start = std::array<std::uint8_t, 16>;

/// Session keys of EMV 2000 (Book 2 of versions 4.0 and 4.1, A1.3; SU-46 took them out of the later ones): the leaf
/// of a tree of keys that the transaction counter (tag 9F36) leads to, XORed with the key two levels above. Odd
/// parity.
/// @return the errors of `derive_session_key`.
[[nodiscard]] result<emv_ac_session_key> derive_emv2000_session_key(const emv_ac_card_key& card,
    std::uint16_t transaction_counter, emv_tree shape = emv_tree::of_4, const emv_tree_start& start = {});
[[nodiscard]] result<emv_smi_session_key> derive_emv2000_session_key(const emv_smi_card_key& card,
    std::uint16_t transaction_counter, emv_tree shape = emv_tree::of_4, const emv_tree_start& start = {});
[[nodiscard]] result<emv_smc_session_key> derive_emv2000_session_key(const emv_smc_card_key& card,
    std::uint16_t transaction_counter, emv_tree shape = emv_tree::of_4, const emv_tree_start& start = {});

/// The card key in the place of a session key, for schemes that have none (Visa's cryptogram version 10, and ARPC
/// under the card key).
[[nodiscard]] emv_ac_session_key without_session(const emv_ac_card_key& card);

/// The derivations on bare bytes, without purpose or policy: for who personalizes cards, and for published
/// vectors. The errors are the same.
[[nodiscard]] result<secret_bytes> emv_card_key_bytes(
    byte_view master, emv_card_key_option option, std::string_view pan, std::string_view sequence_number);
[[nodiscard]] result<secret_bytes> emv_session_key_bytes(byte_view card, const emv_diversifier& diversifier);
[[nodiscard]] result<secret_bytes> visa_session_key_bytes(byte_view card, std::uint16_t transaction_counter);
[[nodiscard]] result<secret_bytes> pboc_session_key_bytes(byte_view card, std::uint16_t transaction_counter);
[[nodiscard]] result<secret_bytes> emv2000_session_key_bytes(byte_view card, std::uint16_t transaction_counter,
    emv_tree shape = emv_tree::of_4, const emv_tree_start& start = {});

} // namespace cipherlane::crypto
