#include "card_terminal_check.hpp"
#include "key_file.hpp"
#include "part_makers.hpp"
#include "preflight_notes.hpp"

#include <cipherlane/acquiring/errc.hpp>
#include <cipherlane/core/hex.hpp>
#include <cipherlane/core/printable_text.hpp>
#include <cipherlane/hsm/unit_requests.hpp>
#include <cipherlane/ledger/totals.hpp>
#include <cipherlane/net/tcp.hpp>
#include <cipherlane/net/tls.hpp>
#include <cipherlane/rules/payment_rules.hpp>
#include <cipherlane/till/advice.hpp>
#include <cipherlane/till/clerk_book.hpp>
#include <cipherlane/till/errc.hpp>
#include <cipherlane/till/gateway_check.hpp>
#include <cipherlane/till/preflight.hpp>
#include <cipherlane/till/till.hpp>

#include <boost/asio/io_context.hpp>

#include <algorithm>
#include <array>
#include <set>
#include <utility>

namespace cipherlane {
namespace {

using namespace std::chrono_literals;

std::uint64_t count_of(const ports::batch_totals& sums) noexcept {
    std::uint64_t all = 0;
    for (const auto* side : {&sums.debit, &sums.credit, &sums.qr_debit, &sums.qr_credit})
        all += side->count;
    return all;
}

std::string sums_of(const ports::batch_totals& sums, currency unit) {
    const std::pair<std::string_view, const ports::batch_side*> sides[] = {{"debit ", &sums.debit},
        {", credit ", &sums.credit}, {", QR ", &sums.qr_debit}, {", QR refunds ", &sums.qr_credit}};
    std::string text;
    for (const auto& [name, side] : sides)
        text.append(name).append(std::to_string(side->count) + " / " + amount(side->minor, unit).to_string());
    return text;
}

/// One run: asks and notes.
class preflight_run {
  public:
    preflight_run(
        const till_settings& settings, const call& bounds, const std::function<void(const preflight_step&)>& told)
        : settings_(settings)
        , bounds_(bounds)
        , notes_(told, likely_cause)
        , card_terminals_(settings, notes_, io_.get_executor()) {}

    std::vector<preflight_step> run() {
        usable_ = ask_settings() && ask_key_files();
        ask_shop();
        ask_cipher_machine();
        ask_display();
        ask_printer();
        ask_scanner();
        ask_pinpad();
        ask_card_terminals();
        ask_gateways();
        ask_hosts();
        ask_trace();
        if (usable_) {
            ask_terminals();
        } else {
            notes_.skip("journal and sign-in", "settings or files that they name are wrong");
        }
        return notes_.take();
    }

  private:
    /// Each part gets its own time, so that one that does not answer leaves some to the others.
    [[nodiscard]] call turn() const { return bounds_.no_later_than(20s); }

    bool ask_settings() {
        if (const auto kept = settings_.validate(); !kept) return notes_.wrong("settings", kept.error());
        notes_.good("settings", std::to_string(settings_.terminals.size()) + " terminal(s)");
        return true;
    }

    void note_first_start(std::string what) {
        notes_.good("journal's key file",
            std::move(what) +
                (settings_.journal.create ? "made at the first start" : "cipherlane till init makes it"));
    }

    bool ask_key_files() {
        bool all = true;
        const auto& journal = settings_.journal;
        const bool first = assembly::is_first_start(journal);
        if (first && !journal.store.empty()) {
            const auto fresh = assembly::check_not_begun(journal, turn());
            if (!fresh) all = notes_.wrong("journal's key file", fresh.error());
            if (fresh) note_first_start("not there yet: ");
        } else if (first) {
            note_first_start("not there yet, nor the journal: ");
        } else if (const auto kept = assembly::check_key_file(journal.key_file, "journal.key_file"); !kept) {
            all = notes_.wrong("journal's key file", kept.error());
        } else {
            const bool beside = assembly::share_a_folder(journal);
            notes_.good("journal's key file",
                journal.key_file + ", mode 0600" + (beside ? "; beside the journal: better on another medium" : ""));
        }
        for (const auto& one : settings_.terminals) {
            if (settings_.host.address.empty() || settings_.sealer.kind == sealer_kind::pinpad) break;
            const auto made = assembly::make_sealer(settings_, one, logger::none());
            const auto part = "master key of " + one.terminal_id;
            if (made) {
                notes_.good(part, one.key_file.empty() ? settings_.sealer.key_file : one.key_file);
            } else {
                all = notes_.wrong(part, made.error());
            }
        }
        return all;
    }

