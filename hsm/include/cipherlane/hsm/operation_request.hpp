#pragma once

#include <cipherlane/hsm/field_set.hpp>
#include <cipherlane/hsm/operation.hpp>
#include <cipherlane/hsm/types.hpp>

namespace cipherlane::hsm {

/// What every typed request is: an operation and values by the dialect-free names that profiles use too.
///
/// Reuse one request object for many calls with its setters: nothing is allocated then. Move-only, wiped.
class operation_request {
  public:
    [[nodiscard]] operation what() const noexcept { return what_; }
    [[nodiscard]] const field_set& values() const noexcept { return values_; }
    /// Sets a field that only some dialect knows, by its name in the profile.
    void set(std::string_view name, std::string_view value) { values_.set(field_name(name), value); }

  protected:
    explicit operation_request(operation what) noexcept
        : what_(what) {}
    operation_request(operation_request&&) noexcept = default;
    operation_request& operator=(operation_request&&) noexcept = default;
    ~operation_request() = default;

    void put(field_name name, byte_view value) { values_.set(name, value); }
    void put(field_name name, std::string_view value) { values_.set(name, value); }
    void put(field_name name, const key& value) { values_.set(name, std::string_view(value.text())); }
    void put(field_name name, std::size_t number);
    void put_account(const account& whose);

  private:
    operation what_;
    field_set values_;
};

} // namespace cipherlane::hsm
