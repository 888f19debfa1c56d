#include "fail.hpp"

#include <cipherlane/core/errc.hpp>
#include <cipherlane/iso8583/sign_in_keys.hpp>

#include <algorithm>
#include <array>
#include <charconv>

namespace cipherlane::iso8583 {
namespace {

constexpr sign_in_layout layouts[] = {
    {.tpk = 8, .tak = 8},
    {},
    {.tdk = 16},
    {.tdk = 16, .tdk_check = 4},
    {.tpk = 24, .tak = 24, .tdk = 24, .tdk_check = 4},
};

static_assert(layouts[0].size() == 24 && layouts[1].size() == 40 && layouts[2].size() == 56 &&
              layouts[3].size() == 60 && layouts[4].size() == 84);

sign_in_key take(byte_view& rest, std::size_t key, std::size_t check) {
    auto cryptogram = rest.first(key);
    const auto check_value = rest.subspan(key, check);
    rest = rest.subspan(key + check);
    // A slot longer than its key is filled with zeros, eight at a time.
    while (
        cryptogram.size() > 8 && std::all_of(cryptogram.end() - 8, cryptogram.end(), [](auto b) { return b == 0; })) {
        cryptogram = cryptogram.first(cryptogram.size() - 8);
    }
    return {.cryptogram = {cryptogram.begin(), cryptogram.end()},
        .check_value = {check_value.begin(), check_value.end()}};
}

result<void> put(bytes& to, const sign_in_key& key, std::size_t slot, std::size_t check, std::string_view path) {
    const auto size = key.cryptogram.size();
    if (size > slot || size % 8 != 0 || (size == 0) != (slot == 0) || key.check_value.size() != check) {
        return error(core_errc::wrong_length, layer::iso8583).during("sub-fields").in_field(path);
    }
    to.insert(to.end(), key.cryptogram.begin(), key.cryptogram.end());
    to.resize(to.size() + slot - size);
    to.insert(to.end(), key.check_value.begin(), key.check_value.end());
    return {};
}

} // namespace

std::span<const sign_in_layout> sign_in_layouts() noexcept {
    return layouts;
}

result<sign_in_layout> sign_in_layout::parse(std::string_view words) {
    const auto bad = [] { return fail(iso8583_errc::bad_subfield, "sign-in division", "62", 0); };
    std::array<std::uint8_t, 6> sizes{};
    std::size_t read = 0;
    if (words.ends_with(' ')) return bad();
    while (!words.empty()) {
        // Key, "+", check value; blanks between the keys.
        const char ends = read % 2 == 0 ? '+' : ' ';
        const auto end = std::min(words.find(ends), words.size());
        const auto digits = words.substr(0, end);
        if (read == sizes.size()) return bad();
        const auto [last, failed] = std::from_chars(digits.data(), digits.data() + digits.size(), sizes[read]);
        if (failed != std::errc() || last != digits.data() + digits.size()) return bad();
        const bool key = read % 2 == 0;
        const auto size = sizes[read++];
        if (key ? size != 8 && size != 16 && size != 24 : size > 16) return bad();
        words.remove_prefix(std::min(words.size(), end + 1));
    }
    if (read != 4 && read != 6) return bad();
    return sign_in_layout{sizes[0], sizes[1], sizes[2], sizes[3], sizes[4], sizes[5]};
}

result<sign_in_keys> sign_in_keys::parse(byte_view field62) {
    for (const auto& layout : layouts) {
        if (layout.size() == field62.size()) return parse(field62, layout);
    }
    return fail(iso8583_errc::bad_subfield, "sub-fields", "62", 0);
}

result<sign_in_keys> sign_in_keys::parse(byte_view field62, const sign_in_layout& layout) {
    if (field62.size() != layout.size()) return fail(iso8583_errc::bad_subfield, "sub-fields", "62", 0);
    sign_in_keys out;
    auto rest = field62;
    out.tpk = take(rest, layout.tpk, layout.tpk_check);
    out.tak = take(rest, layout.tak, layout.tak_check);
    if (layout.tdk != 0) out.tdk = take(rest, layout.tdk, layout.tdk_check);
    return out;
}

result<bytes> sign_in_keys::to_field62(const sign_in_layout& layout) const {
    bytes out;
    out.reserve(layout.size());
    CIPHERLANE_CHECK(put(out, tpk, layout.tpk, layout.tpk_check, "62/TPK"));
    CIPHERLANE_CHECK(put(out, tak, layout.tak, layout.tak_check, "62/TAK"));
    if (tdk.has_value() != (layout.tdk != 0)) {
        return error(core_errc::wrong_length, layer::iso8583).during("sub-fields").in_field("62/TDK");
    }
    if (tdk) CIPHERLANE_CHECK(put(out, *tdk, layout.tdk, layout.tdk_check, "62/TDK"));
    return out;
}

} // namespace cipherlane::iso8583
