#pragma once

#include "hsm-sim/keys/status.hpp"

#include <cipherlane/core/bytes.hpp>

#include <charconv>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace cipherlane::hsm_sim {

/// The fields of one request, taken in their order. The first field that does not fit decides the answer's status;
/// what is read after it is empty or zero, so a command reads all its fields and asks once. Views live as long as
/// the request.
class request_reader {
  public:
    explicit request_reader(std::string_view body) noexcept
        : left_(body) {}

    [[nodiscard]] bool failed() const noexcept { return !why_.ok(); }
    [[nodiscard]] status why() const noexcept { return why_; }
    /// Decides the status unless an earlier field has.
    void fail(status why) noexcept {
        if (why_.ok()) why_ = why;
        left_ = {};
    }

    [[nodiscard]] std::size_t left() const noexcept { return left_.size(); }
    [[nodiscard]] bool empty() const noexcept { return left_.empty(); }
    /// The next character, or NUL at the end.
    [[nodiscard]] char peek() const noexcept { return left_.empty() ? '\0' : left_.front(); }
    [[nodiscard]] std::string_view ahead() const noexcept { return left_; }

    /// True, and the character taken, if it is next.
    [[nodiscard]] bool take_if(char wanted) noexcept {
        if (peek() != wanted || left_.empty()) return false;
        left_.remove_prefix(1);
        return true;
    }

    /// `count` characters of any kind.
    std::string_view text(std::size_t count, status otherwise = code::input_data) noexcept {
        if (left_.size() < count) {
            fail(otherwise);
            return {};
        }
        const auto taken = left_.substr(0, count);
        left_.remove_prefix(count);
        return taken;
    }
    std::string_view rest() noexcept { return text(left_.size()); }

    /// One character out of `allowed`; the first of them when it is another.
    char one_of(std::string_view allowed, status otherwise = code::input_data) noexcept {
        const auto taken = text(1, otherwise);
        if (taken.empty()) return allowed.front();
        if (allowed.find(taken.front()) == std::string_view::npos) {
            fail(otherwise);
            return allowed.front();
        }
        return taken.front();
    }

    /// `count` decimal digits as they stand.
    std::string_view digits(std::size_t count, status otherwise = code::input_data) noexcept {
        const auto taken = text(count, otherwise);
        for (const char c : taken) {
            if (c < '0' || c > '9') {
                fail(otherwise);
                return {};
            }
        }
        return taken;
    }
    std::size_t decimal(std::size_t count, status otherwise = code::input_data) noexcept {
        return number(digits(count, otherwise), 10, otherwise);
    }
    std::size_t hexadecimal(std::size_t count, status otherwise = code::input_data) noexcept {
        return number(text(count, otherwise), 16, otherwise);
    }
    /// Fills `out` from twice as many hex digits.
    void hex(byte_span out, status otherwise = code::input_data) noexcept;

    /// Fails unless everything was taken.
    void expect_end(status otherwise = code::input_data) noexcept {
        if (!left_.empty()) fail(otherwise);
    }

  private:
    std::size_t number(std::string_view from, int base, status otherwise) noexcept {
        std::size_t value = 0;
        const auto end = std::from_chars(from.data(), from.data() + from.size(), value, base);
        if (from.empty() || end.ec != std::errc{} || end.ptr != from.data() + from.size()) {
            fail(otherwise);
            return 0;
        }
        return value;
    }

    std::string_view left_;
    status why_;
};

} // namespace cipherlane::hsm_sim
