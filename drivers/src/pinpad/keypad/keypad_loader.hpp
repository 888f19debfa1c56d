#pragma once

#include "../../description/description_loader.hpp"

#include <cipherlane/drivers/pinpad/keypad/keypad_description.hpp>

#include <string>
#include <string_view>

namespace cipherlane::drivers {

/// Reads a keypad's description from its parsed file, section by section.
class keypad_loader : private description_loader {
  public:
    keypad_loader(const toml_value& root, std::string_view source)
        : description_loader(root, source) {}

    [[nodiscard]] result<keypad_description> load();

  private:
    [[nodiscard]] result<void> read_top();
    [[nodiscard]] result<void> read_serial();
    [[nodiscard]] result<void> read_frame(std::string_view name, packet_layout& into);
    [[nodiscard]] result<void> read_link();
    [[nodiscard]] result<void> read_keys();
    [[nodiscard]] result<void> read_mac();
    [[nodiscard]] result<void> read_serial_cryptogram();
    [[nodiscard]] result<void> read_statuses();
    [[nodiscard]] result<void> read_step(const toml_value& from, keypad_action action, const std::string& path);
    [[nodiscard]] result<void> check_commands();

    keypad_description made_;
};

} // namespace cipherlane::drivers
