#pragma once

#include <cipherlane/core/bytes.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <vector>

namespace cipherlane::cli {

/// One transfer of a trace.
struct trace_entry {
    enum class from : std::uint8_t { till, device } who;
    bytes data;
    friend bool operator==(const trace_entry&, const trace_entry&) = default;
};

/// Hides long numbers in a trace: runs of 12 and more hexadecimal digits (a PAN, a track, an encrypted PIN) keep
/// their first six and last four digits, the others become zeros.
///
/// A run may go on over transfers of its direction, with what a protocol puts around its pieces between them: up to
/// eight bytes behind a piece and before the next. So a transfer is held back until its last run has come to its end.
class trace_mask {
  public:
    void add(trace_entry::from who, byte_view data);
    /// No transfer follows: every run ends here.
    void finish();
    /// The transfers that are settled, in their order.
    [[nodiscard]] std::vector<trace_entry> take();

  private:
    /// A digit: the number of its transfer, its place in there.
    struct place {
        std::size_t transfer;
        std::size_t at;
    };
    struct run {
        std::size_t begin;
        std::size_t end;
        [[nodiscard]] std::size_t size() const noexcept { return end - begin; }
    };
    /// A run that may go on in the direction's next transfer.
    struct open_run {
        std::vector<place> digits;
        bool up_to_the_end = false; ///< nothing stood behind its last digit
    };

    [[nodiscard]] static std::vector<run> runs_of(byte_view data);
    void append(open_run& to, std::size_t transfer, const run& digits) const;
    void settle(open_run& ended);

    std::deque<trace_entry> held_;
    std::size_t first_ = 0; ///< number of the first transfer that is held
    std::array<open_run, 2> open_;
};

} // namespace cipherlane::cli
