#include <cipherlane/acquiring/timeline.hpp>
#include <cipherlane/ledger/numbers.hpp>
#include <cipherlane/ports/clock.hpp>

#include <mutex>
#include <ostream>
#include <sstream>

namespace cipherlane::acquiring {

std::string_view to_string(party value) noexcept {
    switch (value) {
    case party::till: return "till";
    case party::pinpad: return "PIN pad";
    case party::display: return "display";
    case party::host: return "host";
    case party::gateway: return "gateway";
    case party::journal: return "journal";
    case party::terminal: return "terminal";
    }
    return "?";
}

std::string_view to_string(alert_kind value) noexcept {
    switch (value) {
    case alert_kind::aged_reversal: return "a reversal of an earlier day is still pending";
    case alert_kind::reversal_refused: return "the answer to a reversal does not prove that it was undone";
    case alert_kind::reversal_no_answer: return "a reversal is not answered; the terminal is blocked";
    case alert_kind::refund_unknown: return "the outcome of a refund is not known";
    case alert_kind::order_unknown: return "the state of a QR order is not known";
    case alert_kind::untold_verdict: return "a verdict was perhaps never told";
    case alert_kind::journal_failed: return "a verdict could not be made durable";
    case alert_kind::orphaned_record: return "not decided, and of a host, gateway or terminal that is no longer set";
    case alert_kind::paid_after_close: return "a code was paid after it had been closed";
    case alert_kind::paid_twice: return "a code that was paid has been paid once more";
    case alert_kind::advice_refused: return "the host refuses what the till has done already";
    case alert_kind::advice_aged: return "what the till did on an earlier day is not told to the host yet";
    case alert_kind::update_wanted: return "the host asks for a remote update of the terminal";
    case alert_kind::terminal_unknown: return "a payment terminal does not say what became of a payment";
    case alert_kind::other_total: return "a payment terminal has taken another total than it was asked for";
    case alert_kind::settlement_overdue:
        return "the batch should have been settled by now; where it is refused each time, call the acquirer";
    case alert_kind::host_ahead:
        return "the host has a later batch than the journal: is it the journal that the terminal had?";
    case alert_kind::return_refused: return "the gateway refuses to give back a payment that was too much";
    case alert_kind::unknown_notice: return "the gateway speaks of an order that is not in the journal";
    }
    return "?";
}

std::ostream& operator<<(std::ostream& out, const timeline_entry& entry) {
    const auto time = ports::to_civil(entry.when).to_string().substr(11);
    std::string line(time);
    line.append("  ").append(to_string(entry.from)).append(" -> ").append(to_string(entry.to));
    line.resize(std::max<std::size_t>(line.size(), 28), ' ');
    line.append("  ").append(entry.what);
    if (entry.total) line.append("  ").append(entry.total->to_string());
    if (entry.trace) line.append("  #").append(ledger::six_digits(*entry.trace));
    if (!entry.masked_pan.empty()) line.append("  ").append(entry.masked_pan);
    if (!entry.result.empty()) line.append("  => ").append(entry.result);
    return out << line;
}

struct recorded_timeline::kept {
    std::mutex mutex;
    std::vector<timeline_entry> entries;
    std::vector<alert> alerts;
    std::vector<stage_event> stages;

    template <class What>
    void add(std::vector<What> kept::*where, const What& what) {
        const std::scoped_lock lock(mutex);
        (this->*where).push_back(what);
    }
    template <class What>
    std::vector<What> all(std::vector<What> kept::*where) {
        const std::scoped_lock lock(mutex);
        return this->*where;
    }
};

recorded_timeline::recorded_timeline()
    : kept_(std::make_unique<kept>()) {}
recorded_timeline::~recorded_timeline() = default;

void recorded_timeline::on_entry(const timeline_entry& entry) noexcept {
    kept_->add(&kept::entries, entry);
}
void recorded_timeline::on_alert(const alert& what) noexcept {
    kept_->add(&kept::alerts, what);
}
void recorded_timeline::on_stage(const stage_event& what) noexcept {
    kept_->add(&kept::stages, what);
}

std::vector<timeline_entry> recorded_timeline::entries() const {
    return kept_->all(&kept::entries);
}
std::vector<alert> recorded_timeline::alerts() const {
    return kept_->all(&kept::alerts);
}
std::vector<stage_event> recorded_timeline::stages() const {
    return kept_->all(&kept::stages);
}

std::string recorded_timeline::to_string() const {
    std::ostringstream out;
    for (const auto& entry : entries())
        out << entry << '\n';
    return out.str();
}

} // namespace cipherlane::acquiring
