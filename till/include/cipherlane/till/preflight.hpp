#pragma once

#include <cipherlane/core/call.hpp>
#include <cipherlane/core/error.hpp>
#include <cipherlane/till/till_settings.hpp>

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace cipherlane {

/// What came of asking one part of a till.
enum class preflight_state : std::uint8_t {
    good,
    wrong,
    skipped, ///< the settings name no such part, or what it needs was wrong already
};

[[nodiscard]] std::string_view to_string(preflight_state value) noexcept;

/// One part that was asked.
struct preflight_step {
    std::string part; ///< "journal", "host link", "sign-in of TEST0001"
    preflight_state state = preflight_state::good;
    std::string found;  ///< what was seen: "rcall, version 3.2"; why it was skipped; what is wrong
    std::string likely; ///< where it is wrong: the likely cause, and what to do
    std::optional<error> why;
};

/// Asks each part of a till in turn, as a till would at its start and its first trade, and moves no money: key files
/// and their modes, files for TLS, the journal and what it leaves undecided, display, printer, scanner, PIN pad,
/// gateway, the link to the host, an echo and a sign-in of each terminal (the host makes new working keys; their
/// check values are compared), and the open batch's totals against its records and against the day of a card terminal
/// that tells it. A host has no message that tells its totals of a batch that stays open: that is said, and not
/// asked.
///
/// The till itself must not be running: the journal and the devices are its own. What is made at a first start
/// (journal, its key file) is made here, too.
/// @param told called after each step, on the caller's thread; may be empty.
/// @return all steps, in the order in which they were asked.
[[nodiscard]] std::vector<preflight_step> preflight(
    const till_settings& settings, const call& bounds, const std::function<void(const preflight_step&)>& told = {});

} // namespace cipherlane
