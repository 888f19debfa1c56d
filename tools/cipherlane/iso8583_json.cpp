#include "cipherlane/iso8583_json.hpp"

#include <cipherlane/core/gbk.hpp>
#include <cipherlane/core/hex.hpp>
#include <cipherlane/core/nearest_word.hpp>
#include <cipherlane/core/printable_text.hpp>
#include <cipherlane/iso8583/envelope.hpp>
#include <cipherlane/iso8583/errc.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <span>

namespace cipherlane::cli {
namespace {

using iso8583::header_reader;
using nlohmann::json;
using nlohmann::ordered_json;

error refuse(iso8583_errc why, std::string_view path) {
    return error(why, layer::tools).during("read JSON").in_field(path);
}

std::string kind_words(const json& value) {
    if (value.is_string()) return "\"" + printable_text(value.get<std::string>(), 24) + "\"";
    return value.is_number() ? "a number" : value.is_array() ? "a list" : value.is_object() ? "an object" : "no text";
}

error refuse(iso8583_errc why, std::string_view path, const std::string& hint) {
    return refuse(why, path).with_hint(hint);
}

error refuse_hex(const error& why, std::string_view path) {
    return error(why).in_field(path).with_hint("expected hex digits, two a byte");
}

ordered_json field_to_json(const iso8583::message_view& what, int number) {
    const auto value = what.value(number);
    switch (what.format().field(number).kind) {
    case iso8583::kind::binary: return to_hex(as_bytes(value));
    case iso8583::kind::gbk:
        if (auto text = gbk_to_utf8(as_bytes(value))) return *text;
        return ordered_json{{"hex", to_hex(as_bytes(value))}};
    default: return value;
    }
}

result<void> put_hex(iso8583::message& to, int number, const std::string& key, const std::string& digits) {
    auto data = from_hex(digits);
    if (!data) return refuse_hex(data.error(), key);
    to.set(number, byte_view(*data));
    return {};
}

result<void> put_field(
    iso8583::message& to, const iso8583::dialect& format, const std::string& key, const json& value) {
    int number = 0;
    const auto [end, failed] = std::from_chars(key.data(), key.data() + key.size(), number);
    if (failed != std::errc{} || end != key.data() + key.size() || !format.has(number)) {
        return refuse(iso8583_errc::unknown_field, key, "expected the number of a field that the dialect has");
    }
    if (value.is_object() && value.size() == 1 && value.contains("hex") && value["hex"].is_string()) {
        return put_hex(to, number, key, value["hex"].get<std::string>());
    }
    if (!value.is_string()) {
        return refuse(
            iso8583_errc::bad_character, key, "found " + kind_words(value) + ", expected text in quotation marks");
    }
    const auto& text = value.get_ref<const std::string&>();
    switch (format.field(number).kind) {
    case iso8583::kind::binary: return put_hex(to, number, key, text);
    case iso8583::kind::gbk: {
        auto wire = utf8_to_gbk(text);
        if (!wire) {
            return refuse(iso8583_errc::bad_text, key, "a character that GBK does not have")
                .at_offset(wire.error().offset().value_or(0));
        }
        to.set(number, std::string_view(*wire));
        return {};
    }
    default: break;
    }
    const auto& spec = format.field(number);
    const bool filled = spec.padding == iso8583::padding::right_space;
    if (text.size() > spec.max || (text.size() < spec.min && !filled)) {
        return refuse(text.size() > spec.max ? iso8583_errc::too_long : iso8583_errc::too_short, key,
            "found " + std::to_string(text.size()) + " characters, expected " + std::to_string(spec.min) +
                (spec.min == spec.max ? "" : " to " + std::to_string(spec.max)));
    }
    to.set(number, std::string_view(text));
    return {};
}

/// The pieces of a header by name, in the dialect's order: text as it is, others in hex.
result<void> put_pieces(iso8583::message& to, const iso8583::envelope_spec& outer, const json& value) {
    if (!value.is_object()) return refuse(iso8583_errc::bad_header, "header");
    bytes all;
    std::size_t used = 0;
    for (const auto& piece : outer.pieces) {
        const auto given = value.find(std::string(piece.name));
        if (given == value.end()) {
            if (piece.presence == iso8583::piece_presence::where_it_begins) continue;
            return refuse(iso8583_errc::missing_field, piece.name);
        }
        if (!given->is_string()) return refuse(iso8583_errc::bad_header, piece.name);
        const auto& text = given->get_ref<const std::string&>();
        if (piece.form == iso8583::piece_form::text) {
            all.insert(all.end(), text.begin(), text.end());
        } else {
            auto data = from_hex(text);
            if (!data) return std::move(data).error().in_field(piece.name);
            all.insert(all.end(), data->begin(), data->end());
        }
        ++used;
    }
    if (used != value.size()) return refuse(iso8583_errc::unknown_field, "header");
    to.set_header_pieces(all);
    return {};
}

} // namespace

ordered_json to_json(const iso8583::message_view& what) {
    ordered_json out = ordered_json::object();
    const auto& envelope = what.format().envelope;
    if (what.has_tpdu()) out["tpdu"] = what.tpdu().to_string();
    if (!what.monitor_header().empty()) out["lri"] = to_hex(what.monitor_header());
    if (envelope.header != 0 && !what.header_bytes().empty()) out["header"] = what.header();
    header_reader pieces(envelope, what.header_bytes());
    while (const auto found = pieces.next()) {
        const bool text = found->piece->form == iso8583::piece_form::text;
        out["header"][std::string(found->piece->name)] =
            text ? std::string(as_text(found->bytes)) : to_hex(found->bytes);
    }
    if (!what.trailer().empty() && envelope.trailer_is.empty()) out["trailer"] = to_hex(what.trailer());
    const int usual = std::max(what.fields().bitmaps(), int{what.format().bitmaps_sent});
    if (what.bitmaps() != 0 && what.bitmaps() != usual) out["bitmaps"] = what.bitmaps();
    out["mti"] = std::string(what.mti());
    auto& fields = out["fields"] = ordered_json::object();
    for (const int number : what.fields())
        fields[std::to_string(number)] = field_to_json(what, number);
    return out;
}

namespace {

constexpr std::array<std::string_view, 7> words{"tpdu", "lri", "header", "trailer", "bitmaps", "mti", "fields"};
constexpr std::string_view allowed_words = "allowed: tpdu, lri, header, trailer, bitmaps, mti, fields";

bool has_word(std::span<const std::string_view> all, std::string_view word) {
    return std::find(all.begin(), all.end(), word) != all.end();
}

} // namespace

result<iso8583::message> from_json(const iso8583::dialect& format, const json& what) {
    if (!what.is_object()) {
        return refuse(iso8583_errc::bad_character, "",
            "found " + kind_words(what) + ", expected an object with mti and fields, as decode writes it");
    }
    iso8583::message out;
    bool has_fields = false;
    for (const auto& [key, value] : what.items()) {
        if (key == "fields" && value.is_object()) {
            has_fields = true;
            for (const auto& [number, field] : value.items())
                CIPHERLANE_CHECK(put_field(out, format, number, field));
            continue;
        }
        if (key == "header" && !format.envelope.pieces.empty()) {
            CIPHERLANE_CHECK(put_pieces(out, format.envelope, value));
            continue;
        }
        if (key == "bitmaps" && value.is_number_unsigned() && value.get<unsigned>() <= format.bitmaps) {
            out.set_bitmaps(value.get<int>());
            continue;
        }
        if (!has_word(words, key)) {
            const auto near = nearest_word(key, words);
            return refuse(iso8583_errc::unknown_field, key,
                (near.empty() ? "" : "did you mean " + std::string(near) + "? ") + std::string(allowed_words));
        }
        if (!value.is_string()) {
            return refuse(iso8583_errc::bad_character, key,
                "found " + kind_words(value) + ", expected " +
                    (key == "fields" ? "an object of numbers and values" : "text in quotation marks"));
        }
        const auto& text = value.get_ref<const std::string&>();
        if (key == "tpdu" && format.envelope.tpdu != 0) {
            const auto parsed = iso8583::tpdu::parse(text);
            if (!parsed) {
                return error(parsed.error())
                    .in_field(key)
                    .with_hint("found " + kind_words(value) + ", expected ten digits, the first two 60");
            }
            out.set_tpdu(*parsed);
        } else if (key == "header" && format.envelope.header != 0) {
            const auto size = std::size_t{format.envelope.header} * 2;
            if (text.size() != size) {
                return refuse(iso8583_errc::bad_header, key,
                    "found " + std::to_string(text.size()) + " digits, expected " + std::to_string(size));
            }
            out.set_header(text);
        } else if (key == "lri" && format.envelope.monitor != iso8583::monitor_header::none) {
            auto data = from_hex(text);
            if (!data || data->size() != iso8583::lri_bytes) return refuse(iso8583_errc::bad_header, key);
            out.set_monitor_header(*data);
        } else if (key == "trailer" && format.envelope.trailer != 0 && format.envelope.trailer_is.empty()) {
            auto data = from_hex(text);
            if (!data || data->size() != format.envelope.trailer) return refuse(iso8583_errc::bad_trailer, key);
            out.set_trailer(*data);
        } else if (key == "mti") {
            if (text.size() != 4)
                return refuse(iso8583_errc::bad_mti, key, "found " + kind_words(value) + ", expected four digits");
            out.set_mti(text);
        } else {
            return refuse(iso8583_errc::unknown_field, key);
        }
    }
    if (!has_fields) return refuse(iso8583_errc::missing_field, "fields");
    if (format.envelope.tpdu != 0 && !what.contains("tpdu")) return refuse(iso8583_errc::missing_field, "tpdu");
    return out;
}

} // namespace cipherlane::cli
