#pragma once

#include <cipherlane/hsm/operation_request.hpp>
#include <cipherlane/hsm/reply.hpp>

namespace cipherlane::hsm {

/// A PIN block under the target key.
struct translated_pin {
    short_bytes pin_block;
    [[nodiscard]] static result<translated_pin> from(const reply& of);
};

/// A PIN block from one PIN key to another (CA, CC, D1 24; 转加密). The account must be the same on both sides unless
/// a second one is set, which `pci` policies of units refuse.
class translate_pin_request final : public operation_request {
  public:
    using response = translated_pin;
    translate_pin_request(const key& source_key, const key& target_key, byte_view pin_block, const account& whose);
    /// What the source key is: tpk (default) or zpk.
    translate_pin_request& from_type(key_type source);
    translate_pin_request& formats(pin_format source, pin_format target);
    translate_pin_request& pin_block(byte_view block);
    translate_pin_request& whose(const account& holder);
    translate_pin_request& target_account(const account& other);
};

/// A PIN block under a terminal key derived from a BDK, translated to a zone PIN key (G0).
class dukpt_translate_pin_request final : public operation_request {
  public:
    using response = translated_pin;
    /// `ksn` in hex digits.
    dukpt_translate_pin_request(
        const key& bdk, const key& target_key, std::string_view ksn, byte_view pin_block, const account& whose);
    dukpt_translate_pin_request& formats(pin_format source, pin_format target);
    /// Lengths of the KSN's parts, three hex digits; default: all but the counter in the first.
    dukpt_translate_pin_request& descriptor(std::string_view parts);
};

/// True if the PIN (or value) is right.
struct verification {
    bool right = false;
    fixed_text<4> warning; ///< the unit's code, "02": right, but the PVK is of single length; empty if all is well
    explicit operator bool() const noexcept { return right; }
    [[nodiscard]] static result<verification> from(const reply& of);
};

/// Is the PIN right by its Visa PVV (DC, EC)?
class verify_pin_pvv_request final : public operation_request {
  public:
    using response = verification;
    verify_pin_pvv_request(key_type source, const key& pin_key, const key& pvk, byte_view pin_block,
        pin_format format, const account& whose, unsigned key_index, std::string_view pvv);
};

/// What the IBM 3624 method needs besides keys.
struct ibm_3624 {
    std::string decimalisation = "0123456789012345";
    std::string validation; ///< 12 characters, 'N' where the account's last five digits go
    std::size_t check_length = 4;
};

/// Is the PIN right by its IBM 3624 offset (DA, EA)?
class verify_pin_ibm_request final : public operation_request {
  public:
    using response = verification;
    verify_pin_ibm_request(key_type source, const key& pin_key, const key& pvk, byte_view pin_block,
        pin_format format, const account& whose, const ibm_3624& method, std::string_view offset);
};

/// An IBM 3624 offset: 12 characters, filled with 'F'.
struct pin_offset {
    std::string digits;
    fixed_text<4> warning; ///< the unit's code, "02": the PVK is of single length; empty if all is well
    [[nodiscard]] static result<pin_offset> from(const reply& of);
};

/// The offset of a PIN that the customer chose (BK).
class make_offset_request final : public operation_request {
  public:
    using response = pin_offset;
    make_offset_request(key_type source, const key& pin_key, const key& pvk, byte_view pin_block, pin_format format,
        const account& whose, const ibm_3624& method);
};

} // namespace cipherlane::hsm
