#pragma once

#include "hsm_things.hpp"

#include <cipherlane/hsm/operation_request.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace cipherlane::c {

/// One operation over the generic door.
struct operation_row {
    hsm::operation what;
    std::string_view takes; ///< names; "!" behind those that must be set, "=value" behind those that have one
    std::string_view gives;
    result<void> (*read)(const hsm::reply& of, reply_fields& into);
};
[[nodiscard]] const operation_row& row_of(hsm::operation what) noexcept;

/// What an operation gave, as named values; the judgement is that of the typed answer.
struct field_reply {
    reply_fields fields;
    [[nodiscard]] static result<field_reply> from(const hsm::reply& of);
};

/// Any operation, its fields by their names. Begins with what the typed request begins with.
class field_request final : public hsm::operation_request {
  public:
    using response = field_reply;
    explicit field_request(hsm::operation what);

    /// Sets a field, and with it those that the typed request works out of it.
    [[nodiscard]] result<void> set(std::string_view name, byte_view value);
    /// What must be set is there, and what only some dialect knows is known to this one.
    [[nodiscard]] result<void> check(const hsm::profile& dialect);

  private:
    void put_also(std::string_view name, std::string_view text);

    std::vector<std::string> foreign_; ///< names that the operation does not know
    hsm::short_bytes mac_;
};

} // namespace cipherlane::c
