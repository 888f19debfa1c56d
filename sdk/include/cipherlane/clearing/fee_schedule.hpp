#pragma once

#include <cipherlane/core/result.hpp>
#include <cipherlane/core/toml_value.hpp>
#include <cipherlane/reconcile/entry.hpp>

#include <cstdint>
#include <filesystem>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace cipherlane::clearing {

/// A rate for payments up to an amount.
struct fee_tier {
    std::int64_t up_to = std::numeric_limits<std::int64_t>::max(); ///< in minor units, itself included
    std::int64_t rate = 0;                                         ///< in millionths: 3,800 is 0.38 %
};

/// What a merchant pays for a payment (手续费): the rate of the tier in which the whole amount falls, rounded half up
/// to the minor unit, not less than `floor` and not more than `cap`, and never more than the payment.
struct fee_rule {
    std::string name;
    std::vector<std::string> categories; ///< merchant category codes (MCC); empty: all that have no rule of their own
    std::vector<fee_tier> tiers;         ///< ascending; the last has no end
    std::int64_t floor = 0;
    std::int64_t cap = std::numeric_limits<std::int64_t>::max();
    bool returned = false; ///< of money given back: its fee comes back, see `fee_back`

    /// What is taken of a payment, in minor units; of money given back whose payment is not
    /// known, what comes back, as a positive number: by the rate and the cap, without the floor.
    [[nodiscard]] std::int64_t fee(reconcile::direction way, std::int64_t minor) const noexcept;
    /// What comes back with `minor` more of a payment of `paid`, of which `before` was given back earlier: by the
    /// rate of the payment's own tier, and of one payment together never more than was taken of it.
    [[nodiscard]] std::int64_t fee_back(std::int64_t paid, std::int64_t before, std::int64_t minor) const noexcept;
};

/// The agreed fees, from a strict TOML file. A plain value; any thread.
class fee_schedule {
  public:
    /// @return `clearing_errc::bad_fees` with file, line and key, `cannot_read`
    [[nodiscard]] static result<fee_schedule> parse(std::string_view text, std::string_view file);
    [[nodiscard]] static result<fee_schedule> load(const std::filesystem::path& file);

    /// The rule of a category: its own, or the one for all.
    /// @return `clearing_errc::no_fee`
    [[nodiscard]] result<const fee_rule*> rule(std::string_view category) const;

  private:
    [[nodiscard]] static result<fee_schedule> read(const toml_value& root, std::string_view file);
    std::vector<fee_rule> rules_;
};

} // namespace cipherlane::clearing
