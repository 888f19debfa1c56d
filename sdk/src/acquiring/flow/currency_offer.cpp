#include "flow/currency_offer.hpp"

#include "host/exchange.hpp"
#include "host/request.hpp"
#include "lane/opened_pinpad.hpp"

#include <cipherlane/core/numeric_text.hpp>
#include <cipherlane/iso8583/field59.hpp>
#include <cipherlane/iso8583/response_code.hpp>
#include <cipherlane/ledger/conversion.hpp>
#include <cipherlane/ports/rate_text.hpp>

#include <sstream>

namespace cipherlane::acquiring {
namespace {

using ports::conversion;
using ports::currency_choice;

constexpr std::size_t amount_digits = 12;
constexpr std::size_t rate_size = 1 + ports::rate_digits;
constexpr std::size_t currency_digits = 3;

bool is_own(const std::string& prefixes, std::string_view number) {
    std::istringstream words(prefixes);
    for (std::string one; words >> one;) {
        if (number.starts_with(one)) return true;
    }
    return false;
}

bool can_ask(lane_core& on) {
    if (on.chooser() != nullptr) return true;
    const auto pad = on.pinpad();
    return pad && (*pad)->asks_currency();
}

/// What is left for enquiry and choice: the call less the host's answer to the payment, and what device and journal
/// take before it.
std::chrono::milliseconds time_to_choose(lane_core& on, const call& bounds) {
    const auto host = on.host();
    if (!host) return std::chrono::milliseconds(0);
    return bounds.until().left() - (*host)->response_time() - on.settings().timers.device;
}

/// Twelve digits of the amount, eight of the rate, three of the currency, as the answer has them.
std::string offered_digits(const host_answer& answer, const conversion_settings& how) {
    if (how.form == conversion_form::fields) return answer.value(6) + answer.value(10) + answer.value(51);
    const auto field = answer.value(59);
    const auto found = iso8583::find_subfield(iso8583::field59_format(), as_bytes(field), how.tag);
    return found && *found ? std::string(as_text(**found)) : std::string();
}

std::optional<conversion> offer_in(lane_core& on, const host_answer& answer, const amount& total) {
    const auto digits = offered_digits(answer, on.settings().conversion);
    if (digits.size() != amount_digits + rate_size + currency_digits) return std::nullopt;
    const auto number = number_of(digits.substr(amount_digits + rate_size));
    const auto unit = number ? find_currency(static_cast<std::uint16_t>(*number)) : std::nullopt;
    const auto converted =
        unit ? amount_of_n12(std::string_view(digits).substr(0, amount_digits), *unit) : std::nullopt;
    if (!converted) return std::nullopt;
    conversion offer;
    offer.converted = *converted;
    offer.rate = digits.substr(amount_digits, rate_size);
    if (ledger::is_sound(offer, total)) return offer;
    on.log().warning("acquiring", "the host's offer of another currency does not hold together: it is not shown");
    return std::nullopt;
}

result<std::optional<conversion>> ask_host(
    lane_core& on, const card_entry& entry, const amount& total, const call& bounds) {
    const auto& row = iso8583::row_of(iso8583::transaction::rate_enquiry);
    CIPHERLANE_TRY(const auto terminal, on.journal().terminal(on.terminal_id(), on.journal_call()));
    CIPHERLANE_TRY(const auto trace, on.journal().take_trace(on.terminal_id(), on.journal_call()));
    const ports::stored_card card(entry.card.account.clone(), entry.card.expiry);
    request_source from(trace, terminal.batch);
    from.card = &card;
    auto message = request(row, from, on.settings());
    message.set(4, total.to_n12());
    message.set(22, entry_field(entry));
    if (entry.card.sequence_number) message.set(23, *entry.card.sequence_number);
    const auto masked = entry.card.account.masked();
    const auto end = exchange(on, message, row, row.name, masked, bounds, waiting::within_call);
    if (end.what != exchange_end::kind::answered || !iso8583::approved(end.answer->code())) {
        return std::optional<conversion>();
    }
    return offer_in(on, *end.answer, total);
}

result<currency_choice> ask_cardholder(
    lane_core& on, const amount& total, const conversion& offer, const call& bounds) {
    on.enter(stage::currency);
    const auto within = bounds.no_later_than(on.settings().conversion.choice);
    if (auto* const chooser = on.chooser()) return chooser->choose(total, offer, within);
    CIPHERLANE_TRY(auto* const pad, opened_pinpad(on, bounds));
    auto chosen = pad->choose_currency(total, offer, within);
    if (!chosen) note_pinpad_failure(on, chosen.error());
    return chosen;
}

void note_choice(lane_core& on, const conversion& offer, const result<currency_choice>& chosen) {
    timeline_entry entry;
    entry.from = party::till;
    entry.to = party::pinpad;
    entry.what = "offer " + offer.converted.to_string() + " " + std::string(letters_of(offer.converted.unit()));
    entry.result = !chosen                                 ? chosen.error().code().message()
                   : *chosen == currency_choice::converted ? "chosen"
                                                           : "refused";
    on.note(std::move(entry));
}

} // namespace

result<conversion> offer_currency(lane_core& on, const card_entry& entry, const amount& total, const call& bounds) {
    const auto& rules = on.settings().conversion;
    if (!rules.offered || !can_ask(on) || is_own(rules.own_cards, entry.card.account.expose())) return conversion();
    auto spare = time_to_choose(on, bounds);
    if (spare.count() <= 0) return conversion();
    CIPHERLANE_TRY(auto offer, ask_host(on, entry, total, bounds.no_later_than(spare)));
    spare = time_to_choose(on, bounds);
    if (!offer || spare.count() <= 0) return conversion();
    const auto chosen = ask_cardholder(on, total, *offer, bounds.no_later_than(spare));
    note_choice(on, *offer, chosen);
    if (!chosen && chosen.error().is(condition::cancelled)) {
        const auto who = bounds.stopped() ? acquiring_errc::cashier_cancelled : acquiring_errc::cardholder_cancelled;
        return flow_error(who, to_string(stage::currency));
    }
    offer->choice =
        chosen && *chosen == currency_choice::converted ? currency_choice::converted : currency_choice::local;
    return *std::move(offer);
}

} // namespace cipherlane::acquiring
