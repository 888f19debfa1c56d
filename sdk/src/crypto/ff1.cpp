#include "key_access.hpp"

#include <cipherlane/crypto/ff1.hpp>

#include <algorithm>

namespace cipherlane::crypto {
namespace {

constexpr unsigned rounds = 10;
constexpr std::size_t block_size = 16;
constexpr std::size_t most_half_bytes = ff1_max_numerals; // half of them, two bytes each
constexpr std::size_t most_limbs = most_half_bytes / 4 + 2;
constexpr std::size_t most_round_bytes =
    (ff1_max_tweak + 1 + most_half_bytes + block_size - 1) / block_size * block_size;

using block = std::array<std::uint8_t, block_size>;
using numeral_span = std::span<std::uint16_t>;

/// A number of any length in limbs of 32 bits, the least significant first.
using limbs = std::span<std::uint32_t>;

/// `number` = `number` * `radix` + `digit`.
void append_digit(limbs number, std::uint32_t radix, std::uint32_t digit) noexcept {
    std::uint64_t carry = digit;
    for (auto& limb : number) {
        carry += std::uint64_t{limb} * radix;
        limb = static_cast<std::uint32_t>(carry);
        carry >>= 32;
    }
}

/// Takes the last digit in `radix` off `number`.
std::uint32_t take_digit(limbs number, std::uint32_t radix) noexcept {
    std::uint64_t rest = 0;
    for (std::size_t at = number.size(); at-- != 0;) {
        rest = (rest << 32) | number[at];
        number[at] = static_cast<std::uint32_t>(rest / radix);
        rest %= radix;
    }
    return static_cast<std::uint32_t>(rest);
}

/// The standard's b: bytes that hold every number of `count` numerals.
std::size_t bytes_for(std::size_t count, std::uint32_t radix) noexcept {
    std::array<std::uint32_t, most_limbs> room{};
    const auto largest = limbs(room).first((count + 1) / 2); // 16 bits a numeral
    for (std::size_t i = 0; i < count; ++i)
        append_digit(largest, radix, radix - 1);
    std::size_t bits = 32 * largest.size();
    while (((largest[(bits - 1) / 32] >> ((bits - 1) % 32)) & 1) == 0)
        --bits;
    return (bits + 7) / 8;
}

/// True if there are at least a million strings of this length.
bool is_large_enough(std::size_t count, std::uint32_t radix) noexcept {
    std::uint64_t domain = 1;
    for (std::size_t i = 0; i < count && domain < ff1_min_domain; ++i)
        domain *= radix;
    return count >= 2 && domain >= ff1_min_domain;
}

result<void> check_input(
    const numbering_key& key, std::uint32_t radix, byte_view tweak, std::span<const std::uint16_t> numerals) {
    if (block_size_of(key.cipher()) != block_size) {
        return crypto_error(crypto_errc::unsupported_algorithm, "FF1");
    }
    if (radix < 2 || radix > ff1_max_radix) return crypto_error(crypto_errc::bad_radix, "FF1");
    if (numerals.size() > ff1_max_numerals) {
        return crypto_error(crypto_errc::bad_data_length, "FF1").in_field("numerals");
    }
    if (tweak.size() > ff1_max_tweak) return crypto_error(crypto_errc::bad_data_length, "FF1").in_field("tweak");
    for (std::size_t i = 0; i < numerals.size(); ++i) {
        if (numerals[i] >= radix) {
            return crypto_error(crypto_errc::bad_numeral, "FF1").in_field("numerals").at_offset(i);
        }
    }
    if (!is_large_enough(numerals.size(), radix)) return crypto_error(crypto_errc::domain_too_small, "FF1");
    return {};
}

/// What all rounds of one call share, and the round function F over it. Names as in algorithm 7.
class feistel {
  public:
    feistel(block_cipher& cipher, std::uint32_t radix, byte_view tweak, std::size_t n) noexcept
        : cipher_(&cipher)
        , radix_(radix)
        , b_(bytes_for(n - n / 2, radix))
        , d_(4 * ((b_ + 3) / 4) + 4)
        , number_at_((tweak.size() + 1 + b_ + block_size - 1) / block_size * block_size - b_) {
        const auto u = static_cast<std::uint8_t>(n / 2);
        prefix_ = {1, 2, 1, static_cast<std::uint8_t>(radix >> 16), static_cast<std::uint8_t>(radix >> 8),
            static_cast<std::uint8_t>(radix), rounds, u};
        store_be16(prefix_.data() + 10, static_cast<std::uint16_t>(n));
        store_be16(prefix_.data() + 14, static_cast<std::uint16_t>(tweak.size()));
        std::ranges::copy(tweak, q_.begin());
    }
    ~feistel() {
        wipe(q_);
        wipe(stream_);
        wipe({reinterpret_cast<std::uint8_t*>(y_.data()), y_.size() * sizeof(std::uint32_t)});
    }
    feistel(const feistel&) = delete;
    feistel& operator=(const feistel&) = delete;

    /// The PRF over P and those blocks of Q that are the same in every round: all before the round number.
    [[nodiscard]] result<void> start() {
        CIPHERLANE_CHECK(cipher_->encrypt_ecb(prefix_, prefix_));
        const auto same = (number_at_ - 1) / block_size * block_size;
        CIPHERLANE_CHECK(cipher_->cbc_checksum(prefix_, byte_view(q_).first(same)));
        changing_ = byte_span(q_).subspan(same, number_at_ + b_ - same);
        return {};
    }

