#include "arguments.hpp"
#include "json_text.hpp"

#include <cipherlane/c/qr.h>
#include <cipherlane/qr/code_kind.hpp>
#include <cipherlane/qr/mpm_check.hpp>
#include <cipherlane/qr/render.hpp>
#include <cipherlane/qr/symbol.hpp>

#include <array>

namespace cipherlane::c {
namespace {

namespace json = boost::json;

constexpr std::array rule_words{std::string_view("missing"), std::string_view("zero"), std::string_view("too_long"),
    std::string_view("wrong_size"), std::string_view("bad_value"), std::string_view("combination"),
    std::string_view("reserved"), std::string_view("no_template"), std::string_view("crc")};
static_assert(rule_words.size() == static_cast<std::size_t>(qr::mpm_rule::crc) + 1);

/// Two digits, as payloads have them.
std::string id_text(std::uint8_t id) {
    return {static_cast<char>('0' + id / 10), static_cast<char>('0' + id % 10)};
}

result<std::uint8_t> id_in(std::string_view text) {
    const auto digit = [](char c) { return c >= '0' && c <= '9'; };
    if (text.size() != 2 || !digit(text[0]) || !digit(text[1])) return refuse(c_errc::bad_argument, text);
    return static_cast<std::uint8_t>((text[0] - '0') * 10 + (text[1] - '0'));
}

result<std::string_view> object_text(const json::value& value, std::string_view path) {
    const auto* const text = value.if_string();
    if (text == nullptr) return refuse(c_errc::bad_argument, path);
    return std::string_view(*text);
}

result<void> put(qr::mpm_payload& to, std::string_view key, const json::value& value) {
    CIPHERLANE_TRY(const auto id, id_in(key));
    const auto* const inside = value.if_object();
    if (inside == nullptr) {
        CIPHERLANE_TRY(const auto text, object_text(value, key));
        return to.set(id, text);
    }
    for (const auto& [sub_key, sub_value] : *inside) {
        CIPHERLANE_TRY(const auto sub, id_in(sub_key));
        CIPHERLANE_TRY(const auto text, object_text(sub_value, sub_key));
        CIPHERLANE_CHECK(to.set(id, sub, text));
    }
    return {};
}

/// Templates of merchants' accounts and of additional data, by the specification's ranges.
bool may_be_template(std::uint8_t id) {
    return (id >= qr::mpm_id::first_template && id <= qr::mpm_id::last_template) || id == qr::mpm_id::additional ||
           id == qr::mpm_id::language || id >= 80;
}

json::object fields_of(const qr::mpm_payload& payload) {
    json::object made;
    for (const auto& one : payload.level().objects()) {
        const auto inside = may_be_template(one.id) ? payload.sub_level(one.id) : std::nullopt;
        if (!inside) {
            made[id_text(one.id)] = one.value;
            continue;
        }
        json::object sub;
        for (const auto& each : inside->objects())
            sub[id_text(each.id)] = each.value;
        made[id_text(one.id)] = std::move(sub);
    }
    return made;
}

} // namespace
} // namespace cipherlane::c

using namespace cipherlane;
using namespace cipherlane::c;

cipherlane_condition cipherlane_qr_encode(const char* json, cipherlane_buffer* text, cipherlane_status* why) {
    return guard(why, [&]() -> result<void> {
        CIPHERLANE_TRY(const auto in, text_of(json, "json"));
        CIPHERLANE_TRY(const auto fields, parse_object(in, "json"));
        qr::mpm_payload payload;
        for (const auto& [key, value] : fields)
            CIPHERLANE_CHECK(put(payload, key, value));
        return give_text(payload.to_text(), text, "text");
    });
}

cipherlane_condition cipherlane_qr_decode(const char* text, cipherlane_buffer* json, cipherlane_status* why) {
    return guard(why, [&]() -> result<void> {
        CIPHERLANE_TRY(const auto in, text_of(text, "text"));
        CIPHERLANE_TRY(const auto payload, qr::mpm_payload::parse(in));
        return give_text(boost::json::serialize(fields_of(payload)), json, "json");
    });
}

cipherlane_condition cipherlane_qr_check(const char* text, cipherlane_buffer* json, cipherlane_status* why) {
    return guard(why, [&]() -> result<void> {
        CIPHERLANE_TRY(const auto in, text_of(text, "text"));
        CIPHERLANE_TRY(const auto payload, qr::mpm_payload::parse(in, qr::mpm_reading::lenient));
        boost::json::array rows;
        for (const auto& each : qr::check_mpm(payload)) {
            rows.push_back({{"rule", rule_words[static_cast<std::size_t>(each.rule)]},
                {"objects", boost::json::value_from(each.objects)}, {"text", each.text}});
        }
        return give_text(boost::json::serialize(rows), json, "json");
    });
}

cipherlane_condition cipherlane_qr_kinds(const char* text, cipherlane_buffer* kinds, cipherlane_status* why) {
    return guard(why, [&]() -> result<void> {
        CIPHERLANE_TRY(const auto in, text_of(text, "text"));
        std::string lines;
        for (const auto each : qr::kinds_of(in))
            lines.append(to_string(each)).append("\n");
        return give_text(lines, kinds, "kinds");
    });
}

cipherlane_condition cipherlane_qr_png(
    const char* text, int32_t scale, cipherlane_buffer* png, cipherlane_status* why) {
    return guard(why, [&]() -> result<void> {
        CIPHERLANE_TRY(const auto in, text_of(text, "text"));
        if (scale < 1 || scale > 64) return refuse(c_errc::bad_argument, "scale");
        CIPHERLANE_TRY(const auto made, qr::symbol::encode(in));
        CIPHERLANE_TRY(const auto file, qr::render_png(made.modules(), static_cast<std::size_t>(scale)));
        return give(file, png, "png");
    });
}

cipherlane_condition cipherlane_qr_modules(
    const char* text, cipherlane_buffer* modules, size_t* side, cipherlane_status* why) {
    return guard(why, [&]() -> result<void> {
        CIPHERLANE_TRY(const auto in, text_of(text, "text"));
        CIPHERLANE_CHECK(need(side, "side"));
        CIPHERLANE_TRY(const auto made, qr::symbol::encode(in));
        const auto& all = made.modules();
        *side = all.size();
        bytes rows;
        for (std::size_t y = 0; y < all.size(); ++y) {
            for (std::size_t x = 0; x < all.size(); ++x)
                rows.push_back(all.dark(x, y) ? 1 : 0);
        }
        return give(rows, modules, "modules");
    });
}
