#include "toml_reader.hpp"

#include <algorithm>

namespace cipherlane::iso8583 {
namespace {

std::string joined(const std::string& path, std::string_view key) {
    return path.empty() ? std::string(key) : path + "." + std::string(key);
}

} // namespace

void toml_source::fail(iso8583_errc why, std::string_view path, const toml::source_region& where) {
    if (failure_) return;
    const auto place = ":" + std::to_string(where.begin.line) + ":" + std::to_string(where.begin.column);
    // The end of a long name says more than its beginning, and the line must stay.
    constexpr std::size_t longest = 32;
    const auto name = name_.size() > longest ? name_.substr(name_.size() - longest) : name_;
    failure_ = error(why, layer::iso8583).during("load dialect").at_endpoint(name + place).in_field(path);
}

const toml::node* toml_reader::take(std::string_view key) {
    known_.emplace(key);
    return from_.get(key);
}

void toml_reader::fail(iso8583_errc why, std::string_view key) {
    const auto* node = from_.get(key);
    source_.fail(why, joined(path_, key), node != nullptr ? node->source() : from_.source());
}

std::optional<std::string> toml_reader::text(std::string_view key, std::size_t longest) {
    const auto* node = take(key);
    if (node == nullptr) return std::nullopt;
    auto value = node->value_exact<std::string>();
    const auto printable = [](char c) { return static_cast<unsigned char>(c) >= 0x20 && c != 0x7F; };
    if (value && !value->empty() && value->size() <= longest &&
        std::all_of(value->begin(), value->end(), printable)) {
        return value;
    }
    fail(iso8583_errc::dialect_key, key);
    return std::nullopt;
}

std::optional<std::int64_t> toml_reader::integer(std::string_view key, std::int64_t least, std::int64_t most) {
    const auto* node = take(key);
    if (node == nullptr) return std::nullopt;
    const auto value = node->value_exact<std::int64_t>();
    if (value && *value >= least && *value <= most) return value;
    fail(iso8583_errc::dialect_key, key);
    return std::nullopt;
}

void toml_reader::flag(std::string_view key, bool& to) {
    const auto* node = take(key);
    if (node == nullptr) return;
    if (const auto value = node->value_exact<bool>()) {
        to = *value;
    } else {
        fail(iso8583_errc::dialect_key, key);
    }
}

const toml::table* toml_reader::table(std::string_view key) {
    const auto* node = take(key);
    if (node != nullptr && !node->is_table()) fail(iso8583_errc::dialect_key, key);
    return node != nullptr ? node->as_table() : nullptr;
}

const toml::array* toml_reader::array(std::string_view key) {
    const auto* node = take(key);
    if (node != nullptr && !node->is_array()) fail(iso8583_errc::dialect_key, key);
    return node != nullptr ? node->as_array() : nullptr;
}

void toml_reader::finish() {
    for (const auto& [key, node] : from_) {
        if (known_.find(key.str()) == known_.end()) {
            source_.fail(iso8583_errc::dialect_key, joined(path_, key.str()), node.source());
        }
    }
}

} // namespace cipherlane::iso8583
