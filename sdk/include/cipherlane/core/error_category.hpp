#pragma once

#include <cipherlane/core/error.hpp>

#include <boost/system/error_category.hpp>

#include <span>
#include <string>

namespace cipherlane {

/// One row of a layer's error table.
struct errc_row {
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

  private:
    const char* name_;
    std::span<const errc_row> rows_;
};

} // namespace cipherlane
