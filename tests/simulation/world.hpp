#pragma once

#include "simulation/bank.hpp"
#include "simulation/chance.hpp"
#include "simulation/disk.hpp"
#include "simulation/mutants.hpp"
#include "simulation/steps.hpp"
#include "simulation/terminal_day.hpp"
#include "simulation/virtual_time.hpp"
#include "simulation/wallet.hpp"

#include <cipherlane/core/result.hpp>

#include <chrono>
#include <functional>
#include <map>
#include <set>
#include <stop_token>
#include <string>

namespace cipherlane::simulation {

/// What people do in a run.
struct manners {
    bank_manners bank{};
    bool chip = false;          ///< the card has a chip
    bool card_declines = false; ///< which says no to what the host has approved
    /// How long after a code is shown somebody pays; longer than the code lives: never.
    std::chrono::milliseconds payer{3'000};
    bool keeps_connection = false; ///< to the bank
    int terminals = 1;             ///< over one journal; at the second one somebody works beside
    bool seals_in_pad = false;     ///< MACs and the journal's key are the PIN pad's, which may fail
    bool takes_part = false;       ///< the cashier is content with a part that the bank approves
    bool card_terminal = false;    ///< cards are read by a terminal that asks its own host
    bool marks = false;            ///< the journal has a mark beside it
    bool brings_back = false;      ///< somebody puts an old copy in the journal's place
    bool http = false;             ///< the bank's messages come in HTTP posts, and the gateway is asked by HTTP
    bool notifies = true;          ///< the gateway sends notices
    bool gateway_entombs = true;   ///< it refuses a charge that was undone before it came
    bool takes_always = false;     ///< the gateway takes money by codes that are closed or paid
    std::chrono::milliseconds second_payer{0};   ///< as `payer`, of another one; zero: there is none
    std::uint32_t scans = 0;                     ///< only so many-th code that is shown finds a payer; 0: each does
    bool asks_password = false;                  ///< of whose own code is charged: then `payer` says when
    std::chrono::milliseconds patience{300'000}; ///< of the cashier's, for one payment
    /// Nobody refuses anything.
    [[nodiscard]] bool all_agree() const {
        return bank.code == "00" && bank.trades_unanswered == 0 && (!bank.partly || takes_part) &&
               !(asks_password && payer > std::chrono::seconds(30)) && !card_declines &&
               payer < std::chrono::minutes(1);
    }
    bool tries_again = true; ///< the cashier runs a payment that ended as an error once more, under its key
};

/// Everything outside the till: time, chance, disk, bank, gateway, and what people have seen. What it says is what is
/// true.
class world {
  public:
    explicit world(std::uint64_t of_all);
    world(const world&) = delete;
    world& operator=(const world&) = delete;

    /// What of it a run can begin with.
    struct beginning {
        disk::image on_disk;
        simulation::bank at_bank;
        simulation::wallet at_gateway;
        terminal_day at_terminal;
        bytes earlier_answer;
        std::chrono::milliseconds when{0};
    };
    [[nodiscard]] beginning copy() const {
        return {drive.copy(), host_books, gateway_books, terminal, earlier_answer, time.elapsed()};
    }
    void restore(const beginning& from);

    /// All that matters outside a till that is off.
    void add_to(fingerprint& state) const;
    /// Called each time the power comes back, when there is nothing but what lies on the disk and is known outside,
    /// with the fingerprint of that. May throw what ends the run.
    std::function<void(std::uint64_t)> on_power_back;

    /// "YYYYMMDDhhmmss" in China.
    [[nodiscard]] std::string stamp() const;

    const std::uint64_t seed;
    chance draws;
    chance day{seed ^ 0xDA15U}; ///< what people want, whatever goes wrong
    steps doors;
    virtual_time time;
    virtual_time::wall_clock wall{time};    ///< the till's, which somebody may set
    virtual_time::wall_clock outside{time}; ///< everybody else's
    disk drive{doors, draws};
    bank host_books;
    wallet gateway_books;
    terminal_day terminal;
    manners people;
    mutant wrong = mutant::none;

    /// The till's; its doors are shut by whoever calls.
    void lose_power(fault how);
    /// Somebody who has scanned a code confirms; the gateway sends word of it until the till has kept that.
    void pay(const std::string& number);
    /// What the till's journal does with a notice; empty while the till is off.
    std::function<result<void>(const ports::qr_order_status&)> keep_notice;

    /// Somebody else asks for the payment that the cashier is at, as a second screen does, and acknowledges what they
    /// hear; empty while the till is off.
    std::function<void()> looks_meanwhile;

    std::string key; ///< of the payment that the cashier is at; empty: of none
    std::map<std::string, std::string, std::less<>> refund_keys; ///< whose refund number it is, by who sent it first
    bytes earlier_answer;                                        ///< the bank's last one
    std::stop_source cashier;                                    ///< of the call under way
    std::set<std::uint64_t> called_for;                          ///< the records about which somebody was ever called
    std::set<std::uint64_t> paid_late;                           ///< of these, for a payment after their end
    bool power_was_cut = false;                                  ///< in the work
    bool adopts = false;                                         ///< a person takes the journal as it is found
    std::string code_on_display;                                 ///< the order whose code can be scanned; empty: none
    std::uint32_t codes_shown = 0;
    bool display_failed = false;            ///< it did not do what it was told since the last code
    std::set<std::string> dead_codes_shown; ///< that stood there though nobody could pay them
    std::set<std::string> shown_approved;   ///< the payments of which the pad has said so
    std::set<std::string> read_approved;    ///< of which somebody has read so in the journal, meanwhile
    fault cut = fault::none;                ///< how the power went, while it is off

  private:
    void send_notice(const std::string& number, std::size_t which, std::chrono::milliseconds after);
};

} // namespace cipherlane::simulation
