#pragma once

#include "cipherlane/people_input.hpp"

#include <cipherlane/iso8583/dialect.hpp>

#include <span>
#include <string>
#include <vector>

namespace cipherlane::cli {

/// What is known of one message of a capture.
struct message_finding {
    std::size_t at = 0; ///< where its frame begins in the input
    std::string mti;
    std::string fields; ///< numbers
    std::string fault;  ///< empty: none
    std::size_t bytes = 0;
};

/// What a capture turned out to be.
struct diagnosis {
    bool found = false;  ///< a message type and a bitmap that fit together stand in it
    std::string input;   ///< "hexdump with offsets"
    std::string dialect; ///< "iso87-ascii, binary bitmap"
    std::string framing; ///< "2 bytes, binary, do not count themselves"
    std::string header;  ///< "TPDU 6000030000, 6 bytes of packed digits"; empty: none
    std::string trailer; ///< empty: none
    std::vector<message_finding> messages;
    std::vector<std::string> notes; ///< what else is odd, and what it could be instead
    std::string toml;               ///< a beginning of a dialect's file that reads it
};

/// Looks at every way to read the input, every dialect (the built-in ones, their usual mixtures, and `more`) and
/// every place where a message may begin, and takes what explains most.
[[nodiscard]] diagnosis examine(
    std::span<const input_reading> readings, std::span<const iso8583::dialect* const> more = {});

} // namespace cipherlane::cli
