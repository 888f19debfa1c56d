#pragma once

#include <cipherlane/ledger/numbers.hpp>
#include <cipherlane/ledger/record_set.hpp>
#include <cipherlane/ports/store.hpp>

#include <cstdint>

namespace cipherlane::ledger {

/// What becomes of a terminal's own entry in a store.

/// Takes a master key that the host has given: working keys under the one before it are void, and signing in is due.
inline void take_master_key(ports::terminal_state& terminal, const ports::wrapped_key& key) {
    terminal.master_keys.push_back(key);
    terminal.pin_key = terminal.mac_key = {};
    terminal.sign_in_due = true;
}

/// What the end of a batch makes of its terminal and its records.
struct batch_end {
    std::uint32_t next_batch;
    ports::settlement_step step = ports::settlement_step::none; ///< no settlement is under way any more
    record_set settles = records::settles;                      ///< these are settled by it
    bool closes = true;                                         ///< and count as told
};
[[nodiscard]] constexpr batch_end end_of(std::uint32_t batch) noexcept {
    return {.next_batch = successor(batch)};
}

/// Whether a host that names that batch is ahead of the terminal, which has another one open: batches were settled
/// there that this journal does not know. 0: it names none.
[[nodiscard]] constexpr bool is_behind(std::uint32_t open, std::uint32_t at_host) noexcept {
    return at_host != 0 && at_host != open && later(at_host, open) == at_host;
}
/// Whether a terminal has never signed in from this journal: then it may have a journal that is lost, and trace
/// numbers that its host has seen would come again.
[[nodiscard]] inline bool is_new(const ports::terminal_state& terminal) noexcept {
    return terminal.signed_in_date.empty();
}

} // namespace cipherlane::ledger
