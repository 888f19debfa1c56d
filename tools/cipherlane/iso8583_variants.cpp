#include "cipherlane/iso8583_variants.hpp"

#include <cipherlane/iso8583/cup_pos.hpp>
#include <cipherlane/iso8583/iso_dialects.hpp>

#include <vector>

namespace cipherlane::cli {
namespace {

using namespace iso8583;

bool is_number(const field_spec& row) {
    return row.kind == kind::digits || row.kind == kind::track || row.kind == kind::signed_digits;
}

dialect bare(const dialect& from) {
    auto table = from;
    table.envelope = {};
    return table;
}

/// Each row changed; a row that then contradicts itself stays as it was.
template <class Change>
dialect with_rows(dialect table, Change change) {
    for (const int number : table.known) {
        auto& row = table.fields[static_cast<std::size_t>(number)];
        auto changed = row;
        change(changed);
        if (valid(changed)) row = changed;
    }
    return table;
}

dialect binary_bitmap(dialect table) {
    table.bitmap = encoding::binary;
    return table;
}

/// Fields of bytes as they are, not as hex characters.
dialect plain_bytes(const dialect& table) {
    return with_rows(table, [](field_spec& row) {
        if (row.kind == kind::binary) row.encoding = encoding::binary;
    });
}

dialect ebcdic_bitmap(dialect table) {
    table.bitmap = encoding::ebcdic;
    return table;
}

dialect in_ebcdic(dialect table) {
    table.mti = encoding::ebcdic;
    return with_rows(std::move(table), [](field_spec& row) {
        if (row.encoding == encoding::ascii && row.kind != kind::gbk) row.encoding = encoding::ebcdic;
        if (row.prefix == length_encoding::ascii) row.prefix = length_encoding::ebcdic;
    });
}

/// Packed numbers behind one byte of length, text in EBCDIC: as VisaNet sends it.
dialect visa_like(const dialect& table) {
    return with_rows(table, [](field_spec& row) {
        if (row.length != length_form::fixed) {
            row.prefix = length_encoding::binary;
            row.length = length_form::ll;
            if (row.max > 255) row.max = 255;
        }
        if (row.kind == kind::alnum || row.kind == kind::text) row.encoding = encoding::ebcdic;
    });
}

/// Every length a binary number.
dialect binary_lengths(const dialect& table) {
    return with_rows(table, [](field_spec& row) {
        if (row.length != length_form::fixed) row.prefix = length_encoding::binary;
    });
}

dialect one_byte_lengths(const dialect& table) {
    return with_rows(table, [](field_spec& row) {
        if (row.length == length_form::fixed) return;
        row.prefix = length_encoding::binary;
        row.length = length_form::ll;
        if (row.max > 255) row.max = 255;
        if (row.min == 0) row.min = 1; // else the 00 of "00 11" would be a field without a value
    });
}

dialect three_bitmaps(dialect table) {
    table.bitmaps = max_bitmaps;
    return table;
}

dialect right_padded(const dialect& table) {
    return with_rows(table, [](field_spec& row) {
        if (is_number(row) && row.padding == padding::left_zero) row.padding = padding::right_zero;
    });
}

dialect ascii_lengths(const dialect& table) {
    return with_rows(table, [](field_spec& row) {
        if (row.length != length_form::fixed) row.prefix = length_encoding::ascii;
    });
}

/// Lengths that count what is sent: hex characters, or bytes of packed digits.
dialect wire_lengths(const dialect& table) {
    return with_rows(table, [](field_spec& row) {
        if (row.length != length_form::fixed && (row.encoding == encoding::hex || row.packed()))
            row.counts = length_counts::wire;
    });
}

/// Of 2003: another version in the message type, and the century in field 12.
dialect of_2003(dialect table) {
    constexpr int local_time = 12;
    constexpr std::uint16_t digits = 14;
    table.mti_version = '2';
    auto& row = table.fields[local_time];
    row.max = digits;
    if (row.min != 0) row.min = digits;
    return table;
}

std::vector<dialect_variant> make() {
    std::vector<dialect_variant> all;
    const auto add = [&](std::string name, std::string toml, dialect table) {
        if (valid(table)) all.push_back({std::move(name), std::move(toml), std::move(table)});
    };
    for (const auto* each : built_in_dialects())
        add(std::string(each->name), "base = \"" + std::string(each->name) + "\"\n", bare(*each));
    for (const auto* each : {&iso87_ascii(), &iso93_ascii()}) {
        const auto base = "base = \"" + std::string(each->name) + "\"\n";
        const auto name = std::string(each->name);
        const auto plain = bare(*each);
        add(name + ", binary bitmap", base + "bitmap = \"binary\"\n", binary_bitmap(plain));
        add(name + ", binary bitmap, bytes as they are",
            base + "bitmap = \"binary\"\n# fields of kind binary: encoding = \"binary\"\n",
            plain_bytes(binary_bitmap(plain)));
        add(name + ", bytes as they are", base + "# fields of kind binary: encoding = \"binary\"\n",
            plain_bytes(plain));
        const std::string counts = "# fields of kind binary: counts = \"wire\"\n";
        add(name + ", lengths count hex characters", base + counts, wire_lengths(plain));
        add(name + ", binary bitmap, lengths count hex characters", base + "bitmap = \"binary\"\n" + counts,
            wire_lengths(binary_bitmap(plain)));
        add(name + ", EBCDIC, binary bitmap",
            base + "mti = \"ebcdic\"\nbitmap = \"binary\"\n# all fields: encoding and prefix = \"ebcdic\"\n",
            plain_bytes(in_ebcdic(binary_bitmap(plain))));
        add(name + ", EBCDIC, bitmap too",
            base + "mti = \"ebcdic\"\nbitmap = \"ebcdic\"\n# all fields: encoding and prefix = \"ebcdic\"\n",
            plain_bytes(in_ebcdic(ebcdic_bitmap(plain))));
    }
    const auto packed = bare(iso87_bcd());
    const std::string base = "base = \"iso87-bcd\"\n";
    add("iso87-bcd, odd numbers filled behind", base + "# odd packed fields: padding = \"right-zero\"\n",
        right_padded(packed));
    add("iso87-bcd, one byte of length, text in EBCDIC",
        base + "# variable fields: prefix = \"binary\", length = \"ll\"; text: encoding = \"ebcdic\"\n",
        visa_like(packed));
    add("iso87-bcd, lengths in ASCII", base + "# variable fields: prefix = \"ascii\"\n", ascii_lengths(packed));
    add("iso87-bcd, lengths count bytes", base + "# packed fields of variable length: counts = \"wire\"\n",
        wire_lengths(packed));
    for (const auto* each : {&cup_pos(), &iso87_bcd()}) {
        const auto name = std::string(each->name);
        const auto keys = "base = \"" + name + "\"\n# variable fields: prefix = \"binary\"";
        add(name + ", lengths in binary", keys + "\n", binary_lengths(bare(*each)));
        add(name + ", one byte of length", keys + ", length = \"ll\"\n", one_byte_lengths(bare(*each)));
    }
    const std::string third = "bitmaps = 3\n";
    add("iso87-bcd, third bitmap", base + third, three_bitmaps(packed));
    for (const auto* each : {&iso87_ascii(), &iso93_ascii()}) {
        const auto name = std::string(each->name);
        const auto keys = "base = \"" + name + "\"\n" + third;
        add(name + ", third bitmap", keys, three_bitmaps(bare(*each)));
        add(name + ", binary bitmap, third bitmap", keys + "bitmap = \"binary\"\n",
            three_bitmaps(binary_bitmap(bare(*each))));
    }
    auto later = packed;
    later.mti_version = '1';
    const std::string base93 = "base = \"iso93-ascii\"\nmti_version = 2\n";
    add("iso93-ascii, as of 2003", base93 + "# field 12: max = 14\n", of_2003(bare(iso93_ascii())));
    add("iso93-ascii, as of 2003, binary bitmap", base93 + "bitmap = \"binary\"\n# field 12: max = 14\n",
        plain_bytes(binary_bitmap(of_2003(bare(iso93_ascii())))));
    add("iso87-bcd, message types of 1993", base + "mti_version = 1\n", later);
    return all;
}

} // namespace

std::span<const dialect_variant> dialect_variants() {
    static const auto all = make();
    return all;
}

} // namespace cipherlane::cli
