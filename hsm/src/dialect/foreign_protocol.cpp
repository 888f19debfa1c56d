#include <cipherlane/core/digits.hpp>
#include <cipherlane/hsm/foreign_protocol.hpp>

#include <algorithm>
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

/// Four digits that are a message type of ISO 8583: an edition, a class, a function, who speaks.
bool is_message_type(std::string_view digits) noexcept {
    return digits.size() == 4 && digits[0] >= '0' && digits[0] <= '2' && digits[1] >= '1' && digits[1] <= '8' &&
           digits[2] >= '0' && digits[2] <= '4' && digits[3] >= '0' && digits[3] <= '5';
}

bool has_packed_type(byte_view data) noexcept {
    if (data.size() < 2) return false;
    const auto digit = [&](unsigned nibble) { return static_cast<char>('0' + nibble); };
    const char type[] = {digit(data[0] >> 4U), digit(data[0] & 15U), digit(data[1] >> 4U), digit(data[1] & 15U)};
    return is_message_type({type, sizeof type});
}

/// Characters, and behind them a bitmap: sixteen hex digits as far as they have come, or bytes that are not all
/// letters and digits, as a unit's answer is.
bool has_text_type(byte_view data) noexcept {
    if (data.size() < 12) return false;
    const auto text = as_text(data);
    const auto bitmap = text.substr(4, 16);
    const bool hex = bitmap.find_first_not_of("0123456789ABCDEFabcdef") == std::string_view::npos;
    const bool characters = std::all_of(
        bitmap.begin(), bitmap.begin() + 8, [](char c) { return static_cast<unsigned char>(c) - 0x20U < 0x5FU; });
    return is_message_type(text.substr(0, 4)) && (hex || !characters);
}

bool has_ebcdic_type(byte_view data) noexcept {
    if (data.size() < 12) return false;
    std::array<char, 4> type{};
    for (std::size_t i = 0; i < type.size(); ++i)
        type[i] = data[i] >= 0xF0 && data[i] <= 0xF9 ? static_cast<char>('0' + (data[i] & 15U)) : 'x';
    return is_message_type({type.data(), type.size()});
}

/// An answer of a unit whose header is longer than was thought: digits, then two letters and two digits of a status.
/// "0200", "0100" and the like are numbers that a header counts to, too.
bool is_units_answer(byte_view data) noexcept {
    constexpr std::size_t longest_header = 64;
    const auto text = as_text(data);
    const auto digits = text.find_first_not_of("0123456789");
    if (digits > longest_header || text.size() < digits + 4) return false;
    const auto code = text.substr(digits, 2);
    const auto letter = [](char c) { return c >= 'A' && c <= 'Z'; };
    const bool bitmap = code.find_first_not_of("ABCDEF") == std::string_view::npos;
    return letter(code[0]) && letter(code[1]) && !bitmap && all_digits(text.substr(digits + 2, 2));
}

/// A message of a payment host: behind a length of two or four bytes or none, behind a TPDU and perhaps a header.
bool is_iso8583(byte_view first) noexcept {
    constexpr std::size_t tpdu = 5;
    constexpr std::size_t header = 6;
    if (is_units_answer(first) || is_units_answer(first.subspan(2))) return false;
    for (const std::size_t length : {2U, 4U, 0U}) {
        if (first.size() < length + 12) continue;
        const auto data = first.subspan(length);
        if (as_text(data).starts_with("ISO0")) return true;
        const bool addressed = data[0] == 0x60 || data[0] == 0x68;
        if (addressed && (has_packed_type(data.subspan(tpdu)) || has_packed_type(data.subspan(tpdu + header))))
            return true;
        if (has_text_type(data) || has_ebcdic_type(data)) return true;
        // Two packed bytes alone say little: the length has to fit as well.
        if (length == 2 && load_be16(first.data()) == data.size() && has_packed_type(data)) return true;
    }
    return false;
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
    if (is_iso8583(first)) return "ISO 8583: a payment host, or a till's port to one";
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
