#pragma once

#include "terminal_world.hpp"

#include <cipherlane/acquiring/lane.hpp>
#include <cipherlane/acquiring/recovery.hpp>
#include <cipherlane/acquiring/trade.hpp>
#include <cipherlane/store/memory_journal.hpp>

#include <nlohmann/json.hpp>

#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace cipherlane::tests {

inline constexpr currency euro{978, 2};

[[nodiscard]] inline sim::terminal_setup slow_host(std::chrono::milliseconds host_time) {
    sim::terminal_setup setup;
    setup.host_time = host_time;
    return setup;
}

/// The till's wall clock, which somebody may set.
class till_clock final : public ports::clock {
  public:
    [[nodiscard]] std::chrono::system_clock::time_point now() const override {
        return std::chrono::system_clock::now() + forward;
    }
    std::chrono::hours forward{0};
};

/// The journal of a till, opened by each of its processes anew.
class till_books {
  public:
    till_books() = default;
    till_books(const till_books&) = delete;
    till_books& operator=(const till_books&) = delete;
    virtual ~till_books() = default;
    [[nodiscard]] virtual ports::store& open(const ports::clock& clock) = 0;
    /// The process is killed now.
    virtual void killed() {}
};

/// In memory, which outlives the till here.
class memory_books final : public till_books {
  public:
    [[nodiscard]] ports::store& open(const ports::clock& clock) override {
        if (!journal_) journal_.emplace(clock);
        return *journal_;
    }

  private:
    std::optional<store::memory_journal> journal_;
};

/// A till with a terminal in the place of its host; what survives its death is the journal and the world.
class day {
  public:
    explicit day(const terminal_case& of, std::chrono::milliseconds host_time = std::chrono::milliseconds(1'200),
        std::unique_ptr<till_books> kept = std::make_unique<memory_books>())
        : world(of, slow_host(host_time))
        , books_(std::move(kept)) {
        world.on_death([this] { books_->killed(); });
        settings.terminal_id = "TEST0001";
        settings.merchant_id = "TESTMERCH000001";
        settings.merchant_name = "TEST SHOP";
        settings.unit = euro;
        card("6212345678900000017");
        start();
    }
    void card(const char* number, const char* declines = nullptr) {
        nlohmann::json request{{"cmd", "card"}, {"pan", number}, {"stays", true}};
        if (declines != nullptr) request["declines"] = declines;
        (void)world.model().control(request);
    }
    void fault(const nlohmann::json& one) {
        (void)world.model().control({{"cmd", "faults"}, {"set", nlohmann::json::array({one})}});
    }
    void no_faults() { (void)world.model().control({{"cmd", "faults"}, {"set", nlohmann::json::array()}}); }
    void start() {
        lane.reset();
        ports::terminal_events events;
        events.line = [this](const ports::terminal_line& one) { lines.emplace_back(one.text); };
        device = world.new_driver(std::move(events));
        journal_ = &books_->open(clock);
        acquiring::lane_ports with(*journal_);
        with.terminal = device.get();
        with.clock = &clock;
        with.observer = &seen;
        with.runs_on = acquiring::lane_thread::callers;
        lane = acquiring::lane::open(settings, with, call(std::chrono::seconds(10)), logger::none()).value();
    }
    /// The process ends; another one takes its place.
    void die() {
        lane.reset();
        device.reset();
        start();
    }
    result<acquiring::payment> run(
        ports::trade kind, const std::string& key, std::int64_t minor, std::uint64_t original = 0) {
        return acquiring::trade(*lane).run({kind, key, amount(minor, euro), original}, patience());
    }
    result<std::vector<acquiring::payment>> recover() { return acquiring::recovery(*lane).run({}, patience()); }
    std::optional<ports::journal_record> record(const std::string& key) {
        return journal().find_key("TEST0001", key, patience()).value();
    }
    [[nodiscard]] ports::store& journal() { return *journal_; }
    [[nodiscard]] static call patience() { return call(std::chrono::seconds(400)); }

    terminal_world world;
    till_clock clock;
    acquiring::recorded_timeline seen;
    std::vector<std::string> lines; ///< of receipts
    acquiring::terminal_settings settings;

  private:
    std::unique_ptr<till_books> books_;
    ports::store* journal_ = nullptr;

  public:
    std::unique_ptr<ports::terminal> device;
    std::optional<acquiring::lane> lane;
};

/// Whether its lane has raised this.
[[nodiscard]] inline bool raised(const day& today, acquiring::alert_kind kind) {
    const auto alerts = today.seen.alerts();
    return std::any_of(alerts.begin(), alerts.end(), [&](const auto& one) { return one.kind == kind; });
}

} // namespace cipherlane::tests
