#include "dialect_builder.hpp"

#include "cup_subfields.hpp"
#include "envelope_builder.hpp"

#include <cipherlane/iso8583/errc.hpp>
#include <cipherlane/iso8583/iso_dialects.hpp>

#include <algorithm>
#include <charconv>
#include <set>

namespace cipherlane::iso8583 {
namespace {

constexpr toml_word<kind> kinds[] = {
    {"digits", kind::digits},
    {"signed-digits", kind::signed_digits},
    {"track", kind::track},
    {"alnum", kind::alnum},
    {"text", kind::text},
    {"gbk", kind::gbk},
    {"binary", kind::binary},
};
constexpr toml_word<encoding> encodings[] = {
    {"bcd", encoding::bcd},
    {"ascii", encoding::ascii},
    {"ebcdic", encoding::ebcdic},
    {"binary", encoding::binary},
    {"hex", encoding::hex},
};
constexpr toml_word<length_form> length_forms[] = {
    {"fixed", length_form::fixed},
    {"l", length_form::l},
    {"ll", length_form::ll},
    {"lll", length_form::lll},
    {"llll", length_form::llll},
    {"lllll", length_form::lllll},
    {"llllll", length_form::llllll},
};
constexpr toml_word<length_encoding> prefixes[] = {
    {"bcd", length_encoding::bcd},
    {"ascii", length_encoding::ascii},
    {"ebcdic", length_encoding::ebcdic},
    {"binary", length_encoding::binary},
};
constexpr toml_word<padding> paddings[] = {
    {"none", padding::none},
    {"left-zero", padding::left_zero},
    {"right-zero", padding::right_zero},
    {"right-f", padding::right_f},
    {"right-space", padding::right_space},
};
constexpr toml_word<mask> masks[] = {
    {"none", mask::none},
    {"pan", mask::pan},
    {"secret", mask::secret},
    {"tlv", mask::tlv},
};
constexpr toml_word<length_counts> counts_words[] = {
    {"value", length_counts::value},
    {"wire", length_counts::wire},
};
constexpr toml_word<composite_style> styles[] = {
    {"positional", composite_style::positional},
    {"tagged", composite_style::tagged},
    {"ber-tlv", composite_style::ber_tlv},
    {"bitmap", composite_style::bitmap},
};
constexpr toml_word<encoding> bitmap_forms[] = {
    {"binary", encoding::binary},
    {"hex", encoding::hex},
};
constexpr toml_word<bitmap_goes_on> goes_on_words[] = {
    {"no", bitmap_goes_on::no},
    {"yes", bitmap_goes_on::yes},
};
constexpr toml_word<unknown_tags> unknowns[] = {
    {"keep", unknown_tags::keep},
    {"refuse", unknown_tags::refuse},
};
/// Structures that every file may name.
constexpr toml_word<const composite_spec*> known_composites[] = {
    {"emv", &chip_tlv},
    {"cup-59", &tlv59},
    {"cup-60", &parts60},
    {"cup-61", &parts61},
    {"cup-62", &tlv62},
};

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
        top.need("name");
        if (auto name = top.text("name", 32)) table().name = store_.keep(*std::move(name));
        top.choice("mti", table().mti, encodings);
        top.choice("bitmap", table().bitmap, encodings);
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
        if (const auto* section = top.table("composite")) composites(*section);
        if (const auto* section = top.table("field")) fields(*section);
        top.finish();
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
        from.choice("digits", defaults_.digits, encodings);
        from.choice("text", defaults_.text, encodings);
        from.choice("binary", defaults_.binary, encodings);
        from.choice("prefix", defaults_.prefix, prefixes);
        from.finish();
    }

    /// The composite of this name, read when it is first asked for. Null where there is none, or where it is inside
    /// itself.
    const composite_spec* composite(const std::string& name) {
        if (const auto made = store_.composites.find(name); made != store_.composites.end()) return &made->second;
        const auto* section = composites_ != nullptr ? composites_->find(name) : nullptr;
        if (section == nullptr) {
            for (const auto& each : known_composites) {
                if (each.first == name) return each.second;
            }
            return nullptr;
        }
        if (!open_.insert(name).second) return nullptr;
        composite_spec made;
        read_composite(*section, "composite." + name, made);
        open_.erase(name);
        return &store_.composites.emplace(name, made).first->second;
    }

    void inside(toml_reader& from, const composite_spec*& to) {
        const auto name = from.text("inside", 64);
        if (!name) return;
        to = *name == "none" ? nullptr : composite(*name);
        if (to != nullptr || *name == "none") return;
        std::string all = "none";
        for (const auto& each : known_composites)
            all.append(", ").append(each.first);
        from.fail(wrong_key, "inside",
            "found \"" + *name + "\", allowed: " + all + ", or a composite of this file, not itself");
    }

