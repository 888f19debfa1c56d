#pragma once

namespace cipherlane::simulation {

/// From here on SQLite takes its memory from lists of blocks that were used before, one of each size on each thread,
/// and not from the heap: with each record that it reads go some thirty of them. To be called before SQLite is first
/// used; later it does nothing.
void give_sqlite_quick_memory() noexcept;

} // namespace cipherlane::simulation
