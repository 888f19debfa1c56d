#pragma once

#include <cipherlane/drivers/errc.hpp>
#include <cipherlane/drivers/pinpad/keypad/keypad_description.hpp>
#include <cipherlane/net/machine.hpp>

#include <optional>
#include <vector>

namespace cipherlane::drivers {

/// One command to a keypad, all its steps, sans-io. Its outcome is what the answers gave.
///
/// Frames that are acknowledged are sent again while the device says NAK, broken answers asked for again; a device
/// without acknowledgements is asked again as its description says. Errors, with the command as operation:
/// `not_acknowledged`, `no_answer`, `wrong_answer`, `bad_frame` (also for more than `most_foreign` bytes that belong
/// to no answer), `refused` and `no_key` with the device's status, `cardholder_cancelled`, `cardholder_timeout`,
/// `bad_setting` naming a value that the command cannot carry. The description must outlive it.
class keypad_exchange final : public net::exchange<keypad_data> {
  public:
    static constexpr std::size_t most_foreign = 4'096;

    /// What may still be on its way from an exchange before this one.
    enum class start : std::uint8_t {
        clean,
        after_failure, ///< the device is told to stop, and what arrives until the line is quiet is dropped
    };

    /// @param late how long an answer to an earlier command may still come, see `late`: what comes is dropped first
    keypad_exchange(const keypad_description& of, keypad_action action, const keypad_data& values,
        start from = start::clean, std::chrono::milliseconds late = {});

    [[nodiscard]] net::action resume(const net::event& what) override;
    [[nodiscard]] result<keypad_data> take() override;
    /// What was sent again since no answer came may be answered twice: how long the second answer may take. Without
    /// dropping it the next command would take it for its own.
    [[nodiscard]] std::chrono::milliseconds late() const noexcept { return late_; }

  private:
    enum class phase : std::uint8_t {
        stopping, ///< sends what cancels
        draining,
        sending,
        acknowledgement,
        answer,
        silence,      ///< after something broken
        asking_again, ///< sends NAK
        accepting,    ///< sends ACK
        ending,       ///< for EOT
        resting,
        over,
    };
    /// What an acknowledgement of ours is followed by.
    enum class then : std::uint8_t { finish, fail, wait_on };

    [[nodiscard]] const keypad_step& rule() const { return steps_[at_]; }
    [[nodiscard]] const packet_layout& layout() const;
    [[nodiscard]] bool acknowledged() const;
    void prepare(const keypad_data& values);

    net::action begin();
    net::action next();
    net::action drain();
    net::action drained();
    void note_unanswered();
    net::action send();
    net::action sent();
    net::action received(byte_view data);
    net::action expired();
    net::action await_acknowledgement();
    net::action await_end();
    net::action await_answer();
    net::action await_more();
    net::action process();
    net::action find_acknowledgement();
    net::action find_packet();
    net::action find_block();
    net::action find_line();
    net::action find_byte();
    net::action judge_held();
    net::action judge(byte_view content, then otherwise);
    [[nodiscard]] bool refuses() const;
    net::action by_status(bool matched_good);
    net::action accept(then what);
    net::action foreign(std::size_t count);
    net::action again(drivers_errc why);
    net::action broken();
    net::action finish_step();
    net::action rest(std::chrono::milliseconds span);
    net::action fail(error why);
    net::action over();
    void drop(std::size_t count);
    [[nodiscard]] byte_view held() const noexcept { return buffer_.expose().first(held_); }

    const keypad_description& of_;
    keypad_action action_;
    const std::vector<keypad_step>& steps_;
    std::vector<secret_bytes> lines_; ///< what each step sends
    secret_bytes stop_;
    keypad_data values_;
    start from_;
    phase phase_ = phase::sending;
    then then_ = then::finish;
    std::size_t at_ = 0;
    int sent_ = 0;
    int broken_ = 0;
    bool timed_ = false;    ///< the answer's timer runs
    bool moved_on_ = false; ///< a resting pad goes to its next step
    bool wrong_ = false;    ///< something came that answers something else
    secret_bytes buffer_;
    std::size_t held_ = 0;
    std::size_t foreign_ = 0;
    std::chrono::milliseconds late_;
    std::optional<error> why_;
};

} // namespace cipherlane::drivers
