#include <cipherlane/core/digits.hpp>
#include <cipherlane/hsm/foreign_protocol.hpp>

#include <array>

namespace cipherlane::hsm {
namespace {

struct opening {
    std::string_view bytes;
    std::string_view words;
};

/// How servers and clients of other protocols begin.
constexpr std::array openings{
    opening{"HTTP/", "HTTP: a web server"},
    opening{"<html", "HTML: a web server"},
    opening{"<!DOC", "HTML: a web server"},
    opening{"GET ", "HTTP: a web client"},
    opening{"POST ", "HTTP: a web client"},
    opening{"SSH-", "SSH"},
    opening{"220 ", "the greeting of a mail or file server"},
    opening{"220-", "the greeting of a mail or file server"},
    opening{"+OK", "the greeting of a mail server, or an answer of Redis"},
    opening{"-ERR", "an answer of Redis"},
    opening{"* OK", "the greeting of a mail server (IMAP)"},
    opening{"RFB ", "a remote desktop (VNC)"},
    opening{"AMQP", "a message queue (AMQP)"},
    opening{"\xFF\xFD", "Telnet: a terminal server"},
    opening{"\xFF\xFB", "Telnet: a terminal server"},
};

/// A record of TLS: its kind, version 3.x.
bool is_tls(byte_view first) noexcept {
    return first.size() >= 3 && first[0] >= 0x14 && first[0] <= 0x17 && first[1] == 3 && first[2] <= 4;
}

/// The greeting of MySQL or MariaDB: three bytes of length and a zero, protocol 10, a version in letters.
bool is_mysql(byte_view first) noexcept {
    return first.size() >= 6 && first[1] == 0 && first[2] == 0 && first[3] == 0 && first[4] == 10 &&
           first[5] >= '1' && first[5] <= '9';
}

std::string_view other_length(byte_view first) noexcept {
    if (first.size() >= 4 && all_digits(first.first(4))) return "a length of four ASCII digits in front";
    const std::size_t turned = static_cast<std::size_t>(first[0]) | static_cast<std::size_t>(first[1]) << 8U;
    if (first.size() > 4 && turned == first.size() - 2) return "a length whose low byte comes first";
    if (first.size() > 4 && load_be16(first.data()) == first.size()) return "a length that counts itself";
    return {};
}

} // namespace

std::string_view foreign_protocol(const framing& how, byte_view first) noexcept {
    if (first.size() < 2) return {};
    if (is_tls(first)) return "TLS: one side speaks it and the other does not";
    if (is_mysql(first)) return "a database (MySQL, MariaDB)";
    for (const auto& each : openings) {
        if (as_text(first).starts_with(each.bytes)) return each.words;
    }
    if (how.length == framing::prefix::be16) {
        if (first.size() == 2 && first[0] == 'E') return "a refusal of the Westone binary dialect (sjj1312)";
        if (first[0] == 'A' && (first[1] == 0x08 || first[1] == 0x10 || first[1] == 0x18))
            return "an answer of the Westone binary dialect (sjj1312)";
        return other_length(first);
    }
    const std::size_t told = load_be16(first.data());
    if (first.size() > 4 && told == first.size() - 2)
        return "a length of two bytes in front, as the Racal family has it";
    return {};
}

} // namespace cipherlane::hsm