    void ask_shop() {
        if (const auto& file = settings_.clerks.file; !file.empty()) {
            const auto read = clerk_book::load(file);
            if (!read) {
                notes_.wrong("operators", read.error());
            } else {
                notes_.good("operators", file + ", " + std::to_string(read->clerks().size()) + " of them");
            }
        }
        if (const auto& file = settings_.rules.file; !file.empty()) {
            if (const auto read = rules::payment_rules::load(file); !read) {
                notes_.wrong("rules", read.error());
            } else {
                notes_.good("rules", file);
            }
        }
        if (!settings_.risk.address.empty()) ask_risk();
    }

    /// That somebody is there; what they say of a payment, only a payment shows.
    void ask_risk() {
        till_settings::host_place judge;
        judge.address = settings_.risk.address;
        judge.connect_timeout = settings_.risk.deadline;
        judge.tls = settings_.risk.tls;
        (void)ask_link("risk judge", judge, "risk");
    }

    void ask_cipher_machine() {
        const auto& place = settings_.sealer;
        if (place.kind != sealer_kind::cipher_machine || settings_.host.address.empty()) return;
        const auto made = assembly::make_unit(place, logger::none());
        if (!made) return void(notes_.wrong("cipher machine", made.error()));
        hsm::client unit(*made);
        const auto limits = turn();
        if (const auto linked = unit.connect(limits); !linked)
            return void(notes_.wrong("cipher machine", linked.error()));
        if (!unit.dialect().supports(hsm::operation::diagnose))
            return notes_.good("cipher machine", place.address + " is reached; its dialect cannot be asked more");
        const auto said = unit.diagnose(hsm::diagnose_request(), limits);
        if (!said) return void(notes_.wrong("cipher machine", said.error()));
        notes_.good("cipher machine", place.address + " answers, firmware " + printable_text(said->firmware) +
                                          ", check of its local master key " + to_hex(said->lmk_check.view()));
    }

    void ask_display() {
        const auto& place = settings_.display;
        if (place.driver.empty()) return notes_.skip("display", "the settings name none");
        const auto limits = turn();
        auto opened = assembly::open_display(io_.get_executor(), place, limits);
        if (!opened) return void(notes_.wrong("display", opened.error()));
        const auto name = (*opened)->heartbeat(limits);
        if (!name && !name.error().is(condition::unsupported)) return void(notes_.wrong("display", name.error()));
        notes_.good("display", place.driver + (name ? ", " + *name : std::string(", which cannot be asked")));
    }

    void ask_printer() {
        const auto& place = settings_.printer;
        if (place.driver.empty()) return notes_.skip("printer", "the settings name none");
        const auto limits = turn();
        auto opened = assembly::open_printer(io_.get_executor(), place, limits);
        if (!opened) return void(notes_.wrong("printer", opened.error()));
        const auto what = place.driver + " at " + place.path;
        if (!(*opened)->capabilities().tells_paper) return notes_.good("printer", what + ", which cannot be asked");
        const auto now = (*opened)->status(limits);
        if (!now) return void(notes_.wrong("printer", now.error()));
        const auto told = what + ", paper " + std::string(to_string(now->paper));
        if (now->stopped_by == ports::printer_stop::none) return notes_.good("printer", told);
        notes_.note(
            {"printer", preflight_state::wrong, told + ", stopped by " + std::string(to_string(now->stopped_by)),
                "put paper in and close the cover: receipts wait until then, and none is lost", {}});
    }

    void ask_scanner() {
        const auto& place = settings_.scanner;
        if (place.driver.empty()) return notes_.skip("scanner", "the settings name none");
        const auto opened = assembly::open_scanner(io_.get_executor(), place, turn());
        if (!opened) return void(notes_.wrong("scanner", opened.error()));
        notes_.good("scanner", place.driver + " at " + place.path + " opens; a scan is the only proof of more");
    }

