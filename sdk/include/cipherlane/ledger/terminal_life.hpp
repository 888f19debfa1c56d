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

} // namespace cipherlane::ledger
