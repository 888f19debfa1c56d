#pragma once

#include "handles.hpp"

#include <cipherlane/crypto/errc.hpp>
#include <cipherlane/crypto/key.hpp>

#include <string_view>
#include <utility>
#include <variant>

namespace cipherlane::c {

using any_key = std::variant<crypto::pin_key, crypto::mac_key, crypto::data_key, crypto::key_encryption_key,
    crypto::key_block_protection_key, crypto::base_derivation_key, crypto::dukpt_initial_key,
    crypto::pin_verification_key, crypto::card_verification_key>;

class key_thing final : public object {
  public:
    static constexpr kind what = kind::key;
    static constexpr access how = access::exclusive;
    explicit key_thing(any_key made)
        : key(std::move(made)) {}
    any_key key;
};

/// The key as one of a purpose. @return `key_use_refused` with the argument as field
template <class Key>
[[nodiscard]] result<Key*> as(const pinned<key_thing>& at, std::string_view argument) {
    if (auto* const key = std::get_if<Key>(&at->key)) return key;
    return error(crypto_errc::key_use_refused, layer::crypto).in_field(argument);
}

[[nodiscard]] result<const crypto::key_policy*> policy_of(const char* name);
[[nodiscard]] result<any_key> make_key(
    std::int32_t purpose, crypto::algorithm cipher, byte_view material, const crypto::key_policy& policy);

} // namespace cipherlane::c
