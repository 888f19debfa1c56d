#pragma once

#include <cipherlane/till/till_settings.hpp>

namespace cipherlane {

/// What is given for something that is not there would be without effect, and whoever wrote it believes otherwise.
/// @return `till_errc::missing_setting` with the key that would give it one, `bad_setting` where nothing would.
[[nodiscard]] result<void> refuse_idle(const till_settings& all);
/// The same of a gateway.
[[nodiscard]] result<void> refuse_idle(const till_settings::gateway_place& gateway);

} // namespace cipherlane
