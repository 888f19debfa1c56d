#pragma once

#include <cipherlane/core/error.hpp>

#include <boost/system/error_category.hpp>

#include <span>
#include <string>
#include <type_traits>

namespace cipherlane {

/// One row of a layer's error table: `{some_errc::code, condition::…, "text"}`; a device's own codes are numbers.
struct errc_row {
    constexpr errc_row(int code, condition what, const char* words) noexcept
        : value(code)
        , means(what)
        , text(words) {}
    template <class Code>
    requires std::is_enum_v<Code>
    constexpr errc_row(Code code, condition what, const char* words) noexcept
        : errc_row(static_cast<int>(code), what, words) {}

    int value;
    condition means;
    const char* text;
};

/// An error category that is a table: what each code means to the caller, and its text.
///
/// Each layer has one constant of this type in its `errc.cpp`. The rows must outlive the category.
class table_category final : public boost::system::error_category {
  public:
    constexpr table_category(const char* name, std::span<const errc_row> rows) noexcept
        : name_(name)
        , rows_(rows) {}

    [[nodiscard]] const char* name() const noexcept override { return name_; }
    [[nodiscard]] std::string message(int value) const override;
    [[nodiscard]] boost::system::error_condition default_error_condition(int value) const noexcept override;

    /// A code of this category: what `make_error_code` gives.
    template <class Code>
    requires std::is_enum_v<Code>
    [[nodiscard]] boost::system::error_code code(Code value) const noexcept {
        return {static_cast<int>(value), *this};
    }

  private:
    const char* name_;
    std::span<const errc_row> rows_;
};

} // namespace cipherlane
