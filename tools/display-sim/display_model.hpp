#pragma once

#include "display-sim/snapshot_folder.hpp"
#include "simkit/simulated_device.hpp"

#include <cipherlane/drivers/display/panel/frame.hpp>

#include <nlohmann/json_fwd.hpp>

#include <chrono>
#include <memory>
#include <string>
#include <vector>

namespace cipherlane::sim {

struct display_options {
    int width = 320;
    int height = 480;
    std::chrono::milliseconds drawing{1'200}; ///< bonrix: how long it is deaf after a command
    std::string snapshots;                    ///< folder that pictures may be written to; empty: none
};

/// A display: a device with a picture.
///
/// Its commands for the rig, besides those of every device: `state`, `read` (what zxing-cpp and zbar read from the
/// picture), `snapshot` (`path`: a PNG below the folder of its options; never over a file that it did not write; read
/// too).
class display_model : public simulated_device {
  public:
    display_model(const display_options& options, std::vector<fault_kind> faults, surroundings around);

    [[nodiscard]] virtual const drivers::frame& picture() const = 0;
    /// What the model believes it shows, in words.
    [[nodiscard]] virtual nlohmann::json state() const = 0;

  private:
    [[nodiscard]] nlohmann::json read() const;
    snapshot_folder folder_;
};

/// Names of the families that `make_display_model` knows.
[[nodiscard]] const std::vector<std::string>& display_families();
/// Throws `std::invalid_argument` for another name.
[[nodiscard]] std::unique_ptr<display_model> make_display_model(
    const std::string& family, const display_options& options, surroundings around);

} // namespace cipherlane::sim
