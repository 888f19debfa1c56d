#pragma once

#include <span>
#include <string_view>

namespace cipherlane::reconcile {

/// A description that is shipped; its file is in `forms`, and the build puts its text here.
struct shipped_form {
    std::string_view name;
    std::string_view text;
};
[[nodiscard]] std::span<const shipped_form> shipped_forms() noexcept;

} // namespace cipherlane::reconcile
