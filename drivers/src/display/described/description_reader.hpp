#pragma once

#include "../../description_faults.hpp"
#include "template_parser.hpp"

#include <cipherlane/core/strict_toml.hpp>

#include <string_view>

namespace cipherlane::drivers {

/// One table of a description, with the two kinds of text that only descriptions have.
class section_reader : public toml_reader {
  public:
    using toml_reader::toml_reader;

    void literal(std::string_view key, bytes& into);
    void pattern(std::string_view key, command_template& into);
};

/// How packets are made: the keys of [packet], without what is longest.
void read_layout(section_reader& in, packet_layout& into);

} // namespace cipherlane::drivers
