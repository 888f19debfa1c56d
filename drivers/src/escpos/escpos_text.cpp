#include "escpos_text.hpp"

#include "../charset/gbk_text.hpp"
#include "../charset/plain_text.hpp"
#include "../refusals.hpp"

#include <cipherlane/core/utf8.hpp>

namespace cipherlane::drivers {
namespace {

using text_set = escpos_printer_profile::text_set;

bool is_control(char32_t point) noexcept {
    return point < 0x20 || (point >= 0x7F && point < 0xA0);
}

} // namespace

result<bytes> escpos_text(std::string_view text, const escpos_printer_profile& profile, std::string_view field) {
    switch (profile.text) {
    case text_set::ascii: CIPHERLANE_CHECK(check_plain_ascii(text, field)); return bytes(text.begin(), text.end());
    case text_set::latin: {
        const auto* page = find_latin_page(profile.code_page);
        if (page == nullptr) return bad_setting("code_page");
        return to_latin(text, *page, profile.letters, field);
    }
    case text_set::gbk: break;
    }
    CIPHERLANE_CHECK(check_plain_utf8(text, field));
    return to_gbk(text, field);
}

bytes escpos_text_as_can_be(std::string_view text, const escpos_printer_profile& profile) {
    if (auto whole = escpos_text(text, profile, "text")) return *std::move(whole);
    auto plain = profile;
    plain.letters = missing_letter::plain;
    bytes out;
    while (!text.empty()) {
        const auto before = text;
        const auto point = take_code_point(text);
        if (!point) {
            text.remove_prefix(1);
            out.push_back('?');
            continue;
        }
        if (is_control(*point)) continue;
        const auto one = escpos_text(before.substr(0, before.size() - text.size()), plain, "text");
        if (one) {
            out.insert(out.end(), one->begin(), one->end());
        } else {
            out.push_back('?');
        }
    }
    return out;
}

std::string escpos_missing_letters(std::string_view text, const escpos_printer_profile& profile) {
    auto strict = profile;
    strict.letters = missing_letter::refused;
    std::string all;
    while (!text.empty()) {
        const auto before = text;
        const auto point = take_code_point(text);
        if (!point) text.remove_prefix(1);
        if (!point || is_control(*point)) continue;
        const auto one = before.substr(0, before.size() - text.size());
        if (!escpos_text(one, strict, "text") && all.find(one) == std::string::npos) all += one;
    }
    return all;
}

void escpos_start(bytes& to, const escpos_printer_profile& profile, escpos_place place) {
    to.insert(to.end(), {0x1B, 0x40, 0x1B, 0x61, static_cast<std::uint8_t>(place)});
    if (profile.text == text_set::gbk) to.insert(to.end(), {0x1C, 0x26}); // Chinese on
    if (profile.text == text_set::latin) {                                // off, or letters from 80 on were its
        to.insert(to.end(), {0x1C, 0x2E, 0x1B, 0x74, profile.page_number});
    }
}

} // namespace cipherlane::drivers
