#pragma once

#include "dialect/condition.hpp"

#include <cipherlane/hsm/codec.hpp>

#include <array>

namespace cipherlane::hsm {

/// A value for each item of a layout, by its place; null data where there is none. The views must outlive it.
class placed_values {
  public:
    explicit placed_values(const layout& of) noexcept
        : size_(of.size()) {
        std::fill_n(values_.begin(), size_, place_value{nullptr, 0});
    }
    /// What `from` has under the items' names.
    placed_values(const layout& of, const field_set& from) noexcept
        : placed_values(of) {
        for (std::size_t i = 0; i < size_; ++i) {
            const bool holds = of[i].kind != field_kind::group && of[i].kind != field_kind::literal;
            if (holds) put(i, from.view(of[i].name));
        }
    }

    [[nodiscard]] bool has(std::size_t place) const noexcept { return values_[place].data != nullptr; }
    [[nodiscard]] byte_view operator[](std::size_t place) const noexcept {
        return {values_[place].data, values_[place].size};
    }
    void put(std::size_t place, byte_view value) noexcept { values_[place] = {value.data(), value.size()}; }
    [[nodiscard]] std::size_t size() const noexcept { return size_; }

  private:
    /// A view that is left as it comes, which a span is not: two kilobytes of it were zeroed for each call.
    struct place_value {
        const std::uint8_t* data;
        std::size_t size;
    };
    std::array<place_value, most_items> values_; ///< only what the layout has is used
    std::size_t size_;
};

/// What a layout is written with.
struct layout_source {
    const layout* own = nullptr;
    const placed_values* placed = nullptr;
    const field_set* named = nullptr; ///< values beside the layout's own, for conditions; null: none
    const layout* request = nullptr;  ///< of an answer; else null
    const field_set* asked = nullptr;
};

/// Appends the fields of a layout. Offsets in errors count from the end of `out` as it came.
[[nodiscard]] result<void> encode_layout(
    const profile& dialect, std::string_view operation, const layout_source& from, bytes& out);

/// Reads fields off `input` into `values`; returns how many bytes they took. `limit`: bytes at the end of `input`
/// that no greedy field may take are not part of `input`. Offsets in errors count from `base`.
[[nodiscard]] result<std::size_t> decode_layout(const profile& dialect, std::string_view operation,
    const condition_scope& scope, byte_view input, std::size_t base, field_set& values);

/// Where the fields of a good answer begin, behind the code of the answer that is expected; 0 where `body` is none.
[[nodiscard]] std::size_t good_answer_start(const framing& frame, byte_view code, byte_view body);

/// Reads an answer's fields of which each has one size and a plain kind (`command_spec::flat_answer`). False where
/// anything is unusual: `values` is empty then, and `decode_layout` says what it is.
[[nodiscard]] bool decode_flat(const layout& fields, byte_view input, field_set& values);

} // namespace cipherlane::hsm
