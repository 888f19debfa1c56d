#include "arguments.hpp"
#include "key_thing.hpp"

#include <cipherlane/c/crypto.h>
#include <cipherlane/crypto/aes_gcm.hpp>
#include <cipherlane/crypto/card_verification.hpp>
#include <cipherlane/crypto/cmac.hpp>
#include <cipherlane/crypto/data_cipher.hpp>
#include <cipherlane/crypto/digest.hpp>
#include <cipherlane/crypto/dukpt_tdes_host.hpp>
#include <cipherlane/crypto/key_components.hpp>
#include <cipherlane/crypto/mac_iso9797.hpp>
#include <cipherlane/crypto/pin_pvv.hpp>
#include <cipherlane/crypto/pin_translation.hpp>
#include <cipherlane/crypto/random.hpp>
#include <cipherlane/crypto/unionpay_mac.hpp>

#include <algorithm>

namespace cipherlane::c {
namespace {

using key_pin = pinned<key_thing>;

static_assert(static_cast<int>(crypto::purpose::card_verification) == CIPHERLANE_KEY_CVV);
static_assert(static_cast<int>(crypto::purpose::key_block_protection) == CIPHERLANE_KEY_BLOCK);
static_assert(static_cast<int>(crypto::purpose::base_derivation) == CIPHERLANE_KEY_DERIVATION);
static_assert(static_cast<int>(crypto::algorithm::sm4) == CIPHERLANE_SM4);
static_assert(static_cast<int>(crypto::kcv_method::cmac) == CIPHERLANE_KCV_CMAC);
static_assert(static_cast<int>(crypto::block_mode::ctr) == CIPHERLANE_MODE_CTR);
static_assert(static_cast<int>(crypto::pin_block_format::unionpay_sm4) == CIPHERLANE_PIN_UNIONPAY_SM4);

template <class Key>
result<any_key> make(crypto::algorithm cipher, byte_view material, const crypto::key_policy& policy) {
    CIPHERLANE_TRY(auto made, Key::create(cipher, material, policy));
    return any_key(std::move(made));
}

result<crypto::pin_block_format> format_of(std::int32_t number, std::string_view argument) {
    switch (number) {
    case CIPHERLANE_PIN_ISO0:
    case CIPHERLANE_PIN_ISO1:
    case CIPHERLANE_PIN_ISO3:
    case CIPHERLANE_PIN_ISO4:
    case CIPHERLANE_PIN_UNIONPAY_SM4: return static_cast<crypto::pin_block_format>(number);
    default: return refuse(c_errc::bad_argument, argument);
    }
}

/// Where the algorithm's value goes: no copy of it is made on the way.
result<void> take(result<crypto::mac_value> made, cipherlane_block& to) {
    if (!made) return made.error();
    return give(made->view(), &to, "mac");
}

result<void> unionpay(crypto::mac_key& key, byte_view data, crypto::unionpay_mac_form form, cipherlane_block& to) {
    const auto field = crypto::unionpay_mac(key, data, form);
    if (!field) return field.error();
    return give(*field, &to, "mac");
}

result<void> make_mac(
    crypto::mac_key& key, std::int32_t algorithm, std::int32_t padding, byte_view data, cipherlane_block& to) {
    using form = crypto::unionpay_mac_form;
    switch (algorithm) {
    case CIPHERLANE_MAC_CMAC: return take(crypto::cmac(key, data), to);
    case CIPHERLANE_MAC_UNIONPAY_ASCII: return unionpay(key, data, form::ascii8, to);
    case CIPHERLANE_MAC_UNIONPAY_RAW: return unionpay(key, data, form::raw8, to);
    case CIPHERLANE_MAC_CBC:
    case CIPHERLANE_MAC_RETAIL: break;
    default: return refuse(c_errc::bad_argument, "algorithm");
    }
    CIPHERLANE_TRY(const auto fill, crypto::mac_padding_of(padding));
    return take(algorithm == CIPHERLANE_MAC_CBC ? crypto::mac_algorithm_1(key, fill, data)
                                                : crypto::retail_mac(key, fill, data),
        to);
}

using data_call = result<void> (*)(crypto::data_key&, crypto::block_mode, byte_view, byte_view, byte_span);

result<void> run_data(data_call how, cipherlane_key key, std::int32_t mode, const void* iv, std::size_t iv_size,
    const void* data, std::size_t size, cipherlane_buffer* out) {
    CIPHERLANE_TRY(const auto at, key_pin::of(key, "key"));
    CIPHERLANE_TRY(auto* const by, as<crypto::data_key>(at, "key"));
    CIPHERLANE_TRY(const auto by_mode, word_of(mode, crypto::block_mode::ctr, "mode"));
    CIPHERLANE_TRY(const auto start, bytes_of(iv, iv_size, "iv"));
    CIPHERLANE_TRY(const auto in, bytes_of(data, size, "data"));
    CIPHERLANE_CHECK(need(out, "out"));
    out->size = in.size();
    if (out->room < in.size()) return refuse(c_errc::no_room, "out");
    if (!in.empty()) CIPHERLANE_CHECK(need(out->data, "out"));
    return how(*by, by_mode, start, in, {static_cast<std::uint8_t*>(out->data), in.size()});
}

result<any_key> transaction_key(const crypto::dukpt_tdes_transaction& of, std::int32_t purpose) {
    const auto wrap = [](auto made) -> result<any_key> {
        if (!made) return made.error();
        return any_key(std::move(*made));
    };
    switch (purpose) {
    case CIPHERLANE_KEY_PIN: return wrap(of.pin());
    case CIPHERLANE_KEY_MAC: return wrap(of.mac(crypto::dukpt_message::request));
    case CIPHERLANE_KEY_DATA: return wrap(of.data(crypto::dukpt_message::request));
    default: return refuse(c_errc::bad_argument, "purpose");
    }
}

result<void> give_key(result<any_key> made, cipherlane_key* to) {
    if (!made) return made.error();
    return hand_out(std::make_unique<key_thing>(std::move(*made)), to);
}

} // namespace

result<const crypto::key_policy*> policy_of(const char* name) {
    CIPHERLANE_TRY(const auto word, text_of(name, "policy"));
    const auto* const found = crypto::find_key_policy(word);
    if (found == nullptr) return refuse(c_errc::bad_argument, "policy");
    return found;
}

result<any_key> make_key(
    std::int32_t purpose, crypto::algorithm cipher, byte_view material, const crypto::key_policy& policy) {
    switch (purpose) {
    case CIPHERLANE_KEY_PIN: return make<crypto::pin_key>(cipher, material, policy);
    case CIPHERLANE_KEY_MAC: return make<crypto::mac_key>(cipher, material, policy);
    case CIPHERLANE_KEY_DATA: return make<crypto::data_key>(cipher, material, policy);
    case CIPHERLANE_KEY_KEY: return make<crypto::key_encryption_key>(cipher, material, policy);
    case CIPHERLANE_KEY_BLOCK: return make<crypto::key_block_protection_key>(cipher, material, policy);
    case CIPHERLANE_KEY_DERIVATION: return make<crypto::base_derivation_key>(cipher, material, policy);
    case CIPHERLANE_KEY_PVV: return make<crypto::pin_verification_key>(cipher, material, policy);
    case CIPHERLANE_KEY_CVV: return make<crypto::card_verification_key>(cipher, material, policy);
    default: return refuse(c_errc::bad_argument, "purpose");
    }
}

} // namespace cipherlane::c

