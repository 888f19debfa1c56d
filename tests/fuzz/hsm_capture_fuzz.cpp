// The reader of captures, and what a tap makes of them: any file, in pieces of any size. The first byte chooses the
// profile and the pieces.
#include "cipherlane/hsm_tap_replay.hpp"

#include <algorithm>
#include <cstdint>
#include <cstdlib>

using namespace cipherlane;

namespace {

/// Everything that is told must be as long as it was.
class counting_sink final : public cli::tap_sink {
  public:
    void take(const cli::tap_event& event) override {
        const bool message =
            event.what == cli::tap_event::kind::request || event.what == cli::tap_event::kind::answer;
        if (message && event.shown.size() < event.size) std::abort();
        ++events;
    }
    std::size_t events = 0;
};

std::size_t read_all(byte_view file, std::size_t piece, const hsm::codec& engine) {
    const cli::test_cards cards({"5413339000001513"});
    counting_sink sink;
    cli::capture_replay subject(engine, cards, sink, 1500);
    while (!file.empty()) {
        const auto part = file.first(std::min(file.size(), piece));
        file = file.subspan(part.size());
        if (!subject.add(part)) break;
    }
    subject.finish();
    return sink.events;
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static const hsm::codec engines[] = {
        hsm::codec(hsm::profile::builtin("payshield").value()), hsm::codec(hsm::profile::builtin("sjj1312").value())};
    if (size == 0) return 0;
    const auto& engine = engines[data[0] % 2];
    const byte_view file(data + 1, size - 1);
    const auto whole = read_all(file, file.size() + 1, engine);
    if (read_all(file, 1U + data[0] / 2U, engine) != whole) std::abort();
    return 0;
}
