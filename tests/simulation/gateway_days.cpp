#include "simulation/gateway_days.hpp"

#include "gateway-sim/order_book.hpp"
#include "simulation/chance.hpp"
#include "simulation/gateway_sides.hpp"
#include "simulation/virtual_time.hpp"
#include "support/lane/fake_devices.hpp"
#include "support/lane/faulty_store.hpp"
#include "support/lane/lane_rig.hpp"

#include <cipherlane/acquiring/decision.hpp>
#include <cipherlane/acquiring/errc.hpp>
#include <cipherlane/acquiring/trade.hpp>
#include <cipherlane/crypto/random_source.hpp>
#include <cipherlane/ledger/order_number.hpp>
#include <cipherlane/ledger/record_life.hpp>
#include <cipherlane/net/transport.hpp>
#include <cipherlane/store/memory_journal.hpp>

#include <boost/asio/io_context.hpp>
#include <boost/beast/http.hpp>

#include <algorithm>
#include <array>
#include <map>
#include <ostream>
#include <random>
#include <set>
#include <sstream>
#include <stdexcept>

namespace cipherlane::simulation {
namespace {

using namespace std::chrono_literals;
using acquiring::verdict;
namespace http = boost::beast::http;

constexpr unsigned sales_a_day = 200; ///< a day's journal and books are searched often

/// From tomorrow on, as certificates of simulators begin today; the hour is the seed's, so that each part of a day,
/// midnight too, comes anywhere in the run, and the same seed is the same run.
class day_clock final : public ports::clock {
  public:
    day_clock(const virtual_time& of, std::uint64_t seed)
        : of_(of)
        , began_(std::chrono::ceil<std::chrono::days>(std::chrono::system_clock::now()) +
                 std::chrono::hours(seed % 24)) {}
    std::chrono::system_clock::time_point now() const override { return began_ + of_.elapsed(); }

  private:
    const virtual_time& of_;
    std::chrono::system_clock::time_point began_;
};

error wire_error(boost::system::errc::errc_t why) {
    return {boost::system::errc::make_error_code(why), layer::net};
}

/// One day: a till and its gateway, from the first sale to the last question about it.
class gateway_day {
  public:
    gateway_day(const gateway_days_wish& wish, std::uint64_t seed, gateway_days_report& to)
        : to_(to)
        , chance_(seed)
        , marks_(seed)
        , wall_(time_, seed)
        , put_(time_)
        , book_(
              [this] {
                  return std::chrono::duration_cast<std::chrono::seconds>(wall_.now().time_since_epoch()).count();
              },
              [this](std::size_t digits) { return random_hex(digits); })
        , journal_(wall_)
        , guarded_(journal_, store_faults_) {
        const auto faults = [this](const char* verb, const std::string&) { return answer_fault(verb); };
        const auto paid = [this](const sim::gateway_order& order) { notify(order); };
        settings_.gateway.poll = 3s;
        settings_.gateway.code_valid = 60s;
        settings_.gateway.response_time = 5s;
        side_ = make_side(wish.speaks, {wish.keys, seed, book_, wall_, settings_.gateway.code_valid, faults, paid},
            settings_.merchant_id);
        store_faults_.kind = tests::fault_kind::local_fault;
        store_faults_.fails = [this](std::string_view) { return step_of_store(); };
    }

    void run(unsigned codes, unsigned orders) {
        start();
        while (codes + orders > 0) {
            const bool by_code = chance_() % (codes + orders) < codes;
            by_code ? --codes : --orders;
            sell(by_code);
        }
        quiet_ = true;
        settle_all();
        judge();
    }

    // What the wire asks:

    bool likely(unsigned in_thousand) { return !quiet_ && chance_() % 1000 < in_thousand; }
    [[nodiscard]] bool dead() const noexcept { return dead_; }
    void pass(std::chrono::milliseconds span) { time_.pass(span); }
    face_response answer_to(const face_request& request) {
        ++to_.requests;
        auto said = side_->serve(request);
        if (const auto number = side_->number_in(request); !number.empty()) look_at(number);
        return said;
    }
    /// Somewhere on its way the till loses its power.
    void may_die() {
        if (!likely(1)) return;
        dead_ = true;
        ++to_.kills;
    }
    gateway_days_report& report() { return to_; }
    [[nodiscard]] virtual_time& time() noexcept { return time_; }

  private:
    std::string random_hex(std::size_t digits) {
        std::string made;
        while (made.size() < digits)
            made += "0123456789ABCDEF"[chance_() % 16];
        return made;
    }

