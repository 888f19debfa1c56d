#include <cipherlane/hsm/card_requests.hpp>
#include <cipherlane/hsm/data_requests.hpp>
#include <cipherlane/hsm/key_requests.hpp>
#include <cipherlane/hsm/mac_requests.hpp>
#include <cipherlane/hsm/pin_requests.hpp>
#include <cipherlane/hsm/sm_requests.hpp>
#include <cipherlane/hsm/unit_requests.hpp>

// Each constructor writes its values under the names that profiles use; nothing else happens here.

namespace cipherlane::hsm {

using literals::operator""_f;

echo_request::echo_request(byte_view data)
    : operation_request(operation::echo) {
    put("data"_f, data);
}

random_request::random_request(std::size_t size)
    : operation_request(operation::random) {
    put("size"_f, size);
}

// --- keys ---

generate_key_request::generate_key_request(key_type type, key_scheme_name scheme)
    : operation_request(operation::generate_key) {
    put("key_type"_f, to_string(type));
    put("scheme"_f, to_string(scheme));
    put("key_length"_f, key_size(scheme));
}

generate_and_export_key_request::generate_and_export_key_request(key_type type, key_type wrapping_type,
    const key& wrapping_key, key_scheme_name scheme, key_scheme_name exported_as)
    : operation_request(operation::generate_and_export_key) {
    put("key_type"_f, to_string(type));
    put("wrapping"_f, to_string(wrapping_type));
    put("wrapping_key"_f, wrapping_key);
    put("scheme"_f, to_string(scheme));
    put("export_scheme"_f, to_string(exported_as));
    put("key_length"_f, key_size(scheme));
}

import_key_request::import_key_request(
    key_type type, const key& wrapping_key, const key& wrapped_key, key_scheme_name scheme)
    : operation_request(operation::import_key) {
    put("key_type"_f, to_string(type));
    put("wrapping_key"_f, wrapping_key);
    put("wrapped_key"_f, wrapped_key);
    put("scheme"_f, to_string(scheme));
}

import_key_request& import_key_request::expect(byte_view check_value) {
    put("check_value"_f, check_value);
    return *this;
}

export_key_request::export_key_request(
    key_type type, const key& wrapping_key, const key& under_lmk, key_scheme_name exported_as, key_type wrapping_type)
    : operation_request(operation::export_key) {
    put("key_type"_f, to_string(type));
    put("wrapping"_f, to_string(wrapping_type));
    put("wrapping_key"_f, wrapping_key);
    put("key"_f, under_lmk);
    put("export_scheme"_f, to_string(exported_as));
}

form_key_request::form_key_request(key_type type, std::span<const key> components, key_scheme_name scheme)
    : operation_request(operation::form_key) {
    put("key_type"_f, to_string(type));
    put("scheme"_f, to_string(scheme));
    put("count"_f, components.size());
    std::string name = "component0";
    for (const auto& each : components.first(std::min<std::size_t>(components.size(), 9))) {
        ++name.back();
        put(field_name(name), each);
    }
}

check_value_request::check_value_request(key_type type, const key& under_lmk)
    : operation_request(operation::check_value) {
    put("key_type"_f, to_string(type));
    put("key"_f, under_lmk);
}

check_value_request& check_value_request::expect(byte_view check_value) {
    put("check_value"_f, check_value);
    return *this;
}

store_key_request::store_key_request(key_type type, const key& under_lmk, std::size_t index, std::string_view label)
    : operation_request(operation::store_key) {
    put("key_type"_f, to_string(type));
    put("key"_f, under_lmk);
    put("index"_f, index);
    put("label"_f, label);
}

find_key_request::find_key_request(std::size_t index)
    : operation_request(operation::find_key) {
    put("index"_f, index);
}

// --- PIN ---

translate_pin_request::translate_pin_request(
    const key& source_key, const key& target_key, byte_view block, const account& holder)
    : operation_request(operation::translate_pin) {
    put("source_type"_f, to_string(key_type::tpk));
    put("source_key"_f, source_key);
    put("target_key"_f, target_key);
    pin_block(block);
    whose(holder);
    formats(pin_format::iso0, pin_format::iso0);
}

translate_pin_request& translate_pin_request::from_type(key_type source) {
    put("source_type"_f, to_string(source));
    return *this;
}

translate_pin_request& translate_pin_request::formats(pin_format source, pin_format target) {
    put("source_format"_f, to_string(source));
    put("target_format"_f, to_string(target));
    return *this;
}

translate_pin_request& translate_pin_request::pin_block(byte_view block) {
    put("pin_block"_f, block);
    return *this;
}

translate_pin_request& translate_pin_request::whose(const account& holder) {
    put_account(holder);
    return *this;
}

translate_pin_request& translate_pin_request::target_account(const account& other) {
    put(other.is_pan() ? "target_card"_f : "target_account"_f, other.expose());
    return *this;
}

dukpt_translate_pin_request::dukpt_translate_pin_request(
    const key& bdk, const key& target_key, std::string_view ksn, byte_view pin_block, const account& whose)
    : operation_request(operation::dukpt_translate_pin) {
    put("bdk"_f, bdk);
    put("target_key"_f, target_key);
    put("ksn"_f, ksn);
    put("pin_block"_f, pin_block);
    put_account(whose);
    formats(pin_format::iso0, pin_format::iso0);
}

dukpt_translate_pin_request& dukpt_translate_pin_request::formats(pin_format source, pin_format target) {
    put("source_format"_f, to_string(source));
    put("target_format"_f, to_string(target));
    return *this;
}

dukpt_translate_pin_request& dukpt_translate_pin_request::descriptor(std::string_view parts) {
    put("ksn_descriptor"_f, parts);
    return *this;
}

verify_pin_pvv_request::verify_pin_pvv_request(key_type source, const key& pin_key, const key& pvk,
    byte_view pin_block, pin_format format, const account& whose, unsigned key_index, std::string_view pvv)
    : operation_request(operation::verify_pin_pvv) {
    put("source_type"_f, to_string(source));
    put("key"_f, pin_key);
    put("pvk"_f, pvk);
    put("pin_block"_f, pin_block);
    put("format"_f, to_string(format));
    put_account(whose);
    put("pvki"_f, std::size_t{key_index});
    put("pvv"_f, pvv);
}

verify_pin_ibm_request::verify_pin_ibm_request(key_type source, const key& pin_key, const key& pvk,
    byte_view pin_block, pin_format format, const account& whose, const ibm_3624& method, std::string_view offset)
    : operation_request(operation::verify_pin_ibm) {
    put("source_type"_f, to_string(source));
    put("key"_f, pin_key);
    put("pvk"_f, pvk);
    put("pin_block"_f, pin_block);
    put("format"_f, to_string(format));
    put_account(whose);
    put("decimalisation"_f, method.decimalisation);
    put("validation"_f, method.validation);
    put("check_length"_f, method.check_length);
    std::string filled(offset);
    filled.resize(12, 'F');
    put("offset"_f, filled);
}

make_offset_request::make_offset_request(key_type source, const key& pin_key, const key& pvk, byte_view pin_block,
    pin_format format, const account& whose, const ibm_3624& method)
    : operation_request(operation::make_offset) {
    put("key_type"_f, to_string(source));
    put("key"_f, pin_key);
    put("pvk"_f, pvk);
    put("pin_block"_f, pin_block);
    put("format"_f, to_string(format));
    put_account(whose);
    put("decimalisation"_f, method.decimalisation);
    put("validation"_f, method.validation);
    put("check_length"_f, method.check_length);
}

// --- MAC ---

make_mac_request::make_mac_request(
    key_type type, const key& mac_key, mac_algorithm algorithm, byte_view message, padding fill)
    : operation_request(operation::make_mac) {
    put("key_type"_f, to_string(type));
    put("key"_f, mac_key);
    put("mac_algorithm"_f, to_string(algorithm));
    put("padding"_f, to_string(fill));
    data(message);
}

make_mac_request& make_mac_request::data(byte_view message) {
    put("data"_f, message);
    return *this;
}

verify_mac_request::verify_mac_request(key_type type, const key& mac_key, mac_algorithm algorithm, byte_view data,
    byte_view mac, std::size_t length, padding fill)
    : operation_request(operation::verify_mac) {
    put("key_type"_f, to_string(type));
    put("key"_f, mac_key);
    put("mac_algorithm"_f, to_string(algorithm));
    put("padding"_f, to_string(fill));
    put("data"_f, data);
    // One of another length is no MAC: `encode_call` refuses it.
    put("mac"_f, mac.size() == length && (length == 4 || length == 8) ? mac : byte_view());
}

dukpt_mac_request::dukpt_mac_request(const key& bdk, std::string_view ksn, byte_view data)
    : operation_request(operation::dukpt_mac) {
    put("bdk"_f, bdk);
    put("ksn"_f, ksn);
    put("data"_f, data);
    put("mode"_f, std::string_view("make"));
}

// --- data ---

encrypt_request::encrypt_request(key_type type, const key& data_key, cipher_mode mode, byte_view data, byte_view iv)
    : operation_request(operation::encrypt) {
    put("key_type"_f, to_string(type));
    put("key"_f, data_key);
    put("cipher_mode"_f, to_string(mode));
    put("data"_f, data);
    if (!iv.empty()) put("iv"_f, iv);
}

decrypt_request::decrypt_request(key_type type, const key& data_key, cipher_mode mode, byte_view data, byte_view iv)
    : operation_request(operation::decrypt) {
    put("key_type"_f, to_string(type));
    put("key"_f, data_key);
    put("cipher_mode"_f, to_string(mode));
    put("data"_f, data);
    if (!iv.empty()) put("iv"_f, iv);
}

reencrypt_request::reencrypt_request(key_type source_type, const key& source_key, key_type target_type,
    const key& target_key, cipher_mode mode, byte_view data, byte_view iv, byte_view target_iv)
    : operation_request(operation::reencrypt) {
    put("source_key_type"_f, to_string(source_type));
    put("source_key"_f, source_key);
    put("target_key_type"_f, to_string(target_type));
    put("target_key"_f, target_key);
    put("cipher_mode"_f, to_string(mode));
    put("source_mode"_f, to_string(mode));
    put("target_mode"_f, to_string(mode));
    put("data"_f, data);
    if (!iv.empty()) put("iv"_f, iv);
    if (!target_iv.empty()) put("target_iv"_f, target_iv);
}

// --- card ---

make_cvv_request::make_cvv_request(const key& cvk, const pan& card, std::string_view expiry, std::string_view service)
    : operation_request(operation::make_cvv) {
    put("cvk"_f, cvk);
    put("pan"_f, card.expose());
    put("expiry"_f, expiry);
    put("service"_f, service);
}

verify_cvv_request::verify_cvv_request(
    const key& cvk, const pan& card, std::string_view expiry, std::string_view service, std::string_view cvv)
    : operation_request(operation::verify_cvv) {
    put("cvk"_f, cvk);
    put("pan"_f, card.expose());
    put("expiry"_f, expiry);
    put("service"_f, service);
    put("cvv"_f, cvv);
}

verify_arqc_request::verify_arqc_request(const key& mk_ac, unsigned scheme, const arqc_data& what, byte_view arc)
    : operation_request(operation::verify_arqc) {
    put("session"_f, std::string_view("kq"));
    put("emv_scheme"_f, std::size_t{scheme});
    put("unpredictable"_f, what.unpredictable.view());
    put_cryptogram(mk_ac, what);
    if (!arc.empty()) answer(arc);
}

verify_arqc_request::verify_arqc_request(const key& mk_ac, emv_session session, const arqc_data& what)
    : operation_request(operation::verify_arqc) {
    put("session"_f, to_string(session));
    put_cryptogram(mk_ac, what);
}

verify_arqc_request::verify_arqc_request(const key& mk_ac, const emv_tree_session& session, const arqc_data& what)
    : operation_request(operation::verify_arqc) {
    const bool by_hash = session.card_key == crypto::emv_card_key_option::b;
    put("session"_f, std::string_view(by_hash ? "tree_option_b" : "tree"));
    put("tree"_f, std::string_view(session.shape == crypto::emv_tree::of_4 ? "of_4" : "of_2"));
    put("iv"_f, byte_view(session.start));
    put_cryptogram(mk_ac, what);
}

void verify_arqc_request::put_cryptogram(const key& mk_ac, const arqc_data& what) {
    put("mode"_f, std::string_view("verify"));
    put("key"_f, mk_ac);
    put("pan_psn"_f, what.pan_psn.view());
    put("atc"_f, what.atc.view());
    put("data"_f, what.transaction);
    put("arqc"_f, what.arqc.view());
}

verify_arqc_request& verify_arqc_request::answer(byte_view arc) {
    put("mode"_f, std::string_view("answer"));
    put("arc"_f, arc);
    return *this;
}

verify_arqc_request& verify_arqc_request::answer_by_status(byte_view status_update, byte_view proprietary) {
    put("mode"_f, std::string_view("answer_by_status"));
    put("status_update"_f, status_update);
    put("proprietary"_f, proprietary);
    return *this;
}

// --- SM ---

sm2_sign_request::sm2_sign_request(byte_view private_key, byte_view message, std::string_view id)
    : operation_request(operation::sm2_sign) {
    put("private_key"_f, private_key);
    put("data"_f, message);
    put("user_id"_f, id);
}

sm2_verify_request::sm2_verify_request(
    byte_view public_key, byte_view message, byte_view signature, std::string_view id)
    : operation_request(operation::sm2_verify) {
    put("public_key"_f, public_key);
    put("data"_f, message);
    put("signature"_f, signature);
    put("user_id"_f, id);
}

sm3_request::sm3_request(byte_view message)
    : operation_request(operation::sm3) {
    put("data"_f, message);
}

} // namespace cipherlane::hsm
