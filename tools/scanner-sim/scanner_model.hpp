#pragma once

#include "simkit/simulated_device.hpp"

#include <nlohmann/json_fwd.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace cipherlane::sim {

/// How a scanner says what it has read.
enum class scanner_form {
    text,    ///< characters and CR
    reports, ///< HID-POS, usage page 8C: reports of 63 bytes behind their number
    keys,    ///< a keyboard: the system's input events
};

/// A barcode scanner: it says what the rig holds before it, and takes nothing.
///
/// Its command for the rig: `scan` (`text`; `symbology`: the AIM identifier that it tells; `until`: the line is dead
/// behind so many bytes).
class scanner_model final : public simulated_device {
  public:
    scanner_model(scanner_form form, surroundings around);

    void receive(byte_view data) override { count("bytes", data.size()); }
    void link_lost() override {}

  private:
    nlohmann::json scan(const nlohmann::json& request);
    [[nodiscard]] std::vector<bytes> spoken(const std::string& text, const std::string& symbology) const;

    scanner_form form_;
};

/// "serial", "hid-pos", "wedge". Throws `std::invalid_argument` for another.
[[nodiscard]] scanner_form scanner_form_named(std::string_view family);

} // namespace cipherlane::sim
