// BER-TLV: reading stays inside its input and its limits; what was read and is written again reads the same.
#include <cipherlane/emv/bit_names.hpp>
#include <cipherlane/emv/meaning.hpp>
#include <cipherlane/emv/tag_dictionary.hpp>
#include <cipherlane/emv/tlv.hpp>

#include <cstdlib>
#include <vector>

namespace {

using namespace cipherlane;

void require(bool holds) {
    if (!holds) std::abort();
}

/// Writes everything again; the flat list of what was seen goes to `seen`.
void copy(emv::tlv_reader reader, emv::tlv_writer& writer, std::vector<std::pair<emv::tag_number, bytes>>& seen) {
    while (reader.next()) {
        const auto& [tag, value, offset] = reader.object();
        seen.emplace_back(tag, emv::is_template(tag) ? bytes() : bytes(value.begin(), value.end()));
        (void)emv::check_value(tag, value);
        (void)emv::describe_value(tag, value);
        (void)emv::set_bits(tag, value);
        (void)emv::coded_meaning(tag, value);
        (void)emv::meaning_lines(tag, value);
        if (!emv::is_template(tag)) {
            writer.put(tag, value);
            continue;
        }
        writer.begin(tag);
        copy(reader.inside(), writer, seen);
        writer.end();
    }
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const byte_view input(data, size);
    (void)emv::find_tlv_deep(input, 0x9F26);
    (void)emv::find_tlv(input, {0x70, 0x5A});
    const auto sound = emv::check_tlv(input);
    const emv::tlv_limits tolerant{.reading = emv::tlv_reading::tolerant};
    if (const auto forgiven = emv::check_tlv(input, tolerant); !forgiven) {
        require(forgiven.error().offset().has_value() && *forgiven.error().offset() <= size);
    }
    if (!sound) {
        require(sound.error().offset().has_value() && *sound.error().offset() <= size);
        return 0;
    }
    bytes out(size); // shortest lengths never take more
    emv::tlv_writer writer(out);
    std::vector<std::pair<emv::tag_number, bytes>> first;
    std::vector<std::pair<emv::tag_number, bytes>> second;
    copy(emv::tlv_reader(input), writer, first);
    const auto written = writer.finish();
    if (!written) { // a tag whose bytes are not in their shortest form is read, but not written
        require(written.error().code() == emv::emv_errc::bad_tag);
        return 0;
    }
    bytes room(size);
    emv::tlv_writer again(room);
    copy(emv::tlv_reader(*written), again, second);
    require(first == second && again.finish()->size() == written->size());
    return 0;
}
