#include "dialect/field_size.hpp"

#include "dialect/key_text.hpp"

namespace cipherlane::hsm {
namespace {

/// What one of the deciding fields says.
size_choice ask(const profile& dialect, const field_spec& sized, const field_spec& by, byte_view value) {
    if (value.empty()) return size_choice::open;
    if (by.kind == field_kind::key) {
        const auto wide = has_wide_blocks(dialect, as_text(value));
        if (!wide) return size_choice::open;
        return *wide ? size_choice::wide : size_choice::usual;
    }
    const auto* code = dialect.code(by.domain, sized.kind == field_kind::digits ? "plus" : "iso4");
    return code != nullptr && *code == as_text(value) ? size_choice::wide : size_choice::usual;
}

} // namespace

size_choice choose_size(const profile& dialect, const field_spec& field, const condition_scope& scope) {
    auto choice = size_choice::usual;
    for (const auto name : field.sized_by) {
        const auto* by = find_field(*scope.own, name);
        if (by == nullptr && scope.request != nullptr) by = find_field(*scope.request, name);
        if (by == nullptr) continue;
        const auto said = ask(dialect, field, *by, scope.known(name));
        if (said == size_choice::wide) return said;
        if (said == size_choice::open) choice = said;
    }
    return choice;
}

} // namespace cipherlane::hsm
