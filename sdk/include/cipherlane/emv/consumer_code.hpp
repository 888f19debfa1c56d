#pragma once

#include <cipherlane/core/pan.hpp>
#include <cipherlane/core/result.hpp>
#include <cipherlane/core/secret_bytes.hpp>
#include <cipherlane/emv/tlv.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace cipherlane::emv {

/// How much a reader of consumer-presented codes forgives.
enum class cpm_reading : std::uint8_t {
    strict,  ///< every rule of structure, and the form of every known value
    lenient, ///< only what a payment needs: CPV01 first, a template 61 with an AID; padding and white space forgiven
};

/// An EMV consumer-presented code (EMVCo QRCPS CPM v1.1, 用户被扫码): base64 over BER-TLV.
///
/// 85 "CPV01", then one application template 61, or two and an optional common template 62; 63 inside 61 and 64
/// inside 62 hold transparent data. Unknown objects and their order are kept. The data holds a PAN or a token, so it
/// is kept as a secret; the caller wipes its own text. Views live as long as this object is neither moved nor
/// destroyed.
class consumer_code {
  public:
    /// Whether a text begins as every such code does ("hQVDUFY").
    [[nodiscard]] static bool recognised(std::string_view text) noexcept;

    /// @return `emv_errc::not_base64` with the offset of the character; `not_consumer_code` (does not begin with 85
    /// "CPV01"); errors of `check_tlv`; `missing_tag` (61, 61/4F, and under `strict` 57 or 5A); under `strict` also
    /// `duplicate_tag` (an object both in 61 and 62, or twice in one), `bad_value`, `too_many` (a third 61, or a 62
    /// that follows a single 61). Offsets count bytes of the decoded data, except for `not_base64`.
    [[nodiscard]] static result<consumer_code> parse(std::string_view text, cpm_reading how = cpm_reading::strict);

    /// From TLV as it stands before base64; judged as `strict` does.
    [[nodiscard]] static result<consumer_code> from_tlv(byte_view data, cpm_reading how = cpm_reading::strict);

    /// The TLV data.
    [[nodiscard]] byte_view data() const noexcept { return data_.expose(); }
    /// Application templates 61, in order: at least one.
    [[nodiscard]] std::size_t applications() const noexcept { return applications_; }
    /// A value for one application: in its 61, in the 63 inside, in the common 62 or in the 64 inside.
    [[nodiscard]] std::optional<byte_view> find(std::size_t application, tag_number tag) const;
    /// The card number or token of an application, from 5A or 57.
    /// @return `emv_errc::missing_tag`, or errors of `pan::parse`.
    [[nodiscard]] result<pan> card(std::size_t application) const;

    /// The text that goes into the symbol.
    [[nodiscard]] std::string to_text() const;

  private:
    consumer_code(secret_bytes data, std::size_t applications) noexcept
        : data_(std::move(data))
        , applications_(applications) {}

    secret_bytes data_;
    std::size_t applications_;
};

} // namespace cipherlane::emv
