#pragma once

#include <cipherlane/ports/journal_record.hpp>
#include <cipherlane/store/journal_check.hpp>

#include <nlohmann/json_fwd.hpp>

#include <iosfwd>
#include <string>
#include <vector>

namespace cipherlane::cli {

/// Whether a person or a recovery must still do something about a record.
[[nodiscard]] bool undecided(const ports::journal_record& record);

/// What must be done about an undecided record, and what one needs for it. Empty for others.
[[nodiscard]] std::string todo(const ports::journal_record& record);

/// A table of records, oldest first; below each undecided one what is to be done. Nothing is cut.
void print_rows(std::ostream& out, const std::vector<store::journal_entry>& entries);

/// All that the journal has of a record, amounts in minor units, times with their zone.
[[nodiscard]] nlohmann::ordered_json to_json(const store::journal_entry& entry);

/// The same as a line of values, and their names; lines end by CR LF (RFC 4180).
[[nodiscard]] std::string csv_names();
[[nodiscard]] std::string to_csv(const store::journal_entry& entry);

/// "3", "7 to 19".
[[nodiscard]] std::string to_text(const store::lost_records& lost);

} // namespace cipherlane::cli
