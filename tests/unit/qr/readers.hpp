#pragma once

#include <cipherlane/qr/png.hpp>
#include <cipherlane/qr/symbol.hpp>

#include <cstddef>
#include <string>

namespace cipherlane::tests {

/// The symbol as a grey picture, `scale` pixels a module.
[[nodiscard]] qr::gray_picture picture_of(const qr::symbol& made, std::size_t scale);

/// What zxing-cpp reads from a grey picture; empty where it finds no code.
[[nodiscard]] std::string read_with_zxing(const qr::gray_picture& picture);

/// What zbar reads; empty where it finds no code.
[[nodiscard]] std::string read_with_zbar(const qr::gray_picture& picture);

} // namespace cipherlane::tests
