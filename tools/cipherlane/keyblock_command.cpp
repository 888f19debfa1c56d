#include "cipherlane/commands.hpp"
#include "cipherlane/key_input.hpp"
#include "cipherlane/people_input.hpp"
#include "cipherlane/tool_door.hpp"

#include <cipherlane/core/digits.hpp>
#include <cipherlane/core/hex.hpp>
#include <cipherlane/crypto/key_block.hpp>
#include <cipherlane/crypto/key_block_check.hpp>

#include <nlohmann/json.hpp>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <array>
#include <iomanip>
#include <iostream>
#include <optional>

namespace cipherlane::cli {
namespace {

using namespace cipherlane::crypto; // NOLINT(google-build-using-namespace): this file is about nothing else

/// The block itself, or the content of a file of that name, or standard input for "-".
std::string read_argument(const std::string& argument) {
    if (argument.empty()) return argument;
    auto taken = take_input(argument);
    if (!taken) throw tool_stop(taken.error(), {}, ending::wrong_use);
    auto text = *std::move(taken);
    constexpr std::string_view mark = "\xEF\xBB\xBF"; // of editors of Windows
    if (text.starts_with(mark)) text.erase(0, mark.size());
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

/// What stands in front of a key block where a payShield or its clients wrote it: the scheme tag.
std::string_view tag_of(std::string_view block) {
    if (block.size() < 2) return {};
    const bool thales = block[0] == 'S' && (block[1] == '0' || block[1] == '1');
    const bool tr31 = block[0] == 'R' && block[1] >= 'A' && block[1] <= 'E';
    return thales || tr31 ? block.substr(0, 1) : std::string_view();
}

bool is_blank(char c) {
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/// In quotation marks, or as hex of its characters, as programs and databases keep it.
std::string unwrapped(std::string text) {
    while (text.size() > 1 && (text.front() == '"' || text.front() == '\'') && text.back() == text.front())
        text = text.substr(1, text.size() - 2);
    constexpr std::size_t header = 16;
    const auto inner = text.size() >= 2 * header ? from_hex(text) : result<bytes>(bytes{});
    if (!inner || inner->size() < header) return text;
    const auto block = as_text(*inner);
    const bool letters = std::all_of(block.begin(), block.end(), [](char c) { return c >= ' ' && c <= '~'; });
    if (!letters || !key_block_header::parse(block.substr(tag_of(block).size()))) return text;
    std::cerr << "cipherlane keyblock inspect: NOTE: these are the characters of a block in hex\n";
    return std::string(block);
}

/// As mails and forms carry it: small letters, blanks between groups. The capitals and the announced length decide.
std::string mended(std::string text) {
    text = unwrapped(std::move(text));
    const auto is_small = [](char c) { return c >= 'a' && c <= 'z'; };
    const auto is_capital = [](char c) { return c >= 'A' && c <= 'Z'; };
    if (std::any_of(text.begin(), text.end(), is_small) && std::none_of(text.begin(), text.end(), is_capital)) {
        std::transform(text.begin(), text.end(), text.begin(),
            [&](char c) { return is_small(c) ? static_cast<char>(c - 'a' + 'A') : c; });
        std::cerr << "cipherlane keyblock inspect: NOTE: small letters are read as capitals\n";
    }
    auto joined = text;
    std::erase_if(joined, is_blank);
    if (joined == text) return text;
    const auto tag = tag_of(joined).size();
    const auto size = std::to_string(joined.size() - std::min(tag, joined.size()));
    const bool fits = size.size() <= 4 && joined.size() > tag + 5 &&
                      joined.substr(tag + 1, 4) == std::string(4 - size.size(), '0') + size;
    if (!fits) return text;
    std::cerr << "cipherlane keyblock inspect: NOTE: blanks between the characters are left out\n";
    return joined;
}

/// What a text is that has no header at all.
std::string_view words_of_no_block(std::string_view text) {
    constexpr std::size_t atalla_header = 8;
    if (text.empty()) return "found nothing at all; expected a key block, as an argument or on standard input";
    const auto scheme = text.substr(0, 1);
    const auto digits = text.substr(std::string_view("UTXYS").find(scheme) == std::string_view::npos ? 0 : 1);
    const bool hex = !digits.empty() && digits.find_first_not_of("0123456789ABCDEFabcdef") == std::string_view::npos;
    const bool key =
        hex && (digits.size() == 16 || digits.size() == 32 || digits.size() == 48 || digits.size() == 64);
    if (key && digits.size() != text.size())
        return "U, T, X, Y or S and digits are a key under a variant local master key, which has no header";
    if (key) return "digits alone are a key in clear or under a variant local master key, which has no header";
    if (text.starts_with("-----BEGIN") || text.starts_with("MII") || text.starts_with("3082"))
        return "this is a certificate or a key in DER or PEM, no key block: `openssl asn1parse` shows it";
    if (text.starts_with('1') && text.find(',') == atalla_header)
        return "this is an Atalla key block (eight characters of header, cryptogram and MAC with commas between), of "
               "which nothing is known here";
    return "a key block begins with A to E (TR-31, X9.143, ISO 20038) or 0, 1 (Thales), perhaps with R or S in front";
}

/// Whether a text is as many hex digits as a key has, and begins as a block does by chance alone.
bool is_bare_key(std::string_view text) {
    constexpr std::array<std::size_t, 4> sizes{16, 32, 48, 64};
    if (std::find(sizes.begin(), sizes.end(), text.size()) == sizes.end()) return false;
    if (text.find_first_not_of("0123456789ABCDEFabcdef") != std::string_view::npos) return false;
    return text.substr(1, 4) != "00" + std::to_string(text.size());
}

/// What was found and expected where the shape of a block is wrong.
std::string words_of_shape(const key_block_header& header, std::string_view block, const error& why) {
    const auto unit = key_block_unit(header.version());
    const auto mac = 2 * key_block_mac_size(header.version());
    if (why.field() == "length" && header.block_length() != block.size()) {
        return "found " + std::to_string(block.size()) + " characters, the header announces " +
               std::to_string(header.block_length());
    }
    if (why.field() == "length") return "found a length that is no multiple of " + std::to_string(unit);
    const auto inside = block.size() - std::min(block.size(), header.text().size() + mac);
    if (why.field() == "cryptogram" && (inside % (2 * unit) != 0 || inside < 2 * unit)) {
        return "found " + std::to_string(inside) + " digits between header and MAC, expected a multiple of " +
               std::to_string(2 * unit);
    }
    return why.field() == "cryptogram" || why.field() == "MAC" ? "expected hex digits" : "";
}

std::string_view words_of_tag(std::string_view tag) {
    return tag == "S" ? "scheme tag in front: a key block of Thales' own" : "scheme tag in front: a TR-31 key block";
}

/// A header of which something cannot be read, as far as it goes: the text with as many optional blocks as are whole,
/// and how many it announces. Nothing where its first sixteen characters are none.
struct readable_part {
    std::string text;
    std::string announced;
};
std::optional<readable_part> readable_part_of(const std::string& block) {
    constexpr std::size_t count_at = 12;
    if (block.size() < key_block_header::fixed_size) return {};
    readable_part made{block, block.substr(count_at, 2)};
    const auto announced = all_digits(made.announced)
                               ? static_cast<std::size_t>((made.announced[0] - '0') * 10 + made.announced[1] - '0')
                               : std::size_t{0};
    for (auto count = announced + 1; count-- > 0;) {
        made.text[count_at] = static_cast<char>('0' + count / 10 % 10);
        made.text[count_at + 1] = static_cast<char>('0' + count % 10);
        if (key_block_header::parse(made.text)) return made;
    }
    return {};
}

void print_header(const key_block_header& header, std::size_t size, std::string_view announced = {}) {
    const auto text = header.text();
    const bool thales = is_thales_block(header.version());
    print_line(0, "version", text.substr(0, 1), describe_key_block_version(header.version()));
    const bool whole = header.block_length() == size;
    print_line(
        1, "length", text.substr(1, 4), whole ? "characters" : "characters, but " + std::to_string(size) + " here");
    print_line(5, "usage", header.usage(), or_unknown(describe_key_usage(header.usage(), header.version())));
    print_line(7, "algorithm", text.substr(7, 1), or_unknown(describe_key_algorithm(header.algorithm())));
    print_line(8, "mode of use", text.substr(8, 1), or_unknown(describe_mode_of_use(header.mode_of_use())));
    const bool component = header.key_version()[0] == 'c';
    const bool unused = header.key_version() == "00";
    print_line(9, "key version", header.key_version(),
        component ? "number of a component"
        : unused  ? "not used"
                  : "");
    print_line(11, "exportability", text.substr(11, 1), or_unknown(describe_exportability(header.exportability())));
    print_line(12, "optional blocks", announced.empty() ? text.substr(12, 2) : announced, "");
    print_line(14, thales ? "LMK" : "reserved", header.reserved(), thales ? "number of the local master key" : "");
    for (const auto& option : header) {
        std::cout << std::setw(4) << option.offset << "  " << option.id << " "
                  << or_unknown(describe_key_block_option(option.id, header.version())) << ", " << option.size
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
result<std::string> key_words(key_block_version version, const std::string& block, const secret_bytes& protection) {
    CIPHERLANE_TRY(auto protector, protector_of(version, protection));
    secret_bytes clear(block.size() / 2);
    CIPHERLANE_TRY(const auto opened, protector.unwrap(block, clear.expose()));
    const auto key = std::as_const(clear).expose().first(opened.key_size);
    std::string words = std::to_string(key.size()) + " bytes, MAC right";
    const char letter = opened.header.algorithm();
    const auto des = key.size() == 8 ? algorithm::des : algorithm::tdes;
    if (letter == 'A' || letter == 'D' || letter == 'T') {
        const bool aes = letter == 'A';
        CIPHERLANE_TRY(const bytes value, key_check_value(aes ? algorithm::aes : des, key,
                                              aes ? kcv_method::cmac : kcv_method::legacy, aes ? 5 : 3));
        words.append(", check value ").append(to_hex(value)).append(aes ? " (CMAC)" : " (zeros)");
    }
    return words;
}

struct options {
    std::string block;
    std::string protection;
    bool json = false;
};

/// The header by name, each value with its meaning.
nlohmann::ordered_json to_json(const key_block_header& header, std::string_view tag) {
    nlohmann::ordered_json made;
    const auto text = header.text();
    const auto add = [&](const char* name, std::string_view value, std::string_view words) {
        made[name]["value"] = value;
        made[name]["meaning"] = or_unknown(words);
    };
    if (!tag.empty()) add("tag", tag, words_of_tag(tag));
    add("version", text.substr(0, 1), describe_key_block_version(header.version()));
    made["length"] = header.block_length();
    add("usage", header.usage(), describe_key_usage(header.usage(), header.version()));
    add("algorithm", text.substr(7, 1), describe_key_algorithm(header.algorithm()));
    add("mode_of_use", text.substr(8, 1), describe_mode_of_use(header.mode_of_use()));
    made["key_version"] = header.key_version();
    add("exportability", text.substr(11, 1), describe_exportability(header.exportability()));
    made[is_thales_block(header.version()) ? "lmk" : "reserved"] = header.reserved();
    made["optional_blocks"] = nlohmann::ordered_json::array();
    for (const auto& option : header) {
        made["optional_blocks"].push_back({{"id", option.id}, {"offset", option.offset}, {"data", option.data},
            {"meaning", or_unknown(describe_key_block_option(option.id, header.version()))}});
    }
    return made;
}

/// The one document of a script.
void finish(nlohmann::ordered_json& made, ending how) {
    made["exit"] = static_cast<int>(how);
    std::cout << made.dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace) << "\n" << std::flush;
    if (how != ending::done) throw CLI::RuntimeError(static_cast<int>(how));
}

/// Ends the subcommand with what can be read of a header, and the fault.
[[noreturn]] void tell_part(
    const readable_part& part, std::string_view tag, std::size_t size, const error& why, const options& chosen) {
    const auto header = key_block_header::parse(part.text).value();
    const auto advice = part.announced + " optional blocks announced, " + std::to_string(header.option_count()) +
                        (header.option_count() == 1 ? " is whole" : " are whole");
    if (chosen.json) {
        auto made = to_json(header, tag);
        made["error"] = cli::to_json(why);
        made["error"]["advice"] = advice;
        finish(made, ending::difference);
    }
    if (!tag.empty()) std::cout << "      " << tag << "  " << words_of_tag(tag) << "\n";
    print_header(header, size, part.announced);
    std::cout << std::flush;
    throw tool_stop(why, advice, ending::difference);
}

/// Whether all is well with the block.
void inspect(const options& chosen) {
    // The key first: where both come from standard input it is the first line.
    secret_bytes protection;
    if (!chosen.protection.empty()) protection = read_key("keyblock inspect", "--kbpk", chosen.protection);
    const std::string given = mended(read_argument(chosen.block));
    // Pieces of a key in clear are not shown as a header's.
    if (is_bare_key(given)) throw tool_complaint(ending::wrong_use, std::string(words_of_no_block(given)));
    const auto tag = tag_of(given);
    const auto block = given.substr(tag.size());
    const auto header = key_block_header::parse(block);
    if (!header) {
        if (const auto part = readable_part_of(block)) tell_part(*part, tag, block.size(), header.error(), chosen);
        throw tool_stop(header.error(), std::string(words_of_no_block(given)), ending::wrong_use);
    }
    const bool as_text = !chosen.json;
    if (as_text) {
        if (!tag.empty()) std::cout << "      " << tag << "  " << words_of_tag(tag) << "\n";
        print_header(*header, block.size());
        print_body(*header, block.size());
    }
    auto made = to_json(*header, tag);
    const auto findings = check_key_block_header(*header);
    for (const auto& finding : findings) {
        if (as_text) std::cout << "! " << finding.field << " at " << finding.offset << ": " << finding.text << "\n";
        made["findings"].push_back({{"field", finding.field}, {"offset", finding.offset}, {"text", finding.text}});
    }
    // One document, whatever is found.
    const auto end_by = [&](const error& why, const std::string& advice) {
        if (as_text) throw tool_stop(why, advice, ending::difference);
        made["error"] = cli::to_json(why);
        if (!advice.empty()) made["error"]["advice"] = advice;
        finish(made, ending::difference);
    };
    std::cout << std::flush;
    if (const auto whole = check_key_block_shape(block); !whole)
        return end_by(whole.error(), words_of_shape(*header, block, whole.error()));
    if (!chosen.protection.empty()) {
        const auto words = key_words(header->version(), block, protection);
        if (!words) return end_by(words.error(), {});
        if (as_text) std::cout << "key: " << *words << "\n";
        made["key"] = *words;
    }
    // A deprecated version is no fault of this block.
    const bool wrong = std::any_of(findings.begin(), findings.end(),
        [](const key_block_finding& each) { return each.field != "version" && each.field != "reserved"; });
    const auto ends = wrong ? ending::difference : ending::done;
    if (!as_text) return finish(made, ends);
    if (wrong) throw CLI::RuntimeError(static_cast<int>(ends));
}

} // namespace

void add_keyblock_command(CLI::App& tool) {
    auto chosen = std::make_shared<options>();
    auto* group = tool.add_subcommand("keyblock", "Key blocks of TR-31, X9.143 and Thales");
    group->require_subcommand(1);
    auto* command = group->add_subcommand("inspect", "The header in words, optional blocks, what is wrong and where");
    command->add_option("block", chosen->block, "The key block, or a file of it; - for stdin")->required();
    command->add_option("--kbpk", chosen->protection,
        "Protection key: checks the MAC and prints the key's check value, never the key. " + std::string(key_forms));
    command->add_flag("--json", chosen->json, "For scripts");
    command->callback([chosen] { inspect(*chosen); });
}

} // namespace cipherlane::cli
