#include "block_gcm.hpp"

#include "provider.hpp"

#include <algorithm>

namespace cipherlane::crypto {
namespace {

constexpr std::size_t gcm_block = 16;
using gcm_lane = std::array<std::uint8_t, gcm_block>;

std::uint64_t load_be64(const std::uint8_t* at) noexcept {
    std::uint64_t value = 0;
    for (int i = 0; i < 8; ++i)
        value = (value << 8) | at[i];
    return value;
}

void store_be64(std::uint8_t* at, std::uint64_t value) noexcept {
    for (int i = 7; i >= 0; --i, value >>= 8)
        at[i] = static_cast<std::uint8_t>(value);
}

/// GHASH (SP 800-38D, 6.4): the bits of a block are the coefficients from x^0 on.
class ghash {
  public:
    explicit ghash(const gcm_lane& key) noexcept
        : high_(load_be64(key.data()))
        , low_(load_be64(key.data() + 8)) {}
    ~ghash() {
        wipe(byte_span(reinterpret_cast<std::uint8_t*>(&high_), sizeof high_));
        wipe(byte_span(reinterpret_cast<std::uint8_t*>(&low_), sizeof low_));
    }
    ghash(const ghash&) = delete;
    ghash& operator=(const ghash&) = delete;

    /// `data`, with zeros up to a whole block.
    void take(byte_view data) noexcept {
        for (std::size_t at = 0; at < data.size(); at += gcm_block) {
            gcm_lane block{};
            const auto piece = data.subspan(at, std::min(gcm_block, data.size() - at));
            std::copy(piece.begin(), piece.end(), block.begin());
            take_block(load_be64(block.data()), load_be64(block.data() + 8));
        }
    }
    void take_lengths(std::size_t bound, std::size_t text) noexcept { take_block(bound * 8ULL, text * 8ULL); }
    [[nodiscard]] gcm_lane value() const noexcept {
        gcm_lane out{};
        store_be64(out.data(), sum_high_);
        store_be64(out.data() + 8, sum_low_);
        return out;
    }

  private:
    void take_block(std::uint64_t high, std::uint64_t low) noexcept {
        constexpr std::uint64_t reduction = 0xE100'0000'0000'0000; // 1 + x + x^2 + x^7 + x^128
        const std::uint64_t x_high = sum_high_ ^ high;
        const std::uint64_t x_low = sum_low_ ^ low;
        std::uint64_t v_high = high_;
        std::uint64_t v_low = low_;
        std::uint64_t z_high = 0;
        std::uint64_t z_low = 0;
        for (unsigned bit = 0; bit < 128; ++bit) {
            const std::uint64_t word = bit < 64 ? x_high : x_low;
            const std::uint64_t wanted = 0 - ((word >> (63 - bit % 64)) & 1U);
            z_high ^= v_high & wanted;
            z_low ^= v_low & wanted;
            const std::uint64_t carry = 0 - (v_low & 1U);
            v_low = (v_low >> 1) | (v_high << 63);
            v_high = (v_high >> 1) ^ (reduction & carry);
        }
        sum_high_ = z_high;
        sum_low_ = z_low;
    }

    std::uint64_t high_;
    std::uint64_t low_;
    std::uint64_t sum_high_ = 0;
    std::uint64_t sum_low_ = 0;
};

/// Counter mode from the block behind the one that masks the tag.
result<void> run_counter(block_cipher& cipher, gcm_lane counter, byte_view in, byte_span out) {
    gcm_lane mask{};
    for (std::size_t at = 0; at < in.size(); at += gcm_block) {
        for (std::size_t i = gcm_block; i-- > gcm_block - 4 && ++counter[i] == 0;) {
        }
        CIPHERLANE_CHECK(cipher.encrypt_ecb(counter, mask));
        const auto size = std::min(gcm_block, in.size() - at);
        for (std::size_t i = 0; i < size; ++i)
            out[at + i] = in[at + i] ^ mask[i];
    }
    wipe(mask);
    return {};
}

result<gcm_lane> first_counter(const block_cipher& cipher, byte_view nonce) {
    if (cipher.block_size() != gcm_block) return crypto_error(crypto_errc::unsupported_algorithm, "GCM");
    gcm_lane counter{};
    if (nonce.size() != gcm_block - 4) return crypto_error(crypto_errc::bad_iv_length, "GCM");
    std::copy(nonce.begin(), nonce.end(), counter.begin());
    counter.back() = 1;
    return counter;
}

/// The tag over what is bound and what is on the wire.
result<gcm_tag> tag_of(block_cipher& cipher, const gcm_lane& counter, byte_view bound, byte_view text) {
    gcm_lane key{};
    CIPHERLANE_CHECK(cipher.encrypt_ecb(key, key));
    ghash hash(key);
    wipe(key);
    hash.take(bound);
    hash.take(text);
    hash.take_lengths(bound.size(), text.size());
    gcm_tag tag{};
    CIPHERLANE_CHECK(cipher.encrypt_ecb(counter, tag));
    const auto sum = hash.value();
    for (std::size_t i = 0; i < tag.size(); ++i)
        tag[i] ^= sum[i];
    return tag;
}

} // namespace

result<gcm_tag> block_gcm_encrypt(
    block_cipher& cipher, byte_view nonce, byte_view bound, byte_view in, byte_span out) {
    CIPHERLANE_TRY(const auto counter, first_counter(cipher, nonce));
    if (out.size() != in.size()) return crypto_error(crypto_errc::buffer_too_small, "GCM");
    CIPHERLANE_CHECK(run_counter(cipher, counter, in, out));
    return tag_of(cipher, counter, bound, out);
}

result<secret_bytes> block_gcm_decrypt(
    block_cipher& cipher, byte_view nonce, byte_view bound, byte_view in, byte_view tag) {
    CIPHERLANE_TRY(const auto counter, first_counter(cipher, nonce));
    CIPHERLANE_TRY(const auto right, tag_of(cipher, counter, bound, in));
    if (!equal_in_constant_time(right, tag)) return crypto_error(crypto_errc::verification_failed, "GCM");
    secret_bytes clear(in.size());
    CIPHERLANE_CHECK(run_counter(cipher, counter, in, clear.expose()));
    return clear;
}

} // namespace cipherlane::crypto
