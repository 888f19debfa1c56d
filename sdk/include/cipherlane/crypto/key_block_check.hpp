#pragma once

#include <cipherlane/crypto/key_block_header.hpp>
#include <cipherlane/crypto/key_policy.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace cipherlane::crypto {

/// What the codes of a key block header mean, in words (ANSI X9.143:2021 clause 6, TR-31:2018 tables 6 to 11); empty
/// for codes that the standard does not have. Usages of two digits are left to proprietary use:
/// Thales' own blocks have theirs, as far as they are published. Thread safe.
[[nodiscard]] std::string_view describe_key_block_version(key_block_version version) noexcept;
[[nodiscard]] std::string_view describe_key_usage(
    std::string_view usage, key_block_version version = key_block_version::d) noexcept;
[[nodiscard]] std::string_view describe_key_algorithm(char algorithm) noexcept;
[[nodiscard]] std::string_view describe_mode_of_use(char mode) noexcept;
[[nodiscard]] std::string_view describe_exportability(char exportability) noexcept;
[[nodiscard]] std::string_view describe_key_block_option(
    std::string_view id, key_block_version version = key_block_version::d) noexcept;

/// The purpose that keys of this usage have here; nothing for usages that no handle is for (vectors, asymmetric keys,
/// HMAC keys, proprietary ones).
[[nodiscard]] std::optional<purpose> purpose_of_key_usage(std::string_view usage) noexcept;

/// One thing in a header that the standard does not have so, and where.
struct key_block_finding {
    std::string_view field;
    std::size_t offset = 0;
    std::string text;
};

/// Holds a header that keeps to the syntax against the standard's tables: unknown codes, a mode or algorithm that the
/// usage does not have, optional blocks out of place. Empty if all is well. A finding is no reason to refuse a block
/// that is authentic; `key_block_header_builder` makes no header that has one.
[[nodiscard]] std::vector<key_block_finding> check_key_block_header(const key_block_header& header);

} // namespace cipherlane::crypto
