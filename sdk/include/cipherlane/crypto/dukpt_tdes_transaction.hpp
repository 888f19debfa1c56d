#pragma once

#include <cipherlane/core/bytes.hpp>
#include <cipherlane/core/result.hpp>
#include <cipherlane/core/secret_bytes.hpp>
#include <cipherlane/crypto/dukpt_message.hpp>
#include <cipherlane/crypto/key.hpp>

#include <array>

namespace cipherlane::crypto {

/// The keys of one TDES DUKPT transaction (ANSI X9.24-1:2009 annex A, ISO 11568; 每笔交易一密钥), the same at the
/// terminal, which gets it from `dukpt_tdes_terminal`, and at the host, which gets it from `dukpt_tdes_host`.
///
/// Gives working keys as handles of their purpose: variants of the transaction key (A.4.1, table A-1), with the data
/// keys run through the one-way function. Move-only, held in place, wiped. One thread at a time.
class dukpt_tdes_transaction {
  public:
    /// Bytes of a key serial number (KSN): 59 bits that name the initial key, 21 that count.
    static constexpr std::size_t serial_number_size = 10;
    using serial_number_type = std::array<std::uint8_t, serial_number_size>;

    dukpt_tdes_transaction(dukpt_tdes_transaction&& other) noexcept;
    dukpt_tdes_transaction& operator=(dukpt_tdes_transaction&& other) noexcept;
    dukpt_tdes_transaction(const dukpt_tdes_transaction&) = delete;
    dukpt_tdes_transaction& operator=(const dukpt_tdes_transaction&) = delete;
    ~dukpt_tdes_transaction();

    /// What goes with the message so that the host finds the key.
    [[nodiscard]] const serial_number_type& serial_number() const noexcept { return serial_number_; }

    /// For PIN blocks of formats 0, 1 and 3.
    [[nodiscard]] result<pin_key> pin() const;
    /// For retail MACs (ISO 9797-1 algorithm 3). `both` is the key of `request`.
    [[nodiscard]] result<mac_key> mac(dukpt_message way) const;
    /// For data in CBC. `both` is the key of `request`.
    [[nodiscard]] result<data_key> data(dukpt_message way) const;

    /// For data as older MagTek readers encrypt tracks: the PIN variant, where X9.24 has variants for data. A key of
    /// its own purpose, so that it cannot open PIN blocks; used for data alone, since a reader has no PINs.
    [[nodiscard]] result<data_key> data_by_pin_variant() const;

    /// The transaction key itself, 16 bytes, for simulators and published vectors; it encrypts nothing. The view
    /// lives as long as this object is neither moved nor destroyed.
    [[nodiscard]] byte_view expose() const noexcept { return key_; }

    template <class Stream>
    friend Stream& operator<<(Stream&, const dukpt_tdes_transaction&) = delete;

  private:
    friend class dukpt_tdes_host;
    friend class dukpt_tdes_terminal;
    dukpt_tdes_transaction() noexcept = default;
    serial_number_type serial_number_{};
    std::array<std::uint8_t, 16> key_{};
};

} // namespace cipherlane::crypto
