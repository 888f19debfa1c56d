// Input: format, number of PAN characters, the PAN, the block. A block that decodes must encode to itself again where
// the format leaves no choice, and to a block of the same PIN where it does; and all of it again under a key.
#include <cipherlane/crypto/errc.hpp>
#include <cipherlane/crypto/pin_block.hpp>

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <iterator>

using namespace cipherlane;
using namespace cipherlane::crypto;

namespace {

constexpr pin_block_format formats[] = {pin_block_format::iso_0, pin_block_format::iso_1, pin_block_format::iso_2,
    pin_block_format::iso_3, pin_block_format::iso_4, pin_block_format::unionpay_sm4};

void must(bool holds) {
    if (!holds) std::abort();
}

bool has_choice(pin_block_format format) {
    return format == pin_block_format::iso_1 || format == pin_block_format::iso_3 ||
           format == pin_block_format::iso_4;
}

void check_error(const error& why) {
    must(why.code() == make_error_code(crypto_errc::bad_pin_block) ||
         why.code() == make_error_code(crypto_errc::bad_pan));
    must(!why.offset() && why.field().empty());
}

void check_decode(pin_block_format format, byte_view block, std::string_view pan) {
    const auto pin = pin_block_codec::decode(format, block, pan);
    if (!pin) return check_error(pin.error());
    must(clear_pin::parse(pin->expose()).has_value());
    const auto again = pin_block_codec::encode(format, *pin, pan);
    must(again.has_value());
    if (!has_choice(format)) must(as_text(again->expose()) == as_text(block));
    const auto same = pin_block_codec::decode(format, again->expose(), pan);
    must(same.has_value() && *same == *pin);
}

pin_key key_of(algorithm cipher, std::size_t size) {
    bytes material(size);
    for (std::size_t i = 0; i < size; ++i)
        material[i] = static_cast<std::uint8_t>(17 * i + 1);
    return pin_key::create(cipher, material, legacy_policy).value();
}

pin_key& key_for(pin_block_format format) {
    static auto tdes = key_of(algorithm::tdes, 16);
    static auto aes = key_of(algorithm::aes, 16);
    static auto sm4 = key_of(algorithm::sm4, 16);
    return format == pin_block_format::iso_4 ? aes : format == pin_block_format::unionpay_sm4 ? sm4 : tdes;
}

void check_encrypted(pin_block_format format, byte_view block, std::string_view pan) {
    auto& key = key_for(format);
    const auto pin = pin_block_codec::decode(format, block, pan);
    if (pin) {
        const auto cryptogram = encrypt_pin_block(key, format, *pin, pan);
        // Format 2 never leaves the card's reader; format 4 needs the PAN only here.
        must(cryptogram.has_value() || format == pin_block_format::iso_2 ||
             cryptogram.error().code() == make_error_code(crypto_errc::bad_pan));
        if (cryptogram) must(decrypt_pin_block(key, format, cryptogram->view(), pan).value() == *pin);
    }
    // The same bytes as a cryptogram: a wrong key, as a rule.
    const auto chance = decrypt_pin_block(key, format, block, pan);
    if (!chance && format != pin_block_format::iso_2) check_error(chance.error());
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size < 2) return 0;
    byte_view rest(data + 2, size - 2);
    const std::size_t pan_size = std::min<std::size_t>(data[1], rest.size());
    const auto pan = as_text(rest.first(pan_size));
    const auto block = rest.subspan(pan_size);
    const auto format = formats[data[0] % std::size(formats)];
    check_decode(format, block, pan);
    check_encrypted(format, block, pan);
    if (const auto pin = pin_block_codec::decode_without_pan(block)) {
        must(as_text(pin_block_codec::encode_without_pan(*pin, block.size()).expose()) == as_text(block));
    }
    if (const auto field = pin_block_codec::pan_field_4(pan)) must((*field)[0] >> 4 <= 7);
    return 0;
}
