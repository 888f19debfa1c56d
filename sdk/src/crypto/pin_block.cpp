#include "declassified.hpp"
#include "key_access.hpp"

#include <cipherlane/core/digits.hpp>
#include <cipherlane/crypto/pin_block.hpp>
#include <cipherlane/crypto/random.hpp>

#include <algorithm>
#include <bit>
#include <cassert>
#include <cstring>

namespace cipherlane::crypto {
namespace {

constexpr std::size_t block_8 = 8;
constexpr std::size_t block_16 = 16;
constexpr std::size_t digits_of_8 = 14; // nibbles after control and length
constexpr std::size_t pan_digits_used = 12;
constexpr std::size_t max_pan = 19;

std::uint8_t fill_nibble(pin_block_format format) noexcept {
    return format == pin_block_format::iso_4 ? 0xA : 0xF;
}

bool has_pan(pin_block_format format) noexcept {
    return format == pin_block_format::iso_0 || format == pin_block_format::iso_3 ||
           format == pin_block_format::unionpay_sm4;
}

bool has_random_fill(pin_block_format format) noexcept {
    return format == pin_block_format::iso_1 || format == pin_block_format::iso_3;
}

std::size_t size_of(pin_block_format format) noexcept {
    return format == pin_block_format::iso_4 || format == pin_block_format::unionpay_sm4 ? block_16 : block_8;
}

std::uint8_t control_of(pin_block_format format) noexcept {
    return static_cast<std::uint8_t>(format) & 0x0F;
}

// The compilers do not see a byte swap in a loop over bytes.
std::uint64_t big_endian(std::uint64_t value) noexcept {
    return std::endian::native == std::endian::little ? __builtin_bswap64(value) : value;
}

/// Eight bytes, the first most significant.
std::uint64_t load_be64(const std::uint8_t* at) noexcept {
    std::uint64_t value = 0;
    std::memcpy(&value, at, sizeof value);
    return big_endian(value);
}

void store_be64(std::uint8_t* at, std::uint64_t value) noexcept {
    value = big_endian(value);
    std::memcpy(at, &value, sizeof value);
}

std::uint64_t load_be64(const char* at) noexcept {
    return load_be64(reinterpret_cast<const std::uint8_t*>(at));
}

/// True if all eight bytes are ASCII digits.
bool eight_digits(std::uint64_t text) noexcept {
    constexpr std::uint64_t high = 0xF0F0F0F0F0F0F0F0;
    constexpr std::uint64_t digits = 0x3030303030303030;
    return (text & high) == digits && ((text + 0x0606060606060606) & high) == digits;
}

/// The low nibbles of eight bytes, side by side in 32 bits.
std::uint64_t pack_nibbles(std::uint64_t text) noexcept {
    text &= 0x0F0F0F0F0F0F0F0F;
    text = (text | (text >> 4)) & 0x00FF00FF00FF00FF;
    text = (text | (text >> 8)) & 0x0000FFFF0000FFFF;
    return (text | (text >> 16)) & 0x00000000FFFFFFFF;
}

constexpr crypto_errc fine{};

/// The 12 rightmost digits before the check digit (ISO 9564-1, 9.3.2), XORed into the last 6 bytes of the block.
crypto_errc xor_pan(byte_span block, std::string_view pan) noexcept {
    if (pan.size() <= pan_digits_used || pan.size() > max_pan) return crypto_errc::bad_pan;
    // Of the 12 digits that count: the last 8, and the first 8. What stands before and behind them only has to be
    // digits.
    const char* end = pan.data() + pan.size() - 1;
    const std::uint64_t last = load_be64(end - 8);
    const std::uint64_t first = load_be64(end - pan_digits_used);
    const bool good = eight_digits(last) && eight_digits(first) && all_digits(pan.substr(pan.size() - 1)) &&
                      all_digits(pan.substr(0, pan.size() - 1 - pan_digits_used));
    if (!good) return crypto_errc::bad_pan;
    const std::uint64_t packed = ((pack_nibbles(first) >> 16) << 32) | pack_nibbles(last);
    std::uint8_t* at = block.data() + block.size() - 8;
    store_be64(at, load_be64(at) ^ packed);
    return fine;
}

void put_nibble(byte_span block, std::size_t at, std::uint8_t value) noexcept {
    const int shift = at % 2 == 0 ? 4 : 0;
    auto& byte = block[at / 2];
    byte = static_cast<std::uint8_t>((byte & (0xF0 >> shift)) | ((value & 0x0F) << shift));
}

std::uint8_t nibble(byte_view block, std::size_t at) noexcept {
    return static_cast<std::uint8_t>(at % 2 == 0 ? block[at / 2] >> 4 : block[at / 2] & 0x0F);
}

// Masks for code without branches on secrets: all ones or zero. Operands stay far below 2^31.
unsigned below(unsigned a, unsigned b) noexcept {
    return 0U - ((a - b) >> 31);
}
unsigned equal(unsigned a, unsigned b) noexcept {
    return below(a ^ b, 1);
}

/// Judges the nibbles of a clear block and takes the digits out, in the same time for all contents. The wrongness
/// mask is what comes back; `digits` receives zero characters behind the PIN.
unsigned take_digits(
    pin_block_format format, byte_view block, std::array<char, 15>& digits, std::uint8_t& size) noexcept {
    const unsigned length = nibble(block, 1);
    unsigned wrong = ~equal(nibble(block, 0), control_of(format));
    wrong |= below(length, clear_pin::min_digits) | below(clear_pin::max_digits, length);
    for (std::size_t i = 0; i < digits_of_8; ++i) {
        const unsigned value = nibble(block, i + 2);
        const unsigned inside = below(static_cast<unsigned>(i), length);
        unsigned fill_ok = ~0U; // format 1: any fill
        if (format == pin_block_format::iso_3) fill_ok = ~below(value, 0xA);
        if (format != pin_block_format::iso_1 && format != pin_block_format::iso_3) {
            fill_ok = equal(value, fill_nibble(format));
        }
        wrong |= (inside & below(9, value)) | (~inside & ~fill_ok);
        digits[i] = static_cast<char>(inside & (value + '0'));
    }
    if (format == pin_block_format::unionpay_sm4) {
        for (auto byte : block.subspan(block_8))
            wrong |= ~equal(byte, 0xFF);
    }
    size = static_cast<std::uint8_t>(length);
    return wrong;
}

error pin_block_error(crypto_errc code) noexcept {
    return crypto_error(code, "PIN block");
}
error bad_block() noexcept {
    return pin_block_error(crypto_errc::bad_pin_block);
}

/// A clear block on its way, wiped on every path.
struct scratch_block {
    std::array<std::uint8_t, block_16> data;
    scratch_block() noexcept { data.fill(0xFF); }
    scratch_block(const scratch_block&) = delete;
    scratch_block& operator=(const scratch_block&) = delete;
    ~scratch_block() { wipe(data); }
};

/// Control, length, PIN and the format's own fill in the first 8 bytes, in the same time for all PINs. `pin` comes
/// from `clear_pin`, which keeps room for 15 characters, zero after the PIN.
void put_pin(pin_block_format format, std::string_view pin, std::array<std::uint8_t, block_16>& block) noexcept {
    const std::uint64_t front = pack_nibbles(load_be64(pin.data()));                      // digits 0 to 7
    const std::uint64_t back = (pack_nibbles(load_be64(pin.data() + 7)) >> 4) & 0xFFFFFF; // 8 to 13 of 7 to 14
    const std::uint64_t packed = (front << 24) | back;
    const std::uint64_t behind_pin = 0x00FFFFFFFFFFFFFF >> (4 * pin.size());
    const std::uint64_t fill = format == pin_block_format::iso_4 ? 0xAAAAAAAAAAAAAAAA : ~std::uint64_t{0};
    const std::uint64_t head = (std::uint64_t{control_of(format)} << 60) | (std::uint64_t{pin.size()} << 56);
    store_be64(block.data(), head | packed | (fill & behind_pin));
}

/// Lays out a whole clear block over `block`, which comes filled with F.
crypto_errc lay_out(pin_block_format format, std::string_view pin, std::string_view pan, byte_view fill,
    std::array<std::uint8_t, block_16>& block) noexcept {
    put_pin(format, pin, block);
    if (format == pin_block_format::iso_4) {
        if (fill.size() != block_8) return crypto_errc::bad_fill;
        std::copy(fill.begin(), fill.end(), block.begin() + block_8);
        return fine;
    }
    if (fill.size() != (has_random_fill(format) ? digits_of_8 - pin.size() : 0U)) return crypto_errc::bad_fill;
    const std::uint8_t least = format == pin_block_format::iso_3 ? 0xA : 0;
    for (std::size_t i = 0; i < fill.size(); ++i) {
        if (fill[i] < least || fill[i] > 0xF) return crypto_errc::bad_fill;
        put_nibble(block, 2U + pin.size() + i, fill[i]);
    }
    return has_pan(format) ? xor_pan(byte_span(block).first(size_of(format)), pan) : fine;
}

/// Format 3 fills with A to F: four bits of a random byte are drawn again until they fit.
result<void> random_nibbles(pin_block_format format, byte_span out) {
    std::array<std::uint8_t, 32> pool;
    std::size_t made = 0;
    while (made < out.size()) {
        CIPHERLANE_CHECK(random_fill(pool));
        for (std::size_t i = 0; i < pool.size() && made < out.size(); ++i) {
            const auto value = static_cast<std::uint8_t>(pool[i] & 0x0F);
            if (format != pin_block_format::iso_3 || value >= 0xA) out[made++] = value;
        }
    }
    wipe(pool);
    return {};
}

/// The random part of a format: nibbles of 1 and 3, the 8 bytes of 4, nothing of the others.
class random_part {
  public:
    random_part() noexcept = default;
    random_part(const random_part&) = delete;
    random_part& operator=(const random_part&) = delete;
    ~random_part() {
        if (size_ != 0) wipe(data_);
    }
    [[nodiscard]] result<void> draw(pin_block_format format, std::size_t pin_size) {
        if (format == pin_block_format::iso_4) {
            size_ = block_8;
            return random_fill(byte_span(data_).first(size_));
        }
        if (!has_random_fill(format)) return {};
        size_ = digits_of_8 - pin_size;
        return random_nibbles(format, byte_span(data_).first(size_));
    }
    [[nodiscard]] byte_view view() const noexcept { return {data_.data(), size_}; }

