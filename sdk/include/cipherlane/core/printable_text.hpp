#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace cipherlane {

/// Text that is not ours (a peer's, a device's, a file's), as it may go to a terminal, a log or paper.
///
/// UTF-8 stays UTF-8. What could steer a terminal or printer, forge a line or turn the reading direction becomes "?":
/// C0, DEL, C1, line and paragraph separators, the bidirectional controls of Unicode's annex 9, and bytes that are no
/// UTF-8. Text of more than `most` bytes is cut before a character and ends with "...".
[[nodiscard]] std::string printable_text(std::string_view text, std::size_t most = 200);

} // namespace cipherlane
