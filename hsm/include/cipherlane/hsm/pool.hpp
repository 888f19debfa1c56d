#pragma once

#include <cipherlane/hsm/operations.hpp>
#include <cipherlane/hsm/pool_settings.hpp>
#include <cipherlane/hsm/pool_stats.hpp>

#include <boost/asio/any_io_executor.hpp>

#include <memory>

namespace cipherlane::hsm {

class pool_core;

/// Many units, many connections, one set of operations: balances by fewest calls in flight, correlates by header
/// where the dialect echoes it, keeps one call a connection where it does not, lets failing units rest, and repeats
/// what is safe to repeat when a unit goes away before it answered.
///
/// A late answer finds nobody: after a time-out a connection takes no new calls (or is closed at once, where nothing
/// correlates). Key generation, storing, printing and random PINs are never repeated: they end with
/// `outcome_unknown`.
///
/// Thread-safe. Asynchronous handlers without an executor of their own run on the pool's strand, where a blocking
/// call is refused with `misuse`: it would wait for itself.
class pool final : public operations {
  public:
    /// On the caller's executor. Blocking calls, and `stats`, need another thread that runs it. It must run once more
    /// after the pool is gone, or its connections stay.
    [[nodiscard]] static result<std::unique_ptr<pool>> create(
        boost::asio::any_io_executor on, pool_settings settings);
    /// With a thread of its own.
    [[nodiscard]] static result<std::unique_ptr<pool>> create_with_thread(pool_settings settings);
    /// Ends every call with `cancelled` (or `outcome_unknown`). Waits for the pool's own thread, but in a handler of
    /// the pool: the thread ends by itself then.
    ~pool() override;

    [[nodiscard]] const profile& dialect() const noexcept override;
    /// The strand. Of a pool with a thread of its own no copy may outlive the pool.
    [[nodiscard]] boost::asio::any_io_executor get_executor() const override;
    [[nodiscard]] result<raw_answer> execute(const raw_command& command, const call& bounds) override;

    /// No new calls to that unit (by its place in the settings); those under way end by themselves.
    void drain(std::size_t unit);
    /// Takes a drained unit, or one that was taken out, back in.
    void restore(std::size_t unit);
    /// Waits for the strand; in a handler of the pool it does not.
    [[nodiscard]] pool_stats stats() const;
    void close() noexcept;

  protected:
    [[nodiscard]] result<reply_ptr> run_command(const operation_request& request, const call& bounds) override;
    void start_command(const operation_request& request, const call& bounds, call_end end) override;

  private:
    struct worker;
    pool(std::shared_ptr<pool_core> core, std::unique_ptr<worker> thread);

    std::unique_ptr<worker> worker_;
    std::shared_ptr<pool_core> core_;
};

} // namespace cipherlane::hsm
