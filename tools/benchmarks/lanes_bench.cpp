// What many lanes in one process are worth over one, and what one lane costs beside the bare calls that a sale is
// made of: the simulators as programs on loopback, the journal on the disk of the working folder.
#include "lane/simulators.hpp"
#include "lane/test_keys.hpp"

#include <cipherlane/acquiring/lane.hpp>
#include <cipherlane/acquiring/sale.hpp>
#include <cipherlane/acquiring/settlement.hpp>
#include <cipherlane/acquiring/sign_in.hpp>
#include <cipherlane/acquiring/software_sealer.hpp>
#include <cipherlane/core/hex.hpp>
#include <cipherlane/drivers/pinpad/pinpad_family.hpp>
#include <cipherlane/hostlink/tcp_host.hpp>
#include <cipherlane/iso8583/codec.hpp>
#include <cipherlane/iso8583/cup_pos.hpp>
#include <cipherlane/ports/completion.hpp>
#include <cipherlane/ports/key_provider.hpp>
#include <cipherlane/store/sqlite_journal.hpp>

#include <boost/asio/io_context.hpp>
#include <boost/asio/use_future.hpp>
#include <nlohmann/json.hpp>
#include <sqlite3.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <deque>
#include <filesystem>
#include <future>
#include <list>
#include <optional>
#include <stdexcept>
#include <string>
#include <unistd.h>
#include <utility>
#include <vector>

namespace {

using namespace cipherlane;
using namespace std::chrono_literals;
using watch = std::chrono::steady_clock;

constexpr int many = 64;
constexpr int full_terminal = 65; ///< the terminals behind those of the many lanes
constexpr int bare_terminal = 66;
constexpr int full_sales = 150;
constexpr auto a_while = 4s;
constexpr int batch_room = 900; ///< sales that fit into a batch, whose number has three digits

call soon() {
    return call(60s);
}

/// Always the same test card, without a PIN.
class reader final : public ports::pinpad {
  public:
    result<void> open(const call& /*bounds*/) override { return {}; }
    result<ports::card_data> read_card(const ports::card_request& /*request*/, const call& /*bounds*/) override {
        CIPHERLANE_TRY(auto number, pan::parse("6222000100000008"));
        ports::card_data card(std::move(number), ports::entry_mode::magnetic);
        card.expiry = "3012";
        card.track2 = secret_bytes(as_bytes("6222000100000008D30122011234"));
        card.pin_required = false;
        return card;
    }
    result<secret_bytes> enter_pin(const ports::pin_request& /*request*/, const call& /*bounds*/) override {
        return secret_bytes();
    }
    result<void> finish(std::string_view /*line1*/, std::string_view /*line2*/, const call& /*bounds*/) override {
        return {};
    }
    result<void> show(std::string_view /*line1*/, std::string_view /*line2*/, const call& /*bounds*/) override {
        return {};
    }
    result<void> close(const call& /*bounds*/) override { return {}; }
};

class fixed_key final : public ports::key_provider {
  public:
    [[nodiscard]] result<secret_bytes> journal_key(const call& /*bounds*/) override {
        return secret_bytes(byte_view(bytes(32, 0x5A)));
    }
};

/// Keeps the last request that went through it.
class recording_host final : public ports::host {
  public:
    explicit recording_host(ports::host& real) noexcept
        : real_(real) {}
    [[nodiscard]] result<bytes> exchange(
        byte_view request, const ports::answer_filter& filter, const call& bounds) override {
        last.assign(request.begin(), request.end());
        return real_.exchange(request, filter, bounds);
    }
    [[nodiscard]] std::chrono::milliseconds response_time() const noexcept override { return real_.response_time(); }
    bytes last;

  private:
    ports::host& real_;
};

class any_answer final : public ports::answer_filter {
  public:
    [[nodiscard]] bool matches(byte_view /*message*/) const override { return true; }
};

/// A folder of its own under the working folder, with a lane's simulators and one journal.
struct bench_world {
    bench_world()
        : folder(std::filesystem::absolute("lanes_bench." + std::to_string(::getpid()))) {
        std::filesystem::create_directory(folder);
        sim::simulator_settings how;
        how.programs = std::filesystem::canonical("/proc/self/exe").parent_path();
        how.folder = folder;
        how.terminals = bare_terminal;
        around.emplace(how);
        constexpr std::int64_t plenty = 99'999'999'900;
        const auto& card = around->rich;
        around->acquirer.control().ask({{"cmd", "card"}, {"number", card.number}, {"expiry", card.expiry},
            {"pin", card.pin}, {"balance", plenty}});
        store::sqlite_journal_settings where;
        where.path = folder + "/till.db";
        journal = store::sqlite_journal::open(where, key, clock, soon(), logger::none()).value();
    }
    bench_world(const bench_world&) = delete;
    bench_world& operator=(const bench_world&) = delete;
    ~bench_world() {
        journal.reset();
        around.reset();
        std::filesystem::remove_all(folder);
    }

