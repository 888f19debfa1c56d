#include "counter.hpp"
#include "told_line.hpp"

#include <cipherlane/acquiring/in_turn.hpp>
#include <cipherlane/acquiring/lookup.hpp>
#include <cipherlane/acquiring/settlement_reminder.hpp>
#include <cipherlane/ports/completion.hpp>
#include <cipherlane/ports/display.hpp>
#include <cipherlane/ports/store.hpp>
#include <cipherlane/till/till.hpp>

#include <boost/asio/associated_cancellation_slot.hpp>
#include <boost/asio/bind_executor.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/system_executor.hpp>

#include <algorithm>
#include <array>
#include <memory>
#include <stop_token>
#include <thread>

namespace cipherlane {

std::string_view to_string(part_state value) noexcept {
    static constexpr std::array names{"none", "ready", "away", "given"};
    return names[static_cast<std::size_t>(value)];
}

namespace {

/// Where the ends of its parts cannot be waited for: on a thread of its own. Without one to be had it stays.
void end_elsewhere(std::unique_ptr<assembly::counter> own) noexcept {
    auto* const all = own.release();
    try {
        std::thread([all] { std::default_delete<assembly::counter>()(all); }).detach();
    } catch (...) { // NOLINT(bugprone-empty-catch): what is left behind harms less than a wait that never ends
    }
}

/// A till that is let go on the thread of one of its terminals lives on until the flow that runs there has ended; on
/// the thread of what it does by itself, until that has; within a line of its log, until whoever told it has gone on.
void let_go(assembly::counter* all) noexcept {
    std::unique_ptr<assembly::counter> own(all);
    all->end_background();
    if (auto* const here = all->own_background()) return here->end_with(std::move(own));
    for (const auto& one : all->terminals()) {
        if (one->lane && one->lane->on_own_thread()) return one->lane->end_with(std::move(own));
    }
    if (assembly::tells_here(all)) end_elsewhere(std::move(own));
}

/// After the payment under way, if there is one.
template <class Close>
result<shift_report> in_its_turn(acquiring::lane& at, const call& bounds, Close close) {
    std::optional<shift_report> made;
    const auto work = [&](const call& limits) -> result<void> {
        CIPHERLANE_TRY(made, close(limits));
        return {};
    };
    CIPHERLANE_CHECK(acquiring::in_turn(at).run({work}, bounds));
    return *std::move(made);
}

} // namespace

namespace {

namespace asio = boost::asio;
using tour = std::shared_ptr<assembly::gateway_tour>;

/// As a flow does: for handlers without an executor the system's threads, never within the call that starts it.
auto elsewhere() {
    return asio::require(asio::system_executor(), asio::execution::blocking.never);
}

/// What ends a payment on its way over several gateways: the caller's token or the slot of the handler, whichever and
/// whenever, be it between two of them, while no flow hears of it.
class tour_stop {
  public:
    explicit tour_stop(const call& bounds)
        : until_(bounds.until())
        , by_caller_(bounds.stop(), stopper{source_}) {}
    void hear(asio::cancellation_slot slot) const {
        if (slot.is_connected()) slot.assign([stop = stopper{source_}](asio::cancellation_type) { stop(); });
    }
    [[nodiscard]] call bounds() const { return call(until_, source_.get_token()); }

