#pragma once

#include "display-sim/display_model.hpp"
#include "simkit/pty_port.hpp"

#include <boost/asio/io_context.hpp>

#include <functional>
#include <memory>
#include <string>

namespace cipherlane::sim {

/// A display model at the end of a pty. Belongs to the io_context's thread; must outlive its run.
class display_simulator {
  public:
    /// Throws `std::invalid_argument` for a family that is not known.
    display_simulator(boost::asio::io_context& on, const std::string& family, const display_options& options,
        std::string link = {});
    ~display_simulator();

    [[nodiscard]] result<void> plug();
    [[nodiscard]] const std::string& path() const noexcept;
    /// Called after each command that the model carried out, and within pictures after every few thousand bytes.
    void watch(std::function<void(display_model&)> observer);
    /// The model's commands and `plug`, `unplug`.
    nlohmann::json control(const nlohmann::json& request);

  private:
    struct impl;
    std::unique_ptr<impl> impl_;
};

} // namespace cipherlane::sim