  private:
    std::array<std::uint8_t, digits_of_8> data_{};
    std::size_t size_ = 0;
};

/// Which ciphers may encrypt a block of this format.
bool go_together(pin_block_format format, algorithm cipher) noexcept {
    switch (format) {
    case pin_block_format::iso_0:
    case pin_block_format::iso_1:
    case pin_block_format::iso_3: return cipher == algorithm::des || cipher == algorithm::tdes;
    case pin_block_format::iso_2: return false;
    case pin_block_format::iso_4: return cipher == algorithm::aes;
    case pin_block_format::unionpay_sm4: return cipher == algorithm::sm4;
    }
    return false;
}

/// ISO 9564-1:2017, 9.4.2.3 for format 4: E(E(PIN field) XOR PAN field). The others: one encryption.
result<pin_cryptogram> encipher(
    pin_key& key, pin_block_format format, const clear_pin& pin, std::string_view pan, byte_view fill) {
    if (!go_together(format, key.cipher())) return pin_block_error(crypto_errc::unsupported_algorithm);
    scratch_block clear;
    const crypto_errc wrong = lay_out(format, pin.expose(), pan, fill, clear.data);
    if (wrong != fine) return pin_block_error(wrong);
    CIPHERLANE_TRY(auto* cipher, key_access::cipher(key));
    result<pin_cryptogram> out(pin_cryptogram(size_of(format)));
    CIPHERLANE_CHECK(cipher->encrypt_ecb(byte_view(clear.data).first(size_of(format)), out->span()));
    if (format != pin_block_format::iso_4) return out;
    CIPHERLANE_TRY(const auto pan_field, pin_block_codec::pan_field_4(pan));
    for (std::size_t i = 0; i < block_16; ++i)
        out->span()[i] ^= pan_field[i];
    CIPHERLANE_CHECK(cipher->encrypt_ecb(out->view(), out->span()));
    return out;
}

} // namespace

clear_pin_block::clear_pin_block(clear_pin_block&& other) noexcept
    : data_(other.data_)
    , size_(other.size_) {
    wipe(other.data_);
}

clear_pin_block& clear_pin_block::operator=(clear_pin_block&& other) noexcept {
    if (this != &other) {
        data_ = other.data_;
        size_ = other.size_;
        wipe(other.data_);
    }
    return *this;
}

clear_pin_block::~clear_pin_block() {
    wipe(data_);
}

clear_pin_block pin_block_codec::encode_without_pan(const clear_pin& pin, std::size_t block_size) noexcept {
    assert(block_size == block_8 || block_size == block_16);
    clear_pin_block block(block_size);
    block.data_.fill(0xFF);
    put_pin(pin_block_format::iso_0, pin.expose(), block.data_);
    return block;
}

result<clear_pin_block> pin_block_codec::encode(
    pin_block_format format, const clear_pin& pin, std::string_view pan_digits) {
    random_part fill;
    CIPHERLANE_CHECK(fill.draw(format, pin.expose().size()));
    return encode_with_fill(format, pin, pan_digits, fill.view());
}

result<clear_pin_block> pin_block_codec::encode_with_fill(
    pin_block_format format, const clear_pin& pin, std::string_view pan_digits, byte_view fill) {
    clear_pin_block block(size_of(format));
    block.data_.fill(0xFF);
    const crypto_errc wrong = lay_out(format, pin.expose(), pan_digits, fill, block.data_);
    if (wrong != fine) return pin_block_error(wrong);
    return block;
}

result<clear_pin> pin_block_codec::decode(pin_block_format format, byte_view block, std::string_view pan_digits) {
    if (block.size() != size_of(format)) return bad_block();
    clear_pin_block copy(block.size());
    std::copy(block.begin(), block.end(), copy.data_.begin());
    if (has_pan(format) && xor_pan(byte_span(copy.data_).first(copy.size_), pan_digits) != fine) {
        return pin_block_error(crypto_errc::bad_pan);
    }
    clear_pin pin;
    const unsigned wrong = take_digits(format, copy.expose(), pin.digits_, pin.size_);
    if (declassified(wrong) != 0) return bad_block();
    return pin;
}

result<clear_pin> pin_block_codec::decode_without_pan(byte_view block) {
    if (block.size() != block_8 && block.size() != block_16) return bad_block();
    const auto format = block.size() == block_8 ? pin_block_format::iso_0 : pin_block_format::unionpay_sm4;
    clear_pin pin;
    if (declassified(take_digits(format, block, pin.digits_, pin.size_)) != 0) return bad_block();
    return pin;
}

result<std::array<std::uint8_t, 16>> pin_block_codec::pan_field_4(std::string_view pan_digits) {
    if (pan_digits.empty() || pan_digits.size() > max_pan || !all_digits(pan_digits)) {
        return pin_block_error(crypto_errc::bad_pan);
    }
    // 9.4.2.3: the first nibble counts the digits beyond 12; shorter numbers are padded to 12 with zeros on the left.
    std::array<std::uint8_t, 16> field{};
    const std::size_t beyond = pan_digits.size() > pan_digits_used ? pan_digits.size() - pan_digits_used : 0;
    const std::size_t zeros = pan_digits.size() < pan_digits_used ? pan_digits_used - pan_digits.size() : 0;
    put_nibble(field, 0, static_cast<std::uint8_t>(beyond));
    for (std::size_t i = 0; i < pan_digits.size(); ++i) {
        put_nibble(field, 1 + zeros + i, static_cast<std::uint8_t>(pan_digits[i] & 0x0F));
    }
    return field;
}

result<pin_cryptogram> encrypt_pin_block(
    pin_key& key, pin_block_format format, const clear_pin& pin, std::string_view pan_digits) {
    random_part fill;
    CIPHERLANE_CHECK(fill.draw(format, pin.expose().size()));
    return encipher(key, format, pin, pan_digits, fill.view());
}

result<pin_cryptogram> encrypt_pin_block_with_fill(
    pin_key& key, pin_block_format format, const clear_pin& pin, std::string_view pan_digits, byte_view fill) {
    return encipher(key, format, pin, pan_digits, fill);
}

result<clear_pin> decrypt_pin_block(
    pin_key& key, pin_block_format format, byte_view cryptogram, std::string_view pan_digits) {
    if (!go_together(format, key.cipher())) return pin_block_error(crypto_errc::unsupported_algorithm);
    if (cryptogram.size() != size_of(format)) return bad_block();
    CIPHERLANE_TRY(auto* cipher, key_access::cipher(key));
    scratch_block clear;
    const auto block = byte_span(clear.data).first(cryptogram.size());
    CIPHERLANE_CHECK(cipher->decrypt_ecb(cryptogram, block));
    if (format == pin_block_format::iso_4) {
        CIPHERLANE_TRY(const auto pan_field, pin_block_codec::pan_field_4(pan_digits));
        for (std::size_t i = 0; i < block_16; ++i)
            block[i] ^= pan_field[i];
        CIPHERLANE_CHECK(cipher->decrypt_ecb(block, block));
    }
    return pin_block_codec::decode(format, block, pan_digits);
}

} // namespace cipherlane::crypto
