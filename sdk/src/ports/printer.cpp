#include <cipherlane/ports/printer.hpp>

namespace cipherlane::ports {

std::string_view to_string(paper_level value) noexcept {
    switch (value) {
    case paper_level::unknown: return "not known";
    case paper_level::enough: return "enough";
    case paper_level::near_end: return "near its end";
    case paper_level::out: return "out";
    }
    return "?";
}

std::string_view to_string(printer_stop value) noexcept {
    switch (value) {
    case printer_stop::none: return "nothing";
    case printer_stop::no_paper: return "no paper";
    case printer_stop::cover_open: return "cover open";
    case printer_stop::fault: return "a fault";
    case printer_stop::off_line: return "off line";
    }
    return "?";
}

} // namespace cipherlane::ports