using namespace cipherlane;
using namespace cipherlane::c;

cipherlane_condition cipherlane_key_create(int32_t purpose, int32_t algorithm, const void* material, size_t size,
    const char* policy, cipherlane_key* key, cipherlane_status* why) {
    return guard(why, [&]() -> result<void> {
        CIPHERLANE_TRY(const auto cipher, word_of(algorithm, crypto::algorithm::sm4, "algorithm"));
        CIPHERLANE_TRY(const auto data, bytes_of(material, size, "material"));
        CIPHERLANE_TRY(const auto* const rules, policy_of(policy));
        CIPHERLANE_CHECK(need(key, "key"));
        return give_key(make_key(purpose, cipher, data, *rules), key);
    });
}

cipherlane_condition cipherlane_key_close(cipherlane_key key, cipherlane_status* why) {
    return guard(why, [&] { return close_handle<key_thing>(key, "key"); });
}

cipherlane_condition cipherlane_key_of_transaction(cipherlane_key bdk, const void* serial_number, size_t size,
    int32_t purpose, cipherlane_key* key, cipherlane_status* why) {
    return guard(why, [&]() -> result<void> {
        CIPHERLANE_TRY(const auto at, key_pin::of(bdk, "bdk"));
        CIPHERLANE_TRY(auto* const base, as<crypto::base_derivation_key>(at, "bdk"));
        CIPHERLANE_TRY(const auto ksn, bytes_of(serial_number, size, "serial_number"));
        CIPHERLANE_CHECK(need(key, "key"));
        CIPHERLANE_TRY(auto host, crypto::dukpt_tdes_host::create(*base));
        CIPHERLANE_TRY(const auto transaction, host.transaction(ksn));
        return give_key(transaction_key(transaction, purpose), key);
    });
}

