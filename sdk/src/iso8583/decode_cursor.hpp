#pragma once

#include "fail.hpp"

#include <cipherlane/core/bytes.hpp>
#include <cipherlane/iso8583/describe.hpp>
#include <cipherlane/iso8583/errc.hpp>

#include <cstddef>
#include <string_view>
#include <vector>

namespace cipherlane::iso8583 {

/// How far a message has been read, and the first fault that is not borne.
class decode_cursor {
  protected:
    decode_cursor(byte_view input, std::size_t base, std::vector<deviation>* borne) noexcept
        : input_(input)
        , base_(base)
        , borne_(borne) {}

    /// Not enough bytes for what comes next.
    template <class Path>
    bool cut_off(Path path, std::size_t expected) noexcept {
        expected_ = expected;
        return refuse(iso8583_errc::truncated, path, input_.size());
    }
    bool refuse(iso8583_errc why, std::string_view path, std::size_t at) noexcept {
        why_ = why;
        path_ = path;
        number_ = 0;
        where_ = at;
        return false;
    }
    bool refuse(iso8583_errc why, int number, std::size_t at) noexcept {
        refuse(why, std::string_view(), at);
        number_ = number;
        return false;
    }
    [[nodiscard]] std::size_t left() const noexcept { return input_.size() - at_; }
    [[nodiscard]] byte_view take(std::size_t count) noexcept {
        const auto part = input_.subspan(at_, count);
        at_ += count;
        return part;
    }

    byte_view input_;
    std::size_t base_;              ///< bytes in front of the input
    std::vector<deviation>* borne_; ///< null: nothing is borne
    std::size_t at_ = 0;
    std::size_t expected_ = 0;
    iso8583_errc why_{};
    std::string_view path_;
    int number_ = 0;
    std::size_t where_ = 0;
};

} // namespace cipherlane::iso8583
