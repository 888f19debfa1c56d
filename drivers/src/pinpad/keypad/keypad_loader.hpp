#pragma once

#include "../../display/described/description_reader.hpp"

#include <cipherlane/drivers/pinpad/keypad/keypad_description.hpp>

#include <string>
#include <string_view>

namespace cipherlane::drivers {

/// Reads a keypad's description from its parsed file, section by section.
class keypad_loader {
  public:
    keypad_loader(const toml_value& root, std::string_view source)
        : root_(root)
        , report_(description_faults(), source) {}

    [[nodiscard]] result<keypad_description> load();

  private:
    [[nodiscard]] result<void> bad(std::string_view path, std::string_view hint, const toml_value* at = nullptr);
    [[nodiscard]] result<void> done(section_reader& in);
    [[nodiscard]] const toml_value* section(std::string_view name) const;

    [[nodiscard]] result<void> read_top();
    [[nodiscard]] result<void> read_line();
    [[nodiscard]] result<void> read_frame(std::string_view name, packet_layout& into);
    [[nodiscard]] result<void> read_link();
    [[nodiscard]] result<void> read_keys();
    [[nodiscard]] result<void> read_mac();
    [[nodiscard]] result<void> read_statuses();
    [[nodiscard]] result<void> read_commands();
    [[nodiscard]] result<void> read_step(const toml_value& from, keypad_action action, const std::string& path);
    [[nodiscard]] result<void> check_commands();

    const toml_value& root_;
    toml_report report_;
    keypad_description made_;
};

} // namespace cipherlane::drivers