cipherlane_condition cipherlane_key_check_value(
    cipherlane_key key, int32_t method, size_t length, cipherlane_block* check_value, cipherlane_status* why) {
    return guard(why, [&]() -> result<void> {
        CIPHERLANE_TRY(const auto at, key_pin::of(key, "key"));
        CIPHERLANE_TRY(const auto how, word_of(method, crypto::kcv_method::cmac, "method"));
        CIPHERLANE_TRY(
            const auto made, std::visit([&](const auto& of) { return of.check_value(how, length); }, at->key));
        return give(made, check_value, "check_value");
    });
}

cipherlane_condition cipherlane_mac_make(cipherlane_key key, int32_t algorithm, int32_t padding, const void* data,
    size_t size, cipherlane_block* mac, cipherlane_status* why) {
    return guard(why, [&]() -> result<void> {
        CIPHERLANE_TRY(const auto at, key_pin::of(key, "key"));
        CIPHERLANE_TRY(auto* const by, as<crypto::mac_key>(at, "key"));
        CIPHERLANE_TRY(const auto in, bytes_of(data, size, "data"));
        CIPHERLANE_CHECK(need(mac, "mac"));
        return make_mac(*by, algorithm, padding, in, *mac);
    });
}

cipherlane_condition cipherlane_mac_verify(cipherlane_key key, int32_t algorithm, int32_t padding, const void* data,
    size_t size, const void* mac, size_t mac_size, size_t length, int32_t* right, cipherlane_status* why) {
    return guard(why, [&]() -> result<void> {
        CIPHERLANE_TRY(const auto at, key_pin::of(key, "key"));
        CIPHERLANE_TRY(auto* const by, as<crypto::mac_key>(at, "key"));
        CIPHERLANE_TRY(const auto in, bytes_of(data, size, "data"));
        CIPHERLANE_TRY(const auto carried, bytes_of(mac, mac_size, "mac"));
        CIPHERLANE_CHECK(need(right, "right"));
        cipherlane_block made;
        CIPHERLANE_CHECK(make_mac(*by, algorithm, padding, in, made));
        if (length < crypto::mac_value::min_compared || length > made.size)
            return refuse(c_errc::bad_argument, "length");
        *right = crypto::mac_value(byte_view(made.data).first(made.size)).matches(carried, length) ? 1 : 0;
        return {};
    });
}

cipherlane_condition cipherlane_data_encrypt(cipherlane_key key, int32_t mode, const void* iv, size_t iv_size,
    const void* data, size_t size, cipherlane_buffer* out, cipherlane_status* why) {
    return guard(why, [&] { return run_data(crypto::encrypt_data, key, mode, iv, iv_size, data, size, out); });
}

cipherlane_condition cipherlane_data_decrypt(cipherlane_key key, int32_t mode, const void* iv, size_t iv_size,
    const void* data, size_t size, cipherlane_buffer* out, cipherlane_status* why) {
    return guard(why, [&] { return run_data(crypto::decrypt_data, key, mode, iv, iv_size, data, size, out); });
}

