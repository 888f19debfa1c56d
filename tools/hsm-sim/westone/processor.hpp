#pragma once

#include "hsm-sim/unit/unit.hpp"
#include "hsm-sim/westone/error.hpp"

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

namespace cipherlane::hsm_sim {

/// Answers the Westone binary dialect: D0 and D1 commands with raw keys, `A` and fields or `E` and a byte.
///
/// Nothing on the wire says how long a request is, so the request is read by its command's layout. One for each
/// thread that serves connections.
class westone_processor {
  public:
    explicit westone_processor(unit& of);

    struct outcome {
        std::size_t consumed = 0; ///< 0: the request is not all there yet
        westone_error error = westone_error::none;
        bool hang_up = false; ///< unknown command or impossible length: the stream cannot be followed any more
    };
    /// Reads one request from the front of `stream` and appends its answer to `out`.
    outcome answer(std::string_view stream, std::string& out);
    [[nodiscard]] static bool knows(std::string_view code) noexcept;
    /// As to a command that the unit does not have.
    static outcome answer_unknown(std::string_view stream, std::string& out);

  private:
    unit& unit_;
    std::shared_ptr<const lmk_set> lmks_;
};

} // namespace cipherlane::hsm_sim
