#pragma once

#include <cipherlane/core/bytes.hpp>

#include <cstddef>
#include <iosfwd>
#include <string_view>
#include <utility>

namespace cipherlane {

/// Overwrites memory in a way the compiler keeps.
void wipe(byte_span data) noexcept;

/// True if equal; takes the same time wherever they differ. Unequal sizes are unequal at once.
[[nodiscard]] bool equal_in_constant_time(byte_view a, byte_view b) noexcept;

/// Bytes that must not leak: a key, a PIN, a PIN block, track data.
///
/// Move-only, of fixed size, wiped on destruction and when moved from, kept in memory that core dumps leave out
/// and that is locked where the system allows it. Cannot be printed; compared only in constant time. A copy is
/// made only by `clone()`. The bytes come out only through `expose()`, so that every leak can be searched for.
/// Distinct objects may be used from distinct threads.
class secret_bytes {
  public:
    secret_bytes() noexcept = default;
    /// `size` zero bytes.
    explicit secret_bytes(std::size_t size);
    /// Copies `data`; the caller wipes its own copy.
    explicit secret_bytes(byte_view data);
    secret_bytes(secret_bytes&& other) noexcept
        : data_(std::exchange(other.data_, nullptr))
        , size_(std::exchange(other.size_, 0)) {}
    secret_bytes& operator=(secret_bytes&& other) noexcept;
    secret_bytes(const secret_bytes&) = delete;
    secret_bytes& operator=(const secret_bytes&) = delete;
    ~secret_bytes();

    /// A copy on purpose.
    [[nodiscard]] secret_bytes clone() const { return secret_bytes(expose()); }

    /// The clear bytes; the view lives as long as this object is neither moved nor destroyed.
    [[nodiscard]] byte_view expose() const noexcept { return {data_, size_}; }
    [[nodiscard]] byte_span expose() noexcept { return {data_, size_}; }

    [[nodiscard]] std::size_t size() const noexcept { return size_; }
    [[nodiscard]] bool empty() const noexcept { return size_ == 0; }

    friend bool operator==(const secret_bytes& a, const secret_bytes& b) noexcept {
        return equal_in_constant_time(a.expose(), b.expose());
    }

    template <class Stream>
    friend Stream& operator<<(Stream&, const secret_bytes&) = delete;

  private:
    std::uint8_t* data_ = nullptr;
    std::size_t size_ = 0;
};

} // namespace cipherlane
