#pragma once

#include <cipherlane/hsm/field_spec.hpp>

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace cipherlane::hsm {

/// May a command be sent again when it is not known whether the unit has carried it out?
enum class repetition : std::uint8_t {
    never, ///< makes or stores a key, draws a PIN, prints
    safe,  ///< the second run gives the same and leaves nothing behind
};

/// One command of a dialect: data only, read from a profile.
struct command_spec {
    std::string code;  ///< "CA"; two bytes as "D1 24"
    bytes wire;        ///< the code as sent
    bytes answer_wire; ///< the code of the answer; empty where answers carry none
    std::string title;
    layout request;
    layout answer; ///< after the status
    /// Fields of the answer that hold one record after another, by their names, and what a record is.
    std::map<std::string, layout, std::less<>> records;
    /// Whether each field of the answer is plain and of one size unless a key or a PIN format asks for the other.
    bool flat_answer = false;
    std::size_t flat_size = 0; ///< of those fields, on the wire
    bytes second_answer_wire;  ///< of commands that answer twice (printing): the second answer's code; else empty
    layout second_answer;
    std::vector<std::string> warnings; ///< statuses other than success that carry the whole answer
    /// Statuses that say "compared, and wrong"; "*": each one that has no text, where a dialect publishes no code.
    std::vector<std::string> mismatch;
    std::vector<std::string> diagnostic_on; ///< statuses of refusal that carry `diagnostic`
    layout diagnostic;
    std::map<std::string, std::string, std::less<>> errors; ///< what a status means for this command
    repetition repeat = repetition::never;
    /// What the command does, for units that are simulated: a typed operation ("translate_pin") or the code of a
    /// built-in command ("CC"). Empty: by the operation that it is bound to, or by its own code.
    std::string operation;
    /// For simulated units: which status stands for one of the built-in command ("20" as "9Z").
    std::map<std::string, std::string, std::less<>> statuses;
    bool needs_authorised = false; ///< only in the unit's authorised state
    bool prints = false;           ///< drives the unit's printer
};

} // namespace cipherlane::hsm
