#pragma once

#include "dukpt_future_keys.hpp"
#include "provider.hpp"

#include <cipherlane/crypto/dukpt_aes_transaction.hpp>

#include <array>
#include <cstdint>

namespace cipherlane::crypto {

using aes_serial_number = dukpt_aes_transaction::serial_number_type;
inline constexpr std::size_t initial_identifier_size = 8;

/// The 4 bytes at the right.
[[nodiscard]] std::uint32_t counter_of(const aes_serial_number& serial_number) noexcept;
[[nodiscard]] aes_serial_number with_counter(aes_serial_number serial_number, std::uint32_t counter) noexcept;
/// The serial number with counter 0. @return `crypto_errc::bad_ksn`: not 8 bytes.
[[nodiscard]] result<aes_serial_number> serial_number_of(byte_view identifier) noexcept;

/// Key usage indicators (X9.24-3:2017 table 1).
namespace dukpt_usage {
inline constexpr std::uint16_t key_encryption = 0x0002;
inline constexpr std::uint16_t pin = 0x1000;
inline constexpr std::uint16_t mac = 0x2000;  // 2001 response, 2002 both
inline constexpr std::uint16_t data = 0x3000; // 3001 response, 3002 both
inline constexpr std::uint16_t derivation = 0x8000;
inline constexpr std::uint16_t initial = 0x8001;
} // namespace dukpt_usage

/// What a kind of key is (X9.24-3:2017 tables 2 and 3).
struct dukpt_key_type_row {
    std::uint8_t indicator; ///< of the algorithm
    std::uint8_t size;      ///< bytes
    std::uint16_t strength; ///< bits
};
[[nodiscard]] const dukpt_key_type_row& row_of(dukpt_key_type type) noexcept;

/// Key derivation (X9.24-3:2017, 6.2 and 6.3) for one serial number.
class aes_key_generation final : public dukpt_derivation {
  public:
    /// For deriving from keys of `key_size` bytes. @return `crypto_errc::unsupported_algorithm`.
    [[nodiscard]] static result<aes_key_generation> create(std::size_t key_size);
    aes_key_generation(aes_key_generation&& other) noexcept
        : context_(std::move(other.context_))
        , own_type_(other.own_type_)
        , serial_number_(other.serial_number_) {}

    void set_serial_number(const aes_serial_number& serial_number) noexcept { serial_number_ = serial_number; }
    [[nodiscard]] const aes_serial_number& serial_number() const noexcept { return serial_number_; }

    /// An intermediate or transaction key.
    [[nodiscard]] result<void> derive(byte_view parent, std::uint32_t counter, byte_span child) override;
    void forget() noexcept override;
    /// The initial key from the base derivation key.
    [[nodiscard]] result<void> derive_initial(byte_view base, byte_span initial);
    /// A working key from the transaction key of the serial number; `key` has the size of `type`.
    [[nodiscard]] result<void> derive_working(
        byte_view transaction, std::uint16_t usage, dukpt_key_type type, byte_span key);

  private:
    aes_key_generation(cipher_context&& context, dukpt_key_type own) noexcept
        : context_(std::move(context))
        , own_type_(own) {}
    using derivation_data = std::array<std::uint8_t, 16>;
    [[nodiscard]] derivation_data data_for(std::uint16_t usage, dukpt_key_type type) const noexcept;
    [[nodiscard]] result<void> run(byte_view parent, derivation_data data, byte_span key);

    cipher_context context_;
    dukpt_key_type own_type_;
    aes_serial_number serial_number_{};
};

} // namespace cipherlane::crypto
