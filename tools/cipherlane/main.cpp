#include "cipherlane/build_information.hpp"
#include "cipherlane/commands.hpp"
#include "cipherlane/tool_door.hpp"

#include <CLI/CLI.hpp>

int main(int argc, char** argv) {
    CLI::App tool{"Cipherlane: cipher machines, payment QR displays, POS terminals, ISO 8583", "cipherlane"};
    tool.require_subcommand(1);
    tool.set_version_flag("--version", [] { return cipherlane::cli::build_information(); });
    cipherlane::cli::add_device_command(tool);
    cipherlane::cli::add_gateway_command(tool);
    cipherlane::cli::add_journal_command(tool);
    cipherlane::cli::add_kat_command(tool);
    cipherlane::cli::add_iso8583_command(tool);
    cipherlane::cli::add_hsm_command(tool);
    cipherlane::cli::add_keyblock_command(tool);
    cipherlane::cli::add_monitor_command(tool);
    cipherlane::cli::add_preflight_command(tool);
    cipherlane::cli::add_qr_command(tool);
    cipherlane::cli::add_reconcile_command(tool);
    cipherlane::cli::add_rules_command(tool);
    cipherlane::cli::add_statement_command(tool);
    cipherlane::cli::add_till_command(tool);
    cipherlane::cli::add_tlv_command(tool);
    cipherlane::cli::add_wireshark_command(tool);
    cipherlane::cli::add_completion_command(tool);
    cipherlane::cli::add_man_command(tool);
    return cipherlane::cli::run_tool(tool, argc, argv);
}
