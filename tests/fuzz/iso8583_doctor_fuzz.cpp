// The doctor before any capture: it ends, and what it says of a message stands inside the input. What redaction makes
// of a message that can be read is as long, can be read, and shows no card number of it.
#include "cipherlane/iso8583_doctor.hpp"
#include "cipherlane/iso8583_redact.hpp"

#include <cipherlane/iso8583/codec.hpp>
#include <cipherlane/iso8583/cup_pos.hpp>

#include <cstdlib>

namespace {

using namespace cipherlane;

void must(bool holds) {
    if (!holds) std::abort();
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size > 2048) return 0; // every place of the input is tried under every dialect
    const byte_view input(data, size);
    if (const auto view = iso8583::decode(iso8583::cup_pos(), input)) {
        if (const auto safe = cli::redact(*view)) {
            must(safe->frame.size() == size);
            must(iso8583::decode(iso8583::cup_pos(), safe->frame).has_value());
        }
    }
    const auto readings = cli::readings_of(as_text(input));
    if (!readings) return 0;
    std::size_t most = 0;
    for (const auto& each : *readings)
        most = std::max(most, each.whole.size());
    const auto found = cli::examine(*readings);
    for (const auto& each : found.messages)
        must(each.at + each.bytes <= most);
    must(found.found == !found.messages.empty());
    return 0;
}
