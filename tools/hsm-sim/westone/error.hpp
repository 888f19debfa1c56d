#pragma once

#include <cstdint>

namespace cipherlane::hsm_sim {

/// Error bytes of the Westone binary dialect. 0x01, 0x10 and 0x68 are published; the meanings of the others are
/// not, so these are the simulator's own.
enum class westone_error : std::uint8_t {
    none = 0x00,
    no_lmk = 0x01,
    length_flag = 0x10,
    key_parity = 0x11, ///< also a key of the wrong type: its variant does not fit
    key_type = 0x12,
    not_authorised = 0x17,
    pin_block = 0x20,
    key_index = 0x21,
    account = 0x22,
    pin_format = 0x23,
    pin_length = 0x24,
    check_value = 0x30,
    mac = 0x31,
    algorithm = 0x32,
    unknown_command = 0x60,
    input_length = 0x68,
};

} // namespace cipherlane::hsm_sim
