#include "arguments.hpp"
#include "handles.hpp"
#include "telling.hpp"

#include <cipherlane/acquiring/errc.hpp>
#include <cipherlane/acquiring/lookup.hpp>
#include <cipherlane/acquiring/timeline.hpp>
#include <cipherlane/c/till.h>
#include <cipherlane/core/secret_bytes.hpp>
#include <cipherlane/ledger/trades.hpp>
#include <cipherlane/ports/completion.hpp>
#include <cipherlane/ports/order_notice.hpp>
#include <cipherlane/store/journal.hpp>
#include <cipherlane/till/last_settlement.hpp>
#include <cipherlane/till/preflight.hpp>
#include <cipherlane/till/till.hpp>
#include <cipherlane/till/till_json.hpp>

#include <algorithm>
#include <array>
#include <atomic>
#include <functional>
#include <memory>
#include <optional>
#include <stop_token>

namespace cipherlane::c {
namespace {

/// What the handles of one till have in common.
struct all_handles {
    std::atomic<unsigned> open{0}; ///< of them
    const std::shared_ptr<telling_gate> events = std::make_shared<telling_gate>();
};

class till_thing final : public object {
  public:
    static constexpr kind what = kind::till;
    static constexpr access how = access::shared;
    till_thing(cipherlane::till made, std::shared_ptr<all_handles> together)
        : at(std::move(made))
        , all(std::move(together)) {
        ++all->open;
    }
    void close() noexcept override { closing.request_stop(); }
    std::stop_source closing;
    cipherlane::till at;
    const std::shared_ptr<all_handles> all;
};

using till_pin = pinned<till_thing>;

/// A caller's function, which may throw: that goes no further.
class listener {
  public:
    /// @param gate null: within a call, which ends first.
    listener(cipherlane_line tell, void* user, std::shared_ptr<telling_gate> gate = nullptr) noexcept
        : tell_(tell)
        , user_(user)
        , gate_(std::move(gate)) {}
    void operator()(const std::string& json) const noexcept {
        if (gate_ == nullptr) return say(json);
        if (const gate_pass pass(gate_); pass) say(json);
    }

  private:
    void say(const std::string& json) const noexcept {
        const telling inside;
        try {
            tell_(user_, json.c_str());
        } catch (...) { // NOLINT(bugprone-empty-catch): there is nobody to tell
        }
    }

    cipherlane_line tell_;
    void* user_;
    std::shared_ptr<telling_gate> gate_;
};

/// The line of an event, with its name, where memory allows.
template <class... What>
void tell_event(const listener& to, std::string_view name, const What&... what) noexcept {
    try {
        const auto line = json_line(what...);
        to(std::string(R"({"event":")").append(name).append("\",").append(line, 1));
    } catch (...) { // NOLINT(bugprone-empty-catch): an event is lost, a payment is not
    }
}

class event_timeline final : public acquiring::timeline {
  public:
    explicit event_timeline(listener to) noexcept
        : to_(std::move(to)) {}
    void on_entry(const acquiring::timeline_entry& entry) noexcept override { tell_event(to_, "step", entry); }
    void on_alert(const acquiring::alert& what) noexcept override { tell_event(to_, "alert", what); }
    void on_stage(const acquiring::stage_event& what) noexcept override {
        tell_event(to_, "stage", what, std::string_view());
    }

  private:
    listener to_;
};

till_parts parts_for(cipherlane_till_event events, void* user, const all_handles& all) {
    till_parts made;
    if (events == nullptr) return made;
    const listener to(events, user, all.events);
    made.observer = std::shared_ptr<acquiring::timeline>(std::make_shared<event_timeline>(to));
    made.log = logger(log_level::info, [to](log_level level, std::string_view component, std::string_view line) {
        tell_event(to, "log", level, component, line);
    });
    return made;
}

/// A call that its caller's stop handle ends, and the closing of the till's.
class stoppable {
  public:
    stoppable(const call& bounds, const std::stop_source& closing)
        : joined_()
        , by_caller_(bounds.stop(), ask{joined_})
        , by_closing_(closing.get_token(), ask{joined_})
        , bounds_(bounds.until(), joined_.get_token()) {}
    [[nodiscard]] const call& bounds() const noexcept { return bounds_; }

