#pragma once

#include <cipherlane/ports/batch_totals.hpp>
#include <cipherlane/till/clerk.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace cipherlane {

/// What an operator has done in a shift, as the journal has it.
struct shift_report {
    std::string terminal_id;
    std::string operator_id;
    std::string operator_name; ///< as the operators' file has it now; empty where it has them no more
    std::vector<right> rights; ///< likewise
    std::uint32_t number = 0;
    std::chrono::system_clock::time_point opened{};
    std::optional<std::chrono::system_clock::time_point> closed;
    ports::batch_totals totals; ///< what moved money; counted as in a batch
    std::size_t records = 0;    ///< all, what moved none, too
    std::size_t undecided = 0;  ///< of them
};

} // namespace cipherlane