    const std::string folder;
    fixed_key key;
    const ports::system_clock clock;
    std::optional<sim::simulators> around;
    std::unique_ptr<store::sqlite_journal> journal;
};

/// One terminal and what is its alone.
struct station {
    station(bench_world& in, int number, ports::pinpad* pad) {
        acquiring::terminal_settings terminal;
        const auto digits = std::to_string(number);
        terminal.terminal_id = "TEST" + std::string(4 - digits.size(), '0') + digits;
        terminal.merchant_id = sim::demo_merchant;
        terminal.merchant_name = "TEST TEA HOUSE";
        hostlink::tcp_host_settings link;
        link.address = in.around->acquirer.where();
        link.life = hostlink::connection_life::kept;
        host = hostlink::tcp_host::create(link, logger::none()).value();
        recorder = std::make_unique<recording_host>(*host);
        auto master = secret_bytes(from_hex(sim::test_keys::terminal_master).value());
        sealer = acquiring::software_sealer::create(terminal.keys, std::move(master), logger::none()).value();
        acquiring::lane_ports with(*in.journal);
        with.host = recorder.get();
        with.sealer = sealer.get();
        with.pinpad = pad != nullptr ? pad : &card_reader;
        lane =
            std::make_unique<acquiring::lane>(acquiring::lane::open(terminal, with, soon(), logger::none()).value());
        acquiring::sign_in(*lane).run({}, soon()).value();
    }
    void sell(const std::string& key) const {
        if (!acquiring::sale(*lane).run({key, amount(100)}, soon()).value().ok())
            throw std::runtime_error("a sale was not approved");
    }

    void settle() const { acquiring::settlement(*lane).run({}, soon()).value(); }

    reader card_reader;
    std::unique_ptr<hostlink::tcp_host> host;
    std::unique_ptr<recording_host> recorder;
    std::unique_ptr<acquiring::software_sealer> sealer;
    std::unique_ptr<acquiring::lane> lane; ///< last: it ends first
};

struct rate {
    double sales_a_second = 0;
    double commits_a_sale = 0;
};

/// Every lane sells, again and again, into a batch of its own; the next round begins when all have been paid.
rate rate_of(bench_world& in, const std::list<station>& all, const std::string& name) {
    for (const auto& one : all)
        one.settle();
    const auto commits = in.journal->statistics().commits;
    const auto begin = watch::now();
    std::uint64_t sales = 0;
    for (int round = 0; round < batch_room && watch::now() - begin < a_while; ++round) {
        std::vector<std::future<result<acquiring::payment>>> under_way;
        for (const auto& one : all) {
            const acquiring::sale_request wish(name + std::to_string(round), amount(100));
            under_way.push_back(acquiring::sale(*one.lane).async_run(wish, soon(), boost::asio::use_future));
        }
        for (auto& one : under_way) {
            if (!one.get().value().ok()) throw std::runtime_error("a sale was not approved");
            ++sales;
        }
    }
    const std::chrono::duration<double> took = watch::now() - begin;
    const auto made = static_cast<double>(sales);
    return {made / took.count(), static_cast<double>(in.journal->statistics().commits - commits) / made};
}

/// Two commits of a file like the journal's, with nothing around them.
class bare_records {
  public:
    explicit bare_records(const std::string& path) {
        if (sqlite3_open(path.c_str(), &on_) != SQLITE_OK) throw std::runtime_error("no file for the bare records");
        run("PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; CREATE TABLE records(id INTEGER PRIMARY KEY, state "
            "INTEGER, key TEXT, data BLOB); CREATE UNIQUE INDEX by_key ON records(key)");
    }
    bare_records(const bare_records&) = delete;
    bare_records& operator=(const bare_records&) = delete;
    ~bare_records() { sqlite3_close(on_); }

    void begin(int number) {
        run(("INSERT INTO records VALUES(" + std::to_string(number) + ",1,'key-" + std::to_string(number) +
             "',zeroblob(600))")
                .c_str());
    }
    void decide(int number) { run(("UPDATE records SET state = 3 WHERE id = " + std::to_string(number)).c_str()); }

