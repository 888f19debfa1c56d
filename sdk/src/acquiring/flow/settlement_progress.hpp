#pragma once

#include "host/request.hpp"
#include "lane/lane_core.hpp"

#include <cipherlane/acquiring/settlement.hpp>
#include <cipherlane/iso8583/field48.hpp>
#include <cipherlane/ports/store.hpp>

#include <cstdint>
#include <string_view>

namespace cipherlane::acquiring {

/// How far a settlement has come, durable before its next step; none where it is over.
[[nodiscard]] inline result<void> save_progress(lane_core& on, const ports::settlement_progress& progress) {
    return on.journal().save_settlement(on.terminal_id(), progress, on.journal_call());
}

/// The host's verdict as the store keeps it.
[[nodiscard]] iso8583::settlement_verdict verdict_of(const ports::settlement_progress& progress) noexcept;
[[nodiscard]] bool is_balanced(const ports::settlement_progress& progress) noexcept;

/// What a message of a settlement is made of that is about no record.
[[nodiscard]] result<request_source> new_source(lane_core& on, std::uint32_t batch);

/// A code of the host that takes nothing.
[[nodiscard]] error refusal(std::string_view message, std::string_view code, std::uint32_t trace);

/// A step that cannot be done, and that must be done before the batch may be closed: unless a person has said
/// otherwise, the settlement stays where it is. @return `why`, with what is needed in words.
[[nodiscard]] result<void> needs_a_person(lane_core& on, after_refusal how, const error& why);

} // namespace cipherlane::acquiring
