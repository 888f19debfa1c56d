#pragma once

namespace CLI {
class App;
}

namespace cipherlane::cli {

/// Each adds one subcommand to the tool; its callback throws what `run_tool` tells, or `CLI::RuntimeError(code)` to
/// end with an exit code.
void add_completion_command(CLI::App& tool); ///< last: it shows what was added before
void add_device_command(CLI::App& tool);
void add_gateway_command(CLI::App& tool);
void add_journal_command(CLI::App& tool);
void add_kat_command(CLI::App& tool);
void add_hsm_command(CLI::App& tool);
void add_hsm_ceremony_command(CLI::App& hsm); ///< under `hsm`
void add_iso8583_command(CLI::App& tool);
void add_keyblock_command(CLI::App& tool);
void add_man_command(CLI::App& tool); ///< last, as completion
void add_monitor_command(CLI::App& tool);
void add_preflight_command(CLI::App& tool);
void add_qr_command(CLI::App& tool);
void add_reconcile_command(CLI::App& tool);
void add_rules_command(CLI::App& tool);
void add_statement_command(CLI::App& tool);
void add_till_command(CLI::App& tool);
void add_till_serve_command(CLI::App& till); ///< under `till`
void add_tlv_command(CLI::App& tool);
void add_wireshark_command(CLI::App& tool);

} // namespace cipherlane::cli
