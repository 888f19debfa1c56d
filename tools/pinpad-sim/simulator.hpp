#pragma once

#include "pinpad-sim/pad_model.hpp"
#include "simkit/pty_port.hpp"

#include <boost/asio/io_context.hpp>

#include <memory>
#include <string>

namespace cipherlane::sim {

/// A pad model at the end of a pty. Belongs to the io_context's thread; must outlive its run.
class pinpad_simulator {
  public:
    pinpad_simulator(boost::asio::io_context& on, pad_model::settings with, master_keys keys, const logger& log,
        std::string link = {});
    ~pinpad_simulator();

    [[nodiscard]] result<void> plug();
    [[nodiscard]] const std::string& path() const noexcept;
    /// The model's commands and `plug`, `unplug`.
    nlohmann::json control(const nlohmann::json& request);

  private:
    struct impl;
    std::unique_ptr<impl> impl_;
};

} // namespace cipherlane::sim
