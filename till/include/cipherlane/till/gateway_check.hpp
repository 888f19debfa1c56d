#pragma once

#include <cipherlane/till/preflight.hpp>

#include <functional>
#include <vector>

namespace cipherlane {

/// Asks each gateway of a till in turn and moves no money: its keys and files, the days of the certificates that the
/// settings name, its clock against this machine's, and a call that proves both keys: of WeChat Pay an order of 0.01
/// yuan whose code nobody sees, and which is closed; of the others a question about an order that nobody has made.
///
/// Parts are called "gateway", or "gateway NAME" where there are several, with "certificates", "clock" or
/// "notifications" behind. The till may be running unless it listens at a port that the settings name.
/// @param told called after each step, on the caller's thread; may be empty.
/// @return all steps, in the order in which they were asked; none without a gateway.
[[nodiscard]] std::vector<preflight_step> check_gateways(
    const till_settings& settings, const call& bounds, const std::function<void(const preflight_step&)>& told = {});

} // namespace cipherlane
