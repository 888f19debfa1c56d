#pragma once

#include "cipherlane/service/event_log.hpp"
#include "cipherlane/service/http_message.hpp"
#include "cipherlane/service/wish.hpp"
#include "cipherlane/till_trade_rows.hpp"

#include <cipherlane/till/clerk.hpp>
#include <cipherlane/till/till.hpp>

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/thread_pool.hpp>
#include <nlohmann/json.hpp>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <deque>
#include <functional>
#include <list>
#include <map>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

namespace cipherlane::service {

/// Where a desk does its work.
struct workshop {
    boost::asio::io_context& io;       ///< all that a desk keeps is touched on its thread alone
    boost::asio::thread_pool& journal; ///< for what waits for the disk
    boost::asio::thread_pool& scanner; ///< for what waits for a scanner
    boost::asio::thread_pool& printer; ///< for what waits for a printer
    std::shared_ptr<event_log> events;
};

/// What has come of a terminal's trades since the service was started.
struct trade_counts {
    std::map<std::pair<std::string, std::string>, std::uint64_t> outcomes;   ///< by trade and outcome
    std::map<std::pair<std::string, std::string>, std::uint64_t> conditions; ///< errors, by trade and condition
    std::uint64_t ended = 0;
    std::chrono::milliseconds taken{0};
};

/// One terminal as the service has it: what is under way there belongs to the desk, not to whoever asked. A payment
/// goes on when its caller goes, and is joined by whoever asks for its key again.
class terminal_desk {
  public:
    terminal_desk(till at, const workshop& with);
    terminal_desk(const terminal_desk&) = delete;
    terminal_desk& operator=(const terminal_desk&) = delete;
    ~terminal_desk();

    [[nodiscard]] const std::string& id() const noexcept { return id_; }
    [[nodiscard]] till& at() noexcept { return at_; }
    /// Whether this is called by the terminal's own thread.
    [[nodiscard]] bool is_mine() noexcept { return at_.lane().on_own_thread(); }

    /// @param wish has been judged. @param who asks, an operator's number; empty: nobody says. @param wait for its
    /// end; then what is known so far is told.
    void trade(const cli::till_trade& row, private_wish wish, const std::string& who, std::chrono::seconds wait,
        answer_sink tell);
    void find(const std::string& name, bool by_handle, std::chrono::seconds wait, answer_sink tell);
    void cancel(const std::string& key, const answer_sink& tell);
    void acknowledge(const std::string& name, bool by_handle, answer_sink tell);
    void decide(const std::string& name, bool by_handle, const nlohmann::json& wish, const std::string& who,
        answer_sink tell);
    void receipt(const std::string& name, bool by_handle, const nlohmann::json& wish, answer_sink tell);
    void print(const std::string& name, bool by_handle, const nlohmann::json& wish, answer_sink tell);
    void records(const nlohmann::json& wish, answer_sink tell);
    void notices(answer_sink tell);
    /// @param who as for `decide`, here and there, where the settings name operators
    void acknowledge_notice(const std::string& number, const std::string& who, answer_sink tell);
    void gateway_routes(answer_sink tell);
    void set_gateway_route(const nlohmann::json& wish, const std::string& who, answer_sink tell);
    void recover_one(const std::string& name, bool by_handle, const nlohmann::json& wish, answer_sink tell);
    void recover(const nlohmann::json& wish, answer_sink tell);
    void settle(const nlohmann::json& wish, const std::string& who, answer_sink tell);
    void last_settlement(answer_sink tell);
    void sign_in(const nlohmann::json& wish, answer_sink tell);
    void balance(const nlohmann::json& wish, answer_sink tell);
    void ask(const nlohmann::json& wish, answer_sink tell);
    void open_drawer(answer_sink tell);
    /// Takes its time, as what is kept of a secret is dear to try. `done` on the desk's thread.
    void enter(
        const std::string& operator_id, secret_bytes secret, std::function<void(const result<shift_report>&)> done);
    void close_shift(
        const nlohmann::json& wish, const std::string& who, std::function<void(const result<shift_report>&)> done);
    void shifts(const nlohmann::json& wish, answer_sink tell);

    /// How far the trade under way has come.
    void reached(const acquiring::stage_event& what);
    /// Asks all that is under way to end; what has left goes on to its end.
    void wind_up();
    [[nodiscard]] bool idle() const noexcept { return flights_.empty() && errands_.empty(); }

    /// What is under way, as JSON.
    [[nodiscard]] nlohmann::ordered_json under_way() const;
    [[nodiscard]] std::size_t flights() const noexcept { return flights_.size(); }
    [[nodiscard]] bool recovering() const noexcept { return errands_.contains("recover"); }
    [[nodiscard]] const trade_counts& counts() const noexcept { return counts_; }

  private:
    struct waiter;
    struct asked;
    struct flight;
    using errand_start = std::function<void(const call&)>;

    void wait_for(const std::shared_ptr<flight>& one, std::chrono::seconds wait, answer_sink tell);
    /// Another request of its key, in other words: is it the same?
    void join(const std::shared_ptr<flight>& one, private_wish wish, const std::string& who,
        std::chrono::seconds wait, answer_sink tell);
    void prepare(const std::shared_ptr<flight>& one, private_wish wish);
    void ask_again(const std::shared_ptr<flight>& one, std::uint64_t handle);
    void scan(const std::shared_ptr<flight>& one, acquiring::trade_request wish);
    void begin(const std::shared_ptr<flight>& one, acquiring::trade_request wish);
    void end(const std::shared_ptr<flight>& one, const result<payment>& how);
    void end_later(const std::shared_ptr<flight>& one, result<payment> how);
    [[nodiscard]] nlohmann::ordered_json so_far(const flight& one) const;

    template <class Work>
    void by_journal(answer_sink tell, Work work);
    /// Begins it, or joins it where it is under way.
    void run(const std::string& name, const nlohmann::json& wish, answer_sink tell, const errand_start& begin);
    void errand_ended(const std::string& name, const result<nlohmann::ordered_json>& how);
    [[nodiscard]] result<void> act(const std::string& who, const std::string& key);
    /// Of a person's word that no flow of the till judges.
    [[nodiscard]] result<void> may_decide(const std::string& who);
    /// What ends `act`.
    [[nodiscard]] std::function<void()> acted(const std::string& who, const std::string& key);
    /// A completion of an errand, on the desk's thread.
    template <class Outcome, class ToJson>
    auto ending(
        std::string name, ToJson to, std::function<void()> before = [] {});

    [[nodiscard]] result<asked> resolved(const cli::till_trade& row, asked what);
    [[nodiscard]] result<nlohmann::ordered_json> routes_now();
    [[nodiscard]] result<payment> look_up(const std::string& name, bool by_handle);

    const std::string id_;
    till at_;
    const workshop with_;
    std::map<std::string, std::shared_ptr<flight>> flights_; ///< by key
    /// Why the last trades of their keys did not begin: no journal tells. Oldest first.
    std::deque<std::pair<std::string, error>> refusals_;
    std::map<std::string, std::vector<answer_sink>> errands_; ///< by name: who waits for its end
    std::map<std::string, std::vector<right>> rights_;        ///< of the operators who have entered
    std::stop_source errands_stop_;
    std::atomic<int> scanning_ = 0; ///< scans under way or waiting
    std::uint64_t last_errand_ = 0;
    std::optional<nlohmann::ordered_json> last_settlement_;
    trade_counts counts_;
};

} // namespace cipherlane::service
