#include "cipherlane/commands.hpp"
#include "cipherlane/key_input.hpp"

#include <cipherlane/core/hex.hpp>
#include <cipherlane/crypto/key_block.hpp>
#include <cipherlane/crypto/key_block_check.hpp>

#include <CLI/CLI.hpp>
#include <iomanip>
#include <iostream>
#include <iterator>

namespace cipherlane::cli {
namespace {

using namespace cipherlane::crypto; // NOLINT(google-build-using-namespace): this file is about nothing else

std::string read_argument(const std::string& argument) {
    if (argument != "-") return argument;
    std::string text(std::istreambuf_iterator<char>(std::cin), {});
    while (!text.empty() && (text.back() == '\n' || text.back() == '\r'))
        text.pop_back();
    return text;
}

void print_line(std::size_t offset, std::string_view name, std::string_view value, std::string_view words) {
    std::cout << std::setw(4) << offset << "  " << std::left << std::setw(16) << name << std::right << value;
    if (!words.empty()) std::cout << "  " << words;
    std::cout << "\n";
}

std::string_view or_unknown(std::string_view words) {
    return words.empty() ? std::string_view("(unknown)") : words;
}

void print_header(const key_block_header& header, std::size_t size) {
    const auto text = header.text();
    print_line(0, "version", text.substr(0, 1), describe_key_block_version(header.version()));
    const bool whole = header.block_length() == size;
    print_line(
        1, "length", text.substr(1, 4), whole ? "characters" : "characters, but " + std::to_string(size) + " here");
    print_line(5, "usage", header.usage(), or_unknown(describe_key_usage(header.usage())));
    print_line(7, "algorithm", text.substr(7, 1), or_unknown(describe_key_algorithm(header.algorithm())));
    print_line(8, "mode of use", text.substr(8, 1), or_unknown(describe_mode_of_use(header.mode_of_use())));
    const bool component = header.key_version()[0] == 'c';
    const bool unused = header.key_version() == "00";
    print_line(9, "key version", header.key_version(),
        component ? "number of a component"
        : unused  ? "not used"
                  : "");
    print_line(11, "exportability", text.substr(11, 1), or_unknown(describe_exportability(header.exportability())));
    print_line(12, "optional blocks", text.substr(12, 2), "");
    print_line(14, "reserved", header.reserved(), "");
    for (const auto& option : header) {
        std::cout << std::setw(4) << option.offset << "  " << option.id << " "
                  << or_unknown(describe_key_block_option(option.id)) << ", " << option.size
                  << " characters: " << option.data << "\n";
    }
}

void print_body(const key_block_header& header, std::size_t size) {
    const std::size_t mac = 2 * key_block_mac_size(header.version());
    const std::size_t begin = header.text().size();
    if (size < begin + mac) return;
    print_line(begin, "cryptogram", std::to_string((size - begin - mac) / 2), "bytes");
    print_line(size - mac, "MAC", std::to_string(mac / 2), "bytes");
}

result<key_block_protector> protector_of(key_block_version version, const secret_bytes& material) {
    const bool aes = version == key_block_version::d;
    const auto des = material.size() == 8 ? algorithm::des : algorithm::tdes;
    CIPHERLANE_TRY(const auto protection,
        key_block_protection_key::create(aes ? algorithm::aes : des, material.expose(), legacy_policy));
    return key_block_protector::create(protection, version);
}

/// Says what the key is without showing it.
result<void> print_key(key_block_version version, const std::string& block, const secret_bytes& protection) {
    CIPHERLANE_TRY(auto protector, protector_of(version, protection));
    secret_bytes clear(block.size() / 2);
    CIPHERLANE_TRY(const auto opened, protector.unwrap(block, clear.expose()));
    const auto key = std::as_const(clear).expose().first(opened.key_size);
    std::cout << "key: " << key.size() << " bytes, MAC right";
    const char letter = opened.header.algorithm();
    const auto des = key.size() == 8 ? algorithm::des : algorithm::tdes;
    if (letter == 'A' || letter == 'D' || letter == 'T') {
        const bool aes = letter == 'A';
        CIPHERLANE_TRY(const bytes value, key_check_value(aes ? algorithm::aes : des, key,
                                              aes ? kcv_method::cmac : kcv_method::legacy, aes ? 5 : 3));
        std::cout << ", check value " << to_hex(value) << (aes ? " (CMAC)" : " (zeros)");
    }
    std::cout << "\n";
    return {};
}

struct options {
    std::string block;
    std::string protection;
};

/// Whether all is well with the block.
result<void> inspect(const options& chosen) {
    // The key first: where both come from standard input it is the first line.
    secret_bytes protection;
    if (!chosen.protection.empty()) protection = read_key("keyblock inspect", "--kbpk", chosen.protection);
    const std::string block = read_argument(chosen.block);
    CIPHERLANE_TRY(const auto header, key_block_header::parse(block));
    print_header(header, block.size());
    print_body(header, block.size());
    for (const auto& finding : check_key_block_header(header)) {
        std::cout << "! " << finding.field << " at " << finding.offset << ": " << finding.text << "\n";
    }
    CIPHERLANE_CHECK(check_key_block_shape(block));
    if (chosen.protection.empty()) return {};
    return print_key(header.version(), block, protection);
}

} // namespace

void add_keyblock_command(CLI::App& tool) {
    auto chosen = std::make_shared<options>();
    auto* group = tool.add_subcommand("keyblock", "Key blocks of TR-31 and X9.143");
    group->require_subcommand(1);
    auto* command = group->add_subcommand("inspect", "The header in words, optional blocks, what is wrong and where");
    command->add_option("block", chosen->block, "The key block; - for stdin")->required();
    command->add_option("--kbpk", chosen->protection,
        "Protection key: checks the MAC and prints the key's check value, never the key. " + std::string(key_forms));
    command->callback([chosen] {
        if (const auto done = inspect(*chosen); !done) {
            std::cout << std::flush;
            std::cerr << "error: " << done.error() << "\n";
            throw CLI::RuntimeError(1);
        }
    });
}

} // namespace cipherlane::cli
