#include "description_reader.hpp"

#include <cipherlane/drivers/errc.hpp>

namespace cipherlane::drivers {

error bad_description(std::string_view source, const toml::node* node, std::string_view key) {
    std::string place(source);
    if (node != nullptr && node->source().begin.line > 0) place += ":" + std::to_string(node->source().begin.line);
    return error(drivers_errc::bad_setting, layer::drivers)
        .during("load description")
        .at_endpoint(place)
        .in_field(key);
}

const toml::node* section_reader::find(std::string_view key) {
    known_.emplace(key);
    return from_->get(key);
}

void section_reader::wrong(std::string_view key) {
    if (why_) return;
    const auto* node = find(key);
    why_ = bad_description(source_, node != nullptr ? node : from_, path_ + std::string(key));
}

void section_reader::text(std::string_view key, std::string& into) {
    const auto* node = find(key);
    if (node == nullptr) return;
    auto value = node->value_exact<std::string>();
    if (!value) return wrong(key);
    into = *std::move(value);
}

void section_reader::flag(std::string_view key, bool& into) {
    const auto* node = find(key);
    if (node == nullptr) return;
    const auto value = node->value_exact<bool>();
    if (!value) return wrong(key);
    into = *value;
}

std::optional<std::int64_t> section_reader::whole(std::string_view key, std::int64_t least, std::int64_t most) {
    const auto* node = find(key);
    if (node == nullptr) return std::nullopt;
    const auto value = node->value_exact<std::int64_t>();
    if (!value || *value < least || *value > most) {
        wrong(key);
        return std::nullopt;
    }
    return value;
}

void section_reader::span(
    std::string_view key, std::chrono::milliseconds& into, std::int64_t least, std::int64_t most) {
    if (const auto value = whole(key, least, most)) into = std::chrono::milliseconds(*value);
}

void section_reader::literal(std::string_view key, bytes& into) {
    std::string given;
    text(key, given);
    if (given.empty()) return;
    auto parsed = parse_literal(given);
    if (!parsed) return wrong(key);
    into = *std::move(parsed);
}

void section_reader::pattern(std::string_view key, command_template& into) {
    std::string given;
    text(key, given);
    if (given.empty()) return;
    auto parsed = parse_template(given);
    if (!parsed) return wrong(key);
    into = *std::move(parsed);
}

result<void> section_reader::done() {
    if (why_) return *why_;
    for (const auto& [key, node] : *from_) {
        if (!known_.contains(key.str())) return bad_description(source_, &node, path_ + std::string(key.str()));
    }
    return {};
}

} // namespace cipherlane::drivers
