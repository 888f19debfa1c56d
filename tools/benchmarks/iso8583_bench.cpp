// The cup-pos magnetic-stripe sale with PIN (row cup-03 of the known-answer file): built into a buffer and parsed
// again, one thread. Heap allocations are counted by replaced operators; one is a failure. The limit moves the same
// bytes without looking at them: each value into a store, from there to its place in a frame, and its place noted.
#include "counted_allocations.hpp"
#include "side_by_side.hpp"

#include <cipherlane/core/hex.hpp>
#include <cipherlane/iso8583/codec.hpp>
#include <cipherlane/iso8583/cup_pos.hpp>

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <cstring>

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

/// What must be moved in any case: sizes of the values as digits, characters or bytes, and on the wire.
class bare_move {
  public:
    void run() noexcept {
        std::size_t stored = 0;
        std::size_t at = head;
        for (const auto& each : parts) {
            std::memcpy(store_.data() + stored, source_.data() + stored, each.value);
            stored += each.value;
        }
        stored = 0;
        for (std::size_t i = 0; i < parts.size(); ++i) {
            std::memcpy(frame_.data() + at, store_.data() + stored, parts[i].wire);
            places_[i] = at;
            stored += parts[i].value;
            at += parts[i].wire;
        }
        asm volatile("" : : "r"(store_.data()), "r"(frame_.data()), "r"(places_.data()) : "memory");
    }

  private:
    struct part {
        std::size_t value;
        std::size_t wire;
    };
    static constexpr std::size_t head = 23; // length, TPDU, header, message type, bitmap
    static constexpr std::array<part, 16> parts{{{19, 11}, {6, 3}, {12, 6}, {6, 3}, {4, 2}, {3, 2}, {2, 1}, {2, 1},
        {31, 17}, {8, 8}, {15, 15}, {3, 3}, {8, 8}, {16, 8}, {14, 9}, {8, 8}}};
    std::array<std::uint8_t, 256> source_{};
    std::array<std::uint8_t, 256> store_{};
    std::array<std::uint8_t, 256> frame_{};
    std::array<std::size_t, 16> places_{};
};

} // namespace

int main() {
    const auto expected = *from_hex(published);
    const auto address = *iso8583::tpdu::parse("6000030000");
    const auto pin_block = *from_hex("1616116C76559985");
    const auto mac = *from_hex("3233463841364537");
    iso8583::message what;
    std::array<std::uint8_t, 1024> room{};
    // Every pair's length and fields are looked at, so that none is left out.
    const auto pair = [&] {
        fill(what, address, pin_block, mac);
        const auto built = iso8583::encode(iso8583::cup_pos(), what, room);
        if (!built || built->frame.size() != expected.size()) std::abort();
        const auto read = iso8583::decode(iso8583::cup_pos(), built->frame);
        if (!read || read->size(2) != 19 || read->mac().size() != 8) std::abort();
    };
    pair(); // the message takes its memory
    bare_move bare;
    const auto before = benchmarks::allocation_count();
    const auto figures = bench::side_by_side(pair, [&] { bare.run(); });
    const auto used = benchmarks::allocation_count() - before;
    if (!std::equal(expected.begin(), expected.end(), room.begin())) {
        std::fprintf(stderr, "the bytes built are not the published ones\n");
        return 1;
    }
    bench::print_head();
    const bool met = bench::print_figure_row("cup-pos sale, build + parse, pairs/s", figures, bar);
    std::printf(
        "%-44s %10zu %10d %7s %5d   %s\n", "heap allocations in it", used, 0, "-", 0, used == 0 ? "ok" : "MISSED");
    return met && used == 0 ? 0 : 1;
}
