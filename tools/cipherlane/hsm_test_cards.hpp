#pragma once

#include "cipherlane/hsm_describe.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace cipherlane::cli {

/// Cards whose messages may be shown whole.
class test_cards {
  public:
    /// Each 12 to 19 digits: a card number, or an account as PIN commands carry it.
    explicit test_cards(std::vector<std::string> listed)
        : listed_(std::move(listed)) {}

    [[nodiscard]] static bool is_card(std::string_view text) noexcept;

    /// All only where a card or account is there and every one in the message is listed, as is each other field of
    /// `fields` that could hold one: 12 to 19 digits.
    [[nodiscard]] reveal reveal_for(const hsm::layout& fields, const hsm::field_set& values) const;

  private:
    [[nodiscard]] bool lists_account(std::string_view digits) const;
    [[nodiscard]] bool lists_sequenced(byte_view packed) const;

    std::vector<std::string> listed_;
};

} // namespace cipherlane::cli
