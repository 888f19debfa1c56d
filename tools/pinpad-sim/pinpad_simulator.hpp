#pragma once

#include "pinpad-sim/pad_model.hpp"
#include "simkit/device_simulator.hpp"

#include <memory>
#include <string>
#include <utility>

namespace cipherlane::sim {

/// A pad model at the end of a pty.
class pinpad_simulator final : public device_simulator {
  public:
    pinpad_simulator(boost::asio::io_context& on, pad_model::settings with, master_keys keys, const logger& log,
        std::string link = {})
        : device_simulator(
              on,
              [&](surroundings around) {
                  return std::make_unique<pad_model>(std::move(with), std::move(keys), std::move(around), log);
              },
              std::move(link)) {}
};

} // namespace cipherlane::sim
