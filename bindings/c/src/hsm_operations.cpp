#include "hsm_operations.hpp"

#include <cipherlane/hsm/errc.hpp>
#include <cipherlane/hsm/operations.hpp>

#include <algorithm>
#include <array>

namespace cipherlane::c {
namespace {

using namespace hsm::literals;

/// One word after the other of a row's list.
template <class Each>
void for_words(std::string_view list, const Each& each) {
    while (!list.empty()) {
        const auto end = std::min(list.find(' '), list.size());
        if (end != 0) each(list.substr(0, end));
        list.remove_prefix(std::min(list.size(), end + 1));
    }
}

std::string_view name_in(std::string_view word) {
    return word.substr(0, word.find_first_of("!="));
}

std::string_view flag(bool is) {
    return is ? "1" : "0";
}

void add_warning(const fixed_text<4>& warning, reply_fields& into) {
    if (!warning.empty()) into.add("warning", warning.view());
}

// --- what each typed answer gives, by names ---

void put_fields(const hsm::diagnosis& of, reply_fields& into) {
    into.add("lmk_check", of.lmk_check.view());
    into.add("firmware", of.firmware);
    into.add("serial", of.serial);
}

void put_fields(const hsm::echoed& of, reply_fields& into) {
    into.add("data", of.data);
}

void put_fields(const hsm::random_bytes& of, reply_fields& into) {
    into.add("data", of.data.expose());
}

void put_fields(const hsm::key_result& of, reply_fields& into) {
    if (!of.under_lmk.empty()) into.add("key", of.under_lmk.text());
    if (!of.exported.empty()) into.add("exported_key", of.exported.text());
    if (!of.check_value.empty()) into.add("check_value", of.check_value.view());
    add_warning(of.warning, into);
}

void put_fields(const hsm::stored_key& of, reply_fields& into) {
    into.add("key_type", of.type);
    into.add("scheme", of.scheme);
    into.add("label", of.label);
    into.add("check_value", of.check_value.view());
}

void put_fields(const hsm::translated_pin& of, reply_fields& into) {
    into.add("pin_block", of.pin_block.view());
}

void put_fields(const hsm::verification& of, reply_fields& into) {
    into.add("right", flag(of.right));
    add_warning(of.warning, into);
}

void put_fields(const hsm::pin_offset& of, reply_fields& into) {
    into.add("offset", of.digits);
    add_warning(of.warning, into);
}

void put_fields(const hsm::mac_result& of, reply_fields& into) {
    into.add("mac", of.mac.view());
}

void put_fields(const hsm::data_result& of, reply_fields& into) {
    into.add("data", of.data.expose());
    if (!of.iv.empty()) into.add("iv", of.iv);
}

void put_fields(const hsm::cvv_result& of, reply_fields& into) {
    into.add("cvv", of.cvv);
}

void put_fields(const hsm::cryptogram_result& of, reply_fields& into) {
    into.add("right", flag(of.right));
    if (!of.arpc.empty()) into.add("arpc", of.arpc.view());
    add_warning(of.warning, into);
}

void put_fields(const hsm::signature_result& of, reply_fields& into) {
    into.add("signature", of.signature);
}

void put_fields(const hsm::digest_result& of, reply_fields& into) {
    into.add("digest", of.digest);
}

template <class Request>
result<void> read(const hsm::reply& of, reply_fields& into) {
    CIPHERLANE_TRY(const auto typed, Request::response::from(of));
    put_fields(typed, into);
    return {};
}

#define ROW(name, takes, gives)                                                                                      \
    operation_row {                                                                                                  \
        hsm::operation::name, takes, gives, read<hsm::name##_request>                                                \
    }

constexpr std::array<operation_row, hsm::operation_count> rows{{
    ROW(diagnose, "", "lmk_check firmware serial"),
    ROW(echo, "data!", "data"),
    ROW(random, "size!", "data"),
    ROW(generate_key, "key_type! scheme=double key_length", "key check_value warning"),
    ROW(generate_and_export_key,
        "key_type! wrapping! wrapping_key! scheme=double export_scheme=double_ecb key_length",
        "key exported_key check_value warning"),
    ROW(import_key, "key_type! wrapping_key! wrapped_key! scheme=double check_value", "key check_value warning"),
    ROW(export_key, "key_type! wrapping=zmk wrapping_key! key! export_scheme=double",
        "exported_key check_value warning"),
    ROW(form_key,
        "key_type! scheme=double count component1! component2! component3 component4 component5 component6 "
        "component7 component8 component9",
        "key check_value warning"),
    ROW(check_value, "key_type! key! check_value", "check_value"),
    ROW(store_key, "key_type! key! index! label=", "key check_value warning"),
    ROW(find_key, "index!", "key_type scheme label check_value"),
    ROW(translate_pin,
        "source_type=tpk source_key! target_key! pin_block! source_format=iso0 target_format=iso0 account card "
        "target_account target_card",
        "pin_block"),
    ROW(verify_pin_pvv, "source_type! key! pvk! pin_block! format! account card pvki! pvv!", "right warning"),
    ROW(verify_pin_ibm,
        "source_type! key! pvk! pin_block! format! account card decimalisation=0123456789012345 validation! "
        "check_length=4 offset!",
        "right warning"),
    ROW(make_offset,
        "key_type! key! pvk! pin_block! format! account card decimalisation=0123456789012345 validation! "
        "check_length=4",
        "offset warning"),
    ROW(make_mac, "key_type! key! mac_algorithm! padding=zeros data!", "mac"),
    ROW(verify_mac, "key_type! key! mac_algorithm! padding=zeros data! mac! mac_length!", "right warning"),
    ROW(encrypt, "key_type! key! cipher_mode! data! iv", "data iv"),
    ROW(decrypt, "key_type! key! cipher_mode! data! iv", "data iv"),
    ROW(reencrypt,
        "source_key_type! source_key! target_key_type! target_key! cipher_mode! source_mode target_mode data! iv "
        "target_iv",
        "data iv"),
    ROW(make_cvv, "cvk! pan! expiry! service!", "cvv"),
    ROW(verify_cvv, "cvk! pan! expiry! service! cvv!", "right warning"),
    ROW(verify_arqc,
        "mode=verify session! emv_scheme tree iv key! pan_psn! atc! unpredictable data! arqc! arc status_update "
        "proprietary",
        "right arpc warning"),
    ROW(dukpt_translate_pin,
        "bdk! target_key! ksn! ksn_descriptor pin_block! source_format=iso0 target_format=iso0 account card",
        "pin_block"),
    ROW(dukpt_mac, "bdk! ksn! data! mode=make", "mac"),
    ROW(sm2_sign, "private_key! data! user_id=1234567812345678", "signature"),
    ROW(sm2_verify, "public_key! data! signature! user_id=1234567812345678", "right warning"),
    ROW(sm3, "data!", "digest"),
}};
#undef ROW

consteval bool rows_in_order() {
    for (std::size_t i = 0; i < rows.size(); ++i) {
        if (rows[i].what != static_cast<hsm::operation>(i)) return false;
    }
    return true;
}
static_assert(rows_in_order());

bool takes(const operation_row& row, std::string_view name) {
    bool found = false;
    for_words(row.takes, [&](std::string_view word) { found = found || name_in(word) == name; });
    return found;
}

bool is_card(std::string_view name) {
    return name == "card" || name == "pan" || name == "target_card";
}

std::size_t size_of_scheme(std::string_view word) {
    for (auto i = 0; i <= static_cast<int>(hsm::key_scheme_name::block); ++i) {
        const auto each = static_cast<hsm::key_scheme_name>(i);
        if (hsm::to_string(each) == word) return hsm::key_size(each);
    }
    return 0;
}

/// Whether a command that carries out the operation has a field of that name.
bool knows(const hsm::profile& dialect, hsm::operation what, std::string_view name) {
    const auto has = [&](const hsm::layout& of) {
        return std::any_of(of.begin(), of.end(), [&](const auto& field) { return field.label == name; });
    };
    return std::any_of(dialect.bindings.begin(), dialect.bindings.end(),
        [&](const auto& each) { return each.what == what && has(dialect.commands[each.index].request); });
}

} // namespace

const operation_row& row_of(hsm::operation what) noexcept {
    return rows[static_cast<std::size_t>(what)];
}

const secret_bytes* reply_fields::find(std::string_view name) const noexcept {
    for (const auto& [each, value] : all_) {
        if (each == name) return &value;
    }
    return nullptr;
}

std::string reply_fields::names() const {
    std::string lines;
    for (const auto& [each, value] : all_)
        lines.append(each).append("\n");
    return lines;
}

result<field_reply> field_reply::from(const hsm::reply& of) {
    field_reply made;
    CIPHERLANE_CHECK(row_of(of.how->what).read(of, made.fields));
    // What only this dialect's answer has.
    for (const auto& field : of.command->answer) {
        if (field.kind == hsm::field_kind::literal || field.kind == hsm::field_kind::group) continue;
        const auto value = of.values.get(field.name);
        if (value && made.fields.find(field.label) == nullptr) made.fields.add(field.label, *value);
    }
    return made;
}

field_request::field_request(hsm::operation what)
    : operation_request(what) {
    for_words(row_of(what).takes, [&](std::string_view word) {
        const auto at = word.find('=');
        if (at == word.npos) return;
        put(hsm::field_name(word.substr(0, at)), word.substr(at + 1));
        put_also(word.substr(0, at), word.substr(at + 1));
    });
}

result<void> field_request::set(std::string_view name, byte_view value) {
    if (name.empty() || name.size() > 64) return refuse(c_errc::bad_argument, "field");
    if (is_card(name)) {
        if (const auto whole = pan::parse(as_text(value)); !whole) return whole.error();
    }
    if (!takes(row_of(what()), name)) foreign_.emplace_back(name);
    if (what() == hsm::operation::verify_mac && name == "mac") {
        // One longer than any is no MAC, whatever its front is.
        mac_ = value.size() <= 16 ? hsm::short_bytes(value) : hsm::short_bytes();
        return {};
    }
    put(hsm::field_name(name), value);
    put_also(name, as_text(value));
    return {};
}

void field_request::put_also(std::string_view name, std::string_view text) {
    const bool generates =
        what() == hsm::operation::generate_key || what() == hsm::operation::generate_and_export_key;
    if (generates && name == "scheme") put("key_length"_f, size_of_scheme(text));
    if (what() == hsm::operation::form_key && name.starts_with("component")) {
        const auto had = values().text("count"_f);
        const auto last = name.substr(name.size() - 1);
        if (had < last) put("count"_f, std::string(last));
    }
    if (what() == hsm::operation::reencrypt && name == "cipher_mode") {
        const std::string mode(text);
        put("source_mode"_f, mode);
        put("target_mode"_f, mode);
    }
    if (what() == hsm::operation::verify_arqc && name == "arc") put("mode"_f, std::string_view("answer"));
    if (what() == hsm::operation::verify_arqc && name == "status_update") {
        put("mode"_f, std::string_view("answer_by_status"));
        if (!values().has("proprietary"_f)) put("proprietary"_f, byte_view());
    }
    if (what() == hsm::operation::verify_pin_ibm && name == "offset") {
        std::string filled(text);
        filled.resize(std::max<std::size_t>(filled.size(), 12), 'F');
        put("offset"_f, filled);
    }
}

result<void> field_request::check(const hsm::profile& dialect) {
    const auto& row = row_of(what());
    if (what() == hsm::operation::verify_mac) {
        // The caller says how long it must be, not who sent it.
        const auto length = values().text("mac_length"_f);
        const bool fits =
            (length == "4" || length == "8") && mac_.size() == static_cast<std::size_t>(length[0] - '0');
        put("mac"_f, fits ? mac_.view() : byte_view());
    }
    for (const auto& name : foreign_) {
        if (!knows(dialect, what(), name)) {
            return error(c_errc::no_field, layer::till).during(hsm::to_string(what())).in_field(name);
        }
    }
    std::string_view missing;
    for_words(row.takes, [&](std::string_view word) {
        const bool must = word.ends_with('!');
        if (must && missing.empty() && !values().has(hsm::field_name(name_in(word)))) missing = name_in(word);
    });
    const bool wants_account = row.takes.find(" account card") != row.takes.npos;
    if (missing.empty() && wants_account && !values().has("account"_f) && !values().has("card"_f)) missing = "card";
    if (!missing.empty()) {
        return error(hsm::hsm_errc::missing_field, layer::hsm).during(hsm::to_string(what())).in_field(missing);
    }
    return {};
}

} // namespace cipherlane::c
