#include <cipherlane/drivers/terminal/mispos/mispos_messages.hpp>

#include <cstddef>
#include <cstdint>
#include <cstdlib>

// Whatever stands in a description: it is refused with its place, or its requests can be written and its answers
// read.

using namespace cipherlane;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto by = drivers::parse_mispos_description(as_text(byte_view(data, size)), "fuzz.toml");
    if (!by) {
        const auto& why = by.error();
        if ((why.field().empty() && why.hint().empty()) || !why.endpoint().starts_with("fuzz.toml")) std::abort();
        return 0;
    }
    const currency unit{156, 2};
    const auto number = std::string(by->asked(drivers::mispos_value::number)->size, '1');
    const ports::terminal_request wish(ports::terminal_verb::authorise, amount(1234, unit), "000001");
    for (std::size_t at = 0; at < drivers::mispos_trades; ++at) {
        const auto what = static_cast<drivers::mispos_trade>(at);
        const auto asked = drivers::mispos::request(*by, what, number, &wish);
        if (!asked) continue;
        static_cast<void>(drivers::mispos::parse(*by, asked->expose(), unit));
    }
    static_cast<void>(drivers::mispos::pass_back(*by, number, as_bytes("answer")));
    static_cast<void>(by->can());
    return 0;
}
