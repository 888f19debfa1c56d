#include "arguments.hpp"
#include "hsm_things.hpp"

#include <cipherlane/c/hsm.h>
#include <cipherlane/hsm/pos_mac.hpp>

// The functions that everybody uses: a typed request of the C++ interface each.

namespace cipherlane::c {
namespace {

using hsm_pin = pinned<hsm_thing>;

static_assert(static_cast<int>(hsm::key_type::mk_smc) == CIPHERLANE_HSM_MK_SMC);
static_assert(static_cast<int>(hsm::key_type::bdk) == CIPHERLANE_HSM_BDK);
static_assert(static_cast<int>(hsm::key_type::tak) == CIPHERLANE_HSM_TAK);
static_assert(static_cast<int>(hsm::key_scheme_name::block) == CIPHERLANE_HSM_BLOCK);
static_assert(static_cast<int>(hsm::key_scheme_name::double_ecb) == CIPHERLANE_HSM_DOUBLE_ECB);
static_assert(static_cast<int>(hsm::pin_format::mastercard) == CIPHERLANE_HSM_MASTERCARD);
static_assert(static_cast<int>(hsm::mac_algorithm::sm4) == CIPHERLANE_HSM_SM4_MAC);
static_assert(static_cast<int>(hsm::mac_algorithm::unionpay) == CIPHERLANE_HSM_UNIONPAY);
static_assert(static_cast<int>(hsm::padding::mark) == CIPHERLANE_HSM_PAD_MARK);
static_assert(static_cast<int>(hsm::cipher_mode::ofb) == CIPHERLANE_HSM_OFB);
static_assert(static_cast<int>(hsm::emv_session::unionpay) == CIPHERLANE_HSM_SESSION_UNIONPAY);

result<hsm::key_type> type_of(std::int32_t number, std::string_view argument) {
    return word_of(number, hsm::key_type::mk_smc, argument);
}

result<hsm::key_scheme_name> scheme_of(std::int32_t number, std::string_view argument) {
    return word_of(number, hsm::key_scheme_name::block, argument);
}

result<hsm::key> key_of(const char* text, std::string_view argument) {
    CIPHERLANE_TRY(const auto digits, text_of(text, argument));
    return hsm::key(digits);
}

/// What fits, for people.
template <std::size_t N>
void cut_to(std::string_view text, char (&to)[N]) {
    static_cast<void>(give_text(text.substr(0, N - 1), to, {}));
}

result<void> give_key(const hsm::key_result& made, cipherlane_hsm_key& to) {
    CIPHERLANE_CHECK(give_text(made.under_lmk.text(), to.under_lmk, "under_lmk"));
    CIPHERLANE_CHECK(give_text(made.exported.text(), to.exported, "exported"));
    CIPHERLANE_CHECK(give(made.check_value.view(), &to.check_value, "check_value"));
    return give_text(made.warning.view(), to.warning, "warning");
}

/// A request that gives keys.
template <class Request>
result<void> run_for_key(
    hsm_thing& at, const Request& request, std::int64_t deadline_ms, cipherlane_stop stop, cipherlane_hsm_key* to) {
    CIPHERLANE_CHECK(need(to, "key"));
    CIPHERLANE_TRY(const auto bounds, bounds_of(deadline_ms, stop));
    CIPHERLANE_TRY(const auto made, at.pool->run(request, bounds));
    return give_key(made, *to);
}

template <class Request>
result<void> run_for_data(cipherlane_hsm hsm, std::int32_t type, const char* data_key, std::int32_t mode,
    const void* iv, std::size_t iv_size, const void* data, std::size_t size, std::int64_t deadline_ms,
    cipherlane_stop stop, cipherlane_buffer* to, std::string_view argument) {
    CIPHERLANE_TRY(const auto at, hsm_pin::of(hsm, "hsm"));
    CIPHERLANE_TRY(const auto what, type_of(type, "type"));
    CIPHERLANE_TRY(const auto by, key_of(data_key, "data_key"));
    CIPHERLANE_TRY(const auto how, word_of(mode, cipherlane::hsm::cipher_mode::ofb, "mode"));
    CIPHERLANE_TRY(const auto start, bytes_of(iv, iv_size, "iv"));
    CIPHERLANE_TRY(const auto in, bytes_of(data, size, "data"));
    CIPHERLANE_CHECK(need(to, argument));
    CIPHERLANE_TRY(const auto bounds, bounds_of(deadline_ms, stop));
    CIPHERLANE_TRY(const auto out, at->pool->run(Request(what, by, how, in, start), bounds));
    return give(out.data.expose(), to, argument);
}

result<cipherlane::hsm::verify_arqc_request> arqc_request(
    const hsm::key& mk_ac, std::int32_t session, const cipherlane_hsm_arqc& from) {
    CIPHERLANE_TRY(const auto card, bytes_of(from.pan_psn, from.pan_psn_size, "pan_psn"));
    CIPHERLANE_TRY(const auto data, bytes_of(from.transaction, from.transaction_size, "transaction"));
    if (card.size() > 16) return refuse(c_errc::bad_argument, "pan_psn");
    const hsm::arqc_data what{hsm::short_bytes(card), hsm::short_bytes(from.atc),
        hsm::short_bytes(from.unpredictable), bytes(data.begin(), data.end()), hsm::short_bytes(from.arqc)};
    if (session == CIPHERLANE_HSM_SESSION_KQ_VISA || session == CIPHERLANE_HSM_SESSION_KQ_MCHIP) {
        return hsm::verify_arqc_request(mk_ac, static_cast<unsigned>(session - CIPHERLANE_HSM_SESSION_KQ_VISA), what);
    }
    CIPHERLANE_TRY(const auto which, word_of(session, hsm::emv_session::unionpay, "session"));
    return hsm::verify_arqc_request(mk_ac, which, what);
}

} // namespace
} // namespace cipherlane::c

