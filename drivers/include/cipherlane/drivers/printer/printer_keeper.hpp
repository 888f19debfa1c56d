#pragma once

#include <cipherlane/core/logger.hpp>
#include <cipherlane/drivers/keeper_observer.hpp>
#include <cipherlane/drivers/timer.hpp>
#include <cipherlane/ports/print_queue.hpp>
#include <cipherlane/ports/printer.hpp>

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

namespace cipherlane::drivers {

/// What a `printer_keeper` does by itself, and when.
struct printer_keeper_settings {
    std::chrono::milliseconds retry_first{200};  ///< while a slip waits; doubled at each failure,
    std::chrono::milliseconds retry_most{2'000}; ///< up to this
    std::chrono::milliseconds own_call{40'000};  ///< bounds the printing of one slip
    std::string reprint_mark = "重打印 REPRINT"; ///< heads a slip that was printed before, or perhaps was

    /// @return `bad_setting` naming the field.
    [[nodiscard]] result<void> validate() const;
};

/// A receipt printer that loses no slip, above any driver.
///
/// A slip is durable in its queue before anything is sent to the printer; slips are printed in their order, as soon
/// as the printer is there, has paper and nothing stops it, also those that an earlier run of the till left. One that
/// may be on paper already, since its printing was not seen to end, is printed again under the reprint mark. Where
/// that happens three times in a row, it stops: the slip, and what waits behind it, waits until somebody prints it
/// again by its name, or for the next run. A printer that went is opened again while slips wait.
///
/// Thread-safe; calls wait for each other. A slip that has been begun is not broken off by its caller's deadline: it
/// takes `own_call` at most. Work of its own runs on the timer's thread. No lock is held while `opened` or `lost` is
/// called.
class printer_keeper final {
  public:
    using opener = std::function<result<std::unique_ptr<ports::printer>>(const call& bounds)>;

    /// `timer` and `queue` must outlive this object. Nothing is opened before the first call or `start`.
    printer_keeper(opener open, timer_source& timer, ports::print_queue& queue, printer_keeper_settings settings = {},
        keeper_observer watch = {}, logger log = logger::none());
    ~printer_keeper();
    printer_keeper(const printer_keeper&) = delete;
    printer_keeper& operator=(const printer_keeper&) = delete;

    /// Prints, in the background, what an earlier run left.
    void start();

    /// Takes a slip and tries to print it, and what waits before it.
    /// @param name says what it is about; the same name again is a reprint. See `ports::print_queue::add`
    /// @return an error where the slip could not be kept; `print_report` says what became of it else.
    [[nodiscard]] result<ports::print_report> print(
        std::string_view name, const ports::print_job& job, const call& bounds);
    /// Once: where it fails it is not tried again.
    [[nodiscard]] result<void> open_drawer(const call& bounds);
    [[nodiscard]] result<ports::printer_status> status(const call& bounds);
    /// Of the printer that was open last; of none: 32 columns.
    [[nodiscard]] ports::printer_capabilities capabilities() const noexcept;
    [[nodiscard]] bool attached() const;

  private:
    class body;
    std::shared_ptr<body> body_;
};

} // namespace cipherlane::drivers
