#include "cipherlane/settings_input.hpp"

#include "cipherlane/tool_door.hpp"

#include <cipherlane/till/advice.hpp>

namespace cipherlane::cli {

till_settings read_settings(const std::string& file) {
    auto settings = load_till(file);
    if (settings) return *std::move(settings);
    throw tool_stop(settings.error(), std::string(likely_cause(settings.error())), ending::wrong_use);
}

} // namespace cipherlane::cli
