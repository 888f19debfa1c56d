#include "flow/key_in_use.hpp"

#include <cipherlane/acquiring/errc.hpp>
#include <cipherlane/ledger/record_life.hpp>

namespace cipherlane::acquiring {

result<std::optional<ports::journal_record>> key_in_use(
    ports::store& journal, std::string_view terminal_id, const trade_request& wish, const call& bounds) {
    CIPHERLANE_TRY(auto found, journal.find_key(terminal_id, wish.idempotency_key, bounds));
    if (!found || ledger::states::frees_key.contains(found->state)) return std::optional<ports::journal_record>();
    if (!ledger::was_begun_for(*found, wish.kind, wish.handle, wish.total))
        return error(acquiring_errc::key_reused, layer::acquiring).during("request");
    return found;
}

} // namespace cipherlane::acquiring
