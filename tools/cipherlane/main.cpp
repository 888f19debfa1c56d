#include "cipherlane/commands.hpp"
#include "cipherlane/tool_door.hpp"

#include <CLI/CLI.hpp>
#include <exception>
#include <iostream>

int main(int argc, char** argv) {
    CLI::App tool{"Cipherlane: cipher machines, payment QR displays, POS terminals, ISO 8583", "cipherlane"};
    tool.require_subcommand(1);
    cipherlane::cli::add_device_command(tool);
    cipherlane::cli::add_journal_command(tool);
    cipherlane::cli::add_kat_command(tool);
    cipherlane::cli::add_iso8583_command(tool);
    cipherlane::cli::add_hsm_command(tool);
    cipherlane::cli::add_keyblock_command(tool);
    cipherlane::cli::add_preflight_command(tool);
    cipherlane::cli::add_qr_command(tool);
    cipherlane::cli::add_till_command(tool);
    cipherlane::cli::add_tlv_command(tool);
    cipherlane::cli::add_wireshark_command(tool);
    try {
        tool.parse(argc, argv);
    } catch (const CLI::ParseError& ended) {
        const int code = tool.exit(ended);
        // A subcommand's own code, or help; anything else is a command line that cannot be read.
        const bool own = dynamic_cast<const CLI::RuntimeError*>(&ended) != nullptr || code == 0;
        return own ? code : static_cast<int>(cipherlane::cli::ending::wrong_use);
    } catch (const std::exception& why) {
        std::cerr << "cipherlane: " << why.what() << "\n";
        return 2;
    }
    return 0;
}
