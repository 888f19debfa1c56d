#pragma once

#include <cipherlane/drivers/terminal/zvt/zvt_frame.hpp>
#include <cipherlane/drivers/terminal/zvt/zvt_messages.hpp>
#include <cipherlane/net/machine.hpp>

#include <chrono>
#include <optional>

namespace cipherlane::drivers {

/// Timers and repeats of ZVT (PA00P016), as the specification gives them.
struct zvt_timing {
    std::chrono::milliseconds inter_byte{200};    ///< T1, inside a frame of the serial line
    std::chrono::milliseconds acknowledge{5'000}; ///< T2, for ACK or NAK on the serial line
    std::chrono::milliseconds answer{5'000};      ///< T3, from a command to 80 00 or 84 xx
    std::chrono::milliseconds completion{
        180'000}; ///< T4, to the end of what was commanded; restarted by 04 0F, 04 FF
    /// For the terminal to say what became of what it was told to stop: the end of its call, of which it is at most a
    /// quarter.
    std::chrono::milliseconds stopping{15'000};
    int repeats = 2; ///< of a frame on the serial line
};

/// How messages travel.
enum class zvt_link : std::uint8_t {
    stream, ///< as they are: TCP
    serial, ///< framed, each acknowledged
};

/// What was said after a command.
struct zvt_conversation {
    std::optional<std::uint8_t> refused; ///< 84 xx: it was not begun
    std::optional<zvt::status> told;     ///< the last 04 0F
    std::optional<zvt::end> completed;   ///< 06 0F
    std::optional<std::uint8_t> aborted; ///< 06 1E, its result code
};

/// One command to a ZVT terminal and all that it says until it gives the word back, sans-io.
///
/// Answers every message of the terminal: 80 00, or 84 83 for what cannot be read. Receipts and notices go to
/// `events`. What comes before the terminal has answered the command belongs to an earlier one: it is acknowledged
/// and otherwise left out. On a serial line each frame goes out again after NAK or silence, `repeats` times; a frame
/// that the terminal repeats, since it has missed our ACK, counts once. Errors: `no_answer` (T3, T4),
/// `not_acknowledged`, `bad_frame`; those of the link. `seen` has what was said before.
class zvt_exchange final : public net::exchange<zvt_conversation> {
  public:
    /// What ends it.
    enum class until : std::uint8_t {
        completion, ///< 06 0F or 06 1E
        answer,     ///< 80 00 or 84 xx
        outcome,    ///< the end of what was commanded before; this command tells the terminal to stop
    };

    zvt_exchange(zvt::command what, until end, zvt_link link, zvt_timing timing = {},
        const ports::terminal_events* events = nullptr);

    [[nodiscard]] net::action resume(const net::event& what) override;
    [[nodiscard]] result<zvt_conversation> take() override;
    [[nodiscard]] const zvt_conversation& seen() const noexcept { return said_; }
    /// T4 as the terminal has asked for it last.
    [[nodiscard]] std::chrono::milliseconds patience() const noexcept { return patience_; }

  private:
    enum class phase : std::uint8_t { command, transaction, over };
    enum class timer : std::uint8_t { none, inter_byte, acknowledge, answer, completion };

    net::action received(byte_view data);
    net::action expired();
    net::action go_on();
    net::action listen();
    net::action repeat();
    net::action fail(error why);

    void take_stream(std::uint8_t byte);
    void take_serial(std::uint8_t byte);
    void take_message(const zvt_apdu& message);
    void take_answer(const zvt_apdu& message);
    void take_word(const zvt_apdu& message);
    [[nodiscard]] result<void> understand(const zvt_apdu& message);
    void tell(const zvt::print& what) const;
    void tell(const zvt::progress& what);
    void answer(std::uint16_t code);
    void put(secret_bytes message);
    void put(std::uint8_t control);
    void end() noexcept;

    zvt::command what_;
    until until_;
    zvt_link link_;
    zvt_timing timing_;
    const ports::terminal_events* events_;
    zvt_reader reader_;
    zvt_frame_decoder decoder_;
    zvt_conversation said_;
    phase phase_ = phase::command;
    timer running_ = timer::none;
    bool restart_ = true;
    std::chrono::milliseconds patience_; ///< T4 as it is now

    secret_bytes out_;   ///< collected, not yet given to `send`
    secret_bytes sent_;  ///< given to `send`: must live
    secret_bytes last_;  ///< the last frame of ours, for repeats
    secret_bytes heard_; ///< the last message of the terminal, to know it again
    bool unacknowledged_ = false;
    bool silent_ = false; ///< the command went out again since nobody answered it
    int repeated_ = 0;
    int broken_ = 0;
    bool decided_ = false;
    std::optional<error> why_;
};

} // namespace cipherlane::drivers
