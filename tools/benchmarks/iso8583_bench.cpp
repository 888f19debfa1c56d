// The cup-pos magnetic-stripe sale with PIN (row cup-03 of the known-answer file): built into a buffer and parsed
// again, one thread. Heap allocations are counted by replaced operators; one is a failure.
#include <cipherlane/core/hex.hpp>
#include <cipherlane/iso8583/codec.hpp>
#include <cipherlane/iso8583/cup_pos.hpp>

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <new>

namespace {

std::atomic<std::size_t> allocations{0};

void* counted(std::size_t size) {
    allocations.fetch_add(1, std::memory_order_relaxed);
    if (void* got = std::malloc(size != 0 ? size : 1)) return got;
    throw std::bad_alloc();
}

} // namespace

void* operator new(std::size_t size) {
    return counted(size);
}
void* operator new[](std::size_t size) {
    return counted(size);
}
void operator delete(void* at) noexcept {
    std::free(at);
}
void operator delete[](void* at) noexcept {
    std::free(at);
}
void operator delete(void* at, std::size_t) noexcept {
    std::free(at);
}
void operator delete[](void* at, std::size_t) noexcept {
    std::free(at);
}

namespace {

using namespace cipherlane;

constexpr double bar = 2.0e6;
constexpr const char* published =
    "007E60000300006031003107300200702404C020C09811196222000000000000004000000000000000123400000230120210001231622200"
    "0000000000004D3012201123405445535430303031544553544D455243483030303030313135361616116C76559985260000000000000000"
    "14220000010005003233463841364537";

/// Fills `what` as a till does for every sale.
void fill(iso8583::message& what, const iso8583::tpdu& address, byte_view pin_block, byte_view mac) {
    what.clear();
    what.set_mti("0200").set_tpdu(address).set_header("603100310730");
    what.set(2, "6222000000000000004").set(3, "000000").set(4, "000000001234").set(11, "000002").set(14, "3012");
    what.set(22, "021").set(25, "00").set(26, "12").set(35, "6222000000000000004D30122011234");
    what.set(41, "TEST0001").set(42, "TESTMERCH000001").set(49, "156").set(52, pin_block).set(53, "2600000000000000");
    what.set(60, "22000001000500").set(64, mac);
}

/// Pairs of build and parse a second; every pair's bytes and length are looked at, so that none is left out.
double measure(std::chrono::milliseconds span, const bytes& expected) {
    iso8583::message what;
    const auto address = *iso8583::tpdu::parse("6000030000");
    const auto pin_block = *from_hex("1616116C76559985");
    const auto mac = *from_hex("3233463841364537");
    std::array<std::uint8_t, 1024> room{};
    fill(what, address, pin_block, mac); // warm-up: the message takes its memory
    const auto before = allocations.load();
    std::size_t pairs = 0;
    const auto start = std::chrono::steady_clock::now();
    auto now = start;
    while (now - start < span) {
        for (int i = 0; i < 1000; ++i, ++pairs) {
            fill(what, address, pin_block, mac);
            const auto built = iso8583::encode(iso8583::cup_pos(), what, room);
            if (!built || built->frame.size() != expected.size()) std::abort();
            const auto read = iso8583::decode(iso8583::cup_pos(), built->frame);
            if (!read || read->size(2) != 19 || read->mac().size() != 8) std::abort();
        }
        now = std::chrono::steady_clock::now();
    }
    if (!std::equal(expected.begin(), expected.end(), room.begin())) {
        std::fprintf(stderr, "the bytes built are not the published ones\n");
        std::abort();
    }
    const auto used = allocations.load() - before;
    if (used != 0) {
        std::fprintf(stderr, "%zu heap allocations in the hot path\n", used);
        std::exit(1);
    }
    return static_cast<double>(pairs) / std::chrono::duration<double>(now - start).count();
}

} // namespace

int main() {
    const auto expected = *from_hex(published);
    (void)measure(std::chrono::milliseconds(200), expected);
    double best = 0;
    for (int run = 0; run < 5; ++run)
        best = std::max(best, measure(std::chrono::milliseconds(300), expected));
    std::printf("%-44s %10s %10s %7s %s\n", "operation", "value", "limit", "ratio", "bar");
    std::printf("%-44s %8.2f M %8.2f M %7.2f %s\n", "cup-pos sale, build + parse, pairs/s", best / 1e6, bar / 1e6,
        best / bar, best >= bar ? "ok" : "MISSED");
    std::printf("%-44s %10d %10d %7s %s\n", "heap allocations in it", 0, 0, "-", "ok");
    return best >= bar ? 0 : 1;
}
