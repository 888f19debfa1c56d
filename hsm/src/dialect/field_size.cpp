#include "dialect/field_size.hpp"

#include "dialect/key_text.hpp"

namespace cipherlane::hsm {

size_choice ask_key(const profile& dialect, byte_view value) {
    const auto wide = has_wide_blocks(dialect, as_text(value));
    if (!wide) return size_choice::open;
    return *wide ? size_choice::wide : size_choice::usual;
}

} // namespace cipherlane::hsm