  private:
    void run(const char* sql) {
        if (sqlite3_exec(on_, sql, nullptr, nullptr, nullptr) != SQLITE_OK)
            throw std::runtime_error(sqlite3_errmsg(on_));
    }
    sqlite3* on_ = nullptr;
};

/// The bare calls of a sale: the pad's three, two commits, and one exchange with requests that were made before.
class bare_sales {
  public:
    bare_sales(bench_world& in, ports::pinpad& pad, const station& made_with)
        : pad_(pad)
        , host_(*made_with.host)
        , records_(in.folder + "/bare.db") {
        key_ = in.journal->terminal(made_with.lane->settings().terminal_id, soon()).value().pin_key;
        const auto first = iso8583::decode_body(iso8583::cup_pos(), made_with.recorder->last).value();
        const auto trace = std::stoi(first.value(11));
        for (int i = 1; i <= full_sales; ++i) {
            auto message = first.to_message();
            char digits[8];
            (void)std::snprintf(digits, sizeof digits, "%06d", (trace + i) % 1'000'000);
            message.set(11, digits).leave_mac_hole();
            bytes room(2048);
            auto encoded = iso8583::encode(iso8583::cup_pos(), message, room).value();
            const auto mac = made_with.sealer->make_mac(encoded.mac_range, soon()).value();
            std::copy(mac.begin(), mac.end(), encoded.mac.begin());
            requests_.emplace_back(encoded.body.begin(), encoded.body.end());
        }
    }

    void sell() {
        ports::card_request wish(amount(100));
        wish.date_time = "261129120000";
        wish.pin_key = &key_;
        const auto card = pad_.read_card(wish, soon()).value();
        const ports::pin_request asks(card.account, key_, amount(100));
        (void)pad_.enter_pin(asks, soon()).value();
        records_.begin(++number_);
        (void)host_.exchange(requests_.front(), any_answer(), soon()).value();
        requests_.pop_front();
        records_.decide(number_);
        pad_.finish("APPROVED", "1.00", soon()).value();
    }

  private:
    ports::pinpad& pad_;
    hostlink::tcp_host& host_;
    bare_records records_;
    ports::wrapped_key key_;
    std::deque<bytes> requests_;
    int number_ = 0;
};

template <class Work>
std::chrono::duration<double> time_of(Work work) {
    const auto begin = watch::now();
    work();
    return watch::now() - begin;
}

bool print_row(const char* name, double value, double limit, const char* unit, double ratio, double bar, bool met) {
    std::printf(
        "%-52s %9.2f %9.2f %-10s %6.2f %5.2f %s\n", name, value, limit, unit, ratio, bar, met ? "ok" : "MISSED");
    return met;
}

bool lanes(bench_world& in) {
    std::list<station> all;
    all.emplace_back(in, 1, nullptr);
    (void)rate_of(in, all, "warm");
    const auto one = rate_of(in, all, "one");
    for (int number = 2; number <= many; ++number)
        all.emplace_back(in, number, nullptr);
    (void)rate_of(in, all, "warm many");
    const auto together = rate_of(in, all, "many");
    const auto ratio = together.sales_a_second / one.sales_a_second;
    bool met = print_row(
        "64 lanes over one lane", together.sales_a_second, one.sales_a_second, "sales/s", ratio, 3, ratio >= 3);
    const auto commits = together.commits_a_sale;
    met = print_row("64 lanes, synchronous commits a sale", commits, one.commits_a_sale, "commits",
              commits / one.commits_a_sale, 0.25, commits <= 0.25) &&
          met;
    return met;
}

bool full_sale(bench_world& in) {
    boost::asio::io_context io;
    const auto pad = drivers::open_pinpad(io.get_executor(), "abecs", in.around->pinpad.where(), {}, soon()).value();
    const auto hold_card = [&] { in.around->present(in.around->rich); };
    const station made_with(in, bare_terminal, pad.get());
    hold_card();
    made_with.sell("first");
    bare_sales bare(in, *pad, made_with);
    const station whole(in, full_terminal, pad.get());
    hold_card();
    whole.sell("first");
    std::chrono::duration<double> by_lane{};
    std::chrono::duration<double> by_hand{};
    for (int i = 0; i < full_sales; ++i) {
        hold_card();
        by_lane += time_of([&] { whole.sell("full " + std::to_string(i)); });
        hold_card();
        by_hand += time_of([&] { bare.sell(); });
    }
    const auto ratio = by_hand / by_lane;
    return print_row("one lane, full sale, over its bare calls", full_sales / by_lane.count(),
        full_sales / by_hand.count(), "sales/s", ratio, 0.8, ratio >= 0.8);
}

} // namespace

int main() {
    try {
        std::printf("%-52s %9s %9s %-10s %6s %5s\n", "operation", "value", "limit", "", "ratio", "bar");
        bench_world world;
        const bool several = lanes(world);
        const bool whole = full_sale(world);
        return several && whole ? 0 : 1;
    } catch (const std::exception& why) {
        std::fprintf(stderr, "lanes_bench: %s\n", why.what());
        return 2;
    }
}
