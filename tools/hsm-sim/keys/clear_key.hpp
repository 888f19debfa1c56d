#pragma once

#include <cipherlane/core/bytes.hpp>
#include <cipherlane/core/secret_bytes.hpp>

#include <array>
#include <cassert>
#include <cstddef>

namespace cipherlane::hsm_sim {

/// What a key is for, as far as the block size and its parity go.
enum class key_algorithm : std::uint8_t { des, sm4, aes };

/// A key in the clear while one command uses it: at most 32 bytes on the stack, wiped at the end.
class clear_key {
  public:
    static constexpr std::size_t largest = 32;

    clear_key() noexcept = default;
    explicit clear_key(std::size_t size, key_algorithm kind = key_algorithm::des) noexcept
        : size_(size)
        , kind_(kind) {
        assert(size <= largest);
    }
    explicit clear_key(byte_view data, key_algorithm kind = key_algorithm::des) noexcept
        : clear_key(data.size(), kind) {
        std::copy(data.begin(), data.end(), data_.begin());
    }
    clear_key(const clear_key&) noexcept = default;
    clear_key& operator=(const clear_key&) noexcept = default;
    ~clear_key() { wipe({data_.data(), size_}); }

    [[nodiscard]] byte_view view() const noexcept { return {data_.data(), size_}; }
    [[nodiscard]] byte_span span() noexcept { return {data_.data(), size_}; }
    /// Eight bytes of a DES key: 0 left, 1 middle or right, 2 right.
    [[nodiscard]] byte_view part(std::size_t n) const noexcept { return view().subspan(8 * n, 8); }
    [[nodiscard]] std::size_t size() const noexcept { return size_; }
    [[nodiscard]] bool empty() const noexcept { return size_ == 0; }
    [[nodiscard]] key_algorithm kind() const noexcept { return kind_; }
    [[nodiscard]] std::size_t block_size() const noexcept { return kind_ == key_algorithm::des ? 8 : 16; }

  private:
    std::array<std::uint8_t, largest> data_{};
    std::size_t size_ = 0;
    key_algorithm kind_ = key_algorithm::des;
};

/// True if every byte has an odd number of one-bits.
[[nodiscard]] bool has_odd_parity(byte_view key) noexcept;
/// Sets the lowest bit of every byte so that its parity is odd.
void force_odd_parity(byte_span key) noexcept;
/// True for a double or triple key whose neighbouring parts are the same: single DES in disguise.
[[nodiscard]] bool has_repeated_parts(byte_view key) noexcept;

} // namespace cipherlane::hsm_sim
