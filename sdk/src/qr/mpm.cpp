#include "characters.hpp"

#include <cipherlane/core/digits.hpp>
#include <cipherlane/core/hex.hpp>
#include <cipherlane/core/utf8.hpp>
#include <cipherlane/qr/crc16.hpp>
#include <cipherlane/qr/errc.hpp>
#include <cipherlane/qr/mpm.hpp>

#include <algorithm>
#include <array>
#include <bitset>

namespace cipherlane::qr {
namespace {

constexpr std::size_t header_size = 4; // two digits of ID, two of length
constexpr std::size_t most_characters = 99;
constexpr std::uint8_t highest_id = 99;

std::uint8_t two_digits(std::string_view text, std::size_t at) noexcept {
    return static_cast<std::uint8_t>((text[at] - '0') * 10 + (text[at + 1] - '0'));
}

void append_two_digits(std::string& text, std::size_t value) {
    text += static_cast<char>('0' + value / 10);
    text += static_cast<char>('0' + value % 10);
}

std::string path_of(std::string_view above, std::uint8_t id) {
    std::string path(above);
    if (!path.empty()) path += '/';
    append_two_digits(path, id);
    return path;
}

error fault(qr_errc why, std::string_view path, std::size_t offset) {
    return error(why, layer::qr).during("read MPM").in_field(path).at_offset(offset);
}

/// Templates whose inside the specification lays down; 65 to 79 are reserved and stay as they are.
bool must_be_template(std::uint8_t id) noexcept {
    return (id >= mpm_id::first_template && id <= mpm_id::last_template) || id == mpm_id::additional ||
           id == mpm_id::language || id >= 80;
}

std::string crc_text(std::string_view covered) {
    std::array<std::uint8_t, 2> crc{};
    store_be16(crc.data(), crc16(as_bytes(covered)));
    return to_hex(crc);
}

bool same_hex(std::string_view a, std::string_view b) noexcept {
    return a.size() == b.size() && std::equal(a.begin(), a.end(), b.begin(), [](char x, char y) {
        return hex_value(x) >= 0 && hex_value(x) == hex_value(y);
    });
}

} // namespace

result<mpm_level> mpm_level::parse(std::string_view text, std::string_view path, std::size_t base) {
    mpm_level level;
    std::bitset<highest_id + 1> seen;
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t header = base + at;
        if (text.size() - at < header_size || !std::all_of(&text[at], &text[at] + header_size, is_digit)) {
            return fault(qr_errc::bad_header, path, header);
        }
        const std::uint8_t id = two_digits(text, at);
        const std::size_t characters = two_digits(text, at + 2);
        if (characters == 0) return fault(qr_errc::zero_length, path_of(path, id), header);
        if (seen[id]) return fault(qr_errc::duplicate_object, path_of(path, id), header);
        seen.set(id);
        std::size_t end = at + header_size;
        for (std::size_t i = 0; i < characters; ++i) {
            if (end == text.size()) return fault(qr_errc::length_past_end, path_of(path, id), header);
            auto rest = text.substr(end);
            if (!take_code_point(rest)) return fault(qr_errc::not_utf8, path_of(path, id), base + end);
            end = text.size() - rest.size();
        }
        level.objects_.push_back({id, std::string(text.substr(at + header_size, end - at - header_size))});
        at = end;
    }
    return level;
}

std::optional<std::string_view> mpm_level::find(std::uint8_t id) const noexcept {
    for (const auto& object : objects_) {
        if (object.id == id) return object.value;
    }
    return std::nullopt;
}

result<void> mpm_level::set(std::uint8_t id, std::string_view value) {
    auto refuse = [&](qr_errc why) { return error(why, layer::qr).during("write MPM").in_field(path_of({}, id)); };
    if (id > highest_id) return error(qr_errc::bad_value, layer::qr).during("write MPM");
    const auto characters = utf8_length(value);
    if (!characters) return refuse(qr_errc::not_utf8);
    if (*characters == 0) return refuse(qr_errc::zero_length);
    if (*characters > most_characters) return refuse(qr_errc::value_too_long);
    for (auto& object : objects_) {
        if (object.id == id) {
            object.value = value;
            return {};
        }
    }
    objects_.push_back({id, std::string(value)});
    return {};
}

void mpm_level::erase(std::uint8_t id) noexcept {
    std::erase_if(objects_, [&](const mpm_object& object) { return object.id == id; });
}

std::string mpm_level::to_text() const {
    std::string text;
    for (const auto& object : objects_) {
        append_two_digits(text, object.id);
        append_two_digits(text, utf8_length(object.value).value_or(0));
        text += object.value;
    }
    return text;
}

mpm_payload::mpm_payload() {
    (void)level_.set(mpm_id::format, "01");
}

result<mpm_payload> mpm_payload::parse(std::string_view text, mpm_reading how) {
    const bool exact = how == mpm_reading::exact;
    if (!exact) text = trimmed(text);
    mpm_payload payload;
    CIPHERLANE_TRY(payload.level_, mpm_level::parse(text));
    const auto& objects = payload.level_.objects();
    if (objects.empty() || objects.front().id != mpm_id::format) {
        return fault(qr_errc::no_format_first, path_of({}, mpm_id::format), 0);
    }
    const auto& last = objects.back();
    const bool crc_last = last.id == mpm_id::crc && utf8_length(last.value) == 4U;
    if (exact && !crc_last) return fault(qr_errc::no_crc_last, path_of({}, mpm_id::crc), text.size());
    if (exact) {
        std::size_t at = 0;
        for (const auto& object : objects) {
            at += header_size;
            if (must_be_template(object.id)) {
                CIPHERLANE_CHECK(mpm_level::parse(object.value, path_of({}, object.id), at));
            }
            at += object.value.size();
        }
    }
    if (!payload.level_.find(mpm_id::crc)) {
        payload.crc_ = mpm_crc::absent;
    } else if (!crc_last || !same_hex(last.value, crc_text(text.substr(0, text.size() - last.value.size())))) {
        if (exact) return fault(qr_errc::crc_mismatch, path_of({}, mpm_id::crc), text.size() - last.value.size());
        payload.crc_ = mpm_crc::wrong;
    }
    payload.level_.erase(mpm_id::crc);
    return payload;
}

std::optional<mpm_level> mpm_payload::sub_level(std::uint8_t id) const {
    const auto value = level_.find(id);
    if (!value) return std::nullopt;
    auto inside = mpm_level::parse(*value);
    if (!inside) return std::nullopt;
    return *std::move(inside);
}

std::optional<std::string> mpm_payload::find(std::uint8_t id, std::uint8_t sub) const {
    const auto inside = sub_level(id);
    if (!inside) return std::nullopt;
    const auto value = inside->find(sub);
    if (!value) return std::nullopt;
    return std::string(*value);
}

result<void> mpm_payload::set(std::uint8_t id, std::string_view value) {
    if (id == mpm_id::crc) return error(qr_errc::bad_value, layer::qr).during("write MPM").in_field("63");
    return level_.set(id, value);
}

result<void> mpm_payload::set(std::uint8_t id, std::uint8_t sub, std::string_view value) {
    mpm_level inside;
    if (const auto there = level_.find(id)) {
        CIPHERLANE_TRY(inside, mpm_level::parse(*there, path_of({}, id)));
    }
    CIPHERLANE_CHECK(inside.set(sub, value));
    return set(id, inside.to_text());
}

std::string mpm_payload::to_text() const {
    std::string text = level_.to_text();
    append_two_digits(text, mpm_id::crc);
    append_two_digits(text, 4);
    text += crc_text(text);
    return text;
}

} // namespace cipherlane::qr
