#pragma once

#include "display-sim/display_model.hpp"
#include "display-sim/screen.hpp"

namespace cipherlane::sim {

/// An R-Call QR screen: `[CMD]text` LF in, `[CMD]OK` LF out.
class rcall_model final : public display_model {
  public:
    rcall_model(const display_options& options, surroundings around);

    void receive(byte_view data) override;
    [[nodiscard]] const drivers::frame& picture() const override { return screen_.picture(); }
    [[nodiscard]] nlohmann::json state() const override;
    void link_lost() override { line_.clear(); }

  private:
    void execute(const std::string& line);
    /// What the command does; the answer without its line end.
    [[nodiscard]] std::string carry_out(const std::string& name, const std::string& text);
    void respond(const std::string& name, const std::string& answer);

    std::string line_;
    screen screen_;
};

} // namespace cipherlane::sim
