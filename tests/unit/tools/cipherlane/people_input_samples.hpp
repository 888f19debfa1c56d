#pragma once

#include "cipherlane/iso8583_doctor.hpp"
#include "cipherlane/iso8583_messages.hpp"

#include <cipherlane/core/hex.hpp>

#include <algorithm>
#include <array>
#include <cstdio>
#include <string>
#include <string_view>

namespace cipherlane::cli::people_samples {

// One message, and the forms in which people hand it over that more than one test asks for.

/// A sign-in in the POS dialect: length, TPDU, header, 0800 with 11, 41, 42, 60, 63.
inline const std::string sign_in =
    "003C60000300006031003107300800002000000"
    "0C000120000015445535430303031544553544D4552434830303030303100110000000100300003303120";

inline bytes message() {
    return from_hex(sign_in).value();
}

inline diagnosis examined(std::string_view text) {
    return examine(readings_of(text).value(), {});
}

/// Each byte by a form of printf.
inline std::string each_byte(const char* form) {
    std::string made;
    for (const auto byte : message()) {
        std::array<char, 16> text{};
        std::snprintf(text.data(), text.size(), form, byte);
        made += text.data();
    }
    return made;
}

/// A dump: `offset` and `cell` are forms of printf, `width` bytes on a line.
inline std::string dump(const char* offset, const char* cell, std::size_t width) {
    std::string made;
    const auto data = message();
    for (std::size_t at = 0; at < data.size(); at += width) {
        std::array<char, 64> text{};
        std::snprintf(text.data(), text.size(), offset, static_cast<unsigned>(at), static_cast<unsigned>(at));
        made += text.data();
        for (std::size_t i = at; i < std::min(at + width, data.size()); ++i) {
            std::snprintf(text.data(), text.size(), cell, data[i]);
            made += text.data();
        }
        made += '\n';
    }
    return made;
}

/// "od -c".
inline std::string letters_of_od() {
    std::string made;
    const auto data = message();
    for (std::size_t at = 0; at < data.size(); ++at) {
        std::array<char, 16> text{};
        if (at % 16 == 0) {
            std::snprintf(text.data(), text.size(), "%s%07o", at == 0 ? "" : "\n", static_cast<unsigned>(at));
            made += text.data();
        }
        const char* form = data[at] == 0 ? "  \\0" : data[at] >= 0x21 && data[at] < 0x7F ? "   %c" : " %03o";
        std::snprintf(text.data(), text.size(), form, data[at]);
        made += text.data();
    }
    return made + "\n0000076\n";
}

/// Octal words as od writes them without being told otherwise.
inline std::string octal_words() {
    std::string made;
    const auto data = message();
    for (std::size_t at = 0; at + 1 < data.size(); at += 2) {
        std::array<char, 16> text{};
        if (at % 16 == 0) {
            std::snprintf(text.data(), text.size(), "%s%07o", at == 0 ? "" : "\n", static_cast<unsigned>(at));
            made += text.data();
        }
        std::snprintf(text.data(), text.size(), " %06o", data[at] | data[at + 1] << 8U);
        made += text.data();
    }
    return made + "\n0000076\n";
}

} // namespace cipherlane::cli::people_samples
