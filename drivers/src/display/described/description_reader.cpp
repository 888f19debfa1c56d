#include "description_reader.hpp"

#include <cipherlane/drivers/errc.hpp>

namespace cipherlane::drivers {

toml_faults description_faults() {
    return {layer::drivers, "load description", drivers_errc::bad_setting, drivers_errc::bad_setting,
        drivers_errc::bad_setting};
}

void section_reader::literal(std::string_view key, bytes& into) {
    std::string given;
    text(key, given);
    if (given.empty()) return;
    auto parsed = parse_literal(given);
    if (!parsed) return fail(key, "expected bytes in hex and text in single quotes");
    into = *std::move(parsed);
}

void section_reader::pattern(std::string_view key, command_template& into) {
    std::string given;
    text(key, given);
    if (given.empty()) return;
    auto parsed = parse_template(given);
    if (!parsed) return fail(key, "expected bytes in hex, text in single quotes and values in braces");
    into = *std::move(parsed);
}

} // namespace cipherlane::drivers
