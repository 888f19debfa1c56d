#pragma once

#include <cipherlane/acquiring/flow.hpp>

#include <functional>

namespace cipherlane::acquiring {

/// Something that must not meet a trade half-way, as the closing of a shift.
struct turn_request {
    std::function<result<void>(const call&)> work;
};

struct turn_report {};

/// Does it on the lane's thread: after what is under way, before what comes later.
/// @return what the work says where it fails
using in_turn = flow<turn_request, turn_report>;

extern template class flow<turn_request, turn_report>;

} // namespace cipherlane::acquiring
