#pragma once

#include "hsm-sim/racal/command.hpp"

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace cipherlane::hsm_sim {

/// The commands of one Racal dialect by their two characters.
class command_table {
  public:
    explicit command_table(family dialect);

    [[nodiscard]] const command_row* find(std::string_view code) const noexcept;
    [[nodiscard]] std::size_t size() const noexcept { return count_; }
    [[nodiscard]] family dialect() const noexcept { return dialect_; }

  private:
    static constexpr std::size_t least = 0x20;
    static constexpr std::size_t span = 0x60;
    std::array<const command_row*, span * span> rows_{};
    std::size_t count_ = 0;
    family dialect_;
};

/// What became of a request, for log, counters and faults.
struct processed {
    std::string_view command; ///< two characters of the request, or empty
    status verdict;
    std::size_t second_answer_at = 0; ///< where in the output a second answer begins; 0: there is none
};

/// Answers Racal requests: command, fields, one answer. One for each thread that serves connections.
class racal_processor {
  public:
    explicit racal_processor(unit& of);
    /// With the commands of another dialect.
    racal_processor(unit& of, family builtin);

    /// Appends the answer (or both answers) to `out`, bodies only: without length and header.
    processed answer(std::string_view request, std::string& out);
    [[nodiscard]] bool knows(std::string_view code) const noexcept { return table_.find(code) != nullptr; }
    /// As to a command that the unit does not have; `name` is its two characters.
    processed answer_unknown(std::string_view name, std::string& out) const;

  private:
    void refresh_keys();
    processed run(const command_row& row, std::string_view body, std::string& out);

    unit& unit_;
    command_table table_;
    std::shared_ptr<const lmk_set> lmks_;
};

} // namespace cipherlane::hsm_sim
