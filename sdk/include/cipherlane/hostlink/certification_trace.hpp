#pragma once

#include <cipherlane/core/bytes.hpp>
#include <cipherlane/core/logger.hpp>
#include <cipherlane/core/result.hpp>
#include <cipherlane/ports/clock.hpp>

#include <chrono>
#include <memory>
#include <string>
#include <vector>

namespace cipherlane::hostlink {

struct certification_trace_settings {
    std::string file; ///< appended to; made with mode 0600
    /// Card numbers, 12 to 19 digits, of cards that are for tests alone: their messages are written byte by byte as
    /// they are. Of all others what could be a cardholder's is zeros, in the same length.
    std::vector<std::string> test_cards;

    /// @return `hostlink_errc::bad_setting` with the field.
    [[nodiscard]] result<void> validate() const;
};

/// What an acquirer asks for when a terminal is certified: each exchange with the host with its times, the fields in
/// words, and the bytes. Words are masked always; keys of a sign-in are never written.
///
/// A file that cannot be written is told once in the log and disturbs no payment. Thread-safe.
class certification_trace {
  public:
    /// @return what `judge_private_file` says of the file; `core_errc::no_file`; bad settings.
    [[nodiscard]] static result<std::shared_ptr<certification_trace>> open(
        certification_trace_settings settings, const ports::clock& clock, logger log = {});
    certification_trace(const certification_trace&) = delete;
    certification_trace& operator=(const certification_trace&) = delete;
    ~certification_trace();

    /// One exchange that has ended. Messages are without their length.
    /// @param asked when the request was handed over.
    void note(byte_view request, const result<bytes>& answer, std::chrono::system_clock::time_point asked,
        std::chrono::milliseconds took);
    /// The clock that stamps; must outlive the trace.
    [[nodiscard]] const ports::clock& clock() const noexcept;

  private:
    struct state;
    explicit certification_trace(std::unique_ptr<state> made) noexcept;
    std::unique_ptr<state> state_;
};

} // namespace cipherlane::hostlink
