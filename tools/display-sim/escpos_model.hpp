#pragma once

#include "display-sim/display_model.hpp"
#include "display-sim/screen.hpp"

#include <optional>

namespace cipherlane::sim {

/// An ESC/POS receipt printer: text, native codes and raster pictures; the last receipt is its picture. It knows its
/// paper: without it, or with its cover open, it answers what must be answered at once (DLE EOT) and keeps all else
/// until it can print.
///
/// Its commands for the rig, besides those of every display: `paper` (how much there is), `cover`, `slips` (what was
/// cut off so far).
class escpos_model final : public display_model {
  public:
    escpos_model(const display_options& options, surroundings around);

    void receive(byte_view data) override;
    [[nodiscard]] const drivers::frame& picture() const override { return raster_ ? *raster_ : screen_.picture(); }
    [[nodiscard]] nlohmann::json state() const override;
    void link_lost() override;

  private:
    /// Bytes of the command at the front of what is held; 0 if it is not whole yet.
    [[nodiscard]] std::size_t whole() const;
    void execute(byte_view command);
    void code_function(byte_view command);
    void print_raster(byte_view command);
    void print_line();
    void cut();
    void work();
    /// Takes out of new data what is answered while nothing is printed.
    void answer_at_once(byte_view data);
    void answer_question(std::uint8_t which);
    void tell_unasked();
    [[nodiscard]] bool stopped() const { return paper_out_ || cover_open_; }
    nlohmann::json set_paper(const nlohmann::json& request);
    nlohmann::json set_cover(const nlohmann::json& request);
    [[nodiscard]] std::string readable(const std::string& line) const;

    bytes held_;
    std::string text_; ///< of the line that is being printed, as raw bytes
    std::vector<std::string> lines_;
    std::string stored_;
    int module_dots_ = 0;
    int level_ = 0;
    int page_ = 0;        ///< of ESC t
    bool chinese_ = true; ///< as after FS &, and as such printers start
    bool paper_out_ = false;
    bool paper_low_ = false;
    bool cover_open_ = false;
    std::int64_t lines_left_ = -1; ///< less than none: the roll has no end
    bool unasked_ = false;         ///< GS a: tells each change by itself
    std::vector<std::string> slip_;
    std::vector<std::vector<std::string>> slips_;
    screen screen_;
    std::optional<drivers::frame> raster_;
};

} // namespace cipherlane::sim
