#include "provider.hpp"

#include <cipherlane/core/digits.hpp>
#include <cipherlane/core/hex.hpp>
#include <cipherlane/core/printable_ascii.hpp>
#include <cipherlane/crypto/key_block_header.hpp>

#include <algorithm>
#include <array>

namespace cipherlane::crypto {
namespace {

error bad_header(std::string_view field, std::size_t offset) noexcept {
    return crypto_error(crypto_errc::bad_key_block, "key block header").in_field(field).at_offset(offset);
}

bool is_alphanumeric(char c) noexcept {
    return is_digit(c) || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

/// The fields of alphanumeric characters between the length and the optional blocks.
struct header_field {
    std::string_view name;
    std::size_t at;
    std::size_t size;
};
constexpr std::array fields{
    header_field{"usage", 5, 2},
    header_field{"algorithm", 7, 1},
    header_field{"mode of use", 8, 1},
    header_field{"key version", 9, 2},
    header_field{"exportability", 11, 1},
    header_field{"reserved", 14, 2},
};

/// The digits at [at, at + count) in `base`; -1 if the text ends before or one of them is no digit.
int number(std::string_view text, std::size_t at, std::size_t count, int base) noexcept {
    if (at + count > text.size()) return -1;
    int value = 0;
    for (char c : text.substr(at, count)) {
        const int digit = hex_value(c);
        if (digit < 0 || digit >= base) return -1;
        value = value * base + digit;
    }
    return value;
}

constexpr std::size_t longest_length = 4; // digits: a key block has at most 9999 characters

/// The optional block at `at`. The digits of an extended length are counted in characters, as the samples of
/// X9.143:2021 8.5 and 8.6 have them.
result<key_block_option> read_option(std::string_view text, std::size_t at) noexcept {
    const auto id = text.substr(at, 2);
    if (id.size() != 2 || !std::all_of(id.begin(), id.end(), is_alphanumeric)) {
        return bad_header("optional block", at);
    }
    std::size_t head = 4;
    int size = number(text, at + 2, 2, 16);
    if (size == 0) {
        const int digits = number(text, at + 4, 2, 16);
        if (digits < 1 || static_cast<std::size_t>(digits) > longest_length) {
            return bad_header("optional block", at + 4);
        }
        head = 6 + static_cast<std::size_t>(digits);
        size = number(text, at + 6, head - 6, 16);
    }
    if (size < 0 || static_cast<std::size_t>(size) < head) return bad_header("optional block", at + 2);
    const auto whole = text.substr(at, static_cast<std::size_t>(size));
    if (whole.size() != static_cast<std::size_t>(size)) return bad_header("optional block", at + 2);
    const auto data = whole.substr(head);
    const auto odd = std::find_if_not(data.begin(), data.end(), is_printable_ascii);
    if (odd != data.end()) {
        return bad_header("optional block", at + head + static_cast<std::size_t>(odd - data.begin()));
    }
    return key_block_option{id, data, at, whole.size()};
}

} // namespace

key_block_header::option_iterator::option_iterator(std::string_view text, std::size_t at) noexcept
    : text_(text) {
    current_.offset = at;
    if (at < text.size()) current_ = *read_option(text, at);
}

key_block_header::option_iterator& key_block_header::option_iterator::operator++() noexcept {
    *this = option_iterator(text_, current_.offset + current_.size);
    return *this;
}

key_block_header::option_iterator key_block_header::option_iterator::operator++(int) noexcept {
    const auto before = *this;
    ++*this;
    return before;
}

std::optional<key_block_option> key_block_header::find_option(std::string_view id) const noexcept {
    const auto found = std::find_if(begin(), end(), [id](const auto& option) { return option.id == id; });
    if (found == end()) return std::nullopt;
    return *found;
}

result<key_block_header> key_block_header::parse(std::string_view text) {
    constexpr std::string_view versions = "ABCDE01";
    if (text.empty() || versions.find(text[0]) == versions.npos) return bad_header("version", 0);
    if (text.size() < fixed_size) return bad_header("length", text.size());
    const int length = number(text, 1, 4, 10);
    if (length < 0) return bad_header("length", 1);
    for (const auto& field : fields) {
        const auto value = text.substr(field.at, field.size);
        if (!std::all_of(value.begin(), value.end(), is_alphanumeric)) return bad_header(field.name, field.at);
    }
    const int options = number(text, 12, 2, 10);
    if (options < 0) return bad_header("number of optional blocks", 12);
    std::size_t end = fixed_size;
    for (int i = 0; i < options; ++i) {
        CIPHERLANE_TRY(const auto option, read_option(text, end));
        end += option.size;
    }
    key_block_header made;
    made.text_ = text.substr(0, end);
    made.block_length_ = static_cast<std::size_t>(length);
    made.option_count_ = static_cast<std::size_t>(options);
    return made;
}

} // namespace cipherlane::crypto
