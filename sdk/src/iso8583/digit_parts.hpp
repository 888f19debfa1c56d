#pragma once

#include "fail.hpp"

#include <cipherlane/core/fixed_text.hpp>
#include <cipherlane/core/result.hpp>

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>

namespace cipherlane::iso8583 {

/// Takes runs of digits off the front of a value, one after the other.
class digit_parts {
  public:
    explicit digit_parts(std::string_view digits) noexcept
        : digits_(digits) {}

    /// The next `N` digits, or nothing at the end of the value.
    template <std::size_t N>
    result<void> take(fixed_text<N>& out, std::string_view path, std::size_t least = N) {
        const auto part = digits_.substr(at_, N);
        if (part.empty()) return {};
        if (part.size() < least) return fail(iso8583_errc::bad_subfield, "sub-fields", path, digits_.size());
        for (std::size_t i = 0; i < part.size(); ++i) {
            if (part[i] < '0' || part[i] > '9') return fail(iso8583_errc::not_digits, "sub-fields", path, at_ + i);
        }
        out = part;
        at_ += part.size();
        return {};
    }
    /// A number of exactly `count` digits.
    result<std::int64_t> number(std::size_t count, std::string_view path) {
        if (digits_.size() - at_ < count) return fail(iso8583_errc::bad_subfield, "sub-fields", path, digits_.size());
        std::int64_t value = 0;
        for (const char c : digits_.substr(at_, count)) {
            if (c < '0' || c > '9') return fail(iso8583_errc::not_digits, "sub-fields", path, at_);
            value = value * 10 + (c - '0');
        }
        at_ += count;
        return value;
    }
    /// Exactly `count` characters, unchecked.
    result<std::string_view> text(std::size_t count, std::string_view path) {
        if (digits_.size() - at_ < count) return fail(iso8583_errc::bad_subfield, "sub-fields", path, digits_.size());
        const auto part = digits_.substr(at_, count);
        at_ += count;
        return part;
    }
    [[nodiscard]] std::size_t at() const noexcept { return at_; }
    [[nodiscard]] bool done() const noexcept { return at_ == digits_.size(); }

  private:
    std::string_view digits_;
    std::size_t at_ = 0;
};

/// Appends `value` in exactly `count` digits; false if it does not fit.
[[nodiscard]] inline bool append_number(std::string& to, std::int64_t value, std::size_t count) {
    if (value < 0) return false;
    std::string digits(count, '0');
    for (auto at = digits.rbegin(); at != digits.rend(); ++at, value /= 10)
        *at = static_cast<char>('0' + value % 10);
    to += digits;
    return value == 0;
}

} // namespace cipherlane::iso8583
