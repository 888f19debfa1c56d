#pragma once

#include <cipherlane/core/bytes.hpp>
#include <cipherlane/core/result.hpp>
#include <cipherlane/crypto/algorithm.hpp>

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace cipherlane::crypto {

/// What a key is for. One key has one purpose (PCI PIN requirement 19); see `key.hpp`.
enum class purpose : std::uint8_t {
    pin_encryption,       ///< TPK, ZPK, PIK (PIN 密钥)
    mac,                  ///< TAK, ZAK, MAK (MAC 密钥)
    data_encryption,      ///< TDK, TRK, DEK (磁道密钥), journal key
    key_encryption,       ///< TMK, ZMK, LMK (主密钥)
    key_block_protection, ///< KBPK of TR-31 and X9.143
    base_derivation,      ///< BDK of DUKPT
    initial_derivation,   ///< initial key of one DUKPT device (IK, IPEK)
    pin_verification,     ///< PVK
    card_verification,    ///< CVK
    emv_ac_master,        ///< issuer master key of application cryptograms (IMK-AC)
    emv_smi_master,       ///< issuer master key of script integrity (IMK-SMI)
    emv_smc_master,       ///< issuer master key of script confidentiality (IMK-SMC)
    emv_ac_card,          ///< the card's keys, derived from these
    emv_smi_card,
    emv_smc_card,
    emv_ac_session, ///< keys of one transaction or script, derived from the card's
    emv_smi_session,
    emv_smc_session,
    numbering, ///< keys of format-preserving encryption
};

/// How strict key material is judged: a profile's policy, not a constant of the library.
struct key_policy {
    enum class rule : std::uint8_t { accepted, refused };

    std::string_view name;
    rule single_des;             ///< 8-byte DES keys for any purpose
    rule even_parity;            ///< DES key bytes without odd parity (SP 800-67)
    rule weak_des;               ///< the 4 weak and 12 semi-weak DES keys as any part (SP 800-67, 3.3.2)
    rule equal_parts;            ///< TDES with K1 = K2 or K2 = K3: in truth single DES
    rule sm4_pin;                ///< SM4 keys for PINs
    rule aes_legacy_check_value; ///< check values of AES keys by encrypting zeros
    rule bare_wrapping;          ///< keys that travel in ECB instead of a key block (PCI PIN requirement 18-3)
    rule weaker_wrapping;        ///< a key block whose protection key is weaker than the key inside (PCI PIN annex C)
    std::size_t legacy_kcv_limit; ///< longest check value by encrypting zeros, bytes
    std::size_t cmac_kcv_limit;   ///< longest check value by CMAC, bytes
};

/// UnionPay POS: single-length MAC keys, a TAK loaded as left‖left, SM4 PINs, check values up to a whole block; weak
/// keys refused.
inline constexpr key_policy cup_pos_policy{
    .name = "cup-pos",
    .single_des = key_policy::rule::accepted,
    .even_parity = key_policy::rule::accepted,
    .weak_des = key_policy::rule::refused,
    .equal_parts = key_policy::rule::accepted,
    .sm4_pin = key_policy::rule::accepted,
    .aes_legacy_check_value = key_policy::rule::accepted,
    .bare_wrapping = key_policy::rule::accepted,
    .weaker_wrapping = key_policy::rule::accepted,
    .legacy_kcv_limit = 16,
    .cmac_kcv_limit = 5,
};

/// Old installations and test keys: everything of the right length, check values up to a whole block.
inline constexpr key_policy legacy_policy{
    .name = "legacy",
    .single_des = key_policy::rule::accepted,
    .even_parity = key_policy::rule::accepted,
    .weak_des = key_policy::rule::accepted,
    .equal_parts = key_policy::rule::accepted,
    .sm4_pin = key_policy::rule::accepted,
    .aes_legacy_check_value = key_policy::rule::accepted,
    .bare_wrapping = key_policy::rule::accepted,
    .weaker_wrapping = key_policy::rule::accepted,
    .legacy_kcv_limit = 16,
    .cmac_kcv_limit = 5,
};

/// PCI PIN v3.1 with X9.24-1:2017: TDES of two or three distinct parts or AES for PINs; AES check values by CMAC
/// only; keys travel in key blocks.
inline constexpr key_policy pci_policy{
    .name = "pci",
    .single_des = key_policy::rule::refused,
    .even_parity = key_policy::rule::refused,
    .weak_des = key_policy::rule::refused,
    .equal_parts = key_policy::rule::refused,
    .sm4_pin = key_policy::rule::refused,
    .aes_legacy_check_value = key_policy::rule::refused,
    .bare_wrapping = key_policy::rule::refused,
    .weaker_wrapping = key_policy::rule::refused,
    .legacy_kcv_limit = 3,
    .cmac_kcv_limit = 5,
};

/// "cup-pos", "legacy" or "pci"; null for any other name.
[[nodiscard]] const key_policy* find_key_policy(std::string_view name) noexcept;

/// Judges key bytes. Takes the same time for all contents that it accepts.
/// @return `crypto_errc::bad_key_length`, `refused_by_policy` (kind of key), `bad_parity`, `weak_key`,
/// `equal_key_parts`.
[[nodiscard]] result<void> check_key(
    algorithm cipher, byte_view material, purpose use, const key_policy& policy) noexcept;

/// True if every byte has an odd number of one bits.
[[nodiscard]] bool has_odd_parity(byte_view material) noexcept;

/// Sets the lowest bit of each byte so that its number of one bits is odd.
void set_odd_parity(byte_span material) noexcept;

} // namespace cipherlane::crypto
