#pragma once

#include "display-sim/display_model.hpp"
#include "display-sim/screen.hpp"

#include <optional>

namespace cipherlane::sim {

/// An ESC/POS receipt printer: text, native codes and raster pictures; the last receipt is its picture.
class escpos_model final : public display_model {
  public:
    escpos_model(const display_options& options, surroundings around);

    void receive(byte_view data) override;
    [[nodiscard]] const drivers::frame& picture() const override { return raster_ ? *raster_ : screen_.picture(); }
    [[nodiscard]] nlohmann::json state() const override;
    void link_lost() override { held_.clear(); }

  private:
    /// Bytes of the command at the front of what is held; 0 if it is not whole yet.
    [[nodiscard]] std::size_t whole() const;
    void execute(byte_view command);
    void code_function(byte_view command);
    void print_raster(byte_view command);
    [[nodiscard]] std::string readable(const std::string& line) const;

    bytes held_;
    std::string text_; ///< of the line that is being printed, as raw bytes
    std::vector<std::string> lines_;
    std::string stored_;
    int module_dots_ = 0;
    int level_ = 0;
    int page_ = 0;        ///< of ESC t
    bool chinese_ = true; ///< as after FS &, and as such printers start
    screen screen_;
    std::optional<drivers::frame> raster_;
};

} // namespace cipherlane::sim
