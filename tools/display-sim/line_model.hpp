#pragma once

#include "display-sim/display_model.hpp"
#include "display-sim/screen.hpp"

namespace cipherlane::sim {

/// A character display that understands Epson, CD5220, LED8N and Logic Controls commands, as many real ones do.
class line_model final : public display_model {
  public:
    line_model(const display_options& options, display_surroundings around);

    void receive(byte_view data) override;
    [[nodiscard]] const drivers::frame& picture() const override { return screen_.picture(); }
    [[nodiscard]] nlohmann::json state() const override;
    void link_lost() override { held_.clear(); }

  private:
    [[nodiscard]] bool execute();
    void put(char one);
    void wipe_glass();
    void redraw();

    bytes held_;
    std::vector<std::string> rows_;
    std::size_t row_ = 0;
    std::size_t column_ = 0;
    int lamp_ = 0;
    int brightness_ = 0;
    screen screen_;
};

} // namespace cipherlane::sim