    /// Before the effect of a call on the journal, or after it.
    bool step_of_store() {
        if (dead_) return true;
        if (dies_next_) {
            dies_next_ = false;
            dead_ = true;
            ++to_.kills;
            return true;
        }
        if (!likely(1)) return false;
        dies_next_ = chance_() % 2 == 0;
        if (!dies_next_) {
            dead_ = true;
            ++to_.kills;
        }
        return dead_;
    }

    std::string answer_fault(const char* verb) {
        const std::string_view at(verb);
        if (at == "refund_query" || at == "certificates") return {};
        if (!likely(40)) return {};
        ++to_.odd_answers;
        if (!side_->signs_answers()) return at == "create" || at == "cancel" ? "" : "processing";
        const bool takes_time = at == "charge" || at == "refund"; // "the payer is at it", "being refunded"
        const bool accepts = takes_time || at == "create" || at == "cancel";
        if (accepts && likely(250)) return "accepted";
        if (takes_time && likely(333)) return "processing";
        return chance_() % 2 == 0 ? "unsigned" : "forged";
    }

    // The till:

    void start();
    void begin_again() {
        lane_.reset();
        gateway_.reset();
        dead_ = dies_next_ = false;
        start();
        (void)acquiring::recovery(*lane_).run({}, call(10min));
        if (dead_) begin_again();
    }

    void sell(bool by_code);
    void look_at(const std::string& number);
    void pay_shown(const std::string& number);
    void ask_person();
    void refund(const std::string& key, std::uint64_t handle);

    // Notices:

