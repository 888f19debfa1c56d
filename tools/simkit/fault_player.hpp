#pragma once

#include "simkit/fault_plan.hpp"
#include "simkit/surroundings.hpp"

#include <cipherlane/core/bytes.hpp>

#include <functional>
#include <optional>

namespace cipherlane::sim {

/// What becomes of an answer.
struct played_answer {
    bytes message = {}; ///< empty: nothing is sent
    std::chrono::milliseconds delay{0};
    int copies = 1;
    bool hang_up = false; ///< the link ends, after what is sent
};

/// What the simulator's own kinds make of an answer.
using alteration = std::function<bytes(const fault&, bytes)>;

/// An answer under a fault, or under none. The value "close" of a kind that halves ends the link behind the half.
[[nodiscard]] played_answer play(const std::optional<fault>& hit, bytes answer, const alteration& alter = {});

/// Plays the faults of a device's plan on its line. Not thread-safe: belongs to the model.
class fault_player {
  public:
    fault_player(std::vector<fault_kind> kinds, surroundings around)
        : around_(std::move(around))
        , plan_(std::move(kinds)) {}

    /// Sends what `operation` answers, as the plan has it.
    void send(const std::string& operation, bytes answer, const alteration& alter = {});
    /// The same for a fault that has hit already.
    void send_under(const std::optional<fault>& hit, bytes answer, const alteration& alter = {});

    [[nodiscard]] std::optional<fault> hit(const std::string& operation) { return plan_.hit(operation); }
    [[nodiscard]] fault_plan& plan() noexcept { return plan_; }
    [[nodiscard]] const surroundings& around() const noexcept { return around_; }

  private:
    surroundings around_;
    fault_plan plan_;
};

} // namespace cipherlane::sim
