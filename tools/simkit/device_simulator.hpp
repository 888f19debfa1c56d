#pragma once

#include "simkit/pty_port.hpp"
#include "simkit/simulated_device.hpp"

#include <boost/asio/io_context.hpp>

#include <functional>
#include <memory>
#include <string>

namespace cipherlane::sim {

/// A device model at the end of a pty, with the commands `plug` and `unplug`. Belongs to the io_context's thread;
/// must outlive its run.
class device_simulator {
  public:
    using maker = std::function<std::unique_ptr<simulated_device>(surroundings)>;

    device_simulator(boost::asio::io_context& on, const maker& make, std::string link = {});
    device_simulator(const device_simulator&) = delete;
    device_simulator& operator=(const device_simulator&) = delete;
    virtual ~device_simulator();

    [[nodiscard]] result<void> plug();
    [[nodiscard]] const std::string& path() const noexcept { return port_.path(); }
    nlohmann::json control(const nlohmann::json& request);

  protected:
    /// What the driver wrote.
    virtual void take(byte_view data) { model_->receive(data); }
    [[nodiscard]] simulated_device& model() noexcept { return *model_; }

  private:
    [[nodiscard]] surroundings around();
    void unplug();

    boost::asio::io_context& on_;
    pty_port port_;
    std::unique_ptr<simulated_device> model_;
};

} // namespace cipherlane::sim
