#pragma once

#include <cipherlane/core/hex.hpp>
#include <cipherlane/crypto/errc.hpp>
#include <cipherlane/crypto/key.hpp>

#include <gtest/gtest.h>

#include <string_view>

namespace cipherlane::crypto {

inline bytes hex(std::string_view digits) {
    return from_hex(digits).value();
}

/// A handle under the policy that accepts every test key.
template <class Key>
Key test_key(algorithm cipher, std::string_view digits) {
    return std::move(Key::create(cipher, hex(digits), legacy_policy)).value();
}

template <class T>
::testing::AssertionResult fails_with(const result<T>& got, crypto_errc code) {
    if (got.has_value()) return ::testing::AssertionFailure() << "no error";
    if (got.error().code() == make_error_code(code)) return ::testing::AssertionSuccess();
    return ::testing::AssertionFailure() << got.error();
}

} // namespace cipherlane::crypto
