#include "provider.hpp"

#include <cipherlane/crypto/key_block_check.hpp>
#include <cipherlane/crypto/key_block_header_builder.hpp>

#include <array>
#include <cstdio>

namespace cipherlane::crypto {
namespace {

constexpr std::size_t short_head = 4;     // identifier, length
constexpr std::size_t extended_head = 10; // identifier, 00, 04, length
constexpr std::size_t longest_short = 0xFF;
constexpr std::size_t most_characters = 9999;
constexpr std::size_t most_options = 99;

error refused(std::string_view field, std::size_t offset) noexcept {
    return crypto_error(crypto_errc::bad_key_block, "key block header").in_field(field).at_offset(offset);
}

std::string number(const char* form, std::size_t value) {
    std::array<char, 24> text{};
    std::snprintf(text.data(), text.size(), form, value);
    return text.data();
}

void append_option(std::string& to, std::string_view id, std::string_view data) {
    const std::size_t size = short_head + data.size();
    to.append(id);
    if (size <= longest_short) {
        to.append(number("%02zX", size));
    } else {
        to.append("0004").append(number("%04zX", extended_head + data.size()));
    }
    to.append(data);
}

/// Faults of a finished header; a version that is on its way out and reserved characters in use are none.
result<void> judge(const std::string& text) {
    CIPHERLANE_TRY(const auto header, key_block_header::parse(text));
    if (header.text().size() != text.size()) return refused("header", header.text().size());
    for (const auto& finding : check_key_block_header(header)) {
        if (finding.field != "version" && finding.field != "reserved") return refused(finding.field, finding.offset);
    }
    return {};
}

} // namespace

key_block_header_builder::key_block_header_builder(std::string_view usage, char algorithm, char mode_of_use)
    : usage_(usage)
    , algorithm_(algorithm)
    , mode_of_use_(mode_of_use) {}

key_block_header_builder::key_block_header_builder(const key_block_header& header)
    : key_block_header_builder(header.usage(), header.algorithm(), header.mode_of_use()) {
    key_version_ = header.key_version();
    exportability_ = header.exportability();
    reserved_ = header.reserved();
    for (const auto& read : header) {
        if (read.id != "PB") add_option(read.id, read.data);
    }
}

key_block_header_builder& key_block_header_builder::set_key_version(std::string_view two_characters) {
    key_version_ = two_characters;
    return *this;
}
key_block_header_builder& key_block_header_builder::set_exportability(char code) {
    exportability_ = code;
    return *this;
}
key_block_header_builder& key_block_header_builder::set_reserved(std::string_view two_characters) {
    reserved_ = two_characters;
    return *this;
}
key_block_header_builder& key_block_header_builder::add_option(std::string_view id, std::string_view data) {
    options_.push_back({std::string(id), std::string(data)});
    return *this;
}

result<std::string> key_block_header_builder::build(key_block_version version, std::size_t payload) const {
    if (usage_.size() != 2) return refused("usage", 5);
    if (key_version_.size() != 2) return refused("key version", 9);
    if (reserved_.size() != 2) return refused("reserved", 14);
    const std::size_t unit = key_block_unit(version);
    std::string optional_blocks;
    std::size_t count = options_.size();
    for (const auto& each : options_) {
        if (each.id.size() != 2 || each.data.size() > most_characters) {
            return refused("optional block", key_block_header::fixed_size + optional_blocks.size());
        }
        append_option(optional_blocks, each.id, each.data);
    }
    if (optional_blocks.size() % unit != 0) {
        std::size_t room = unit - optional_blocks.size() % unit;
        if (room < short_head) room += unit;
        append_option(optional_blocks, "PB", std::string(room - short_head, '0'));
        ++count;
    }
    if (count > most_options) return refused("number of optional blocks", 12);
    const std::size_t length = key_block_header::fixed_size + optional_blocks.size() + payload;
    if (length > most_characters) return refused("length", 1);
    std::string text(1, static_cast<char>(version));
    text.append(number("%04zu", length)).append(usage_).append(1, algorithm_).append(1, mode_of_use_);
    text.append(key_version_).append(1, exportability_).append(number("%02zu", count)).append(reserved_);
    text.append(optional_blocks);
    CIPHERLANE_CHECK(judge(text));
    return text;
}

} // namespace cipherlane::crypto
