#pragma once

#include <cipherlane/core/amount.hpp>
#include <cipherlane/core/result.hpp>
#include <cipherlane/core/secret_bytes.hpp>
#include <cipherlane/drivers/terminal/mispos/mispos_description.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace cipherlane::drivers {

/// What a MIS-POS terminal said, as its description tells it.
struct mispos_message {
    enum class kind : std::uint8_t { result, for_host, other } what = kind::other;
    std::string number; ///< the request's, echoed; of a message for the host: its own, empty where it has none
    std::string trade;
    std::string code;
    std::optional<std::int64_t> minor; ///< without its sign, which says which way the money of a trade went
    bool negative = false;             ///< of a sum: more was given back than taken
    std::string receipt;
    std::string trace;
    std::string batch;
    std::string reference;
    std::string authorization;
    std::string date;
    std::string time;
    std::string terminal_id;
    std::string masked_pan;
    std::string card_name;
    std::string text;     ///< UTF-8, untrusted
    secret_bytes payload; ///< of a message for the host
};

/// The contents of MIS-POS messages by an acquirer's description: values in, bytes out, and back.
namespace mispos {

/// @param number digits of the request, as many as its field has
/// @param wish of a trade that moves money; null for a question
/// @return `not_supported`; `bad_setting` for an amount or receipt number that its field cannot carry.
[[nodiscard]] result<secret_bytes> request(const mispos_description& by, mispos_trade what, std::string_view number,
    const ports::terminal_request* wish = nullptr);
/// The host's answer, as it came. @return `too_long` where no frame carries it.
[[nodiscard]] result<secret_bytes> pass_back(const mispos_description& by, std::string_view number, byte_view answer);
/// @return `bad_content` naming the tag and the offset.
[[nodiscard]] result<mispos_message> parse(const mispos_description& by, byte_view content, const currency& unit);

} // namespace mispos
} // namespace cipherlane::drivers
