#pragma once

#include <cipherlane/core/bytes.hpp>
#include <cipherlane/hsm/field_name.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

namespace cipherlane::hsm {

/// Named field values of one request or answer, in their dialect-free form:
///
/// - digits and text fields: the characters;
/// - hex and binary fields: the bytes (a PIN block is 8 bytes whether the dialect writes 16 hex digits or 8 bytes);
/// - keys: text, the scheme tag and hex digits as in "U1EF8…", plain hex digits where the dialect has no tags, a key
///   block, or a storage index as "K0012".
///
/// Holds copies in one reused buffer that is wiped by `clear` and the destructor; after warm-up nothing is
/// allocated. Views given out live until the next `set`, `add` or `clear`. Not thread-safe.
class field_set {
  public:
    field_set() = default;
    field_set(field_set&& other) noexcept
        : entries_(std::exchange(other.entries_, {}))
        , store_(std::exchange(other.store_, {}))
        , used_(std::exchange(other.used_, 0)) {}
    field_set& operator=(field_set&& other) noexcept;
    field_set(const field_set&) = delete;
    field_set& operator=(const field_set&) = delete;
    ~field_set() { clear(); }

    /// Sets or replaces a value.
    void set(field_name name, byte_view value);
    void set(field_name name, std::string_view value) { set(name, as_bytes(value)); }
    /// As `set`, for `size` bytes that the caller fills in; the span lives until the next change.
    [[nodiscard]] byte_span add(field_name name, std::size_t size);

    [[nodiscard]] bool has(field_name name) const noexcept { return find(name) != nullptr; }
    /// The value, or nothing where it was never set.
    [[nodiscard]] std::optional<byte_view> get(field_name name) const noexcept;
    /// As `get`; null data where it was never set, and only there.
    [[nodiscard]] byte_view view(field_name name) const noexcept {
        static constexpr std::uint8_t nothing = 0;
        const auto* at = find(name);
        if (at == nullptr) return {};
        return at->size == 0 ? byte_view(&nothing, 0) : byte_view(store_.data() + at->offset, at->size);
    }
    /// The value; empty where it was never set.
    [[nodiscard]] byte_view value(field_name name) const noexcept { return get(name).value_or(byte_view{}); }
    [[nodiscard]] std::string_view text(field_name name) const noexcept { return as_text(value(name)); }

    void clear() noexcept;
    [[nodiscard]] std::size_t size() const noexcept { return entries_.size(); }
    /// Bytes of all values, at most.
    [[nodiscard]] std::size_t stored() const noexcept { return used_; }

  private:
    struct entry {
        field_name name;
        std::uint32_t offset;
        std::uint32_t size;
        std::uint32_t room;
    };
    [[nodiscard]] std::uint8_t* take(std::size_t size);
    [[nodiscard]] const entry* find(field_name name) const noexcept {
        for (const auto& each : entries_) {
            if (each.name == name) return &each;
        }
        return nullptr;
    }

    std::vector<entry> entries_;
    bytes store_;          ///< room, longer than what it holds: a value more costs no call
    std::size_t used_ = 0; ///< bytes of it
};

} // namespace cipherlane::hsm
