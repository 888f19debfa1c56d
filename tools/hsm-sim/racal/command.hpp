#pragma once

#include "hsm-sim/keys/clear_key.hpp"
#include "hsm-sim/keys/dukpt.hpp"
#include "hsm-sim/keys/key_block.hpp"
#include "hsm-sim/racal/request_reader.hpp"
#include "hsm-sim/unit/unit.hpp"

#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace cipherlane::hsm_sim {

/// How many hex digits a key without a scheme tag has in this place of this command.
enum class untagged : std::uint8_t {
    one,  ///< 16
    pair, ///< 32: CVK, PVK, BDK
    zmk,  ///< as the unit's ZMK length says
};

/// The tail `;` ZMK scheme, LMK scheme, KCV type of the old import and export commands.
struct scheme_tail {
    bool given = false;
    char zmk_scheme = '0';
    char lmk_scheme = '0';
    std::size_t kcv_digits = 0; ///< 0: as the command does without a tail
};

/// One request being answered: its fields (`in`), the unit's keys, and the body of the answer.
///
/// A command reads its fields, then asks `failed()` once and computes. Whatever failed first is the answer's status;
/// a refusal has no body, a warning keeps it.
class command {
  public:
    /// `untagged_zmk`: hex digits of a ZMK without a tag, for this attempt. `out` is appended to.
    command(unit& of, const lmk_set& keys, std::string_view body, std::size_t untagged_zmk, std::string& out) noexcept
        : in(body)
        , on(of)
        , lmks(keys)
        , dialect_(of.settings().dialect)
        , untagged_zmk_(untagged_zmk)
        , out_(out) {}

    request_reader in;
    unit& on;
    const lmk_set& lmks;

    /// The table that the command was found in: the unit's own, or that of another dialect for a profile file.
    [[nodiscard]] family dialect() const noexcept { return dialect_; }
    void found_in(family table) noexcept { dialect_ = table; }

    [[nodiscard]] bool failed() const noexcept { return in.failed(); }
    void fail(status why) noexcept { in.fail(why); }
    /// Not a success, but the body goes out.
    void warn(status why) noexcept { warning_ = why; }
    [[nodiscard]] status verdict() const noexcept { return in.failed() ? in.why() : warning_; }
    /// Asked after `verdict`: whether a refusal's body is a diagnostic that goes out too.
    void keep_body() noexcept { keeps_body_ = true; }
    [[nodiscard]] bool has_body() const noexcept { return !in.failed() || keeps_body_; }
    /// A second answer of its own follows the first: its code and status 00.
    void answer_again(std::string_view with_code) noexcept { second_ = with_code; }
    [[nodiscard]] std::string_view second_answer() const noexcept { return second_; }
    [[nodiscard]] std::string_view trailer() const noexcept { return trailer_; }

    /// The request's end: an LMK identifier and a trailer may stand there, nothing else.
    void end();

    // Reading keys. After a failure they are empty.

    /// Three characters naming a key type.
    lmk_slot key_type();
    /// A key under the local master key. Wrong parity fails with `parity`.
    clear_key key(lmk_slot type, status parity = code::source_parity, untagged length = untagged::one);
    /// A key under a transport key. Its parity is put right; whether it was wrong stands in `parity_put_right`.
    clear_key key_under(const clear_key& transport, untagged length = untagged::one);
    [[nodiscard]] bool parity_put_right() const noexcept { return parity_put_right_; }
    /// A key in clear behind a scheme tag.
    clear_key clear_component();
    /// The scheme tag of the key read last; '0' for none.
    [[nodiscard]] char last_scheme() const noexcept { return last_scheme_; }
    /// A scheme character, checked against the dialect.
    char scheme();
    scheme_tail tail();
    /// New random key of odd parity as long as the scheme says.
    clear_key generate(char scheme);
    clear_key generate(std::size_t size, key_algorithm kind);

    // Key blocks, on units whose local master key is for blocks.

    /// A key of either type; of a block, by its usage.
    clear_key key_of(lmk_slot one, lmk_slot other, status parity);
    /// A block under the local master key, whatever its usage.
    clear_key any_block(block_attributes& what);
    /// A TR-31 block under a transport key.
    clear_key block_under(const clear_key& transport, block_attributes& what);
    void put_block(const block_attributes& what, const clear_key& key);
    /// Under a transport key: `R` as a TR-31 block, else by the scheme.
    void put_exported(const clear_key& transport, char scheme, const block_attributes& what, const clear_key& key);

    // Reading PINs and accounts.

