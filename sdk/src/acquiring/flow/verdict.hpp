#pragma once

#include "lane/lane_core.hpp"

#include <cipherlane/acquiring/payment.hpp>
#include <cipherlane/ports/journal_record.hpp>

#include <optional>
#include <string_view>

namespace cipherlane::acquiring {

/// Writes the verdict of a record, of card and QR trades alike: durable before anybody is told. What need not
/// be written (`ledger::must_write`) changes nothing. A write that failed is read back; where the journal does not
/// have it, nothing may be told but that it is not known, an alert is raised, and `record` stays as it was: whoever
/// has nothing to tell may drop the end. Raises what a person must know. `record` becomes what the journal then has.
[[nodiscard]] payment write_verdict(lane_core& on, ports::journal_record& record,
    const ports::journal_verdict& verdict, std::optional<error> why = std::nullopt);

/// Writes a step that nobody is told of, and that is no verdict: durable once this returns. `record` becomes what the
/// journal then has. @return why it was not written; then `record` is as it was.
[[nodiscard]] result<void> write_step(
    lane_core& on, ports::journal_record& record, const ports::journal_verdict& step);

/// Alerts about what a person must know of a record, whether or not anything can be done now.
void raise_about(lane_core& on, const ports::journal_record& record);

/// While a batch is being settled its totals are frozen and its records go up by their order: none may join them.
/// @return `settlement_due`.
[[nodiscard]] result<void> check_not_frozen(
    lane_core& on, const ports::journal_record& record, std::string_view operation);

/// Whether a record was sent to another host, or to another gateway or merchant, than the lane's, or the lane has
/// none any more. What is not known is taken as the same.
[[nodiscard]] bool is_foreign(const lane_core& on, const ports::journal_record& record);

} // namespace cipherlane::acquiring
