#pragma once

#include "cipherlane/hsm_describe.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace cipherlane::cli {

/// Something that happened on a tapped connection, as it may be shown: masked already.
struct tap_event {
    enum class kind : std::uint8_t {
        opened,
        refused, ///< never passed on
        closed,
        request,
        answer,
        lost_step, ///< no message can be told from the next in this direction from here on
        bytes,     ///< counted alone, after that
        half,      ///< a message that is not whole, and why that may be
    };
    enum class side : std::uint8_t { nobody, application, unit };

    kind what = kind::bytes;
    side from = side::nobody;
    std::size_t connection = 0;
    std::chrono::system_clock::time_point when = std::chrono::system_clock::now();
    std::string text;       ///< of what is no message: for people
    std::uint16_t port = 0; ///< `opened`: the application's

    // Of messages.
    std::string code;    ///< of the command or answer; what is not printable as in `escaped_text`
    std::string title;   ///< of a command that the dialect knows
    std::string status;  ///< of an answer
    std::string meaning; ///< of a status other than success
    std::string fault;   ///< why it is not understood
    std::optional<std::chrono::microseconds> took; ///< since the request
    std::vector<described_field> fields;
    std::string hex;      ///< the body, of messages that may be shown whole
    std::size_t size = 0; ///< bytes of the body, or of what came
    bytes shown;          ///< the whole message, length and header included, with the same length as it had
};

/// Takes what happens.
class tap_sink {
  public:
    tap_sink() = default;
    tap_sink(const tap_sink&) = delete;
    tap_sink& operator=(const tap_sink&) = delete;
    virtual ~tap_sink() = default;
    virtual void take(const tap_event& event) = 0;
};

} // namespace cipherlane::cli
