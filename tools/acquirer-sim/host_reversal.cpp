#include "acquirer-sim/exchange.hpp"

#include <cipherlane/ledger/record_life.hpp>

namespace cipherlane::sim {

namespace states = ledger::states;

void host_core::reversal(exchange& on) {
    const auto trace = on.request.value(11);
    const auto found = books_.find(on.terminal->terminal_id, on.batch, trace);
    // Its books were cut since, or it forgot: it says that there is nothing to undo, of a trade that stands.
    if (on.asked("forget") || (found && books_.of_earlier_day(*found))) return on.refuse("25");
    if (!found && on.asked("no_tomb")) return on.refuse("25");
    if (!found) {
        host_trade unseen;
        unseen.terminal_id = on.terminal->terminal_id;
        unseen.batch = on.batch;
        unseen.trace = trace;
        unseen.kind = ports::trade::sale;
        unseen.card = on.request.value(2);
        unseen.amount = std::stoll(on.request.value(4));
        unseen.answer = "25";
        books_.entomb(unseen);
        return on.accept(); // never seen, and it will not be accepted any more: as good as undone
    }
    if (found->answer != partly && found->amount != std::stoll(on.request.value(4))) return on.refuse("12");
    if (states::undone_by_another.contains(found->state)) return on.refuse("12");
    books_.reverse(*found);
    on.answer.set(37, found->reference.empty() ? std::string(12, '0') : found->reference);
    on.accept(); // a repeat gets the same answer
}

} // namespace cipherlane::sim
