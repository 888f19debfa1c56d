// Input: format, number of PAN characters, the PAN, the block. A block that decodes must encode to itself again where
// the format leaves no choice, and to a block of the same PIN where it does.
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

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size < 2) return 0;
    byte_view rest(data + 2, size - 2);
    const std::size_t pan_size = std::min<std::size_t>(data[1], rest.size());
    const auto pan = as_text(rest.first(pan_size));
    const auto block = rest.subspan(pan_size);
    check_decode(formats[data[0] % std::size(formats)], block, pan);
    if (const auto pin = pin_block_codec::decode_without_pan(block)) {
        must(as_text(pin_block_codec::encode_without_pan(*pin, block.size()).expose()) == as_text(block));
    }
    if (const auto field = pin_block_codec::pan_field_4(pan)) must((*field)[0] >> 4 <= 7);
    return 0;
}