    pin_format format();
    /// 12 digits; 18 where one of the formats is PLUS.
    std::string_view account(pin_format one, pin_format other = pin_format::none);
    /// An enciphered block as hex: 8 bytes under a DES key, 16 under another. The view lives until the next call.
    byte_view block(const clear_key& key);
    /// A DUKPT serial number behind its descriptor: three hex digits, the lengths of its parts without the counter of
    /// five digits. Shorter serials are filled with F to the left.
    key_serial serial();
    /// A PIN under the LMK that takes `chars` characters: 0 and the clear digits.
    clear_pin pin_under_lmk(std::size_t chars);

    // Writing.

    void put(std::string_view text) { out_.append(text); }
    void put(char c) { out_.push_back(c); }
    void put_bytes(byte_view raw) { out_.append(reinterpret_cast<const char*>(raw.data()), raw.size()); }
    void put_hex(byte_view data);
    void put_in_case(std::size_t at);
    void put_decimal(std::size_t value, std::size_t width);
    void put_hexadecimal(std::size_t value, std::size_t width);
    void put_key(lmk_slot type, char scheme, const clear_key& key);
    void put_key_under(const clear_key& transport, char scheme, const clear_key& key);
    void put_kcv(const clear_key& key, std::size_t digits);
    void put_pin_under_lmk(const clear_pin& pin);
    void put_offset(std::string_view digits); ///< 12 characters, F to the right

  private:
    struct wrapped_key {
        char scheme = '0';
        std::size_t size = 0;
        key_algorithm kind = key_algorithm::des;
        std::array<std::uint8_t, 32> bytes{};
    };
    wrapped_key key_field(untagged length, std::optional<lmk_slot> type);
    wrapped_key stored(std::optional<lmk_slot> type, untagged length, char tag = '0');
    clear_key checked(clear_key key, status parity);
    clear_key block_key(lmk_slot type);
    [[nodiscard]] bool uses_blocks() const noexcept { return on.settings().dialect == family::payshield_kb; }
    bool scheme_fits(char scheme, const clear_key& key);

    family dialect_;
    std::size_t untagged_zmk_;
    std::string& out_;
    status warning_;
    bool keeps_body_ = false;
    bool parity_put_right_ = false;
    char last_scheme_ = '0';
    std::string_view second_;
    std::string_view trailer_;
    std::array<std::uint8_t, 16> block_{};
};

/// A command of a dialect table.
struct command_row {
    std::string_view code;
    void (*run)(command&);
    std::uint8_t families;         ///< bits of `family`
    bool needs_authorised = false; ///< clear-key and printing commands
};

[[nodiscard]] constexpr std::uint8_t operator|(family a, family b) noexcept {
    return static_cast<std::uint8_t>(static_cast<unsigned>(a) | static_cast<unsigned>(b));
}
[[nodiscard]] constexpr std::uint8_t operator|(std::uint8_t a, family b) noexcept {
    return static_cast<std::uint8_t>(a | static_cast<unsigned>(b));
}
inline constexpr std::uint8_t payshields = family::payshield | family::payshield_kb;
inline constexpr std::uint8_t chinese = family::sjj1310 | family::sjl06 | family::sjl05;
inline constexpr std::uint8_t every_racal = static_cast<std::uint8_t>(payshields | chinese);

// One group of commands a source file.
[[nodiscard]] std::span<const command_row> unit_commands() noexcept;
[[nodiscard]] std::span<const command_row> monitoring_commands() noexcept;
[[nodiscard]] std::span<const command_row> asymmetric_commands() noexcept;
[[nodiscard]] std::span<const command_row> key_commands() noexcept;
[[nodiscard]] std::span<const command_row> key_exchange_commands() noexcept;
[[nodiscard]] std::span<const command_row> pin_commands() noexcept;
[[nodiscard]] std::span<const command_row> pin_verification_commands() noexcept;
[[nodiscard]] std::span<const command_row> mac_commands() noexcept;
[[nodiscard]] std::span<const command_row> card_commands() noexcept;
[[nodiscard]] std::span<const command_row> dukpt_commands() noexcept;
[[nodiscard]] std::span<const command_row> data_commands() noexcept;
[[nodiscard]] std::span<const command_row> emv_commands() noexcept;
[[nodiscard]] std::span<const command_row> key_block_commands() noexcept;
[[nodiscard]] std::span<const command_row> chinese_commands() noexcept;
[[nodiscard]] std::span<const command_row> sm2_commands() noexcept;

} // namespace cipherlane::hsm_sim
