#pragma once

#include "dialect/encode.hpp"

#include <cipherlane/core/secret_bytes.hpp>
#include <cipherlane/hsm/profile.hpp>

#include <array>
#include <optional>
#include <string>
#include <vector>

namespace cipherlane::hsm {

/// How a binding fills its command's fields from a typed request, worked out once when the profile is loaded.
/// Thread-safe.
class bound_fields {
  public:
    bound_fields(const profile& dialect, const binding& how);

    /// Room for values that are made on the way: account digits, leading zeros. Wiped.
    class scratch {
      public:
        scratch() noexcept = default;
        scratch(const scratch&) = delete;
        scratch& operator=(const scratch&) = delete;
        ~scratch() { wipe(byte_span(room_).first(used_)); }
        /// Empty where there is no room.
        [[nodiscard]] byte_span take(std::size_t size) noexcept;

      private:
        std::array<std::uint8_t, 512> room_;
        std::size_t used_ = 0;
    };

    /// Finds a value for each field of the command. The views live as long as `given`, `room` and the profile.
    /// @return `hsm_errc::unsupported` with the operation and what the profile lacks; `bad_length` for a card number
    /// that is too short.
    [[nodiscard]] result<void> place(
        const profile& dialect, const field_set& given, placed_values& into, scratch& room) const;

    /// Whether the answer's fields have their usual sizes, and nothing of the request is needed to read it.
    [[nodiscard]] bool reads_flat(
        const profile& dialect, const field_set& given, const placed_values& placed) const noexcept;

  private:
    struct code_row {
        field_name name; ///< of the word: most rows are passed over by their number
        std::string word;
        bytes value;
    };
    struct source {
        field_name name;
        field_part part = field_part::whole;
        bool is_card = false; ///< a whole card number
    };
    /// Of one field, at its place in the layout.
    struct field {
        std::size_t place = 0;
        std::vector<source> from;
        std::optional<bytes> fixed; ///< by the binding's `set`
        bool has_codes = false;
        std::vector<code_row> codes;
        bool is_late = false;  ///< its size depends on other fields: filled last
        bool is_plain = false; ///< has no codes and takes its one source's value as it is
    };
    [[nodiscard]] result<void> fill(
        const profile& dialect, const field& what, const field_set& given, placed_values& into, scratch& room) const;
    [[nodiscard]] result<byte_view> part_of(const profile& dialect, const field& what, const source& from,
        byte_view value, const placed_values& placed, scratch& room) const;
    [[nodiscard]] error lacks(std::string_view what) const;

    operation what_;
    std::size_t command_; ///< its place in `profile::commands`
    bool flat_ = false;
    std::vector<field> fields_;
};

} // namespace cipherlane::hsm
