#pragma once

#include "display-sim/display_model.hpp"
#include "display-sim/screen.hpp"

namespace cipherlane::sim {

/// A code plate that is an HTTP client, without its socket: it is given the bodies of the answers to what it asks.
class code_plate_model final : public display_model {
  public:
    code_plate_model(const display_options& options, surroundings around);

    /// The body of one answer.
    void receive(byte_view data) override;
    [[nodiscard]] const drivers::frame& picture() const override { return screen_.picture(); }
    [[nodiscard]] nlohmann::json state() const override;
    void link_lost() override {}

  private:
    std::string outcome_;
    screen screen_;
};

} // namespace cipherlane::sim