  private:
    struct ask {
        std::stop_source what;
        void operator()() noexcept { what.request_stop(); }
    };
    std::stop_source joined_;
    std::stop_callback<ask> by_caller_;
    std::stop_callback<ask> by_closing_;
    call bounds_;
};

template <std::size_t N>
void cut_to(std::string_view text, char (&to)[N]) noexcept {
    auto size = std::min(text.size(), N - 1);
    // No half of a character of UTF-8.
    while (size < text.size() && size > 0 && (static_cast<unsigned char>(text[size]) & 0xC0U) == 0x80U)
        --size;
    std::copy_n(text.data(), size, to);
    to[size] = 0;
}

static_assert(static_cast<int>(verdict::unknown) == CIPHERLANE_UNKNOWN);
static_assert(static_cast<int>(verdict::stored) == CIPHERLANE_STORED);

/// Words for whom memory may be missing: the outcome is told without them then.
void put_reasons(const payment& from, cipherlane_payment& to) noexcept {
    try {
        cut_to(from.reason(language::english), to.reason);
        cut_to(from.reason(language::chinese), to.reason_zh);
    } catch (...) { // NOLINT(bugprone-empty-catch): the outcome stands above
    }
}

cipherlane_payment to_struct(const payment& from) noexcept {
    cipherlane_payment to{};
    to.handle = from.handle;
    to.original = from.original;
    to.requested = from.requested.minor();
    to.approved = from.approved.minor();
    to.refunded = from.refunded.minor();
    to.outcome = static_cast<std::int32_t>(from.outcome);
    to.ok = from.ok() ? 1 : 0;
    to.recorded = from.told == acquiring::told::recorded ? 1 : 0;
    to.currency = from.requested.unit().number;
    to.trace = from.trace;
    to.batch = from.batch;
    cut_to(from.key, to.key);
    cut_to(ledger::row_of(from.kind).name, to.trade);
    cut_to(from.terminal_id, to.terminal);
    cut_to(from.merchant_id, to.merchant);
    cut_to(from.masked_pan, to.card);
    cut_to(from.host_code, to.host_code);
    cut_to(from.reference, to.reference);
    cut_to(from.authorization, to.authorization);
    cut_to(from.date, to.date);
    cut_to(from.time, to.time);
    cut_to(from.order_number, to.order_number);
    cut_to(from.voucher, to.voucher);
    if (!from.ok()) put_reasons(from, to);
    return to;
}

result<const ledger::trade_row*> row_named(const char* name) {
    CIPHERLANE_TRY(const auto word, text_of(name, "trade.trade"));
    const auto found = std::find_if(
        ledger::trade_table.begin(), ledger::trade_table.end(), [&](const auto& row) { return row.name == word; });
    if (found == ledger::trade_table.end()) return refuse(c_errc::bad_argument, "trade.trade");
    return &*found;
}

result<acquiring::trade_request> request_of(const cipherlane::till& at, const cipherlane_trade* from) {
    CIPHERLANE_CHECK(need(from, "trade"));
    CIPHERLANE_TRY(const auto* const row, row_named(from->trade));
    CIPHERLANE_TRY(const auto key, text_of(from->key, "trade.key"));
    acquiring::trade_request made(row->kind, std::string(key), {}, from->original);
    if (from->amount != 0) {
        CIPHERLANE_TRY(made.total, amount::from_minor(from->amount, at.terminal().unit));
    }
    if (from->accept_partial != 0) made.partial = acquiring::partial_approval::accept;
    if (from->subject != nullptr) made.subject = from->subject;
    if (from->payment_code != nullptr) made.payment_code = std::string_view(from->payment_code);
    made.authorization = text_or_none(from->authorization);
    made.gateway = text_or_none(from->gateway);
    if (from->no_credit != 0) made.funds = ports::order_funds::no_credit;
    made.instalment = {from->periods, std::string(text_or_none(from->plan)), '0'};
    return made;
}

bool wants_code(const acquiring::trade_request& request) {
    return request.payment_code.empty() && ledger::row_of(request.kind).needs.contains(ledger::need::code);
}

result<std::optional<payment>> look_up(
    cipherlane::till& at, const acquiring::trade_request& request, const call& bounds) {
    return acquiring::lookup(at.journal(), at.terminal().terminal_id, request, bounds);
}

bool never_got_its_turn(const error& why) noexcept {
    constexpr std::array before{acquiring_errc::busy, acquiring_errc::lane_closed, acquiring_errc::deadline_passed,
        acquiring_errc::cashier_cancelled};
    return (why.operation() == "lane" || why.operation() == "call") &&
           std::any_of(before.begin(), before.end(), [&](auto each) { return why.code() == make_error_code(each); });
}

/// What is told of a trade that the lane has refused before it looked at the key: a payment that the key has already
/// stays what it is, and what is not decided is unknown, not refused.
result<payment> told_instead(cipherlane::till& at, const acquiring::trade_request& request, const error& why) {
    if (!never_got_its_turn(why)) return why;
    const auto found = look_up(at, request, call(at.terminal().timers.journal));
    if (!found || !*found) return why;
    auto told = **found;
    told.why = why;
    return told;
}

/// The trade has begun: what throws now says nothing of what became of it.
template <class Work>
result<payment> begun(const Work& work) noexcept {
    try {
        return work();
    } catch (...) {
        return error(c_errc::outcome_unknown, layer::till);
    }
}

result<payment> pay(cipherlane::till& at, acquiring::trade_request request, const call& bounds) {
    if (wants_code(request)) {
        // A key that was used gets what became of it, and nobody's code is asked for.
        CIPHERLANE_TRY(auto known, at.find_out(request, bounds));
        if (known) return *std::move(known);
        CIPHERLANE_TRY(request.payment_code, at.scan_payment_code(bounds));
    }
    return begun([&]() -> result<payment> {
        auto end = at.trade(request, bounds);
        return end ? std::move(end) : told_instead(at, request, end.error());
    });
}

result<payment> payment_of(cipherlane::till& at, std::uint64_t handle, const call& bounds) {
    CIPHERLANE_TRY(auto found, at.lookup(handle, bounds));
    if (!found) return refuse(c_errc::bad_argument, "handle");
    return *std::move(found);
}

void tell_payment(cipherlane_till_done done, void* user, const result<payment>& end) noexcept {
    cipherlane_status why;
    cipherlane_payment told{};
    const auto condition = guard(&why, [&]() -> result<void> {
        if (!end) return end.error();
        told = to_struct(*end);
        return {};
    });
    const telling inside;
    try {
        done(user, condition == CIPHERLANE_OK ? &told : nullptr, &why);
    } catch (...) { // NOLINT(bugprone-empty-catch): there is nobody to tell
    }
}

result<receipt_copy> copy_of(std::int32_t number) {
    return word_of(number, receipt_copy::cardholder, "copy");
}

/// Off the caller's own functions nothing is told any more, and nothing is under way, when it returns.
result<void> close_till(::cipherlane_till till) {
    std::shared_ptr<all_handles> all;
    {
        CIPHERLANE_TRY(const auto on, till_pin::of(till, "till"));
        all = on->all;
    }
    CIPHERLANE_CHECK(close_handle<till_thing>(till, "till"));
    const bool last = --all->open == 0;
    const bool waits = !telling::is_under_way();
    if (waits) await_gone(reinterpret_cast<std::uintptr_t>(till));
    if (!last) return {};
    all->events->shut(); // a till that is closed within a trade ends that trade behind the caller
    if (waits) all->events->await_empty();
    return {};
}

result<std::vector<ports::journal_record>> records(
    cipherlane::till& at, std::string_view terminal, std::size_t most, const call& bounds) {
    auto* const journal = dynamic_cast<store::journal*>(&at.journal());
    if (journal == nullptr) {
        return error(boost::system::errc::make_error_code(boost::system::errc::operation_not_supported), layer::till)
            .during("journal");
    }
    return journal->list(terminal, most, bounds);
}

result<std::vector<ports::journal_record>> open_records(
    cipherlane::till& at, std::string_view terminal, const call& bounds) {
    std::vector<ports::journal_record> all;
    for (const auto& name : at.terminals()) {
        if (!terminal.empty() && name != terminal) continue;
        CIPHERLANE_TRY(auto some, at.journal().open_records(name, bounds));
        std::move(some.begin(), some.end(), std::back_inserter(all));
    }
    return all;
}

std::string recorded_line(const ports::journal_record& record) {
    auto told = acquiring::to_payment(acquiring::as_told_now(record));
    told.told = acquiring::told::recorded;
    return json_line(told);
}

result<std::string> ask(cipherlane::till& at, std::string_view what, const call& bounds) {
    if (what == "sign-in") {
        CIPHERLANE_TRY(const auto told, at.sign_in(bounds));
        return json_line(told);
    }
    if (what == "balance") {
        CIPHERLANE_TRY(const auto told, at.balance(bounds));
        return json_line(told);
    }
    if (what == "settle" || what == "settle-closing") {
        acquiring::settlement_request request;
        if (what == "settle-closing") request.refused = acquiring::after_refusal::close_batch;
        CIPHERLANE_TRY(const auto told, at.settle(request, bounds));
        return json_line(told, at.settlement_slip(told));
    }
    if (what == "last-settlement") {
        CIPHERLANE_TRY(const auto told, last_settlement(at, bounds));
        if (!told) return error(acquiring_errc::no_original, layer::till).during("settle");
        return json_line(*told, at.settlement_slip(*told));
    }
    const auto service = acquiring::find_service(what);
    if (!service) return refuse(c_errc::bad_argument, "what");
    CIPHERLANE_TRY(const auto told, at.ask_host(*service, bounds));
    return json_line(*service, told);
}

result<void> need_line(cipherlane_line line) {
    return line == nullptr ? refuse(c_errc::null_argument, "line") : result<void>();
}

} // namespace
} // namespace cipherlane::c

