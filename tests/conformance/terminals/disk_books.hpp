#pragma once

#include "terminal_day.hpp"

#include <memory>

namespace cipherlane::tests {

/// A journal in files. As its process is killed they are copied as they are, and the next process opens the copy:
/// what the killed one still writes on its way out is lost.
[[nodiscard]] std::unique_ptr<till_books> books_on_disk();

} // namespace cipherlane::tests
