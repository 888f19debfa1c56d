#pragma once

#include <cipherlane/core/logger.hpp>
#include <cipherlane/drivers/keeper_observer.hpp>
#include <cipherlane/drivers/timer.hpp>
#include <cipherlane/ports/pinpad.hpp>

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>

namespace cipherlane::drivers {

/// What a `pinpad_keeper` does by itself, and when.
struct pinpad_keeper_settings {
    std::chrono::milliseconds look_every{1'000};   ///< whether an idle pad is still plugged in; 0: never
    std::chrono::milliseconds reopen_first{200};   ///< doubled at each failure,
    std::chrono::milliseconds reopen_most{1'000};  ///< up to this
    std::chrono::milliseconds wait_for_pad{3'000}; ///< what a call grants a pad that is away, within its deadline
    std::chrono::milliseconds own_call{10'000};    ///< bounds what the keeper does by itself

    /// @return `bad_setting` naming the field.
    [[nodiscard]] result<void> validate() const;
};

enum class pinpad_state : std::uint8_t {
    closed,   ///< nobody has asked for it
    attached, ///< open, and there as far as the system knows
    away,     ///< unplugged, switched off or refused: it is tried again and again
};

/// How a kept PIN pad is.
struct pinpad_health {
    pinpad_state state = pinpad_state::closed;
    unsigned openings = 0;
    unsigned losses = 0;
    std::optional<error> last_error; ///< of the last loss or of the last opening that failed
};

/// A PIN pad that looks after itself, above any driver.
///
/// - A pad that goes away is opened again with growing pauses, at the same address; a call meanwhile waits for it
///   `wait_for_pad` and then ends with the reason.
/// - Nothing is ever sent twice. A call under way when the link breaks ends with `link_lost`, whatever it was; the
/// next
///   call finds the pad opened anew. What belongs to a card (`enter_pin`, `finish_chip`) ends with `link_lost`, and
///   the pad hears nothing of it, where the pad was opened anew since that card was read: the card's transaction
///   ended with the link.
/// - One call at a time: another one meanwhile ends with `call_under_way`.
///
/// Thread-safe. Blocking work of its own runs on the timer's thread, which is busy meanwhile: at most `own_call` for
/// each opening. No lock is held while `opened` or `lost` is called.
class pinpad_keeper final : public ports::pinpad {
  public:
    /// Gives a pad that is ready for `read_card`, as `open_pinpad` does.
    using opener = std::function<result<std::unique_ptr<ports::pinpad>>(const call& bounds)>;

    /// `timer` must outlive this object. Nothing is opened before the first call or `start`.
    pinpad_keeper(opener open, timer_source& timer, pinpad_keeper_settings settings = {}, keeper_observer watch = {},
        logger log = logger::none());
    ~pinpad_keeper() override;

    /// Opens the pad in the background and keeps it open.
    void start();
    /// Never waits, not for a call under way either.
    [[nodiscard]] pinpad_health health() const;
    [[nodiscard]] bool attached() const noexcept override;

    [[nodiscard]] result<void> open(const call& bounds) override;
    [[nodiscard]] result<ports::card_data> read_card(const ports::card_request& request, const call& bounds) override;
    [[nodiscard]] result<secret_bytes> enter_pin(const ports::pin_request& request, const call& bounds) override;
    [[nodiscard]] result<void> finish(std::string_view line1, std::string_view line2, const call& bounds) override;
    [[nodiscard]] result<ports::chip_report> finish_chip(
        const ports::chip_verdict& verdict, const call& bounds) override;
    [[nodiscard]] result<void> show(std::string_view line1, std::string_view line2, const call& bounds) override;
    /// The pad stays closed until the next call or `start`.
    [[nodiscard]] result<void> close(const call& bounds) override;

    // What the pad can do is known once it was open, and stays known while it is away.
    [[nodiscard]] bool takes_master_key() const noexcept override;
    [[nodiscard]] result<void> load_master_key(const ports::wrapped_key& key, const call& bounds) override;
    [[nodiscard]] bool makes_macs() const noexcept override;
    [[nodiscard]] result<void> load_working_key(
        ports::working_key use, const ports::wrapped_key& key, const call& bounds) override;
    [[nodiscard]] result<bytes> make_mac(const ports::wrapped_key& key, byte_view mab, const call& bounds) override;
    [[nodiscard]] bool makes_serial_cryptogram() const noexcept override;
    [[nodiscard]] result<ports::serial_cryptogram> make_serial_cryptogram(
        std::string_view serial, std::string_view factor, const call& bounds) override;
    [[nodiscard]] bool asks_currency() const noexcept override;
    /// Belongs to the card that was read, as `enter_pin`.
    [[nodiscard]] result<ports::currency_choice> choose_currency(
        const amount& local, const ports::conversion& offer, const call& bounds) override;
    [[nodiscard]] bool takes_lists() const noexcept override;
    [[nodiscard]] result<void> load_list(
        std::string_view name, const std::vector<bytes>& entries, const call& bounds) override;

  private:
    class body;
    std::shared_ptr<body> body_;
};

} // namespace cipherlane::drivers
