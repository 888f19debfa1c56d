#pragma once

#include <string_view>

namespace cipherlane::hsm_sim {

/// The two characters a unit answers with. Not a number: A1 to BE exist.
struct status {
    char first = '0';
    char second = '0';

    [[nodiscard]] constexpr bool ok() const noexcept { return first == '0' && second == '0'; }
    friend constexpr bool operator==(status a, status b) noexcept = default;
};

/// The codes the simulator gives, as the union table of the Racal family has them.
namespace code {
inline constexpr status ok{'0', '0'};
inline constexpr status verification_failed{'0', '1'};
inline constexpr status parity_advice{'0', '1'};
inline constexpr status pvk_warning{'0', '2'};
inline constexpr status count_range{'0', '3'};
inline constexpr status key_type{'0', '4'};
inline constexpr status length_flag{'0', '5'};
inline constexpr status source_parity{'1', '0'};
inline constexpr status destination_parity{'1', '1'};
inline constexpr status storage_empty{'1', '2'};
inline constexpr status lmk_id{'1', '3'};
inline constexpr status pin_under_lmk{'1', '4'};
inline constexpr status input_data{'1', '5'};
inline constexpr status not_authorised{'1', '7'};
inline constexpr status pin_block{'2', '0'};
inline constexpr status index{'2', '1'};
inline constexpr status account{'2', '2'};
inline constexpr status pin_format{'2', '3'};
inline constexpr status pin_length{'2', '4'};
inline constexpr status decimalisation_table{'2', '5'};
inline constexpr status key_scheme{'2', '6'};
inline constexpr status key_length{'2', '7'};
inline constexpr status key_type_mismatch{'2', '8'};
inline constexpr status not_permitted{'2', '9'};
inline constexpr status no_old_lmk{'3', '3'};
inline constexpr status hardware{'4', '1'};
inline constexpr status unknown_command_cn{'6', '0'};
inline constexpr status not_licensed{'6', '7'};
inline constexpr status disabled{'6', '8'};
inline constexpr status format_disabled{'6', '9'};
inline constexpr status repeated_halves{'7', '5'};
inline constexpr status data_length{'8', '0'};
inline constexpr status chosen_pin_length{'8', '1'};
inline constexpr status kcv{'8', '4'};
inline constexpr status block_authentication{'A', '4'};
inline constexpr status block_usage{'A', '6'};
inline constexpr status block_algorithm{'A', '7'};
inline constexpr status block_mode{'A', '8'};
} // namespace code

} // namespace cipherlane::hsm_sim
