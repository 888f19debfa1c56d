#include "system_files.hpp"

#include <charconv>
#include <fstream>

namespace cipherlane::drivers {
namespace {

template <class T>
std::optional<T> read_value(const std::string& path, int base) {
    const std::string text = read_attribute(path);
    T value{};
    const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), value, base);
    if (fault != std::errc{} || end != text.data() + text.size()) return std::nullopt;
    return value;
}

} // namespace

std::string below(const std::string& root, std::string_view path) {
    return root + (root.ends_with('/') ? "" : "/") + std::string(path);
}

std::string read_attribute(const std::string& path) {
    std::ifstream file(path);
    std::string line;
    std::getline(file, line);
    while (!line.empty() && (line.back() == ' ' || line.back() == '\r'))
        line.pop_back();
    return line;
}

std::optional<std::uint16_t> read_hex16(const std::string& path) {
    return read_value<std::uint16_t>(path, 16);
}

std::optional<unsigned> read_number(const std::string& path) {
    return read_value<unsigned>(path, 10);
}

} // namespace cipherlane::drivers
