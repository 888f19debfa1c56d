#pragma once

#include <cipherlane/drivers/terminal/ecr17/ecr17_frame.hpp>
#include <cipherlane/net/machine.hpp>
#include <cipherlane/ports/terminal.hpp>

#include <chrono>
#include <optional>
#include <string>

namespace cipherlane::drivers {

/// Timers and repeats of ECR17. The text gives the number of repeats alone; the times are what clients in the field
/// use.
struct ecr17_timing {
    std::chrono::milliseconds acknowledge{2'000};
    std::chrono::milliseconds result{150'000}; ///< from the ACK to the answer
    std::chrono::milliseconds receipt{2'000};  ///< for the next part of a receipt, behind the answer
    std::chrono::milliseconds inside{2'000};   ///< for the rest of a packet that has begun, behind the ACK
    int repeats = 3;
};

/// What a request waits for behind its ACK.
enum class ecr17_end : std::uint8_t { acknowledgement, answer, answer_and_receipt, receipt };

/// One request to an ECR17 terminal, its ACK and its answer, sans-io. The outcome is the answer's message; empty
/// where none is waited for.
///
/// The request goes out again after NAK or silence, three times; never once it has been acknowledged, and one that
/// moves money after NAK alone: silence may mean that only the ACK was lost. As long as the
/// terminal's check is not known each send tries another one; it is learnt from the first whole packet. Parts of
/// receipts, before or behind the answer, go to `events`, and so does what the terminal shows. What comes before the
/// ACK proves nothing about this request: an answer that fits one that moves money ends it as `wrong_answer`. Errors:
/// `not_acknowledged`, `no_answer`, `wrong_answer`, `bad_frame`; those of the link.
class ecr17_exchange final : public net::exchange<std::string> {
  public:
    ecr17_exchange(std::string request, ecr17_end until, std::optional<ecr17_check>& check, ecr17_timing timing = {},
        const ports::terminal_events* events = nullptr);

    [[nodiscard]] net::action resume(const net::event& what) override;
    [[nodiscard]] result<std::string> take() override;
    /// Whether the request went out again though the first may have arrived: a terminal that was slow answers it more
    /// than once, and the next request must not take that for its own.
    [[nodiscard]] bool leaves_more() const noexcept { return sent_into_silence_; }

  private:
    enum class phase : std::uint8_t { request, answer, receipt, over };

    net::action received(byte_view data);
    net::action expired();
    net::action go_on();
    net::action fail(error why);
    void take_event(ecr17_decoder::event what);
    void take_packet(const std::string& message);
    void tell_receipt(const std::string& message);
    void request_again();
    [[nodiscard]] ecr17_check check_now() const noexcept;
    enum class after : std::uint8_t { nak, silence };
    [[nodiscard]] bool may_repeat(after what) const noexcept;

    std::string request_;
    ecr17_end until_;
    std::optional<ecr17_check>& check_;
    ecr17_timing timing_;
    const ports::terminal_events* events_;
    ecr17_decoder decoder_;
    phase phase_ = phase::request;
    int sent_times_ = 0;
    int broken_ = 0;
    bool restart_ = true;
    bool heard_ = false; ///< more than ACK and NAK
    bool sent_into_silence_ = false;
    bool receipt_over_ = false;
    bool in_packet_ = false; ///< the timer under way is that of a packet that has begun
    bytes out_;
    bytes sent_;
    std::optional<std::string> answer_;
    std::optional<error> why_;
};

} // namespace cipherlane::drivers