    void ask_pinpad() {
        const auto& place = settings_.pinpad;
        if (place.driver.empty()) return notes_.skip("PIN pad", "the settings name none");
        const auto limits = turn();
        auto opened = assembly::open_pinpad(io_.get_executor(), place, limits);
        if (!opened) return void(notes_.wrong("PIN pad", opened.error()));
        const auto awake = (*opened)->open(limits);
        if (!awake) return void(notes_.wrong("PIN pad", awake.error()));
        (void)(*opened)->close(limits);
        if (settings_.sealer.kind == sealer_kind::pinpad && !(*opened)->makes_macs())
            return void(notes_.wrong("PIN pad", assembly::makes_no_macs()));
        notes_.good("PIN pad", place.driver + " at " + place.path + ", opens a session");
    }

    void ask_card_terminals() {
        card_terminals_.ask(
            [this](const auto& part, const auto& place, const auto& table) { return ask_link(part, place, table); },
            [this] { return turn(); });
    }

    bool ask_link(const std::string& part, const till_settings::host_place& place, const std::string& table) {
        const auto peer = net::parse_endpoint(place.address);
        if (!peer) return notes_.wrong(part, peer.error());
        auto where = *peer;
        where.connect_timeout = place.connect_timeout;
        const auto secured = assembly::make_tls(place.tls, place.tls.on, table, logger::none());
        if (!secured) return usable_ = notes_.wrong(part, secured.error());
        const auto link = *secured ? net::connect_tls(io_.get_executor(), where, **secured, turn())
                                   : net::connect_tcp(io_.get_executor(), where, turn());
        if (!link) return notes_.wrong(part, link.error());
        notes_.good(part, place.address + (*secured ? ", by TLS" : ", in clear"));
        return true;
    }

    void ask_gateways() {
        if (settings_.gateways().empty()) return notes_.skip("gateway", "the settings name none");
        notes_.add(check_gateways(settings_, bounds_, notes_.told()));
    }

    /// Notes which hosts can be spoken to.
    void ask_hosts() {
        if (settings_.host.address.empty()) return notes_.skip("host link", "the settings name none");
        const bool several = !settings_.other_hosts.empty();
        const auto ask = [&](const till_settings::host_place& place) {
            const auto part = several ? "host link of " + place.name : std::string("host link");
            if (ask_link(part, place, "host")) reached_.insert(&place);
        };
        ask(settings_.host);
        for (const auto& one : settings_.other_hosts)
            ask(one);
    }
    [[nodiscard]] const till_settings::host_place& host_of(const till& one) const {
        const auto found = std::find_if(settings_.terminals.begin(), settings_.terminals.end(),
            [&](const auto& each) { return each.terminal_id == one.terminal().terminal_id; });
        const auto* const its = found == settings_.terminals.end() ? nullptr : settings_.host_of(*found);
        return its == nullptr ? settings_.host : *its;
    }
    [[nodiscard]] bool is_reached(const till& one) const { return reached_.contains(&host_of(one)); }

    void ask_trace() {
        if (settings_.trace.file.empty()) return;
        const ports::system_clock clock;
        if (const auto opened = assembly::make_trace(settings_.trace, clock, logger::none()); !opened) {
            usable_ = notes_.wrong("certification trace", opened.error());
        } else {
            notes_.good("certification trace", settings_.trace.file + " can be written");
        }
    }

    void ask_terminals() {
        auto for_the_host = without_card_terminals(without_devices(settings_));
        for_the_host.gateway = {};
        for_the_host.more_gateways.clear();
        till::parts quiet;
        quiet.log = logger::none();
        auto all = till::open(std::move(for_the_host), std::move(quiet), bounds_);
        if (!all) {
            const bool of_journal =
                all.error().where() == layer::store || all.error().field().starts_with("journal.");
            return void(notes_.wrong(of_journal ? "journal" : "till", all.error()));
        }
        notes_.good("journal", settings_.journal.name() + " opens, its key fits");
        for (const auto& name : all->terminals()) {
            auto one = all->at(name);
            if (!one) continue;
            ask_books(*one);
            ask_echo(*one, is_reached(*one));
            ask_sign_in(*one, is_reached(*one));
            say_of_totals(*one);
        }
    }

