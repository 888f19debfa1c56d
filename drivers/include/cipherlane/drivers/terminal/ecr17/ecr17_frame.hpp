#pragma once

#include <cipherlane/core/bytes.hpp>

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace cipherlane::drivers {

/// Control bytes of ECR17.
namespace ecr17_byte {
inline constexpr std::uint8_t soh = 0x01; ///< begins a progress text
inline constexpr std::uint8_t stx = 0x02;
inline constexpr std::uint8_t etx = 0x03;
inline constexpr std::uint8_t eot = 0x04; ///< ends a progress text
inline constexpr std::uint8_t ack = 0x06;
inline constexpr std::uint8_t nak = 0x15;
} // namespace ecr17_byte

/// Over which bytes the check goes: the text does not say, and terminals differ.
enum class ecr17_check : std::uint8_t { message_etx, stx_message_etx, message, stx_message };

/// In the order in which they are tried.
inline constexpr std::array ecr17_checks{
    ecr17_check::message_etx, ecr17_check::stx_message_etx, ecr17_check::message, ecr17_check::stx_message};

/// The check of a message: XOR, begun with 7F.
[[nodiscard]] std::uint8_t ecr17_lrc(std::string_view message, ecr17_check how) noexcept;
/// STX, message, ETX, check.
[[nodiscard]] bytes ecr17_frame(std::string_view message, ecr17_check how);
/// ACK or NAK, ETX, check.
[[nodiscard]] bytes ecr17_control(std::uint8_t what, ecr17_check how);

/// Takes packets out of what comes, byte by byte, for either side. The check stands where it must, whatever its
/// value.
class ecr17_decoder {
  public:
    enum class event : std::uint8_t {
        nothing,
        ack, ///< its check is not judged
        nak, ///< likewise
        progress,
        packet, ///< see `text`, `check`
        broken,
    };
    /// `known`: the check that the peer uses, where it has been learnt; else any of them is taken.
    [[nodiscard]] event take(std::uint8_t byte, std::optional<ecr17_check> known);
    /// Of the last packet or progress.
    [[nodiscard]] const std::string& text() const noexcept { return text_; }
    /// The first that fits the last packet.
    [[nodiscard]] ecr17_check check() const noexcept { return check_; }
    /// A packet has begun.
    [[nodiscard]] bool inside() const noexcept { return state_ == state::content || state_ == state::check; }
    void reset() noexcept;

    /// Longest message: what is longer is no message of ours.
    static constexpr std::size_t most = 2'048;

  private:
    enum class state : std::uint8_t { outside, control_etx, control_check, progress, content, check };
    event begin(std::uint8_t byte) noexcept;
    [[nodiscard]] event judge(std::uint8_t byte, std::optional<ecr17_check> known);

    std::string text_;
    state state_ = state::outside;
    event control_ = event::nothing;
    ecr17_check check_ = ecr17_check::message_etx;
};

} // namespace cipherlane::drivers
