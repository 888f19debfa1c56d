#include "../refusals.hpp"

#include <cipherlane/core/gbk.hpp>
#include <cipherlane/drivers/scanner/scan_reader.hpp>

#include <algorithm>
#include <utility>

namespace cipherlane::drivers {
namespace {

constexpr std::size_t aim_size = 3; // "]", a letter, a modifier

bool is_identifier(std::string_view text) noexcept {
    const auto letter = [](char c) { return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z'); };
    return text.size() == aim_size && text[0] == ']' && letter(text[1]) &&
           (letter(text[2]) || (text[2] >= '0' && text[2] <= '9'));
}

/// Terminators that a scanner puts behind one another.
bool is_trimmed(std::uint8_t one) noexcept {
    return one == '\r' || one == '\n' || one == '\t';
}

} // namespace

result<void> scanner_profile::validate() const {
    if (silence.count() <= 0) return bad_setting("silence");
    if (broken_off.count() <= 0) return bad_setting("broken_off");
    if (largest < 8 || largest > 8'192) return bad_setting("largest");
    return {};
}

scan_reader::scan_reader(const scanner_profile& profile)
    : profile_(profile)
    , text_(profile.largest) {}

scan_reader::~scan_reader() = default;

bool scan_reader::is_end(std::uint8_t character) const noexcept {
    switch (profile_.end) {
    case scan_end::cr_or_lf: return character == '\r' || character == '\n';
    case scan_end::cr: return character == '\r';
    case scan_end::lf: return character == '\n';
    case scan_end::tab: return character == '\t';
    case scan_end::silence: return false;
    }
    return false;
}

bool scan_reader::add(std::uint8_t character) {
    if (is_end(character)) return held_ > 0;
    if (held_ == 0 && is_trimmed(character)) return false;
    if (held_ == text_.size()) {
        too_long_ = true;
        return false;
    }
    text_.expose()[held_++] = character;
    return false;
}

std::optional<ports::scanned_code> scan_reader::take(byte_view data) {
    for (const auto byte : data) {
        if (!feed(byte)) continue;
        if (auto code = make()) return code;
    }
    return std::nullopt;
}

std::optional<ports::scanned_code> scan_reader::silent() {
    if (profile_.end == scan_end::silence && held_ > 0) return make();
    reset();
    return std::nullopt;
}

std::chrono::milliseconds scan_reader::patience() const noexcept {
    return profile_.end == scan_end::silence ? profile_.silence : profile_.broken_off;
}

void scan_reader::reset() {
    wipe(text_.expose());
    held_ = 0;
    too_long_ = false;
    symbology_.clear();
}

std::optional<ports::scanned_code> scan_reader::make() {
    auto text = as_text(std::as_const(text_).expose().first(held_));
    while (!text.empty() && is_trimmed(static_cast<std::uint8_t>(text.back())))
        text.remove_suffix(1);
    ports::scanned_code code;
    code.symbology = std::exchange(symbology_, {});
    const auto head = text.substr(0, aim_size);
    if (code.symbology.empty() && profile_.aim != aim_identifier::none && is_identifier(head)) {
        code.symbology = head;
        text.remove_prefix(aim_size);
    }
    const bool foreign = profile_.aim == aim_identifier::must_come && code.symbology.empty();
    bool good = !too_long_ && !foreign && !text.empty();
    if (good && profile_.text == scan_text::gbk) {
        auto utf8 = gbk_to_utf8(as_bytes(text));
        good = utf8.has_value();
        if (good) {
            code.text = std::string_view(*utf8);
            wipe({reinterpret_cast<std::uint8_t*>(utf8->data()), utf8->size()});
        }
    } else if (good) {
        code.text = text;
    }
    reset();
    if (!good) return std::nullopt;
    code.when = monotonic_clock::now();
    return code;
}

} // namespace cipherlane::drivers
