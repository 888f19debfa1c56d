#pragma once

#include "display-sim/display_model.hpp"

namespace cipherlane::sim {

/// A WeAct Display FS: commands of fixed lengths ending in 0A, and pictures of RGB565.
class weact_model final : public display_model {
  public:
    weact_model(const display_options& options, surroundings around);

    void receive(byte_view data) override;
    [[nodiscard]] const drivers::frame& picture() const override { return glass_; }
    [[nodiscard]] nlohmann::json state() const override;
    void link_lost() override;

  private:
    void take(std::uint8_t one);
    void execute();
    void put_pixel_byte(std::uint8_t one);
    void respond(const std::string& name, bytes answer);

    drivers::frame glass_;
    bytes command_;
    std::size_t wanted_ = 0;
    drivers::rectangle target_; ///< of the picture that is coming in
    std::size_t pixel_bytes_ = 0;
    std::size_t pixel_at_ = 0;
    std::uint8_t low_byte_ = 0;
    int brightness_ = 255;
    int orientation_ = 0;
};

} // namespace cipherlane::sim
