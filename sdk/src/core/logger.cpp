#include <cipherlane/core/logger.hpp>

#include <spdlog/sinks/stdout_color_sinks.h>
#include <spdlog/spdlog.h>

#include <memory>

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
        out->log(spdlog_level(level), "{}: {}", component, line);
    };
}

} // namespace cipherlane
