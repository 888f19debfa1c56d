#pragma once

#include <cipherlane/core/fixed_text.hpp>
#include <cipherlane/drivers/pinpad/abecs/abecs_frame.hpp>
#include <cipherlane/net/machine.hpp>

#include <array>
#include <chrono>
#include <functional>
#include <optional>
#include <string_view>

namespace cipherlane::drivers {

/// Timers and repeats of the ABECS link (section 2.2), as the specification gives them.
struct abecs_timing {
    std::chrono::milliseconds acknowledge{2'000}; ///< for ACK, NAK or EOT
    std::chrono::milliseconds inter_byte{2'000};  ///< inside a frame
    std::chrono::milliseconds answer{10'000};     ///< of a command that needs nobody at the pad
    std::chrono::milliseconds silence{500};       ///< after a broken frame, before NAK
    int tries = 3;
};

/// What an exchange sends, and how long it waits.
struct abecs_command {
    enum class waits : std::uint8_t {
        for_device,     ///< `abecs_timing::answer`
        for_cardholder, ///< the call's deadline alone; notices may come meanwhile
    };
    secret_bytes payload; ///< "OPN", "DSP032…"; the first three characters name it
    waits kind = waits::for_device;
};

/// One command and its answer over the ABECS link, sans-io.
///
/// Sends the frame up to three times while the pad says NAK, asks for a broken answer again up to three times,
/// hands notices ("NTM") to `notice` and drops answers to other commands. The outcome is the whole answer payload,
/// name and status included, whatever the status. Errors: `not_acknowledged`, `no_answer`, `wrong_answer`,
/// `bad_frame` (also for more than `most_heard` bytes without the answer among them), `cancel_unanswered`; the pad's
/// "ERR" answer as `abecs_error`.
class abecs_exchange final : public net::exchange<secret_bytes> {
  public:
    enum class start : std::uint8_t {
        at_once,
        with_cancel, ///< CAN first, until EOT: ends whatever the pad may still be doing
    };
    static constexpr std::size_t most_heard = 65'536;               ///< some 1,500 notices
    using notice_sink = std::function<void(std::string_view text)>; ///< 32 characters, UTF-8, two lines of 16

    explicit abecs_exchange(
        abecs_command command, start how = start::at_once, abecs_timing timing = {}, notice_sink notice = {});

    [[nodiscard]] net::action resume(const net::event& what) override;
    [[nodiscard]] result<secret_bytes> take() override;

  private:
    enum class phase : std::uint8_t { cancelling, command, answer, silence, asking_again, over };

    net::action send_cancel();
    net::action send_command();
    net::action wait_for_answer();
    net::action received(byte_view data);
    net::action on_event(abecs_decoder::event what);
    net::action on_answer();
    net::action broken();
    net::action expired();
    net::action fail(error why);
    net::action again();

    abecs_command command_;
    abecs_timing timing_;
    notice_sink notice_;
    start how_;
    secret_bytes frame_;
    abecs_decoder decoder_;
    phase phase_ = phase::command;
    int sent_ = 0;
    int broken_ = 0;
    std::size_t heard_ = 0;
    bool foreign_ = false;
    bool decided_ = false;
    secret_bytes answer_;
    std::optional<error> why_;
};

} // namespace cipherlane::drivers
