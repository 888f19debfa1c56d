#pragma once

#include "simkit/child_process.hpp"
#include "simkit/control_client.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace cipherlane::sim {

/// One simulator as a program of its own, with its control channel; ends it when destroyed. Or a device that is there
/// already: it has an address and no channel.
class simulator {
  public:
    /// Throws `std::runtime_error` if it does not come up: a rig cannot go on without it.
    /// @param key what its output calls the place to talk to: "listening" or "device".
    /// @param log where its standard error goes.
    simulator(std::vector<std::string> command, std::string_view key, const std::string& log);

    [[nodiscard]] static simulator elsewhere(std::string where);

    /// False for what is there already.
    [[nodiscard]] bool is_ours() const noexcept { return process_ != nullptr; }
    /// HOST:PORT, or the path of its device node.
    [[nodiscard]] const std::string& where() const noexcept { return where_; }
    /// Throws `std::runtime_error` where it has none.
    [[nodiscard]] control_client& control();
    /// HOST:PORT of its control channel; empty where it has none.
    [[nodiscard]] const std::string& control_endpoint() const noexcept { return control_endpoint_; }
    [[nodiscard]] child_process& process() noexcept { return *process_; }
    /// SIGKILL, and the same program again at the same port, with what it had on disk; what it had in memory is lost.
    /// Device nodes keep their name where the rig keeps books (`simulator_settings::keeps_books`), which it needs.
    /// Throws `std::runtime_error` if it does not come up.
    void kill_and_restart();

  private:
    simulator() = default;
    void start();

    std::vector<std::string> command_;
    std::string key_; ///< what its output calls the place
    std::string log_;
    std::unique_ptr<child_process> process_;
    std::string where_;
    std::string control_endpoint_;
    std::unique_ptr<control_client> control_;
};

/// A card that the simulated issuer knows. Test values.
struct demo_card {
    std::string number;
    std::string expiry; ///< YYMM
    std::string pin;
    std::int64_t balance; ///< minor units

    [[nodiscard]] std::string track2() const { return number + "=" + expiry + "2011234"; }
};

inline constexpr std::string_view demo_terminal = "TEST0001";
inline constexpr std::string_view demo_merchant = "TESTMERCH000001";

/// How a rig's commands reach the simulators.
enum class control_kind : std::uint8_t {
    port,        ///< a port on 127.0.0.1, for scripts of any language
    unix_socket, ///< FOLDER/NAME.control, which other users cannot open
};

struct simulator_settings {
    std::string programs;              ///< folder of the simulators' binaries
    std::string folder;                ///< for logs and pictures; must exist
    std::string profile = "payshield"; ///< of the cipher machine
    std::optional<std::uint64_t> seed; ///< of the cipher machine's keys and of random faults; none: the usual ones
    std::string terminal{demo_terminal};
    int terminals = 1; ///< that the host knows: this one and those that count on from it
    std::string display_family = "rcall";
    std::string hsm = {};     ///< HOST:PORT of a cipher machine that is there already; empty: a simulated one
    std::string display = {}; ///< address of a display that is there already
    std::string pinpad_family = "abecs";
    std::string pinpad = {};       ///< address of a PIN pad that is there already
    std::string zone_key = {};     ///< ZPK under the cipher machine's LMK; empty: under the published test LMK
    std::string terminal_key = {}; ///< TMK, likewise
    control_kind control = control_kind::port;
    /// Books of acquirer and gateway, and the gateway's signing key, lie in the folder, and the PIN pad's node has a
    /// name there, so that each may be killed and started again. Wants `control_kind::unix_socket`.
    bool keeps_books = false;
    std::string gateway_speaks = {}; ///< "wechat", "alipay"; empty: the SDK's own interface
    std::string gateway_keys = {};   ///< with it: the folder of its test keys
};

/// All simulators of one payment lane on ports they choose, wired to each other, with the test keys loaded: cipher
/// machine behind the acquirer's host, QR gateway, display, PIN pad. Three of them may be devices that are there
/// already.
class simulators {
  public:
    explicit simulators(const simulator_settings& settings);

    simulator cipher_machine;
    simulator acquirer;
    simulator gateway;
    simulator display;
    simulator pinpad;
    demo_card rich{"6222000000000017", "3012", "135790", 500'000};
    demo_card poor{"6222000000000025", "3012", "246801", 500};

    /// Whether the customer's card has a chip, which approves by itself where the host cannot be asked.
    bool chip_card = false;
    /// Holds the card to the reader and types its PIN (or `pin`) when asked.
    void present(const demo_card& card, const std::string& pin);
    void present(const demo_card& card) { present(card, card.pin); }
};

} // namespace cipherlane::sim
