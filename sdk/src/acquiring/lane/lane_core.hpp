#pragma once

#include "lane/terminal_claim.hpp"

#include <cipherlane/acquiring/errc.hpp>
#include <cipherlane/acquiring/lane_ports.hpp>
#include <cipherlane/acquiring/terminal_settings.hpp>
#include <cipherlane/acquiring/timeline.hpp>
#include <cipherlane/core/call.hpp>
#include <cipherlane/core/logger.hpp>
#include <cipherlane/ports/clock.hpp>
#include <cipherlane/ports/display.hpp>
#include <cipherlane/ports/host.hpp>
#include <cipherlane/ports/pinpad.hpp>
#include <cipherlane/ports/qr_gateway.hpp>
#include <cipherlane/ports/sealer.hpp>
#include <cipherlane/ports/store.hpp>
#include <cipherlane/ports/terminal.hpp>
#include <cipherlane/ports/trade_guard.hpp>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <stop_token>
#include <string>
#include <thread>
#include <tuple>
#include <utility>
#include <vector>

namespace cipherlane::acquiring {

class lane_core;

/// What is queued for the lane's thread. It is run or abandoned, once.
class lane_job {
  public:
    explicit lane_job(std::uint64_t number) noexcept
        : number_(number) {}
    lane_job(const lane_job&) = delete;
    lane_job& operator=(const lane_job&) = delete;
    virtual ~lane_job() = default;
    /// By which it can be withdrawn.
    [[nodiscard]] std::uint64_t number() const noexcept { return number_; }
    virtual void run(lane_core& on) = 0;
    virtual void abandon(lane_core& on, const error& why) = 0;
    /// It is about to stand behind another one. Called with the queue locked.
    virtual void must_wait() {}

  private:
    const std::uint64_t number_;
};

/// The inside of a lane: its devices, its thread, and what the flows share. All but `post` and `settings` is for the
/// lane's thread alone.
class lane_core {
  public:
    lane_core(terminal_settings settings, const lane_ports& with, terminal_claim taken, logger log);
    lane_core(const lane_core&) = delete;
    lane_core& operator=(const lane_core&) = delete;
    ~lane_core();

    [[nodiscard]] std::uint64_t next_job_number() noexcept { return ++job_numbers_; }
    /// The job will be run or abandoned; at once where the lane has been closed.
    void post(std::unique_ptr<lane_job> job);
    /// Takes a job back that stands behind another one: whoever gets it abandons it. Null where its turn has come.
    [[nodiscard]] std::unique_ptr<lane_job> withdraw(std::uint64_t number) noexcept;
    /// The job under way is nobody's wish: it is stopped as soon as another one is posted, at once where one waits.
    /// Until `give_way_no_more`; its stages are not told.
    void give_way(const std::stop_source& of);
    void give_way_no_more() noexcept;
    /// Of the job under way; never asked of one that gives no way.
    [[nodiscard]] std::stop_token giving_way() const noexcept {
        return gives_way_ ? gives_way_->get_token() : std::stop_token();
    }
    /// Stops the job under way, waits for its end, abandons the others.
    void close() noexcept;
    /// The same on the lane's own thread, from within the job under way, whose end cannot be waited for: what is
    /// given is let go when it is over.
    void close_within(std::shared_ptr<void> kept) noexcept;
    [[nodiscard]] bool on_own_thread() const noexcept { return std::this_thread::get_id() == own_thread_.load(); }
    /// The right to trade, for one at a time unless the settings let trades wait. Given back by `end_trade`.
    [[nodiscard]] bool begin_trade() noexcept { return settings_.queue || !trading_.exchange(true); }
    void end_trade() noexcept { trading_ = false; }
    [[nodiscard]] std::stop_token stopping() const noexcept { return stopping_.get_token(); }

