#pragma once

#include "description_faults.hpp"

#include <cipherlane/core/strict_toml.hpp>
#include <cipherlane/drivers/description/packet_layout.hpp>
#include <cipherlane/drivers/transport/serial.hpp>

#include <functional>
#include <span>
#include <string>
#include <string_view>

namespace cipherlane::drivers {

/// What every description begins with. One without a title is called by its name.
void read_names(toml_reader& in, std::string& name, std::string& title);
/// Bytes in hexadecimal and text in single quotes.
void read_literal(toml_reader& in, std::string_view key, bytes& into);
/// How packets are made: the keys of [packet], without what is longest.
void read_layout(toml_reader& in, packet_layout& into);
/// How a serial line is set up: the keys of [serial].
void read_line(toml_reader& in, serial_settings& into);

/// Reads a device's description from its parsed file, section by section: what all kinds of them share. Both the
/// file and what `source` names must outlive it.
class description_loader {
  protected:
    description_loader(const toml_value& root, std::string_view source)
        : root_(root)
        , report_(description_faults(), source) {}

    [[nodiscard]] result<void> bad(std::string_view path, std::string_view hint, const toml_value* at = nullptr);
    [[nodiscard]] result<void> done(toml_reader& in);
    /// Null where there is no such table.
    [[nodiscard]] const toml_value* section(std::string_view name) const;
    using step_reader =
        std::function<result<void>(const toml_value& from, std::size_t which, const std::string& path)>;
    /// The commands of [command], each a table or a list of them: `read` gets each table, and which of `words` its
    /// command is called.
    [[nodiscard]] result<void> read_commands(std::span<const std::string_view> words, const step_reader& read);

    const toml_value& root_;
    toml_report report_;
};

} // namespace cipherlane::drivers
