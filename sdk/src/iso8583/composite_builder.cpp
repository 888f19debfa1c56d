#include "composite_builder.hpp"

#include "cup_subfields.hpp"
#include "dialect_words.hpp"

#include <cipherlane/iso8583/iso_dialects.hpp>

#include <algorithm>

namespace cipherlane::iso8583 {
namespace {

/// Structures that every file may name.
constexpr toml_word<const composite_spec*> known_composites[] = {
    {"emv", &chip_tlv},
    {"cup-59", &tlv59},
    {"cup-60", &parts60},
    {"cup-61", &parts61},
    {"cup-62", &tlv62},
};

std::string tag_form(const composite_spec& of) {
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

bool tag_fits(const composite_spec& of, std::string_view tag) {
    if (of.style == composite_style::bitmap) {
        const int bit = bit_number(tag);
        return of.bitmap_bytes != 0 && bit >= 1 && bit <= of.last_bit();
    }
    const bool hex =
        of.style == composite_style::ber_tlv || (of.style == composite_style::tagged && of.tag == encoding::binary);
    if (of.style == composite_style::tagged && tag.size() != std::size_t{of.tag_bytes} * (hex ? 2 : 1)) return false;
    if (!hex) return true;
    const auto upper_hex = [](char c) { return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'F'); };
    return tag.size() % 2 == 0 && tag.size() <= 8 && std::all_of(tag.begin(), tag.end(), upper_hex);
}

} // namespace

const composite_spec* composite_builder::find(const std::string& name) {
    if (const auto made = store_.composites.find(name); made != store_.composites.end()) return &made->second;
    const auto* section = all_ != nullptr ? all_->find(name) : nullptr;
    if (section == nullptr) {
        for (const auto& each : known_composites) {
            if (each.first == name) return each.second;
        }
        return nullptr;
    }
    if (!open_.insert(name).second) return nullptr;
    composite_spec made;
    read(*section, "composite." + name, made);
    open_.erase(name);
    return &store_.composites.emplace(name, made).first->second;
}

void composite_builder::inside(toml_reader& from, const composite_spec*& to) {
    const auto name = from.text("inside", 64);
    if (!name) return;
    to = *name == "none" ? nullptr : find(*name);
    if (to != nullptr || *name == "none") return;
    std::string all = "none";
    for (const auto& each : known_composites)
        all.append(", ").append(each.first);
    from.fail(wrong_key, "inside",
        "found \"" + *name + "\", allowed: " + all + ", or a composite of this file, not itself");
}

void composite_builder::read_all(const toml_value& section) {
    all_ = &section;
    for (const auto& node : section.items()) {
        const auto& name = node.key();
        const bool taken = std::any_of(std::begin(known_composites), std::end(known_composites),
            [&](const auto& each) { return each.first == name; });
        if (taken || name == "none" || node.table() == nullptr) {
            return report_.fail(wrong_key, "composite." + name, node.line(), "not a table, or a name that is taken");
        }
        (void)find(name);
    }
}

void composite_builder::read(const toml_value& section, const std::string& path, composite_spec& to) {
    toml_reader from(section, path, report_);
    from.need("style");
    from.choice("style", to.style, words::styles);
    from.choice("tag", to.tag, words::encodings);
    from.number("tag_bytes", to.tag_bytes, 1, 4);
    from.choice("length", to.length, words::prefixes);
    from.number("length_bytes", to.length_bytes, 1, 4);
    from.choice("unknown", to.unknown, words::unknowns);
    from.number("bitmap_bytes", to.bitmap_bytes, 1, 16);
    from.choice("bitmap", to.bitmap_form, words::bitmap_forms);
    from.choice("bitmap_goes_on", to.goes_on, words::goes_on_words);
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
            from.fail(
                wrong_key, "tag", "found " + words::word_of(words::encodings, to.tag) + ", allowed: ascii, binary");
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

subfield_spec composite_builder::read_part(const toml_value& section, const std::string& path,
    const composite_spec& of, const std::vector<subfield_spec>& before) {
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
    from.choice("kind", row.kind, words::kinds);
    from.number("min", row.min, 0, max_field_units);
    from.number("max", row.max, 1, max_field_units);
    if (row.min > row.max) from.fail(contradicts, "min", "more than max");
    from.choice("mask", row.mask, words::masks);
    if (auto name = from.text("name", 64)) row.name = store_.keep(*std::move(name));
    inside(from, row.inside);
    encoded_part(from, of, row);
    from.finish();
    return row;
}

void composite_builder::encoded_part(toml_reader& from, const composite_spec& of, subfield_spec& row) {
    if (of.style != composite_style::bitmap) return;
    row.encoding = row.kind == kind::binary ? encoding::binary : encoding::ascii;
    from.choice("encoding", row.encoding, words::encodings);
    from.choice("length", row.length, words::length_forms);
    from.choice("prefix", row.prefix, words::prefixes);
    const bool raw = row.encoding == encoding::binary || row.encoding == encoding::hex;
    if ((row.kind == kind::binary) != raw) from.fail(contradicts, "encoding", "does not fit the kind");
    if (row.length == length_form::fixed) {
        if (from.has("min")) from.fail(contradicts, "min", "a fixed length has only max");
        row.min = row.max;
    }
}

} // namespace cipherlane::iso8583
