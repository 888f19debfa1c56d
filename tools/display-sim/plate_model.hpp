#pragma once

#include "display-sim/packet_model.hpp"
#include "display-sim/screen.hpp"

namespace cipherlane::sim {

/// The plate of drivers/descriptions/hid-plate.toml, written from that protocol's words and not from its file:
/// packets 51, length, content, sum; it draws codes itself. What fills up a report lies between packets.
class plate_model final : public packet_model {
  public:
    plate_model(const display_options& options, surroundings around);

    [[nodiscard]] const drivers::frame& picture() const override { return screen_.picture(); }
    [[nodiscard]] nlohmann::json state() const override;

  protected:
    [[nodiscard]] std::size_t take(byte_view data) override;
    [[nodiscard]] bytes wrap(byte_view content) const override;

  private:
    void execute(byte_view content);
    [[nodiscard]] std::uint8_t collect(byte_view content);
    [[nodiscard]] std::uint8_t show(char command);

    screen screen_;
    std::string text_; ///< of the command whose parts are coming in
    int next_part_ = 0;
    int brightness_ = 10;
    int seconds_ = -1;
};

} // namespace cipherlane::sim
