#pragma once

#include "lane/lane_core.hpp"

#include <cipherlane/core/bytes.hpp>

#include <string_view>
#include <vector>

namespace cipherlane::acquiring {

/// The PIN pad, opened if it is not open; one that takes master keys has the one in force then, with all those before
/// it that it has missed: it may have been away when the host gave them.
[[nodiscard]] result<ports::pinpad*> opened_pinpad(lane_core& on, const call& bounds);

/// After a lost link the pad is opened anew before its next use; so is one that says itself that it is not open, as
/// it does when it was unplugged between two trades.
void note_pinpad_failure(lane_core& on, const error& why);

/// Gives a pad that takes lists a whole one; it is opened first. Nothing where there is none, or it takes none.
[[nodiscard]] result<void> give_list_to_pinpad(
    lane_core& on, std::string_view name, const std::vector<bytes>& entries, const call& bounds);

} // namespace cipherlane::acquiring
