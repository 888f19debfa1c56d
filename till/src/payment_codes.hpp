#pragma once

#include <cipherlane/qr/code_kind.hpp>

#include <optional>
#include <string_view>
#include <utility>

namespace cipherlane {

/// Instead of any: none goes there.
inline constexpr std::string_view no_payment_codes = "none";

/// Whose payment code a word of the settings names; nothing for any other word.
[[nodiscard]] constexpr std::optional<qr::code_kind> payment_code_of(std::string_view word) noexcept {
    using qr::code_kind;
    constexpr std::pair<std::string_view, code_kind> words[] = {{"wechat", code_kind::wechat_payment_code},
        {"alipay", code_kind::alipay_payment_code}, {"unionpay", code_kind::unionpay_payment_code}};
    for (const auto& [name, kind] : words)
        if (word == name) return kind;
    return std::nullopt;
}

} // namespace cipherlane