    [[nodiscard]] const terminal_settings& settings() const noexcept { return settings_; }
    [[nodiscard]] const std::string& terminal_id() const noexcept { return settings_.terminal_id; }
    [[nodiscard]] const logger& log() const noexcept { return log_; }
    [[nodiscard]] ports::store& journal() const noexcept { return *with_.journal; }
    [[nodiscard]] const ports::clock& clock() const noexcept {
        return with_.clock != nullptr ? *with_.clock : clock_;
    }
    /// Null where the lane has none.
    [[nodiscard]] ports::display* display() const noexcept { return with_.display; }
    [[nodiscard]] ports::currency_chooser* chooser() const noexcept { return with_.chooser; }
    /// Null where nobody watches over the lane.
    [[nodiscard]] ports::trade_guard* guard() const noexcept { return with_.guard; }
    [[nodiscard]] result<ports::host*> host() const { return present(with_.host, "host"); }
    [[nodiscard]] result<ports::sealer*> sealer() const { return present(with_.sealer, "sealer"); }
    [[nodiscard]] result<ports::pinpad*> pinpad() const { return present(with_.pinpad, "pinpad"); }
    [[nodiscard]] bool has_gateway() const noexcept { return !gateways_.empty(); }
    /// Of a trade that begins: the one that it names, else the one that takes the payer's code, else the first.
    /// @return `no_device`; `bad_request` in "gateway" or, of a code that no gateway takes, in "payment_code".
    [[nodiscard]] result<ports::qr_gateway*> gateway_for(std::string_view name, std::string_view payment_code) const;
    /// Of what was begun: the one that it was sent to. @return `no_device`; `other_counterpart`.
    [[nodiscard]] result<ports::qr_gateway*> gateway_of(const ports::journal_record& record) const;
    [[nodiscard]] result<ports::terminal*> terminal() const { return present(with_.terminal, "terminal"); }
    /// Whether a payment terminal stands in the place of the host.
    [[nodiscard]] bool has_terminal() const noexcept { return with_.terminal != nullptr && with_.host == nullptr; }

    /// Whether a terminal is no lane's, and what is told of its orders this one's.
    [[nodiscard]] bool inherits(std::string_view terminal_id) const {
        return with_.inherits && terminal_id != this->terminal_id() && with_.inherits(terminal_id);
    }
    /// Whether there is anybody to whom a trade of that kind would go.
    [[nodiscard]] bool has_peer(ports::trade kind) const noexcept;
    /// Whom a trade of that kind would go to now, of the gateways the first; empty: not told.
    [[nodiscard]] std::string counterpart(ports::trade kind) const;
    /// Whether that is the one that a record was sent to. What is not known is taken as the same.
    [[nodiscard]] bool is_counterpart(const ports::journal_record& of) const;
    [[nodiscard]] bool has_several_gateways() const noexcept { return gateways_.size() > 1; }

    /// Whether a key is under the master key of the terminal's slot, not under that of one that it had before.
    [[nodiscard]] bool is_of_own_slot(const ports::wrapped_key& key) const noexcept {
        return key.master_slot == settings_.keys.master_slot;
    }
    /// YYYYMMDD in China.
    [[nodiscard]] std::string today() const { return ports::to_civil(clock().now()).yyyymmdd(); }
    /// A call for the journal: neither the caller's deadline nor a stop may keep the truth from being written.
    [[nodiscard]] call journal_call() const { return call(settings_.timers.journal); }

    void note(timeline_entry entry) const;
    /// Names the payment that the stages from now on belong to.
    void begin_stages(std::string key, const amount& total);
    void enter(stage at, std::optional<std::chrono::system_clock::time_point> expires = std::nullopt);
    /// Whether a stop request still ends the trade at hand without any money having moved.
    [[nodiscard]] bool may_be_cancelled() const noexcept { return stage_.cancel == cancelling::possible; }
    /// Once for each record (or order that has none) and kind while the lane lives.
    /// @param notice by which a gateway's word that waits for a person is acknowledged; 0: none.
    void raise(alert_kind kind, const ports::journal_record& record, std::uint64_t notice = 0);

