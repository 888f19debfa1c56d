#include "card_answers.hpp"

#include <cipherlane/core/hex.hpp>
#include <cipherlane/emv/bit_names.hpp>

#include <algorithm>
#include <array>

namespace cipherlane::emv::detail {
namespace {

using lines = std::vector<std::string>;

// EMV 4.4 Book 3, Annex C8: card status update.
constexpr std::array status_update{
    bit_name{1, 8, "proprietary data follow"},
    bit_name{2, 8, "issuer approves"},
    bit_name{2, 7, "card is to be blocked"},
    bit_name{2, 6, "application is to be blocked"},
    bit_name{2, 5, "PIN try counter is to be set"},
    bit_name{2, 4, "next transaction is to go online"},
    bit_name{2, 3, "made by a proxy of the issuer"},
};
constexpr std::array<std::string_view, 4> counter_updates{"offline counters stay",
    "offline counters to their upper limits", "offline counters to zero",
    "transaction added to the offline counters"};

constexpr std::size_t long_arpc = 8;
constexpr std::size_t short_arpc = 4;
constexpr std::size_t update_size = 4;

bool is_set(const bit_name& which, byte_view in) {
    return (in[which.byte - 1U] >> (which.bit - 1U) & 1U) != 0;
}

bool is_text(byte_view data) {
    return std::all_of(data.begin(), data.end(), [](auto byte) { return byte >= 0x20 && byte <= 0x7E; });
}

void tell_status_update(byte_view update, lines& to) {
    to.push_back("card status update " + to_hex(update) + ", PIN tries left " + std::to_string(update[0] & 15U));
    for (const auto& row : status_update) {
        if (is_set(row, update)) to.push_back("  " + std::string(row.text));
    }
    to.push_back("  " + std::string(counter_updates[update[1] & 3U]));
}

std::string records(std::uint8_t first, std::uint8_t last) {
    const auto from = std::to_string(int{first});
    return first == last ? "record " + from : "records " + from + " to " + std::to_string(int{last});
}

/// EMV 4.4 Book 3, 10.2: what no entry of a file locator can say.
std::string wrong_entry(byte_view entry) {
    constexpr unsigned most_file = 30;
    const unsigned file = entry[0] >> 3U;
    const int records = entry[2] - entry[1] + 1;
    std::string wrong;
    if (file == 0 || file > most_file) wrong += "; WRONG: allowed files 1 to 30";
    if ((entry[0] & 7U) != 0) wrong += "; WRONG: the low three bits of " + to_hex(entry.first(1)) + " are not zero";
    if (entry[1] == 0 || records < 1)
        wrong += "; no such records";
    else if (entry[3] > records)
        wrong += "; WRONG: allowed at most " + std::to_string(records);
    return wrong;
}

// Form factors of Visa's indicator, byte 1 bits 5 to 1.
constexpr std::array<std::string_view, 5> form_factors{
    "card", "small card", "no card (fob, sticker, token)", "mobile phone", "device on the wrist"};
constexpr std::array form_features{
    bit_name{2, 8, "able to take a pass code"},
    bit_name{2, 7, "signature panel"},
    bit_name{2, 6, "hologram"},
    bit_name{2, 5, "printed security code (CVV2)"},
    bit_name{2, 4, "two-way messages"},
    bit_name{2, 3, "credentials in the cloud"},
    bit_name{2, 2, "able to take biometrics"},
};

lines form_factor(byte_view value) {
    const auto kind = value[0] & 0x1FU;
    lines made{"form: Visa's form factor indicator, version " + std::to_string(value[0] >> 5U),
        "device: " + (kind < form_factors.size() ? std::string(form_factors[kind])
                                                 : "code " + std::to_string(kind) + ", no meaning is known")};
    for (const auto& row : form_features) {
        if (is_set(row, value)) made.emplace_back(row.text);
    }
    return made;
}

lines third_party(byte_view value) {
    constexpr std::size_t country = 2;
    constexpr std::size_t identifier = 2;
    constexpr std::size_t device = 2;
    lines made{"form: Mastercard's third party data", "country " + to_hex(value.first(country)),
        "unique identifier " + to_hex(value.subspan(country, identifier))};
    auto rest = value.subspan(country + identifier);
    // Bit 8 of the identifier says that no device type follows.
    if ((value[country] & 0x80U) == 0 && rest.size() >= device) {
        const auto type = rest.first(device);
        made.push_back("device type " + (is_text(type) ? "\"" + std::string(as_text(type)) + "\"" : to_hex(type)));
        rest = rest.subspan(device);
    }
    if (!rest.empty()) made.push_back("proprietary data " + to_hex(rest));
    return made;
}

} // namespace

std::vector<std::string> issuer_authentication_lines(byte_view value) {
    constexpr std::size_t code_size = 2;
    if (value.size() < long_arpc || value.size() > 16) return {};
    if (value.size() == long_arpc + code_size) {
        const auto code = value.last(code_size);
        return {"by method 1: ARPC " + to_hex(value.first(long_arpc)) + ", response code " +
                (is_text(code) ? "\"" + std::string(as_text(code)) + "\"" : to_hex(code))};
    }
    lines made{"by method 2: ARPC " + to_hex(value.first(short_arpc))};
    tell_status_update(value.subspan(short_arpc, update_size), made);
    if (const auto own = value.subspan(short_arpc + update_size); !own.empty())
        made.push_back("issuer's own data " + to_hex(own));
    return made;
}

std::vector<std::string> file_locator_lines(byte_view value) {
    lines made;
    for (; value.size() >= 4; value = value.subspan(4)) {
        const auto file = std::to_string(value[0] >> 3U);
        auto text = "file " + file + ", " + records(value[1], value[2]);
        if (value[3] != 0) text += ", the first " + std::to_string(int{value[3]}) + " in offline data authentication";
        made.push_back(text + wrong_entry(value));
    }
    if (!value.empty()) made.emplace_back("part of an entry at the end");
    return made;
}

std::vector<std::string> plain_answer_lines(byte_view value) {
    constexpr std::size_t cryptogram_from = 3;
    constexpr std::size_t cryptogram = 8;
    constexpr std::array<std::string_view, 3> kinds{"AAC", "TC", "ARQC"};
    const bool generated = value.size() >= cryptogram_from + cryptogram && (value[0] & 0x3FU) == 0 && value[0] < 0xC0;
    if (generated) {
        lines made{"answer to GENERATE AC: " + std::string(kinds[value[0] >> 6U]) + " " +
                       to_hex(value.subspan(cryptogram_from, cryptogram)),
            "application transaction counter " + to_hex(value.subspan(1, 2))};
        if (const auto own = value.subspan(cryptogram_from + cryptogram); !own.empty())
            made.push_back("issuer application data " + to_hex(own));
        return made;
    }
    if (value.size() < 6 || (value.size() - 2) % 4 != 0) return {};
    lines made{"answer to GET PROCESSING OPTIONS: application interchange profile " + to_hex(value.first(2))};
    for (auto& each : file_locator_lines(value.subspan(2)))
        made.push_back(std::move(each));
    return made;
}

std::vector<std::string> device_lines(byte_view value, card_scheme scheme) {
    constexpr std::size_t indicator_size = 4;
    const bool visa =
        scheme == card_scheme::visa || (scheme == card_scheme::unknown && value.size() == indicator_size);
    if (visa && value.size() == indicator_size) return form_factor(value);
    const bool mastercard = scheme == card_scheme::mastercard || scheme == card_scheme::unknown;
    if (mastercard && value.size() > indicator_size) return third_party(value);
    return {};
}

} // namespace cipherlane::emv::detail
