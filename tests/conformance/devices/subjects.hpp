#pragma once

#include "display-sim/display_model.hpp"

#include <cipherlane/ports/display.hpp>

#include <nlohmann/json.hpp>

#include <functional>
#include <memory>
#include <ostream>
#include <string>
#include <vector>

namespace cipherlane::tests {

/// A display under test: a simulated one, or the one that the environment names.
class display_subject {
  public:
    display_subject() = default;
    display_subject(const display_subject&) = delete;
    display_subject& operator=(const display_subject&) = delete;
    virtual ~display_subject() = default;

    [[nodiscard]] virtual result<std::unique_ptr<ports::display>> open(const call& bounds) = 0;
    /// Whether there is a model to be asked, unplugged and watched. What follows is for models only.
    [[nodiscard]] virtual bool is_model() const noexcept { return false; }
    [[nodiscard]] virtual nlohmann::json ask(const nlohmann::json& request);
    virtual void unplug() {}
    virtual void plug() {}
    /// `observer` sees the model after each of its commands, on its thread.
    virtual void watch(std::function<void(sim::display_model&)> observer);
};

/// A family as the suite runs it.
struct display_case {
    std::string name;        ///< "rcall", "bulk-panel"
    std::string family;      ///< as `open_display` knows it
    std::string model;       ///< as the simulator knows it
    std::string description; ///< of a described one, in drivers/descriptions
    int width = 320;
    int height = 480;
    enum class wire { line, usb, calls, broker } over = wire::line;
    enum class surface { glass, paper } shows_on = surface::glass;
    enum class qr { shown, none } codes = qr::shown;

    friend void PrintTo(const display_case& one, std::ostream* out) { *out << one.name; }
};

[[nodiscard]] const std::vector<display_case>& display_cases();

/// Why there is no subject of this family on this machine; empty where there is one.
[[nodiscard]] std::string missing(const display_case& of);

/// The device that the environment names for this family, else its model.
[[nodiscard]] std::unique_ptr<display_subject> make_subject(const display_case& of);

/// A device of another kind where one of this family is expected: a modem that answers everything with ERROR, on a
/// line or over TCP, on USB another protocol's packets.
[[nodiscard]] std::unique_ptr<display_subject> make_stranger(const display_case& of);

} // namespace cipherlane::tests
