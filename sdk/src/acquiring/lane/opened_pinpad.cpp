#include "lane/opened_pinpad.hpp"

namespace cipherlane::acquiring {
namespace {

/// Each key is under the one before it, and a pad that was away, or is another one, may have missed several. The
/// newest that it takes is looked for first: one command where it has missed none.
result<void> renew_pinpad_key(lane_core& on, ports::pinpad& pinpad, const call& bounds) {
    if (!pinpad.takes_master_key()) return {};
    CIPHERLANE_TRY(const auto terminal, on.journal().terminal(on.terminal_id(), on.journal_call()));
    auto keys = terminal.master_keys;
    std::erase_if(keys, [&](const ports::wrapped_key& key) { return !on.is_of_own_slot(key); });
    const auto give = [&](std::size_t which) {
        return pinpad.load_master_key(keys[which], bounds.no_later_than(on.settings().timers.device));
    };
    result<void> taken;
    auto missed = keys.size();
    while (missed > 0) {
        taken = give(missed - 1);
        if (taken || !taken.error().is(condition::rejected_by_peer)) break;
        --missed;
    }
    for (; taken && missed < keys.size(); ++missed)
        taken = give(missed);
    return taken;
}

} // namespace

result<ports::pinpad*> opened_pinpad(lane_core& on, const call& bounds) {
    CIPHERLANE_TRY(auto* const pinpad, on.pinpad());
    if (!on.pinpad_open) {
        CIPHERLANE_CHECK(pinpad->open(bounds.no_later_than(on.settings().timers.device)));
        CIPHERLANE_CHECK(renew_pinpad_key(on, *pinpad, bounds));
        on.pinpad_open = true;
    }
    return pinpad;
}

void note_pinpad_failure(lane_core& on, const error& why) {
    if (why.is(condition::link_lost) || why.is(condition::misuse)) on.pinpad_open = false;
}

result<void> give_list_to_pinpad(
    lane_core& on, std::string_view name, const std::vector<bytes>& entries, const call& bounds) {
    const auto pad = on.pinpad();
    if (!pad || !(*pad)->takes_lists()) return {};
    CIPHERLANE_TRY(auto* const opened, opened_pinpad(on, bounds));
    auto given = opened->load_list(name, entries, bounds);
    if (!given) note_pinpad_failure(on, given.error());
    return given;
}

} // namespace cipherlane::acquiring
