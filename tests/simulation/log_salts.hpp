#pragma once

namespace cipherlane::simulation {

/// SQLite marks its logs with numbers from a generator that the whole program shares. From here on each draw of a
/// thread that simulates depends on nothing but how many it has made since `draw_salts_anew`, so that a run is the
/// same again, whatever other threads do meanwhile. To be called before SQLite is first used; later it does nothing.
void give_threads_their_salts() noexcept;
/// This thread simulates, and a run begins.
void draw_salts_anew() noexcept;

} // namespace cipherlane::simulation
