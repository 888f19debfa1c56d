#include "envelope_builder.hpp"

#include <cipherlane/core/hex.hpp>
#include <cipherlane/iso8583/errc.hpp>

#include <algorithm>

namespace cipherlane::iso8583 {
namespace {

using form = frame_length::form;

constexpr toml_word<form> frame_forms[] = {
    {"binary", form::binary},
    {"little", form::little},
    {"bcd", form::bcd},
    {"ascii", form::ascii},
    {"hex", form::hex},
};
constexpr toml_word<monitor_header> monitors[] = {
    {"none", monitor_header::none},
    {"optional-lri", monitor_header::optional_lri},
};
constexpr toml_word<frame_length::zero> zero_words[] = {
    {"refused", frame_length::zero::refused},
    {"poll", frame_length::zero::poll},
};
constexpr toml_word<piece_form> piece_forms[] = {
    {"digits", piece_form::digits},
    {"text", piece_form::text},
    {"ebcdic", piece_form::ebcdic},
    {"raw", piece_form::raw},
};
constexpr toml_word<piece_length> piece_lengths[] = {
    {"fixed", piece_length::fixed},
    {"counts-itself", piece_length::counts_itself},
    {"counts-rest", piece_length::counts_rest},
};
constexpr toml_word<header_part::meaning> meanings[] = {
    {"plain", header_part::meaning::plain},
    {"total-length", header_part::meaning::total_length},
};

class envelope_builder {
  public:
    envelope_builder(const toml_value& section, envelope_spec& to, dialect_store& store, toml_report& report)
        : from_(section, "envelope", report)
        , to_(to)
        , store_(store)
        , report_(report) {}

    void build() {
        length();
        bool tpdu = to_.tpdu != 0;
        from_.flag("tpdu", tpdu);
        to_.tpdu = tpdu ? tpdu_bytes : 0;
        from_.number("tpdu_id", to_.tpdu_id, 0, 0x99);
        if ((to_.tpdu_id & 0x0FU) > 9) {
            from_.fail(wrong_key, "tpdu_id", "found " + std::to_string(to_.tpdu_id) + "; a TPDU is packed digits");
        }
        header();
        from_.choice("monitor", to_.monitor, monitors);
        if (to_.monitor != monitor_header::none && to_.header == 0 && to_.pieces.empty())
            from_.fail(contradicts, "monitor", "needs a header");
        trailer();
        counts();
        from_.finish();
    }

  private:
    /// "binary2": how it is written, and its bytes.
    void length() {
        const auto* found = from_.take("length");
        from_.number("length_gap", to_.length.gap, 0, 8);
        from_.choice("zero_length", to_.length.zero_is, zero_words);
        if (found == nullptr) return;
        const auto keep = to_.length;
        const std::string allowed = "allowed: none, or binary, little, bcd, ascii, hex with its bytes, 1 to 8: "
                                    "binary2, bcd2, ascii4";
        const auto* text = found->text();
        if (text == nullptr) {
            return from_.fail(wrong_key, "length", "found " + std::string(to_string(found->what())) + ", " + allowed);
        }
        if (*text == "none") {
            to_.length = frame_length::none;
            return;
        }
        for (const auto& [word, written] : frame_forms) {
            if (!text->starts_with(word) || text->size() != word.size() + 1) continue;
            const char digit = text->back();
            if (digit < '1' || digit > '8') break;
            to_.length = {written, static_cast<std::uint8_t>(digit - '0'), keep.gap, 0, keep.zero_is};
            return;
        }
        from_.fail(wrong_key, "length", "found \"" + *text + "\", " + allowed);
    }

    /// What the length counts beside headers and message.
    void counts() {
        const auto* words = from_.list("length_counts");
        int adjust = words != nullptr ? 0 : int{to_.length.adjust};
        if (words != nullptr) {
            for (const auto& each : words->items()) {
                const auto* word = each.text();
                if (word != nullptr && *word == "itself") {
                    adjust += to_.length.bytes;
                } else if (word != nullptr && *word == "trailer") {
                    adjust += to_.trailer;
                } else {
                    const auto shown = word != nullptr ? "\"" + *word + "\"" : std::string(to_string(each.what()));
                    return from_.fail(wrong_key, "length_counts", "found " + shown + ", allowed: itself, trailer");
                }
            }
        }
        int more = 0;
        from_.number("length_adjust", more, -64, 64);
        adjust += more;
        if (adjust < -64 || adjust > 64) {
            return from_.fail(wrong_key, "length_adjust", "found " + std::to_string(adjust) + " in all, at most 64");
        }
        if (to_.length.written == form::none && (adjust != 0 || to_.length.gap != 0)) {
            const auto key = words != nullptr ? "length_counts" : more != 0 ? "length_adjust" : "length_gap";
            return from_.fail(contradicts, key, "there is no length");
        }
        to_.length.adjust = static_cast<std::int8_t>(adjust);
    }

    void trailer() {
        const auto* found = from_.take("trailer");
        if (found == nullptr) return;
        to_.trailer_is = {};
        if (const auto size = found->whole(); size && *size >= 0 && *size <= std::int64_t{max_trailer_bytes}) {
            to_.trailer = static_cast<std::uint8_t>(*size);
            return;
        }
        if (const auto* text = found->text()) {
            const auto data = from_hex(*text);
            if (data && !data->empty() && data->size() <= max_trailer_bytes) {
                to_.trailer_is = store_.keep(std::string(as_text(*data)));
                to_.trailer = static_cast<std::uint8_t>(data->size());
                return;
            }
        }
        const auto shown = found->text() != nullptr ? "\"" + *found->text() + "\""
                           : found->whole()         ? std::to_string(*found->whole())
                                                    : std::string(to_string(found->what()));
        from_.fail(wrong_key, "trailer",
            "found " + shown + ", expected a number of bytes up to 16, or these bytes in hex, as \"03\"");
    }

