#pragma once

#include "cipherlane/heard_bytes.hpp"
#include "cipherlane/hsm_tap_event.hpp"
#include "cipherlane/hsm_test_cards.hpp"
#include "cipherlane/patient_output.hpp"

#include <cipherlane/hsm/frame.hpp>

#include <chrono>
#include <deque>

namespace cipherlane::cli {

/// What a tap prints: each line with the time of day and the connection's number.
class tap_page final : public tap_sink {
  public:
    explicit tap_page(patient_output& out)
        : out_(&out) {}
    void take(const tap_event& event) override;

  private:
    void say(const tap_event& event, const std::string& text);

    patient_output* out_;
};

/// What one tapped connection says, in words.
///
/// Follows both directions of the stream: requests wait here for their answers, by header where it differs and in
/// order elsewhere. Memory is bounded whatever is sent, and wiped.
///
/// Codes and statuses are always told. Where a message cannot be told from the next its direction is out of step for
/// good: bytes of a PIN block could be taken for a field that is shown. From there on its bytes are only counted, as
/// are those of the answers.
class conversation {
  public:
    using time = std::chrono::system_clock::time_point;

    conversation(const hsm::codec& engine, const test_cards& cards, tap_sink& page, std::size_t number)
        : engine_(&engine)
        , cards_(&cards)
        , page_(&page)
        , number_(number) {}

    void request(byte_view data) { take(data, requests_); }
    void answer(byte_view data) { take(data, answers_); }
    /// As in a capture: what follows happened then, not now.
    void at(time when) { now_ = when; }
    /// The capture lost bytes here.
    void lose_request(std::size_t count) { lose_bytes(requests_, count); }
    void lose_answer(std::size_t count) { lose_bytes(answers_, count); }
    /// Tells of messages that began and are not whole: what came of how much, and what that may mean. Each is told
    /// once. `why`: "then closed", "and no more for 3 s".
    void tell_halves(std::string_view why);
    [[nodiscard]] bool has_half() const noexcept { return requests_.kept.size() + answers_.kept.size() != 0; }
    /// For an answer; out of step nobody knows, and it is.
    [[nodiscard]] bool is_waiting() const noexcept {
        return requests_.lost_step || answers_.lost_step || !waiting_.empty();
    }

  private:
    /// A request that waits for its answer.
    struct asked_command {
        bytes header;
        const hsm::command_spec* command = nullptr;
        hsm::field_set values;
        reveal how = reveal::masked;
        time since;
    };

    struct direction {
        tap_event::side side;
        heard_bytes kept;
        bool lost_step = false;
        std::size_t told_half = 0; ///< bytes that were there when a half message was told
    };

    void take(byte_view data, direction& from);
    void lose_step(direction& from, const std::string& why, std::string code = {});
    void lose_bytes(direction& from, std::size_t count);
    void tell_half(direction& from, std::string_view why);
    [[nodiscard]] bool is_stream() const;
    [[nodiscard]] std::size_t size_of(const hsm::frame_view& message, std::size_t body) const;
    [[nodiscard]] std::string other_header(const hsm::frame_view& message) const;
    std::size_t show_request(const hsm::frame_view& message);
    std::size_t show_answer(const hsm::frame_view& message);
    void show_stranger(const hsm::frame_view& message, bool answers_a_request);
    void wait_for_answer(asked_command asked);
    [[nodiscard]] reveal reveal_for(const asked_command& whose) const;
    [[nodiscard]] tap_event made(tap_event::kind what, tap_event::side from) const;
    [[nodiscard]] bytes framed(const hsm::frame_view& message, bytes body) const;
    [[nodiscard]] time now() const { return now_.value_or(std::chrono::system_clock::now()); }

    const hsm::codec* engine_;
    const test_cards* cards_;
    tap_sink* page_;
    std::size_t number_;
    std::optional<time> now_;
    direction requests_{tap_event::side::application, {}};
    direction answers_{tap_event::side::unit, {}};
    std::deque<asked_command> waiting_;
};

} // namespace cipherlane::cli
