#include "simkit/control_address.hpp"

#include <charconv>

namespace cipherlane::sim {

std::optional<control_address> control_address::parse(std::string_view text) {
    control_address made;
    if (text.starts_with(unix_prefix)) {
        made.path = text.substr(unix_prefix.size());
        return made.path.empty() ? std::nullopt : std::optional(std::move(made));
    }
    const auto* end = text.data() + text.size();
    const auto [stop, failed] = std::from_chars(text.data(), end, made.port);
    if (failed != std::errc() || stop != end) return std::nullopt;
    return made;
}

} // namespace cipherlane::sim
