#pragma once

#include "background_thread.hpp"
#include "claims.hpp"
#include "gateway_care.hpp"
#include "gateway_desk.hpp"
#include "gateway_door.hpp"
#include "settlement_desk.hpp"
#include "shared_devices.hpp"
#include "stage_book.hpp"
#include "terminal_roll.hpp"
#include "turns.hpp"
#include "watch.hpp"

#include <cipherlane/acquiring/lane.hpp>
#include <cipherlane/acquiring/payer_code.hpp>
#include <cipherlane/drivers/display/display_keeper.hpp>
#include <cipherlane/drivers/pinpad/pinpad_keeper.hpp>
#include <cipherlane/drivers/printer/printer_keeper.hpp>
#include <cipherlane/drivers/scanner/payment_code_gate.hpp>
#include <cipherlane/drivers/timer.hpp>
#include <cipherlane/hostlink/certification_trace.hpp>
#include <cipherlane/hostlink/tcp_host.hpp>
#include <cipherlane/ports/sealer.hpp>
#include <cipherlane/ports/store.hpp>
#include <cipherlane/ports/terminal.hpp>
#include <cipherlane/till/till_parts.hpp>
#include <cipherlane/till/till_settings.hpp>
#include <cipherlane/till/till_status.hpp>

#include <boost/asio/io_context.hpp>

#include <atomic>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

namespace cipherlane::assembly {

/// One terminal of a till: what it does not share, and its lane. The lane is destroyed first.
class terminal {
  public:
    claim taken;
    std::shared_ptr<ports::host> host;
    hostlink::tcp_host* link = nullptr; ///< the same host, where it was made here
    std::shared_ptr<ports::sealer> sealer;
    std::vector<std::shared_ptr<ports::qr_gateway>> gateways; ///< in the order of the settings
    std::shared_ptr<ports::pinpad> pinpad;
    bool has_own_pinpad = false;                                 ///< given for this terminal alone
    std::unique_ptr<ports::terminal_network> card_terminal_host; ///< null: it has a line of its own
    std::shared_ptr<ports::terminal> card_terminal;
    std::shared_ptr<ports::display> display;
    std::shared_ptr<order_stopwatch> orders; ///< null: nothing is chosen among gateways
    std::optional<acquiring::lane> lane;
};

/// Everything of a till: what its settings name, made and wired. Members stand in the order in which they are made;
/// what is above outlives what is below.
class counter {
  public:
    counter(till_settings settings, till_parts given);
    counter(const counter&) = delete;
    counter& operator=(const counter&) = delete;

    /// Makes the parts and opens all terminals.
    [[nodiscard]] result<void> open(const call& bounds);

    [[nodiscard]] const till_settings& settings() const noexcept { return settings_; }
    [[nodiscard]] std::vector<std::unique_ptr<terminal>>& terminals() noexcept { return terminals_; }
    [[nodiscard]] ports::store& journal() noexcept { return *journal_; }
    [[nodiscard]] const ports::clock& clock() const noexcept { return *clock_; }
    /// @return `till_errc::nobody_on_duty` where the settings name no operators
    [[nodiscard]] result<duty_desk*> duties();
    /// @return `acquiring_errc::no_device` where the settings name none; why its queue cannot be used
    [[nodiscard]] result<drivers::printer_keeper*> printer();
    [[nodiscard]] result<acquiring::payer_code> scan_payment_code(const call& bounds);
    [[nodiscard]] std::size_t receipt_columns() const;
    [[nodiscard]] result<ports::print_report> print_settlement(
        const acquiring::terminal_settings& of, const acquiring::settlement_report& what, const call& bounds);
    /// Null where nothing is chosen among several routes.
    [[nodiscard]] stage_book* stages() noexcept { return stages_.get(); }
    /// Null where nothing is chosen among several gateways.
    [[nodiscard]] const std::shared_ptr<gateway_desk>& gateways() const noexcept { return gateways_; }
    [[nodiscard]] const logger& log() const noexcept { return given_.log; }
    /// A queue that fails is a printer that is away, and no fault of the till.
    [[nodiscard]] result<void> count_slips(till_status& now, const call& bounds);
    /// What is looked after without anybody's call goes no further. Waits for nothing.
    void end_background() noexcept;
    /// The thread of it on which this is called; null elsewhere.
    [[nodiscard]] background_thread* own_background() noexcept;
    /// The parts of one terminal, without its records.
    [[nodiscard]] till_status status_of(const terminal& one) const;

