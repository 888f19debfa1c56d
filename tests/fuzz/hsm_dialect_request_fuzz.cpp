// Simulator side: a request of any dialect is read, and what was read is written again to the same bytes or refused.
// The first byte chooses the profile.
#include <cipherlane/hsm/codec.hpp>
#include <cipherlane/hsm/frame.hpp>

#include <cstdint>
#include <cstdlib>

using namespace cipherlane;

namespace {

const hsm::codec& codec_for(std::uint8_t choice) {
    static const std::vector<hsm::codec> all = [] {
        std::vector<hsm::codec> made;
        for (const auto& name : hsm::profile::builtin_names()) {
            made.emplace_back(hsm::profile::builtin(name).value());
        }
        return made;
    }();
    return all[choice % all.size()];
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    const auto& engine = codec_for(data[0]);
    const byte_view body(data + 1, size - 1);
    hsm::field_set values;
    (void)hsm::cut_frame(engine.dialect().frame, body);
    const auto read = engine.decode_request(body, values);
    if (!read) return 0;
    if (read->consumed > body.size()) std::abort();
    bytes again;
    if (!engine.encode_request(*read->command, values, again)) return 0;
    hsm::field_set twice;
    if (!engine.decode_request(again, twice)) std::abort();
    return 0;
}
