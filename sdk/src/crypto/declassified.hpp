#pragma once

#ifdef CIPHERLANE_CONSTANT_TIME_CHECK
#include <valgrind/memcheck.h>
#endif

namespace cipherlane::crypto {

/// A verdict over secrets that everyone may know: from here on code may branch on it. In ordinary builds nothing but
/// its argument; under the constant-time test valgrind learns that the value is no secret any more.
template <class T>
[[nodiscard]] T declassified(T verdict) noexcept {
#ifdef CIPHERLANE_CONSTANT_TIME_CHECK
    VALGRIND_MAKE_MEM_DEFINED(&verdict, sizeof verdict);
#endif
    return verdict;
}

} // namespace cipherlane::crypto
