#pragma once

#include <cipherlane/core/counted_line.hpp>
#include <cipherlane/core/logger.hpp>

#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <string_view>

namespace cipherlane {

/// The log of a part whose lines strangers can cause: of each kind of line so many in ten seconds, and what came
/// beyond as a count (`counted_line`). From any thread.
class counted_log {
  public:
    static constexpr std::uint32_t usual_burst = 8;

    explicit counted_log(logger to, std::string component, std::uint32_t burst = usual_burst)
        : to_(std::move(to))
        , component_(std::move(component))
        , burst_(burst) {}

    /// @param kind what is counted together: a word of ours, never a peer's, since each is kept.
    void tell(log_level level, std::string_view kind, std::string words);

  private:
    [[nodiscard]] std::uint64_t count(std::string_view kind);

    logger to_;
    std::string component_;
    std::uint32_t burst_;
    std::mutex guard_;
    std::map<std::string, counted_line, std::less<>> lines_;
};

} // namespace cipherlane
