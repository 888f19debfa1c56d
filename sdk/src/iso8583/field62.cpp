#include "cup_subfields.hpp"
#include "fail.hpp"

#include <cipherlane/core/errc.hpp>
#include <cipherlane/iso8583/field62.hpp>

#include <algorithm>

namespace cipherlane::iso8583 {

const composite_spec& field62_tlv_format() noexcept {
    return tlv62;
}

result<sm4_pin_field> write_sm4_pin(byte_view cryptogram) {
    if (cryptogram.size() != sm4_pin_bytes) {
        return error(core_errc::wrong_length, layer::iso8583).during("sub-fields").in_field("62/00");
    }
    sm4_pin_field out{0x00, sm4_pin_bytes};
    std::copy(cryptogram.begin(), cryptogram.end(), out.begin() + 2);
    return out;
}

result<byte_view> read_sm4_pin(byte_view field62) {
    CIPHERLANE_TRY(const auto found, find_subfield(tlv62, field62, "00"));
    if (!found) return fail(iso8583_errc::missing_field, "sub-fields", "62/00");
    return *found;
}

} // namespace cipherlane::iso8583
