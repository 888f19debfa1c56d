#pragma once

#include "hsm-sim/unit/unit.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace cipherlane::hsm_sim {

/// What one request of a connection's stream became. Positions are in the output.
struct answered {
    std::size_t consumed = 0;     ///< bytes of the stream; 0: the request is not all there
    std::uint16_t command = 0;    ///< its two bytes; 0: none
    std::array<char, 2> status{}; ///< two characters, of Westone units the error byte in hex
    bool refused = false;
    bool hang_up = false;      ///< after the answer: the stream cannot be followed any more
    std::size_t at = 0;        ///< where the answer's frame begins
    std::size_t header_at = 0; ///< its header; equal to `body_at` where there is none
    std::size_t body_at = 0;   ///< its answer code, or the flag
    std::size_t status_at = 0; ///< its status; 0 where the answer has none
    std::size_t end = 0;       ///< the end of the first answer; a second one may follow
};

/// A unit's side of the wire for one thread: cuts requests from a stream and appends whole answers.
class answerer {
  public:
    [[nodiscard]] static std::unique_ptr<answerer> create(unit& of);
    answerer() = default;
    answerer(const answerer&) = delete;
    answerer& operator=(const answerer&) = delete;
    virtual ~answerer() = default;

    /// Answers the request at the front of `stream`, if it is all there.
    virtual answered next(std::string_view stream, std::string& out) = 0;
    /// Whether the unit has the command of these two bytes.
    [[nodiscard]] virtual bool knows(std::string_view code) const = 0;
};

/// The two bytes of a command's name as `command_name` writes it; nothing if it is none.
[[nodiscard]] std::optional<std::string> command_code(std::string_view name);
/// "CA", of Westone commands "D1 24".
[[nodiscard]] std::string command_name(std::uint16_t command);

} // namespace cipherlane::hsm_sim
