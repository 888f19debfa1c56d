#pragma once

#include <cipherlane/core/bytes.hpp>

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>

namespace cipherlane::cli {

/// Makes a pcapng file of connections that were never packets: each gets ports, a beginning, sequence numbers and an
/// end of its own, so that any reader of captures puts its streams together. Hands the file out in pieces. Not
/// thread-safe.
class capture_writer {
  public:
    using time = std::chrono::microseconds; ///< since 1970
    enum class side : std::uint8_t { application = 0, unit = 1 };

    /// `unit_port` is the port that all connections lead to. Writes the file's beginning at once.
    capture_writer(std::function<void(byte_view)> out, std::uint16_t unit_port);

    void open(std::size_t connection, std::uint16_t port, time when);
    void data(std::size_t connection, side from, byte_view data, time when);
    void close(std::size_t connection, time when);

  private:
    struct stream {
        std::uint16_t port = 0;
        std::uint32_t next[2] = {1'000, 1'000'000}; ///< sequence numbers of both sides
    };

    void segment(stream& of, side from, std::uint8_t flags, byte_view data, time when);
    void packet(byte_view whole, time when);

    std::function<void(byte_view)> out_;
    std::uint16_t unit_port_;
    std::map<std::size_t, stream> streams_;
};

} // namespace cipherlane::cli
