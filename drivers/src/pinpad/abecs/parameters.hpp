#pragma once

#include <cipherlane/core/result.hpp>
#include <cipherlane/core/secret_bytes.hpp>
#include <cipherlane/drivers/errc.hpp>

#include <algorithm>
#include <cassert>
#include <optional>
#include <string_view>

namespace cipherlane::drivers::abecs {

/// Longest value of one parameter (section 3.1.3.1).
inline constexpr std::size_t largest_parameter = 995;

/// Parameters of a command (section 3.1.3.1).
enum class parameter : std::uint16_t {
    id_list = 0x0001,
    message_index = 0x000B,
    time_out = 0x000C,
    least_digits = 0x000D,
    most_digits = 0x000E,
    data = 0x000F,
    media_name = 0x001E,
    media_info = 0x001F,
    menu_option = 0x0020,
    display_message = 0x001B,
};

/// Writes a command whose parameters carry names and lengths of their own, in blocks of at most 999 bytes.
class parameter_writer {
  public:
    explicit parameter_writer(std::string_view name)
        : held_(2'044) {
        append(as_bytes(name));
    }

    parameter_writer& add(parameter name, byte_view value) {
        constexpr std::size_t head = 4;
        constexpr std::size_t largest_block = 999;
        assert(value.size() <= largest_parameter);
        if (block_ == 0 || size_ - block_ - 3 + head + value.size() > largest_block) {
            block_ = size_;
            append(as_bytes("000"));
        }
        const std::uint8_t fields[] = {static_cast<std::uint8_t>(static_cast<unsigned>(name) >> 8U),
            static_cast<std::uint8_t>(static_cast<unsigned>(name) & 0xFFU),
            static_cast<std::uint8_t>(value.size() >> 8U), static_cast<std::uint8_t>(value.size() & 0xFFU)};
        append(fields);
        append(value);
        put_length();
        return *this;
    }
    parameter_writer& add(parameter name, std::string_view value) { return add(name, as_bytes(value)); }
    [[nodiscard]] secret_bytes done() const { return secret_bytes(held_.expose().first(size_)); }

  private:
    void append(byte_view value) {
        assert(size_ + value.size() <= held_.size());
        std::copy(value.begin(), value.end(), held_.expose().begin() + static_cast<std::ptrdiff_t>(size_));
        size_ += value.size();
    }
    void put_length() {
        auto left = size_ - block_ - 3;
        for (auto at = block_ + 3; at-- > block_; left /= 10)
            held_.expose()[at] = static_cast<std::uint8_t>('0' + left % 10);
    }

    secret_bytes held_;
    std::size_t size_ = 0;
    std::size_t block_ = 0; ///< where its length stands; 0: none is open
};

/// One parameter of an answer (section 3.1.3.2).
struct answered {
    std::uint16_t name = 0;
    byte_view value;
};

/// Takes the parameters of an answer one by one, behind its name and status, whatever blocks they came in.
class parameter_reader {
  public:
    explicit parameter_reader(byte_view payload) noexcept
        : data_(payload)
        , at_(std::min<std::size_t>(payload.size(), 6)) {}

    /// Nothing at the end, and from the first fault on.
    std::optional<answered> next() noexcept {
        if (failed_) return std::nullopt;
        if (at_ == end_ && !open_block()) return std::nullopt;
        if (end_ - at_ < 4) return fail();
        const answered one{word(at_), {}};
        const std::size_t size = word(at_ + 2);
        if (end_ - at_ - 4 < size) return fail();
        at_ += 4 + size;
        return answered{one.name, data_.subspan(at_ - size, size)};
    }
    [[nodiscard]] result<void> check() const {
        if (!failed_) return {};
        return error(make_error_code(drivers_errc::bad_content), layer::drivers).in_field("RSP_BLK").at_offset(at_);
    }

  private:
    std::optional<answered> fail() noexcept {
        failed_ = true;
        return std::nullopt;
    }
    [[nodiscard]] std::uint16_t word(std::size_t at) const noexcept {
        return static_cast<std::uint16_t>((data_[at] << 8) | data_[at + 1]);
    }
    /// Steps over the three digits of a block's length; false at the end.
    bool open_block() noexcept {
        while (at_ < data_.size()) {
            std::size_t size = 0;
            for (int i = 0; i < 3; ++i) {
                if (at_ + static_cast<std::size_t>(i) >= data_.size()) return fail().has_value();
                const auto digit = data_[at_ + static_cast<std::size_t>(i)];
                if (digit < '0' || digit > '9') return fail().has_value();
                size = size * 10 + (digit - std::size_t{'0'});
            }
            if (data_.size() - at_ - 3 < size) return fail().has_value();
            at_ += 3;
            end_ = at_ + size;
            if (size != 0) return true;
        }
        return false;
    }

    byte_view data_;
    std::size_t at_;
    std::size_t end_ = at_;
    bool failed_ = false;
};

} // namespace cipherlane::drivers::abecs
