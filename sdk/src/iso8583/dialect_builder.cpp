#include "dialect_builder.hpp"

#include "cup_subfields.hpp"

#include <cipherlane/iso8583/iso_dialects.hpp>

#include <algorithm>
#include <charconv>
#include <set>

namespace cipherlane::iso8583 {
namespace {

constexpr auto wrong_key = iso8583_errc::dialect_key;
constexpr auto contradicts = iso8583_errc::bad_dialect;

constexpr word<kind> kinds[] = {
    {"digits", kind::digits},
    {"signed-digits", kind::signed_digits},
    {"track", kind::track},
    {"alnum", kind::alnum},
    {"text", kind::text},
    {"gbk", kind::gbk},
    {"binary", kind::binary},
};
constexpr word<encoding> encodings[] = {
    {"bcd", encoding::bcd},
    {"ascii", encoding::ascii},
    {"ebcdic", encoding::ebcdic},
    {"binary", encoding::binary},
    {"hex", encoding::hex},
};
constexpr word<length_form> length_forms[] = {
    {"fixed", length_form::fixed},
    {"l", length_form::l},
    {"ll", length_form::ll},
    {"lll", length_form::lll},
    {"llll", length_form::llll},
};
constexpr word<length_encoding> prefixes[] = {
    {"bcd", length_encoding::bcd},
    {"ascii", length_encoding::ascii},
    {"ebcdic", length_encoding::ebcdic},
    {"binary", length_encoding::binary},
};
constexpr word<padding> paddings[] = {
    {"none", padding::none},
    {"left-zero", padding::left_zero},
    {"right-zero", padding::right_zero},
    {"right-f", padding::right_f},
    {"right-space", padding::right_space},
};
constexpr word<mask> masks[] = {
    {"none", mask::none},
    {"pan", mask::pan},
    {"secret", mask::secret},
    {"tlv", mask::tlv},
};
constexpr word<frame_length> frame_lengths[] = {
    {"none", frame_length::none},
    {"binary2", frame_length::binary2},
    {"bcd2", frame_length::bcd2},
    {"ascii4", frame_length::ascii4},
};
constexpr word<monitor_header> monitors[] = {
    {"none", monitor_header::none},
    {"optional-lri", monitor_header::optional_lri},
};
constexpr word<composite_style> styles[] = {
    {"positional", composite_style::positional},
    {"tagged", composite_style::tagged},
    {"ber-tlv", composite_style::ber_tlv},
};
constexpr word<unknown_tags> unknowns[] = {
    {"keep", unknown_tags::keep},
    {"refuse", unknown_tags::refuse},
};
/// Structures that every file may name.
constexpr word<const composite_spec*> known_composites[] = {
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
    builder(dialect_store& store, toml_source& source)
        : store_(store)
        , source_(source) {}

    void build(const toml::table& root) {
        toml_reader top(root, "", source_);
        if (const auto name = top.text("base")) base(top, *name);
        top.need("name");
        if (auto name = top.text("name", 32)) table().name = store_.keep(*std::move(name));
        top.choice<encoding>("mti", encodings, table().mti);
        top.choice<encoding>("bitmap", encodings, table().bitmap);
        top.number("bitmaps", 1, 2, table().bitmaps);
        if (top.has("mti_version")) {
            int version = 0;
            top.number("mti_version", 0, 9, version);
            table().mti_version = static_cast<char>('0' + version);
        }
        top.number("track_encryption_field", 0, max_field, table().track_encryption_field);
        if (const auto* numbers = top.array("mac_fields")) mac_fields(top, *numbers);
        if (const auto* section = top.table("envelope")) envelope(*section);
        if (const auto* section = top.table("defaults")) defaults(*section);
        if (const auto* section = top.table("composite")) composites(*section);
        if (const auto* section = top.table("field")) fields(*section);
        top.finish();
        if (!source_.failed()) whole(top);
    }

  private:
    [[nodiscard]] dialect& table() noexcept { return store_.table; }

    void base(toml_reader& top, const std::string& name) {
        const auto* found = find_dialect(name);
        if (found == nullptr) return top.fail(wrong_key, "base");
        store_.table = *found;
        has_base_ = true;
    }

    void mac_fields(toml_reader& top, const toml::array& numbers) {
        table().mac_fields = {};
        for (const auto& each : numbers) {
            const auto number = each.value_exact<std::int64_t>();
            if (!number || (*number != 64 && *number != 128)) return top.fail(wrong_key, "mac_fields");
            table().mac_fields.insert(static_cast<int>(*number));
        }
    }

    void envelope(const toml::table& section) {
        toml_reader from(section, "envelope", source_);
        auto& outer = table().envelope;
        from.choice<frame_length>("length", frame_lengths, outer.length);
        bool tpdu = outer.tpdu != 0;
        from.flag("tpdu", tpdu);
        outer.tpdu = tpdu ? tpdu_bytes : 0;
        from.number("tpdu_id", 0, 0x99, outer.tpdu_id);
        from.number("header", 0, max_header_bytes, outer.header);
        from.choice<monitor_header>("monitor", monitors, outer.monitor);
        if ((outer.tpdu_id & 0x0FU) > 9) from.fail(wrong_key, "tpdu_id"); // a TPDU is packed digits
        if (outer.monitor != monitor_header::none && outer.header == 0) from.fail(contradicts, "monitor");
        from.finish();
    }

    void defaults(const toml::table& section) {
        toml_reader from(section, "defaults", source_);
        from.choice<encoding>("digits", encodings, defaults_.digits);
        from.choice<encoding>("text", encodings, defaults_.text);
        from.choice<encoding>("binary", encodings, defaults_.binary);
        from.choice<length_encoding>("prefix", prefixes, defaults_.prefix);
        from.finish();
    }

    /// The composite of this name, read when it is first asked for. Null where there is none, or where it is inside
    /// itself.
    const composite_spec* composite(const std::string& name) {
        if (const auto made = store_.composites.find(name); made != store_.composites.end()) return &made->second;
        const auto* section = composites_ != nullptr ? composites_->get_as<toml::table>(name) : nullptr;
        if (section == nullptr) {
            for (const auto& each : known_composites) {
                if (each.text == name) return each.value;
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
        const auto name = from.text("inside");
        if (!name) return;
        to = *name == "none" ? nullptr : composite(*name);
        if (to == nullptr && *name != "none") from.fail(wrong_key, "inside");
    }

    void composites(const toml::table& section) {
        composites_ = &section;
        for (const auto& [key, node] : section) {
            const std::string name(key.str());
            const bool taken = std::any_of(std::begin(known_composites), std::end(known_composites),
                [&](const auto& each) { return each.text == name; });
            if (taken || name == "none" || !node.is_table()) {
                return source_.fail(wrong_key, "composite." + name, node.source());
            }
            (void)composite(name);
        }
    }

    void read_composite(const toml::table& section, const std::string& path, composite_spec& to) {
        toml_reader from(section, path, source_);
        from.need("style");
        from.choice<composite_style>("style", styles, to.style);
        from.choice<encoding>("tag", encodings, to.tag);
        from.number("tag_bytes", 1, 4, to.tag_bytes);
        from.choice<length_encoding>("length", prefixes, to.length);
        from.number("length_bytes", 1, 4, to.length_bytes);
        from.choice<unknown_tags>("unknown", unknowns, to.unknown);
        const bool tagged = to.style == composite_style::tagged;
        if (tagged) {
            from.need("tag_bytes");
            from.need("length_bytes");
            if (to.tag != encoding::ascii && to.tag != encoding::binary) from.fail(wrong_key, "tag");
            if (to.length == length_encoding::binary && to.length_bytes > 2) from.fail(contradicts, "length_bytes");
        } else {
            for (const std::string_view key : {"tag", "tag_bytes", "length", "length_bytes"}) {
                if (from.has(key)) from.fail(contradicts, key);
            }
        }
        auto& rows = store_.rows.emplace_back();
        if (const auto* parts = from.array("part")) {
            for (const auto& each : *parts) {
                const auto* row = each.as_table();
                if (row == nullptr) return from.fail(wrong_key, "part");
                rows.push_back(read_part(*row, path + ".part", to, rows));
            }
        }
        to.parts = rows;
        if (to.style == composite_style::positional) from.need("part");
        from.finish();
        if (!source_.failed() && !valid(to)) from.fail(contradicts, "part");
    }

    subfield_spec read_part(const toml::table& section, const std::string& path, const composite_spec& of,
        const std::vector<subfield_spec>& before) {
        toml_reader from(section, path, source_);
        subfield_spec row;
        for (const std::string_view key : {"tag", "kind", "max", "name"})
            from.need(key);
        if (auto tag = from.text("tag", 8)) {
            row.tag = store_.keep(*std::move(tag));
            if (!tag_fits(of, row.tag)) from.fail(wrong_key, "tag");
            const bool twice =
                std::any_of(before.begin(), before.end(), [&](const auto& each) { return each.tag == row.tag; });
            if (twice) from.fail(contradicts, "tag");
        }
        from.choice<kind>("kind", kinds, row.kind);
        from.number("min", 0, max_field_units, row.min);
        from.number("max", 1, max_field_units, row.max);
        if (row.min > row.max) from.fail(contradicts, "min");
        from.choice<mask>("mask", masks, row.mask);
        if (auto name = from.text("name")) row.name = store_.keep(*std::move(name));
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

    void fields(const toml::table& section) {
        for (const auto& [key, node] : section) {
            const std::string_view text = key.str();
            const auto path = "field." + std::string(text);
            int number = 0;
            const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), number);
            const bool good = failed == std::errc() && end == text.data() + text.size() && text[0] != '0';
            if (!good || number < 2 || number > max_field || !node.is_table()) {
                return source_.fail(wrong_key, path, node.source());
            }
            toml_reader from(*node.as_table(), path, source_);
            field(from, number);
            from.finish();
            sections_.emplace(number, node.as_table());
        }
    }

    void field(toml_reader& from, int number) {
        auto& row = table().fields[static_cast<std::size_t>(number)];
        bool remove = false;
        from.flag("remove", remove);
        if (remove) {
            if (!row.present()) from.fail(contradicts, "remove");
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
        from.choice<kind>("kind", kinds, row.kind);
        if (is_new) row.encoding = defaults_.of(row.kind);
        from.choice<encoding>("encoding", encodings, row.encoding);
        from.choice<length_form>("length", length_forms, row.length);
        from.choice<length_encoding>("prefix", prefixes, row.prefix);
        from.number("max", 1, max_field_units, row.max);
        if (row.length == length_form::fixed) row.min = row.max;
        from.number("min", 0, max_field_units, row.min);
        from.choice<padding>("padding", paddings, row.padding);
        from.choice<mask>("mask", masks, row.mask);
        if (auto name = from.text("name")) row.name = store_.keep(*std::move(name));
        inside(from, row.inside);
        table().known.insert(number);
        if (const char* property = fault_in(row); property != nullptr) from.fail(contradicts, property);
    }

    /// The checks of a compiled table, each with the key that it is about.
    void whole(toml_reader& top) {
        if (table().mti == encoding::binary || table().mti == encoding::hex) return top.fail(wrong_key, "mti");
        if (table().bitmap != encoding::binary && table().bitmap != encoding::hex) {
            return top.fail(wrong_key, "bitmap");
        }
        const int number = first_fault(table());
        if (number < 0) return;
        if (number == 0) return top.fail(has_base_ ? contradicts : wrong_key, "field");
        if (number == table().track_encryption_field) return top.fail(contradicts, "track_encryption_field");
        if (table().mac_fields.contains(number)) return top.fail(contradicts, "mac_fields");
        const auto section = sections_.find(number);
        if (section == sections_.end()) return top.fail(contradicts, "bitmaps"); // a row of the base
        source_.fail(contradicts, "field." + std::to_string(number), section->second->source());
    }

    dialect_store& store_;
    toml_source& source_;
    row_defaults defaults_;
    bool has_base_ = false;
    const toml::table* composites_ = nullptr;
    std::set<std::string, std::less<>> open_;
    std::map<int, const toml::table*> sections_;
};

} // namespace

std::shared_ptr<const dialect_store> build_dialect(const toml::table& root, toml_source& source) {
    auto store = std::make_shared<dialect_store>();
    builder(*store, source).build(root);
    return store;
}

} // namespace cipherlane::iso8583
