#include "cup_words.hpp"

#include <cipherlane/core/amount.hpp>
#include <cipherlane/core/gbk.hpp>
#include <cipherlane/core/hex.hpp>
#include <cipherlane/core/pan.hpp>
#include <cipherlane/core/personal_text.hpp>
#include <cipherlane/core/printable_text.hpp>
#include <cipherlane/core/secret_bytes.hpp>
#include <cipherlane/iso8583/composite.hpp>
#include <cipherlane/iso8583/describe.hpp>
#include <cipherlane/iso8583/envelope.hpp>
#include <cipherlane/iso8583/field48.hpp>
#include <cipherlane/iso8583/field62.hpp>
#include <cipherlane/iso8583/field63.hpp>
#include <cipherlane/iso8583/sign_in_keys.hpp>

#include <algorithm>
#include <map>

namespace cipherlane::iso8583 {
namespace {

constexpr int deepest = 4;

/// How much is shown, and how much forgiven inside a field.
struct manner {
    reveal show;
    reading read;
};

using row_list = std::vector<described_row>;

/// One row; its whole path is put together in the end.
void line(row_list& out, std::optional<std::size_t> offset, int depth, std::string_view path, std::string_view name,
    std::string_view value) {
    out.push_back(
        {offset, depth, std::string(path), std::string(path), std::string(name), std::string(value), false});
}

std::string quoted(byte_view value) {
    const auto text = gbk_to_utf8(value);
    return text ? "\"" + printable_text(*text, std::string::npos) + "\"" : "hex " + to_hex(value);
}

std::string hidden(std::size_t size, kind what) {
    const bool digits = what == kind::digits || what == kind::track;
    const std::string_view unit = digits ? " digits]" : what == kind::binary ? " bytes]" : " characters]";
    return "[" + std::to_string(size) + std::string(unit);
}

/// Whether a value may be more than its name says: text or bytes of no fixed length may hold anything.
enum class span_of : std::uint8_t { fixed, free };

/// A text with the numbers of cards and persons masked.
std::string without_persons(byte_view value) {
    if (auto whole = masked_personal(as_text(value))) return quoted(as_bytes(*whole));
    const auto masked = masked_numbers(as_text(value));
    return quoted(as_bytes(masked));
}

std::string shown(byte_view value, kind what, mask hide, reveal how, span_of length = span_of::fixed) {
    if (how == reveal::masked && hide == mask::pan) return mask_pan(as_text(value));
    if (how == reveal::masked && hide != mask::none) return hidden(value.size(), what);
    const bool searched = how == reveal::masked && length == span_of::free;
    if (searched && what == kind::binary) return holds_personal(value) ? masked_hex(value) : to_hex(value);
    if (searched && (what == kind::alnum || what == kind::text || what == kind::gbk)) return without_persons(value);
    switch (what) {
    case kind::binary: return to_hex(value);
    case kind::alnum:
    case kind::text:
    case kind::gbk: return quoted(value);
    default: return std::string(as_text(value));
    }
}

void parts(row_list& out, const composite_spec& spec, byte_view value, mask outer, manner how, int depth) {
    composite_reader reader(spec, value, how.read);
    while (true) {
        const auto part = reader.next();
        if (!part) {
            auto words = part.error().code().message();
            if (!part.error().hint().empty()) words.append("; ").append(part.error().hint());
            line(out, {}, depth, part.error().field(), "wrong from here on", words);
            return;
        }
        if (!*part) return;
        const auto& found = **part;
        const auto* row = found.spec;
        // Where the whole may hold card data, a tag without a row may be it.
        const bool unnamed_secret = row == nullptr && outer == mask::secret;
        const auto what = row != nullptr ? row->kind : kind::binary;
        const auto hide = row != nullptr ? row->mask : unnamed_secret ? mask::secret : mask::none;
        const auto name = row != nullptr ? row->name : std::string_view("?");
        if (row != nullptr && row->inside != nullptr && depth < deepest) {
            line(out, {}, depth, found.tag.view(), name, "");
            parts(out, *row->inside, found.value, hide, how, depth + 1);
        } else {
            const auto text = subfield_text(found);
            const bool unnamed = row == nullptr && how.show == reveal::masked && hide == mask::none;
            const auto length = row != nullptr && row->min == row->max ? span_of::fixed : span_of::free;
            line(out, {}, depth, found.tag.view(), name,
                unnamed ? masked_unnamed(found.value) : shown(as_bytes(text), what, hide, how.show, length));
        }
    }
}

void totals(row_list& out, std::string_view name, const card_totals& of) {
    const auto money = [](std::int64_t minor, unsigned count) {
        return amount(minor).to_string() + " in " + std::to_string(count);
    };
    constexpr std::string_view verdicts[] = {"not judged", "balanced", "not balanced", "error"};
    line(out, {}, 1, "", name,
        "debit " + money(of.debit_amount, of.debit_count) + ", credit " + money(of.credit_amount, of.credit_count) +
            ", " + std::string(verdicts[static_cast<std::size_t>(of.verdict)]));
}

bool is_cup_pos(const message_view& what) noexcept {
    return what.format().name.starts_with("cup-pos");
}

/// The keys of a sign-in answer: sizes and check values.
void keys(row_list& out, const sign_in_keys& all, reveal how) {
    const auto one = [&](std::string_view name, const sign_in_key& key) {
        auto text = shown(key.cryptogram, kind::binary, mask::secret, how);
        if (!key.check_value.empty()) text.append(", check value ").append(to_hex(key.check_value));
        line(out, {}, 1, "", name, text);
    };
    one("PIN key", all.tpk);
    one("MAC key", all.tak);
    if (all.tdk) one("track key", *all.tdk);
}

/// Fields whose meaning depends on the message: true if they were printed.
bool special(row_list& out, const message_view& what, int number, const std::string& value, manner how) {
    if (!is_cup_pos(what)) return false;
    if (number == 48 && what.mti().substr(0, 2) == "05") {
        const auto read = settlement_totals::parse(value);
        if (!read) return false;
        line(out, what.offset(48), 0, "48", "settlement totals", value);
        totals(out, "domestic cards", read->domestic);
        totals(out, "foreign cards", read->foreign);
        return true;
    }
    if (number == 62 && what.equals(52, std::string_view("\0\0\0\0\0\0\0\0", 8)) && read_sm4_pin(as_bytes(value))) {
        line(out, what.offset(62), 0, "62", "SM4 PIN and other uses", "");
        parts(out, field62_tlv_format(), as_bytes(value), mask::secret, how, 1);
        return true;
    }
    if (number == 62 && what.mti() == "0810") {
        const auto read = sign_in_keys::parse(as_bytes(value));
        if (!read) return false;
        line(out, what.offset(62), 0, "62", "working keys", hidden(value.size(), kind::binary));
        keys(out, *read, how.show);
        return true;
    }
    if (number == 63 && what.mti()[2] == '1') {
        const auto read = field63::parse(value);
        if (!read) return false;
        line(out, what.offset(63), 0, "63", "organisation and texts", "");
        line(out, {}, 1, "63.1", "card organisation", quoted(as_bytes(read->organisation)));
        line(out, {}, 1, "63.2", "texts",
            shown(as_bytes(read->texts), kind::gbk, mask::none, how.show, span_of::free));
        return true;
    }
    return false;
}

void field(row_list& out, const message_view& what, int number, manner how) {
    const auto& spec = what.format().field(number);
    auto value = what.value(number);
    if (special(out, what, number, value, how)) return;
    const auto path = std::to_string(number);
    const auto data = as_bytes(value);
    const bool structured = spec.inside != nullptr;
    const auto length = spec.length == length_form::fixed ? span_of::fixed : span_of::free;
    auto text =
        shown(data, spec.kind, structured && spec.mask == mask::tlv ? mask::secret : spec.mask, how.show, length);
    if (is_cup_pos(what)) {
        if (const auto words = value_in_words(what, number, value); !words.empty()) text.append("  ").append(words);
    }
    line(out, what.offset(number), 0, path, spec.name, text);
    if (structured) parts(out, *spec.inside, data, spec.mask, how, 1);
    wipe({reinterpret_cast<std::uint8_t*>(value.data()), value.size()});
}

/// A piece, or a part of one, as its form says.
std::string piece_text(piece_form form, byte_view data) {
    if (form == piece_form::text) return quoted(data);
    if (form == piece_form::ebcdic) {
        static constexpr subfield_spec one{.encoding = encoding::ebcdic};
        subfield part;
        part.value = data;
        part.spec = &one;
        return quoted(as_bytes(subfield_text(part)));
    }
    return to_hex(data);
}

/// What a part says that repeats the length of headers and message.
std::string judged_length(const header_part& part, byte_view data, std::size_t whole) {
    auto text = piece_text(part.form, data);
    std::size_t says = 0;
    for (const auto byte : data) {
        const bool digit = byte >= '0' && byte <= '9';
        if (part.form == piece_form::text && !digit) return text;
        says = part.form == piece_form::text ? says * 10 + (byte - std::size_t{'0'}) : says << 8U | byte;
    }
    return text.append(says == whole ? "  right" : "  WRONG: " + std::to_string(whole) + " bytes are here");
}

void pieces(row_list& out, const message_view& what, std::size_t whole) {
    header_reader reader(what.format().envelope, what.header_bytes());
    while (const auto found = reader.next()) {
        line(out, {}, 0, "header", found->piece->name, piece_text(found->piece->form, found->bytes));
        auto rest = found->bytes;
        for (const auto& part : found->piece->parts) {
            const auto data = rest.first(std::min<std::size_t>(part.bytes, rest.size()));
            rest = rest.subspan(data.size());
            if (data.empty()) break;
            const bool judged = part.says == header_part::meaning::total_length && data.size() == part.bytes;
            line(out, {}, 1, "", part.name, judged ? judged_length(part, data, whole) : piece_text(part.form, data));
            out.back().wrong = judged && out.back().value.find("  WRONG: ") != std::string::npos;
        }
    }
}

std::string numbers_of(const field_set& fields) {
    std::string text;
    for (const int number : fields)
        text.append(text.empty() ? "" : " ").append(std::to_string(number));
    return text;
}

/// Everything in front of the fields; only what was in the input.
void head(row_list& out, const message_view& what, const field_set& announced) {
    if (what.has_tpdu()) line(out, {}, 0, "tpdu", "", what.tpdu().to_string());
    if (!what.monitor_header().empty()) line(out, {}, 0, "lri", "dial-monitor header", to_hex(what.monitor_header()));
    const auto worded = [&](const std::string& value, std::string_view words) {
        return words.empty() || !is_cup_pos(what) ? value : value + "  " + std::string(words);
    };
    if (!what.format().envelope.pieces.empty()) {
        pieces(out, what, what.body_bytes());
    } else if (!what.header_bytes().empty()) {
        line(out, {}, 0, "header", "", worded(what.header(), header_in_words(what.header())));
    }
    if (!what.mti().empty()) {
        line(out, {}, 0, "mti", "message type", worded(std::string(what.mti()), message_in_words(what)));
    }
    if (what.bitmaps() == 0) return;
    auto numbers = numbers_of(announced);
    if (numbers.empty()) numbers = "none";
    if (what.bitmaps() > announced.bitmaps()) numbers += "  and an empty bitmap behind";
    const auto unknown = announced.without(what.format().known);
    if (!unknown.empty()) numbers += "  (the dialect has no " + numbers_of(unknown) + ")";
    line(out, {}, 0, "bitmap", "fields", numbers);
}

/// Each path below those that it is indented under; a path that stands twice among its like gets a number.
row_list with_paths(row_list made) {
    std::vector<std::string> above;
    std::map<std::string, int> seen;
    for (auto& row : made) {
        above.resize(static_cast<std::size_t>(row.depth), "?");
        const auto own = row.label.empty() ? row.name : row.label;
        std::string path;
        for (const auto& each : above)
            path.append(each).append("/");
        path += own;
        // The pieces of a header all stand under one label.
        if (row.label == "header" && !row.name.empty()) path.append("/").append(row.name);
        const int count = ++seen[path];
        if (count > 1) path.append("#").append(std::to_string(count));
        above.push_back(own);
        row.path = path;
    }
    return made;
}

std::string as_lines(const row_list& made) {
    std::string out;
    for (const auto& row : made) {
        auto at = row.offset ? std::to_string(*row.offset) : std::string();
        at.insert(0, at.size() < 5 ? 5 - at.size() : 0, ' ');
        out += at;
        out.append(2 + 2 * static_cast<std::size_t>(row.depth), ' ').append(row.label);
        if (row.label.size() < 6) out.append(6 - row.label.size(), ' ');
        out.append("  ").append(row.name);
        if (row.name.size() < 26) out.append(26 - row.name.size(), ' ');
        out.append("  ").append(row.value).append("\n");
    }
    return out;
}

void tail(row_list& out, const message_view& what) {
    if (!what.trailer().empty()) line(out, {}, 0, "trailer", "", to_hex(what.trailer()));
}

} // namespace

std::vector<described_row> describe_rows(const message_view& what, reveal how) {
    row_list out;
    head(out, what, what.fields());
    for (const int number : what.fields())
        field(out, what, number, {how, reading::strict});
    tail(out, what);
    return with_paths(std::move(out));
}

std::vector<described_row> describe_rows(const partial_message& what, reveal how) {
    row_list out;
    if (what.poll) {
        line(out, 0, 0, "poll", "a length of zero", "no message; goes back as it came");
        return out;
    }
    head(out, what.view, what.announced);
    for (const int number : what.view.fields())
        field(out, what.view, number, {how, what.how});
    if (what.cut) {
        const auto& spec = what.view.format().field(what.cut->number);
        line(out, what.cut->offset, 0, std::to_string(what.cut->number), spec.name,
            "CUT: " + std::to_string(what.cut->expected) + " bytes expected, " + std::to_string(what.cut->found) +
                " found");
    }
    tail(out, what.view);
    for (const auto& each : what.deviations) {
        auto words = make_error_code(each.what).message();
        if (!each.found.empty()) words.append("; ").append(each.found.view());
        line(out, each.offset, 0, each.field.view(), "deviation", words);
    }
    return with_paths(std::move(out));
}

std::string describe(const message_view& what, reveal how) {
    return as_lines(describe_rows(what, how));
}

std::string describe(const partial_message& what, reveal how) {
    return as_lines(describe_rows(what, how));
}

} // namespace cipherlane::iso8583
