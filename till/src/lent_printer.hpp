#pragma once

#include <cipherlane/ports/printer.hpp>

#include <memory>
#include <utility>

namespace cipherlane::assembly {

/// A printer that the caller has given, as the keeper wants one: it lets go of this, and not of the printer.
class lent_printer final : public ports::printer {
  public:
    explicit lent_printer(std::shared_ptr<ports::printer> of) noexcept
        : of_(std::move(of)) {}

    result<void> print(const ports::print_job& job, const call& bounds) override { return of_->print(job, bounds); }
    result<void> open_drawer(const call& bounds) override { return of_->open_drawer(bounds); }
    result<ports::printer_status> status(const call& bounds) override { return of_->status(bounds); }
    [[nodiscard]] ports::printer_capabilities capabilities() const noexcept override { return of_->capabilities(); }

  private:
    std::shared_ptr<ports::printer> of_;
};

} // namespace cipherlane::assembly
