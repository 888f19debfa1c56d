#pragma once

#include "hsm-sim/unit/unit.hpp"

#include <cipherlane/core/result.hpp>
#include <cipherlane/hsm/profile.hpp>

#include <filesystem>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace cipherlane::hsm_sim {

/// A built-in command that computes the answer of a command out of a profile file.
struct builtin_command {
    family dialect = family::payshield;         ///< the built-in table it is taken from
    std::shared_ptr<const hsm::profile> table;  ///< that table
    const hsm::command_spec* command = nullptr; ///< of `table`
    const hsm::binding* how = nullptr;          ///< of `table`, if it was found by an operation
};

/// A command whose layout stands in a profile file alone.
struct file_command {
    const hsm::command_spec* layout = nullptr; ///< of `profile_tables::dialect`
    std::vector<builtin_command> by;           ///< what can compute it, best first; none: only its own presets
    bool answers_alone = false;                ///< nothing computes it, and its answer needs nothing but the request
};

/// What a profile file adds to the commands a unit has of itself. Immutable; shared between threads.
struct profile_tables {
    std::shared_ptr<const hsm::profile> dialect;
    std::vector<file_command> own;
    std::vector<std::string> removed; ///< codes of built-in commands that the file takes away

    /// `code` and `carries` as in the file: which commands have a layout of their own, which are removed.
    /// @return `misuse` with "command.CODE.operation" if nothing of that name can be computed, with
    /// "command.CODE.answer FIELD" if an answer's field has no source; null if the file changes no command.
    [[nodiscard]] static result<std::shared_ptr<const profile_tables>> create(
        std::shared_ptr<const hsm::profile> file, family base, const std::vector<std::string>& own,
        const std::vector<std::string>& removed);
};

} // namespace cipherlane::hsm_sim
