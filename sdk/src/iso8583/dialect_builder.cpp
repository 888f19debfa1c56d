#include "dialect_builder.hpp"

#include "composite_builder.hpp"
#include "dialect_words.hpp"
#include "envelope_builder.hpp"

#include <cipherlane/iso8583/errc.hpp>
#include <cipherlane/iso8583/iso_dialects.hpp>

#include <charconv>
#include <map>

namespace cipherlane::iso8583 {
namespace {

/// What a row has where it does not say.
struct row_defaults {
    encoding digits = encoding::ascii;
    encoding text = encoding::ascii;
    encoding binary = encoding::binary;
    length_encoding prefix = length_encoding::ascii;

    [[nodiscard]] encoding of(kind what) const noexcept {
        switch (what) {
        case kind::digits:
        case kind::signed_digits:
        case kind::track: return digits;
        case kind::binary: return binary;
        case kind::gbk: return encoding::ascii;
        default: return text;
        }
    }
};

class builder {
  public:
    builder(dialect_store& store, toml_report& report)
        : store_(store)
        , report_(report) {}

    void build(const toml_value& root) {
        toml_reader top(root, "", report_);
        if (const auto name = top.text("base", 64)) base(top, *name);
        if (auto name = top.text("name", 32)) table().name = store_.keep(*std::move(name));
        top.choice("mti", table().mti, words::encodings);
        top.choice("bitmap", table().bitmap, words::encodings);
        top.number("bitmaps", table().bitmaps, 1, max_bitmaps);
        top.number("bitmaps_sent", table().bitmaps_sent, 1, max_bitmaps);
        if (table().bitmaps_sent > table().bitmaps) {
            top.fail(contradicts, "bitmaps_sent", "more than bitmaps = " + std::to_string(table().bitmaps));
        }
        if (top.has("mti_version")) {
            int version = 0;
            top.number("mti_version", version, 0, 9);
            table().mti_version = static_cast<char>('0' + version);
        }
        top.number("track_encryption_field", table().track_encryption_field, 0, max_field);
        if (const auto* numbers = top.list("mac_fields")) mac_fields(top, *numbers);
        if (const auto* section = top.table("envelope")) envelope(*section);
        if (const auto* section = top.table("defaults")) defaults(*section);
        if (const auto* section = top.table("composite")) composites_.read_all(*section);
        if (const auto* section = top.table("field")) fields(*section);
        top.finish();
        // Last: a name that lacks hides no value that is wrong.
        if (!top.has("name"))
            top.fail(
                iso8583_errc::dialect_no_key, "name", "the key is missing; each dialect has one: name = \"mine\"");
        if (!report_.failed()) whole(top);
    }

  private:
    [[nodiscard]] dialect& table() noexcept { return store_.table; }

    void base(toml_reader& top, const std::string& name) {
        const auto* found = find_dialect(name);
        if (found == nullptr) {
            std::string all;
            for (const auto* each : built_in_dialects())
                all.append(all.empty() ? "" : ", ").append(each->name);
            return top.fail(wrong_key, "base", "found \"" + name + "\", allowed: " + all);
        }
        store_.table = *found;
        has_base_ = true;
    }

    void mac_fields(toml_reader& top, const toml_value& numbers) {
        table().mac_fields = {};
        for (const auto& each : numbers.items()) {
            const auto number = each.whole();
            if (!number || *number < 64 || *number > max_field || *number % 64 != 0) {
                const auto found = number ? std::to_string(*number) : std::string(to_string(each.what()));
                return top.fail(wrong_key, "mac_fields", "found " + found + ", allowed: 64, 128, 192");
            }
            table().mac_fields.insert(static_cast<int>(*number));
        }
    }

    void envelope(const toml_value& section) { build_envelope(section, table().envelope, store_, report_); }

    void defaults(const toml_value& section) {
        toml_reader from(section, "defaults", report_);
        from.choice("digits", defaults_.digits, words::encodings);
        from.choice("text", defaults_.text, words::encodings);
        from.choice("binary", defaults_.binary, words::encodings);
        from.choice("prefix", defaults_.prefix, words::prefixes);
        from.finish();
    }

    void fields(const toml_value& section) {
        for (const auto& node : section.items()) {
            const std::string_view text = node.key();
            const auto path = "field." + std::string(text);
            int number = 0;
            const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), number);
            const bool good = failed == std::errc() && end == text.data() + text.size() && text[0] != '0';
            if (!good || number < 2 || number > max_field || node.table() == nullptr) {
                return report_.fail(wrong_key, path, node.line(), "expected a table for a field from 2 to 192");
            }
            toml_reader from(node, path, report_);
            field(from, number);
            from.finish();
            sections_.emplace(number, node.line());
        }
    }

