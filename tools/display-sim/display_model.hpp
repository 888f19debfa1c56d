#pragma once

#include "simkit/fault_plan.hpp"

#include <cipherlane/core/bytes.hpp>
#include <cipherlane/drivers/display/frame.hpp>

#include <nlohmann/json_fwd.hpp>

#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace cipherlane::sim {

/// The world around a simulated display.
struct display_surroundings {
    std::function<void(bytes)> send;
    std::function<void(std::chrono::milliseconds, std::function<void()>)> later;
    std::function<void()> unplug;
};

/// A display without its wire: bytes in, bytes out, and a picture. Not thread-safe.
class display_model {
  public:
    display_model(std::vector<std::string> faults, display_surroundings around)
        : faults_(std::move(faults))
        , around_(std::move(around)) {}
    display_model(const display_model&) = delete;
    display_model& operator=(const display_model&) = delete;
    virtual ~display_model() = default;

    virtual void receive(byte_view data) = 0;
    [[nodiscard]] virtual const drivers::frame& picture() const = 0;
    /// What the model believes it shows, in words.
    [[nodiscard]] virtual nlohmann::json state() const = 0;
    /// A frame that was begun is forgotten; the picture stays, as on a device with its own power.
    virtual void link_lost() = 0;

    /// `state`, `read` (what zxing-cpp and zbar read from the picture), `snapshot` (`path`: a PNG; read too),
    /// `counters`, `faults`. Throws `std::invalid_argument`, `std::runtime_error`.
    virtual nlohmann::json control(const nlohmann::json& request);
    /// One of the counters; 0 for one that has not begun.
    [[nodiscard]] std::uint64_t counted(const std::string& what) const;

  protected:
    void count(const std::string& what) { ++counters_[what]; }
    void count(const std::string& what, std::uint64_t by) { counters_[what] += by; }
    [[nodiscard]] fault_plan& faults() noexcept { return faults_; }
    [[nodiscard]] const display_surroundings& around() const noexcept { return around_; }

  private:
    fault_plan faults_;
    display_surroundings around_;
    std::map<std::string, std::uint64_t> counters_;
};

struct display_options {
    int width = 320;
    int height = 480;
    std::chrono::milliseconds drawing{1'200}; ///< bonrix: how long it is deaf after a command
};

/// Names of the families that `make_display_model` knows.
[[nodiscard]] const std::vector<std::string>& display_families();
/// Throws `std::invalid_argument` for another name.
[[nodiscard]] std::unique_ptr<display_model> make_display_model(
    const std::string& family, const display_options& options, display_surroundings around);

} // namespace cipherlane::sim
