#include <cipherlane/core/logger.hpp>

#include <spdlog/sinks/stdout_color_sinks.h>
#include <spdlog/spdlog.h>

#include <memory>
#include <string>

namespace cipherlane {
namespace {

spdlog::level::level_enum spdlog_level(log_level level) noexcept {
    switch (level) {
    case log_level::debug: return spdlog::level::debug;
    case log_level::info: return spdlog::level::info;
    case log_level::warning: return spdlog::level::warn;
    case log_level::error: return spdlog::level::err;
    case log_level::off: break;
    }
    return spdlog::level::off;
}

} // namespace

logger::logger() {
    // A logger of our own: the host application's spdlog registry is left alone.
    static const auto out = [] {
        auto made =
            std::make_shared<spdlog::logger>("cipherlane", std::make_shared<spdlog::sinks::stderr_color_sink_mt>());
        made->set_pattern("%Y-%m-%dT%H:%M:%S.%e %^%L%$ %v");
        return made;
    }();
    sink_ = [](log_level level, std::string_view component, std::string_view line) {
        const auto as = spdlog_level(level);
        if (!out->should_log(as)) return;
        try {
            std::string text; // by a pattern each program would carry a formatter of its own
            text.reserve(component.size() + 2 + line.size());
            text.append(component).append(": ").append(line);
            out->log(as, spdlog::string_view_t(text.data(), text.size()));
        } catch (...) { // NOLINT(bugprone-empty-catch): a line is lost where memory ends, and nothing else
        }
    };
}

} // namespace cipherlane
