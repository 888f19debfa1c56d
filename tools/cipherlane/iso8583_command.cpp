#include "cipherlane/commands.hpp"
#include "cipherlane/iso8583_json.hpp"
#include "cipherlane/key_input.hpp"
#include "cipherlane/tlv_print.hpp"

#include <cipherlane/core/hex.hpp>
#include <cipherlane/crypto/unionpay_mac.hpp>
#include <cipherlane/iso8583/codec.hpp>
#include <cipherlane/iso8583/describe.hpp>
#include <cipherlane/iso8583/dialect_file.hpp>
#include <cipherlane/iso8583/iso_dialects.hpp>

#include <CLI/CLI.hpp>
#include <iostream>
#include <iterator>
#include <optional>

namespace cipherlane::cli {
namespace {

struct options {
    std::string dialect;
    std::string input;
    bool unmasked = false;
    std::string test_key;
    std::string cipher;
};

[[noreturn]] void fail_with(const std::string& why) {
    std::cerr << "cipherlane: " << why << "\n";
    throw CLI::RuntimeError(1);
}

template <class T>
T value_or_fail(result<T> from) {
    if (!from) fail_with(from.error().to_string());
    return *std::move(from);
}

/// A built-in dialect, or one from a file, which lives until the program ends.
const iso8583::dialect& dialect_named(const std::string& name) {
    if (name.ends_with(".toml")) {
        static std::optional<iso8583::loaded_dialect> loaded;
        loaded = value_or_fail(iso8583::loaded_dialect::load(name));
        return loaded->table();
    }
    if (const auto* found = iso8583::find_dialect(name)) return *found;
    std::string all;
    for (const auto* one : iso8583::built_in_dialects())
        all.append(" ").append(one->name);
    fail_with("no dialect " + name + "; there are" + all + ", or a file that ends in .toml");
}

std::string input_text(const options& chosen) {
    if (!chosen.input.empty() && chosen.input != "-") return chosen.input;
    return {std::istreambuf_iterator<char>(std::cin), std::istreambuf_iterator<char>()};
}

bytes input_bytes(const options& chosen) {
    auto digits = input_text(chosen);
    std::erase_if(digits, [](char c) { return c == ' ' || c == '\n' || c == '\r' || c == '\t'; });
    return value_or_fail(from_hex(digits));
}

void run_decode(const options& chosen) {
    const auto& format = dialect_named(chosen.dialect);
    const auto input = input_bytes(chosen);
    std::cout << to_json(value_or_fail(iso8583::decode(format, input))).dump() << "\n";
}

void run_encode(const options& chosen) {
    const auto& format = dialect_named(chosen.dialect);
    const auto input = nlohmann::json::parse(input_text(chosen), nullptr, false);
    if (input.is_discarded()) fail_with("the input is no JSON");
    const auto what = value_or_fail(from_json(format, input));
    std::cout << to_hex(value_or_fail(iso8583::encode(format, what))) << "\n";
}

void step(std::string_view name, const std::string& value) {
    std::cout << "       " << name << std::string(name.size() < 30 ? 30 - name.size() : 1, ' ') << value << "\n";
}

/// Which block cipher the MAC uses: as asked, else SM4 where field 53 says so, else by the key's length.
crypto::algorithm mac_cipher(const options& chosen, const iso8583::message_view& what, std::size_t key_size) {
    if (chosen.cipher == "sm4") return crypto::algorithm::sm4;
    if (chosen.cipher == "des") return crypto::algorithm::des;
    if (chosen.cipher == "tdes") return crypto::algorithm::tdes;
    const auto control = what.value(53);
    if (control.size() > 1 && control[1] == '3') return crypto::algorithm::sm4;
    return key_size == 8 ? crypto::algorithm::des : crypto::algorithm::tdes;
}

void explain_mac(const options& chosen, const secret_bytes& material, const iso8583::message_view& what) {
    if (what.mac().empty()) {
        std::cout << "no MAC field\n";
        return;
    }
    const auto cipher = mac_cipher(chosen, what, material.size());
    auto key = value_or_fail(crypto::mac_key::create(cipher, material.expose(), crypto::legacy_policy));
    const auto steps = value_or_fail(crypto::explain_unionpay_mac(key, what.mac_range()));
    const auto block = steps.block;
    std::cout << "MAC under a TEST KEY, " << to_string(cipher) << "\n";
    // The range holds PAN and track in clear.
    step("range: message type to 63",
        chosen.unmasked ? to_hex(what.mac_range()) : std::to_string(what.mac_range().size()) + " bytes");
    step("XOR of its blocks", to_hex(steps.text.folded()));
    step("as hex text", std::string(as_text(steps.text.text())));
    step("first half encrypted", to_hex(byte_view(steps.first).first(block)));
    step("XOR second half, encrypted", to_hex(byte_view(steps.last).first(block)));
    step("field 64 as 8 hex characters", to_hex(steps.ascii8) + "  (ascii8)");
    step("field 64 as 8 bytes", to_hex(steps.raw8) + "  (raw8)");
    const auto carried = to_hex(what.mac());
    const bool ascii = carried == to_hex(steps.ascii8);
    const bool raw = carried == to_hex(steps.raw8);
    step("field 64 carried", carried + (ascii ? "  right (ascii8)" : raw ? "  right (raw8)" : "  WRONG"));
}

/// Field 55 again, with what its bits mean; a fault inside has been told with the fields.
void explain_chip_data(const options& chosen, const iso8583::message_view& what) {
    constexpr int field = 55;
    if (!what.has(field) || what.format().field(field).kind != iso8583::kind::binary) return;
    const auto data = what.value(field);
    if (!emv::check_tlv(as_bytes(data))) return;
    std::cout << "chip data in words\n";
    emv::tlv_reader reader(as_bytes(data));
    print_tlv(std::cout, reader, chosen.unmasked ? showing::clear : showing::masked);
}

void run_explain(const options& chosen) {
    const auto& format = dialect_named(chosen.dialect);
    // The key first: where both come from standard input it is the first line.
    secret_bytes material;
    if (!chosen.test_key.empty()) material = read_key("iso8583 explain", "--test-key", chosen.test_key);
    const auto input = input_bytes(chosen);
    const auto read = iso8583::decode_partly(format, input);
    std::cout << format.name << ", " << input.size() << " bytes\n"
              << describe(read, chosen.unmasked ? iso8583::reveal::whole : iso8583::reveal::masked);
    if (read.failure) {
        std::cout.flush();
        fail_with(read.failure->to_string());
    }
    explain_chip_data(chosen, read.view);
    if (!chosen.test_key.empty()) explain_mac(chosen, material, read.view);
}

CLI::App* add_action(CLI::App& to, const std::string& name, const std::string& about,
    const std::shared_ptr<options>& chosen, const std::string& input, void (*run)(const options&)) {
    auto* action = to.add_subcommand(name, about);
    action->add_option("--dialect", chosen->dialect, "Message format: a built-in name or FILE.toml")
        ->default_val("cup-pos");
    action->add_option("input", chosen->input, input + "; standard input if left out");
    action->callback([chosen, run] { run(*chosen); });
    return action;
}

} // namespace

void add_iso8583_command(CLI::App& tool) {
    auto chosen = std::make_shared<options>();
    auto* command = tool.add_subcommand("iso8583", "ISO 8583 messages: hex to JSON and back, field by field");
    command->require_subcommand(1);
    add_action(*command, "decode", "A message with its length, in hex, to JSON with whole values", chosen,
        "Message in hex", run_decode);
    add_action(*command, "encode", "JSON, as decode writes it, to a message in hex", chosen, "JSON", run_encode);
    auto* explain = add_action(*command, "explain", "A message field by field, masked; with a test key, its MAC",
        chosen, "Message in hex", run_explain);
    explain->add_flag("--unmasked", chosen->unmasked, "Show PAN, tracks and PIN block: test data only");
    explain->add_option("--test-key", chosen->test_key,
        "MAC key, to show each step of the MAC: test keys only. " + std::string(key_forms));
    explain->add_option("--cipher", chosen->cipher, "Of the MAC; by default from field 53 and the key's length")
        ->check(CLI::IsMember({"des", "tdes", "sm4"}));
}

} // namespace cipherlane::cli
