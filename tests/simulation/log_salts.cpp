#include "simulation/log_salts.hpp"

#include <sqlite3.h>

namespace cipherlane::simulation {
namespace {

// SQLite takes a mutex before each draw and lets its generator be seeded. So whoever takes that one seeds it.

sqlite3_mutex_methods own{};          ///< SQLite's
sqlite3_mutex* generators = nullptr;  ///< that one
constinit thread_local int draws = 0; ///< of this thread; none: it does not simulate
constinit thread_local bool seeding = false;

void enter(sqlite3_mutex* which) {
    if (which != generators || draws == 0) return own.xMutexEnter(which);
    if (seeding) return; // has it already
    own.xMutexEnter(which);
    seeding = true;
    (void)sqlite3_test_control(SQLITE_TESTCTRL_PRNG_SEED, draws++, static_cast<sqlite3*>(nullptr));
    seeding = false;
}

void leave(sqlite3_mutex* which) {
    if (!seeding || which != generators) own.xMutexLeave(which);
}

} // namespace

void give_threads_their_salts() noexcept {
    if (sqlite3_config(SQLITE_CONFIG_GETMUTEX, &own) != SQLITE_OK) return; // it is in use
    // It names its mutexes once it runs, and takes others when it does not.
    if (sqlite3_initialize() != SQLITE_OK) return;
    generators = sqlite3_mutex_alloc(SQLITE_MUTEX_STATIC_PRNG);
    (void)sqlite3_shutdown();
    (void)sqlite3_config(SQLITE_CONFIG_GETMUTEX, &own);
    auto with = own;
    with.xMutexEnter = enter;
    with.xMutexLeave = leave;
    (void)sqlite3_config(SQLITE_CONFIG_MUTEX, &with);
}

void draw_salts_anew() noexcept {
    draws = 1;
}

} // namespace cipherlane::simulation
