#include <cipherlane/drivers/terminal/mispos/mispos_exchange.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>

// Whatever a MIS-POS terminal sends: the machine ends or waits, and the parser refuses or gives values.

using namespace cipherlane;

namespace {

const drivers::mispos_description& described() {
    static const auto made = drivers::parse_mispos_description(
        "name = \"fuzz\"\n[kinds]\nhost = \"01\"\n[request]\nkind = \"DF01 n2\"\ntrade = \"DF02 n2\"\n"
        "number = \"DF04 n4\"\namount = \"DF03 n12\"\npayload = \"DF06 raw\"\n[told]\ncode = \"DF07 raw\"\n"
        "payload = \"DF06 raw\"\namount = \"DF03 money\"\ntrace = \"DF0A n6\"\ncard_number = \"DF1E a\"\n"
        "card_name = \"DF2C a\"\n[trade]\nsale.code = \"00\"\n",
        "fuzz.toml");
    if (!made) std::abort();
    return *made;
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    auto input = byte_view(data + 1, size - 1);
    const currency unit{156, 2};
    const auto& by = described();
    static_cast<void>(drivers::mispos::parse(by, input, unit));
    const auto part = static_cast<drivers::mispos_part>(data[0] % 5U);
    secret_bytes heard;
    drivers::mispos_exchange machine(
        by, *drivers::mispos::request(by, drivers::mispos_trade::sale, "0001"), part, "0001", unit, heard);
    const std::size_t piece = 1U + data[0] / 5U;
    auto next = machine.resume({});
    for (int steps = 0; next.what != net::action::kind::done && steps < 10'000; ++steps) {
        if (next.what == net::action::kind::send) {
            next = machine.resume({net::event::kind::sent, {}, {}});
        } else if (!input.empty()) {
            const auto got = input.first(std::min(piece, input.size()));
            input = input.subspan(got.size());
            next = machine.resume({net::event::kind::received, got, {}});
        } else {
            next = machine.resume({net::event::kind::expired, {}, {}});
        }
    }
    if (next.what != net::action::kind::done) std::abort();
    static_cast<void>(machine.take());
    return 0;
}
