#include "cipherlane/kat/kat.hpp"
#include "cipherlane/kat/kat_support.hpp"

#include <cipherlane/crypto/cmac.hpp>
#include <cipherlane/crypto/errc.hpp>
#include <cipherlane/crypto/hmac.hpp>
#include <cipherlane/crypto/mac_iso9797.hpp>
#include <cipherlane/crypto/pin_block.hpp>
#include <cipherlane/crypto/pin_translation.hpp>
#include <cipherlane/crypto/unionpay_mac.hpp>

#include <algorithm>
#include <charconv>

// Known answers for PIN blocks, MACs and check values.
namespace cipherlane::cli {
namespace {

using namespace cipherlane::crypto; // NOLINT(google-build-using-namespace): this file is about nothing else

result<algorithm> algorithm_of(std::string_view name) {
    for (auto cipher : {algorithm::des, algorithm::tdes, algorithm::aes, algorithm::sm4}) {
        if (to_string(cipher) == name) return cipher;
    }
    return unknown_word("cipher", name, "DES, TDES, AES or SM4");
}

result<int> number_of(const std::string& text) {
    int value = 0;
    const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (fault != std::errc{} || end != text.data() + text.size()) return unknown_word("number", text, "digits");
    return value;
}

template <class Key>
result<Key> key_of(algorithm cipher, const std::string& digits) {
    CIPHERLANE_TRY(const bytes material, from_hex(digits));
    return Key::create(cipher, material, legacy_policy);
}

result<pin_key> pin_key_of(pin_block_format format, const std::string& digits) {
    if (format == pin_block_format::iso_4) return key_of<pin_key>(algorithm::aes, digits);
    return key_of<pin_key>(digits.size() == 16 ? algorithm::des : algorithm::tdes, digits);
}

/// Fill as the row writes it: one character a nibble, or 8 bytes in hex with format 4.
result<bytes> fill_of(const kat_row& row, pin_block_format format) {
    if (format == pin_block_format::iso_4) return from_hex(row["random8"]);
    bytes nibbles;
    for (char digit : row["fill_nibbles"]) {
        if (hex_value(digit) < 0) return crypto_refused(crypto_errc::bad_fill);
        nibbles.push_back(static_cast<std::uint8_t>(hex_value(digit)));
    }
    return nibbles;
}

bool filled_at_random(const kat_row& row, pin_block_format format) {
    const bool wants_fill =
        format == pin_block_format::iso_1 || format == pin_block_format::iso_3 || format == pin_block_format::iso_4;
    return wants_fill && !row.has("fill_nibbles") && !row.has("random8");
}

kat_outcome encoded(const kat_row& row, pin_block_format format) {
    CIPHERLANE_TRY(const auto pin, clear_pin::parse(row["pin"]));
    CIPHERLANE_TRY(const bytes fill, fill_of(row, format));
    CIPHERLANE_TRY(const auto block, filled_at_random(row, format)
                                         ? pin_block_codec::encode(format, pin, row["pan"])
                                         : pin_block_codec::encode_with_fill(format, pin, row["pan"], fill));
    return to_hex(block.expose());
}

kat_outcome encrypted(const kat_row& row, pin_block_format format) {
    CIPHERLANE_TRY(const auto pin, clear_pin::parse(row["pin"]));
    CIPHERLANE_TRY(const bytes fill, fill_of(row, format));
    CIPHERLANE_TRY(auto key, pin_key_of(format, row["key"]));
    CIPHERLANE_TRY(const auto block, filled_at_random(row, format)
                                         ? encrypt_pin_block(key, format, pin, row["pan"])
                                         : encrypt_pin_block_with_fill(key, format, pin, row["pan"], fill));
    return to_hex(block.view());
}

kat_outcome decoded(const kat_row& row, pin_block_format format, const std::string& block) {
    CIPHERLANE_TRY(const bytes clear, from_hex(block));
    CIPHERLANE_TRY(const auto pin, pin_block_codec::decode(format, clear, row["pan"]));
    return std::string(pin.expose());
}

kat_outcome decrypted(const kat_row& row, pin_block_format format) {
    CIPHERLANE_TRY(const bytes cryptogram, from_hex(row["enc_block"]));
    CIPHERLANE_TRY(auto key, pin_key_of(format, row["key"]));
    CIPHERLANE_TRY(const auto pin, decrypt_pin_block(key, format, cryptogram, row["pan"]));
    return std::string(pin.expose());
}

template <pin_block_format Format>
std::optional<std::string> run_pin_block(const kat_row& row, const kat_target& /*target*/) {
    const auto& op = row["op"];
    if (op == "decode") return judge(row, decoded(row, Format, row["clear_block"]), row["pin"]);
    if (op == "decrypt") return judge(row, decrypted(row, Format), row["pin"]);
    if (op != "encode" && op != "encode+encrypt") return "no operation " + op;
    if (row.must_be_rejected() || !filled_at_random(row, Format)) {
        if (auto why = judge(row, encoded(row, Format), row["clear_block"])) return why;
    }
    if (row.must_be_rejected()) return std::nullopt;
    if (row.has("enc_block")) {
        if (!filled_at_random(row, Format)) {
            if (auto why = judge(row, encrypted(row, Format), row["enc_block"])) return why;
        }
        if (auto why = judge(row, decrypted(row, Format), row["pin"])) return why;
    }
    return judge(row, decoded(row, Format, row["clear_block"]), row["pin"]);
}

kat_outcome pan_field(const kat_row& row) {
    CIPHERLANE_TRY(const auto field, pin_block_codec::pan_field_4(row["pan"]));
    return to_hex(field);
}

std::optional<std::string> run_pin_block_4(const kat_row& row, const kat_target& /*target*/) {
    constexpr auto format = pin_block_format::iso_4;
    const auto& op = row["op"];
    if (op == "pan_field") return judge(row, pan_field(row), row["pan_field"]);
    if (op == "decode_pin_field") return judge(row, decoded(row, format, row["pin_field"]), row["pin"]);
    if (op == "encode_pin_field") return judge(row, encoded(row, format), row["pin_field"]);
    if (op != "encrypt" && op != "decrypt") return "no operation " + op;
    if (row.must_be_rejected())
        return judge(row, op == "encrypt" ? encrypted(row, format) : decrypted(row, format), "");
    if (row.has("pan_field")) {
        if (auto why = judge(row, pan_field(row), row["pan_field"])) return why;
    }
    if (row.has("random8")) {
        if (row.has("pin_field")) {
            if (auto why = judge(row, encoded(row, format), row["pin_field"])) return why;
        }
        if (auto why = judge(row, encrypted(row, format), row["enc_block"])) return why;
    }
    return judge(row, decrypted(row, format), row["pin"]);
}

std::optional<std::string> run_translation_policy(const kat_row& row, const kat_target& /*target*/) {
    const auto change = row["pan_changes"] == "no" ? pan_change::no : pan_change::yes;
    const bool allowed = translation_allowed(
        find_translated_format(row["from_format"]), find_translated_format(row["to_format"]), change);
    const kat_outcome got =
        allowed ? kat_outcome(std::string("allowed")) : kat_outcome(crypto_refused(crypto_errc::translation_refused));
    return judge(row, got, "allowed");
}

result<mac_padding> padding_of(const kat_row& row) {
    CIPHERLANE_TRY(const int method, number_of(row["padding"]));
    return mac_padding_of(method);
}

kat_outcome algorithm_1(const kat_row& row) {
    CIPHERLANE_TRY(const auto cipher, algorithm_of(row["cipher"]));
    CIPHERLANE_TRY(const auto padding, padding_of(row));
    CIPHERLANE_TRY(auto key, key_of<mac_key>(cipher, row["key"]));
    CIPHERLANE_TRY(const bytes data, from_hex(row["data"]));
    CIPHERLANE_TRY(const auto mac, mac_algorithm_1(key, padding, data));
    return to_hex(mac.view());
}

kat_outcome algorithm_3(const kat_row& row) {
    CIPHERLANE_TRY(const auto cipher, algorithm_of(row["cipher"]));
    CIPHERLANE_TRY(const auto padding, padding_of(row));
    CIPHERLANE_TRY(auto key, key_of<mac_key>(cipher, row["key1"]));
    CIPHERLANE_TRY(auto key2, key_of<mac_key>(cipher, row["key2"]));
    CIPHERLANE_TRY(const bytes data, from_hex(row["data"]));
    CIPHERLANE_TRY(const auto mac, mac_algorithm_3(key, key2, padding, data));
    if (cipher == algorithm::des) { // the retail MAC has code of its own: it must say the same
        CIPHERLANE_TRY(auto both, key_of<mac_key>(algorithm::tdes, row["key1"] + row["key2"]));
        CIPHERLANE_TRY(const auto retail, retail_mac(both, padding, data));
        if (!std::ranges::equal(retail.view(), mac.view())) return crypto_refused(crypto_errc::verification_failed);
    }
    return to_hex(mac.view());
}

template <kat_outcome (*Compute)(const kat_row&)>
std::optional<std::string> run_mac(const kat_row& row, const kat_target& /*target*/) {
    return judge_truncated(row, Compute(row), row["mac"]);
}

template <algorithm Cipher>
kat_outcome cmac_of(const kat_row& row) {
    CIPHERLANE_TRY(auto key, key_of<mac_key>(Cipher, row["key"]));
    CIPHERLANE_TRY(const bytes data, from_hex(row["data"]));
    CIPHERLANE_TRY(const auto mac, cmac(key, data));
    return to_hex(mac.view());
}

kat_outcome hmac_of(const kat_row& row) {
    std::string name = row["hash"];
    std::erase(name, '-');
    CIPHERLANE_TRY(const auto hash, find_digest(name));
    CIPHERLANE_TRY(const bytes material, from_hex(row["key"]));
    CIPHERLANE_TRY(auto key, hmac_key::create(hash, material));
    CIPHERLANE_TRY(const bytes data, from_hex(row["data"]));
    CIPHERLANE_TRY(const auto mac, hmac(key, data));
    return to_hex(mac.view());
}

result<unionpay_mac_steps> unionpay_steps(const kat_row& row) {
    CIPHERLANE_TRY(const auto cipher, algorithm_of(row["cipher"]));
    CIPHERLANE_TRY(auto key, key_of<mac_key>(cipher, row["key"]));
    CIPHERLANE_TRY(const bytes mab, from_hex(row["mab"]));
    return explain_unionpay_mac(key, mab);
}

std::optional<std::string> run_unionpay_mac(const kat_row& row, const kat_target& /*target*/) {
    const auto steps = unionpay_steps(row);
    if (!steps) return judge(row, steps.error(), "");
    const struct {
        const char* column;
        std::string value;
    } shown[] = {
        {"xor_result", to_hex(steps->text.folded())},
        {"hex_text", to_hex(steps->text.text())},
        {"enc1", to_hex(byte_view(steps->first).first(steps->block))},
        {"mac8_ascii", std::string(as_text(steps->ascii8))},
        {"mac8_hex", to_hex(steps->ascii8)},
        {"mac_raw8", to_hex(steps->raw8)},
    };
    if (row.must_be_rejected()) return judge(row, std::string(), "");
    for (const auto& step : shown) {
        if (!row.has(step.column)) continue;
        if (auto why = judge(row, step.value, row[step.column])) return std::string(step.column) + " " + *why;
    }
    return std::nullopt;
}

kat_outcome check_value(const kat_row& row) {
    CIPHERLANE_TRY(const auto cipher, algorithm_of(row["cipher"]));
    CIPHERLANE_TRY(const bytes key, from_hex(row["key"]));
    CIPHERLANE_TRY(const int length, number_of(row["length"]));
    const auto& method = row["method"];
    if (length < 0) return unknown_word("length", row["length"], "bytes of the check value");
    if (method != "LEGACY" && method != "CMAC") return unknown_word("method", method, "LEGACY or CMAC");
    CIPHERLANE_TRY(
        const bytes value, key_check_value(cipher, key, method == "CMAC" ? kcv_method::cmac : kcv_method::legacy,
                               static_cast<std::size_t>(length)));
    return to_hex(value);
}

std::optional<std::string> run_check_value(const kat_row& row, const kat_target& /*target*/) {
    return judge(row, check_value(row), row["kcv"]);
}

constexpr kat_entry crypto_entries[] = {
    {"pinblock_format0", run_pin_block<pin_block_format::iso_0>},
    {"pinblock_format1", run_pin_block<pin_block_format::iso_1>},
    {"pinblock_format2", run_pin_block<pin_block_format::iso_2>},
    {"pinblock_format3", run_pin_block<pin_block_format::iso_3>},
    {"pinblock_format4", run_pin_block_4},
    {"pin_translation_policy", run_translation_policy},
    {"mac_iso9797_alg1", run_mac<algorithm_1>},
    {"mac_iso9797_alg3", run_mac<algorithm_3>},
    {"mac_unionpay_ecb", run_unionpay_mac},
    {"cmac_aes", run_mac<cmac_of<algorithm::aes>>},
    {"cmac_tdes", run_mac<cmac_of<algorithm::tdes>>},
    {"cmac_sm4", run_mac<cmac_of<algorithm::sm4>>},
    {"hmac", run_mac<hmac_of>},
    {"kcv", run_check_value},
};

} // namespace

std::span<const kat_entry> crypto_kats() {
    return crypto_entries;
}

} // namespace cipherlane::cli
