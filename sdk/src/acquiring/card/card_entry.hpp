#pragma once

#include "lane/lane_core.hpp"

#include <cipherlane/iso8583/message.hpp>
#include <cipherlane/ports/pinpad.hpp>

namespace cipherlane::acquiring {

/// A card and, where it wants one, its encrypted PIN, as the PIN pad gave them. Move-only; dies with the request.
struct card_entry {
    explicit card_entry(ports::card_data read)
        : card(std::move(read)) {}
    ports::card_data card;
    secret_bytes pin_block;
    std::size_t pin_key_size = 16; ///< bytes of the key that encrypts it
    bool small_amount = false;     ///< no PIN was asked for by the rule for small amounts
};

/// Whether the rule for small amounts applies.
enum class pin_rule : std::uint8_t { always, not_for_small_amounts };
/// Who is to approve the trade for which a card is read.
enum class approval : std::uint8_t { host, card };

/// Reads a card and takes the PIN: two round trips of the PIN pad. A chip card's PIN is taken within its own flow.
[[nodiscard]] result<card_entry> take_card(
    lane_core& on, const amount& total, const ports::wrapped_key& pin_key, pin_rule pins, const call& bounds);

/// Reads a card for a trade that the host is not asked about: no online PIN.
[[nodiscard]] result<card_entry> take_card_alone(
    lane_core& on, const amount& total, const ports::wrapped_key& pin_key, approval by, const call& bounds);

/// Reads a card for its number alone. A pad may ask a chip card's holder for the PIN all the same; it goes nowhere.
[[nodiscard]] result<ports::card_data> read_card_alone(
    lane_core& on, const amount& total, const ports::wrapped_key& pin_key, const call& bounds);

/// Field 22: how the card was read and whether a PIN came with it.
[[nodiscard]] std::string entry_field(const card_entry& entry);

/// The part of a card's EMV data that a reversal carries, by the settings' list of tags.
[[nodiscard]] bytes reversal_emv(const lane_core& on, byte_view emv);
/// The part that is told to the host after the trade, likewise.
[[nodiscard]] bytes told_emv(const lane_core& on, byte_view emv);
/// Likewise, as the card has it at the end of the trade; of what it does not say then, as it said `before`.
[[nodiscard]] bytes told_emv_at_end(const lane_core& on, byte_view emv, byte_view before);
/// Whether the card says that the issuer's proof (ARPC) was wrong or did not come whole.
[[nodiscard]] bool arpc_failed(byte_view emv);
/// What is told to the host, with what the card made of its issuer's scripts (DF31).
[[nodiscard]] bytes script_emv(const lane_core& on, byte_view emv, byte_view results);

/// Puts into a request what only the card itself gives and the journal never sees: 26, 35, 36, 52, 53, 55, 62.
[[nodiscard]] result<void> fill_from_card(iso8583::message& request, const lane_core& on, const card_entry& entry);

/// The end of a transaction for the card and its holder: one round trip, whose failure changes no verdict. A chip
/// card learns what the host said, and may decline what the host has approved: that must be undone.
[[nodiscard]] ports::chip_report finish_card(lane_core& on, ports::entry_mode how, const ports::chip_verdict& end);
/// Likewise where no chip card is in play.
void finish_pinpad(lane_core& on, std::string_view line1, std::string_view line2);

} // namespace cipherlane::acquiring
