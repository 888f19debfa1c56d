#pragma once

#include <cipherlane/core/error.hpp>
#include <cipherlane/iso8583/errc.hpp>

#include <charconv>
#include <string_view>

namespace cipherlane::iso8583 {

/// An error of this layer with its place.
[[nodiscard]] inline error fail(iso8583_errc why, std::string_view operation, std::string_view field) {
    return error(why, layer::iso8583).during(operation).in_field(field);
}

[[nodiscard]] inline error fail(
    iso8583_errc why, std::string_view operation, std::string_view field, std::size_t offset) {
    return error(why, layer::iso8583).during(operation).in_field(field).at_offset(offset);
}

/// A field number as text, in place.
class number_text {
  public:
    explicit number_text(int value) noexcept
        : end_(std::to_chars(chars_, chars_ + sizeof chars_, value).ptr) {}
    [[nodiscard]] std::string_view view() const noexcept { return {chars_, static_cast<std::size_t>(end_ - chars_)}; }

  private:
    char chars_[12]{};
    char* end_;
};

} // namespace cipherlane::iso8583