    /// Who is on duty for the trade at hand.
    ports::duty on_duty;
    /// Since when there is something to settle in the open batch, as far as this process has looked.
    std::optional<std::pair<std::uint32_t, std::chrono::system_clock::time_point>> batch_begun;
    /// Of which all payments were seen to be in the terminal's currency.
    std::optional<std::uint32_t> batch_in_unit;
    bool mac_key_loaded = false;
    bool keys_wait = false; ///< the sealer was away when it should have been given the journal's keys
    bool pinpad_open = false;
    bool recovered = false; ///< somebody has asked what the last run left
    /// Keys of records that a failed write may have left, or may yet leave, and of which certainly nothing was sent.
    std::set<std::string> unsent_keys;
    /// Records of which it could not be written that their card has spoken.
    std::set<std::uint64_t> spoken_cards;
    /// Since when, by this process's own knowledge, payments that are not decided may be under way at the terminal:
    /// wall time makes them older where a clock is set forward.
    std::map<std::uint64_t, monotonic_clock::time_point> under_way_since;
    /// When, by the same clock, requests left or were found that their peer may yet get.
    std::map<std::uint64_t, monotonic_clock::time_point> left_at;
    /// How long ago that was, at least: what an earlier process has sent is as old as its record says. A clock that
    /// is set while this one runs changes nothing of it.
    [[nodiscard]] std::chrono::milliseconds left_for(const ports::journal_record& record);
    /// Whose reversal was sent once more since nothing of the trade can be under way: once in each process.
    std::set<std::uint64_t> asked_at_rest;
    /// What this process has begun to give back, and of which nothing has left for the gateway yet: a refusal is of
    /// the request itself, whatever the record's state.
    std::set<std::uint64_t> unasked_returns;
    /// The payment that was to go back and was asked for last: the next one's turn is behind it.
    std::uint64_t return_asked = 0;
    /// When the host last failed to take a stored record before a trade: no trade waits for it again at once.
    std::optional<std::chrono::system_clock::time_point> relief_failed;
    /// When a gateway, by what it calls itself, last did not answer what it was asked besides a trade: likewise.
    std::map<std::string, std::optional<std::chrono::system_clock::time_point>> gateways_failed;
    /// When it last answered about a record what decides nothing, as a refusal of what may have been done: likewise.
    std::map<std::uint64_t, std::chrono::system_clock::time_point> records_put_off;
    /// When the host last gave no answer to what it had asked for in its header: likewise.
    std::optional<std::chrono::system_clock::time_point> wishes_unanswered;

  private:
    template <class Port>
    [[nodiscard]] result<Port*> present(Port* one, std::string_view name) const {
        if (one != nullptr) return one;
        return error(acquiring_errc::no_device, layer::acquiring).during(name);
    }
    void ask_to_end() noexcept;
    void serve();
    void serve_all();
    void run_in_place(std::unique_ptr<lane_job> job);

    const terminal_settings settings_;
    const lane_ports with_;
    const std::vector<lane_gateway> gateways_; ///< the first takes what chooses none
    terminal_claim taken_;                     ///< until the lane is closed
    const logger log_;
    const ports::system_clock clock_;
    std::set<std::tuple<alert_kind, std::uint64_t, std::string, std::string>> raised_;
    stage_event stage_;
    std::atomic<bool> trading_{false};
    bool closed_ = false;
    bool running_ = false; ///< a job is under way
    bool ended_ = false;   ///< none will be any more
    std::atomic<std::uint64_t> job_numbers_{0};
    std::vector<std::shared_ptr<void>> kept_; ///< until the lane's thread ends
    std::stop_source stopping_;
    std::mutex mutex_;
    std::condition_variable wake_;
    std::deque<std::unique_ptr<lane_job>> queue_;
    std::optional<std::stop_source> gives_way_; ///< changed with the queue locked, by the lane's thread alone
    std::thread thread_;
    std::atomic<std::thread::id> own_thread_; ///< apart, as anybody may ask while the thread is joined
};

/// An error of this layer.
[[nodiscard]] inline error flow_error(acquiring_errc what, std::string_view operation) {
    return error(what, layer::acquiring).during(operation);
}

} // namespace cipherlane::acquiring
