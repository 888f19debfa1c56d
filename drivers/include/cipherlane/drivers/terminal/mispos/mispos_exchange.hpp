#pragma once

#include <cipherlane/drivers/terminal/mispos/mispos_frame.hpp>
#include <cipherlane/drivers/terminal/mispos/mispos_messages.hpp>
#include <cipherlane/net/machine.hpp>

#include <chrono>
#include <optional>
#include <string>

namespace cipherlane::drivers {

/// What goes out at the beginning of an exchange, and how often it may.
enum class mispos_part : std::uint8_t {
    question, ///< moves no money: again after NAK and silence
    money,    ///< again after NAK alone: silence may mean that only the ACK was lost
    reply,    ///< the host's answer: as a question
    silence,  ///< nothing
    cancel,   ///< EOT
};

/// One message to a MIS-POS terminal and what it says to it, sans-io: the result that has the request's number, or a
/// message for its host, after which another exchange goes on.
///
/// Whole frames are acknowledged, broken ones are answered with NAK, within `repeats`. A result of another number is
/// of an earlier request and left out; one of the right number is the answer, even where its ACK was lost. A message
/// for the host that comes again before it was answered, since the terminal has missed our ACK, counts once; one that
/// comes again later, after nobody has answered it, is meant. Errors:
/// `not_acknowledged`, `no_answer`, `refused` (EOT), `bad_frame`, `bad_content`; those of the link.
class mispos_exchange final : public net::exchange<mispos_message> {
  public:
    /// @param number of the request whose result ends it
    /// @param heard the message for the host that is not answered yet; kept from one exchange to the next
    /// @param hush of a `silence`: how long `heard` may come again without being meant anew
    mispos_exchange(const mispos_description& by, secret_bytes content, mispos_part part, std::string number,
        const currency& unit, secret_bytes& heard, std::chrono::milliseconds hush = {});

    [[nodiscard]] net::action resume(const net::event& what) override;
    [[nodiscard]] result<mispos_message> take() override;

  private:
    enum class phase : std::uint8_t { request, answer, over };

    net::action begin();
    net::action received(byte_view data);
    net::action expired();
    net::action go_on();
    net::action listen();
    [[nodiscard]] bool hushed() const;
    void take_event(mispos_decoder::event what);
    void take_frame(byte_view content);
    void take_nak();
    void send_again();
    void put(std::uint8_t control);
    void answered();
    void fail(error why);

    const mispos_description& by_;
    secret_bytes frame_;
    mispos_part part_;
    std::string number_;
    currency unit_;
    secret_bytes& heard_;
    std::chrono::milliseconds hush_;
    mispos_decoder decoder_;
    phase phase_ = phase::request;
    int sent_times_ = 0;
    int broken_ = 0;
    bool restart_ = true;
    bool in_frame_ = false; ///< the timer under way is that between two bytes
    secret_bytes out_;      ///< collected, not yet given to `send`
    secret_bytes sent_;     ///< given to `send`: must live
    std::optional<mispos_message> said_;
    std::optional<error> why_;
};

} // namespace cipherlane::drivers