using namespace cipherlane::c;
using cipherlane::result;
using std::chrono::milliseconds;

cipherlane_condition cipherlane_till_open(const char* settings_file, cipherlane_till_event events, void* user,
    int64_t deadline_ms, cipherlane_stop stop, cipherlane_till* till, cipherlane_status* why) {
    return guard(why, [&]() -> result<void> {
        CIPHERLANE_TRY(const auto file, text_of(settings_file, "settings_file"));
        CIPHERLANE_CHECK(need(till, "till"));
        CIPHERLANE_TRY(const auto bounds, bounds_of(deadline_ms, stop));
        const auto all = std::make_shared<all_handles>();
        CIPHERLANE_TRY(auto made, cipherlane::till::open(std::string(file), parts_for(events, user, *all), bounds));
        return hand_out(std::make_unique<till_thing>(std::move(made), all), till);
    });
}

cipherlane_condition cipherlane_till_close(cipherlane_till till, cipherlane_status* why) {
    return guard(why, [&] { return close_till(till); });
}

cipherlane_condition cipherlane_till_terminals(
    cipherlane_till till, cipherlane_buffer* names, cipherlane_status* why) {
    return guard(why, [&]() -> result<void> {
        CIPHERLANE_TRY(const auto on, till_pin::of(till, "till"));
        std::string lines;
        for (const auto& each : on->at.terminals())
            lines.append(each).append("\n");
        return give_text(lines, names, "names");
    });
}

