#pragma once

#include "simulation/world.hpp"

#include <cipherlane/ports/terminal.hpp>

namespace cipherlane::simulation {

/// A payment terminal that asks its own host, which is always there and always agrees. Its request may be lost before
/// it begins, its answer behind it; it says what its last transaction was.
class card_terminal final : public ports::terminal {
  public:
    explicit card_terminal(world& in) noexcept
        : world_(in) {}
    [[nodiscard]] result<void> open(const call& bounds) override;
    [[nodiscard]] bool attached() const noexcept override { return true; }
    [[nodiscard]] const ports::terminal_capabilities& capabilities() const noexcept override;
    [[nodiscard]] std::string identity() const override { return "SIMULATED 1"; }
    [[nodiscard]] result<std::string> last_done(const call& bounds) override;
    [[nodiscard]] result<ports::terminal_report> run(
        const ports::terminal_request& request, const call& bounds) override;
    [[nodiscard]] ports::terminal_report recover(const ports::terminal_doubt& doubt, const call& bounds) override;
    [[nodiscard]] result<ports::terminal_settlement> settle(const call& bounds) override;
    [[nodiscard]] result<void> print_again(const call& bounds) override;
    [[nodiscard]] result<ports::terminal_health> status(const call& bounds) override;
    [[nodiscard]] result<void> abort(const call& bounds) override;

  private:
    [[nodiscard]] ports::terminal_report carry_out(const ports::terminal_request& request);
    [[nodiscard]] std::int64_t net_of_day() const;

    world& world_;
};

} // namespace cipherlane::simulation