using namespace cipherlane;
using namespace cipherlane::c;

cipherlane_condition cipherlane_hsm_diagnose(cipherlane_hsm hsm, int64_t deadline_ms, cipherlane_stop stop,
    cipherlane_hsm_diagnosis* diagnosis, cipherlane_status* why) {
    return guard(why, [&]() -> result<void> {
        CIPHERLANE_TRY(const auto at, hsm_pin::of(hsm, "hsm"));
        CIPHERLANE_CHECK(need(diagnosis, "diagnosis"));
        CIPHERLANE_TRY(const auto bounds, bounds_of(deadline_ms, stop));
        CIPHERLANE_TRY(const auto told, at->pool->diagnose({}, bounds));
        cut_to(told.firmware, diagnosis->firmware);
        cut_to(told.serial, diagnosis->serial);
        return give(told.lmk_check.view(), &diagnosis->lmk_check, "diagnosis");
    });
}

cipherlane_condition cipherlane_hsm_random(
    cipherlane_hsm hsm, void* data, size_t size, int64_t deadline_ms, cipherlane_stop stop, cipherlane_status* why) {
    return guard(why, [&]() -> result<void> {
        CIPHERLANE_TRY(const auto at, hsm_pin::of(hsm, "hsm"));
        CIPHERLANE_CHECK(need(data, "data"));
        CIPHERLANE_TRY(const auto bounds, bounds_of(deadline_ms, stop));
        CIPHERLANE_TRY(const auto drawn, at->pool->random(cipherlane::hsm::random_request(size), bounds));
        // A unit that gives another number has not done what was asked.
        if (drawn.data.size() != size) return refuse(c_errc::no_room, "data");
        cipherlane_buffer to{data, size, 0};
        return give(drawn.data.expose(), &to, "data");
    });
}

cipherlane_condition cipherlane_hsm_generate_key(cipherlane_hsm hsm, int32_t type, int32_t scheme,
    int64_t deadline_ms, cipherlane_stop stop, cipherlane_hsm_key* key, cipherlane_status* why) {
    return guard(why, [&]() -> result<void> {
        CIPHERLANE_TRY(const auto at, hsm_pin::of(hsm, "hsm"));
        CIPHERLANE_TRY(const auto what, type_of(type, "type"));
        CIPHERLANE_TRY(const auto as, scheme_of(scheme, "scheme"));
        return run_for_key(*at, cipherlane::hsm::generate_key_request(what, as), deadline_ms, stop, key);
    });
}

