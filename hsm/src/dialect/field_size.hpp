#pragma once

#include "dialect/condition.hpp"
#include "dialect/text_checks.hpp"

namespace cipherlane::hsm {

/// Which of its sizes a field has.
enum class size_choice : std::uint8_t {
    usual,
    wide,
    open, ///< what decides is not known: a stored key, a format that comes later
};

/// What a key says of the size of another field; `value` is empty where it is not known.
[[nodiscard]] size_choice ask_key(const profile& dialect, byte_view value);

/// What one of the deciding fields says; `value` is empty where it is not known.
[[nodiscard]] inline size_choice ask_size(const profile& dialect, const size_link& by, byte_view value) {
    if (by.is_key) return ask_key(dialect, value);
    if (value.empty()) return size_choice::open;
    return !by.wide.empty() && is_same(by.wide, value) ? size_choice::wide : size_choice::usual;
}

/// For fields with `field_spec::wide`: by the keys and PIN formats it is sized by. `known(link)` is what is known of
/// one of them.
template <class Known>
[[nodiscard]] size_choice choose_size(const profile& dialect, const field_spec& field, const Known& known) {
    auto choice = size_choice::usual;
    for (const auto& by : field.sizes) {
        const auto said = ask_size(dialect, by, known(by));
        if (said == size_choice::wide) return said;
        if (said == size_choice::open) choice = said;
    }
    return choice;
}

/// Digits without the F that fill a wide account on its left.
[[nodiscard]] inline byte_view without_fill(const field_spec& field, byte_view value) noexcept {
    if (field.wide == 0 || value.size() != field.wide) return value;
    while (value.size() > 1 && value.front() == 'F')
        value = value.subspan(1);
    return value;
}

} // namespace cipherlane::hsm
