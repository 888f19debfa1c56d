#pragma once

#include "cipherlane/capture/segment.hpp"

#include <cstdint>
#include <map>

namespace cipherlane::cli {

/// One direction of a captured connection put in order: what was sent twice is taken once, what came out of order
/// waits for what is missing. Memory is bounded: at most 1 MiB waits. Not thread-safe.
class tcp_stream {
  public:
    /// What a segment brought in order, and how many bytes are missing in front of it: the capture lost them.
    struct piece {
        std::size_t missing = 0;
        bytes data;
    };

    /// The first segment that is seen begins the stream, wherever the connection was.
    [[nodiscard]] piece take(const tcp_segment& segment);
    /// What still waits when the capture is over.
    [[nodiscard]] piece finish();
    [[nodiscard]] bool has_ended() const noexcept { return ended_; }

  private:
    void collect(bytes& into);
    [[nodiscard]] piece give_up();

    bool begun_ = false;
    bool ended_ = false;
    std::uint32_t next_ = 0;
    std::map<std::uint32_t, bytes> waiting_; ///< by sequence number
    std::size_t held_ = 0;
};

} // namespace cipherlane::cli