    /// As long as a host may take, and what the link needs.
    [[nodiscard]] call answer_time(const till& one) const {
        const auto& host = host_of(one);
        return bounds_.no_later_than(host.connect_timeout + host.response_time + 5s);
    }

    void ask_echo(till& one, bool host_reached) {
        const auto part = "echo of " + one.terminal().terminal_id;
        if (!host_reached) return notes_.skip(part, "no link to the host");
        const auto heard = one.ask_host(acquiring::service::echo, answer_time(one));
        if (heard) return notes_.good(part, "the host answers");
        // It has read the message and written one: not all hosts know this one.
        if (heard.error().code() == acquiring_errc::service_refused)
            return notes_.good(part, "the host answers, and does not serve it: " + heard.error().to_string());
        notes_.wrong(part, heard.error());
    }

    void ask_sign_in(till& one, bool host_reached) {
        const auto part = "sign-in of " + one.terminal().terminal_id;
        if (!host_reached) return notes_.skip(part, "no link to the host");
        const auto signed_in = one.sign_in(answer_time(one));
        if (!signed_in) return void(notes_.wrong(part, signed_in.error()));
        notes_.good(
            part, "batch " + std::to_string(signed_in->batch) + ", check values of the working keys are right");
    }

    /// No message of the dialect asks a host what it has of a batch that stays open: 0500 closes it there.
    void say_of_totals(const till& one) {
        if (host_of(one).address.empty()) return;
        notes_.skip("host's totals of " + one.terminal().terminal_id,
            "no message asks for them without closing the batch: cipherlane till settle compares them");
    }

    /// What is open, and whether the batch adds up: with itself, and with what a card terminal says of its day.
    void ask_books(till& one) {
        const auto& id = one.terminal().terminal_id;
        const auto now = one.status(turn());
        if (!now) return void(notes_.wrong("records of " + id, now.error()));
        const auto totals = one.journal().totals(id, now->batch, turn());
        const auto records = one.journal().batch_records(id, now->batch, turn());
        if (!totals) return void(notes_.wrong("records of " + id, totals.error()));
        if (!records) return void(notes_.wrong("records of " + id, records.error()));
        // Kept as sums, and added up again from the records: what is no money, such as a reservation, is in neither.
        const auto added = ledger::totals_of(*records);
        const auto counted = count_of(*totals);
        preflight_step step{"records of " + id, preflight_state::good, {}, {}, {}};
        step.found = "batch " + std::to_string(now->batch) + ": " + std::to_string(counted) + " trade(s), " +
                     std::to_string(now->undecided) + " undecided" + (now->settling ? ", being settled" : "");
        if (added != *totals) {
            step.state = preflight_state::wrong;
            const auto unit = one.terminal().unit;
            step.found +=
                ", on file as " + sums_of(*totals, unit) + ", but its records add up to " + sums_of(added, unit);
            step.likely = "the journal was changed from outside: do not settle, compare it with the host";
        } else if (now->undecided > 0) {
            step.state = preflight_state::wrong;
            step.likely = "the last run left something open: cipherlane till recover decides it";
        }
        notes_.note(std::move(step));
        card_terminals_.ask_of_the_day(
            id, {*totals, now->undecided == 0 && !now->settling}, [this] { return turn(); });
    }

    const till_settings& settings_;
    const call bounds_;
    assembly::preflight_notes notes_;
    bool usable_ = false;        ///< nothing is wrong so far that a till could not be opened with
    boost::asio::io_context io_; ///< of links that are used blocking: never run
    assembly::card_terminal_check card_terminals_;
    std::set<const till_settings::host_place*> reached_;
};

} // namespace

std::string_view to_string(preflight_state value) noexcept {
    static constexpr std::array names{"good", "wrong", "skipped"};
    return names[static_cast<std::size_t>(value)];
}

std::vector<preflight_step> preflight(
    const till_settings& settings, const call& bounds, const std::function<void(const preflight_step&)>& told) {
    return preflight_run(settings, bounds, told).run();
}

} // namespace cipherlane
