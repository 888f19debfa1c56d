#include "cipherlane/hsm_test_cards.hpp"

#include <cipherlane/core/digits.hpp>
#include <cipherlane/core/hex.hpp>

#include <algorithm>

namespace cipherlane::cli {
namespace {

/// Fewer digits would fit strangers' cards too.
constexpr std::size_t shortest = 12;
constexpr std::size_t longest = 19;

} // namespace

bool test_cards::is_card(std::string_view text) noexcept {
    return text.size() >= shortest && text.size() <= longest && all_digits(text);
}

/// The whole number, or its last digits in front of the check digit.
bool test_cards::lists_account(std::string_view digits) const {
    if (digits.size() < shortest) return false;
    return std::any_of(listed_.begin(), listed_.end(), [&](std::string_view card) {
        if (card == digits) return true;
        return card.size() > shortest && card.substr(0, card.size() - 1).ends_with(digits);
    });
}

/// Number and two digits of sequence, packed: padded with F, or with zeros in front, or cut to the last 16 digits.
bool test_cards::lists_sequenced(byte_view packed) const {
    auto digits = to_hex(packed);
    digits.erase(digits.find_last_not_of('F') + 1);
    if (digits.size() < 2) return false;
    digits.resize(digits.size() - 2);
    digits.erase(0, digits.find_first_not_of('0'));
    if (digits.size() < shortest) return false;
    return std::any_of(listed_.begin(), listed_.end(), [&](std::string_view card) { return card.ends_with(digits); });
}

reveal test_cards::reveal_for(const hsm::layout& fields, const hsm::field_set& values) const {
    bool any = false;
    for (const auto& field : fields) {
        const bool named = field.label == "account" || field.label == "target_account" || field.label == "pan";
        const auto value = values.get(field.name);
        if (!value || field.kind == hsm::field_kind::group || field.kind == hsm::field_kind::literal) continue;
        if (field.label == "pan_psn") {
            if (!lists_sequenced(*value)) return reveal::masked;
        } else if (named || (field.kind == hsm::field_kind::digits && is_card(as_text(*value)))) {
            if (!lists_account(as_text(*value))) return reveal::masked;
        } else {
            continue;
        }
        any = true;
    }
    return any ? reveal::all : reveal::masked;
}

} // namespace cipherlane::cli
