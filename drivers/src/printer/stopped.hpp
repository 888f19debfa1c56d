#pragma once

#include "../refusals.hpp"

#include <cipherlane/ports/printer.hpp>

#include <string>

namespace cipherlane::drivers {

/// `paper_out` or `printer_stopped`; its hint has the reason.
inline error stopped_by(ports::printer_stop reason) {
    const bool paper = reason == ports::printer_stop::no_paper;
    return refused(paper ? drivers_errc::paper_out : drivers_errc::printer_stopped)
        .with_hint("stopped by: " + std::string(ports::to_string(reason)));
}

} // namespace cipherlane::drivers
