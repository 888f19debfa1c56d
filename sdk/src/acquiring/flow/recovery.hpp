#pragma once

#include "lane/lane_core.hpp"

#include <cipherlane/acquiring/recovery.hpp>

namespace cipherlane::acquiring {

/// Why a record is recovered.
enum class recovered_for : std::uint8_t {
    its_caller, ///< who names it by key or handle
    everybody,  ///< among all that is open: what nothing can undo is not sent then, as perhaps it never was
};

/// Does what can be done now to decide a record, and tells how it stands.
[[nodiscard]] result<payment> recover(
    lane_core& on, ports::journal_record record, recovered_for whom, const call& bounds);

[[nodiscard]] result<std::vector<payment>> perform(
    lane_core& on, const recovery_request& request, const call& bounds);

} // namespace cipherlane::acquiring