cipherlane_condition cipherlane_hsm_generate_and_export_key(cipherlane_hsm hsm, int32_t type, int32_t wrapping_type,
    const char* wrapping_key, int32_t scheme, int32_t exported_as, int64_t deadline_ms, cipherlane_stop stop,
    cipherlane_hsm_key* key, cipherlane_status* why) {
    return guard(why, [&]() -> result<void> {
        CIPHERLANE_TRY(const auto at, hsm_pin::of(hsm, "hsm"));
        CIPHERLANE_TRY(const auto what, type_of(type, "type"));
        CIPHERLANE_TRY(const auto by_type, type_of(wrapping_type, "wrapping_type"));
        CIPHERLANE_TRY(const auto by, key_of(wrapping_key, "wrapping_key"));
        CIPHERLANE_TRY(const auto as, scheme_of(scheme, "scheme"));
        CIPHERLANE_TRY(const auto out, scheme_of(exported_as, "exported_as"));
        return run_for_key(*at, cipherlane::hsm::generate_and_export_key_request(what, by_type, by, as, out),
            deadline_ms, stop, key);
    });
}

cipherlane_condition cipherlane_hsm_import_key(cipherlane_hsm hsm, int32_t type, const char* wrapping_key,
    const char* wrapped_key, int32_t scheme, const void* check_value, size_t check_value_size, int64_t deadline_ms,
    cipherlane_stop stop, cipherlane_hsm_key* key, cipherlane_status* why) {
    return guard(why, [&]() -> result<void> {
        CIPHERLANE_TRY(const auto at, hsm_pin::of(hsm, "hsm"));
        CIPHERLANE_TRY(const auto what, type_of(type, "type"));
        CIPHERLANE_TRY(const auto by, key_of(wrapping_key, "wrapping_key"));
        CIPHERLANE_TRY(const auto wrapped, key_of(wrapped_key, "wrapped_key"));
        CIPHERLANE_TRY(const auto as, scheme_of(scheme, "scheme"));
        CIPHERLANE_TRY(const auto expected, bytes_of(check_value, check_value_size, "check_value"));
        cipherlane::hsm::import_key_request request(what, by, wrapped, as);
        if (!expected.empty()) request.expect(expected);
        return run_for_key(*at, request, deadline_ms, stop, key);
    });
}

cipherlane_condition cipherlane_hsm_export_key(cipherlane_hsm hsm, int32_t type, int32_t wrapping_type,
    const char* wrapping_key, const char* under_lmk, int32_t exported_as, int64_t deadline_ms, cipherlane_stop stop,
    cipherlane_hsm_key* key, cipherlane_status* why) {
    return guard(why, [&]() -> result<void> {
        CIPHERLANE_TRY(const auto at, hsm_pin::of(hsm, "hsm"));
        CIPHERLANE_TRY(const auto what, type_of(type, "type"));
        CIPHERLANE_TRY(const auto by_type, type_of(wrapping_type, "wrapping_type"));
        CIPHERLANE_TRY(const auto by, key_of(wrapping_key, "wrapping_key"));
        CIPHERLANE_TRY(const auto inner, key_of(under_lmk, "under_lmk"));
        CIPHERLANE_TRY(const auto out, scheme_of(exported_as, "exported_as"));
        return run_for_key(
            *at, cipherlane::hsm::export_key_request(what, by, inner, out, by_type), deadline_ms, stop, key);
    });
}

cipherlane_condition cipherlane_hsm_check_value(cipherlane_hsm hsm, int32_t type, const char* under_lmk,
    int64_t deadline_ms, cipherlane_stop stop, cipherlane_block* check_value, cipherlane_status* why) {
    return guard(why, [&]() -> result<void> {
        CIPHERLANE_TRY(const auto at, hsm_pin::of(hsm, "hsm"));
        CIPHERLANE_TRY(const auto what, type_of(type, "type"));
        CIPHERLANE_TRY(const auto inner, key_of(under_lmk, "under_lmk"));
        CIPHERLANE_CHECK(need(check_value, "check_value"));
        CIPHERLANE_TRY(const auto bounds, bounds_of(deadline_ms, stop));
        CIPHERLANE_TRY(
            const auto made, at->pool->check_value(cipherlane::hsm::check_value_request(what, inner), bounds));
        return give(made.check_value.view(), check_value, "check_value");
    });
}

