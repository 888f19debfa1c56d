// Consumer-presented codes: what is accepted is written as the same text.
#include <cipherlane/emv/consumer_code.hpp>

#include <cstdlib>

namespace {

void require(bool holds) {
    if (!holds) std::abort();
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace cipherlane;
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const auto strict = emv::consumer_code::parse(text);
    const auto lenient = emv::consumer_code::parse(text, emv::cpm_reading::lenient);
    require(!strict || lenient);
    if (strict) require(strict->to_text() == text);
    if (lenient) {
        for (std::size_t i = 0; i <= lenient->applications(); ++i) {
            (void)lenient->find(i, 0x9F26);
            (void)lenient->card(i);
        }
        require(emv::consumer_code::parse(lenient->to_text(), emv::cpm_reading::lenient).has_value());
    }
    // The same judgement over bytes that need no base64, where mutations reach further.
    const byte_view raw(data, size);
    const auto from_bytes = emv::consumer_code::from_tlv(raw);
    if (from_bytes) require(emv::consumer_code::parse(from_bytes->to_text()).has_value());
    return 0;
}