    void field(toml_reader& from, int number) {
        auto& row = table().fields[static_cast<std::size_t>(number)];
        bool remove = false;
        from.flag("remove", remove);
        if (remove) {
            if (!row.present()) from.fail(contradicts, "remove", "the base has no such field");
            row = {};
            table().known.erase(number);
            return;
        }
        const bool is_new = !row.present();
        if (is_new) {
            for (const std::string_view key : {"name", "kind", "max"})
                from.need(key);
            row.number = static_cast<std::uint8_t>(number);
            row.prefix = defaults_.prefix;
        }
        from.choice("kind", row.kind, words::kinds);
        if (is_new) row.encoding = defaults_.of(row.kind);
        from.choice("encoding", row.encoding, words::encodings);
        from.choice("length", row.length, words::length_forms);
        from.choice("prefix", row.prefix, words::prefixes);
        from.number("max", row.max, 1, max_field_units);
        if (row.length == length_form::fixed) row.min = row.max;
        from.number("min", row.min, 0, max_field_units);
        from.choice("padding", row.padding, words::paddings);
        from.choice("mask", row.mask, words::masks);
        from.choice("counts", row.counts, words::counts_words);
        if (auto name = from.text("name", 64)) row.name = store_.keep(*std::move(name));
        composites_.inside(from, row.inside);
        table().known.insert(number);
        if (const char* property = fault_in(row); property != nullptr)
            from.fail(contradicts, property, contradiction(row, property));
    }

    /// Why a property does not go together with the others of its row, and what would.
    static std::string contradiction(const field_spec& row, std::string_view property) {
        const auto what = words::word_of(words::kinds, row.kind);
        if (property == "encoding") {
            const auto allowed = row.kind == kind::binary                            ? "binary, hex"
                                 : row.kind == kind::gbk                             ? "ascii"
                                 : row.kind == kind::alnum || row.kind == kind::text ? "ascii, ebcdic"
                                                                                     : "bcd, ascii, ebcdic";
            return "found " + words::word_of(words::encodings, row.encoding) + ", allowed for " + what + ": " +
                   allowed;
        }
        if (property == "padding") {
            const auto pad = words::word_of(words::paddings, row.padding);
            if (row.packed()) {
                return "found " + pad +
                       "; packed digits whose number can be odd need left-zero, right-zero or right-f";
            }
            if (row.padding == padding::right_space) return "found " + pad + ", which is for fixed text only";
            return "found " + pad + ", which is for packed digits (encoding = \"bcd\") only";
        }
        if (property == "max") {
            return "found " + std::to_string(row.max) + ", more than length = \"" +
                   words::word_of(words::length_forms, row.length) + "\" can say, or too few for the kind";
        }
        if (property == "min") {
            return "found " + std::to_string(row.min) + ", max is " + std::to_string(row.max) +
                   (row.length == length_form::fixed ? "; a fixed length has only max" : "");
        }
        if (property == "length") return what + " has a fixed length only";
        if (property == "counts") return "\"wire\" is for hex fields and packed digits of variable length";
        return "does not fit the rest of the field";
    }

    /// The checks of a compiled table, each with the key that it is about.
    void whole(toml_reader& top) {
        if (table().mti == encoding::binary || table().mti == encoding::hex)
            return top.fail(wrong_key, "mti",
                "found " + words::word_of(words::encodings, table().mti) + ", allowed: bcd, ascii, ebcdic");
        if (table().bitmap == encoding::bcd || table().bitmap == encoding::ascii) {
            return top.fail(wrong_key, "bitmap",
                "found " + words::word_of(words::encodings, table().bitmap) + ", allowed: binary, hex, ebcdic");
        }
        const int number = first_fault(table());
        if (number < 0) return;
        if (number == 0 && !has_base_)
            return top.fail(wrong_key, "base", "the key is missing, and no [field.2] and so on stand in its place");
        if (number == 0) return top.fail(contradicts, "field", "none is left of the base's");
        if (number == table().track_encryption_field)
            return top.fail(contradicts, "track_encryption_field",
                "found " + std::to_string(number) + ", expected a field of 3 to 99 digits, fixed");
        if (table().mac_fields.contains(number))
            return top.fail(contradicts, "mac_fields",
                "field " + std::to_string(number) + " is no fixed binary field of 8 bytes");
        const auto section = sections_.find(number);
        const auto most = std::to_string(table().bitmaps * 64);
        if (section == sections_.end()) {
            return top.fail(contradicts, "bitmaps",
                "found " + std::to_string(table().bitmaps) + ", the base has fields above " + most);
        }
        const auto why = number == 65 ? std::string("bit 65 announces the third bitmap, so there is no such field")
                                      : "above field " + most +
                                            ", which bitmaps = " + std::to_string(table().bitmaps) + " can announce";
        report_.fail(contradicts, "field." + std::to_string(number), section->second, why);
    }

    dialect_store& store_;
    toml_report& report_;
    row_defaults defaults_;
    bool has_base_ = false;
    composite_builder composites_{store_, report_};
    std::map<int, std::size_t> sections_; ///< lines
};

} // namespace

std::shared_ptr<const dialect_store> build_dialect(const toml_value& root, toml_report& report) {
    auto store = std::make_shared<dialect_store>();
    builder(*store, report).build(root);
    return store;
}

} // namespace cipherlane::iso8583