cipherlane_condition cipherlane_till_at(
    cipherlane_till till, const char* terminal, cipherlane_till* other, cipherlane_status* why) {
    return guard(why, [&]() -> result<void> {
        CIPHERLANE_TRY(const auto on, till_pin::of(till, "till"));
        CIPHERLANE_TRY(const auto name, text_of(terminal, "terminal"));
        CIPHERLANE_CHECK(need(other, "other"));
        CIPHERLANE_TRY(auto made, on->at.at(name));
        return hand_out(std::make_unique<till_thing>(std::move(made), on->all), other);
    });
}

cipherlane_condition cipherlane_till_trades(cipherlane_buffer* names, cipherlane_status* why) {
    return guard(why, [&]() -> result<void> {
        std::string lines;
        for (const auto& row : cipherlane::ledger::trade_table)
            lines.append(row.name).append("\n");
        return give_text(lines, names, "names");
    });
}

cipherlane_condition cipherlane_till_pay(cipherlane_till till, const cipherlane_trade* trade, int64_t deadline_ms,
    cipherlane_stop stop, cipherlane_payment* payment, cipherlane_status* why) {
    return guard(why, [&]() -> result<void> {
        CIPHERLANE_TRY(const auto on, till_pin::of(till, "till"));
        CIPHERLANE_CHECK(need(payment, "payment"));
        CIPHERLANE_TRY(auto request, request_of(on->at, trade));
        CIPHERLANE_TRY(const auto bounds, bounds_of(deadline_ms, stop));
        const stoppable limits(bounds, on->closing);
        CIPHERLANE_TRY(const auto made, pay(on->at, std::move(request), limits.bounds()));
        *payment = to_struct(made);
        return {};
    });
}

