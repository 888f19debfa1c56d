#include "dialect/operation_values.hpp"

#include <algorithm>
#include <array>

namespace cipherlane::hsm {
namespace {

constexpr std::array<operation_values, operation_count> rows{{
    {operation::diagnose, "", "", ""},
    {operation::echo, "data", "data", "data"},
    {operation::random, "size", "size", "data"},
    {operation::generate_key, "key_type scheme key_length", "", "key"},
    {operation::generate_and_export_key, "key_type wrapping wrapping_key scheme export_scheme key_length",
        "wrapping_key", "key exported_key"},
    {operation::import_key, "key_type wrapping_key wrapped_key scheme check_value", "wrapping_key wrapped_key",
        "key"},
    {operation::export_key, "key_type wrapping wrapping_key key export_scheme", "wrapping_key key", "exported_key"},
    {operation::form_key,
        "key_type scheme count component1 component2 component3 component4 component5 component6 component7 "
        "component8 component9",
        "component1 component2", "key"},
    {operation::check_value, "key_type key check_value", "key", ""},
    {operation::store_key, "key_type key index label", "key index", ""},
    {operation::find_key, "index", "index", ""},
    {operation::translate_pin,
        "source_type source_key target_key pin_block source_format target_format account card target_account "
        "target_card",
        "source_key target_key pin_block account", "pin_block"},
    {operation::verify_pin_pvv, "source_type key pvk pin_block format account card pvki pvv",
        "key pvk pin_block account pvv", ""},
    {operation::verify_pin_ibm,
        "source_type key pvk pin_block format account card decimalisation validation check_length offset",
        "key pvk pin_block account offset", ""},
    {operation::make_offset, "key_type key pvk pin_block format account card decimalisation validation check_length",
        "key pvk pin_block account", "offset"},
    {operation::make_mac, "key_type key mac_algorithm padding data", "key data", "mac"},
    {operation::verify_mac, "key_type key mac_algorithm padding data mac", "key data", ""},
    {operation::encrypt, "key_type key cipher_mode data iv", "key data", "data"},
    {operation::decrypt, "key_type key cipher_mode data iv", "key data", "data"},
    {operation::reencrypt,
        "source_key_type source_key target_key_type target_key cipher_mode source_mode target_mode data iv "
        "target_iv",
        "source_key target_key data", "data"},
    {operation::make_cvv, "cvk pan expiry service", "cvk pan", "cvv"},
    {operation::verify_cvv, "cvk pan expiry service cvv", "cvk pan cvv", ""},
    {operation::verify_arqc,
        "mode session emv_scheme tree iv key pan_psn atc unpredictable data arqc arc status_update proprietary",
        "key data arqc", ""},
    {operation::dukpt_translate_pin,
        "bdk target_key ksn ksn_descriptor pin_block source_format target_format account card",
        "bdk target_key ksn pin_block account", "pin_block"},
    {operation::dukpt_mac, "bdk ksn data mode", "bdk ksn data", "mac"},
    {operation::sm2_sign, "private_key data user_id", "private_key data", "signature"},
    {operation::sm2_verify, "public_key data signature user_id", "public_key data signature", ""},
    {operation::sm3, "data", "data", "digest"},
}};

consteval bool rows_in_order() {
    for (std::size_t i = 0; i < rows.size(); ++i) {
        if (rows[i].what != static_cast<operation>(i)) return false;
    }
    return true;
}
static_assert(rows_in_order());

struct table_words {
    std::string_view table;
    std::string_view words;
};

constexpr std::string_view key_types = "zmk zpk tpk tmk pvk tak zak bdk zek dek cvk mk_ac mk_smi mk_smc";
constexpr std::string_view schemes = "single double triple double_ecb triple_ecb sm4 block";
constexpr std::string_view modes = "ecb cbc cfb ofb";
constexpr std::string_view formats =
    "iso0 iso1 iso2 iso3 iso4 docutel diebold plus mastercard visa_change visa_change_with_old";

constexpr std::string_view arqc_modes = "verify answer answer_only answer_by_status answer_by_status_only";

/// Names of values that choose a binding stand beside those of tables.
constexpr std::array known{table_words{"pin_format", formats}, table_words{"format", formats},
    table_words{"source_format", formats}, table_words{"target_format", formats}, table_words{"scheme", schemes},
    table_words{"export_scheme", schemes}, table_words{"algorithm", schemes},
    table_words{"mac_algorithm", "x99 x919 unionpay xor sm4"}, table_words{"padding", "none zeros mark"},
    table_words{"cipher_mode", modes}, table_words{"cipher_mode1", modes}, table_words{"source_mode", modes},
    table_words{"target_mode", modes}, table_words{"arqc_mode", arqc_modes}, table_words{"arqc_mode2", arqc_modes},
    table_words{"dukpt_mac_mode", "verify make verify_approval verify_decline make_approval make_decline"},
    table_words{"direction", "encrypt decrypt"}, table_words{"mac_key", "tak zak"},
    table_words{"pin_role", "tpk zpk"}, table_words{"key_type", key_types}, table_words{"source_type", key_types},
    table_words{"wrapping", key_types}, table_words{"source_key_type", key_types},
    table_words{"target_key_type", key_types}, table_words{"mode", "verify answer answer_by_status make"},
    table_words{"session", "kq common common_option_b tree tree_option_b unionpay"},
    table_words{"emv_tree", "of_2 of_4"}};

} // namespace

const operation_values& values_of(operation what) noexcept {
    return rows[static_cast<std::size_t>(what)];
}

std::vector<std::string_view> words_of(std::string_view list) {
    std::vector<std::string_view> words;
    while (!list.empty()) {
        const auto end = std::min(list.find(' '), list.size());
        if (end != 0) words.push_back(list.substr(0, end));
        list.remove_prefix(std::min(list.size(), end + 1));
    }
    return words;
}

bool has_word(std::string_view list, std::string_view word) noexcept {
    while (!list.empty()) {
        const auto end = std::min(list.find(' '), list.size());
        if (list.substr(0, end) == word) return true;
        list.remove_prefix(std::min(list.size(), end + 1));
    }
    return false;
}

bool is_request_value(std::string_view name) noexcept {
    return std::any_of(rows.begin(), rows.end(), [&](const auto& row) { return has_word(row.holds, name); });
}

std::string_view known_words(std::string_view table) noexcept {
    const auto at = std::find_if(known.begin(), known.end(), [&](const auto& row) { return row.table == table; });
    return at == known.end() ? std::string_view() : at->words;
}

} // namespace cipherlane::hsm
