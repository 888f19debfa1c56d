#pragma once

#include "display-sim/packet_model.hpp"

namespace cipherlane::sim {

/// The panel of drivers/descriptions/bulk-panel.toml, written from that protocol's words and not from its file:
/// packets A5 5A, length, content, CRC; a picture that is shown when the panel is told to.
class panel_model final : public packet_model {
  public:
    panel_model(const display_options& options, surroundings around);

    [[nodiscard]] const drivers::frame& picture() const override { return glass_; }
    [[nodiscard]] nlohmann::json state() const override;

  protected:
    [[nodiscard]] std::size_t take(byte_view data) override;
    [[nodiscard]] bytes wrap(byte_view content) const override;

  private:
    void execute(byte_view content);
    /// The code of a refusal; 0: carried out.
    [[nodiscard]] std::uint8_t draw(byte_view content);
    [[nodiscard]] std::uint8_t fill(byte_view content);

    drivers::frame hidden_;
    drivers::frame glass_;
    drivers::rectangle target_;
    std::size_t pixel_at_ = 0; ///< bytes of the rectangle so far
    std::uint8_t low_byte_ = 0;
    int next_part_ = 0;
    int brightness_ = 255;
    bool ready_ = false;
};

} // namespace cipherlane::sim
