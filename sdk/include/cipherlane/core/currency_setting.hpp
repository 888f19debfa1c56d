#pragma once

#include <cipherlane/core/currency.hpp>
#include <cipherlane/core/strict_toml.hpp>

namespace cipherlane {

/// A currency by its number of ISO 4217, under the key `currency`; what is there stays where the key is absent.
void read_currency(toml_reader& in, currency& to);

} // namespace cipherlane
