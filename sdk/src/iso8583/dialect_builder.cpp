#include "dialect_builder.hpp"

#include "cup_subfields.hpp"

#include <cipherlane/iso8583/errc.hpp>
#include <cipherlane/iso8583/iso_dialects.hpp>

#include <algorithm>
#include <charconv>
#include <set>

namespace cipherlane::iso8583 {
namespace {

constexpr auto wrong_key = iso8583_errc::dialect_key;
constexpr auto contradicts = iso8583_errc::bad_dialect;

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
constexpr toml_word<frame_length> frame_lengths[] = {
    {"none", frame_length::none},
    {"binary2", frame_length::binary2},
    {"bcd2", frame_length::bcd2},
    {"ascii4", frame_length::ascii4},
};
constexpr toml_word<monitor_header> monitors[] = {
    {"none", monitor_header::none},
    {"optional-lri", monitor_header::optional_lri},
};
constexpr toml_word<composite_style> styles[] = {
    {"positional", composite_style::positional},
    {"tagged", composite_style::tagged},
    {"ber-tlv", composite_style::ber_tlv},
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
        top.number("bitmaps", table().bitmaps, 1, 2);
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
        if (found == nullptr) return top.fail(wrong_key, "base", "no built-in dialect of this name");
        store_.table = *found;
        has_base_ = true;
    }

    void mac_fields(toml_reader& top, const toml_value& numbers) {
        table().mac_fields = {};
        for (const auto& each : numbers.items()) {
            const auto number = each.whole();
            if (!number || (*number != 64 && *number != 128))
                return top.fail(wrong_key, "mac_fields", "allowed: 64, 128");
            table().mac_fields.insert(static_cast<int>(*number));
        }
    }

    void envelope(const toml_value& section) {
        toml_reader from(section, "envelope", report_);
        auto& outer = table().envelope;
        from.choice("length", outer.length, frame_lengths);
        bool tpdu = outer.tpdu != 0;
        from.flag("tpdu", tpdu);
        outer.tpdu = tpdu ? tpdu_bytes : 0;
        from.number("tpdu_id", outer.tpdu_id, 0, 0x99);
        from.number("header", outer.header, 0, max_header_bytes);
        from.choice("monitor", outer.monitor, monitors);
        if ((outer.tpdu_id & 0x0FU) > 9) from.fail(wrong_key, "tpdu_id", "a TPDU is packed digits");
        if (outer.monitor != monitor_header::none && outer.header == 0)
            from.fail(contradicts, "monitor", "needs a header");
        from.finish();
    }

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
        if (to == nullptr && *name != "none") from.fail(wrong_key, "inside", "no composite of this name");
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
        const bool tagged = to.style == composite_style::tagged;
        if (tagged) {
            from.need("tag_bytes");
            from.need("length_bytes");
            if (to.tag != encoding::ascii && to.tag != encoding::binary)
                from.fail(wrong_key, "tag", "allowed: ascii, binary");
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
        if (to.style == composite_style::positional) from.need("part");
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
            if (!tag_fits(of, row.tag)) from.fail(wrong_key, "tag", "does not fit the style and size of tags");
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
        from.finish();
        return row;
    }

    static bool tag_fits(const composite_spec& of, std::string_view tag) {
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
                return report_.fail(wrong_key, path, node.line(), "expected a table for a field from 2 to 128");
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
        if (auto name = from.text("name", 64)) row.name = store_.keep(*std::move(name));
        inside(from, row.inside);
        table().known.insert(number);
        if (const char* property = fault_in(row); property != nullptr)
            from.fail(contradicts, property, "does not fit the rest of the field");
    }

    /// The checks of a compiled table, each with the key that it is about.
    void whole(toml_reader& top) {
        if (table().mti == encoding::binary || table().mti == encoding::hex)
            return top.fail(wrong_key, "mti", "allowed: bcd, ascii, ebcdic");
        if (table().bitmap != encoding::binary && table().bitmap != encoding::hex) {
            return top.fail(wrong_key, "bitmap", "allowed: binary, hex");
        }
        const int number = first_fault(table());
        if (number < 0) return;
        if (number == 0) return top.fail(has_base_ ? contradicts : wrong_key, "field", "missing");
        if (number == table().track_encryption_field)
            return top.fail(contradicts, "track_encryption_field", "that field cannot say it");
        if (table().mac_fields.contains(number))
            return top.fail(contradicts, "mac_fields", "that field is no MAC of 8 bytes");
        const auto section = sections_.find(number);
        if (section == sections_.end()) return top.fail(contradicts, "bitmaps", "the base has fields above");
        report_.fail(
            contradicts, "field." + std::to_string(number), section->second, "contradicts the rest of the dialect");
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
