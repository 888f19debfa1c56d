#pragma once

#include <cipherlane/core/bytes.hpp>
#include <cipherlane/core/result.hpp>

#include <cstddef>
#include <string>
#include <vector>

namespace cipherlane::hostlink {

/// A file of an archive, under its name there, in whatever character set.
struct zipped_file {
    std::string name;
    std::string text;
};

/// The files of a ZIP archive (PKWARE's APPNOTE 6.3: stored or deflated, on one disk, neither encrypted nor ZIP64),
/// by its directory; each is as long as that says and fits its CRC-32.
/// @param most_bytes of all of them together: what claims more is not unpacked.
/// @return `hostlink_errc::unreadable_answer` with the place in the archive.
[[nodiscard]] result<std::vector<zipped_file>> read_zip(byte_view archive, std::size_t most_bytes);

} // namespace cipherlane::hostlink