    /// y of this round out of the half that stays.
    [[nodiscard]] result<void> run(unsigned round, std::span<const std::uint16_t> half) {
        q_[number_at_ - 1] = static_cast<std::uint8_t>(round);
        write_number(half);
        const auto r = byte_span(stream_).first(block_size);
        std::ranges::copy(prefix_, r.begin());
        // One or two blocks as a rule: cheaper than CBC, which sets its initial value first.
        for (std::size_t at = 0; at < changing_.size(); at += block_size) {
            for (std::size_t i = 0; i < block_size; ++i)
                r[i] ^= changing_[at + i];
            CIPHERLANE_CHECK(cipher_->encrypt_ecb(r, r));
        }
        for (std::size_t done = block_size; done < d_; done += block_size) {
            const auto next = byte_span(stream_).subspan(done, block_size);
            std::ranges::copy(r, next.begin());
            const auto count = done / block_size;
            next[block_size - 1] = static_cast<std::uint8_t>(next[block_size - 1] ^ count);
            CIPHERLANE_CHECK(cipher_->encrypt_ecb(next, next));
        }
        read_y();
        return {};
    }

    /// Adds y to a half, modulo radix to the power of its length.
    void add_to(numeral_span half) noexcept {
        std::uint32_t carry = 0;
        for (std::size_t at = half.size(); at-- != 0;) {
            const std::uint32_t sum = half[at] + take_digit(y(), radix_) + carry;
            carry = 1 - ((sum - radix_) >> 31); // no sum comes near 2^31
            half[at] = static_cast<std::uint16_t>(sum - radix_ * carry);
        }
    }

    void subtract_from(numeral_span half) noexcept {
        std::uint32_t borrow = 0;
        for (std::size_t at = half.size(); at-- != 0;) {
            const std::uint32_t difference = half[at] - take_digit(y(), radix_) - borrow;
            borrow = difference >> 31;
            half[at] = static_cast<std::uint16_t>(difference + radix_ * borrow);
        }
    }

  private:
    [[nodiscard]] limbs y() noexcept { return limbs(y_).first(d_ / 4); }

    void write_number(std::span<const std::uint16_t> half) noexcept {
        const auto number = limbs(y_).first((b_ + 3) / 4);
        std::ranges::fill(number, 0U);
        for (const auto numeral : half)
            append_digit(number, radix_, numeral);
        for (std::size_t i = 0; i < b_; ++i) {
            q_[number_at_ + b_ - 1 - i] = static_cast<std::uint8_t>(number[i / 4] >> (8 * (i % 4)));
        }
    }

    void read_y() noexcept {
        for (std::size_t i = 0; i < d_ / 4; ++i) {
            const std::uint8_t* at = stream_.data() + d_ - 4 * (i + 1);
            y_[i] = (std::uint32_t{load_be16(at)} << 16) | load_be16(at + 2);
        }
    }

    block_cipher* cipher_;
    std::uint32_t radix_;
    std::size_t b_;
    std::size_t d_;
    std::size_t number_at_; // where NUM(B) begins in Q, behind the round number
    block prefix_{};
    byte_span changing_;
    std::array<std::uint8_t, most_round_bytes> q_{};
    std::array<std::uint8_t, most_half_bytes + 2 * block_size> stream_{}; // S
    std::array<std::uint32_t, most_limbs> y_{};
};

enum class way : std::uint8_t { encrypt, decrypt };

// The halves stay where they are: even rounds change the left one, odd rounds the right.
result<void> run(way which, numbering_key& key, std::uint32_t radix, byte_view tweak, numeral_span numerals) {
    CIPHERLANE_CHECK(check_input(key, radix, tweak, numerals));
    CIPHERLANE_TRY(auto* cipher, key_access::cipher(key));
    feistel network(*cipher, radix, tweak, numerals.size());
    CIPHERLANE_CHECK(network.start());
    const auto left = numerals.first(numerals.size() / 2);
    const auto right = numerals.subspan(left.size());
    for (unsigned i = 0; i < rounds; ++i) {
        const unsigned round = which == way::encrypt ? i : rounds - 1 - i;
        const auto& changed = round % 2 == 0 ? left : right;
        CIPHERLANE_CHECK(network.run(round, round % 2 == 0 ? right : left));
        if (which == way::encrypt) {
            network.add_to(changed);
        } else {
            network.subtract_from(changed);
        }
    }
    return {};
}

result<std::string> run(
    way which, numbering_key& key, const ff1_alphabet& alphabet, byte_view tweak, std::string_view text) {
    if (text.size() > ff1_max_numerals) {
        return crypto_error(crypto_errc::bad_data_length, "FF1").in_field("numerals");
    }
    std::array<std::uint16_t, ff1_max_numerals> room;
    const auto numerals = numeral_span(room).first(text.size());
    CIPHERLANE_CHECK(alphabet.to_numerals(text, numerals));
    CIPHERLANE_CHECK(run(which, key, alphabet.radix(), tweak, numerals));
    std::string made(text.size(), '\0');
    CIPHERLANE_CHECK(alphabet.to_text(numerals, made));
    return made;
}

} // namespace

result<void> ff1_encrypt(
    numbering_key& key, std::uint32_t radix, byte_view tweak, std::span<std::uint16_t> numerals) {
    return run(way::encrypt, key, radix, tweak, numerals);
}

result<void> ff1_decrypt(
    numbering_key& key, std::uint32_t radix, byte_view tweak, std::span<std::uint16_t> numerals) {
    return run(way::decrypt, key, radix, tweak, numerals);
}

result<std::string> ff1_encrypt(
    numbering_key& key, const ff1_alphabet& alphabet, byte_view tweak, std::string_view text) {
    return run(way::encrypt, key, alphabet, tweak, text);
}

result<std::string> ff1_decrypt(
    numbering_key& key, const ff1_alphabet& alphabet, byte_view tweak, std::string_view text) {
    return run(way::decrypt, key, alphabet, tweak, text);
}

} // namespace cipherlane::crypto
