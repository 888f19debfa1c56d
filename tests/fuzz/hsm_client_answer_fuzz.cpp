// Client side: an answer to a command of any dialect. The first byte chooses the profile, the second the command; the
// rest comes as the answer, whole and in two pieces.
#include <cipherlane/hsm/codec.hpp>
#include <cipherlane/hsm/errc.hpp>

#include <cstdint>
#include <cstdlib>

using namespace cipherlane;

namespace {

const std::vector<hsm::codec>& codecs() {
    static const std::vector<hsm::codec> all = [] {
        std::vector<hsm::codec> made;
        for (const auto& name : hsm::profile::builtin_names()) {
            made.emplace_back(hsm::profile::builtin(name).value());
        }
        return made;
    }();
    return all;
}

/// Every record of an answer's lists lies in what is left of its list.
void read_records(const hsm::codec& engine, const hsm::command_spec& command, const hsm::field_set& values) {
    hsm::field_set record;
    for (const auto& [field, layout] : command.records) {
        for (auto left = values.value(hsm::field_name(field)); !left.empty();) {
            const auto used = engine.decode_record(command, field, left, record);
            if (!used) break;
            if (*used == 0 || *used > left.size()) std::abort();
            left = left.subspan(*used);
        }
    }
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size < 2) return 0;
    const auto& engine = codecs()[data[0] % codecs().size()];
    const auto& commands = engine.dialect().commands;
    const auto& command = commands[data[1] % commands.size()];
    const byte_view body(data + 2, size - 2);
    hsm::field_set asked;
    hsm::field_set values;
    const auto whole = engine.decode_answer(command, body, asked, values);
    if (whole && whole->consumed > body.size()) std::abort();
    if (whole) read_records(engine, command, values);
    (void)engine.decode_second_answer(command, body, asked, values);
    if (engine.dialect().frame.length != hsm::framing::prefix::none || !whole) return 0;
    // A prefix of a whole answer of a stream is never another answer and never broken.
    hsm::field_set part;
    const auto cut = engine.decode_answer(command, body.first(whole->consumed / 2), asked, part);
    if (cut || cut.error().code() != hsm::make_error_code(hsm::hsm_errc::incomplete)) std::abort();
    return 0;
}