  private:
    [[nodiscard]] result<void> check_given() const;
    [[nodiscard]] result<void> open_journal(const call& bounds);
    [[nodiscard]] result<void> open_watch(const call& bounds);
    [[nodiscard]] result<void> open_pinpad(const call& bounds);
    [[nodiscard]] result<std::shared_ptr<ports::sealer>> sealer_of(
        const terminal& one, const till_settings::terminal& of) const;
    [[nodiscard]] result<void> make_card_terminal(terminal& one, const till_settings::terminal& of);
    [[nodiscard]] result<void> open_display(const call& bounds);
    [[nodiscard]] result<void> open_printer(const call& bounds);
    [[nodiscard]] result<void> open_scanner(const call& bounds);
    [[nodiscard]] result<void> open_doors();
    [[nodiscard]] result<void> open_gateways(terminal& one, const till_settings::terminal& of);
    [[nodiscard]] std::vector<acquiring::lane_gateway> gateways_of(const terminal& one) const;
    [[nodiscard]] result<void> open_host(terminal& one, const till_settings::terminal& of);
    /// The devices as this terminal sees them.
    void share_devices(terminal& one, const till_settings::terminal& of);
    [[nodiscard]] bool is_served(std::string_view terminal_id) const;
    /// Whether no till will ever deal with what gateways say of that terminal, as far as can be told.
    [[nodiscard]] bool is_nobodys(std::string_view terminal_id);
    void report_orphans(const call& bounds);
    void know_gateways(const call& bounds);
    void open_settlements();
    void look_after_gateways();
    [[nodiscard]] result<void> open_terminal(const till_settings::terminal& of, const call& bounds);

    const till_settings settings_;
    const till_parts given_;
    std::shared_ptr<const ports::clock> clock_;
    boost::asio::io_context io_;         ///< of the devices' links, which are used blocking: never run
    drivers::thread_timer pinpad_timer_; ///< a keeper that opens its device holds its own timer up alone
    drivers::thread_timer display_timer_;
    drivers::thread_timer printer_timer_;
    std::vector<claim> devices_;
    std::string journal_name_;
    std::shared_ptr<ports::store> journal_;
    std::optional<terminal_roll> roll_; ///< of books that other machines share; for the first terminal's lane alone
    watch watch_;
    std::vector<std::unique_ptr<gateway_door>> doors_;     ///< one of each gateway, in the order of the settings
    std::shared_ptr<hostlink::certification_trace> trace_; ///< of all terminals; null without one
    std::shared_ptr<ports::pinpad> pinpad_;
    std::shared_ptr<ports::display> display_;
    const drivers::display_keeper* kept_display_ = nullptr; ///< the same display, where it has a keeper
    std::unique_ptr<ports::print_queue> slips_;
    std::optional<error> slips_lost_; ///< why there is a printer in the settings and none here
    std::atomic<bool> told_of_slips_{false};
    std::unique_ptr<drivers::printer_keeper> printer_;
    turns scanning_; ///< a scanner without a keeper takes one call at a time
    std::shared_ptr<ports::scanner> scanner_;
    std::optional<drivers::payment_code_gate> gate_; ///< with the scanner
    std::shared_ptr<device_lease> pinpad_lease_ = std::make_shared<device_lease>();
    std::shared_ptr<device_lease> display_lease_ = std::make_shared<device_lease>();
    std::shared_ptr<stage_book> stages_;
    std::shared_ptr<gateway_desk> gateways_;
    std::vector<std::unique_ptr<terminal>> terminals_;
    std::optional<settlement_desk> settlements_; ///< where the settings want it; its thread ends before the lanes
    std::optional<gateway_care> care_;           ///< where the settings name a gateway; likewise
};

} // namespace cipherlane::assembly
