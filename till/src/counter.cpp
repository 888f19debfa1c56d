#include "counter.hpp"

#include "certificate_days.hpp"
#include "lent_printer.hpp"
#include "part_makers.hpp"
#include "payment_codes.hpp"
#include "told_line.hpp"

#include <cipherlane/acquiring/errc.hpp>
#include <cipherlane/acquiring/pinpad_sealer.hpp>
#include <cipherlane/acquiring/receipt.hpp>
#include <cipherlane/acquiring/settlement_reminder.hpp>
#include <cipherlane/drivers/display/speaker/speaker.hpp>
#include <cipherlane/drivers/scanner/scanner_keeper.hpp>
#include <cipherlane/hostlink/traced_host.hpp>
#include <cipherlane/store/receipt_queue.hpp>
#include <cipherlane/till/errc.hpp>

#include <algorithm>
#include <set>
#include <sstream>

namespace cipherlane::assembly {
namespace {

error part_error(till_errc what, std::string_view part) {
    return error(what, layer::till).during("open").in_field(part);
}

/// A part that lives elsewhere has no name but its place.
std::string name_of(const void* part) {
    std::ostringstream text;
    text << part;
    return text.str();
}

till_parts with_marked_log(till_parts given, const counter* whose) {
    given.log = marked(std::move(given.log), whose);
    return given;
}

/// Says nothing against the part: the caller's time is over.
bool ends_the_call(const error& why) {
    return why.is(condition::timed_out) || why.is(condition::cancelled);
}

/// Whose payment codes go to a gateway; nothing: all that no other one takes.
std::optional<std::vector<qr::code_kind>> codes_of(const till_settings::gateway_place& place) {
    if (place.takes.empty()) return std::nullopt;
    std::vector<qr::code_kind> kinds;
    for (const auto& word : place.takes)
        if (const auto kind = payment_code_of(word)) kinds.push_back(*kind);
    return kinds;
}

template <class Port>
part_state state_of(const till_part<Port>& given, const std::shared_ptr<Port>& part) {
    if (given.given()) return part_state::given;
    return part ? part_state::ready : part_state::none;
}

} // namespace

counter::counter(till_settings settings, till_parts given)
    : settings_(std::move(settings))
    , given_(with_marked_log(std::move(given), this))
    , clock_(given_.clock.port()) {
    if (!clock_) clock_ = std::make_shared<ports::system_clock>();
}

result<void> counter::check_given() const {
    const std::pair<std::string_view, bool> null_parts[] = {{"journal", given_.journal.is_null()},
        {"host", given_.host.is_null()}, {"sealer", given_.sealer.is_null()}, {"pinpad", given_.pinpad.is_null()},
        {"card_terminal", given_.card_terminal.is_null()}, {"display", given_.display.is_null()},
        {"printer", given_.printer.is_null()}, {"scanner", given_.scanner.is_null()},
        {"gateway", given_.gateway.is_null()}, {"chooser", given_.chooser.is_null()}, {"risk", given_.risk.is_null()},
        {"clock", given_.clock.is_null()}, {"observer", given_.observer.is_null()}};
    for (const auto& [name, null] : null_parts)
        if (null) return part_error(till_errc::null_part, name);
    const std::pair<std::string_view, bool> single[] = {{"host", given_.host.given()},
        {"sealer", given_.sealer.given()}, {"gateway", given_.gateway.given()},
        {"card_terminal", given_.card_terminal.given()}};
    for (const auto& [name, here] : single)
        if (here && settings_.terminals.size() > 1) return part_error(till_errc::shared_part, name);
    for (const auto& [terminal_id, pad] : given_.pinpads) {
        if (pad.is_null()) return part_error(till_errc::null_part, "pinpads");
        const bool named = std::any_of(settings_.terminals.begin(), settings_.terminals.end(),
            [&name = terminal_id](const auto& one) { return one.terminal_id == name; });
        if (!named) return part_error(till_errc::no_such_terminal, "pinpads").with_hint("found " + terminal_id);
    }
    return {};
}

result<void> counter::open_journal(const call& bounds) {
    if (given_.journal.given()) {
        journal_ = given_.journal.port();
        journal_name_ = "given at " + name_of(journal_.get());
        return {};
    }
    if (settings_.journal.store.empty()) {
        journal_name_ = file_name_of(settings_.journal.file);
        CIPHERLANE_TRY(auto taken, claim::take("journal " + journal_name_, "journal.file"));
        devices_.push_back(std::move(taken));
    } else {
        journal_name_ = settings_.journal.name(); // for many tills, each terminal for one
    }
    CIPHERLANE_TRY(journal_, make_journal(settings_, journal_wish::work, *clock_, bounds, given_.log));
    return {};
}

/// Who may do what, what may be taken, and who is asked about the risk.
result<void> counter::open_watch(const call& bounds) {
    if (!settings_.clerks.file.empty()) {
        CIPHERLANE_TRY(watch_.duties, duty_desk::open(settings_.clerks, *clock_, *journal_, bounds));
    }
    if (!settings_.rules.file.empty()) {
        CIPHERLANE_TRY(watch_.rules, rule_desk::open(settings_, *clock_, *journal_, given_.log, bounds));
    }
    auto judge = given_.risk.port();
    if (!judge && !settings_.risk.address.empty()) {
        CIPHERLANE_TRY(judge, make_risk(settings_.risk, given_.log));
    }
    if (judge) watch_.risk = std::make_unique<risk_desk>(judge, settings_.risk, given_.log);
    return {};
}

result<duty_desk*> counter::duties() {
    if (watch_.duties) return watch_.duties.get();
    return part_error(till_errc::nobody_on_duty, "clerks.file").with_hint("expected a file of operators");
}

result<void> counter::open_pinpad(const call& bounds) {
    pinpad_ = given_.pinpad.port();
    const auto& place = settings_.pinpad;
    if (pinpad_ || place.driver.empty()) return {};
    CIPHERLANE_TRY(auto taken, claim::take("device " + device_name_of(place.path), "pinpad.path"));
    devices_.push_back(std::move(taken));
    if (!place.keeper) {
        CIPHERLANE_TRY(pinpad_, assembly::open_pinpad(io_.get_executor(), place, bounds));
        return {};
    }
    auto keeper = std::make_shared<drivers::pinpad_keeper>(
        [this](const call& limits) { return assembly::open_pinpad(io_.get_executor(), settings_.pinpad, limits); },
        pinpad_timer_, drivers::pinpad_keeper_settings{}, drivers::keeper_observer{}, given_.log);
    keeper->start();
    pinpad_ = std::move(keeper);
    return {};
}

/// Nothing is sent, and nothing fails where it is away: it is reached when it is needed.
result<void> counter::make_card_terminal(terminal& one, const till_settings::terminal& of) {
    one.card_terminal = given_.card_terminal.port();
    const auto* const place = settings_.card_terminal_of(of);
    if (one.card_terminal || place == nullptr) return {};
    CIPHERLANE_TRY(auto taken, claim::take("device " + device_name_of(place->path), "card_terminal.path"));
    devices_.push_back(std::move(taken));
    CIPHERLANE_TRY(one.card_terminal,
        assembly::make_card_terminal(io_.get_executor(), *place, of.unit, given_.receipt_line, given_.log));
    if (place->host.address.empty()) return {};
    CIPHERLANE_TRY(one.card_terminal_host, assembly::make_terminal_relay(place->host, given_.log));
    if (one.card_terminal->reach_host_by(one.card_terminal_host.get())) return {};
    return has_own_line();
}

result<void> counter::open_display(const call& bounds) {
    display_ = given_.display.port();
    const auto& place = settings_.display;
    if (display_ || place.driver.empty()) return {};
    // Many speakers are reached by one broker.
    const auto speaker = place.topic.empty() ? std::string() : ", topic " + place.topic;
    CIPHERLANE_TRY(auto taken, claim::take("device " + device_name_of(place.path) + speaker, "display.path"));
    devices_.push_back(std::move(taken));
    if (!place.keeper) {
        CIPHERLANE_TRY(display_, assembly::open_display(io_.get_executor(), place, bounds));
        return {};
    }
    auto keeper = std::make_shared<drivers::display_keeper>(
        [this, outbox = std::make_shared<drivers::speaker_outbox>()](const call& limits) {
            return assembly::open_display(io_.get_executor(), settings_.display, limits, outbox);
        },
        display_timer_, drivers::keeper_settings{}, drivers::keeper_observer{}, given_.log);
    keeper->start();
    kept_display_ = keeper.get();
    display_ = std::move(keeper);
    return {};
}

/// What an earlier run left is printed from here on. A queue that cannot be opened stops the printer, not the till.
result<void> counter::open_printer(const call& bounds) {
    const auto& place = settings_.printer;
    const auto given = given_.printer.port();
    if (!given && place.driver.empty()) return {};
    const auto file = queue_file_of(settings_);
    if (!given) {
        CIPHERLANE_TRY(auto taken, claim::take("device " + device_name_of(place.path), "printer.path"));
        devices_.push_back(std::move(taken));
    }
    CIPHERLANE_TRY(auto queue, claim::take("file " + file_name_of(file), "printer.queue_file"));
    devices_.push_back(std::move(queue));
    auto opened = store::receipt_queue::open(file, bounds);
    if (!opened && ends_the_call(opened.error())) return std::move(opened).error();
    if (!opened) {
        slips_lost_ = std::move(opened).error().at_endpoint(file).in_field("printer.queue_file");
        given_.log.error("printer", "no receipt queue: " + slips_lost_->to_string());
        return {};
    }
    slips_ = *std::move(opened);
    drivers::printer_keeper_settings how;
    how.reprint_mark = acquiring::reprint_mark(settings_.terminals.front());
    printer_ = std::make_unique<drivers::printer_keeper>(
        [this, given](const call& limits) -> result<std::unique_ptr<ports::printer>> {
            if (given) return std::make_unique<lent_printer>(given);
            return assembly::open_printer(io_.get_executor(), settings_.printer, limits);
        },
        printer_timer_, *slips_, std::move(how), drivers::keeper_observer{}, given_.log);
    printer_->start();
    return {};
}

result<void> counter::open_scanner(const call& bounds) {
    scanner_ = given_.scanner.port();
    const auto& place = settings_.scanner;
    if (!scanner_ && place.driver.empty()) return {};
    drivers::payment_code_gate::limits how;
    how.fresh = settings_.terminals.front().qr.code_fresh;
    CIPHERLANE_TRY(auto gate, drivers::payment_code_gate::create(how));
    gate_.emplace(std::move(gate));
    if (scanner_) return {};
    CIPHERLANE_TRY(auto taken, claim::take("device " + device_name_of(place.path), "scanner.path"));
    devices_.push_back(std::move(taken));
    const auto open = [this](const call& limits) {
        return assembly::open_scanner(io_.get_executor(), settings_.scanner, limits);
    };
    if (place.keeper) {
        scanner_ = std::make_unique<drivers::scanner_keeper>(open, given_.log);
        return {};
    }
    CIPHERLANE_TRY(scanner_, open(bounds));
    return {};
}

result<acquiring::payer_code> counter::scan_payment_code(const call& bounds) {
    if (!scanner_) return error(acquiring_errc::no_device, layer::till).during("scan").in_field("scanner");
    const turns::turn mine(scanning_, bounds); // terminals share it
    if (!mine && bounds.stopped()) return error(acquiring_errc::cashier_cancelled, layer::till).during("scan");
    if (!mine) return error(till_errc::device_busy, layer::till).during("scan").in_field("scanner");
    CIPHERLANE_TRY(auto scanned, scanner_->scan(bounds));
    const auto when = scanned.when;
    CIPHERLANE_TRY(auto code, gate_->pass(std::move(scanned)));
    given_.log.info("scanner", std::string(qr::to_string(code.kind)) + " scanned");
    return acquiring::payer_code(std::move(code.text), when);
}

result<drivers::printer_keeper*> counter::printer() {
    if (printer_) return printer_.get();
    if (slips_lost_) return *slips_lost_;
    return error(acquiring_errc::no_device, layer::till).during("print").in_field("printer");
}

std::size_t counter::receipt_columns() const {
    const auto& given = given_.printer.port();
    return given ? given->capabilities().columns : columns_of(settings_.printer);
}

result<void> counter::count_slips(till_status& now, const call& bounds) {
    if (!slips_) return {};
    const auto waiting = slips_->waiting(bounds);
    if (waiting) {
        now.slips_waiting = *waiting;
        return {};
    }
    if (ends_the_call(waiting.error())) return waiting.error();
    now.printer = part_state::away;
    if (!told_of_slips_.exchange(true)) given_.log.error("printer", "receipt queue: " + waiting.error().to_string());
    return {};
}

result<void> counter::open_doors() {
    if (given_.gateway.given()) return {};
    for (const auto& place : settings_.gateways()) {
        CIPHERLANE_TRY(auto door, gateway_door::open(place, *clock_, given_.log));
        if (auto* const listener = door->listener()) {
            listener->keep_in(*journal_);
            // Each speaks of what was sent to it alone: others were perhaps there before, or are beside it.
            listener->ask_whose([journal = journal_.get(), of = door.get()](
                                    const ports::qr_order_status& told) { return of->may_tell(*journal, told); });
        }
        doors_.push_back(std::move(door));
    }
    return {};
}

result<void> counter::open_gateways(terminal& one, const till_settings::terminal& of) {
    if (given_.gateway.given()) one.gateways.push_back(given_.gateway.port());
    for (const auto& door : doors_) {
        CIPHERLANE_TRY(one.gateways.emplace_back(), door->connect(of));
    }
    const bool taken = std::any_of(
        one.gateways.begin(), one.gateways.end(), [](const auto& each) { return each->takes_serial_block(); });
    if (is_json(of.serial_block.carrier) && !taken) {
        return error(till_errc::bad_setting, layer::till)
            .during("settings")
            .in_field("serial_block.carrier")
            .at_endpoint(of.terminal_id)
            .with_hint("expected a gateway that takes the block in JSON");
    }
    return {};
}

std::vector<acquiring::lane_gateway> counter::gateways_of(const terminal& one) const {
    std::vector<acquiring::lane_gateway> all;
    if (given_.gateway.given()) {
        all.push_back({"given", one.gateways.front().get(), std::nullopt});
        return all;
    }
    const auto places = settings_.gateways();
    for (std::size_t i = 0; i < places.size(); ++i)
        all.push_back({places[i].name, one.gateways[i].get(), codes_of(places[i])});
    return all;
}

result<void> counter::open_host(terminal& one, const till_settings::terminal& of) {
    one.host = given_.host.port();
    one.sealer = given_.sealer.port();
    const auto* const place = settings_.host_of(of);
    if (!one.host && place != nullptr && !place->address.empty()) {
        CIPHERLANE_TRY(auto link, make_host(*place, "host", given_.log));
        one.link = link.get();
        one.host = std::move(link);
    }
    if (one.host && !settings_.trace.file.empty()) {
        if (!trace_) {
            CIPHERLANE_TRY(trace_, make_trace(settings_.trace, *clock_, given_.log));
        }
        one.host = std::make_shared<hostlink::traced_host>(one.host, trace_);
    }
    if (one.host && !one.sealer) {
        CIPHERLANE_TRY(one.sealer, sealer_of(one, of));
    }
    return {};
}

result<std::shared_ptr<ports::sealer>> counter::sealer_of(
    const terminal& one, const till_settings::terminal& of) const {
    if (settings_.sealer.kind != sealer_kind::pinpad) {
        CIPHERLANE_TRY(auto made, make_sealer(settings_, of, given_.log));
        return std::shared_ptr<ports::sealer>(std::move(made));
    }
    if (!one.pinpad)
        return part_error(till_errc::missing_setting, "pinpad.driver")
            .with_hint("expected a PIN pad that makes MACs");
    if (!given_.pinpad.given() && !one.has_own_pinpad) CIPHERLANE_CHECK(check_makes_macs(settings_.pinpad));
    return std::make_shared<acquiring::pinpad_sealer>(of.keys, one.pinpad);
}

void counter::share_devices(terminal& one, const till_settings::terminal& of) {
    one.pinpad = pinpad_;
    one.display = display_;
    if (settings_.terminals.size() > 1) {
        if (pinpad_) one.pinpad = std::make_shared<shared_pinpad>(pinpad_, pinpad_lease_);
        if (display_) one.display = std::make_shared<shared_display>(display_, display_lease_);
    }
    const auto own = given_.pinpads.find(of.terminal_id);
    one.has_own_pinpad = own != given_.pinpads.end();
    if (one.has_own_pinpad) one.pinpad = own->second.port();
}

result<void> counter::open_terminal(const till_settings::terminal& of, const call& bounds) {
    auto one = std::make_unique<terminal>();
    CIPHERLANE_TRY(one->taken, claim::take("terminal " + of.terminal_id + " of " + journal_name_, "terminal.id"));
    share_devices(*one, of);
    CIPHERLANE_CHECK(make_card_terminal(*one, of));
    CIPHERLANE_CHECK(open_host(*one, of));
    CIPHERLANE_CHECK(open_gateways(*one, of));
    acquiring::lane_ports with(*journal_);
    with.host = one->host.get();
    with.sealer = one->sealer.get();
    with.pinpad = one->pinpad.get();
    with.display = one->display.get();
    with.gateways = gateways_of(*one);
    with.terminal = one->card_terminal.get();
    with.clock = clock_.get();
    std::shared_ptr<acquiring::timeline> hears = stages_ ? stages_ : given_.observer.port();
    if (gateways_) hears = one->orders = std::make_shared<order_stopwatch>(hears);
    with.observer = hears.get();
    with.chooser = given_.chooser.port().get();
    with.guard = watch_.is_idle() ? nullptr : &watch_;
    if (terminals_.empty()) with.inherits = [this](std::string_view terminal_id) { return is_nobodys(terminal_id); };
    CIPHERLANE_TRY(one->lane, acquiring::lane::open(of, with, bounds, given_.log));
    terminals_.push_back(std::move(one));
    return {};
}

bool counter::is_served(std::string_view terminal_id) const {
    return std::any_of(settings_.terminals.begin(), settings_.terminals.end(),
        [&](const till_settings::terminal& one) { return one.terminal_id == terminal_id; });
}

bool counter::is_nobodys(std::string_view terminal_id) {
    if (is_served(terminal_id)) return false;
    if (settings_.journal.store.empty()) return true;
    if (!roll_) roll_.emplace(*journal_);
    return roll_->lacks(terminal_id); // what another machine has on file is that one's
}

/// What is not decided of a terminal that the settings do not have any more: no lane will see to it. The till opens
/// all the same.
void counter::report_orphans(const call& bounds) {
    if (!settings_.journal.store.empty()) return; // terminals of other machines are in it, too
    const auto on_file = journal_->terminals(bounds);
    if (!on_file) return;
    for (const auto& name : *on_file) {
        if (is_served(name)) continue;
        const auto open = journal_->open_records(name, bounds);
        if (!open) continue;
        for (const auto& record : *open) {
            given_.log.warning("till", std::string(to_string(acquiring::alert_kind::orphaned_record)) +
                                           ": terminal " + name + ", trace " + std::to_string(record.trace));
            if (const auto observer = given_.observer.port()) {
                observer->on_alert({acquiring::alert_kind::orphaned_record, record});
            }
        }
    }
}

result<void> counter::open(const call& bounds) {
    CIPHERLANE_CHECK(settings_.validate());
    CIPHERLANE_CHECK(check_given());
    CIPHERLANE_CHECK(open_journal(bounds));
    CIPHERLANE_CHECK(open_watch(bounds));
    CIPHERLANE_CHECK(open_pinpad(bounds));
    CIPHERLANE_CHECK(open_display(bounds));
    CIPHERLANE_CHECK(open_printer(bounds));
    CIPHERLANE_CHECK(open_scanner(bounds));
    CIPHERLANE_CHECK(open_doors());
    if (!settings_.routing.terminals.empty()) stages_ = std::make_shared<stage_book>(given_.observer.port());
    if (!given_.gateway.given()) {
        CIPHERLANE_TRY(gateways_, gateway_desk::open(settings_, *clock_, given_.log));
    }
    for (const auto& one : settings_.terminals)
        CIPHERLANE_CHECK(open_terminal(one, bounds));
    for (const auto& door : doors_)
        door->note_all_connected();
    know_gateways(bounds);
    report_orphans(bounds);
    open_settlements();
    look_after_gateways();
    return {};
}

/// Each calls itself as the lane writes it into its records: by that the rules know its payments, and those that
/// choose what it has done lately.
void counter::know_gateways(const call& bounds) {
    if (given_.gateway.given()) return;
    const auto places = settings_.gateways();
    for (std::size_t i = 0; i < terminals_.size(); ++i) {
        std::vector<std::vector<std::string>> whose;
        for (const auto& one : terminals_[i]->gateways) {
            const auto name = one->identity();
            if (watch_.rules) watch_.rules->know_gateway(name, places[whose.size()]);
            whose.push_back(one->earlier_identities());
            whose.back().push_back(name);
        }
        if (!gateways_) continue;
        // One damaged record of long ago keeps no till from opening: what its gateways have done is then not known.
        const auto known = gateways_->replay(settings_.terminals[i].terminal_id, whose, *journal_, bounds);
        if (!known) given_.log.warning("routing", "begins with what is expected: " + known.error().to_string());
    }
}

void counter::look_after_gateways() {
    if (doors_.empty()) return;
    const auto tell_days = [this] {
        for (const auto& place : settings_.gateways())
            tell_days_of_certificates(place, clock_->now(), given_.log);
    };
    tell_days();
    care_.emplace(*journal_, settings_.routing.how.first_trial, tell_days, given_.log);
    for (std::size_t i = 0; i < terminals_.size(); ++i) {
        auto& one = *terminals_[i];
        gateway_care::seat seat{settings_.terminals[i].terminal_id, &*one.lane, {}};
        for (const auto& gateway : one.gateways) {
            seat.gateways.insert(gateway->identity());
            seat.gateways.merge([&] {
                const auto earlier = gateway->earlier_identities();
                return std::set<std::string>(earlier.begin(), earlier.end());
            }());
        }
        care_->add(std::move(seat));
    }
    care_->start();
}

void counter::end_background() noexcept {
    if (settlements_) settlements_->thread().ask_to_end();
    if (care_) care_->thread().ask_to_end();
}

background_thread* counter::own_background() noexcept {
    if (settlements_ && settlements_->thread().is_this_thread()) return &settlements_->thread();
    if (care_ && care_->thread().is_this_thread()) return &care_->thread();
    return nullptr;
}

/// Whoever looks at the paper in the morning sees that it was done, and what it came to.
void counter::open_settlements() {
    if (!settings_.settlement.by_itself) return;
    settlement_desk::hearers told;
    told.settled = [this](const std::string& terminal_id, const acquiring::settlement_report& what) {
        if (!printer_) return;
        for (const auto& one : settings_.terminals) {
            if (one.terminal_id != terminal_id) continue;
            const auto kept = print_settlement(one, what, call(std::chrono::seconds(30)));
            if (!kept) given_.log.warning("settlement", "no slip: " + kept.error().to_string());
        }
    };
    told.overdue = [this](const ports::journal_record& about) {
        if (const auto observer = given_.observer.port()) {
            observer->on_alert({acquiring::alert_kind::settlement_overdue, about});
        }
    };
    settlements_.emplace(*journal_, *clock_, std::move(told), given_.log);
    for (std::size_t i = 0; i < terminals_.size(); ++i) {
        const auto& of = settings_.terminals[i];
        const auto at = acquiring::time_of_day(of.settlement.remind_at);
        auto& lane = terminals_[i]->lane;
        if (at && lane) settlements_->add({of.terminal_id, of.merchant_id, *at, &*lane});
    }
    settlements_->start();
}

result<ports::print_report> counter::print_settlement(
    const acquiring::terminal_settings& of, const acquiring::settlement_report& what, const call& bounds) {
    CIPHERLANE_TRY(auto* keeper, printer());
    ports::print_job job;
    job.text = acquiring::settlement_text(what, of, receipt_columns());
    // The number of a batch comes again with a new journal, and after 999,999 of them; then its sums are others.
    auto name = journal_->identity();
    name.append("/").append(of.terminal_id).append("/batch/").append(std::to_string(what.batch));
    for (const auto* side : {&what.totals.debit, &what.totals.credit, &what.totals.qr_debit, &what.totals.qr_credit})
        name += "/" + std::to_string(side->count) + "." + std::to_string(side->minor);
    return keeper->print(name, job, bounds);
}

till_status counter::status_of(const terminal& one) const {
    till_status now;
    now.host = state_of(given_.host, one.host);
    now.gateway = given_.gateway.given() ? part_state::given
                  : one.gateways.empty() ? part_state::none
                                         : part_state::ready;
    now.sealer = state_of(given_.sealer, one.sealer);
    now.pinpad = state_of(given_.pinpad, pinpad_);
    if (now.pinpad == part_state::ready && !pinpad_->attached()) now.pinpad = part_state::away;
    if (one.has_own_pinpad) now.pinpad = part_state::given;
    now.card_terminal = state_of(given_.card_terminal, one.card_terminal);
    now.display = state_of(given_.display, display_);
    if (kept_display_ != nullptr && !kept_display_->attached()) now.display = part_state::away;
    if (slips_lost_) now.printer = part_state::away;
    if (printer_) now.printer = printer_->attached() ? part_state::ready : part_state::away;
    if (given_.printer.given() && printer_) now.printer = part_state::given;
    now.scanner = state_of(given_.scanner, scanner_);
    if (now.scanner == part_state::ready && !scanner_->attached()) now.scanner = part_state::away;
    if (one.link != nullptr) {
        const auto seen = one.link->statistics();
        now.host_connects = seen.connects;
        now.host_exchanges = seen.exchanges;
        now.host_answers = seen.answers;
        now.host_dropped = seen.dropped;
    }
    for (const auto& door : doors_) {
        if (door->listener() == nullptr) continue;
        const auto seen = door->listener()->statistics();
        now.notices_taken += seen.taken;
        now.notices_refused += seen.refused;
    }
    return now;
}

} // namespace cipherlane::assembly
