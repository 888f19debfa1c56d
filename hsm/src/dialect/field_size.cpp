#include "dialect/field_size.hpp"

#include "dialect/key_text.hpp"

namespace cipherlane::hsm {

size_choice ask_size(const profile& dialect, const size_link& by, byte_view value) {
    if (value.empty()) return size_choice::open;
    if (by.is_key) {
        const auto wide = has_wide_blocks(dialect, as_text(value));
        if (!wide) return size_choice::open;
        return *wide ? size_choice::wide : size_choice::usual;
    }
    const bool asks = !by.wide.empty() && std::equal(by.wide.begin(), by.wide.end(), value.begin(), value.end());
    return asks ? size_choice::wide : size_choice::usual;
}

} // namespace cipherlane::hsm
