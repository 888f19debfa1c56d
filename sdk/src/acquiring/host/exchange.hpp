#pragma once

#include "lane/lane_core.hpp"

#include <cipherlane/core/secret_bytes.hpp>
#include <cipherlane/iso8583/message.hpp>
#include <cipherlane/iso8583/message_view.hpp>
#include <cipherlane/iso8583/transaction.hpp>

#include <cstdint>
#include <optional>
#include <string>

namespace cipherlane::acquiring {

/// An answer whose MAC, where its kind has one, is right.
class host_answer {
  public:
    host_answer(secret_bytes raw, iso8583::message_view view) noexcept
        : raw_(std::move(raw))
        , view_(view) {}
    [[nodiscard]] const iso8583::message_view& view() const noexcept { return view_; }
    [[nodiscard]] std::string value(int field) const { return view_.value(field); }
    /// Field 39.
    [[nodiscard]] std::string code() const { return view_.value(39); }

  private:
    secret_bytes raw_; // holds a card number; moving it keeps its bytes where they are, so the view stays good
    iso8583::message_view view_;
};

/// How an exchange ended, in the three ways that matter to money.
struct exchange_end {
    enum class kind : std::uint8_t {
        not_sent, ///< no byte left the till
        in_doubt, ///< something left and nothing that can be believed came back
        answered,
    };
    kind what = kind::not_sent;
    std::optional<host_answer> answer; ///< with `answered`
    error why;                         ///< with the others
    std::string reversal_reason;       ///< with `in_doubt`: field 39 of the reversal
};

/// The conditions by which the ports of host and gateway say that nothing left. Any other is taken as the worse case.
[[nodiscard]] bool nothing_left(const error& why) noexcept;

/// What ends the wait for an answer.
enum class waiting : std::uint8_t {
    to_its_end,  ///< the answer, the link, or the host's response time
    within_call, ///< the call, too: of what moves no money and may be asked again (`ports::host::inquire`)
};

/// Seals, sends and waits; checks the answer's MAC before anything else of it is looked at. Takes note of what the
/// host asks for in its header. `label` and `masked_pan` are for the timeline.
[[nodiscard]] exchange_end exchange(lane_core& on, iso8583::message& request, const iso8583::transaction_row& row,
    std::string_view label, std::string_view masked_pan, const call& bounds, waiting how = waiting::to_its_end);

/// The answer to a message that moves no money: silence is a time-out there, and the next run asks the same again.
[[nodiscard]] result<host_answer> answer_of(exchange_end end, std::string_view label, std::uint32_t trace);

/// An exchange of such a message.
[[nodiscard]] result<host_answer> ask(lane_core& on, iso8583::message& request, const iso8583::transaction_row& row,
    std::string_view label, const call& bounds, waiting how = waiting::to_its_end);

/// The host's text for the operator (field 63), UTF-8. Bytes that are no GBK are kept as hex. Untrusted.
[[nodiscard]] std::string operator_text(const host_answer& answer);

} // namespace cipherlane::acquiring
