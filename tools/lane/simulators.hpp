#pragma once

#include "simkit/child_process.hpp"
#include "simkit/control_client.hpp"

#include <memory>
#include <string>
#include <vector>

namespace cipherlane::sim {

/// One simulator as a program of its own, with its control channel. Ends it when destroyed.
/// Throws `std::runtime_error` if it does not come up: a rig cannot go on without it.
class simulator {
  public:
    /// @param key what its output calls the place to talk to: "listening" or "device".
    /// @param log where its standard error goes.
    simulator(std::vector<std::string> command, std::string_view key, const std::string& log);

    /// HOST:PORT, or the path of its device node.
    [[nodiscard]] const std::string& where() const noexcept { return where_; }
    [[nodiscard]] control_client& control() noexcept { return *control_; }
    /// HOST:PORT of its control channel.
    [[nodiscard]] const std::string& control_endpoint() const noexcept { return control_endpoint_; }
    [[nodiscard]] child_process& process() noexcept { return *process_; }

  private:
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

struct simulator_settings {
    std::string programs;              ///< folder of the simulators' binaries
    std::string folder;                ///< for logs; must exist
    std::string profile = "payshield"; ///< of the cipher machine
};

/// Makes a folder for a lane's files, empty. A folder that is there and not empty is emptied only if this function
/// made it; anything else is somebody's and throws `std::runtime_error`.
void prepare_folder(const std::string& folder);

/// All simulators of one payment lane on ports they choose, wired to each other, with the test keys loaded: cipher
/// machine behind the acquirer's host, QR gateway, display, PIN pad.
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

    /// Holds the card to the reader and types its PIN (or `pin`) when asked.
    void present(const demo_card& card, const std::string& pin);
    void present(const demo_card& card) { present(card, card.pin); }
};

inline constexpr std::string_view demo_terminal = "TEST0001";
inline constexpr std::string_view demo_merchant = "TESTMERCH000001";

} // namespace cipherlane::sim