cipherlane_condition cipherlane_hsm_translate_pin(cipherlane_hsm hsm, int32_t source_type, const char* source_key,
    const char* target_key, int32_t source_format, int32_t target_format, const void* pin_block,
    size_t pin_block_size, const char* card, int64_t deadline_ms, cipherlane_stop stop, cipherlane_block* translated,
    cipherlane_status* why) {
    return guard(why, [&]() -> result<void> {
        using format = cipherlane::hsm::pin_format;
        CIPHERLANE_TRY(const auto at, hsm_pin::of(hsm, "hsm"));
        CIPHERLANE_TRY(const auto from_type, type_of(source_type, "source_type"));
        CIPHERLANE_TRY(const auto from, key_of(source_key, "source_key"));
        CIPHERLANE_TRY(const auto to, key_of(target_key, "target_key"));
        CIPHERLANE_TRY(const auto from_format, word_of(source_format, format::mastercard, "source_format"));
        CIPHERLANE_TRY(const auto to_format, word_of(target_format, format::mastercard, "target_format"));
        CIPHERLANE_TRY(const auto block, bytes_of(pin_block, pin_block_size, "pin_block"));
        CIPHERLANE_TRY(const auto digits, text_of(card, "card"));
        CIPHERLANE_TRY(const auto whose, pan::parse(digits));
        CIPHERLANE_CHECK(need(translated, "translated"));
        CIPHERLANE_TRY(const auto bounds, bounds_of(deadline_ms, stop));
        cipherlane::hsm::translate_pin_request request(from, to, block, whose);
        request.from_type(from_type).formats(from_format, to_format);
        CIPHERLANE_TRY(const auto made, at->pool->run(request, bounds));
        return give(made.pin_block.view(), translated, "translated");
    });
}

cipherlane_condition cipherlane_hsm_make_mac(cipherlane_hsm hsm, int32_t type, const char* mac_key, int32_t algorithm,
    int32_t padding, const void* data, size_t size, int64_t deadline_ms, cipherlane_stop stop, cipherlane_block* mac,
    cipherlane_status* why) {
    return guard(why, [&]() -> result<void> {
        CIPHERLANE_TRY(const auto at, hsm_pin::of(hsm, "hsm"));
        CIPHERLANE_TRY(const auto what, type_of(type, "type"));
        CIPHERLANE_TRY(const auto by, key_of(mac_key, "mac_key"));
        CIPHERLANE_TRY(const auto how, word_of(algorithm, cipherlane::hsm::mac_algorithm::sm4, "algorithm"));
        CIPHERLANE_TRY(const auto fill, word_of(padding, cipherlane::hsm::padding::mark, "padding"));
        CIPHERLANE_TRY(const auto in, bytes_of(data, size, "data"));
        CIPHERLANE_CHECK(need(mac, "mac"));
        CIPHERLANE_TRY(const auto bounds, bounds_of(deadline_ms, stop));
        CIPHERLANE_TRY(
            const auto made, at->pool->run(cipherlane::hsm::make_mac_request(what, by, how, in, fill), bounds));
        return give(made.mac.view(), mac, "mac");
    });
}

cipherlane_condition cipherlane_hsm_verify_mac(cipherlane_hsm hsm, int32_t type, const char* mac_key,
    int32_t algorithm, int32_t padding, const void* data, size_t size, const void* mac, size_t mac_size,
    size_t length, int64_t deadline_ms, cipherlane_stop stop, int32_t* right, cipherlane_status* why) {
    return guard(why, [&]() -> result<void> {
        CIPHERLANE_TRY(const auto at, hsm_pin::of(hsm, "hsm"));
        CIPHERLANE_TRY(const auto what, type_of(type, "type"));
        CIPHERLANE_TRY(const auto by, key_of(mac_key, "mac_key"));
        CIPHERLANE_TRY(const auto how, word_of(algorithm, cipherlane::hsm::mac_algorithm::sm4, "algorithm"));
        CIPHERLANE_TRY(const auto fill, word_of(padding, cipherlane::hsm::padding::mark, "padding"));
        CIPHERLANE_TRY(const auto in, bytes_of(data, size, "data"));
        CIPHERLANE_TRY(const auto carried, bytes_of(mac, mac_size, "mac"));
        CIPHERLANE_CHECK(need(right, "right"));
        CIPHERLANE_TRY(const auto bounds, bounds_of(deadline_ms, stop));
        CIPHERLANE_TRY(const auto made,
            at->pool->run(cipherlane::hsm::verify_mac_request(what, by, how, in, carried, length, fill), bounds));
        *right = made.right ? 1 : 0;
        return {};
    });
}

