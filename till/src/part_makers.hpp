#pragma once

#include <cipherlane/core/logger.hpp>
#include <cipherlane/hostlink/certification_trace.hpp>
#include <cipherlane/hostlink/tcp_host.hpp>
#include <cipherlane/hsm/client.hpp>
#include <cipherlane/net/tls.hpp>
#include <cipherlane/ports/clock.hpp>
#include <cipherlane/ports/display.hpp>
#include <cipherlane/ports/pinpad.hpp>
#include <cipherlane/ports/printer.hpp>
#include <cipherlane/ports/risk_judge.hpp>
#include <cipherlane/ports/scanner.hpp>
#include <cipherlane/ports/sealer.hpp>
#include <cipherlane/ports/terminal.hpp>
#include <cipherlane/store/journal.hpp>
#include <cipherlane/till/till_settings.hpp>

#include <boost/asio/any_io_executor.hpp>

#include <functional>
#include <memory>
#include <string_view>

namespace cipherlane::drivers {
struct speaker_outbox;
}

namespace cipherlane::assembly {

/// Each makes one part from its settings. Errors name the setting where one is at fault.

/// Null where TLS is not wanted. `table` is that of the settings, for errors.
[[nodiscard]] result<std::shared_ptr<net::tls_client>> make_tls(
    const till_tls_files& wanted, bool on, std::string_view table, const logger& log);
/// Whether the journal's key lies in the journal's own folder, where it protects little.
[[nodiscard]] bool share_a_folder(const till_settings::journal_place& place);
/// Whether there is nothing of a journal yet: no file, no key, no mark.
[[nodiscard]] bool is_first_start(const till_settings::journal_place& place);
/// Where there is no key: whether shared books may be begun with a new one.
/// @return `till_errc::no_file` where another till has begun them, whose key they want.
[[nodiscard]] result<void> check_not_begun(const till_settings::journal_place& place, const call& bounds);
/// Why a journal is opened.
enum class journal_wish : std::uint8_t {
    work,  ///< for a till: begun where nothing of one is there, and the settings allow it
    begin, ///< because somebody said so, with the key that is there or a new one
    adopt, ///< because somebody has decided that this is the journal from now on
};
[[nodiscard]] result<std::unique_ptr<store::journal>> make_journal(
    const till_settings& all, journal_wish wish, const ports::clock& clock, const call& bounds, const logger& log);
[[nodiscard]] result<std::unique_ptr<hostlink::tcp_host>> make_host(
    const till_settings::host_place& place, std::string_view table, const logger& log);
[[nodiscard]] result<std::shared_ptr<hostlink::certification_trace>> make_trace(
    const till_settings::trace_place& place, const ports::clock& clock, const logger& log);
/// Whom the settings name to judge risk.
[[nodiscard]] result<std::unique_ptr<ports::risk_judge>> make_risk(
    const till_settings::risk_place& place, const logger& log);
/// How the sealer's cipher machine is reached.
[[nodiscard]] result<hsm::client_settings> make_unit(const till_settings::sealer_place& place, const logger& log);
[[nodiscard]] result<std::unique_ptr<ports::sealer>> make_sealer(
    const till_settings& all, const till_settings::terminal& of, const logger& log);
/// What is wrong with a PIN pad that is to be the sealer, and makes no MACs.
[[nodiscard]] error makes_no_macs();
/// Whether a pad of these settings makes MACs, without opening it. @return `makes_no_macs`, or what is wrong with its
/// description.
[[nodiscard]] result<void> check_makes_macs(const till_settings::pinpad_place& place);
/// Opens a PIN pad by its driver's name.
[[nodiscard]] result<std::unique_ptr<ports::pinpad>> open_pinpad(
    boost::asio::any_io_executor on, const till_settings::pinpad_place& place, const call& bounds);
/// A payment terminal by its driver's name; it is reached when it is first needed. It prints its receipts itself
/// where nobody takes their lines.
[[nodiscard]] result<std::unique_ptr<ports::terminal>> make_card_terminal(boost::asio::any_io_executor on,
    const till_settings::card_terminal_place& place, const currency& unit,
    std::function<void(const ports::terminal_line&)> receipt_line, const logger& log);
/// The way of a terminal to its host.
[[nodiscard]] result<std::unique_ptr<ports::terminal_network>> make_terminal_relay(
    const till_settings::host_place& place, const logger& log);
/// What is wrong with the setting of such a way where the terminal takes none.
[[nodiscard]] error has_own_line();
/// Opens a display by its family's name. `outbox`: of all links to a speaker, one after the other.
[[nodiscard]] result<std::unique_ptr<ports::display>> open_display(boost::asio::any_io_executor on,
    const till_settings::display_place& place, const call& bounds,
    std::shared_ptr<drivers::speaker_outbox> outbox = {});

/// Opens a scanner by its driver's name.
[[nodiscard]] result<std::unique_ptr<ports::scanner>> open_scanner(
    boost::asio::any_io_executor on, const till_settings::scanner_place& place, const call& bounds);
/// Opens a receipt printer by its driver's name.
[[nodiscard]] result<std::unique_ptr<ports::printer>> open_printer(
    boost::asio::any_io_executor on, const till_settings::printer_place& place, const call& bounds);
/// Where what is still to be printed is kept.
[[nodiscard]] std::string queue_file_of(const till_settings& all);
/// How wide its paper is.
[[nodiscard]] std::size_t columns_of(const till_settings::printer_place& place);

} // namespace cipherlane::assembly
