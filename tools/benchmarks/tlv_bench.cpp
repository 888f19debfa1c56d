// Field 55 of a UnionPay sale, 139 bytes and 19 tags: every object visited, one thread. Heap allocations are counted
// by replaced operators; one is a failure. The limit walks the same bytes by hand and checks nothing: tags of one or
// two bytes, lengths of one.
#include "counted_allocations.hpp"
#include "side_by_side.hpp"

#include <cipherlane/core/hex.hpp>
#include <cipherlane/emv/tlv.hpp>

#include <cstdio>
#include <cstdlib>

namespace {

using namespace cipherlane;

constexpr double bar = 5.0e6;
constexpr std::size_t field_size = 139;
constexpr std::size_t field_tags = 19;
constexpr const char* field_55 =
    "9F26080123456789ABCDEF9F2701809F101307010103A0A002010A010000000000112233449F3704A1B2C3D49F360201239505000004800"
    "09A032411219C01009F02060000000123455F2A02015682027C009F1A0201569F03060000000000009F3303E0E1C89F3501229F1E083030"
    "3030303030318408A0000003330101019F090200209F410400000001";

void keep(const void* value) {
    asm volatile("" : : "r"(value) : "memory");
}

} // namespace

int main() {
    const auto field = from_hex(field_55);
    if (!field || field->size() != field_size) return 1;
    const byte_view view(*field);
    const auto parse = [&] {
        keep(view.data());
        emv::tlv_reader reader(view);
        std::size_t count = 0;
        while (reader.next()) {
            keep(reader.object().value.data());
            ++count;
        }
        if (count != field_tags || !reader.finish()) std::abort();
    };
    const auto walk = [&] {
        const std::uint8_t* at = view.data();
        keep(at);
        std::size_t count = 0;
        for (const auto* end = at + field_size; at < end; ++count) {
            at += (*at & 0x1FU) == 0x1F ? 2 : 1;
            const std::size_t size = *at++;
            keep(at);
            at += size;
        }
        if (count != field_tags) std::abort();
    };
    const auto before = benchmarks::allocation_count();
    const auto figures = bench::side_by_side(parse, walk);
    const auto used = benchmarks::allocation_count() - before;
    bench::print_head();
    const bool met = bench::print_figure_row("EMV TLV parse, field 55 of 139 bytes", figures, bar);
    std::printf(
        "%-44s %10zu %10d %7s %5d   %s\n", "heap allocations in it", used, 0, "-", 0, used == 0 ? "ok" : "MISSED");
    return met && used == 0 ? 0 : 1;
}
