#pragma once

#include <cipherlane/core/secret_bytes.hpp>

#include <algorithm>
#include <cstddef>

namespace cipherlane::hsm {

/// Makes room for `size` bytes by hand, since a vector would leave its old contents in freed memory.
inline void make_room(bytes& what, std::size_t size) {
    if (size <= what.capacity()) return;
    bytes larger;
    larger.reserve(std::max(size, 2 * what.capacity()));
    larger.assign(what.begin(), what.end());
    wipe(what);
    what.swap(larger);
}

/// Moves what lies behind `used` in the first `have` bytes to the front, and wipes where it lay.
inline void drop_front(byte_span what, std::size_t used, std::size_t have) {
    if (used == 0) return;
    std::copy(what.begin() + static_cast<std::ptrdiff_t>(used), what.begin() + static_cast<std::ptrdiff_t>(have),
        what.begin());
    wipe(what.subspan(have - used, used));
}

} // namespace cipherlane::hsm
