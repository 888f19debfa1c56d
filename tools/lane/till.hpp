#pragma once

#include "lane/counting_host.hpp"

#include <cipherlane/acquiring/lane.hpp>
#include <cipherlane/acquiring/software_sealer.hpp>
#include <cipherlane/acquiring/terminal_settings.hpp>
#include <cipherlane/acquiring/timeline.hpp>
#include <cipherlane/drivers/display/display_keeper.hpp>
#include <cipherlane/drivers/display/timer.hpp>
#include <cipherlane/drivers/pinpad/abecs_pinpad.hpp>
#include <cipherlane/hostlink/http_gateway.hpp>
#include <cipherlane/hostlink/notification_listener.hpp>
#include <cipherlane/hostlink/tcp_host.hpp>
#include <cipherlane/ports/clock.hpp>
#include <cipherlane/store/file_key_provider.hpp>
#include <cipherlane/store/sqlite_journal.hpp>

#include <boost/asio/io_context.hpp>

#include <memory>
#include <string>

namespace cipherlane::sim {

/// What the till of the demonstration is told about the world around it.
struct till_settings {
    acquiring::terminal_settings terminal;
    std::string pinpad_device;
    std::string display_device;
    std::string gateway_public_key; ///< PEM
    std::string master_key;         ///< TMK in hex: the software sealer needs it
    logger log;
};

/// A whole till as an application would put it together: journal, host link, PIN pad, display, gateway, one lane.
/// Throws `std::runtime_error` when a part does not come up.
class till {
  public:
    till(const till_settings& settings, acquiring::timeline* watch);
    till(const till&) = delete;
    till& operator=(const till&) = delete;

    [[nodiscard]] acquiring::lane& lane() noexcept { return *lane_; }
    [[nodiscard]] store::sqlite_journal& journal() noexcept { return *journal_; }
    [[nodiscard]] drivers::display_keeper& display() noexcept { return *display_; }
    [[nodiscard]] const counting_host& host() const noexcept { return *host_; }
    [[nodiscard]] const hostlink::notification_listener& notices() const noexcept { return *notices_; }
    [[nodiscard]] const hostlink::tcp_host& link() const noexcept { return *link_; }

  private:
    ports::system_clock clock_;
    boost::asio::io_context io_;
    drivers::thread_timer timer_;
    std::unique_ptr<store::sqlite_journal> journal_;
    std::unique_ptr<hostlink::tcp_host> link_;
    std::unique_ptr<counting_host> host_;
    std::unique_ptr<acquiring::software_sealer> sealer_;
    std::unique_ptr<drivers::abecs_pinpad> pinpad_;
    std::unique_ptr<drivers::display_keeper> display_;
    std::unique_ptr<hostlink::notification_listener> notices_;
    std::unique_ptr<hostlink::http_gateway> gateway_;
    std::unique_ptr<acquiring::lane> lane_;
};

/// The demonstration's terminal: TEST0001, its files in `folder`, the journal's key apart from them in `key_file`,
/// host and gateway where the simulators are.
[[nodiscard]] acquiring::terminal_settings demo_settings(
    const std::string& folder, const std::string& key_file, const std::string& host, const std::string& gateway);

} // namespace cipherlane::sim