cipherlane_condition cipherlane_till_start(cipherlane_till till, const cipherlane_trade* trade, int64_t deadline_ms,
    cipherlane_stop stop, cipherlane_till_done done, void* user, cipherlane_status* why) {
    return guard(why, [&]() -> result<void> {
        CIPHERLANE_TRY(auto on, till_pin::of(till, "till"));
        if (done == nullptr) return refuse(c_errc::null_argument, "done");
        CIPHERLANE_TRY(auto request, request_of(on->at, trade));
        if (wants_code(request)) return refuse(c_errc::null_argument, "trade.payment_code");
        CIPHERLANE_TRY(const auto bounds, bounds_of(deadline_ms, stop));
        const auto limits = std::make_shared<stoppable>(bounds, on->closing);
        // As long as the handle is held for it, a closing waits for `done`.
        auto& at = on->at;
        const cipherlane::acquiring::trade_request same(
            request.kind, request.idempotency_key, request.total, request.handle);
        at.async_trade(std::move(request), limits->bounds(),
            [done, user, limits, same, held = std::move(on)](const result<cipherlane::payment>& end) {
                if (end) return tell_payment(done, user, end);
                tell_payment(done, user, begun([&] { return told_instead(held->at, same, end.error()); }));
            });
        return {};
    });
}

cipherlane_condition cipherlane_till_lookup(cipherlane_till till, const char* key, uint64_t handle,
    int64_t deadline_ms, int32_t* found, cipherlane_payment* payment, cipherlane_status* why) {
    return guard(why, [&]() -> result<void> {
        CIPHERLANE_TRY(const auto on, till_pin::of(till, "till"));
        CIPHERLANE_CHECK(need(found, "found"));
        CIPHERLANE_CHECK(need(payment, "payment"));
        CIPHERLANE_TRY(const auto bounds, bounds_of(deadline_ms, nullptr));
        const auto known =
            key == nullptr ? on->at.lookup(handle, bounds) : on->at.lookup(std::string_view(key), bounds);
        if (!known) return known.error();
        *found = *known ? 1 : 0;
        if (*known) *payment = to_struct(**known);
        return {};
    });
}

