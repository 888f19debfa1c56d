#include "cipherlane/journal_words.hpp"

#include <cipherlane/core/csv_cell.hpp>
#include <cipherlane/core/hex.hpp>
#include <cipherlane/core/printable_text.hpp>
#include <cipherlane/ledger/numbers.hpp>
#include <cipherlane/ledger/order_life.hpp>
#include <cipherlane/ledger/record_life.hpp>
#include <cipherlane/ledger/record_set.hpp>
#include <cipherlane/ledger/trades.hpp>
#include <cipherlane/ports/clock.hpp>

#include <nlohmann/json.hpp>

#include <algorithm>
#include <iomanip>
#include <iterator>
#include <ostream>

namespace cipherlane::cli {
namespace {

using json = nlohmann::ordered_json;
using moment = std::chrono::system_clock::time_point;

constexpr std::string_view zone = "+08:00"; // of all civil times of a terminal

std::string shown_time(moment when) {
    return ports::to_civil(when).to_string() + " " + std::string(zone);
}

/// ISO 8601; empty for what has not happened.
std::string stamp(moment when) {
    if (when == moment{}) return {};
    auto text = ports::to_civil(when).to_string();
    text[text.find(' ')] = 'T';
    return text + std::string(zone);
}

std::string subject(const ports::journal_record& record) {
    return printable_text(record.masked_pan.empty() ? ledger::number_at_gateway(record) : record.masked_pan);
}

std::string state_words(const store::journal_entry& entry) {
    const auto& record = entry.record;
    std::string text(ports::to_string(record.state));
    if (!record.host_code.empty()) text += " " + printable_text(record.host_code);
    if (ledger::records::untold.contains(record)) text += ", not told";
    if (ledger::records::at_card.contains(record)) text += ", its card has yet to take it";
    if (!record.note.empty()) text += ", by a person: " + printable_text(record.note);
    if (!entry.intact) text += ", DAMAGED: nothing in this row is certain";
    return text;
}

/// Until when somebody may still pay; nothing of what is no payment by code.
std::string payable(const ports::journal_record& record) {
    const auto* row = ledger::find_row(record.kind);
    if (row == nullptr || row->through != ledger::channel::gateway || row->role != ledger::trade_role::payment)
        return {};
    if (record.expires == moment{}) return "; until when its code may be paid the gateway has not said";
    return "; its code may be paid until " + shown_time(record.expires);
}

/// Whom to ask, by what they know it by.
std::string whom_to_ask(const ports::journal_record& record) {
    if (ledger::gateway_trades.contains(record.kind))
        return "ask the gateway about order " + printable_text(ledger::number_at_gateway(record)) + ", merchant " +
               printable_text(record.merchant_id) + ", " + record.requested.to_string() + ", " +
               shown_time(record.created) + payable(record);
    return "ask the acquirer about terminal " + printable_text(record.terminal_id) + ", merchant " +
           printable_text(record.merchant_id) + ", batch " + ledger::six_digits(record.batch) + ", trace " +
           ledger::six_digits(record.trace) + ", " + record.requested.to_string() + ", " + shown_time(record.created);
}

} // namespace

bool undecided(const ports::journal_record& record) {
    return ledger::states::open.contains(record.state);
}

std::string todo(const ports::journal_record& record) {
    if (!undecided(record)) return {};
    const auto number = std::to_string(record.id);
    const auto decide =
        "; then: cipherlane journal decide SETTINGS --record " + number + " --paid|--not-paid --note WHO-AND-HOW";
    const std::string recover = "cipherlane journal recover SETTINGS (the till must not be running)";
    if (ledger::states::reverses.contains(record.state))
        return "its reversal has no answer yet, " + std::to_string(record.reversal_sends) + " sent: " + recover;
    if (ledger::states::repeats.contains(record.state))
        return "the host has not taken it yet, " + std::to_string(record.reversal_sends) + " sent: " + recover +
               "; or " + whom_to_ask(record) + decide;
    if (!ledger::states::a_persons.contains(record.state))
        return "it may have left, and nothing is known of it: " + recover;
    if (ledger::gateway_trades.contains(record.kind))
        return recover + " asks for it; or " + whom_to_ask(record) + decide;
    return whom_to_ask(record) + decide;
}

void print_rows(std::ostream& out, const std::vector<store::journal_entry>& entries) {
    std::size_t wide = std::string_view("card or order").size();
    std::size_t wide_amount = std::string_view("amount").size();
    for (const auto& entry : entries) {
        wide = std::max(wide, subject(entry.record).size());
        wide_amount = std::max(wide_amount, entry.record.requested.to_string().size());
    }
    const auto column = [&](std::string_view text, std::size_t width) {
        out << text << std::string(text.size() < width ? width - text.size() : 0, ' ') << "  ";
    };
    const auto right = [&](std::string_view text, std::size_t width) {
        out << std::string(text.size() < width ? width - text.size() : 0, ' ') << text << "  ";
    };
    constexpr std::size_t wide_time = std::string_view("2026-11-21 09:31:20 +08:00").size();
    const auto line = [&](std::string_view number, std::string_view terminal, std::string_view created,
                          std::string_view batch, std::string_view trace, std::string_view trade,
                          std::string_view total, std::string_view what, std::string_view state) {
        right(number, 6);
        column(terminal, 8);
        column(created, wide_time);
        column(batch, 6);
        column(trace, 6);
        column(trade, 9);
        right(total, wide_amount);
        column(what, wide);
        out << state << "\n";
    };
    line("record", "terminal", "created", "batch", "trace", "trade", "amount", "card or order", "state");
    for (const auto& entry : entries) {
        const auto& record = entry.record;
        const auto* row = ledger::find_row(record.kind);
        line(std::to_string(record.id), printable_text(record.terminal_id), shown_time(record.created),
            ledger::six_digits(record.batch), ledger::six_digits(record.trace), row == nullptr ? "?" : row->name,
            record.requested.to_string(), subject(record), state_words(entry));
        if (const auto what = todo(record); !what.empty() && entry.intact) out << "        " << what << "\n";
    }
}

json to_json(const store::journal_entry& entry) {
    const auto& record = entry.record;
    const auto safe = [](const std::string& text) { return printable_text(text); };
    const auto* row = ledger::find_row(record.kind);
    json made{{"id", record.id}, {"intact", entry.intact}, {"terminal", safe(record.terminal_id)},
        {"merchant", safe(record.merchant_id)}, {"key", safe(record.idempotency_key)},
        {"kind", row == nullptr ? "?" : row->name}, {"state", ports::to_string(record.state)},
        {"created", stamp(record.created)}, {"decided", stamp(record.decided)}, {"expires", stamp(record.expires)},
        {"batch", record.batch}, {"trace", record.trace}, {"currency", record.requested.unit().number},
        {"requested", record.requested.minor()}, {"approved", record.approved.minor()},
        {"card", safe(record.masked_pan)}, {"entry", safe(record.entry)},
        {"order", safe(ledger::number_at_gateway(record))}, {"phase", ports::to_string(record.phase)},
        {"original", record.original}, {"host_code", safe(record.host_code)}, {"host_text", safe(record.host_text)},
        {"reference", safe(record.reference)}, {"authorization", safe(record.authorization)},
        {"host_date", safe(record.host_date)}, {"host_time", safe(record.host_time)},
        {"acquirer", safe(record.acquirer)}, {"reversal_reason", safe(record.reversal_reason)},
        {"reversal_sends", record.reversal_sends}, {"told", record.closed}, {"settled", record.settled},
        {"card_sealed", record.card_sealed}, {"undecided", undecided(record)}, {"note", safe(record.note)},
        {"operator", safe(record.operator_id)}, {"shift", record.shift}};
    if (entry.intact) made["todo"] = todo(record);
    return made;
}

std::string csv_names() {
    std::string line;
    const auto made = cli::to_json(store::journal_entry());
    for (const auto& [name, value] : made.items())
        line += (line.empty() ? "" : ",") + name;
    return line + "\r\n";
}

std::string to_csv(const store::journal_entry& entry) {
    std::string line;
    auto made = cli::to_json(entry);
    if (!made.contains("todo")) made["todo"] = "";
    for (const auto& [name, value] : made.items()) {
        auto text = value.is_string() ? value.get<std::string>() : value.dump();
        // A spreadsheet takes such a text for a formula.
        if (value.is_string() && !text.empty() &&
            std::string_view("=+-@\t\r").find(text[0]) != std::string_view::npos)
            text.insert(0, "'");
        line += (line.empty() ? "" : ",") + csv_cell(text);
    }
    return line + "\r\n";
}

std::string to_text(const store::lost_records& lost) {
    if (lost.first == lost.last) return std::to_string(lost.first);
    return std::to_string(lost.first) + " to " + std::to_string(lost.last);
}

} // namespace cipherlane::cli
