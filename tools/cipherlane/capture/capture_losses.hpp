#pragma once

#include "cipherlane/capture/capture_reader.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

namespace cipherlane::cli {

/// What a capture does not hold of what was on the wire, and what of it is not understood.
class capture_losses {
  public:
    void note(const captured_packet& packet) noexcept;
    /// Bytes at the end of the file that are no whole packet.
    void note_end(std::size_t left) noexcept { left_ = left; }
    /// In words; empty: nothing is lost.
    [[nodiscard]] std::string words() const;

  private:
    std::size_t cut_ = 0;
    std::size_t left_ = 0;
    std::size_t strange_ = 0;
    std::optional<std::uint32_t> link_; ///< of packets that are not understood
};

} // namespace cipherlane::cli
