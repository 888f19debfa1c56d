#include "dialect_builder.hpp"

#include <cipherlane/iso8583/dialect_file.hpp>
#include <cipherlane/iso8583/errc.hpp>

namespace cipherlane::iso8583 {
namespace {

toml_faults faults() {
    return {layer::iso8583, "load dialect", iso8583_errc::no_dialect_file, iso8583_errc::dialect_syntax,
        iso8583_errc::dialect_key, iso8583_errc::dialect_unknown_key, iso8583_errc::dialect_no_key};
}

} // namespace

result<loaded_dialect> loaded_dialect::read(const toml_value& root, std::string_view name) {
    toml_report report(faults(), name);
    const auto store = build_dialect(root, report);
    CIPHERLANE_CHECK(report.outcome());
    return loaded_dialect(std::shared_ptr<const dialect>(store, &store->table));
}

result<loaded_dialect> loaded_dialect::parse(std::string_view toml, std::string_view name) {
    CIPHERLANE_TRY(const auto root, parse_toml(toml, faults(), name));
    return read(root, name);
}

result<loaded_dialect> loaded_dialect::load(const std::filesystem::path& file) {
    CIPHERLANE_TRY(const auto root, load_toml(file, faults()));
    return read(root, file.string());
}

} // namespace cipherlane::iso8583