cipherlane_condition cipherlane_till_payment(
    cipherlane_till till, uint64_t handle, int64_t deadline_ms, cipherlane_buffer* json, cipherlane_status* why) {
    return guard(why, [&]() -> result<void> {
        CIPHERLANE_TRY(const auto on, till_pin::of(till, "till"));
        CIPHERLANE_TRY(const auto bounds, bounds_of(deadline_ms, nullptr));
        CIPHERLANE_TRY(const auto found, payment_of(on->at, handle, bounds));
        return give_text(cipherlane::json_line(found), json, "json");
    });
}

cipherlane_condition cipherlane_till_recover(cipherlane_till till, uint64_t handle, int64_t deadline_ms,
    cipherlane_stop stop, cipherlane_till_each each, void* user, cipherlane_status* why) {
    return guard(why, [&]() -> result<void> {
        CIPHERLANE_TRY(const auto on, till_pin::of(till, "till"));
        if (each == nullptr) return refuse(c_errc::null_argument, "each");
        CIPHERLANE_TRY(const auto bounds, bounds_of(deadline_ms, stop));
        const stoppable limits(bounds, on->closing);
        CIPHERLANE_TRY(
            const auto told, on->at.recover(cipherlane::acquiring::recovery_request(handle), limits.bounds()));
        for (const auto& one : told) {
            const auto as_struct = to_struct(one);
            const telling inside;
            try {
                each(user, &as_struct);
            } catch (...) { // NOLINT(bugprone-empty-catch): it is not acknowledged, and will be told again
            }
        }
        return {};
    });
}

cipherlane_condition cipherlane_till_acknowledge(
    cipherlane_till till, uint64_t handle, int64_t deadline_ms, cipherlane_status* why) {
    return guard(why, [&]() -> result<void> {
        CIPHERLANE_TRY(const auto on, till_pin::of(till, "till"));
        CIPHERLANE_TRY(const auto bounds, bounds_of(deadline_ms, nullptr));
        return on->at.lane().acknowledge(handle, bounds);
    });
}

cipherlane_condition cipherlane_till_notices(
    cipherlane_till till, int64_t deadline_ms, cipherlane_line line, void* user, cipherlane_status* why) {
    return guard(why, [&]() -> result<void> {
        CIPHERLANE_TRY(const auto on, till_pin::of(till, "till"));
        CIPHERLANE_CHECK(need_line(line));
        CIPHERLANE_TRY(const auto bounds, bounds_of(deadline_ms, nullptr));
        CIPHERLANE_TRY(const auto left, on->at.notices(bounds));
        const listener to(line, user);
        for (const auto& one : left)
            to(cipherlane::json_line(one));
        return {};
    });
}

cipherlane_condition cipherlane_till_acknowledge_notice(
    cipherlane_till till, uint64_t notice, int64_t deadline_ms, cipherlane_status* why) {
    return guard(why, [&]() -> result<void> {
        CIPHERLANE_TRY(const auto on, till_pin::of(till, "till"));
        CIPHERLANE_TRY(const auto bounds, bounds_of(deadline_ms, nullptr));
        return on->at.acknowledge_notice(notice, bounds);
    });
}

cipherlane_condition cipherlane_till_decide(cipherlane_till till, uint64_t handle, int32_t paid, int64_t moved,
    const char* note, int64_t deadline_ms, cipherlane_payment* payment, cipherlane_status* why) {
    return guard(why, [&]() -> result<void> {
        using cipherlane::acquiring::finding;
        CIPHERLANE_TRY(const auto on, till_pin::of(till, "till"));
        CIPHERLANE_TRY(const auto words, text_of(note, "note"));
        CIPHERLANE_CHECK(need(payment, "payment"));
        if (paid != 0 && paid != 1) return refuse(c_errc::bad_argument, "paid");
        CIPHERLANE_TRY(const auto bounds, bounds_of(deadline_ms, nullptr));
        cipherlane::acquiring::decision_request request(
            handle, paid == 1 ? finding::paid : finding::not_paid, std::string(words));
        if (moved != 0) {
            CIPHERLANE_TRY(const auto known, payment_of(on->at, handle, bounds));
            CIPHERLANE_TRY(request.moved, cipherlane::amount::from_minor(moved, known.requested.unit()));
        }
        CIPHERLANE_TRY(const auto made, on->at.decide(request, bounds));
        *payment = to_struct(made);
        return {};
    });
}

