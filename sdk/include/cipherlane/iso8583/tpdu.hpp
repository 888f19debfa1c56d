#pragma once

#include <cipherlane/core/bytes.hpp>
#include <cipherlane/core/result.hpp>

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

namespace cipherlane::iso8583 {

/// The transport header of POS networks: identifier, destination (NII) and origin address, all packed digits.
///
/// UnionPay POS dialect, envelope: `60` + destination 2 + origin 2; the host answers with the addresses swapped.
class tpdu {
  public:
    static constexpr std::size_t size = 5;

    constexpr tpdu() noexcept = default;
    constexpr explicit tpdu(std::array<std::uint8_t, size> wire) noexcept
        : wire_(wire) {}
    /// From ten digits, e.g. "6000030000". @return `iso8583_errc::bad_tpdu`.
    [[nodiscard]] static result<tpdu> parse(std::string_view digits);

    /// As an answer carries it: destination and origin exchanged.
    [[nodiscard]] constexpr tpdu swapped() const noexcept {
        return tpdu({wire_[0], wire_[3], wire_[4], wire_[1], wire_[2]});
    }
    [[nodiscard]] constexpr const std::array<std::uint8_t, size>& wire() const noexcept { return wire_; }
    [[nodiscard]] std::string to_string() const;

    friend constexpr bool operator==(const tpdu&, const tpdu&) noexcept = default;

  private:
    std::array<std::uint8_t, size> wire_{0x60, 0, 0, 0, 0};
};

/// Swaps the addresses of the TPDU that `message` (without its length) begins with, in place: what a host does to
/// answer. @return `iso8583_errc::truncated` if there are fewer than five bytes.
[[nodiscard]] result<void> swap_tpdu_addresses(byte_span message);

} // namespace cipherlane::iso8583
