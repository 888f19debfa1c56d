#pragma once

#include "cipherlane/people_input.hpp"

#include <cipherlane/iso8583/dialect.hpp>

#include <vector>

namespace cipherlane::cli {

/// The messages of an input, and the form in which they were found.
struct found_messages {
    input_form form = input_form::hex;
    std::vector<bytes> frames; ///< each with its length, as the dialect has one; at least one
    bool read_any = false;     ///< a message type was found, at least
    std::string note = {};     ///< what a person must know of the input: bytes that are not there
    bool damaged = false;      ///< the note tells a fault: whatever is done with the messages ends as a difference
    std::string stranger = {}; ///< where no message type was found: what it looks like, and who reads that
};

/// Cuts a stream at the dialect's lengths; what no whole frame is stays together at the end. Without a length it is
/// one message.
[[nodiscard]] std::vector<bytes> frames_of(const iso8583::dialect& format, byte_view stream);

/// The reading, as a whole or line by line, under which this dialect reads most.
[[nodiscard]] found_messages messages_of(const iso8583::dialect& format, std::vector<input_reading> readings);

} // namespace cipherlane::cli
