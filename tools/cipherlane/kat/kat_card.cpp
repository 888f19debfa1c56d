#include "cipherlane/kat/kat.hpp"
#include "cipherlane/kat/kat_support.hpp"

#include <cipherlane/crypto/card_verification.hpp>
#include <cipherlane/crypto/emv_arpc.hpp>
#include <cipherlane/crypto/emv_cryptogram.hpp>
#include <cipherlane/crypto/emv_keys.hpp>
#include <cipherlane/crypto/emv_script.hpp>
#include <cipherlane/crypto/errc.hpp>
#include <cipherlane/crypto/pin_ibm3624.hpp>
#include <cipherlane/crypto/pin_pvv.hpp>

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <optional>

// Known answers for card verification values, PIN verification and EMV cryptograms.
namespace cipherlane::cli {
namespace {

using namespace cipherlane::crypto; // NOLINT(google-build-using-namespace): this file is about nothing else

/// A result that names what was wrong with it besides being another value.
std::optional<std::string> named(const char* what, std::optional<std::string> why) {
    if (why) return std::string(what) + " " + *why;
    return std::nullopt;
}

template <class Key>
result<Key> tdes_key(const std::string& digits) {
    CIPHERLANE_TRY(const bytes material, from_hex(digits));
    return Key::create(material.size() == 8 ? algorithm::des : algorithm::tdes, material, legacy_policy);
}

// ---- CVV, CVV2, iCVV

kat_outcome cvv_of(const kat_row& row) {
    CIPHERLANE_TRY(auto key, tdes_key<card_verification_key>(row["cvk"]));
    CIPHERLANE_TRY(const auto value, card_verification::compute(key, row["pan"], row["expiry"], row["service_code"]));
    CIPHERLANE_CHECK(card_verification::verify(key, row["pan"], row["expiry"], row["service_code"], value.expose()));
    return std::string(value.expose());
}

std::optional<std::string> run_cvv(const kat_row& row, const kat_target& /*target*/) {
    return judge(row, cvv_of(row), row["cvv"]);
}

// ---- Visa PVV

kat_outcome pvv_of(const kat_row& row) {
    CIPHERLANE_TRY(auto key, tdes_key<pin_verification_key>(row["pvk"]));
    CIPHERLANE_TRY(const auto pin, clear_pin::parse(row["pin"]));
    CIPHERLANE_TRY(const auto value, visa_pvv(key, row["pan"], row["pvki"], pin));
    CIPHERLANE_CHECK(verify_visa_pvv(key, row["pan"], row["pvki"], pin, value.view()));
    return std::string(value.view());
}

std::optional<std::string> run_pvv(const kat_row& row, const kat_target& /*target*/) {
    return judge(row, pvv_of(row), row["pvv"]);
}

// ---- IBM 3624

result<std::size_t> size_of(const std::string& text) {
    std::size_t value = 0;
    const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (fault != std::errc{} || end != text.data() + text.size())
        return crypto_refused(crypto_errc::bad_validation_data);
    return value;
}

result<ibm3624_scheme> scheme_of(const kat_row& row) {
    CIPHERLANE_TRY(const auto first, size_of(row["verify_offset"]));
    CIPHERLANE_TRY(const auto length, size_of(row["verify_length"]));
    if (row["pad"].size() != 1) return crypto_refused(crypto_errc::bad_validation_data);
    return ibm3624_scheme::create(row["decimalization"], first, length, row["pad"].front());
}

kat_outcome validation_of(const kat_row& row) {
    CIPHERLANE_TRY(const auto scheme, scheme_of(row));
    CIPHERLANE_TRY(const auto data, scheme.validation_data(row["pan"]));
    return to_hex(data);
}

kat_outcome pin_from(const kat_row& row, const std::string& offset) {
    CIPHERLANE_TRY(auto key, tdes_key<pin_verification_key>(row["pvk"]));
    CIPHERLANE_TRY(const auto scheme, scheme_of(row));
    CIPHERLANE_TRY(const auto pin, ibm3624_pin(key, scheme, row["pan"], offset));
    CIPHERLANE_CHECK(verify_ibm3624_pin(key, scheme, row["pan"], offset, pin));
    return std::string(pin.expose());
}

kat_outcome offset_from(const kat_row& row, const std::string& digits) {
    CIPHERLANE_TRY(auto key, tdes_key<pin_verification_key>(row["pvk"]));
    CIPHERLANE_TRY(const auto scheme, scheme_of(row));
    CIPHERLANE_TRY(const auto pin, clear_pin::parse(digits));
    CIPHERLANE_TRY(const auto offset, ibm3624_offset(key, scheme, row["pan"], pin));
    CIPHERLANE_CHECK(verify_ibm3624_pin(key, scheme, row["pan"], offset.view(), pin));
    return std::string(offset.view());
}

std::optional<std::string> run_ibm3624(const kat_row& row, const kat_target& /*target*/) {
    const auto& op = row["op"];
    if (op != "pin_from_offset" && op != "offset_from_pin") return "no operation " + op;
    const bool gives_pin = op == "pin_from_offset";
    if (row.must_be_rejected()) { // the one input of such a row stands in either column
        const char* own = gives_pin ? "offset" : "pin";
        const char* other = gives_pin ? "pin" : "offset";
        const auto& input = row[row.has(own) ? own : other];
        return judge(row, gives_pin ? pin_from(row, input) : offset_from(row, input), "");
    }
    if (row.has("validation_data")) {
        if (auto why = judge(row, validation_of(row), row["validation_data"])) return named("validation data", why);
    }
    if (row.has("natural_pin")) {
        const std::string none(row["natural_pin"].size(), '0');
        if (auto why = judge(row, pin_from(row, none), row["natural_pin"])) return named("natural PIN", why);
    }
    return gives_pin ? judge(row, pin_from(row, row["offset"]), row["pin"])
                     : judge(row, offset_from(row, row["pin"]), row["offset"]);
}

// ---- EMV

result<emv_card_key_option> option_of(const std::string& name) {
    if (name == "A") return emv_card_key_option::a;
    if (name == "B") return emv_card_key_option::b;
    return unknown_word("mk_option", name, "A or B");
}

/// The 8 bytes that make a session key; a transaction counter alone gets zeros behind, counter and unpredictable
/// number get them between.
result<emv_diversifier> diversifier_of(const std::string& digits) {
    CIPHERLANE_TRY(const bytes given, from_hex(digits));
    emv_diversifier made{};
    if (given.size() == 2) return counter_diversifier(load_be16(given.data()));
    if (given.size() == 6) {
        const auto number = (std::uint32_t{load_be16(given.data() + 2)} << 16) | load_be16(given.data() + 4);
        return counter_and_number_diversifier(load_be16(given.data()), number);
    }
    if (given.size() != made.size()) return crypto_refused(crypto_errc::bad_data_length);
    std::ranges::copy(given, made.begin());
    return made;
}

enum class session_kind : std::uint8_t { none, common, pboc, tree_of_4, tree_of_2 };

/// A word of the `skd` column, as schemes and tools call the ways to a session key.
struct session_word {
    std::string_view part;
    session_kind kind;
};
constexpr std::array session_words{
    session_word{"PBOC", session_kind::pboc},
    session_word{"UNIONPAY", session_kind::pboc},
    session_word{"CUP", session_kind::pboc},
    session_word{"UICS", session_kind::pboc},
    session_word{"\xE9\x93\xB6\xE8\x81\x94", session_kind::pboc}, // 银联
    session_word{"EMV2000", session_kind::tree_of_4},
    session_word{"TREE", session_kind::tree_of_4},
    session_word{"NONE", session_kind::none},
    session_word{"VSDC", session_kind::none},
    session_word{"MCHIP", session_kind::common}, // its CVN 10 too has a session key, which Visa's has not
    session_word{"CSK", session_kind::common},
    session_word{"COMMON", session_kind::common},
    session_word{"CVN14", session_kind::common},
    session_word{"CVN18", session_kind::common},
    session_word{"CVN22", session_kind::common},
    session_word{"CVN10", session_kind::none},
    session_word{"CVN17", session_kind::none},
};

/// Letters and digits alone: "M/Chip CVN 14" is "MCHIPCVN14".
std::string bare_word(std::string_view text) {
    std::string made;
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if (std::isalnum(byte) != 0 || byte >= 0x80) made += static_cast<char>(std::toupper(byte));
    }
    return made;
}

constexpr std::string_view known_sessions = "NONE, EMV_CSK, MCHIP, PBOC, EMV2000_4, EMV2000_2 or a CVN";

result<session_kind> session_of(const kat_row& row) {
    const auto name = bare_word(row["skd"]);
    for (const auto& [part, kind] : session_words) {
        if (name.find(part) == std::string::npos) continue;
        const bool of_2 = kind == session_kind::tree_of_4 && name.ends_with('2');
        return of_2 ? session_kind::tree_of_2 : kind;
    }
    return unknown_word("skd", row["skd"], known_sessions);
}

std::optional<emv_tree> tree_of(session_kind kind) noexcept {
    if (kind == session_kind::tree_of_4) return emv_tree::of_4;
    if (kind == session_kind::tree_of_2) return emv_tree::of_2;
    return std::nullopt;
}

/// The counter alone, or where its eight bytes begin or end with it and have zeros else.
result<std::uint16_t> counter_of(const std::string& digits) {
    CIPHERLANE_TRY(const bytes given, from_hex(digits));
    if (given.size() == 2) return load_be16(given.data());
    if (given.size() != 8) return crypto_refused(crypto_errc::bad_data_length);
    const auto zeros = [&](std::size_t from) {
        return std::all_of(&given[from], &given[from] + 6, [](auto b) { return b == 0; });
    };
    if (zeros(2)) return load_be16(given.data());
    if (zeros(0)) return load_be16(given.data() + 6);
    return crypto_refused(crypto_errc::bad_data_length);
}

/// A row may begin at the card's key, as publications on session keys do: then it has no issuer's key and no PAN.
bool begins_at_card(const kat_row& row) {
    return !row.has("imk") && row.has("icc_mk");
}

result<emv_ac_card_key> ac_card_key(const kat_row& row) {
    if (begins_at_card(row)) return tdes_key<emv_ac_card_key>(row["icc_mk"]);
    CIPHERLANE_TRY(auto master, tdes_key<emv_ac_master_key>(row["imk"]));
    CIPHERLANE_TRY(const auto option, option_of(row["mk_option"]));
    return derive_card_key(master, option, row["pan"], row["psn"]);
}

result<emv_ac_session_key> ac_session_key(const kat_row& row) {
    CIPHERLANE_TRY(auto card, ac_card_key(row));
    CIPHERLANE_TRY(const auto kind, session_of(row));
    if (kind == session_kind::none) return without_session(card);
    if (kind == session_kind::pboc) {
        CIPHERLANE_TRY(const auto counter, counter_of(row["atc_or_r"]));
        return derive_pboc_session_key(card, counter);
    }
    if (const auto shape = tree_of(kind)) {
        CIPHERLANE_TRY(const auto counter, counter_of(row["atc_or_r"]));
        return derive_emv2000_session_key(card, counter, *shape);
    }
    CIPHERLANE_TRY(const auto diversifier, diversifier_of(row["atc_or_r"]));
    return derive_session_key(card, diversifier);
}

kat_outcome card_key_digits(const kat_row& row) {
    if (begins_at_card(row)) return row["icc_mk"];
    CIPHERLANE_TRY(const bytes master, from_hex(row["imk"]));
    CIPHERLANE_TRY(const auto option, option_of(row["mk_option"]));
    CIPHERLANE_TRY(const auto card, emv_card_key_bytes(master, option, row["pan"], row["psn"]));
    return to_hex(card.expose());
}

kat_outcome session_key_digits(const kat_row& row) {
    CIPHERLANE_TRY(const auto card, card_key_digits(row));
    CIPHERLANE_TRY(const auto kind, session_of(row));
    if (kind == session_kind::none) return card;
    CIPHERLANE_TRY(const bytes material, from_hex(card));
    if (kind == session_kind::pboc) {
        CIPHERLANE_TRY(const auto counter, counter_of(row["atc_or_r"]));
        CIPHERLANE_TRY(const auto session, pboc_session_key_bytes(material, counter));
        return to_hex(session.expose());
    }
    if (const auto shape = tree_of(kind)) {
        CIPHERLANE_TRY(const auto counter, counter_of(row["atc_or_r"]));
        CIPHERLANE_TRY(const auto session, emv2000_session_key_bytes(material, counter, *shape));
        return to_hex(session.expose());
    }
    CIPHERLANE_TRY(const auto diversifier, diversifier_of(row["atc_or_r"]));
    CIPHERLANE_TRY(const auto session, emv_session_key_bytes(material, diversifier));
    return to_hex(session.expose());
}

kat_outcome cryptogram_of(const kat_row& row) {
    CIPHERLANE_TRY(auto key, ac_session_key(row));
    CIPHERLANE_TRY(const auto method, size_of(row["padding"]));
    CIPHERLANE_TRY(const auto padding, mac_padding_of(static_cast<int>(std::min<std::size_t>(method, 9))));
    CIPHERLANE_TRY(const bytes data, from_hex(row["data"]));
    CIPHERLANE_TRY(const auto made, application_cryptogram(key, padding, data));
    CIPHERLANE_CHECK(verify_application_cryptogram(key, padding, data, made));
    return to_hex(made);
}

result<emv_ac_session_key> arpc_key(const kat_row& row) {
    if (row["arpc_key"] == "SK") return ac_session_key(row);
    if (row["arpc_key"] != "MK") return unknown_word("arpc_key", row["arpc_key"], "SK or MK");
    CIPHERLANE_TRY(const auto card, ac_card_key(row));
    return without_session(card);
}

kat_outcome answer_of(const kat_row& row) {
    CIPHERLANE_TRY(auto key, arpc_key(row));
    CIPHERLANE_TRY(const bytes arqc, from_hex(row["arqc"]));
    CIPHERLANE_TRY(const bytes response, from_hex(row["arc_or_csu"]));
    CIPHERLANE_TRY(const bytes proprietary, from_hex(row["prop_auth_data"]));
    if (row["arpc_method"] == "1") {
        CIPHERLANE_TRY(const auto made, arpc_method_1(key, arqc, response));
        CIPHERLANE_CHECK(verify_arpc_method_1(key, arqc, response, made));
        return to_hex(made);
    }
    if (row["arpc_method"] != "2") return unknown_word("arpc_method", row["arpc_method"], "1 or 2");
    CIPHERLANE_TRY(const auto made, arpc_method_2(key, arqc, response, proprietary));
    CIPHERLANE_CHECK(verify_arpc_method_2(key, arqc, response, proprietary, made));
    return to_hex(made);
}

/// A rejected row gives only the part that is wrong: the key, or else what would have been the issuer's answer.
kat_outcome rejected_emv(const kat_row& row) {
    if (begins_at_card(row)) return row.has("arqc") ? cryptogram_of(row) : session_key_digits(row);
    CIPHERLANE_TRY(auto master, tdes_key<emv_ac_master_key>(row["imk"]));
    if (row.has("pan")) {
        CIPHERLANE_TRY(const auto card, card_key_digits(row));
        CIPHERLANE_TRY(const auto session, row.has("skd") ? session_key_digits(row) : kat_outcome(card));
        if (row.has("data")) CIPHERLANE_CHECK(cryptogram_of(row));
        if (row.has("arpc_method")) return answer_of(row);
        if (!row.has("arqc") || row.has("data")) return session;
    }
    CIPHERLANE_TRY(const auto any, derive_card_key(master, emv_card_key_option::a, "0000000000000000", "00"));
    auto key = without_session(any);
    CIPHERLANE_TRY(const bytes arqc, from_hex(row["arqc"]));
    CIPHERLANE_TRY(const bytes response, from_hex(row["arc_or_csu"]));
    CIPHERLANE_TRY(const bytes proprietary, from_hex(row["prop_auth_data"]));
    CIPHERLANE_CHECK(diversifier_of(row["atc_or_r"]));
    const bool by_code = row["arpc_method"] == "1" || (!row.has("arpc_method") && response.size() <= 2);
    if (by_code) {
        CIPHERLANE_TRY(const auto made, arpc_method_1(key, arqc, response));
        return to_hex(made);
    }
    CIPHERLANE_TRY(const auto made, arpc_method_2(key, arqc, response, proprietary));
    return to_hex(made);
}

/// A cell that was left out is no word for "none": a row that says it must be rejected would hold by it.
bool lacks_session(const kat_row& row) {
    const bool has_card = row.has("pan") || row.has("icc_mk");
    const bool asks = row.has("sk_ac") || row.has("data") || row["arpc_key"] == "SK";
    return has_card && asks && bare_word(row["skd"]).empty();
}

std::optional<std::string> run_emv_ac(const kat_row& row, const kat_target& /*target*/) {
    if (lacks_session(row))
        return "column skd is empty: it says how the session key is made, expected " + std::string(known_sessions);
    if (row.must_be_rejected()) return judge(row, rejected_emv(row), "");
    const struct {
        const char* column;
        kat_outcome (*compute)(const kat_row&);
    } steps[] = {
        {"icc_mk", card_key_digits}, {"sk_ac", session_key_digits}, {"arqc", cryptogram_of}, {"arpc", answer_of}};
    std::size_t checked = 0;
    for (const auto& step : steps) {
        const bool needs_data = step.compute == cryptogram_of;
        const bool is_the_beginning = step.compute == card_key_digits && begins_at_card(row);
        const bool given = row.has(step.column) && !is_the_beginning && (!needs_data || row.has("data"));
        if (!given) continue;
        if (auto why = judge(row, step.compute(row), row[step.column])) return named(step.column, why);
        ++checked;
    }
    if (checked == 0) return "nothing to check";
    return std::nullopt;
}

/// A script's `r` of this length is a transaction counter, and the session key Visa's.
constexpr std::size_t counter_digits = 4;

kat_outcome script_session_key(const kat_row& row) {
    CIPHERLANE_TRY(const bytes master, from_hex(row["imk_smi"]));
    CIPHERLANE_TRY(const auto card, emv_card_key_bytes(master, emv_card_key_option::a, row["pan"], row["psn"]));
    if (row["r"].size() == counter_digits) {
        CIPHERLANE_TRY(const bytes counter, from_hex(row["r"]));
        CIPHERLANE_TRY(const auto session, visa_session_key_bytes(card.expose(), load_be16(counter.data())));
        return to_hex(session.expose());
    }
    CIPHERLANE_TRY(const auto diversifier, diversifier_of(row["r"]));
    CIPHERLANE_TRY(const auto session, emv_session_key_bytes(card.expose(), diversifier));
    return to_hex(session.expose());
}

result<emv_smi_session_key> script_session(emv_smi_card_key& card, const std::string& digits) {
    if (digits.size() == counter_digits) {
        CIPHERLANE_TRY(const bytes counter, from_hex(digits));
        return derive_visa_session_key(card, load_be16(counter.data()));
    }
    CIPHERLANE_TRY(const auto diversifier, diversifier_of(digits));
    return derive_session_key(card, diversifier);
}

kat_outcome script_mac(const kat_row& row) {
    CIPHERLANE_TRY(auto master, tdes_key<emv_smi_master_key>(row["imk_smi"]));
    CIPHERLANE_TRY(auto card, derive_card_key(master, emv_card_key_option::a, row["pan"], row["psn"]));
    CIPHERLANE_TRY(auto session, script_session(card, row["r"]));
    CIPHERLANE_TRY(const bytes command, from_hex(row["command"]));
    CIPHERLANE_TRY(const auto mac, emv_script_mac(session, command));
    CIPHERLANE_CHECK(verify_emv_script_mac(session, command, mac.view(), mac.size()));
    return to_hex(mac.view());
}

std::optional<std::string> run_script_mac(const kat_row& row, const kat_target& /*target*/) {
    if (row.has("sk_smi") && !row.must_be_rejected()) {
        if (auto why = judge(row, script_session_key(row), row["sk_smi"])) return named("session key", why);
    }
    return judge_truncated(row, script_mac(row), row["mac"]);
}

constexpr kat_entry card_entries[] = {
    {"cvv", run_cvv},
    {"pin_pvv", run_pvv},
    {"pin_ibm3624", run_ibm3624},
    {"emv_ac", run_emv_ac},
    {"emv_script_mac", run_script_mac},
};

} // namespace

std::span<const kat_entry> card_kats() {
    return card_entries;
}

} // namespace cipherlane::cli
