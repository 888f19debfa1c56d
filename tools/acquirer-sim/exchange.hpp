#pragma once

#include "acquirer-sim/host_core.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace cipherlane::sim {

constexpr std::string_view component = "acquirer-sim";
constexpr std::chrono::seconds machine_time{5}; // for one answer of the cipher machine

constexpr std::string_view partly = "10";      // approved for less than was asked for
constexpr std::string_view wrong_batch = "77"; // that of the message is closed: sign in again
/// To the end of an upload that lacks some. No source names a code for it; 77 would say that the batch is closed.
constexpr std::string_view records_missing = "06";

/// One request on its way through the host, and the answer that is being made for it.
struct host_core::exchange {
    exchange(iso8583::message_view from, std::string moment)
        : request(std::move(from))
        , now(std::move(moment)) {}

    /// The answer's code; nothing else of it changes.
    void refuse(std::string_view code) {
        answer.set(39, code);
        stamp();
    }
    void accept() { refuse("00"); }

    /// Whether a fault of this kind hits it.
    [[nodiscard]] bool asked(std::string_view kind) const { return planned && planned->kind == kind; }

    [[nodiscard]] std::string date() const { return now.substr(4, 4); }
    [[nodiscard]] std::string time() const { return now.substr(8, 6); }
    [[nodiscard]] std::string year_month() const { return now.substr(2, 4); }

    iso8583::message_view request;
    std::string now; ///< YYYYMMDDhhmmss
    iso8583::message answer;
    std::optional<iso8583::transaction> what;
    std::optional<host_terminal> terminal;
    std::string batch;
    std::string card;             ///< of field 2, or behind a payment code
    std::optional<bool> sound;    ///< whether its MAC fits, once the cipher machine has said so
    std::optional<bytes> pin;     ///< its PIN block under the zone key, likewise
    std::optional<fault> planned; ///< what goes wrong with it on purpose

  private:
    void stamp() {
        answer.set(12, time());
        answer.set(13, date());
        if (!answer.has(37)) answer.set(37, now.substr(2)); // every answer has a reference, booked or not
    }
};

} // namespace cipherlane::sim
