#pragma once

#include "hsm-sim/keys/ciphers.hpp"

#include <cipherlane/core/result.hpp>
#include <cipherlane/core/secret_bytes.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string_view>

namespace cipherlane::hsm_sim {

/// Which local master key a key lives under: the number of the pair (14-15 is 7) and the variant 0 to 9.
struct lmk_slot {
    std::uint8_t pair = 0;
    std::uint8_t variant = 0;
    friend constexpr bool operator==(lmk_slot a, lmk_slot b) noexcept = default;
};

/// Key types as three characters: the variant, then the code of the pair. Nothing if no pair has the code.
[[nodiscard]] std::optional<lmk_slot> slot_of_key_type(std::string_view three) noexcept;

/// The types the commands name themselves.
namespace slots {
inline constexpr lmk_slot zmk{2, 0};
inline constexpr lmk_slot zpk{3, 0};
inline constexpr lmk_slot tpk{7, 0}; ///< and TMK, PVK
inline constexpr lmk_slot tak{8, 0};
inline constexpr lmk_slot cvk{7, 4};
inline constexpr lmk_slot zak{13, 0};
inline constexpr lmk_slot bdk1{14, 0};
inline constexpr lmk_slot bdk2{14, 6};
inline constexpr lmk_slot bdk3{14, 8};
inline constexpr lmk_slot ipek{7, 3};
inline constexpr lmk_slot mk_ac{14, 1};
inline constexpr lmk_slot mk_smi{14, 2};
inline constexpr lmk_slot mk_smc{14, 3};
inline constexpr lmk_slot zek{15, 0};
inline constexpr lmk_slot tek{16, 0};
inline constexpr lmk_slot sm2_private{17, 0};
/// FFF: the key block says what its key is for. Not a pair.
inline constexpr lmk_slot in_block{0xFF, 0};
} // namespace slots

/// What a scheme does to a key of several parts: plain ECB (none, Z, X, Y), or each part under its own variant of
/// the wrapping key (U, T).
enum class part_rule : std::uint8_t { ecb, variant };

/// What is wrong with a file of local master keys.
enum class lmk_errc { pair = 1, too_few, too_many };
[[nodiscard]] boost::system::error_code make_error_code(lmk_errc value) noexcept;

/// A set of twenty local master key pairs, and the variants made of them; with it the one key of units for key
/// blocks.
///
/// Variant n of a type changes the first byte of the pair's left half, the part of a U or T key the first byte of
/// the right half. Prepared ciphers are kept by thread, so any thread may wrap and unwrap.
class lmk_set {
  public:
    static constexpr std::size_t pairs = 20;
    using table = std::array<std::array<std::uint8_t, 16>, pairs>;

    /// The published test keys. They are weak DES keys on purpose.
    [[nodiscard]] static std::shared_ptr<const lmk_set> test();
    /// A text file of twenty lines, each a pair as 32 hex digits, and perhaps one of 64 (AES) or 48 (TDES) digits
    /// behind them: the key for blocks. Empty lines and what stands behind a '#' are skipped.
    /// @return `local_fault` if unreadable, `bad_message` with the line ("line 7") as field; the file's name as
    /// endpoint.
    [[nodiscard]] static result<std::shared_ptr<const lmk_set>> load(const std::filesystem::path& file);
    explicit lmk_set(const table& keys, const clear_key& for_blocks = {});
    lmk_set(const lmk_set&) = delete;
    lmk_set& operator=(const lmk_set&) = delete;
    ~lmk_set();

    /// ECB of whole DES parts under the slot's key; `in` and `out` hold 8, 16 or 24 bytes (`variant`: 16 or 24).
    void wrap(lmk_slot where, part_rule rule, byte_view in, byte_span out) const noexcept;
    void unwrap(lmk_slot where, part_rule rule, byte_view in, byte_span out) const noexcept;

    /// Whether the pairs are the published ones.
    [[nodiscard]] bool has_test_pairs() const noexcept;
    /// Whether the key for blocks is the published one.
    [[nodiscard]] bool has_test_block_key() const noexcept;
    /// Shows whether two units hold the same pairs: six digits, then zeros. Each pair enciphers what the one before
    /// it made of zeros. How real units make the value that they show is not published.
    [[nodiscard]] std::array<std::uint8_t, 8> check_value() const noexcept;
    /// The same of the key for blocks: zeros under it. All zero if there is none.
    [[nodiscard]] std::array<std::uint8_t, 8> block_check_value() const noexcept;
    /// Of units for key blocks; empty if the file had none.
    [[nodiscard]] const clear_key& block_key() const noexcept { return block_key_; }
    [[nodiscard]] std::uint64_t generation() const noexcept { return generation_; }
    /// The pair's key in the clear, for keys derived from it.
    [[nodiscard]] byte_view pair(std::size_t number) const noexcept { return keys_[number]; }

  private:
    void run(direction way, lmk_slot where, part_rule rule, byte_view in, byte_span out) const noexcept;
    kept_cipher& cipher(direction way, lmk_slot where, std::size_t part) const;

    table keys_;
    clear_key block_key_;
    std::uint64_t generation_;
};

/// The masks of the parts of a double and of a triple key under scheme U and T.
inline constexpr std::array<std::uint8_t, 2> double_masks{0xA6, 0x5A};
inline constexpr std::array<std::uint8_t, 3> triple_masks{0x6A, 0xDE, 0x2B};

/// Wraps under a transport key by the same rules; `transport` is 8, 16 or 24 bytes.
void wrap_under(byte_view transport, part_rule rule, byte_view in, byte_span out) noexcept;
void unwrap_under(byte_view transport, part_rule rule, byte_view in, byte_span out) noexcept;

} // namespace cipherlane::hsm_sim

template <>
struct boost::system::is_error_code_enum<cipherlane::hsm_sim::lmk_errc> : std::true_type {};
