#pragma once

#include <cstddef>
#include <cstdint>

namespace cipherlane::iso8583 {

/// The length in front of a message on a stream: how it is written and what it counts.
///
/// It counts headers and message. `adjust` is what it counts beyond them: its own bytes where it counts itself, the
/// trailer's where it counts the trailer, less than zero where it leaves out headers.
struct frame_length {
    enum class form : std::uint8_t {
        none,
        binary, ///< most significant byte first
        little, ///< least significant byte first
        bcd,    ///< two digits a byte
        ascii,  ///< a digit a byte
        hex,    ///< a hex digit a byte
    };
    form written = form::none;
    std::uint8_t bytes = 0;
    std::uint8_t gap = 0; ///< zero bytes between it and what it counts, as VisaNet has two
    std::int8_t adjust = 0;
    /// Whether a length of zero is a poll: no message, to be sent back as it came.
    enum class zero : std::uint8_t { refused, poll } zero_is = zero::refused;

    static const frame_length none;
    static const frame_length binary2;
    static const frame_length bcd2;
    static const frame_length ascii4;

    /// Bytes in front of what is counted.
    [[nodiscard]] constexpr std::size_t prefix_bytes() const noexcept { return std::size_t{bytes} + gap; }
    /// The greatest number that it can say; bounded, since no message is longer than 65535 bytes.
    [[nodiscard]] constexpr std::size_t limit() const noexcept {
        const unsigned base = written == form::binary || written == form::little ? 256
                              : written == form::hex                             ? 16
                              : written == form::bcd                             ? 100
                                                                                 : 10;
        std::size_t most = 1;
        for (unsigned i = 0; i < bytes && most <= 0xFFFFFF; ++i)
            most *= base;
        return most - 1;
    }

    friend constexpr bool operator==(const frame_length&, const frame_length&) noexcept = default;
};

inline constexpr frame_length frame_length::none{};
inline constexpr frame_length frame_length::binary2{frame_length::form::binary, 2};
inline constexpr frame_length frame_length::bcd2{frame_length::form::bcd, 2};
inline constexpr frame_length frame_length::ascii4{frame_length::form::ascii, 4};

/// True if it fits together: 1 to 8 bytes, or none at all.
[[nodiscard]] constexpr bool valid(const frame_length& length) noexcept {
    if (length.written == frame_length::form::none) return length == frame_length::none;
    return length.bytes >= 1 && length.bytes <= 8 && length.gap <= 8 && length.adjust >= -64 && length.adjust <= 64;
}

} // namespace cipherlane::iso8583
