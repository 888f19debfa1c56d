#include "cup_subfields.hpp"

#include <cipherlane/iso8583/cup_pos.hpp>
#include <cipherlane/iso8583/iso_dialects.hpp>

#include <array>

namespace cipherlane::iso8583 {
namespace {

/// What the standard itself says of a field; how it is written is the dialect's.
struct element {
    std::uint8_t number;
    iso8583::kind kind;
    length_form length;
    std::uint16_t max;
    std::string_view name;
    iso8583::mask mask = mask::none;
};

// ISO 8583:1987, data elements.
constexpr element elements87[] = {
    {2, kind::digits, length_form::ll, 19, "primary account number", mask::pan},
    {3, kind::digits, length_form::fixed, 6, "processing code"},
    {4, kind::digits, length_form::fixed, 12, "amount, transaction"},
    {5, kind::digits, length_form::fixed, 12, "amount, settlement"},
    {6, kind::digits, length_form::fixed, 12, "amount, cardholder billing"},
    {7, kind::digits, length_form::fixed, 10, "transmission date and time"},
    {8, kind::digits, length_form::fixed, 8, "amount, billing fee"},
    {9, kind::digits, length_form::fixed, 8, "conversion rate, settlement"},
    {10, kind::digits, length_form::fixed, 8, "conversion rate, billing"},
    {11, kind::digits, length_form::fixed, 6, "trace"},
    {12, kind::digits, length_form::fixed, 6, "local time"},
    {13, kind::digits, length_form::fixed, 4, "local date"},
    {14, kind::digits, length_form::fixed, 4, "expiry"},
    {15, kind::digits, length_form::fixed, 4, "settlement date"},
    {16, kind::digits, length_form::fixed, 4, "conversion date"},
    {17, kind::digits, length_form::fixed, 4, "capture date"},
    {18, kind::digits, length_form::fixed, 4, "merchant type"},
    {19, kind::digits, length_form::fixed, 3, "acquirer country"},
    {20, kind::digits, length_form::fixed, 3, "PAN country"},
    {21, kind::digits, length_form::fixed, 3, "forwarder country"},
    {22, kind::digits, length_form::fixed, 3, "entry mode"},
    {23, kind::digits, length_form::fixed, 3, "PAN sequence number"},
    {24, kind::digits, length_form::fixed, 3, "network international identifier"},
    {25, kind::digits, length_form::fixed, 2, "condition code"},
    {26, kind::digits, length_form::fixed, 2, "longest PIN"},
    {27, kind::digits, length_form::fixed, 1, "length of the authorisation code"},
    {28, kind::signed_digits, length_form::fixed, 9, "transaction fee"},
    {29, kind::signed_digits, length_form::fixed, 9, "settlement fee"},
    {30, kind::signed_digits, length_form::fixed, 9, "transaction processing fee"},
    {31, kind::signed_digits, length_form::fixed, 9, "settlement processing fee"},
    {32, kind::digits, length_form::ll, 11, "acquirer"},
    {33, kind::digits, length_form::ll, 11, "forwarder"},
    {34, kind::text, length_form::ll, 28, "extended PAN", mask::secret},
    {35, kind::track, length_form::ll, 37, "track 2", mask::secret},
    {36, kind::track, length_form::lll, 104, "track 3", mask::secret},
    {37, kind::alnum, length_form::fixed, 12, "reference number"},
    {38, kind::alnum, length_form::fixed, 6, "authorisation code"},
    {39, kind::alnum, length_form::fixed, 2, "answer code"},
    {40, kind::alnum, length_form::fixed, 3, "service restriction"},
    {41, kind::text, length_form::fixed, 8, "terminal"},
    {42, kind::text, length_form::fixed, 15, "merchant"},
    {43, kind::text, length_form::fixed, 40, "name and place"},
    {44, kind::text, length_form::ll, 25, "additional answer data"},
    {45, kind::text, length_form::ll, 76, "track 1", mask::secret},
    {46, kind::text, length_form::lll, 999, "additional data, ISO"},
    {47, kind::text, length_form::lll, 999, "additional data, national"},
    {48, kind::text, length_form::lll, 999, "additional data, private", mask::secret},
    {49, kind::alnum, length_form::fixed, 3, "currency, transaction"},
    {50, kind::alnum, length_form::fixed, 3, "currency, settlement"},
    {51, kind::alnum, length_form::fixed, 3, "currency, billing"},
    {52, kind::binary, length_form::fixed, 8, "PIN block", mask::secret},
    {53, kind::digits, length_form::fixed, 16, "security control"},
    {54, kind::text, length_form::lll, 120, "additional amounts"},
    {55, kind::binary, length_form::lll, 255, "chip data", mask::tlv},
    {56, kind::text, length_form::lll, 999, "reserved, ISO", mask::secret},
    {57, kind::text, length_form::lll, 999, "reserved, national", mask::secret},
    {58, kind::text, length_form::lll, 999, "reserved, national", mask::secret},
    {59, kind::text, length_form::lll, 999, "reserved, national", mask::secret},
    {60, kind::text, length_form::lll, 999, "reserved, private", mask::secret},
    {61, kind::text, length_form::lll, 999, "reserved, private", mask::secret},
    {62, kind::text, length_form::lll, 999, "reserved, private", mask::secret},
    {63, kind::text, length_form::lll, 999, "reserved, private", mask::secret},
    {64, kind::binary, length_form::fixed, 8, "MAC"},
    {66, kind::digits, length_form::fixed, 1, "settlement code"},
    {67, kind::digits, length_form::fixed, 2, "extended payment code"},
    {68, kind::digits, length_form::fixed, 3, "receiver country"},
    {69, kind::digits, length_form::fixed, 3, "settlement institution country"},
    {70, kind::digits, length_form::fixed, 3, "network management code"},
    {71, kind::digits, length_form::fixed, 4, "message number"},
    {72, kind::digits, length_form::fixed, 4, "last message number"},
    {73, kind::digits, length_form::fixed, 6, "action date"},
    {74, kind::digits, length_form::fixed, 10, "credits, count"},
    {75, kind::digits, length_form::fixed, 10, "credits reversed, count"},
    {76, kind::digits, length_form::fixed, 10, "debits, count"},
    {77, kind::digits, length_form::fixed, 10, "debits reversed, count"},
    {78, kind::digits, length_form::fixed, 10, "transfers, count"},
    {79, kind::digits, length_form::fixed, 10, "transfers reversed, count"},
    {80, kind::digits, length_form::fixed, 10, "inquiries, count"},
    {81, kind::digits, length_form::fixed, 10, "authorisations, count"},
    {82, kind::digits, length_form::fixed, 12, "credits, processing fee"},
    {83, kind::digits, length_form::fixed, 12, "credits, transaction fee"},
    {84, kind::digits, length_form::fixed, 12, "debits, processing fee"},
    {85, kind::digits, length_form::fixed, 12, "debits, transaction fee"},
    {86, kind::digits, length_form::fixed, 16, "credits, amount"},
    {87, kind::digits, length_form::fixed, 16, "credits reversed, amount"},
    {88, kind::digits, length_form::fixed, 16, "debits, amount"},
    {89, kind::digits, length_form::fixed, 16, "debits reversed, amount"},
    {90, kind::digits, length_form::fixed, 42, "original data"},
    {91, kind::alnum, length_form::fixed, 1, "file update code"},
    {92, kind::alnum, length_form::fixed, 2, "file security code"},
    {93, kind::alnum, length_form::fixed, 5, "answer indicator"},
    {94, kind::alnum, length_form::fixed, 7, "service indicator"},
    {95, kind::alnum, length_form::fixed, 42, "replacement amounts"},
    {96, kind::binary, length_form::fixed, 8, "message security code", mask::secret},
    {97, kind::signed_digits, length_form::fixed, 17, "net settlement amount"},
    {98, kind::text, length_form::fixed, 25, "payee"},
    {99, kind::digits, length_form::ll, 11, "settlement institution"},
    {100, kind::digits, length_form::ll, 11, "receiver"},
    {101, kind::text, length_form::ll, 17, "file name"},
    {102, kind::text, length_form::ll, 28, "account 1", mask::secret},
    {103, kind::text, length_form::ll, 28, "account 2", mask::secret},
    {104, kind::text, length_form::lll, 100, "transaction description"},
    {105, kind::text, length_form::lll, 999, "reserved, ISO", mask::secret},
    {106, kind::text, length_form::lll, 999, "reserved, ISO", mask::secret},
    {107, kind::text, length_form::lll, 999, "reserved, ISO", mask::secret},
    {108, kind::text, length_form::lll, 999, "reserved, ISO", mask::secret},
    {109, kind::text, length_form::lll, 999, "reserved, ISO", mask::secret},
    {110, kind::text, length_form::lll, 999, "reserved, ISO", mask::secret},
    {111, kind::text, length_form::lll, 999, "reserved, ISO", mask::secret},
    {112, kind::text, length_form::lll, 999, "reserved, national", mask::secret},
    {113, kind::text, length_form::lll, 999, "reserved, national", mask::secret},
    {114, kind::text, length_form::lll, 999, "reserved, national", mask::secret},
    {115, kind::text, length_form::lll, 999, "reserved, national", mask::secret},
    {116, kind::text, length_form::lll, 999, "reserved, national", mask::secret},
    {117, kind::text, length_form::lll, 999, "reserved, national", mask::secret},
    {118, kind::text, length_form::lll, 999, "reserved, national", mask::secret},
    {119, kind::text, length_form::lll, 999, "reserved, national", mask::secret},
    {120, kind::text, length_form::lll, 999, "reserved, private", mask::secret},
    {121, kind::text, length_form::lll, 999, "reserved, private", mask::secret},
    {122, kind::text, length_form::lll, 999, "reserved, private", mask::secret},
    {123, kind::text, length_form::lll, 999, "reserved, private", mask::secret},
    {124, kind::text, length_form::lll, 999, "reserved, private", mask::secret},
    {125, kind::text, length_form::lll, 999, "reserved, private", mask::secret},
    {126, kind::text, length_form::lll, 999, "reserved, private", mask::secret},
    {127, kind::text, length_form::lll, 999, "reserved, private", mask::secret},
    {128, kind::binary, length_form::fixed, 8, "MAC"},
};

// ISO 8583:1993, data elements.
constexpr element elements93[] = {
    {2, kind::digits, length_form::ll, 19, "primary account number", mask::pan},
    {3, kind::digits, length_form::fixed, 6, "processing code"},
    {4, kind::digits, length_form::fixed, 12, "amount, transaction"},
    {5, kind::digits, length_form::fixed, 12, "amount, settlement"},
    {6, kind::digits, length_form::fixed, 12, "amount, cardholder billing"},
    {7, kind::digits, length_form::fixed, 10, "transmission date and time"},
    {8, kind::digits, length_form::fixed, 8, "amount, billing fee"},
    {9, kind::digits, length_form::fixed, 8, "conversion rate, settlement"},
    {10, kind::digits, length_form::fixed, 8, "conversion rate, billing"},
    {11, kind::digits, length_form::fixed, 6, "trace"},
    {12, kind::digits, length_form::fixed, 12, "local date and time"},
    {13, kind::digits, length_form::fixed, 4, "effective date"},
    {14, kind::digits, length_form::fixed, 4, "expiry"},
    {15, kind::digits, length_form::fixed, 6, "settlement date"},
    {16, kind::digits, length_form::fixed, 4, "conversion date"},
    {17, kind::digits, length_form::fixed, 4, "capture date"},
    {18, kind::digits, length_form::fixed, 4, "merchant type"},
    {19, kind::digits, length_form::fixed, 3, "acquirer country"},
    {20, kind::digits, length_form::fixed, 3, "PAN country"},
    {21, kind::digits, length_form::fixed, 3, "forwarder country"},
    {22, kind::alnum, length_form::fixed, 12, "point of service data"},
    {23, kind::digits, length_form::fixed, 3, "PAN sequence number"},
    {24, kind::digits, length_form::fixed, 3, "function code"},
    {25, kind::digits, length_form::fixed, 4, "message reason code"},
    {26, kind::digits, length_form::fixed, 4, "acceptor business code"},
    {27, kind::digits, length_form::fixed, 1, "length of the authorisation code"},
    {28, kind::digits, length_form::fixed, 6, "reconciliation date"},
    {29, kind::digits, length_form::fixed, 3, "reconciliation indicator"},
    {30, kind::digits, length_form::fixed, 24, "amounts, original"},
    {31, kind::text, length_form::ll, 99, "acquirer reference data"},
    {32, kind::digits, length_form::ll, 11, "acquirer"},
    {33, kind::digits, length_form::ll, 11, "forwarder"},
    {34, kind::text, length_form::ll, 28, "extended PAN", mask::secret},
    {35, kind::track, length_form::ll, 37, "track 2", mask::secret},
    {36, kind::track, length_form::lll, 104, "track 3", mask::secret},
    {37, kind::alnum, length_form::fixed, 12, "reference number"},
    {38, kind::alnum, length_form::fixed, 6, "authorisation code"},
    {39, kind::digits, length_form::fixed, 3, "action code"},
    {40, kind::digits, length_form::fixed, 3, "service code"},
    {41, kind::text, length_form::fixed, 8, "terminal"},
    {42, kind::text, length_form::fixed, 15, "merchant"},
    {43, kind::text, length_form::ll, 99, "name and place"},
    {44, kind::text, length_form::ll, 99, "additional answer data"},
    {45, kind::text, length_form::ll, 76, "track 1", mask::secret},
    {46, kind::text, length_form::lll, 204, "amounts, fees"},
    {47, kind::text, length_form::lll, 999, "additional data, national"},
    {48, kind::text, length_form::lll, 999, "additional data, private", mask::secret},
    {49, kind::alnum, length_form::fixed, 3, "currency, transaction"},
    {50, kind::alnum, length_form::fixed, 3, "currency, settlement"},
    {51, kind::alnum, length_form::fixed, 3, "currency, billing"},
    {52, kind::binary, length_form::fixed, 8, "PIN block", mask::secret},
    {53, kind::binary, length_form::ll, 48, "security control", mask::secret},
    {54, kind::text, length_form::lll, 120, "additional amounts"},
    {55, kind::binary, length_form::lll, 255, "chip data", mask::tlv},
    {56, kind::digits, length_form::ll, 35, "original data elements"},
    {57, kind::digits, length_form::fixed, 3, "authorisation life cycle"},
    {58, kind::digits, length_form::ll, 11, "authorising agent"},
    {59, kind::text, length_form::lll, 999, "transport data", mask::secret},
    {60, kind::text, length_form::lll, 999, "reserved, private", mask::secret},
    {61, kind::text, length_form::lll, 999, "reserved, private", mask::secret},
    {62, kind::text, length_form::lll, 999, "reserved, private", mask::secret},
    {63, kind::text, length_form::lll, 999, "reserved, private", mask::secret},
    {64, kind::binary, length_form::fixed, 8, "MAC"},
    {66, kind::text, length_form::lll, 204, "amounts, original fees"},
    {67, kind::digits, length_form::fixed, 2, "extended payment data"},
    {68, kind::digits, length_form::fixed, 3, "receiver country"},
    {69, kind::digits, length_form::fixed, 3, "settlement institution country"},
    {71, kind::digits, length_form::fixed, 8, "message number"},
    {72, kind::text, length_form::lll, 999, "data record", mask::secret},
    {73, kind::digits, length_form::fixed, 6, "action date"},
    {74, kind::digits, length_form::fixed, 10, "credits, count"},
    {75, kind::digits, length_form::fixed, 10, "credits reversed, count"},
    {76, kind::digits, length_form::fixed, 10, "debits, count"},
    {77, kind::digits, length_form::fixed, 10, "debits reversed, count"},
    {78, kind::digits, length_form::fixed, 10, "transfers, count"},
    {79, kind::digits, length_form::fixed, 10, "transfers reversed, count"},
    {80, kind::digits, length_form::fixed, 10, "inquiries, count"},
    {81, kind::digits, length_form::fixed, 10, "authorisations, count"},
    {82, kind::digits, length_form::fixed, 12, "credits, processing fee"},
    {83, kind::digits, length_form::fixed, 12, "credits, transaction fee"},
    {84, kind::digits, length_form::fixed, 12, "debits, processing fee"},
    {85, kind::digits, length_form::fixed, 12, "debits, transaction fee"},
    {86, kind::digits, length_form::fixed, 16, "credits, amount"},
    {87, kind::digits, length_form::fixed, 16, "credits reversed, amount"},
    {88, kind::digits, length_form::fixed, 16, "debits, amount"},
    {89, kind::digits, length_form::fixed, 16, "debits reversed, amount"},
    {90, kind::digits, length_form::fixed, 42, "original data"},
    {93, kind::alnum, length_form::fixed, 5, "answer indicator"},
    {94, kind::alnum, length_form::fixed, 7, "service indicator"},
    {95, kind::alnum, length_form::fixed, 42, "replacement amounts"},
    {97, kind::signed_digits, length_form::fixed, 17, "net reconciliation amount"},
    {98, kind::text, length_form::fixed, 25, "payee"},
    {99, kind::digits, length_form::ll, 11, "settlement institution"},
    {100, kind::digits, length_form::ll, 11, "receiver"},
    {101, kind::text, length_form::ll, 17, "file name"},
    {102, kind::text, length_form::ll, 28, "account 1", mask::secret},
    {103, kind::text, length_form::ll, 28, "account 2", mask::secret},
    {104, kind::text, length_form::lll, 100, "transaction description"},
    {105, kind::text, length_form::lll, 999, "reserved, ISO", mask::secret},
    {106, kind::text, length_form::lll, 999, "reserved, ISO", mask::secret},
    {107, kind::text, length_form::lll, 999, "reserved, ISO", mask::secret},
    {108, kind::text, length_form::lll, 999, "reserved, ISO", mask::secret},
    {109, kind::text, length_form::lll, 999, "reserved, ISO", mask::secret},
    {110, kind::text, length_form::lll, 999, "reserved, ISO", mask::secret},
    {111, kind::text, length_form::lll, 999, "reserved, ISO", mask::secret},
    {112, kind::text, length_form::lll, 999, "reserved, national", mask::secret},
    {113, kind::text, length_form::lll, 999, "reserved, national", mask::secret},
    {114, kind::text, length_form::lll, 999, "reserved, national", mask::secret},
    {115, kind::text, length_form::lll, 999, "reserved, national", mask::secret},
    {116, kind::text, length_form::lll, 999, "reserved, national", mask::secret},
    {117, kind::text, length_form::lll, 999, "reserved, national", mask::secret},
    {118, kind::text, length_form::lll, 999, "reserved, national", mask::secret},
    {119, kind::text, length_form::lll, 999, "reserved, national", mask::secret},
    {120, kind::text, length_form::lll, 999, "reserved, private", mask::secret},
    {121, kind::text, length_form::lll, 999, "reserved, private", mask::secret},
    {122, kind::text, length_form::lll, 999, "reserved, private", mask::secret},
    {123, kind::text, length_form::lll, 999, "reserved, private", mask::secret},
    {124, kind::text, length_form::lll, 999, "reserved, private", mask::secret},
    {125, kind::text, length_form::lll, 999, "reserved, private", mask::secret},
    {126, kind::text, length_form::lll, 999, "reserved, private", mask::secret},
    {127, kind::text, length_form::lll, 999, "reserved, private", mask::secret},
    {128, kind::binary, length_form::fixed, 8, "MAC"},
};

enum class form : std::uint8_t { characters, packed };

constexpr field_spec write(const element& what, form how) noexcept {
    field_spec row{.number = what.number,
        .kind = what.kind,
        .length = what.length,
        .max = what.max,
        .mask = what.mask,
        .name = what.name};
    const bool fixed = what.length == length_form::fixed;
    const bool digits = what.kind == kind::digits || what.kind == kind::track || what.kind == kind::signed_digits;
    row.min = fixed ? what.max : std::uint16_t{digits};
    row.prefix = how == form::packed ? length_encoding::bcd : length_encoding::ascii;
    if (what.kind == kind::binary) {
        row.encoding = how == form::packed ? encoding::binary : encoding::hex;
    } else if (digits && how == form::packed) {
        row.encoding = encoding::bcd;
        if (what.kind == kind::track) row.padding = padding::right_zero;
        if (what.kind == kind::digits && (!fixed || what.max % 2 != 0)) row.padding = padding::left_zero;
    } else if (what.kind == kind::text && fixed) {
        row.padding = padding::right_space;
    }
    if (what.mask == mask::tlv) row.inside = &chip_tlv;
    return row;
}

template <std::size_t N>
constexpr dialect write(dialect base, const element (&elements)[N], form how) noexcept {
    std::array<field_spec, N> rows{};
    for (std::size_t i = 0; i < N; ++i)
        rows[i] = write(elements[i], how);
    base.mac_fields = field_set::of(64, 128);
    return make_dialect(base, rows);
}

constexpr dialect ascii87 = write({.name = "iso87-ascii"}, elements87, form::characters);
constexpr dialect bcd87 = write({.name = "iso87-bcd",
                                    .envelope = {.length = frame_length::binary2},
                                    .mti = encoding::bcd,
                                    .bitmap = encoding::binary},
    elements87, form::packed);
constexpr dialect ascii93 = write({.name = "iso93-ascii", .mti_version = '1'}, elements93, form::characters);

static_assert(valid(ascii87));
static_assert(valid(bcd87));
static_assert(valid(ascii93));

} // namespace

const dialect& iso87_ascii() noexcept {
    return ascii87;
}
const dialect& iso87_bcd() noexcept {
    return bcd87;
}
const dialect& iso93_ascii() noexcept {
    return ascii93;
}

std::span<const dialect* const> built_in_dialects() noexcept {
    static const std::array<const dialect*, 4> all{&cup_pos(), &ascii87, &bcd87, &ascii93};
    return all;
}

const dialect* find_dialect(std::string_view name) noexcept {
    for (const auto* one : built_in_dialects()) {
        if (one->name == name) return one;
    }
    return nullptr;
}

} // namespace cipherlane::iso8583
