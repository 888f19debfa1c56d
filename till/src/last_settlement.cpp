#include <cipherlane/acquiring/last_settlement.hpp>
#include <cipherlane/till/last_settlement.hpp>
#include <cipherlane/till/till.hpp>

#include <algorithm>

namespace cipherlane {

result<std::optional<acquiring::settlement_report>> last_settlement(till& of, const call& bounds) {
    using acquiring::settled_with;
    const auto& id = of.terminal().terminal_id;
    CIPHERLANE_TRY(const auto now, of.status(bounds));
    const bool by_itself = now.card_terminal != part_state::none && now.host == part_state::none;
    return acquiring::last_settlement(
        of.journal(), id, by_itself ? settled_with::card_terminal : settled_with::host, bounds);
}

} // namespace cipherlane
