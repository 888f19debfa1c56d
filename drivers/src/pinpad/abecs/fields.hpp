#pragma once

#include <cipherlane/core/hex.hpp>
#include <cipherlane/core/result.hpp>
#include <cipherlane/core/secret_bytes.hpp>
#include <cipherlane/drivers/errc.hpp>

#include <algorithm>
#include <cassert>
#include <string_view>

namespace cipherlane::drivers::abecs {

/// Writes a command's fixed-width fields into memory that is wiped. The fields are bounded by their callers.
class command_writer {
  public:
    explicit command_writer(std::string_view name)
        : held_(1'024) {
        text(name);
    }

    command_writer& text(std::string_view value) {
        assert(size_ + value.size() <= held_.size());
        std::copy(value.begin(), value.end(), held_.expose().begin() + static_cast<std::ptrdiff_t>(size_));
        size_ += value.size();
        return *this;
    }
    command_writer& fill(std::size_t count, char with) {
        for (std::size_t i = 0; i < count; ++i)
            text({&with, 1});
        return *this;
    }
    command_writer& padded(std::string_view value, std::size_t width) {
        return text(value.substr(0, width)).fill(width - std::min(width, value.size()), ' ');
    }
    command_writer& number(std::size_t value, std::size_t width) {
        size_ += width;
        assert(size_ <= held_.size());
        put_number(size_ - width, value, width);
        return *this;
    }
    command_writer& hex(byte_view value) {
        assert(size_ + value.size() * 2 <= held_.size());
        auto* at = reinterpret_cast<char*>(held_.expose().data()) + size_;
        to_hex(value, {at, value.size() * 2});
        size_ += value.size() * 2;
        return *this;
    }
    /// A block's three-digit length goes here.
    command_writer& open_block() {
        block_ = size_;
        return fill(3, '0');
    }
    command_writer& close_block() {
        put_number(block_, size_ - block_ - 3, 3);
        return *this;
    }
    [[nodiscard]] secret_bytes done() const { return secret_bytes(held_.expose().first(size_)); }

  private:
    void put_number(std::size_t at, std::size_t value, std::size_t width) {
        for (auto i = at + width; i-- > at; value /= 10) {
            held_.expose()[i] = static_cast<std::uint8_t>('0' + value % 10);
        }
    }

    secret_bytes held_;
    std::size_t size_ = 0;
    std::size_t block_ = 0;
};

/// Reads fixed-width fields; after the first that is not there or wrong every further one is empty, and `check` says
/// which it was.
class answer_reader {
  public:
    explicit answer_reader(byte_view data) noexcept
        : text_(as_text(data)) {}

    std::string_view text(std::string_view field, std::size_t size) noexcept {
        if (failed_) return {};
        if (text_.size() - at_ < size) {
            fail(field);
            return {};
        }
        at_ += size;
        return text_.substr(at_ - size, size);
    }
    std::size_t number(std::string_view field, std::size_t width) noexcept {
        auto digits = text(field, width);
        std::size_t value = 0;
        for (auto digit : digits) {
            if (digit < '0' || digit > '9') {
                at_ -= width;
                fail(field);
                return 0;
            }
            value = value * 10 + static_cast<std::size_t>(digit - '0');
        }
        return value;
    }
    /// A length of `width` digits, then a value in a place of `room` characters; the value without its padding.
    std::string_view counted(std::string_view field, std::size_t width, std::size_t room) noexcept {
        auto size = number(field, width);
        auto value = text(field, room);
        if (failed_) return {};
        if (size > room) {
            at_ -= room;
            fail(field);
            return {};
        }
        return value.substr(0, size);
    }
    /// `2 * size` hex digits; empty if they are none.
    secret_bytes hex(std::string_view field, std::size_t size) {
        auto digits = text(field, size * 2);
        secret_bytes value(failed_ ? 0 : size);
        if (!failed_ && !from_hex(digits, value.expose())) {
            at_ -= size * 2;
            fail(field);
        }
        return value;
    }
    void fail(std::string_view field) noexcept {
        if (failed_) return;
        failed_ = true;
        field_ = field;
    }
    [[nodiscard]] std::size_t left() const noexcept { return text_.size() - at_; }
    [[nodiscard]] result<void> check() const {
        if (!failed_) return {};
        return error(make_error_code(drivers_errc::bad_content), layer::drivers).in_field(field_).at_offset(at_);
    }

  private:
    std::string_view text_;
    std::size_t at_ = 0;
    std::string_view field_; // the names are literals
    bool failed_ = false;
};

} // namespace cipherlane::drivers::abecs
