#include "handles.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <chrono>
#include <limits>
#include <mutex>
#include <thread>
#include <vector>

namespace cipherlane::c {

class slot {
  public:
    /// Generation in the upper half; below it whether it is open, whether one thread has it alone, how many are
    /// inside.
    std::atomic<std::uint64_t> state{0};
    std::uint32_t index = 0;
    std::atomic<kind> what{kind::none};
    std::unique_ptr<object> thing;
};

namespace {

constexpr std::uint64_t open_bit = 1U << 31;
constexpr std::uint64_t alone_bit = 1U << 30;
constexpr std::uint64_t count_mask = alone_bit - 1;

/// A token's parts, by the width of an address.
constexpr bool wide = sizeof(std::uintptr_t) >= 8;
constexpr int index_bits = wide ? 24 : 14;
constexpr int kind_bits = wide ? 8 : 4;
constexpr int generation_bits = wide ? 32 : 14;

constexpr std::size_t chunk_size = 256;
constexpr std::size_t chunks = (std::size_t{1} << (wide ? 20 : index_bits)) / chunk_size;

struct table {
    std::array<std::atomic<slot*>, chunks> parts{};
    std::mutex lock;
    std::vector<slot*> free;
    std::size_t made = 0; ///< parts
};

/// Never destroyed: calls may come while a program ends.
table& all() {
    static auto* const kept = new table;
    return *kept;
}

std::uint32_t generation_in(std::uint64_t state) noexcept {
    return static_cast<std::uint32_t>(state >> 32) &
           static_cast<std::uint32_t>((std::uint64_t{1} << generation_bits) - 1);
}

std::uintptr_t token_of(const slot& of) noexcept {
    const auto generation = std::uint64_t{generation_in(of.state.load(std::memory_order_relaxed))};
    return static_cast<std::uintptr_t>((generation << (index_bits + kind_bits)) |
                                       (std::uint64_t{static_cast<std::uint8_t>(of.what.load())} << index_bits) |
                                       of.index);
}

struct token_parts {
    std::size_t index;
    std::uint8_t what;
    std::uint32_t generation;
};

token_parts parts_of(std::uintptr_t token) noexcept {
    const std::uint64_t whole = token;
    return {static_cast<std::size_t>(whole & ((1U << index_bits) - 1)),
        static_cast<std::uint8_t>((whole >> index_bits) & ((1U << kind_bits) - 1)),
        static_cast<std::uint32_t>(whole >> (index_bits + kind_bits))};
}

slot* find(std::size_t index) noexcept {
    const auto part = index / chunk_size;
    if (part >= chunks) return nullptr;
    auto* at = all().parts[part].load(std::memory_order_acquire);
    return at == nullptr ? nullptr : at + index % chunk_size;
}

/// With the lock held.
void make_room(table& of) {
    if (of.made == chunks) return;
    of.free.reserve((of.made + 1) * chunk_size);
    auto fresh = std::make_unique<slot[]>(chunk_size);
    const auto first = of.made * chunk_size;
    for (std::size_t i = chunk_size; i-- > 0;) {
        fresh[i].index = static_cast<std::uint32_t>(first + i);
        fresh[i].state = std::uint64_t{1} << 32; // a token is never 0
        of.free.push_back(&fresh[i]);
    }
    of.parts[of.made++].store(fresh.release(), std::memory_order_release);
}

/// The last one is out of a closed handle: its thing goes, and the place has another number from now on.
void vacate(slot& of) noexcept {
    of.thing.reset();
    auto generation = generation_in(of.state.load(std::memory_order_relaxed) + (std::uint64_t{1} << 32));
    if (generation == 0) generation = 1;
    of.state.store(std::uint64_t{generation} << 32, std::memory_order_release);
    auto& home = all();
    const std::scoped_lock held(home.lock);
    home.free.push_back(&of); // room for all was reserved
}

} // namespace

std::uintptr_t enter(kind what, std::unique_ptr<object> thing) {
    auto& home = all();
    slot* at = nullptr;
    {
        const std::scoped_lock held(home.lock);
        if (home.free.empty()) make_room(home);
        if (home.free.empty()) return 0;
        at = home.free.back();
        home.free.pop_back();
    }
    at->what = what;
    at->thing = std::move(thing);
    const auto token = token_of(*at);
    at->state.fetch_or(open_bit, std::memory_order_release);
    return token;
}

slot* acquire(std::uintptr_t token, kind what, access how, c_errc& why) noexcept {
    why = c_errc::bad_handle;
    const auto parts = parts_of(token);
    if (parts.what != static_cast<std::uint8_t>(what)) return nullptr;
    auto* at = find(parts.index);
    if (at == nullptr) return nullptr;
    auto now = at->state.load(std::memory_order_acquire);
    while (true) {
        if (generation_in(now) != parts.generation || (now & open_bit) == 0) return nullptr;
        if ((now & alone_bit) != 0 || (how == access::exclusive && (now & count_mask) != 0)) {
            why = c_errc::in_use;
            return nullptr;
        }
        const auto next = (now + 1) | (how == access::exclusive ? alone_bit : 0);
        if (at->state.compare_exchange_weak(now, next, std::memory_order_acquire)) break;
    }
    if (at->what == what) return at;
    release(*at, how);
    return nullptr;
}

void release(slot& of, access how) noexcept {
    const auto away = 1 + (how == access::exclusive ? alone_bit : 0);
    const auto before = of.state.fetch_sub(away, std::memory_order_acq_rel);
    if ((before & open_bit) == 0 && (before & count_mask) == 1) vacate(of);
}

object& thing_in(slot& of) noexcept {
    return *of.thing;
}

result<void> leave(std::uintptr_t token, kind what, std::string_view argument) {
    const auto parts = parts_of(token);
    auto* at = parts.what == static_cast<std::uint8_t>(what) ? find(parts.index) : nullptr;
    if (at == nullptr) return refuse(c_errc::bad_handle, argument);
    auto now = at->state.load(std::memory_order_acquire);
    do {
        if (generation_in(now) != parts.generation || (now & open_bit) == 0 || at->what != what)
            return refuse(c_errc::bad_handle, argument);
    } while (!at->state.compare_exchange_weak(now, (now & ~open_bit) + 1, std::memory_order_acq_rel));
    at->thing->close();
    release(*at, access::shared);
    return {};
}

void await_gone(std::uintptr_t token) noexcept {
    const auto parts = parts_of(token);
    auto* const at = find(parts.index);
    if (at == nullptr) return;
    // Calls come out without a word to whoever waits: only the last one changes the number of the place.
    for (auto span = std::chrono::microseconds(50);
         generation_in(at->state.load(std::memory_order_acquire)) == parts.generation;
         span = std::min(span * 2, std::chrono::microseconds(5000)))
        std::this_thread::sleep_for(span);
}

} // namespace cipherlane::c