    /// A number of packed digits' bytes, the name of a known piece, or a list of names and tables.
    void header() {
        const auto* found = from_.take("header");
        if (found == nullptr) return;
        to_.header = 0;
        to_.pieces = {};
        if (const auto size = found->whole()) return plain_header(*size);
        if (const auto* name = found->text()) {
            add_named(*name);
        } else if (found->list() != nullptr) {
            for (const auto& each : found->items()) {
                if (const auto* listed = each.text()) {
                    add_named(*listed);
                } else if (each.table() != nullptr) {
                    add_table(each);
                } else {
                    return from_.fail(wrong_key, "header",
                        "found " + std::string(to_string(each.what())) + ", expected names and tables");
                }
            }
        } else {
            return from_.fail(wrong_key, "header",
                "found " + std::string(to_string(found->what())) +
                    ", expected bytes of packed digits, a name, or a list");
        }
        to_.pieces = store_.pieces;
    }

    void plain_header(std::int64_t size) {
        if (size < 0 || size > std::int64_t{max_piece_bytes}) {
            return from_.fail(wrong_key, "header",
                "found " + std::to_string(size) +
                    ", expected a whole number from 0 to 64, a name, or a list of pieces");
        }
        if (size <= std::int64_t{max_header_bytes}) {
            to_.header = static_cast<std::uint8_t>(size);
            return;
        }
        store_.pieces.push_back({"header", piece_form::digits, static_cast<std::uint8_t>(size)});
        to_.pieces = store_.pieces;
    }

    /// TPDU and dial-monitor header have places of their own, where messages know them; in front only.
    void add_named(const std::string& name) {
        if (store_.pieces.empty() && name == "tpdu") {
            to_.tpdu = tpdu_bytes;
            return;
        }
        if (const auto* piece = find_header_piece(name)) {
            store_.pieces.push_back(*piece);
            return;
        }
        std::string all;
        for (const auto& each : known_header_pieces())
            all.append(all.empty() ? "" : ", ").append(each.name);
        from_.fail(wrong_key, "header", "found \"" + name + "\", allowed: " + all + ", or a table");
    }

    void add_table(const toml_value& node) {
        toml_reader from(node, "envelope.header", report_);
        header_piece piece;
        if (auto name = from.text("name", 32)) {
            // A table may be laid over a piece that is known.
            if (const auto* known = find_header_piece(*name)) piece = *known;
            piece.name = store_.keep(*std::move(name));
        }
        from.need("name");
        if (piece.bytes == 0) from.need("bytes");
        from.choice("form", piece.form, piece_forms);
        from.number("bytes", piece.bytes, 1, max_piece_bytes);
        from.choice("length", piece.length, piece_lengths);
        if (const auto* begins = from.take("begins")) piece_begins(from, *begins, piece);
        bool optional = piece.presence == piece_presence::where_it_begins;
        from.flag("optional", optional);
        piece.presence = optional ? piece_presence::where_it_begins : piece_presence::always;
        if (optional && piece.begins.empty()) {
            from.fail(contradicts, "optional", "what tells the piece is its beginning: give begins");
        }
        if (piece.length != piece_length::fixed && piece.form != piece_form::raw) {
            from.fail(contradicts, "length", "a piece with a length of its own is raw");
        }
        if (const auto* list = from.list("part")) parts(from, *list, piece);
        from.finish();
        if (report_.failed()) return;
        if (!valid(piece)) return from.fail(contradicts, "part", "the parts have more bytes than the piece");
        store_.pieces.push_back(piece);
    }

    /// Characters of text, hex of the others: packed digits read the same.
    void piece_begins(toml_reader& from, const toml_value& found, header_piece& piece) {
        const auto* text = found.text();
        const bool raw = piece.form == piece_form::digits || piece.form == piece_form::raw;
        if (text != nullptr && !raw) {
            piece.begins = store_.keep(*text);
        } else if (text != nullptr) {
            const auto data = from_hex(*text);
            if (!data) {
                return from.fail(wrong_key, "begins", "found \"" + *text + "\", expected hex, two digits a byte");
            }
            piece.begins = store_.keep(std::string(as_text(*data)));
        } else {
            return from.fail(
                wrong_key, "begins", "found " + std::string(to_string(found.what())) + ", expected text");
        }
        if (piece.begins.empty() || piece.begins.size() > piece.bytes) {
            from.fail(contradicts, "begins", "expected 1 to " + std::to_string(piece.bytes) + " bytes");
        }
    }

    void parts(toml_reader& from, const toml_value& list, header_piece& piece) {
        auto& rows = store_.piece_parts.emplace_back();
        for (const auto& each : list.items()) {
            if (each.table() == nullptr) return from.fail(wrong_key, "part", "expected tables");
            toml_reader row(each, "envelope.header.part", report_);
            header_part made;
            row.need("name");
            row.need("bytes");
            if (auto name = row.text("name", 32)) made.name = store_.keep(*std::move(name));
            row.number("bytes", made.bytes, 1, max_piece_bytes);
            row.choice("form", made.form, piece_forms);
            row.choice("says", made.says, meanings);
            row.finish();
            rows.push_back(made);
        }
        piece.parts = rows;
    }

    toml_reader from_;
    envelope_spec& to_;
    dialect_store& store_;
    toml_report& report_;
};

} // namespace

void build_envelope(const toml_value& section, envelope_spec& to, dialect_store& store, toml_report& report) {
    envelope_builder(section, to, store, report).build();
}

} // namespace cipherlane::iso8583
