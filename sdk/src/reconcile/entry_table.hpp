#pragma once

#include <cipherlane/reconcile/entry.hpp>

#include <cstdint>
#include <deque>
#include <memory>
#include <string_view>
#include <vector>

namespace cipherlane::reconcile {

/// An entry in little room.
struct slot {
    const char* key;
    std::int64_t minor;
    std::int64_t moment;
    std::uint64_t place;
    std::uint16_t key_size;
    currency unit;
    direction way;
    standing stands;
    bool theirs; ///< only the statement has it
    bool seen;   ///< the other side has it too
    [[nodiscard]] std::string_view key_text() const noexcept { return {key, key_size}; }
};

/// Entries by key and direction: an open hash table of numbers over rows that never move, with their keys packed. The
/// hash stands beside the number: of millions of rows each is far from the next, and only the one that is sought is
/// looked at.
class entry_table {
  public:
    /// The entry of that key and direction; null if there is none, as for an entry without a key.
    [[nodiscard]] slot* find(const entry& one) noexcept;
    /// `one` must not be there. A key counts up to 65,535 bytes.
    slot& add(const entry& one);

    [[nodiscard]] std::deque<slot>& slots() noexcept { return slots_; }

  private:
    static constexpr std::uint32_t none = 0xFFFF'FFFF;
    struct place {
        std::uint32_t hash = 0;
        std::uint32_t row = none;
    };
    [[nodiscard]] static std::uint32_t hash_of(const entry& one) noexcept;
    [[nodiscard]] const char* keep(std::string_view key);
    void put(const place& one) noexcept;
    void grow();

    std::deque<slot> slots_;
    std::vector<place> table_;
    std::vector<std::unique_ptr<char[]>> blocks_; // NOLINT: raw room for keys
    std::size_t left_ = 0;                        ///< in the last block
    char* next_ = nullptr;
};

} // namespace cipherlane::reconcile
