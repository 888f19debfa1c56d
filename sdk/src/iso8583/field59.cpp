#include "cup_subfields.hpp"

#include <cipherlane/iso8583/field59.hpp>

namespace cipherlane::iso8583 {

const composite_spec& field59_format() noexcept {
    return tlv59;
}

} // namespace cipherlane::iso8583
