#pragma once

#include "dialect_builder.hpp"

namespace cipherlane::iso8583 {

/// Reads the table `envelope` of a dialect's file over what is there; `store` keeps what the envelope points into.
void build_envelope(const toml_value& section, envelope_spec& to, dialect_store& store, toml_report& report);

} // namespace cipherlane::iso8583
