#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace cipherlane {

/// A part of a till, as it is now.
enum class part_state : std::uint8_t {
    none,  ///< the settings name none
    ready, ///< made; nothing is known against it
    away,  ///< a device that is not there; its keeper looks for it
    given, ///< by the caller: nothing is known about it
};

[[nodiscard]] std::string_view to_string(part_state value) noexcept;

/// How a till is: its parts, what has gone over its links since it was opened, and what its terminal has under way.
struct till_status {
    std::string terminal_id;
    part_state host = part_state::none;
    part_state gateway = part_state::none;
    part_state pinpad = part_state::none;
    part_state card_terminal = part_state::none;
    part_state display = part_state::none;
    part_state printer = part_state::none;
    part_state scanner = part_state::none;
    part_state sealer = part_state::none;

    std::uint64_t host_connects = 0;
    std::uint64_t host_exchanges = 0; ///< requests of which a byte left
    std::uint64_t host_answers = 0;
    std::uint64_t host_dropped = 0;    ///< answers to nothing that was asked
    std::uint64_t notices_taken = 0;   ///< of the gateway
    std::uint64_t notices_refused = 0; ///< signature, time, repetition or form

    std::size_t slips_waiting = 0; ///< receipts that are still to be printed
    std::uint32_t batch = 0;
    std::uint32_t trace = 0; ///< the last one taken
    bool signed_in = false;  ///< the terminal has working keys, and the host wants no others
    bool settling = false;   ///< a settlement is under way: it goes on before the next trade
    bool settlement_overdue =
        false;                 ///< the hour of `settlement.remind_at` has passed over payments of the open batch
    std::string operator_id;   ///< who is signed on; empty: nobody
    std::uint32_t shift = 0;   ///< of that operator
    std::size_t undecided = 0; ///< records that `recover` or a person must decide
    std::size_t notices_waiting = 0; ///< words of a gateway that a person must acknowledge (`till::notices`)
};

} // namespace cipherlane
