#pragma once

#include "hsm-sim/clear_key.hpp"
#include "hsm-sim/unit.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

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

/// Without what the unit's profile file adds.
struct builtin_only {};

class table_commands;

/// Answers the Westone binary dialect: D0 and D1 commands with raw keys, `A` and fields or `E` and a byte.
///
/// Nothing on the wire says how long a request is, so the request is read by its command's layout. One for each
/// thread that serves connections.
class westone_processor {
  public:
    explicit westone_processor(unit& of);
    westone_processor(unit& of, builtin_only);
    ~westone_processor();

    struct outcome {
        std::size_t consumed = 0; ///< 0: the request is not all there yet
        westone_error error = westone_error::none;
        bool hang_up = false; ///< unknown command or impossible length: the stream cannot be followed any more
    };
    /// Reads one request from the front of `stream` and appends its answer to `out`.
    outcome answer(std::string_view stream, std::string& out);

  private:
    outcome answer_by_file(std::string_view stream, std::string& out);

    unit& unit_;
    std::shared_ptr<const lmk_set> lmks_;
    std::unique_ptr<table_commands> file_; ///< null: the unit has none
};

} // namespace cipherlane::hsm_sim