    void notify(const sim::gateway_order& order) {
        if (order.charged && !side_->tells_of_charges()) return;
        const auto number = order.number;
        if (likely(100)) time_.plan(span(1, 5'000), [this, number] { forge(number); });
        time_.plan(span(200, 4'000), [this, number] { tell(number, 0); });
    }
    /// Again and again until it is taken, and at times after that.
    void tell(const std::string& number, int tries) {
        ++to_.notices;
        if (tries > 0) ++to_.repeated_notices;
        const bool lost = likely(300);
        const bool taken = !lost && take(side_->notice(book_.find(number), sim::signature::right));
        const bool repeats = taken && likely(200);
        if ((!taken || repeats) && tries < 40)
            time_.plan(std::chrono::milliseconds(15'000), [this, number, tries] { tell(number, tries + 1); });
    }
    void forge(const std::string& number) {
        ++to_.forged_notices;
        auto order = book_.find(number);
        const bool changed = likely(500);
        auto made = side_->notice(order, changed ? sim::signature::right : sim::signature::wrong);
        if (changed) {
            const auto at = made.second.find_last_of("0123456789");
            if (at == std::string::npos) return;
            made.second[at] = made.second[at] == '1' ? '2' : '1';
        }
        if (take(made)) fault("a forged notice was taken of " + number, to_.believed);
    }
    bool take(const std::pair<hostlink::http_fields, std::string>& notice) {
        if (dead_ || !reader_) return false;
        auto told = reader_->read(notice.first, notice.second);
        if (!told) return false;
        if (!*told) return true;
        if (!guarded_.keep_notice(**told, call(2s)) || dead_) return false;
        reader_->kept();
        return true;
    }

    // The end:

    void ask_again();
    void settle_all();
    void judge();
    void fault(const std::string& what, unsigned& count) {
        ++count;
        if (to_.first.empty()) to_.first = what;
    }
    std::chrono::milliseconds span(unsigned from, unsigned to) {
        return std::chrono::milliseconds(from + chance_() % (to - from));
    }

    acquiring::terminal_settings settings_ = tests::rig_settings();
    gateway_days_report& to_;
    std::mt19937_64 chance_;
    simulation::chance marks_; ///< what the till and the simulators draw
    virtual_time time_;
    day_clock wall_;
    time_source::on_this_thread put_;
    crypto::random_source::on_this_thread draws_{marks_};
    bool quiet_ = false; ///< nothing goes wrong any more
    bool dead_ = false;
    bool dies_next_ = false;
    sim::order_book book_;
    store::memory_journal journal_;
    tests::fault_script store_faults_;
    tests::faulty_store guarded_;
    tests::fault_script display_faults_;
    tests::fake_display display_{display_faults_};
    std::unique_ptr<gateway_side> side_;
    std::unique_ptr<hostlink::notice_reader> reader_;
    std::unique_ptr<ports::qr_gateway> gateway_;
    std::optional<acquiring::lane> lane_;
    std::set<std::string> seen_;                                ///< orders that their payers know of
    std::vector<std::pair<std::string, std::int64_t>> sold_;    ///< keys and amounts
    std::vector<std::pair<std::string, std::string>> refunded_; ///< keys of refunds and of what they refund
};

/// A connection, for one request.
class face_wire final : public net::transport {
  public:
    explicit face_wire(gateway_day& in)
        : day_(in) {}

    result<void> write(byte_view data, const call&) override {
        sent_.append(as_text(data));
        const auto head = sent_.find("\r\n\r\n");
        if (head == std::string::npos) return {};
        http::request_parser<http::string_body> parser;
        boost::system::error_code failed;
        parser.eager(true);
        parser.put(boost::asio::buffer(sent_), failed);
        if (failed || !parser.is_done()) return {};
        sent_.clear();
        carry(parser.get());
        return {};
    }

    result<std::size_t> read_some(byte_span into, const call& bounds) override {
        if (!answered_ || day_.dead()) {
            day_.pass(std::chrono::duration_cast<std::chrono::milliseconds>(bounds.until().left()));
            return wire_error(boost::system::errc::timed_out);
        }
        if (answer_.empty()) return wire_error(boost::system::errc::connection_reset);
        const auto size = std::min(into.size(), answer_.size());
        std::copy_n(answer_.begin(), size, into.begin());
        answer_.erase(0, size);
        return size;
    }

    void async_write(byte_view, net::completion<void>) override { throw std::logic_error("used blocking"); }
    void async_read_some(byte_span, net::completion<std::size_t>) override {
        throw std::logic_error("used blocking");
    }
    void cancel() noexcept override {}
    void close() noexcept override { open_ = false; }
    [[nodiscard]] bool is_open() const noexcept override { return open_; }
    [[nodiscard]] boost::asio::any_io_executor get_executor() override {
        static boost::asio::io_context none;
        return none.get_executor();
    }
    [[nodiscard]] std::string_view endpoint() const noexcept override { return "gateway"; }

  private:
    void carry(const face_request& request) {
        if (day_.dead()) return;
        auto& seen = day_.report();
        day_.pass(60ms);
        if (day_.likely(30)) return void(++seen.requests_lost);
        auto said = day_.answer_to(request);
        if (day_.likely(10)) said = day_.answer_to(request); // it came twice
        day_.may_die();
        day_.pass(60ms);
        if (day_.dead()) return;
        if (day_.likely(40)) return void(++seen.answers_lost);
        answered_ = true;
        if (day_.likely(15)) {
            ++seen.pages;
            answer_ = day_.likely(500) ? "HTTP/1.1 502 Bad Gateway\r\nContent-Length: 6\r\n\r\n<html>"
                                       : "HTTP/1.1 404 Not Found\r\nContent-Length: 6\r\n\r\n<html>";
            return;
        }
        said.prepare_payload();
        std::ostringstream text;
        text << said;
        answer_ = text.str();
        if (day_.likely(10)) answer_.resize(answer_.size() / 2);
    }

    gateway_day& day_;
    bool open_ = true;
    bool answered_ = false;
    std::string sent_;
    std::string answer_;
};

void gateway_day::start() {
    reader_ = side_->reader();
    gateway_ = side_->client([this](const call&) -> result<std::unique_ptr<net::transport>> {
        if (dead_ || likely(10)) return wire_error(boost::system::errc::connection_refused);
        return std::unique_ptr<net::transport>(std::make_unique<face_wire>(*this));
    });
    acquiring::lane_ports with(guarded_);
    with.gateway = gateway_.get();
    with.display = &display_;
    with.clock = &wall_;
    with.runs_on = acquiring::lane_thread::callers;
    for (int tries = 0; tries < 5; ++tries) {
        dead_ = dies_next_ = false;
        auto opened = acquiring::lane::open(settings_, with, call(10s), logger::none());
        if (!opened) continue;
        lane_.emplace(*std::move(opened));
        return;
    }
    throw std::runtime_error("the till does not open");
}

/// Whoever scans a code pays in time, after its end, or not at all. A second payer the gateways themselves keep away.
void gateway_day::pay_shown(const std::string& number) {
    const auto pay = [this, number](sim::order_book::payer who) {
        try {
            const auto order = book_.pay(number, who);
            if (who == sim::order_book::payer::late) ++to_.late_payments;
            notify(order);
            return true;
        } catch (const sim::refusal&) {
            return false;
        }
    };
    const auto manner = chance_() % 100;
    if (manner < 60) {
        time_.plan(span(1'000, 50'000), [pay] { (void)pay(sim::order_book::payer::usual); });
    } else if (manner < 70) {
        time_.plan(span(55'000, 400'000), [pay] {
            if (!pay(sim::order_book::payer::usual)) (void)pay(sim::order_book::payer::late);
        });
    }
}

/// The payer sees what the till shows, or is asked by their wallet.
void gateway_day::look_at(const std::string& number) {
    if (!seen_.insert(number).second) return;
    try {
        const auto order = book_.find(number);
        if (!order.charged) return pay_shown(number);
        if (order.status != "processing" || chance_() % 10 >= 7) return;
    } catch (const sim::refusal&) {
        seen_.erase(number); // not made
        return;
    }
    time_.plan(span(1'000, 60'000), [this, number] {
        try {
            notify(book_.pay(number, sim::order_book::payer::usual));
        } catch (const sim::refusal&) { // undone meanwhile
        }
    });
}

void gateway_day::sell(bool by_code) {
    const auto key = "sale " + std::to_string(sold_.size());
    const auto minor = static_cast<std::int64_t>(100 + chance_() % 100'000);
    sold_.emplace_back(key, minor);
    acquiring::trade_request wish(by_code ? ports::trade::qr_charge : ports::trade::qr_sale, key, amount(minor));
    if (by_code) {
        const auto code = side_->payment_code(chance_());
        wish.payment_code = code;
        const auto manner = chance_() % 10;
        book_.know_wallet(code, manner < 6   ? sim::order_book::wallet_manner::pays
                                : manner < 9 ? sim::order_book::wallet_manner::asks
                                             : sim::order_book::wallet_manner::refuses);
    }
    const auto end = acquiring::trade(*lane_).run(wish, call(150s));
    if (dead_) {
        begin_again();
    } else if (!end && end.error().code() == acquiring_errc::order_pending) {
        time_.pass(30min); // one that is in doubt keeps the terminal from the next
        ask_person();
    } else if (end && end->outcome == verdict::approved && chance_() % 100 < 4 &&
               (!by_code || side_->refunds_charges())) {
        refund(key, end->handle);
    }
    time_.pass(span(2'000, 20'000));
}

/// Somebody looks at the gateway's console, which has no such charge, and says so, where no query would.
void gateway_day::ask_person() {
    using knowledge = gateway_side::knowledge;
    const auto knows = side_->of_charges();
    if (knows == knowledge::always) return;
    const auto today = ports::to_civil(wall_.now()).yyyymmdd();
    const auto open = journal_.open_records(settings_.terminal_id, call(1s)).value();
    for (const auto& record : open) {
        if (record.kind != ports::trade::qr_charge || seen_.contains(record.order_number)) continue;
        constexpr std::size_t day_at = 8; // of the till's numbers
        if (knows == knowledge::on_its_day && record.order_number.substr(day_at, today.size()) == today) continue;
        (void)acquiring::decision(*lane_).run(
            {record.id, acquiring::finding::not_paid, "the console has none"}, call(5s));
        if (dead_) begin_again();
    }
}

void gateway_day::refund(const std::string& key, std::uint64_t handle) {
    const auto name = "refund of " + key;
    refunded_.emplace_back(name, key);
    acquiring::trade_request wish(ports::trade::qr_refund, name, {}, handle);
    const auto record = journal_.find_key(settings_.terminal_id, key, call(1s));
    if (record && *record) wish.total = (*record)->approved;
    time_.pass(4s); // Alipay's refunds of a trade lie apart
    (void)acquiring::trade(*lane_).run(wish, call(60s));
    if (dead_) begin_again();
}

/// No recovery asks for a refund again: whoever wants it names it.
void gateway_day::ask_again() {
    for (const auto& [name, of] : refunded_) {
        const auto record = journal_.find_key(settings_.terminal_id, name, call(1s)).value();
        if (record && ledger::states::open.contains(record->state))
            (void)acquiring::recovery(*lane_).run(acquiring::recovery_request(record->id), call(60s));
    }
}

/// The till looks until nothing is open, while what was on its way arrives.
void gateway_day::settle_all() {
    begin_again();
    for (int rounds = 0; rounds < 24; ++rounds) {
        time_.pass(10min);
        (void)acquiring::recovery(*lane_).run({}, call(20min));
        ask_again();
        const auto open = journal_.open_records(settings_.terminal_id, call(1s));
        const auto notices = journal_.open_notices(call(1s));
        if (rounds > 1 && open && open->empty() && notices && notices->empty()) return;
    }
}

void gateway_day::judge() {
    std::map<std::string, std::int64_t> net; // by the order's first number
    for (const auto& one : book_.list()) {
        const std::string number = one.at("order_number");
        const std::int64_t paid = one.at("paid");
        const std::int64_t back = one.at("refunded");
        net[std::string(ledger::code_of_number(number).mark)] += paid - back;
    }
    std::map<std::string, std::int64_t> given_back;
    std::map<std::string, std::string> asked_back;
    for (const auto& [name, of] : refunded_) {
        const auto record = journal_.find_key(settings_.terminal_id, name, call(1s)).value();
        if (!record) continue;
        asked_back[of] = ", refund " + std::string(to_string(record->state)) + " " + record->host_code;
        if (record->state == ports::record_state::approved) {
            given_back[of] += record->approved.minor();
            ++to_.refunds;
        }
        if (record->state == ports::record_state::unknown || record->state == ports::record_state::sent)
            fault(name + " stays unknown", to_.unknown);
    }
    for (const auto& [key, minor] : sold_) {
        ++to_.sales;
        const auto record = journal_.find_key(settings_.terminal_id, key, call(1s)).value();
        if (!record) {
            ++to_.not_begun;
            continue;
        }
        const auto found = net.find(record->order_number);
        const bool heard = found != net.end();
        const auto there = heard ? found->second : 0;
        if (heard) net.erase(found);
        using state = ports::record_state;
        std::int64_t says = 0;
        switch (record->state) {
        case state::approved:
            ++to_.approved;
            says = record->approved.minor() - given_back[key];
            break;
        case state::returned: ++to_.given_back; break;
        case state::declined: ++to_.declined; break;
        case state::not_sent: ++to_.not_begun; break;
        default:
            if (!heard) {
                ++to_.unheard;
                if (to_.first.empty()) to_.first = key + " stays open, and the gateway has not heard of it";
                continue;
            }
            fault(key + " (" + record->order_number + ") stays " + std::string(to_string(record->state)) + ", " +
                      record->host_code + " " + record->note + ", the gateway has " + std::to_string(there) +
                      asked_back[key] + ", " + std::to_string(to_.sales) + " sales into the run",
                to_.unknown);
            continue;
        }
        const auto what = key + " (" + record->order_number + ", " + std::string(to_string(record->state)) +
                          "): till " + std::to_string(says) + ", gateway " + std::to_string(there) + " of " +
                          std::to_string(minor) + asked_back[key];
        if (there > says) fault(what, to_.doubled);
        if (there < says) fault(what, to_.unpaid);
    }
    for (const auto& [number, left] : net)
        if (left != 0) fault("an order that no record knows: " + number, to_.strangers);
}

} // namespace

std::span<const std::string_view> gateway_words() noexcept {
    static constexpr std::array<std::string_view, 5> words{"wechat", "alipay", "unionpay", "netpay", "cipherlane"};
    return words;
}

std::optional<gateway_days_wish::speech> gateway_of_word(std::string_view word) noexcept {
    const auto all = gateway_words();
    const auto found = std::find(all.begin(), all.end(), word);
    if (found == all.end()) return std::nullopt;
    return static_cast<gateway_days_wish::speech>(found - all.begin());
}

std::ostream& operator<<(std::ostream& to, const gateway_days_report& what) {
    return to << what.sales << " sales: " << what.approved << " approved, " << what.declined << " declined, "
              << what.given_back << " given back, " << what.not_begun << " not begun, " << what.unheard
              << " that the gateway has not heard of, " << what.refunds << " refunds; " << what.kills << " kills, "
              << what.requests << " requests, " << what.requests_lost << " lost, " << what.answers_lost
              << " answers lost, " << what.pages << " pages in between, " << what.odd_answers << " odd answers, "
              << what.late_payments << " late payments, " << what.notices << " notices, " << what.repeated_notices
              << " again, " << what.forged_notices << " forged; " << what.unknown << " unknown, " << what.doubled
              << " double, " << what.unpaid << " unpaid, " << what.believed << " forgeries believed, "
              << what.strangers << " strangers" << (what.first.empty() ? "" : "; the first: ") << what.first;
}

gateway_days_report run_gateway_days(const gateway_days_wish& wish) {
    gateway_days_report made;
    unsigned codes = wish.codes;
    unsigned orders = wish.orders;
    for (std::uint64_t day = 0; codes + orders > 0; ++day) {
        const auto share = std::min(sales_a_day, codes + orders);
        const auto by_code = static_cast<unsigned>(std::uint64_t{share} * codes / (codes + orders));
        gateway_day(wish, wish.seed * 1'000'003 + day, made).run(by_code, share - by_code);
        codes -= by_code;
        orders -= share - by_code;
    }
    return made;
}

} // namespace cipherlane::simulation