cipherlane_condition cipherlane_data_seal(cipherlane_key key, const void* bound, size_t bound_size, const void* clear,
    size_t size, cipherlane_buffer* sealed, cipherlane_status* why) {
    return guard(why, [&]() -> result<void> {
        CIPHERLANE_TRY(const auto at, key_pin::of(key, "key"));
        CIPHERLANE_TRY(auto* const by, as<crypto::data_key>(at, "key"));
        CIPHERLANE_TRY(const auto to, bytes_of(bound, bound_size, "bound"));
        CIPHERLANE_TRY(const auto in, bytes_of(clear, size, "clear"));
        CIPHERLANE_TRY(const auto made, crypto::gcm_seal(*by, to, in));
        return give(made, sealed, "sealed");
    });
}

cipherlane_condition cipherlane_data_open(cipherlane_key key, const void* bound, size_t bound_size,
    const void* sealed, size_t size, cipherlane_buffer* clear, cipherlane_status* why) {
    return guard(why, [&]() -> result<void> {
        CIPHERLANE_TRY(const auto at, key_pin::of(key, "key"));
        CIPHERLANE_TRY(auto* const by, as<crypto::data_key>(at, "key"));
        CIPHERLANE_TRY(const auto to, bytes_of(bound, bound_size, "bound"));
        CIPHERLANE_TRY(const auto in, bytes_of(sealed, size, "sealed"));
        CIPHERLANE_TRY(const auto made, crypto::gcm_open(*by, to, in));
        return give(made.expose(), clear, "clear");
    });
}

cipherlane_condition cipherlane_pin_encrypt(cipherlane_key key, int32_t format, const char* pin, const char* card,
    cipherlane_block* pin_block, cipherlane_status* why) {
    return guard(why, [&]() -> result<void> {
        CIPHERLANE_TRY(const auto at, key_pin::of(key, "key"));
        CIPHERLANE_TRY(auto* const by, as<crypto::pin_key>(at, "key"));
        CIPHERLANE_TRY(const auto as_format, format_of(format, "format"));
        CIPHERLANE_TRY(const auto digits, text_of(pin, "pin"));
        CIPHERLANE_TRY(const auto whose, text_of(card, "card"));
        CIPHERLANE_TRY(const auto clear, crypto::clear_pin::parse(digits));
        CIPHERLANE_TRY(const auto made, crypto::encrypt_pin_block(*by, as_format, clear, whose));
        return give(made.view(), pin_block, "pin_block");
    });
}

cipherlane_condition cipherlane_pin_decrypt(cipherlane_key key, int32_t format, const void* pin_block, size_t size,
    const char* card, cipherlane_buffer* pin, cipherlane_status* why) {
    return guard(why, [&]() -> result<void> {
        CIPHERLANE_TRY(const auto at, key_pin::of(key, "key"));
        CIPHERLANE_TRY(auto* const by, as<crypto::pin_key>(at, "key"));
        CIPHERLANE_TRY(const auto as_format, format_of(format, "format"));
        CIPHERLANE_TRY(const auto block, bytes_of(pin_block, size, "pin_block"));
        CIPHERLANE_TRY(const auto whose, text_of(card, "card"));
        CIPHERLANE_TRY(const auto clear, crypto::decrypt_pin_block(*by, as_format, block, whose));
        return give_text(clear.expose(), pin, "pin");
    });
}

cipherlane_condition cipherlane_pin_translate(cipherlane_key source, int32_t source_format, const void* pin_block,
    size_t size, cipherlane_key target, int32_t target_format, const char* card, cipherlane_block* translated,
    cipherlane_status* why) {
    return guard(why, [&]() -> result<void> {
        CIPHERLANE_TRY(const auto keys, pinned_pair<key_thing>::of(source, "source", target, "target"));
        CIPHERLANE_TRY(auto* const from_key, as<crypto::pin_key>(keys.first(), "source"));
        CIPHERLANE_TRY(auto* const to_key, as<crypto::pin_key>(keys.second(), "target"));
        CIPHERLANE_TRY(const auto from_format, format_of(source_format, "source_format"));
        CIPHERLANE_TRY(const auto to_format, format_of(target_format, "target_format"));
        CIPHERLANE_TRY(const auto block, bytes_of(pin_block, size, "pin_block"));
        CIPHERLANE_TRY(const auto whose, text_of(card, "card"));
        CIPHERLANE_TRY(
            const auto made, crypto::translate_pin_block(*from_key, from_format, block, *to_key, to_format, whose));
        return give(made.view(), translated, "translated");
    });
}

