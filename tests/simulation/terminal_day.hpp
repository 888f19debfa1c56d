#pragma once

#include "simulation/fingerprint.hpp"

#include <cipherlane/ports/terminal.hpp>

#include <cstdint>
#include <string>
#include <vector>

namespace cipherlane::simulation {

/// What a card terminal and its host have done, in order: the judge's witness of what cards were charged there. The
/// receipt number of an entry is its place, from 1.
struct terminal_day {
    struct entry {
        ports::terminal_verb what = ports::terminal_verb::authorise;
        std::int64_t minor = 0;
        std::string key; ///< the till's name for the payment, told by the world
        bool undone = false;
    };
    std::vector<entry> entries;
    std::size_t closed = 0; ///< so many are of days that were closed

    void add_to(fingerprint& state) const {
        for (const auto& one : entries) {
            state.add(static_cast<std::uint64_t>(one.what) << 1U | static_cast<std::uint64_t>(one.undone));
            state.add(static_cast<std::uint64_t>(one.minor));
            state.add(one.key);
        }
        state.add(static_cast<std::uint64_t>(closed));
    }
};

} // namespace cipherlane::simulation
