#pragma once

#include "display-sim/display_model.hpp"
#include "display-sim/screen.hpp"

namespace cipherlane::sim {

/// A Bonrix DQR: lines of fields joined by "**". While it draws, what arrives is lost, as on the real thing.
class bonrix_model final : public display_model {
  public:
    bonrix_model(const display_options& options, surroundings around);

    void receive(byte_view data) override;
    [[nodiscard]] const drivers::frame& picture() const override { return screen_.picture(); }
    [[nodiscard]] nlohmann::json state() const override;
    void link_lost() override { line_.clear(); }

  private:
    void execute(const std::string& line);
    void draw(const std::string& name, const std::vector<std::string>& fields);

    std::chrono::milliseconds drawing_;
    std::string line_;
    std::string name_;
    bool busy_ = false;
    screen screen_;
};

} // namespace cipherlane::sim
