#pragma once

#include "hsm-sim/profile/profile_tables.hpp"
#include "hsm-sim/racal/processor.hpp"
#include "hsm-sim/westone/processor.hpp"

#include <cipherlane/hsm/codec.hpp>

#include <map>
#include <memory>
#include <string>
#include <string_view>

namespace cipherlane::hsm_sim {

/// Answers the commands whose layouts stand in a profile file alone.
///
/// A request is read by the file's table, said again in the layout of the built-in command that the file names as
/// its operation, computed there, and the answer told in the file's layout. Fields meet by their names; code tables,
/// scheme tags and statuses are put into each side's own. One for each thread that serves connections.
class table_commands {
  public:
    table_commands(unit& of, std::shared_ptr<const profile_tables> tables);

    struct outcome {
        std::size_t consumed = 0;         ///< of the stream; 0: the request is not all there
        std::string_view command;         ///< its code in the file
        std::string status;               ///< two characters
        bool refused = false;             ///< no success, and no warning
        std::size_t second_answer_at = 0; ///< where in the output a second answer begins; 0: there is none
    };

    /// Whether the request is one of the file's commands; `answer` may be called then.
    [[nodiscard]] bool has(std::string_view request) const noexcept { return find(request) != nullptr; }
    /// Whether the file takes away the built-in command of this request.
    [[nodiscard]] bool removes(std::string_view request) const noexcept;

    /// Appends the answer's body to `out`.
    outcome answer(std::string_view request, std::string& out);

  private:
    struct told {
        std::string status;
        bool refused = true;
        bool wrong_key = false; ///< refused over the source key's parity: perhaps meant for another command
        bool twice = false;
        hsm::field_set values;
        const builtin_command* by = nullptr;
    };

    [[nodiscard]] const file_command* find(std::string_view request) const noexcept;
    told compute(const file_command& asked, const hsm::field_set& values);
    told ask(const builtin_command& by, const file_command& asked, const hsm::field_set& values);
    std::string run(const builtin_command& by, std::string_view request, std::size_t& second_at);
    outcome put_answer(const file_command& asked, const hsm::field_set& request, const told& found, std::string& out);

    unit& unit_;
    std::shared_ptr<const profile_tables> tables_;
    hsm::codec codec_;
    std::map<family, racal_processor> racal_;
    std::unique_ptr<westone_processor> westone_;
};

} // namespace cipherlane::hsm_sim
