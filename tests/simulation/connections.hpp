#pragma once

#include "simulation/disk.hpp"

#include <string>

struct sqlite3;
struct sqlite3_file;

namespace cipherlane::simulation {

// To open a journal and to parse its statements takes longer than a payment. So a connection whose till has
// lost its power, or has closed it, is kept, and the next till on this thread that opens a file of that name has it:
// over the files of its own disk, without its wal-index, so that SQLite reads the log again and forgets every page,
// as one that has just been started does. What it does to the disk is the same (`parts_test.cpp` compares): where the
// till has closed it, the log is written back and goes, as when SQLite itself closes the last connection. The linker
// puts this in the place of SQLite's own calls (`--wrap`), so that the store under test knows nothing of it.

/// Whether connections are used again on this thread; they are.
void use_connections_again(bool really) noexcept;
/// How often one has been on this thread.
[[nodiscard]] std::uint64_t connections_used_again() noexcept;

/// The files of a connection, `disk_vfs.cpp`'s.
struct connection_files {
    sqlite3_file* main = nullptr;
    sqlite3_file* log = nullptr; ///< null: it has none
};
[[nodiscard]] connection_files files_of(sqlite3* on) noexcept;
/// True if they have lost their power: nothing that is done with them has an effect any more.
[[nodiscard]] bool without_power(const connection_files& files) noexcept;
/// Takes the log away, as SQLite does at its end. It may fail, as everything on that disk.
void remove_log(const connection_files& files);
/// Where the files of connections lie that nobody uses.
struct powerless_disk {
    powerless_disk();
    steps doors;
    chance draws{0};
    disk drive{doors, draws};
    disk::file file = std::make_shared<disk_file>();
    disk::file first_log = std::make_shared<disk_file>(); ///< one that was never written back
};
/// Puts them there, and has SQLite forget what it knows of the log and does not read again where that is empty: how
/// often it was written back, and by what its next one is marked. A till that has just been started knows neither.
/// @return false if it has not: then the connection is of no use.
[[nodiscard]] bool put_away(sqlite3* on, const connection_files& files, powerless_disk& there);
/// Lets them be those of the mounted disk, as they are after opening it: a log that is not there is made.
/// @return an SQLite code.
[[nodiscard]] int take_up(const connection_files& files);

} // namespace cipherlane::simulation
