#pragma once

#include <cipherlane/core/bytes.hpp>

#include <cstdint>

namespace cipherlane::qr {

/// CRC-16 of EMV merchant-presented codes: polynomial 1021, start FFFF, no reflection, no final xor
/// (ISO/IEC 13239; EMVCo QRCPS MPM v1.1, 4.7.3). "123456789" gives 29B1.
///
/// `start` continues a checksum over a further piece. Allocates nothing.
[[nodiscard]] std::uint16_t crc16(byte_view data, std::uint16_t start = 0xFFFF) noexcept;

} // namespace cipherlane::qr
