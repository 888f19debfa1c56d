#pragma once

#include "display-sim/display_model.hpp"
#include "display-sim/screen.hpp"

namespace cipherlane::sim {

/// A character display that understands Epson, CD5220, LED8N and Logic Controls commands, as many real ones do. Its
/// own command for the rig: `swallow` (the next `times` writes are lost on it).
class line_model final : public display_model {
  public:
    line_model(const display_options& options, surroundings around);

    void receive(byte_view data) override;
    [[nodiscard]] const drivers::frame& picture() const override { return screen_.picture(); }
    [[nodiscard]] nlohmann::json state() const override;
    void link_lost() override { held_.clear(); }

  private:
    struct row;
    static const row rows[];

    [[nodiscard]] bool execute();
    void put(char one);
    void reset(byte_view command);
    void dim(byte_view command);
    void move_to_place(byte_view command);
    void move_to(byte_view command);
    void set_line(byte_view command);
    void light(byte_view command);
    void pass(byte_view command);

    bytes held_;
    std::vector<std::string> rows_;
    std::size_t row_ = 0;
    std::size_t column_ = 0;
    int lamp_ = 0;
    std::int64_t swallows_ = 0; ///< so many writes are lost on it
    int brightness_ = 0;
    screen screen_;
};

} // namespace cipherlane::sim
