#pragma once

#include "lane/lane_core.hpp"

#include <cipherlane/acquiring/payment.hpp>
#include <cipherlane/ports/journal_record.hpp>

#include <optional>

namespace cipherlane::acquiring {

/// Writes the verdict of a record, of card and QR trades alike: durable before anybody is told. A record that is in
/// that state already is not written again. Without the disk nothing may be told but that it is not known. Raises
/// what a person must know. `record` becomes what the journal then has.
[[nodiscard]] payment write_verdict(lane_core& on, ports::journal_record& record,
    const ports::journal_verdict& verdict, std::optional<error> why = std::nullopt);

/// Nothing left the till: the record ends so, and the caller gets the reason as an error. If the mark is lost, the
/// record will be undone or asked about for nothing, which does no harm.
[[nodiscard]] error write_not_sent(lane_core& on, const ports::journal_record& record, const error& why);

/// Alerts about what a person must know of a record, whether or not anything can be done now.
void raise_about(lane_core& on, const ports::journal_record& record);

/// Fills in what has been given back of an approved payment; what is not decided is left out.
[[nodiscard]] result<void> tell_refunds(lane_core& on, payment& value, const call& bounds);

} // namespace cipherlane::acquiring
