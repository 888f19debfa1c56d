#pragma once

#include <cipherlane/hsm/codec.hpp>

#include <string>
#include <vector>

namespace cipherlane::cli {

/// How much of a message may be shown.
enum class reveal {
    masked, ///< codes, lengths, check values and keys under local master keys; PANs as first six and last four
    all,    ///< test cards and test keys only
};

struct described_field {
    std::string name;
    std::string value;
    /// Of a field that holds records: the fields of each; `value` is empty then unless something was left over.
    std::vector<std::vector<described_field>> rows;
};

/// The fields of a layout that have a value, in order, for people. Masked, a field is shown only where its name is
/// one of those that hold nothing secret, its value a code of a table or a length, or at most two characters long:
/// a name that nobody knows is left out.
[[nodiscard]] std::vector<described_field> describe(
    const hsm::layout& fields, const hsm::field_set& values, reveal how);

/// The same of an answer, with the records that a field holds one by one.
[[nodiscard]] std::vector<described_field> describe_answer(
    const hsm::codec& engine, const hsm::command_spec& command, const hsm::field_set& values, reveal how);

/// The same values with what `describe` masks replaced by as much filler: digits by 0, text by x, bytes by zeros; of
/// a PAN the first six and last four digits stay. So a message can be written again that holds nothing secret.
[[nodiscard]] hsm::field_set masked_values(const hsm::layout& fields, const hsm::field_set& values);

/// Whether `describe` shows a field's value where it masks.
[[nodiscard]] bool is_open(const hsm::field_spec& field);

/// Text of a peer for a terminal: what is not printable ASCII as \xNN, so that nothing can move the cursor.
[[nodiscard]] std::string escaped_text(std::string_view text);

} // namespace cipherlane::cli
