#pragma once

#include "display-sim/display_model.hpp"
#include "simkit/device_simulator.hpp"

#include <functional>
#include <string>

namespace cipherlane::sim {

/// A display model at the end of a pty.
class display_simulator final : public device_simulator {
  public:
    /// Throws `std::invalid_argument` for a family that is not known.
    display_simulator(boost::asio::io_context& on, const std::string& family, const display_options& options,
        std::string link = {});

    /// Called after each command that the model carried out, and within pictures after every few thousand bytes.
    void watch(std::function<void(display_model&)> observer) { observer_ = std::move(observer); }

  private:
    void take(byte_view data) override;

    std::function<void(display_model&)> observer_;
    std::uint64_t seen_ = 0;
    std::size_t unseen_ = 0;
};

} // namespace cipherlane::sim
