#pragma once

#include <cipherlane/core/amount.hpp>
#include <cipherlane/core/result.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace cipherlane::qr {

/// IDs of the objects of a merchant-presented payload (EMVCo QRCPS MPM v1.1, table 3.3).
namespace mpm_id {
inline constexpr std::uint8_t format = 0;
inline constexpr std::uint8_t initiation = 1;
inline constexpr std::uint8_t unionpay = 15;       ///< 15 and 16: UnionPay, primitive
inline constexpr std::uint8_t first_template = 26; ///< 26 to 51: merchant account templates
inline constexpr std::uint8_t last_template = 51;
inline constexpr std::uint8_t category = 52;
inline constexpr std::uint8_t currency = 53;
inline constexpr std::uint8_t amount = 54;
inline constexpr std::uint8_t tip = 55;
inline constexpr std::uint8_t fixed_fee = 56;
inline constexpr std::uint8_t percent_fee = 57;
inline constexpr std::uint8_t country = 58;
inline constexpr std::uint8_t name = 59;
inline constexpr std::uint8_t city = 60;
inline constexpr std::uint8_t postal_code = 61;
inline constexpr std::uint8_t additional = 62;
inline constexpr std::uint8_t crc = 63;
inline constexpr std::uint8_t language = 64;
} // namespace mpm_id

/// One data object: two digits of ID and a value of 1 to 99 characters (UTF-8).
struct mpm_object {
    std::uint8_t id = 0;
    std::string value;
    friend bool operator==(const mpm_object&, const mpm_object&) = default;
};

/// The objects of one level, in their order; unknown ones are kept like any other.
///
/// Lengths count characters (code points), not bytes (EMVCo QRCPS MPM v1.1, 4.1). Distinct objects may be used from
/// distinct threads.
class mpm_level {
  public:
    mpm_level() = default;

    /// @param base added to every offset in an error; `path` stands before the ID in its field path.
    /// @return `qr_errc::bad_header`, `zero_length`, `length_past_end`, `duplicate_object`, `not_utf8`, each with the
    /// field path ("62/07") and the byte offset of the object's header.
    [[nodiscard]] static result<mpm_level> parse(
        std::string_view text, std::string_view path = {}, std::size_t base = 0);

    [[nodiscard]] const std::vector<mpm_object>& objects() const noexcept { return objects_; }
    [[nodiscard]] bool empty() const noexcept { return objects_.empty(); }

    /// The value of an object of this level; the view lives until the level is changed.
    [[nodiscard]] std::optional<std::string_view> find(std::uint8_t id) const noexcept;

    /// Replaces the value where it stands, or appends the object.
    /// @return `qr_errc::zero_length`, `value_too_long`, `not_utf8`, or `bad_value` for an ID above 99.
    [[nodiscard]] result<void> set(std::uint8_t id, std::string_view value);
    /// Removes the object if it is there.
    void erase(std::uint8_t id) noexcept;

    [[nodiscard]] std::string to_text() const;

    friend bool operator==(const mpm_level&, const mpm_level&) = default;

  private:
    std::vector<mpm_object> objects_;
};

/// How much a reader forgives.
enum class mpm_reading : std::uint8_t {
    exact,   ///< every rule of syntax, templates included, and the CRC
    lenient, ///< also: white space around the text, a CRC that is wrong, missing or not last, templates that are none
};

/// What a reader found in object 63.
enum class mpm_crc : std::uint8_t { right, wrong, absent };

/// An EMV merchant-presented payload (EMVCo QRCPS MPM v1.1, 商户主扫码): read, changed, written.
///
/// Order and unknown objects are kept, so that reading and writing gives the same text; the CRC is always written
/// last, in upper case, over the UTF-8 bytes of everything before it. Whether the values obey the specification is a
/// question of its own: `check_mpm`. Distinct objects may be used from distinct threads.
class mpm_payload {
  public:
    /// An empty payload: object 00 with "01".
    mpm_payload();

    /// Syntax first, then the CRC: a text with a broken syntax is never reported as a wrong CRC.
    /// @return errors of `mpm_level::parse`, `qr_errc::no_format_first`, `no_crc_last`; and
    /// `qr_errc::crc_mismatch` where the syntax is right.
    [[nodiscard]] static result<mpm_payload> parse(std::string_view text, mpm_reading how = mpm_reading::exact);

    /// All objects but the CRC.
    [[nodiscard]] const mpm_level& level() const noexcept { return level_; }
    [[nodiscard]] mpm_crc crc() const noexcept { return crc_; }

    [[nodiscard]] std::optional<std::string_view> find(std::uint8_t id) const noexcept { return level_.find(id); }
    /// An object inside a template: `find(mpm_id::additional, 5)` is the reference label 62/05.
    [[nodiscard]] std::optional<std::string> find(std::uint8_t id, std::uint8_t sub) const;
    /// The objects of a template; nothing where it is absent or no template.
    [[nodiscard]] std::optional<mpm_level> sub_level(std::uint8_t id) const;

    /// Replaces or appends. Object 63 cannot be set.
    /// @return errors of `mpm_level::set`; `qr_errc::bad_value` for object 63.
    [[nodiscard]] result<void> set(std::uint8_t id, std::string_view value);
    /// Replaces or appends an object inside a template, which is made where it is absent.
    [[nodiscard]] result<void> set(std::uint8_t id, std::uint8_t sub, std::string_view value);
    void erase(std::uint8_t id) noexcept { level_.erase(id); }

    /// Objects 53 and 54. @return `qr_errc::bad_value` for zero, which object 54 cannot carry.
    [[nodiscard]] result<void> set_amount(const amount& total);
    /// Object 54 in the currency of object 53; no value where 54 is absent (the payer enters the amount).
    /// @return `qr_errc::missing_value` where 53 is absent, or the errors of `amount::parse`.
    [[nodiscard]] result<std::optional<amount>> total() const;

    /// The whole text with its CRC.
    [[nodiscard]] std::string to_text() const;

  private:
    mpm_level level_;
    mpm_crc crc_ = mpm_crc::right;
};

/// A currency by its ISO 4217 number with its exponent; unknown numbers get two decimals.
[[nodiscard]] currency currency_by_number(std::uint16_t number) noexcept;

} // namespace cipherlane::qr
