#pragma once

#include <cipherlane/core/bytes.hpp>
#include <cipherlane/core/secret_bytes.hpp>

#include <cstdint>

namespace cipherlane::drivers {

/// Commands and answers of ZVT by class and instruction (PA00P015 13.08, chapter 2).
namespace zvt_code {
inline constexpr std::uint16_t status_information = 0x040F;
inline constexpr std::uint16_t intermediate_status = 0x04FF;
inline constexpr std::uint16_t status_enquiry = 0x0501;
inline constexpr std::uint16_t registration = 0x0600;
inline constexpr std::uint16_t authorisation = 0x0601;
inline constexpr std::uint16_t completion = 0x060F;
inline constexpr std::uint16_t abort = 0x061E;
inline constexpr std::uint16_t repeat_receipt = 0x0620;
inline constexpr std::uint16_t reservation = 0x0622;
inline constexpr std::uint16_t book_reservation = 0x0623;
inline constexpr std::uint16_t reservation_reversal = 0x0625;
inline constexpr std::uint16_t reversal = 0x0630;
inline constexpr std::uint16_t refund = 0x0631;
inline constexpr std::uint16_t end_of_day = 0x0650;
inline constexpr std::uint16_t diagnosis = 0x0670;
inline constexpr std::uint16_t abort_by_till = 0x06B0;
inline constexpr std::uint16_t print_line = 0x06D1;
inline constexpr std::uint16_t print_text_block = 0x06D3;
inline constexpr std::uint16_t acknowledged = 0x8000;
inline constexpr std::uint8_t refused_class = 0x84; ///< 84 00 is positive all the same
} // namespace zvt_code

/// One message of ZVT without framing: class, instruction, data. Secret because data may hold a card number.
struct zvt_apdu {
    std::uint16_t code = 0; ///< class and instruction
    secret_bytes data;

    [[nodiscard]] std::uint8_t group() const noexcept { return static_cast<std::uint8_t>(code >> 8); }
    [[nodiscard]] std::uint8_t instruction() const noexcept { return static_cast<std::uint8_t>(code); }
};

/// Most data that a length can say (PA00P016: FF, low byte, high byte).
inline constexpr std::size_t zvt_largest_data = 65'535;

/// Class, instruction, length, data: one byte of length up to FE, else FF and two, the low one first. Data beyond
/// `zvt_largest_data` is cut off: no message of ours comes near.
[[nodiscard]] secret_bytes to_wire(std::uint16_t code, byte_view data);

/// Cuts a stream of bytes into messages, byte by byte, as they come over TCP (PA00P016, chapter 3).
class zvt_reader {
  public:
    zvt_reader() = default;
    zvt_reader(const zvt_reader&) = delete;
    zvt_reader& operator=(const zvt_reader&) = delete;
    ~zvt_reader() { reset(); }

    /// True where the byte ended a message: see `message`.
    [[nodiscard]] bool take(std::uint8_t byte);
    /// The last whole message; once.
    [[nodiscard]] zvt_apdu message();
    /// Forgets a message that was begun, and wipes what is held.
    void reset() noexcept;

  private:
    [[nodiscard]] std::size_t head() const noexcept;
    [[nodiscard]] std::size_t length() const noexcept;
    void keep(std::uint8_t byte);

    bytes held_;
    bool whole_ = false;
};

} // namespace cipherlane::drivers