cipherlane_condition cipherlane_hsm_make_pos_mac(cipherlane_hsm hsm, const char* tak, const void* data, size_t size,
    int64_t deadline_ms, cipherlane_stop stop, uint8_t mac[8], cipherlane_status* why) {
    return guard(why, [&]() -> result<void> {
        CIPHERLANE_TRY(const auto at, hsm_pin::of(hsm, "hsm"));
        CIPHERLANE_TRY(const auto by, key_of(tak, "tak"));
        CIPHERLANE_TRY(const auto in, bytes_of(data, size, "data"));
        CIPHERLANE_CHECK(need(mac, "mac"));
        CIPHERLANE_TRY(const auto bounds, bounds_of(deadline_ms, stop));
        CIPHERLANE_TRY(const auto made, cipherlane::hsm::make_pos_mac(*at->pool, by, in, bounds));
        std::copy(made.begin(), made.end(), mac);
        return {};
    });
}

cipherlane_condition cipherlane_hsm_verify_pos_mac(cipherlane_hsm hsm, const char* tak, const void* data, size_t size,
    const uint8_t mac[8], int64_t deadline_ms, cipherlane_stop stop, int32_t* right, cipherlane_status* why) {
    return guard(why, [&]() -> result<void> {
        CIPHERLANE_TRY(const auto at, hsm_pin::of(hsm, "hsm"));
        CIPHERLANE_TRY(const auto by, key_of(tak, "tak"));
        CIPHERLANE_TRY(const auto in, bytes_of(data, size, "data"));
        CIPHERLANE_CHECK(need(mac, "mac"));
        CIPHERLANE_CHECK(need(right, "right"));
        CIPHERLANE_TRY(const auto bounds, bounds_of(deadline_ms, stop));
        cipherlane::hsm::pos_mac carried;
        std::copy_n(mac, carried.size(), carried.begin());
        CIPHERLANE_TRY(const bool same, cipherlane::hsm::verify_pos_mac(*at->pool, by, in, carried, bounds));
        *right = same ? 1 : 0;
        return {};
    });
}

cipherlane_condition cipherlane_hsm_encrypt(cipherlane_hsm hsm, int32_t type, const char* data_key, int32_t mode,
    const void* iv, size_t iv_size, const void* data, size_t size, int64_t deadline_ms, cipherlane_stop stop,
    cipherlane_buffer* encrypted, cipherlane_status* why) {
    return guard(why, [&] {
        return run_for_data<cipherlane::hsm::encrypt_request>(
            hsm, type, data_key, mode, iv, iv_size, data, size, deadline_ms, stop, encrypted, "encrypted");
    });
}

cipherlane_condition cipherlane_hsm_decrypt(cipherlane_hsm hsm, int32_t type, const char* data_key, int32_t mode,
    const void* iv, size_t iv_size, const void* data, size_t size, int64_t deadline_ms, cipherlane_stop stop,
    cipherlane_buffer* clear, cipherlane_status* why) {
    return guard(why, [&] {
        return run_for_data<cipherlane::hsm::decrypt_request>(
            hsm, type, data_key, mode, iv, iv_size, data, size, deadline_ms, stop, clear, "clear");
    });
}

cipherlane_condition cipherlane_hsm_verify_arqc(cipherlane_hsm hsm, const char* mk_ac, int32_t session,
    const cipherlane_hsm_arqc* what, const uint8_t* arc, int64_t deadline_ms, cipherlane_stop stop, int32_t* right,
    cipherlane_block* arpc, cipherlane_status* why) {
    return guard(why, [&]() -> result<void> {
        CIPHERLANE_TRY(const auto at, hsm_pin::of(hsm, "hsm"));
        CIPHERLANE_TRY(const auto by, key_of(mk_ac, "mk_ac"));
        CIPHERLANE_CHECK(need(what, "what"));
        CIPHERLANE_CHECK(need(right, "right"));
        if (arc != nullptr) CIPHERLANE_CHECK(need(arpc, "arpc"));
        CIPHERLANE_TRY(const auto bounds, bounds_of(deadline_ms, stop));
        CIPHERLANE_TRY(auto request, arqc_request(by, session, *what));
        if (arc != nullptr) request.answer(byte_view(arc, 2));
        CIPHERLANE_TRY(const auto told, at->pool->run(request, bounds));
        *right = told.right ? 1 : 0;
        return arpc == nullptr ? result<void>() : give(told.arpc.view(), arpc, "arpc");
    });
}
