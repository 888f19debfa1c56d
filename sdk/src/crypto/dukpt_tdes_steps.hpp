#pragma once

#include "des_core.hpp"
#include "dukpt_future_keys.hpp"

#include <cipherlane/crypto/dukpt_tdes_transaction.hpp>

#include <array>
#include <cstdint>

namespace cipherlane::crypto {

using tdes_serial_number = dukpt_tdes_transaction::serial_number_type;

/// The 21 bits at the right.
[[nodiscard]] std::uint32_t counter_of(const tdes_serial_number& serial_number) noexcept;
/// The serial number with another counter.
[[nodiscard]] tdes_serial_number with_counter(tdes_serial_number serial_number, std::uint32_t counter) noexcept;
/// @return `crypto_errc::bad_ksn`: not 10 bytes.
[[nodiscard]] result<tdes_serial_number> to_tdes_serial_number(byte_view data) noexcept;

/// The non-reversible key generation process (X9.24-1:2009 A.2, "NRKGP") for one serial number.
class tdes_key_generation final : public dukpt_derivation {
  public:
    explicit tdes_key_generation(des_once&& des) noexcept
        : des_(std::move(des)) {}
    tdes_key_generation(tdes_key_generation&& other) noexcept
        : des_(std::move(other.des_))
        , serial_number_(other.serial_number_) {}

    void set_serial_number(const tdes_serial_number& serial_number) noexcept { serial_number_ = serial_number; }
    [[nodiscard]] const tdes_serial_number& serial_number() const noexcept { return serial_number_; }
    [[nodiscard]] des_once& des() noexcept { return des_; }

    [[nodiscard]] result<void> derive(byte_view parent, std::uint32_t counter, byte_span child) override;
    void forget() noexcept override { des_.forget(); }

  private:
    des_once des_;
    tdes_serial_number serial_number_{};
};

/// Variants of a transaction key (X9.24-1:2009 table A-1): the byte of each half that is inverted.
enum class tdes_variant : std::uint8_t {
    pin = 7,
    mac_request = 6,
    mac_response = 4,
    data_request = 5,
    data_response = 3,
};
void apply_variant(tdes_variant which, byte_span key) noexcept;

/// The bytes that tell the left half's derivation from the right one's, and the left half of an initial key from the
/// right one (X9.24-1:2009 A.2 and A.6).
void apply_c0_variant(byte_span key) noexcept;

} // namespace cipherlane::crypto
