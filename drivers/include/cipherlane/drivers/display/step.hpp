#pragma once

#include <cipherlane/core/bytes.hpp>
#include <cipherlane/core/fixed_text.hpp>
#include <cipherlane/core/wiped_text.hpp>
#include <cipherlane/drivers/description/packet_layout.hpp>

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

namespace cipherlane::drivers {

/// What a display must say after a step.
struct expected_answer {
    enum class shape : std::uint8_t {
        nothing, ///< nothing is waited for
        line,    ///< up to LF; a CR before it is dropped
        block,   ///< `size` bytes
        packet,  ///< the content of a packet of `layout`; what lies between packets is dropped
    };
    enum class test : std::uint8_t { equals, starts_with, contains };
    enum class foreign : std::uint8_t { fails, skipped }; ///< an answer that does not pass the test
    enum class silence : std::uint8_t { fails, passes };  ///< no answer in `timeout`

    shape form = shape::nothing;
    test how = test::equals;
    foreign others = foreign::fails;
    silence if_silent = silence::fails;
    bytes text{};
    std::size_t at = 0; ///< where in the answer `text` is looked for
    std::size_t size = 0;
    std::shared_ptr<const packet_layout> layout{};
    bytes refusal{}; ///< an answer with this at `refusal_at` is a refusal; empty: none is known
    std::size_t refusal_at = 0;
    std::optional<std::size_t> code_at{}; ///< the byte of a refusal that says why
    std::chrono::milliseconds timeout{0};
};

/// One command to a display: what is sent, what it must answer, how long it is left alone afterwards.
struct step {
    fixed_text<24> name{}; ///< for errors
    bytes out{};
    wiped_text secret{}; ///< what is sent instead, where it must not stay in memory
    expected_answer answer{};
    std::chrono::milliseconds pause_after{0};
    int tries = 1; ///< how often it is sent while no answer comes that must come
};

/// A command sequence that brings a display to one content.
using step_list = std::vector<step>;

} // namespace cipherlane::drivers
