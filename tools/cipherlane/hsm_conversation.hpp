#pragma once

#include "cipherlane/heard_bytes.hpp"
#include "cipherlane/hsm_test_cards.hpp"
#include "cipherlane/patient_output.hpp"

#include <cipherlane/hsm/frame.hpp>

#include <chrono>
#include <deque>

namespace cipherlane::cli {

/// What a tap prints: each line with the time of day and the connection's number.
class tap_page {
  public:
    explicit tap_page(patient_output& out)
        : out_(&out) {}
    void say(std::size_t connection, std::string_view text);
    void detail(std::string_view text); ///< belongs to the line above

  private:
    patient_output* out_;
};

/// What one tapped connection says, in words.
///
/// Follows both directions of the stream: requests wait here for their answers, by header where it differs and in
/// order elsewhere. Memory is bounded whatever is sent, and wiped.
///
/// Where a message cannot be told from the next its direction is out of step for good: bytes of a PIN block could be
/// taken for a field that is shown. From there on its bytes are only counted, as are those of the answers.
class conversation {
  public:
    conversation(const hsm::codec& engine, const test_cards& cards, tap_page& page, std::size_t number)
        : engine_(&engine)
        , cards_(&cards)
        , page_(&page)
        , number_(number) {}

    void request(byte_view data) { take(data, requests_); }
    void answer(byte_view data) { take(data, answers_); }
    /// For an answer; out of step nobody knows, and it is.
    [[nodiscard]] bool is_waiting() const noexcept {
        return requests_.lost_step || answers_.lost_step || !waiting_.empty();
    }

  private:
    using clock = std::chrono::steady_clock;

    /// A request that waits for its answer.
    struct asked_command {
        bytes header;
        const hsm::command_spec* command = nullptr;
        hsm::field_set values;
        reveal how = reveal::masked;
        clock::time_point since = clock::now();
    };

    struct direction {
        const char* sign;
        heard_bytes kept;
        bool lost_step = false;
    };

    void take(byte_view data, direction& from);
    void lose_step(direction& from, const std::string& why);
    [[nodiscard]] bool is_stream() const;
    [[nodiscard]] std::size_t size_of(const hsm::frame_view& message, std::size_t body) const;
    std::size_t show_request(const hsm::frame_view& message);
    std::size_t show_answer(const hsm::frame_view& message);
    void wait_for_answer(asked_command asked);
    [[nodiscard]] reveal reveal_for(const asked_command& whose) const;
    void show_fields(const hsm::layout& fields, const hsm::field_set& values, reveal how);
    void show_hex(byte_view body, reveal how);
    void say(const std::string& text) { page_->say(number_, text); }

    const hsm::codec* engine_;
    const test_cards* cards_;
    tap_page* page_;
    std::size_t number_;
    direction requests_{"> ", {}};
    direction answers_{"< ", {}};
    std::deque<asked_command> waiting_;
};

} // namespace cipherlane::cli