  private:
    struct stopper {
        mutable std::stop_source source;
        void operator()() const { source.request_stop(); }
    };
    std::stop_source source_;
    const deadline until_;
    const std::stop_callback<stopper> by_caller_;
};

/// To one gateway after the other, each when the one before has ended with nothing sent.
void travel(const acquiring::trade& flow, const tour& at, const std::shared_ptr<const tour_stop>& ends,
    ports::completion<payment> done) {
    const auto executor = asio::get_associated_executor(done, elsewhere());
    auto next = [flow, at, ends, done = std::move(done)](result<payment> end) mutable {
        if (at->goes_on(end, ends->bounds())) return travel(flow, at, ends, std::move(done));
        asio::get_associated_cancellation_slot(done).clear();
        std::move(done)(std::move(end));
    };
    flow.async_run(at->wish(), ends->bounds(), asio::bind_executor(executor, std::move(next)));
}

void refuse(ports::completion<payment> done, const error& why) {
    const auto executor =
        asio::prefer(asio::get_associated_executor(done, elsewhere()), asio::execution::outstanding_work.tracked);
    elsewhere().execute([executor, done = std::move(done), why]() mutable {
        executor.execute([done = std::move(done), why]() mutable { std::move(done)(result<payment>(why)); });
    });
}

} // namespace

void till::seller::start(
    acquiring::trade_request request, const call& bounds, ports::completion_box<payment> box) const {
    auto way = assembly::gateway_tour::begin(desk, orders, terminal_id, request);
    if (!way) return refuse(std::move(box.done), way.error());
    if (*way) {
        const auto ends = std::make_shared<const tour_stop>(bounds);
        ends->hear(asio::get_associated_cancellation_slot(box.done));
        return travel(flow, tour(std::move(*way)), ends, std::move(box.done));
    }
    flow.async_run(std::move(request), bounds, std::move(box.done));
}

till::seller till::selling() {
    return {acquiring::trade(lane()), all_->gateways(), one_->orders, terminal().terminal_id};
}

acquiring::trade_request till::order_of(const acquiring::qr_sale_request& request) {
    acquiring::trade_request wish(ports::trade::qr_sale, request.idempotency_key, request.total);
    wish.subject = request.subject;
    wish.gateway = request.gateway;
    wish.funds = request.funds;
    return wish;
}

result<payment> till::trade(const acquiring::trade_request& request, const call& bounds) {
    const acquiring::trade flow(lane());
    CIPHERLANE_TRY(const auto way,
        assembly::gateway_tour::begin(all_->gateways(), one_->orders, terminal().terminal_id, request));
    if (!way) return flow.run(request, bounds);
    for (;;) {
        auto end = flow.run(way->wish(), bounds);
        if (!way->goes_on(end, bounds)) return end;
    }
}

result<std::vector<route_report>> till::gateway_routes(const call& bounds) {
    if (!all_->gateways()) return std::vector<route_report>();
    const auto& id = terminal().terminal_id;
    CIPHERLANE_TRY(auto made, all_->gateways()->reports(id));
    CIPHERLANE_TRY(const auto open, journal().open_records(id, bounds));
    const auto places = settings().gateways();
    for (std::size_t i = 0; i < places.size(); ++i) {
        const auto route =
            std::find_if(made.begin(), made.end(), [&](const auto& one) { return one.host == places[i].name; });
        if (route == made.end()) continue;
        const auto here = one_->gateways[i]->identity();
        route->undecided = static_cast<std::size_t>(
            std::count_if(open.begin(), open.end(), [&](const auto& record) { return record.counterpart == here; }));
    }
    return made;
}

till::till(std::shared_ptr<assembly::counter> all, assembly::terminal& one) noexcept
    : all_(std::move(all))
    , one_(&one) {}
till::till(till&&) noexcept = default;
till& till::operator=(till&&) noexcept = default;
till::~till() = default;

result<till> till::open(const std::string& settings_file, const call& bounds) {
    return open(settings_file, parts(), bounds);
}

result<till> till::open(const std::string& settings_file, parts given, const call& bounds) {
    CIPHERLANE_TRY(auto settings, load_till(settings_file));
    return open(std::move(settings), std::move(given), bounds);
}

result<till> till::open(till_settings settings, parts given, const call& bounds) {
    const std::shared_ptr<assembly::counter> all(
        new assembly::counter(std::move(settings), std::move(given)), let_go);
    CIPHERLANE_CHECK(all->open(bounds));
    auto& first = *all->terminals().front();
    return till(all, first);
}

result<std::optional<payment>> till::lookup(std::string_view key, const call& bounds) {
    return acquiring::lookup(journal(), terminal().terminal_id, key, bounds);
}

result<std::optional<payment>> till::lookup(std::uint64_t handle, const call& bounds) {
    return acquiring::lookup(journal(), terminal().terminal_id, handle, bounds);
}

result<std::vector<ports::order_notice>> till::notices(const call& bounds) {
    return journal().left_notices(terminal().terminal_id, bounds);
}

std::string till::receipt(const payment& what, receipt_copy copy, std::size_t columns) const {
    return acquiring::receipt_text(what, terminal(), copy, columns);
}

std::string till::settlement_slip(const acquiring::settlement_report& what, std::size_t columns) const {
    return acquiring::settlement_text(what, terminal(), columns);
}

result<acquiring::payer_code> till::scan_payment_code(const call& bounds) {
    return all_->scan_payment_code(bounds);
}

result<ports::print_report> till::print_receipt(const payment& what, receipt_copy copy, const call& bounds) {
    CIPHERLANE_TRY(auto* printer, all_->printer());
    const std::string_view whose = copy == receipt_copy::merchant ? "/merchant" : "/cardholder";
    auto name = all_->journal().identity(); // handles come again with a new journal
    name.append("/").append(terminal().terminal_id).append("/").append(std::to_string(what.handle));
    name.append("/").append(what.key).append(whose);
    ports::print_job job;
    job.text = receipt(what, copy, all_->receipt_columns());
    return printer->print(name, job, bounds);
}

result<ports::print_report> till::print_settlement(const acquiring::settlement_report& what, const call& bounds) {
    return all_->print_settlement(terminal(), what, bounds);
}

result<std::optional<payment>> till::find_out(const acquiring::trade_request& request, const call& bounds) {
    CIPHERLANE_TRY(auto known, acquiring::lookup(journal(), terminal().terminal_id, request, bounds));
    if (!known || known->decided()) return known;
    auto found = recover(acquiring::recovery_request(known->handle), bounds);
    if (found && found->size() == 1) return std::optional(std::move(found->front()));
    if (!found) known->why = found.error();
    return known;
}

result<void> till::open_drawer(const call& bounds) {
    CIPHERLANE_TRY(auto* printer, all_->printer());
    return printer->open_drawer(bounds);
}

result<shift_report> till::sign_on(std::string_view operator_id, const secret_bytes& secret, const call& bounds) {
    CIPHERLANE_TRY(auto* desk, all_->duties());
    return desk->sign_on(terminal().terminal_id, operator_id, secret, bounds);
}

void till::sign_off() noexcept {
    if (const auto desk = all_->duties()) (*desk)->sign_off(terminal().terminal_id);
}

result<shift_report> till::close_shift(const call& bounds) {
    CIPHERLANE_TRY(auto* desk, all_->duties());
    return in_its_turn(
        lane(), bounds, [&](const call& limits) { return desk->close_shift(terminal().terminal_id, limits); });
}

result<shift_report> till::enter(std::string_view operator_id, const secret_bytes& secret, const call& bounds) {
    CIPHERLANE_TRY(auto* desk, all_->duties());
    return desk->enter(terminal().terminal_id, operator_id, secret, bounds);
}

result<void> till::act_as(std::string_view operator_id, std::string_view key) {
    CIPHERLANE_TRY(auto* desk, all_->duties());
    return desk->act_as(terminal().terminal_id, operator_id, key);
}

void till::act_done(std::string_view key) noexcept {
    if (const auto desk = all_->duties()) (*desk)->act_done(terminal().terminal_id, key);
}

void till::leave(std::string_view operator_id) noexcept {
    if (const auto desk = all_->duties()) (*desk)->leave(terminal().terminal_id, operator_id);
}

result<shift_report> till::close_shift_of(std::string_view operator_id, const call& bounds) {
    CIPHERLANE_TRY(auto* desk, all_->duties());
    return in_its_turn(lane(), bounds,
        [&](const call& limits) { return desk->close_shift_of(terminal().terminal_id, operator_id, limits); });
}

result<std::vector<shift_report>> till::shifts(std::size_t limit, const call& bounds) {
    CIPHERLANE_TRY(auto* desk, all_->duties());
    return desk->shifts(terminal().terminal_id, limit, bounds);
}

result<till_status> till::status(const call& bounds) {
    const auto& id = terminal().terminal_id;
    auto now = all_->status_of(*one_);
    now.terminal_id = id;
    CIPHERLANE_TRY(const auto state, journal().terminal(id, bounds));
    CIPHERLANE_TRY(const auto settlement, journal().settlement(id, bounds));
    CIPHERLANE_TRY(const auto open, journal().open_records(id, bounds));
    CIPHERLANE_TRY(const auto left, notices(bounds));
    CIPHERLANE_CHECK(all_->count_slips(now, bounds));
    now.batch = state.batch;
    now.trace = state.last_trace;
    now.signed_in = !state.mac_key.cryptogram.empty() && !state.sign_in_due;
    now.settling = settlement.step != ports::settlement_step::none;
    now.undecided = open.size();
    now.notices_waiting = left.size();
    CIPHERLANE_TRY(
        now.settlement_overdue, acquiring::settlement_overdue(journal(), terminal(), all_->clock(), bounds));
    if (const auto desk = all_->duties()) {
        auto duty = (*desk)->on_duty(id);
        now.operator_id = std::move(duty.operator_id);
        now.shift = duty.shift;
    }
    return now;
}

std::vector<std::string> till::terminals() const {
    std::vector<std::string> names;
    for (const auto& one : settings().terminals)
        names.push_back(one.terminal_id);
    return names;
}

result<till> till::at(std::string_view terminal_id) {
    const auto& named = settings().terminals;
    const auto found = std::find_if(named.begin(), named.end(),
        [&](const till_settings::terminal& one) { return one.terminal_id == terminal_id; });
    if (found == named.end()) {
        std::string known = "there are";
        for (const auto& one : named)
            known.append(" ").append(one.terminal_id);
        return error(till_errc::no_such_terminal, layer::till)
            .during("terminal")
            .in_field(terminal_id)
            .with_hint(known);
    }
    return till(all_, *all_->terminals()[static_cast<std::size_t>(found - named.begin())]);
}

const till_settings& till::settings() const noexcept {
    return all_->settings();
}

const acquiring::terminal_settings& till::terminal() const noexcept {
    return one_->lane->settings();
}

acquiring::lane& till::lane() noexcept {
    return *one_->lane;
}

ports::store& till::journal() noexcept {
    return all_->journal();
}

ports::display* till::display() noexcept {
    return one_->display.get();
}

} // namespace cipherlane
