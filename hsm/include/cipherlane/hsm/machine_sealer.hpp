#pragma once

#include <cipherlane/crypto/unionpay_mac.hpp>
#include <cipherlane/hsm/client.hpp>
#include <cipherlane/hsm/types.hpp>
#include <cipherlane/ports/sealer.hpp>

#include <memory>
#include <optional>

namespace cipherlane::hsm {

/// The MACs of POS messages made by a cipher machine (加密机): no key of the terminal is ever clear in this process.
///
/// The master key (TMK, 终端主密钥) lies under the unit's local master key as a zone master key (type 000), since no
/// dialect imports a key from under a terminal's: so the working keys of a sign-in come in by A6 or D1 02. The till
/// keeps them as cryptograms. A connection that was lost is made anew, and a MAC, which leaves nothing behind in the
/// unit, is then asked for once more.
///
/// `use_serial_key` lets it make the terminal serial cryptogram with an SM4 data key of the unit: a zero-IV CBC
/// encryption of the folded text, whose last block counts.
///
/// `use_sm4` has it take SM4 keys alone, where the dialect has a scheme for them: its master key is then one of SM4,
/// too. Else only TDES keys. Where import carries no key type (`sjj1312`) the profile's `quirks.import_key_type` must
/// be "tak"; `check_pin_key` is `unsupported` there. One thread at a time.
class machine_sealer final : public ports::sealer {
  public:
    machine_sealer(client_settings unit, key master)
        : unit_(std::move(unit))
        , master_(std::move(master)) {}

    /// From now on the working keys are of SM4. @param form what the host wants in field 64.
    void use_sm4(crypto::unionpay_mac_form form) noexcept {
        double_ = key_scheme_name::sm4;
        form_ = form;
    }
    /// @param key an SM4 key under the unit's local master key as a zone data key (ZEK), as the dialect writes it.
    void use_serial_key(key key) { serial_key_.emplace(std::move(key)); }
    [[nodiscard]] bool makes_serial_cryptogram() const noexcept override { return serial_key_.has_value(); }
    /// `missing_field` without a key; the errors of `encrypt_request`, `bad_length` where the unit's block is no SM4
    /// block.
    [[nodiscard]] result<ports::serial_cryptogram> make_serial_cryptogram(
        std::string_view serial, std::string_view factor, const call& bounds) override;
    /// `bad_length` with the field for keys of other than 8 or 16 bytes (SM4: 16) and check values of less than 4;
    /// `unsupported` for SM4 where the dialect has no scheme for it; the unit's
    /// refusal, or `verification` if the check value is wrong: both `rejected_by_peer`.
    [[nodiscard]] result<void> load_mac_key(const ports::wrapped_key& given, const call& bounds) override;
    [[nodiscard]] result<void> check_pin_key(const ports::wrapped_key& given, const call& bounds) override;
    /// `missing_field` before a key was loaded; the errors of `make_pos_mac`.
    [[nodiscard]] result<ports::mac_field> make_mac(byte_view mab, const call& bounds) override;
    [[nodiscard]] result<bool> verify_mac(byte_view mab, const ports::mac_field& mac, const call& bounds) override;

  private:
    [[nodiscard]] result<key> take_in(key_type type, const ports::wrapped_key& given, const call& bounds);

    client unit_;
    key master_;
    std::optional<key> mac_key_;
    std::optional<key> serial_key_;
    key_scheme_name double_ = key_scheme_name::double_; ///< of working keys of 16 bytes
    crypto::unionpay_mac_form form_ = crypto::unionpay_mac_form::ascii8;
};

} // namespace cipherlane::hsm