cipherlane_condition cipherlane_till_status(
    cipherlane_till till, int64_t deadline_ms, cipherlane_line line, void* user, cipherlane_status* why) {
    return guard(why, [&]() -> result<void> {
        CIPHERLANE_TRY(const auto on, till_pin::of(till, "till"));
        CIPHERLANE_CHECK(need_line(line));
        CIPHERLANE_TRY(const auto bounds, bounds_of(deadline_ms, nullptr));
        CIPHERLANE_TRY(const auto now, on->at.status(bounds));
        listener(line, user)(cipherlane::json_line(now));
        return {};
    });
}

cipherlane_condition cipherlane_till_journal(cipherlane_till till, const char* terminal, int32_t open, size_t most,
    int64_t deadline_ms, cipherlane_line line, void* user, cipherlane_status* why) {
    return guard(why, [&]() -> result<void> {
        CIPHERLANE_TRY(const auto on, till_pin::of(till, "till"));
        CIPHERLANE_CHECK(need_line(line));
        CIPHERLANE_TRY(const auto bounds, bounds_of(deadline_ms, nullptr));
        const auto of = text_or_none(terminal);
        CIPHERLANE_TRY(auto found, open != 0 ? open_records(on->at, of, bounds) : records(on->at, of, most, bounds));
        // What is the till's own is nobody's payment.
        std::erase_if(found, [](const auto& one) { return cipherlane::ledger::own_trades.contains(one.kind); });
        const auto surplus = found.size() - std::min(found.size(), most);
        const listener to(line, user);
        for (auto at = surplus; at < found.size(); ++at)
            to(recorded_line(found[at]));
        return {};
    });
}

cipherlane_condition cipherlane_till_ask(cipherlane_till till, const char* what, int64_t deadline_ms,
    cipherlane_stop stop, cipherlane_line line, void* user, cipherlane_status* why) {
    return guard(why, [&]() -> result<void> {
        CIPHERLANE_TRY(const auto on, till_pin::of(till, "till"));
        CIPHERLANE_TRY(const auto word, text_of(what, "what"));
        CIPHERLANE_CHECK(need_line(line));
        CIPHERLANE_TRY(const auto bounds, bounds_of(deadline_ms, stop));
        const stoppable limits(bounds, on->closing);
        CIPHERLANE_TRY(const auto told, ask(on->at, word, limits.bounds()));
        listener(line, user)(told);
        return {};
    });
}

cipherlane_condition cipherlane_till_sign_on(cipherlane_till till, const char* operator_id, const void* secret,
    size_t size, int64_t deadline_ms, cipherlane_line line, void* user, cipherlane_status* why) {
    return guard(why, [&]() -> result<void> {
        CIPHERLANE_TRY(const auto on, till_pin::of(till, "till"));
        CIPHERLANE_TRY(const auto who, text_of(operator_id, "operator_id"));
        CIPHERLANE_TRY(const auto shown, bytes_of(secret, size, "secret"));
        CIPHERLANE_CHECK(need_line(line));
        CIPHERLANE_TRY(const auto bounds, bounds_of(deadline_ms, nullptr));
        CIPHERLANE_TRY(const auto shift, on->at.sign_on(who, cipherlane::secret_bytes(shown), bounds));
        listener(line, user)(cipherlane::json_line(shift));
        return {};
    });
}

cipherlane_condition cipherlane_till_sign_off(cipherlane_till till, cipherlane_status* why) {
    return guard(why, [&]() -> result<void> {
        CIPHERLANE_TRY(const auto on, till_pin::of(till, "till"));
        on->at.sign_off();
        return {};
    });
}

