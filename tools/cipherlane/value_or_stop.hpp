#pragma once

#include "cipherlane/tool_door.hpp"

#include <cipherlane/core/result.hpp>

#include <optional>
#include <string>
#include <string_view>

namespace cipherlane::cli {

/// The value, or the end of the subcommand.
template <class T>
T value_or_stop(result<T> done, std::string_view advice = {}, std::optional<ending> ends = std::nullopt) {
    if (done) return *std::move(done);
    throw tool_stop(done.error(), std::string(advice), ends);
}
inline void check_or_stop(const result<void>& done) {
    if (!done) throw tool_stop(done.error());
}

/// The same with advice that depends on the error.
using advice_for = std::string_view (*)(const error&) noexcept;
template <class T>
T value_or_stop(result<T> done, advice_for advice) {
    if (done) return *std::move(done);
    throw tool_stop(done.error(), std::string(advice(done.error())));
}
inline void check_or_stop(const result<void>& done, advice_for advice) {
    if (!done) throw tool_stop(done.error(), std::string(advice(done.error())));
}

} // namespace cipherlane::cli
