#pragma once

#include <cipherlane/core/bytes.hpp>
#include <cipherlane/core/result.hpp>

#include <chrono>
#include <cstdint>
#include <optional>
#include <vector>

namespace cipherlane::cli {

/// A packet of a capture: `data` lives until the next call.
struct captured_packet {
    std::uint32_t link = 0; ///< its link type
    std::chrono::microseconds since_1970{0};
    byte_view data;
    bool is_cut = false; ///< the capture kept its beginning alone
};

/// Takes the packets out of a capture file that comes in pieces: pcap (either byte order, micro- or nanoseconds) or
/// pcapng. Blocks of pcapng that hold no packets are passed over. Memory is bounded: no block of more than 16 MiB.
/// Not thread-safe.
class capture_reader {
  public:
    void add(byte_view piece);
    /// The next packet; nothing where more of the file is needed.
    /// @return `bad_message` at the byte of the file where it is no capture: nothing follows then.
    [[nodiscard]] result<std::optional<captured_packet>> next();
    /// Bytes that are no whole block: at the end of a file that is cut short.
    [[nodiscard]] std::size_t left() const noexcept { return held_.size() - at_; }

  private:
    enum class form : std::uint8_t { unknown, pcap, pcapng };
    struct interface {
        std::uint32_t link = 0;
        std::uint64_t ticks = 1'000'000; ///< a second
    };

    [[nodiscard]] std::uint16_t half(std::size_t at) const noexcept;
    [[nodiscard]] std::uint32_t word(std::size_t at) const noexcept;
    [[nodiscard]] result<bool> open();
    [[nodiscard]] result<std::optional<captured_packet>> next_of_pcap();
    [[nodiscard]] result<std::optional<captured_packet>> next_of_pcapng();
    [[nodiscard]] result<void> read_section(std::size_t size);
    [[nodiscard]] result<void> read_interface(std::size_t size);
    [[nodiscard]] std::optional<captured_packet> read_enhanced(std::size_t size) const noexcept;
    [[nodiscard]] error broken() const;
    void drop(std::size_t size) noexcept { at_ += size; }

    bytes held_;
    std::size_t at_ = 0;       ///< what of `held_` was read
    std::uint64_t before_ = 0; ///< bytes of the file in front of `held_`
    form form_ = form::unknown;
    bool little_ = true;
    bool nanoseconds_ = false;
    std::uint32_t link_ = 0;
    std::vector<interface> interfaces_;
};

} // namespace cipherlane::cli
