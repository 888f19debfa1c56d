#include "dialect_builder.hpp"

#include <cipherlane/iso8583/dialect_file.hpp>

#include <fstream>
#include <sstream>

namespace cipherlane::iso8583 {

result<loaded_dialect> loaded_dialect::parse(std::string_view toml, std::string_view name) {
    toml_source source(name);
    try {
        const auto root = toml::parse(toml);
        const auto store = build_dialect(root, source);
        if (source.failed()) return source.failure();
        return loaded_dialect(std::shared_ptr<const dialect>(store, &store->table));
    } catch (const toml::parse_error& why) {
        source.fail(iso8583_errc::dialect_syntax, "", why.source());
        return source.failure();
    }
}

result<loaded_dialect> loaded_dialect::load(const std::filesystem::path& file) {
    const auto name = file.filename().string();
    std::error_code ignored;
    std::ifstream in;
    // A folder opens like a file, and throws when it is read.
    if (!std::filesystem::is_directory(file, ignored)) in.open(file, std::ios::binary);
    std::ostringstream content;
    if (in.is_open()) content << in.rdbuf();
    if (!in.is_open() || in.bad()) {
        return error(iso8583_errc::no_dialect_file, layer::iso8583).during("load dialect").at_endpoint(name);
    }
    return parse(content.str(), name);
}

} // namespace cipherlane::iso8583