    void composites(const toml_value& section) {
        composites_ = &section;
        for (const auto& node : section.items()) {
            const auto& name = node.key();
            const bool taken = std::any_of(std::begin(known_composites), std::end(known_composites),
                [&](const auto& each) { return each.first == name; });
            if (taken || name == "none" || node.table() == nullptr) {
                return report_.fail(
                    wrong_key, "composite." + name, node.line(), "not a table, or a name that is taken");
            }
            (void)composite(name);
        }
    }

    void read_composite(const toml_value& section, const std::string& path, composite_spec& to) {
        toml_reader from(section, path, report_);
        from.need("style");
        from.choice("style", to.style, styles);
        from.choice("tag", to.tag, encodings);
        from.number("tag_bytes", to.tag_bytes, 1, 4);
        from.choice("length", to.length, prefixes);
        from.number("length_bytes", to.length_bytes, 1, 4);
        from.choice("unknown", to.unknown, unknowns);
        from.number("bitmap_bytes", to.bitmap_bytes, 1, 16);
        from.choice("bitmap", to.bitmap_form, bitmap_forms);
        from.choice("bitmap_goes_on", to.goes_on, goes_on_words);
        const bool bits = to.style == composite_style::bitmap;
        if (bits) {
            from.need("bitmap_bytes");
        } else {
            for (const std::string_view key : {"bitmap_bytes", "bitmap", "bitmap_goes_on"}) {
                if (from.has(key)) from.fail(contradicts, key, "only for the style \"bitmap\"");
            }
        }
        const bool tagged = to.style == composite_style::tagged;
        if (tagged) {
            from.need("tag_bytes");
            from.need("length_bytes");
            if (to.tag != encoding::ascii && to.tag != encoding::binary)
                from.fail(wrong_key, "tag", "found " + word_of(encodings, to.tag) + ", allowed: ascii, binary");
            if (to.length == length_encoding::binary && to.length_bytes > 2)
                from.fail(contradicts, "length_bytes", "a binary length has 1 or 2 bytes");
        } else {
            for (const std::string_view key : {"tag", "tag_bytes", "length", "length_bytes"}) {
                if (from.has(key)) from.fail(contradicts, key, "only for the style \"tagged\"");
            }
        }
        auto& rows = store_.rows.emplace_back();
        if (const auto* parts = from.list("part")) {
            for (const auto& each : parts->items()) {
                const auto* row = each.table();
                if (row == nullptr) return from.fail(wrong_key, "part", "expected tables");
                rows.push_back(read_part(*row, path + ".part", to, rows));
            }
        }
        to.parts = rows;
        if (to.style == composite_style::positional || bits) from.need("part");
        from.finish();
        if (!report_.failed() && !valid(to)) from.fail(contradicts, "part", "the parts do not fit the style");
    }

    subfield_spec read_part(const toml_value& section, const std::string& path, const composite_spec& of,
        const std::vector<subfield_spec>& before) {
        toml_reader from(section, path, report_);
        subfield_spec row;
        for (const std::string_view key : {"tag", "kind", "max", "name"})
            from.need(key);
        if (auto tag = from.text("tag", 8)) {
            row.tag = store_.keep(*std::move(tag));
            if (!tag_fits(of, row.tag)) {
                from.fail(wrong_key, "tag", "found \"" + std::string(row.tag) + "\", expected " + tag_form(of));
            }
            const bool twice =
                std::any_of(before.begin(), before.end(), [&](const auto& each) { return each.tag == row.tag; });
            if (twice) from.fail(contradicts, "tag", "stands here twice");
        }
        from.choice("kind", row.kind, kinds);
        from.number("min", row.min, 0, max_field_units);
        from.number("max", row.max, 1, max_field_units);
        if (row.min > row.max) from.fail(contradicts, "min", "more than max");
        from.choice("mask", row.mask, masks);
        if (auto name = from.text("name", 64)) row.name = store_.keep(*std::move(name));
        inside(from, row.inside);
        encoded_part(from, of, row);
        from.finish();
        return row;
    }

    /// What a sub-field behind a bitmap has beyond others: an encoding and a length of its own.
    void encoded_part(toml_reader& from, const composite_spec& of, subfield_spec& row) {
        if (of.style != composite_style::bitmap) return;
        row.encoding = row.kind == kind::binary ? encoding::binary : encoding::ascii;
        from.choice("encoding", row.encoding, encodings);
        from.choice("length", row.length, length_forms);
        from.choice("prefix", row.prefix, prefixes);
        const bool raw = row.encoding == encoding::binary || row.encoding == encoding::hex;
        if ((row.kind == kind::binary) != raw) from.fail(contradicts, "encoding", "does not fit the kind");
        if (row.length == length_form::fixed) {
            if (from.has("min")) from.fail(contradicts, "min", "a fixed length has only max");
            row.min = row.max;
        }
    }