cipherlane_condition cipherlane_till_close_shift(cipherlane_till till, int64_t deadline_ms, cipherlane_stop stop,
    cipherlane_line line, void* user, cipherlane_status* why) {
    return guard(why, [&]() -> result<void> {
        CIPHERLANE_TRY(const auto on, till_pin::of(till, "till"));
        CIPHERLANE_CHECK(need_line(line));
        CIPHERLANE_TRY(const auto bounds, bounds_of(deadline_ms, stop));
        const stoppable limits(bounds, on->closing);
        CIPHERLANE_TRY(const auto shift, on->at.close_shift(limits.bounds()));
        listener(line, user)(cipherlane::json_line(shift));
        return {};
    });
}

cipherlane_condition cipherlane_till_shifts(cipherlane_till till, size_t most, int64_t deadline_ms,
    cipherlane_line line, void* user, cipherlane_status* why) {
    return guard(why, [&]() -> result<void> {
        CIPHERLANE_TRY(const auto on, till_pin::of(till, "till"));
        CIPHERLANE_CHECK(need_line(line));
        CIPHERLANE_TRY(const auto bounds, bounds_of(deadline_ms, nullptr));
        CIPHERLANE_TRY(const auto all, on->at.shifts(most, bounds));
        const listener to(line, user);
        for (const auto& one : all)
            to(cipherlane::json_line(one));
        return {};
    });
}

cipherlane_condition cipherlane_till_receipt(cipherlane_till till, uint64_t handle, int32_t copy, size_t columns,
    int64_t deadline_ms, cipherlane_buffer* text, cipherlane_status* why) {
    return guard(why, [&]() -> result<void> {
        CIPHERLANE_TRY(const auto on, till_pin::of(till, "till"));
        CIPHERLANE_TRY(const auto whose, copy_of(copy));
        if (columns < 16 || columns > 256) return refuse(c_errc::bad_argument, "columns");
        CIPHERLANE_TRY(const auto bounds, bounds_of(deadline_ms, nullptr));
        CIPHERLANE_TRY(const auto found, payment_of(on->at, handle, bounds));
        return give_text(on->at.receipt(found, whose, columns), text, "text");
    });
}

cipherlane_condition cipherlane_till_print_receipt(cipherlane_till till, uint64_t handle, int32_t copy,
    int64_t deadline_ms, int32_t* printed, cipherlane_status* why) {
    return guard(why, [&]() -> result<void> {
        using progress = cipherlane::ports::print_report::progress;
        CIPHERLANE_TRY(const auto on, till_pin::of(till, "till"));
        CIPHERLANE_TRY(const auto whose, copy_of(copy));
        CIPHERLANE_CHECK(need(printed, "printed"));
        CIPHERLANE_TRY(const auto bounds, bounds_of(deadline_ms, nullptr));
        CIPHERLANE_TRY(const auto found, payment_of(on->at, handle, bounds));
        CIPHERLANE_TRY(const auto report, on->at.print_receipt(found, whose, bounds));
        *printed = report.what == progress::printed ? 1 : 0;
        return {};
    });
}

cipherlane_condition cipherlane_till_preflight(const char* settings_file, int64_t deadline_ms, cipherlane_line line,
    void* user, int32_t* good, cipherlane_status* why) {
    return guard(why, [&]() -> result<void> {
        using cipherlane::preflight_state;
        CIPHERLANE_TRY(const auto file, text_of(settings_file, "settings_file"));
        CIPHERLANE_CHECK(need_line(line));
        CIPHERLANE_CHECK(need(good, "good"));
        CIPHERLANE_TRY(const auto bounds, bounds_of(deadline_ms, nullptr));
        CIPHERLANE_TRY(const auto settings, cipherlane::load_till(std::string(file)));
        const listener to(line, user);
        const auto steps = cipherlane::preflight(settings, bounds, [&](const auto& step) { to(json_line(step)); });
        *good = std::none_of(
                    steps.begin(), steps.end(), [](const auto& step) { return step.state == preflight_state::wrong; })
                    ? 1
                    : 0;
        return {};
    });
}