cipherlane_condition cipherlane_pin_pvv(cipherlane_key pvk, const char* card, int32_t key_index, const char* pin,
    cipherlane_buffer* pvv, cipherlane_status* why) {
    return guard(why, [&]() -> result<void> {
        CIPHERLANE_TRY(const auto at, key_pin::of(pvk, "pvk"));
        CIPHERLANE_TRY(auto* const by, as<crypto::pin_verification_key>(at, "pvk"));
        CIPHERLANE_TRY(const auto whose, text_of(card, "card"));
        if (key_index < 0 || key_index > 9) return refuse(c_errc::bad_argument, "key_index");
        CIPHERLANE_TRY(const auto digits, text_of(pin, "pin"));
        CIPHERLANE_TRY(const auto clear, crypto::clear_pin::parse(digits));
        const auto index = static_cast<char>('0' + key_index);
        CIPHERLANE_TRY(const auto made, crypto::visa_pvv(*by, whose, {&index, 1}, clear));
        return give_text(made.view(), pvv, "pvv");
    });
}

cipherlane_condition cipherlane_cvv_make(cipherlane_key cvk, const char* card, const char* expiry,
    const char* service, cipherlane_buffer* cvv, cipherlane_status* why) {
    return guard(why, [&]() -> result<void> {
        CIPHERLANE_TRY(const auto at, key_pin::of(cvk, "cvk"));
        CIPHERLANE_TRY(auto* const by, as<crypto::card_verification_key>(at, "cvk"));
        CIPHERLANE_TRY(const auto whose, text_of(card, "card"));
        CIPHERLANE_TRY(const auto until, text_of(expiry, "expiry"));
        CIPHERLANE_TRY(const auto code, text_of(service, "service"));
        CIPHERLANE_TRY(const auto made, crypto::card_verification::compute(*by, whose, until, code));
        return give_text(made.expose(), cvv, "cvv");
    });
}

cipherlane_condition cipherlane_digest(
    const char* algorithm, const void* data, size_t size, cipherlane_buffer* digest, cipherlane_status* why) {
    return guard(why, [&]() -> result<void> {
        CIPHERLANE_TRY(const auto name, text_of(algorithm, "algorithm"));
        CIPHERLANE_TRY(const auto in, bytes_of(data, size, "data"));
        CIPHERLANE_TRY(const auto hash, crypto::find_digest(name));
        CIPHERLANE_TRY(const auto made, crypto::digest(hash, in));
        return give(made.view(), digest, "digest");
    });
}

cipherlane_condition cipherlane_random(void* data, size_t size, cipherlane_status* why) {
    return guard(why, [&]() -> result<void> {
        if (size == 0) return {};
        CIPHERLANE_CHECK(need(data, "data"));
        if (size > largest_input) return refuse(c_errc::bad_argument, "size");
        return crypto::random_fill({static_cast<std::uint8_t*>(data), size});
    });
}

cipherlane_condition cipherlane_components_combine(
    const void* components, size_t count, size_t size, cipherlane_buffer* key, cipherlane_status* why) {
    return guard(why, [&]() -> result<void> {
        if (count > 9 || size > 64) return refuse(c_errc::bad_argument, count > 9 ? "count" : "size");
        CIPHERLANE_TRY(const auto all, bytes_of(components, count * size, "components"));
        std::vector<secret_bytes> parts;
        for (std::size_t i = 0; i < count; ++i)
            parts.emplace_back(all.subspan(i * size, size));
        CIPHERLANE_TRY(const auto made, crypto::combine_components(parts));
        return give(made.expose(), key, "key");
    });
}
