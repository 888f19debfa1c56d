#pragma once

#include <cipherlane/iso8583/composite.hpp>

/// The structure of fields 55, 59, 60, 61 and 62 of `cup-pos` (UnionPay POS dialect, transactions and F59).
namespace cipherlane::iso8583 {

inline constexpr subfield_spec rows60[] = {
    {.tag = "60.1", .kind = kind::digits, .min = 2, .max = 2, .name = "transaction type"},
    {.tag = "60.2", .kind = kind::digits, .min = 6, .max = 6, .name = "batch"},
    {.tag = "60.3", .kind = kind::digits, .min = 3, .max = 3, .name = "network code"},
    {.tag = "60.4", .kind = kind::digits, .min = 1, .max = 1, .name = "reader capability"},
    {.tag = "60.5", .kind = kind::digits, .min = 1, .max = 1, .name = "IC condition"},
    {.tag = "60.6", .kind = kind::digits, .min = 1, .max = 1, .name = "partial amount"},
    {.tag = "60.7", .kind = kind::digits, .min = 3, .max = 3, .name = "account type"},
};
inline constexpr composite_spec parts60{.style = composite_style::positional, .parts = rows60};
static_assert(valid(parts60));

inline constexpr subfield_spec rows61[] = {
    {.tag = "61.1", .kind = kind::digits, .min = 6, .max = 6, .name = "original batch"},
    {.tag = "61.2", .kind = kind::digits, .min = 6, .max = 6, .name = "original trace"},
    {.tag = "61.3", .kind = kind::digits, .min = 4, .max = 4, .name = "original date MMDD"},
    {.tag = "61.4", .kind = kind::digits, .min = 2, .max = 2, .name = "authorisation mode"},
    {.tag = "61.5", .kind = kind::digits, .min = 1, .max = 11, .name = "authorising organisation"},
};
inline constexpr composite_spec parts61{.style = composite_style::positional, .parts = rows61};
static_assert(valid(parts61));

inline constexpr subfield_spec rows59_a2[] = {
    {.tag = "01", .kind = kind::text, .max = 999, .name = "device type"},
    {.tag = "02", .kind = kind::text, .max = 999, .name = "serial number"},
    {.tag = "03", .kind = kind::text, .max = 999, .name = "random"},
    {.tag = "04", .kind = kind::binary, .max = 999, .name = "MAC of the serial number"},
    {.tag = "05", .kind = kind::text, .max = 999, .name = "application version"},
};
inline constexpr composite_spec tlv59_a2{
    .style = composite_style::tagged, .tag_bytes = 2, .length_bytes = 3, .parts = rows59_a2};
static_assert(valid(tlv59_a2));

inline constexpr subfield_spec rows59[] = {
    {.tag = "A1", .kind = kind::binary, .max = 999, .mask = mask::secret, .name = "SM4 PIN"},
    {.tag = "A2", .kind = kind::binary, .max = 999, .name = "terminal serial block", .inside = &tlv59_a2},
    {.tag = "A3", .kind = kind::text, .max = 999, .mask = mask::secret, .name = "payment code"},
    {.tag = "A4", .kind = kind::text, .max = 999, .name = "payment voucher"},
};
inline constexpr composite_spec tlv59{
    .style = composite_style::tagged, .tag_bytes = 2, .length_bytes = 3, .parts = rows59};
static_assert(valid(tlv59));

inline constexpr subfield_spec rows62[] = {
    {.tag = "00", .kind = kind::binary, .min = 16, .max = 16, .mask = mask::secret, .name = "SM4 PIN"},
    {.tag = "09", .kind = kind::binary, .max = 255, .mask = mask::secret, .name = "other use of field 62"},
    {.tag = "10", .kind = kind::binary, .max = 255, .mask = mask::secret, .name = "other use of field 62"},
    {.tag = "12", .kind = kind::binary, .max = 255, .mask = mask::secret, .name = "other use of field 62"},
    {.tag = "13", .kind = kind::binary, .max = 255, .mask = mask::secret, .name = "other use of field 62"},
};
inline constexpr composite_spec tlv62{.style = composite_style::tagged,
    .tag_bytes = 1,
    .tag = encoding::binary,
    .length_bytes = 1,
    .length = length_encoding::binary,
    .parts = rows62};
static_assert(valid(tlv62));

/// Card data that chip TLV may carry; every other tag may be printed.
inline constexpr subfield_spec rows55[] = {
    {.tag = "56", .kind = kind::binary, .max = 999, .mask = mask::secret, .name = "track 1 equivalent"},
    {.tag = "57", .kind = kind::binary, .max = 999, .mask = mask::secret, .name = "track 2 equivalent"},
    {.tag = "5A", .kind = kind::binary, .max = 999, .mask = mask::secret, .name = "PAN"},
    {.tag = "5F20", .kind = kind::binary, .max = 999, .mask = mask::secret, .name = "cardholder name"},
    {.tag = "99", .kind = kind::binary, .max = 999, .mask = mask::secret, .name = "PIN data"},
    {.tag = "9F0B", .kind = kind::binary, .max = 999, .mask = mask::secret, .name = "cardholder name, extended"},
    {.tag = "9F1F", .kind = kind::binary, .max = 999, .mask = mask::secret, .name = "track 1 discretionary data"},
    {.tag = "9F20", .kind = kind::binary, .max = 999, .mask = mask::secret, .name = "track 2 discretionary data"},
    {.tag = "9F61", .kind = kind::binary, .max = 999, .mask = mask::secret, .name = "cardholder identity number"},
    {.tag = "9F6B", .kind = kind::binary, .max = 999, .mask = mask::secret, .name = "track 2 data"},
    {.tag = "82", .kind = kind::binary, .max = 999, .name = "application interchange profile"},
    {.tag = "84", .kind = kind::binary, .max = 999, .name = "dedicated file name"},
    {.tag = "8A", .kind = kind::binary, .max = 999, .name = "authorisation response code"},
    {.tag = "91", .kind = kind::binary, .max = 999, .name = "issuer authentication data"},
    {.tag = "95", .kind = kind::binary, .max = 999, .name = "terminal verification results"},
    {.tag = "9A", .kind = kind::binary, .max = 999, .name = "transaction date"},
    {.tag = "9C", .kind = kind::binary, .max = 999, .name = "transaction type"},
    {.tag = "5F2A", .kind = kind::binary, .max = 999, .name = "transaction currency"},
    {.tag = "5F34", .kind = kind::binary, .max = 999, .name = "PAN sequence number"},
    {.tag = "9F02", .kind = kind::binary, .max = 999, .name = "amount, authorised"},
    {.tag = "9F03", .kind = kind::binary, .max = 999, .name = "amount, other"},
    {.tag = "9F09", .kind = kind::binary, .max = 999, .name = "application version"},
    {.tag = "9F10", .kind = kind::binary, .max = 999, .name = "issuer application data"},
    {.tag = "9F1A", .kind = kind::binary, .max = 999, .name = "terminal country"},
    {.tag = "9F1E", .kind = kind::binary, .max = 999, .name = "interface device serial number"},
    {.tag = "9F26", .kind = kind::binary, .max = 999, .name = "application cryptogram"},
    {.tag = "9F27", .kind = kind::binary, .max = 999, .name = "cryptogram information"},
    {.tag = "9F33", .kind = kind::binary, .max = 999, .name = "terminal capabilities"},
    {.tag = "9F34", .kind = kind::binary, .max = 999, .name = "CVM results"},
    {.tag = "9F35", .kind = kind::binary, .max = 999, .name = "terminal type"},
    {.tag = "9F36", .kind = kind::binary, .max = 999, .name = "application transaction counter"},
    {.tag = "9F37", .kind = kind::binary, .max = 999, .name = "unpredictable number"},
    {.tag = "9F41", .kind = kind::binary, .max = 999, .name = "transaction sequence counter"},
    {.tag = "9F63", .kind = kind::binary, .max = 999, .name = "card product"},
    {.tag = "DF31", .kind = kind::binary, .max = 999, .name = "issuer script results"},
};
inline constexpr composite_spec chip_tlv{.style = composite_style::ber_tlv, .parts = rows55};
static_assert(valid(chip_tlv));

} // namespace cipherlane::iso8583
