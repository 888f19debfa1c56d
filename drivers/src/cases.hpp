#pragma once

namespace cipherlane::drivers {

/// A visitor made of one function a case.
template <class... F>
struct cases : F... {
    using F::operator()...;
};
template <class... F>
cases(F...) -> cases<F...>; // clang 14 does not deduce aggregates

} // namespace cipherlane::drivers
