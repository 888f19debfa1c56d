#pragma once

#include <cipherlane/drivers/display/panel/font.hpp>
#include <cipherlane/drivers/display/panel/frame.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace cipherlane::sim {

/// The glass of a display that renders by itself: a line above, a line below, and between them a code or lines of
/// text. Redrawn at each change.
class screen {
  public:
    screen(int width, int height);

    void set_header(std::string text);
    void set_footer(std::string text);
    void set_code(std::string text);
    void set_lines(std::vector<std::string> lines);
    void clear_middle();
    void clear();
    void switch_off();

    [[nodiscard]] const drivers::frame& picture() const noexcept { return frame_; }
    [[nodiscard]] const std::string& header() const noexcept { return header_; }
    [[nodiscard]] const std::string& footer() const noexcept { return footer_; }
    [[nodiscard]] const std::string& code() const noexcept { return code_; }
    [[nodiscard]] const std::vector<std::string>& lines() const noexcept { return lines_; }
    [[nodiscard]] bool lit() const noexcept { return lit_; }

  private:
    void draw();
    void draw_text(std::string_view text, const drivers::rectangle& box);

    drivers::frame frame_;
    std::optional<drivers::font> font_;
    std::string header_, footer_, code_;
    std::vector<std::string> lines_;
    bool lit_ = true;
};

} // namespace cipherlane::sim