    static std::string tag_form(const composite_spec& of) {
        switch (of.style) {
        case composite_style::bitmap:
            return "a bit number from 1 to " + std::to_string(of.last_bit()) + ", as \"25\" or \"127.25\"";
        case composite_style::ber_tlv: return "2 to 8 upper-case hex digits";
        case composite_style::tagged:
            return of.tag == encoding::binary ? std::to_string(of.tag_bytes * 2) + " upper-case hex digits"
                                              : std::to_string(of.tag_bytes) + " characters";
        default: return "a name";
        }
    }

    static bool tag_fits(const composite_spec& of, std::string_view tag) {
        if (of.style == composite_style::bitmap) {
            const int bit = bit_number(tag);
            return of.bitmap_bytes != 0 && bit >= 1 && bit <= of.last_bit();
        }
        const bool hex = of.style == composite_style::ber_tlv ||
                         (of.style == composite_style::tagged && of.tag == encoding::binary);
        if (of.style == composite_style::tagged && tag.size() != std::size_t{of.tag_bytes} * (hex ? 2 : 1))
            return false;
        if (!hex) return true;
        const auto upper_hex = [](char c) { return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'F'); };
        return tag.size() % 2 == 0 && tag.size() <= 8 && std::all_of(tag.begin(), tag.end(), upper_hex);
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
        from.choice("kind", row.kind, kinds);
        if (is_new) row.encoding = defaults_.of(row.kind);
        from.choice("encoding", row.encoding, encodings);
        from.choice("length", row.length, length_forms);
        from.choice("prefix", row.prefix, prefixes);
        from.number("max", row.max, 1, max_field_units);
        if (row.length == length_form::fixed) row.min = row.max;
        from.number("min", row.min, 0, max_field_units);
        from.choice("padding", row.padding, paddings);
        from.choice("mask", row.mask, masks);
        from.choice("counts", row.counts, counts_words);
        if (auto name = from.text("name", 64)) row.name = store_.keep(*std::move(name));
        inside(from, row.inside);
        table().known.insert(number);
        if (const char* property = fault_in(row); property != nullptr)
            from.fail(contradicts, property, contradiction(row, property));
    }

    template <class Value, std::size_t N>
    static std::string word_of(const toml_word<Value> (&words)[N], Value value) {
        for (const auto& each : words) {
            if (each.second == value) return std::string(each.first);
        }
        return "none";
    }

    /// Why a property does not go together with the others of its row, and what would.
    static std::string contradiction(const field_spec& row, std::string_view property) {
        const auto what = word_of(kinds, row.kind);
        if (property == "encoding") {
            const auto allowed = row.kind == kind::binary                            ? "binary, hex"
                                 : row.kind == kind::gbk                             ? "ascii"
                                 : row.kind == kind::alnum || row.kind == kind::text ? "ascii, ebcdic"
                                                                                     : "bcd, ascii, ebcdic";
            return "found " + word_of(encodings, row.encoding) + ", allowed for " + what + ": " + allowed;
        }
        if (property == "padding") {
            const auto pad = word_of(paddings, row.padding);
            if (row.packed()) {
                return "found " + pad +
                       "; packed digits whose number can be odd need left-zero, right-zero or right-f";
            }
            if (row.padding == padding::right_space) return "found " + pad + ", which is for fixed text only";
            return "found " + pad + ", which is for packed digits (encoding = \"bcd\") only";
        }
        if (property == "max") {
            return "found " + std::to_string(row.max) + ", more than length = \"" +
                   word_of(length_forms, row.length) + "\" can say, or too few for the kind";
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
            return top.fail(
                wrong_key, "mti", "found " + word_of(encodings, table().mti) + ", allowed: bcd, ascii, ebcdic");
        if (table().bitmap != encoding::binary && table().bitmap != encoding::hex) {
            return top.fail(
                wrong_key, "bitmap", "found " + word_of(encodings, table().bitmap) + ", allowed: binary, hex");
        }
        const int number = first_fault(table());
        if (number < 0) return;
        if (number == 0) return top.fail(has_base_ ? contradicts : wrong_key, "field", "missing");
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
    const toml_value* composites_ = nullptr;
    std::set<std::string, std::less<>> open_;
    std::map<int, std::size_t> sections_; ///< lines
};

} // namespace

std::shared_ptr<const dialect_store> build_dialect(const toml_value& root, toml_report& report) {
    auto store = std::make_shared<dialect_store>();
    builder(*store, report).build(root);
    return store;
}

} // namespace cipherlane::iso8583
