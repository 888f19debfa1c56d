#include "iso8583_json.hpp"

#include "json_text.hpp"

#include <cipherlane/core/gbk.hpp>
#include <cipherlane/core/hex.hpp>
#include <cipherlane/iso8583/envelope.hpp>
#include <cipherlane/iso8583/errc.hpp>

#include <algorithm>
#include <charconv>

namespace cipherlane::c {
namespace {

namespace json = boost::json;

error refuse_json(iso8583_errc why, std::string_view path) {
    return error(why, layer::iso8583).during("read JSON").in_field(path);
}

json::value field_to_json(const iso8583::message_view& what, int number) {
    const auto value = what.value(number);
    const auto as_hex = [&] { return to_hex(as_bytes(value)); };
    switch (what.format().field(number).kind) {
    case iso8583::kind::binary: return json::string(as_hex());
    case iso8583::kind::gbk:
        if (const auto text = gbk_to_utf8(as_bytes(value))) return json::string(*text);
        return json::object{{"hex", as_hex()}};
    default: return json::string(value);
    }
}

json::object pieces_of(const iso8583::message_view& what) {
    json::object pieces;
    iso8583::header_reader reader(what.format().envelope, what.header_bytes());
    while (const auto found = reader.next()) {
        const bool text = found->piece->form == iso8583::piece_form::text;
        pieces[found->piece->name] = text ? std::string(as_text(found->bytes)) : to_hex(found->bytes);
    }
    return pieces;
}

result<std::string> text_in(const json::value& value, std::string_view path) {
    const auto* const text = value.if_string();
    if (text == nullptr) return refuse_json(iso8583_errc::bad_character, path);
    return std::string(text->data(), text->size());
}

result<bytes> hex_in(const json::value& value, std::string_view path) {
    CIPHERLANE_TRY(const auto digits, text_in(value, path));
    auto data = from_hex(digits);
    if (!data) return error(data.error()).in_field(path);
    return std::move(*data);
}

result<void> put_field(
    iso8583::message& to, const iso8583::dialect& format, std::string_view key, const json::value& value) {
    int number = 0;
    const auto [end, failed] = std::from_chars(key.data(), key.data() + key.size(), number);
    if (failed != std::errc{} || end != key.data() + key.size() || !format.has(number))
        return refuse_json(iso8583_errc::unknown_field, key);
    const auto* const object = value.if_object();
    const auto* const hex = object == nullptr || object->size() != 1 ? nullptr : object->if_contains("hex");
    if (hex != nullptr || format.field(number).kind == iso8583::kind::binary) {
        CIPHERLANE_TRY(const auto data, hex_in(hex != nullptr ? *hex : value, key));
        to.set(number, byte_view(data));
        return {};
    }
    CIPHERLANE_TRY(auto text, text_in(value, key));
    if (format.field(number).kind == iso8583::kind::gbk) {
        auto wire = utf8_to_gbk(text);
        if (!wire) return refuse_json(iso8583_errc::bad_text, key).at_offset(wire.error().offset().value_or(0));
        text = std::move(*wire);
    }
    if (text.size() > iso8583::max_field_units) return refuse_json(iso8583_errc::too_long, key);
    to.set(number, std::string_view(text));
    return {};
}

result<void> put_pieces(iso8583::message& to, const iso8583::envelope_spec& outer, const json::value& value) {
    const auto* const given = value.if_object();
    if (given == nullptr) return refuse_json(iso8583_errc::bad_header, "header");
    bytes all;
    std::size_t used = 0;
    for (const auto& piece : outer.pieces) {
        const auto* const one = given->if_contains(piece.name);
        if (one == nullptr) {
            if (piece.presence == iso8583::piece_presence::where_it_begins) continue;
            return refuse_json(iso8583_errc::missing_field, piece.name);
        }
        if (piece.form == iso8583::piece_form::text) {
            CIPHERLANE_TRY(const auto text, text_in(*one, piece.name));
            all.insert(all.end(), text.begin(), text.end());
        } else {
            CIPHERLANE_TRY(const auto data, hex_in(*one, piece.name));
            all.insert(all.end(), data.begin(), data.end());
        }
        ++used;
    }
    if (used != given->size()) return refuse_json(iso8583_errc::unknown_field, "header");
    to.set_header_pieces(all);
    return {};
}

result<void> put_mti(iso8583::message& to, const json::value& value) {
    CIPHERLANE_TRY(const auto digits, text_in(value, "mti"));
    if (digits.size() != 4) return refuse_json(iso8583_errc::bad_mti, "mti");
    to.set_mti(digits);
    return {};
}

result<void> put_tpdu(iso8583::message& to, const json::value& value) {
    CIPHERLANE_TRY(const auto digits, text_in(value, "tpdu"));
    CIPHERLANE_TRY(const auto parsed, iso8583::tpdu::parse(digits));
    to.set_tpdu(parsed);
    return {};
}

result<void> put_header(iso8583::message& to, const iso8583::envelope_spec& outer, const json::value& value) {
    if (!outer.pieces.empty()) return put_pieces(to, outer, value);
    CIPHERLANE_TRY(const auto digits, text_in(value, "header"));
    if (digits.size() != std::size_t{outer.header} * 2) return refuse_json(iso8583_errc::bad_header, "header");
    to.set_header(digits);
    return {};
}

result<void> put_monitor(iso8583::message& to, const json::value& value) {
    CIPHERLANE_TRY(const auto data, hex_in(value, "lri"));
    if (data.size() != iso8583::lri_bytes) return refuse_json(iso8583_errc::bad_header, "lri");
    to.set_monitor_header(data);
    return {};
}

result<void> put_trailer(iso8583::message& to, const iso8583::envelope_spec& outer, const json::value& value) {
    CIPHERLANE_TRY(const auto data, hex_in(value, "trailer"));
    if (data.size() != outer.trailer) return refuse_json(iso8583_errc::bad_trailer, "trailer");
    to.set_trailer(data);
    return {};
}

result<void> put_bitmaps(iso8583::message& to, const iso8583::dialect& format, const json::value& value) {
    const auto* const number = value.if_int64();
    if (number == nullptr || *number < 0 || *number > format.bitmaps)
        return refuse_json(iso8583_errc::bad_bitmap, "bitmaps");
    to.set_bitmaps(static_cast<int>(*number));
    return {};
}

result<void> put_fields(iso8583::message& to, const iso8583::dialect& format, const json::value& value) {
    const auto* const fields = value.if_object();
    if (fields == nullptr) return refuse_json(iso8583_errc::bad_character, "fields");
    for (const auto& [number, field] : *fields)
        CIPHERLANE_CHECK(put_field(to, format, number, field));
    return {};
}

result<void> put_key(
    iso8583::message& to, const iso8583::dialect& format, std::string_view key, const json::value& value) {
    const auto& outer = format.envelope;
    const bool has_header = outer.header != 0 || !outer.pieces.empty();
    if (key == "fields") return put_fields(to, format, value);
    if (key == "mti") return put_mti(to, value);
    if (key == "bitmaps") return put_bitmaps(to, format, value);
    if (key == "tpdu" && outer.tpdu != 0) return put_tpdu(to, value);
    if (key == "header" && has_header) return put_header(to, outer, value);
    if (key == "lri" && outer.monitor != iso8583::monitor_header::none) return put_monitor(to, value);
    if (key == "trailer" && outer.trailer != 0 && outer.trailer_is.empty()) return put_trailer(to, outer, value);
    return refuse_json(iso8583_errc::unknown_field, key);
}

} // namespace

std::string to_json(const iso8583::message_view& what) {
    json::object out;
    const auto& envelope = what.format().envelope;
    if (what.has_tpdu()) out["tpdu"] = what.tpdu().to_string();
    if (!what.monitor_header().empty()) out["lri"] = to_hex(what.monitor_header());
    if (envelope.header != 0 && !what.header_bytes().empty()) out["header"] = what.header();
    if (!envelope.pieces.empty()) {
        if (auto pieces = pieces_of(what); !pieces.empty()) out["header"] = std::move(pieces);
    }
    if (!what.trailer().empty() && envelope.trailer_is.empty()) out["trailer"] = to_hex(what.trailer());
    const int usual = std::max(what.fields().bitmaps(), int{what.format().bitmaps_sent});
    if (what.bitmaps() != 0 && what.bitmaps() != usual) out["bitmaps"] = what.bitmaps();
    out["mti"] = what.mti();
    json::object fields;
    for (const int number : what.fields())
        fields[std::to_string(number)] = field_to_json(what, number);
    out["fields"] = std::move(fields);
    return json::serialize(out);
}

result<iso8583::message> from_json(const iso8583::dialect& format, std::string_view text) {
    CIPHERLANE_TRY(const auto whole, parse_object(text, "json"));
    iso8583::message out;
    for (const auto& [key, value] : whole)
        CIPHERLANE_CHECK(put_key(out, format, key, value));
    if (!whole.contains("fields")) return refuse_json(iso8583_errc::missing_field, "fields");
    if (format.envelope.tpdu != 0 && !whole.contains("tpdu")) return refuse_json(iso8583_errc::missing_field, "tpdu");
    return out;
}

} // namespace cipherlane::c
