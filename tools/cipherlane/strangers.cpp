#include "cipherlane/strangers.hpp"

#include "cipherlane/card_talk.hpp"
#include "cipherlane/people_input.hpp"

#include <cipherlane/core/digits.hpp>
#include <cipherlane/core/printable_ascii.hpp>
#include <cipherlane/crypto/key_block.hpp>
#include <cipherlane/emv/consumer_code.hpp>
#include <cipherlane/emv/tag_dictionary.hpp>
#include <cipherlane/emv/tlv.hpp>
#include <cipherlane/qr/code_kind.hpp>

#include <algorithm>
#include <array>

namespace cipherlane::cli {
namespace {

constexpr std::uint8_t stx = 0x02;
constexpr std::uint8_t etx = 0x03;

bool is_capital(char c) {
    return c >= 'A' && c <= 'Z';
}

std::string tls_record(byte_view data) {
    const bool is_one = data.size() >= 3 && data[0] >= 0x14 && data[0] <= 0x17 && data[1] == 3 && data[2] <= 4;
    return is_one ? "a TLS record: the link is encrypted, capture it behind TLS" : "";
}

std::string by_first_words(byte_view data) {
    struct row {
        std::string_view begins;
        std::string_view words;
    };
    constexpr std::string_view http = "HTTP without a message in its body";
    constexpr std::string_view json = "JSON; a message as `iso8583 decode` writes it is read by `iso8583 encode`";
    constexpr std::string_view packed = "a file that is packed: unpack it first";
    constexpr std::string_view packets = "a capture of packets without any data of TCP";
    static constexpr row rows[] = {{"GET ", http}, {"POST ", http}, {"PUT ", http}, {"HEAD ", http}, {"HTTP/", http},
        {"{", json}, {"[{", json}, {"<", "XML or HTML"}, {"SSH-", "SSH"},
        {"-----BEGIN", "a certificate or key in PEM: `openssl asn1parse` shows it"},
        {"\x10\x02", "a ZVT frame of a serial line (10 02); `cipherlane device terminal` speaks ZVT"},
        {"\x1F\x8B\x08", packed}, {"PK\x03\x04", packed}, {"7z\xBC\xAF", packed}, {"BZh", packed},
        {"\x78\x01", packed}, {"\x78\x9C", packed}, {"\x78\xDA", packed},
        {"\xFD"
         "7zXZ",
            packed},
        {"%PDF-", "a document (PDF)"},
        {"\x89PNG", "a picture (PNG); of a code `cipherlane qr decode --picture` reads it"},
        {"\xD4\xC3\xB2\xA1", packets}, {"\x0A\x0D\x0D\x0A", packets}};
    const auto text = as_text(data);
    if (text.find("<isomsg") != std::string_view::npos)
        return "jPOS's XML of a message that is taken apart already; the bytes are in the log of its channel";
    const auto* found = std::find_if(
        std::begin(rows), std::end(rows), [&](const row& each) { return text.starts_with(each.begins); });
    return found != std::end(rows) ? std::string(found->words) : std::string();
}

/// The payer's and the merchant's codes, and the links of wallets.
std::string payment_code(byte_view data) {
    const auto text = as_text(data);
    constexpr std::size_t shortest = 12;
    if (text.size() < shortest || !all_printable_ascii(text.substr(0, shortest))) return {};
    if (emv::consumer_code::recognised(text))
        return "an EMV code that a payer shows: `cipherlane qr decode` reads it";
    if (text.starts_with("000201") && std::all_of(text.begin(), text.begin() + 10, is_digit))
        return "an EMV payment code (QR): `cipherlane qr decode` reads it";
    const auto kinds = qr::kinds_of(text);
    const bool link = !kinds.empty() && text.find("://") != std::string_view::npos;
    return link ? "a payment code (" + std::string(qr::to_string(kinds.front())) + "): `cipherlane qr check` names it"
                : "";
}

std::string key_block(byte_view data) {
    auto text = as_text(data);
    constexpr std::size_t header = 16;
    while (text.ends_with('\n') || text.ends_with('\r'))
        text.remove_suffix(1);
    const bool tagged = text.size() > 1 && (text[0] == 'R' || text[0] == 'S');
    const auto block = text.substr(tagged ? 1 : 0);
    if (block.size() < header || !all_printable_ascii(block)) return {};
    const bool letter = block[0] >= 'A' && block[0] <= 'E';
    const bool digit = block[0] == '0' || block[0] == '1';
    if ((!letter && !digit) || !std::all_of(block.begin() + 1, block.begin() + 5, is_digit)) return {};
    const auto parsed = crypto::key_block_header::parse(block);
    // Digits in front are many things: of those the length must be right, and so of what does not parse.
    const auto announced = std::stoul(std::string(block.substr(1, 4)));
    if (announced != block.size() && (digit || !parsed)) return {};
    return "a key block (TR-31 or Thales): `cipherlane keyblock inspect` reads it";
}

/// One byte is a frame's beginning by chance; its end, and the letters of a command, are not.
std::string abecs_frame(byte_view data) {
    constexpr std::uint8_t syn = 0x16;
    constexpr std::uint8_t etb = 0x17;
    constexpr std::size_t check = 2;
    if (data.size() < 1 + 3 + 1 + check || data[0] != syn || data[data.size() - 1 - check] != etb) return {};
    const auto code = as_text(data.subspan(1, 3));
    if (!std::all_of(code.begin(), code.end(), is_capital)) return {};
    return "a frame of an ABECS PIN pad (16 … 17 and a CRC), command " + std::string(code) +
           ": `cipherlane device probe` asks such a pad, `docs/13-devices.md` lists its commands";
}

/// Class and instruction, one byte of length or FF and two, least significant first.
std::string zvt_message(byte_view data) {
    constexpr std::array<std::uint8_t, 7> classes{0x04, 0x05, 0x06, 0x08, 0x0F, 0x80, 0x84};
    if (data.size() < 3 || std::find(classes.begin(), classes.end(), data[0]) == classes.end()) return {};
    const bool is_long = data[2] == 0xFF && data.size() >= 5;
    const std::size_t size = is_long ? data[3] + 256U * data[4] : data[2];
    if (data.size() != size + (is_long ? 5 : 3)) return {};
    return "a message of ZVT, the German payment terminals' protocol: `cipherlane device terminal --driver zvt` "
           "speaks it";
}

std::string terminal_frame(byte_view data) {
    if (data.size() < 4 || data[0] != stx || (data.back() != etx && data[data.size() - 2] != etx)) return {};
    return "a frame of a terminal or PIN pad (02 … 03): `cipherlane device` speaks with those";
}

/// Commands of a payment cipher machine that stand without a right length in front are known by these.
constexpr std::string_view machine_commands =
    " A0 A1 A2 A4 A6 A8 B2 B8 BA BC BE BU BW CA CC CI CK CM CO CQ CW CY DA DC DE DU EA EC EE EG EI EO EU EW FA FC FE "
    "FI "
    "FM FO FY G0 GA GC GI GK GW HA HC HE HG HI IA IC IE J2 J4 J8 JA JC JE JG JI JK K0 KA KQ KS KU KW LA LG LK LQ M0 "
    "M2 "
    "M4 M6 M8 MA MC ME MG MI MK MM MS MU MY NC NE NG NI NK NO NY PE PM QA RA RY ";

/// Two bytes of length, four to eight of header, two letters or digits of the command.
std::string machine_message(byte_view data) {
    constexpr std::size_t length = 2;
    if (data.size() < 8) return {};
    const bool printable = all_printable_ascii(as_text(data.first(8)));
    const bool right = std::size_t{load_be16(data.data())} == data.size() - length;
    const auto behind = data.subspan(printable ? 0 : length);
    for (const auto header : {std::size_t{4}, std::size_t{6}, std::size_t{8}}) {
        if (behind.size() < header + 2) break;
        const auto front = as_text(behind.first(header));
        const auto code = as_text(behind.subspan(header, 2));
        const bool second = is_capital(code[1]) || is_digit(code[1]);
        if (!all_printable_ascii(front) || !is_capital(code[0]) || !second) continue;
        const bool known = machine_commands.find(" " + std::string(code) + " ") != std::string_view::npos &&
                           std::all_of(front.begin(), front.end(), is_digit);
        if (!(right && !printable) && !known) continue;
        return "a message of a cipher machine, command or answer " + std::string(code) + ", behind a header of " +
               std::to_string(header) + ": `cipherlane hsm describe` and `hsm tap --read` know them";
    }
    return {};
}

/// Two objects with known tags, or all of it sound with a known one in front.
std::string tlv(byte_view data) {
    constexpr std::size_t shortest = 4;
    if (data.size() < shortest || data[0] == 0) return {};
    emv::tlv_reader reader(data);
    int known = 0;
    while (known < 2 && reader.next() && emv::find_tag(reader.object().tag) != nullptr)
        ++known;
    if (known < 2 && (known == 0 || !emv::check_tlv(data))) return {};
    return "TLV of a card (EMV): `cipherlane tlv decode` reads it";
}

std::string card_talk(byte_view data) {
    const auto words = card_command(data);
    return words.empty() ? std::string() : "a command to a card: " + words;
}

} // namespace

std::string other_protocol(byte_view data) {
    // What is proven by more than its first bytes stands in front of what is not.
    constexpr std::string (*const looks[])(byte_view) = {payment_code, tls_record, by_first_words, key_block, tlv,
        abecs_frame, machine_message, terminal_frame, zvt_message, card_talk};
    for (const auto look : looks) {
        if (auto words = look(data); !words.empty()) return words;
    }
    return {};
}

std::string other_protocol_in(std::string_view given) {
    const auto end = given.find_last_not_of(" \t\r\n");
    const auto text = given.substr(0, end == std::string_view::npos ? 0 : end + 1);
    if (auto words = other_protocol(as_bytes(text)); !words.empty()) return words;
    const auto readings = readings_of(given);
    if (!readings) return {};
    for (const auto& each : *readings) {
        if (auto words = other_protocol(each.whole); !words.empty()) return words;
    }
    return {};
}

} // namespace cipherlane::cli
