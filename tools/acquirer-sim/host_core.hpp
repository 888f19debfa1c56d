#pragma once

#include "acquirer-sim/host_books.hpp"
#include "acquirer-sim/host_faults.hpp"
#include "acquirer-sim/issuer.hpp"
#include "acquirer-sim/rate_offers.hpp"
#include "acquirer-sim/request_table.hpp"
#include "acquirer-sim/security.hpp"
#include "acquirer-sim/serial_check.hpp"
#include "simkit/control_desk.hpp"
#include "simkit/fault_player.hpp"

#include <cipherlane/core/bytes.hpp>
#include <cipherlane/core/counted_log.hpp>
#include <cipherlane/core/logger.hpp>
#include <cipherlane/iso8583/field60.hpp>
#include <cipherlane/iso8583/message.hpp>
#include <cipherlane/iso8583/message_view.hpp>
#include <cipherlane/iso8583/pos_header.hpp>
#include <cipherlane/iso8583/transaction.hpp>
#include <cipherlane/ledger/trades.hpp>

#include <nlohmann/json_fwd.hpp>

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

namespace cipherlane::sim {

/// The simulated acquirer without its sockets: one request message in, one reply out (`cup-pos`).
///
/// A file a group of messages: sign-in, payments, what follows a payment, reversal, settlement; and the rig's
/// channel. Checks the MAC before it believes a field, translates each PIN, books in the ledger, makes the answer's
/// MAC. Asks the cipher machine at most three times a sale. Thread-safe: one message is decided at a time, and while
/// one waits for the cipher machine others are. Throws `std::runtime_error` if the ledger fails.
class host_core {
  public:
    using wall_clock = std::function<std::chrono::system_clock::time_point()>;

    /// Whether the table of amounts and cards counts.
    struct table_settings {
        bool on = true;
    };

    host_core(host_books& books, security& keys, issuer& bank, fault_plan& faults, logger log, wall_clock now,
        table_settings table);

    /// `body`: a message without its length.
    /// @return what goes back, with its length, and what goes wrong with it on purpose
    [[nodiscard]] played_answer handle(byte_view body);

    /// Serves the control channel; `help` lists the commands.
    [[nodiscard]] nlohmann::json control(const nlohmann::json& request);

  private:
    using deciding = std::unique_lock<std::mutex>;
    struct exchange; // one request and the answer that is being made for it
    struct held_answer {
        std::string terminal_id;
        bytes message;
        bool behind; ///< the answer that it goes with
    };
    /// Where the original of a void must be.
    enum class reach : std::uint8_t { batch, any };

    [[nodiscard]] exchange opened(const iso8583::message_view& request);
    void bring_in_overtaken();
    [[nodiscard]] std::optional<fault> chosen(const exchange& on, const std::string& name);
    void spoil(exchange& on);
    void put_table_card(std::string_view number);
    void add_held(const exchange& on, bytes& message);
    void dispatch(exchange& on);
    void sign_in(exchange& on);
    void master_key(exchange& on);
    void balance(exchange& on);
    void rate_enquiry(exchange& on);
    void reversal(exchange& on);
    void settle(exchange& on);
    void upload(exchange& on);
    void upload_refund(exchange& on);
    void upload_end(exchange& on);
    void code_sale(exchange& on, ports::trade kind);
    void sign_off(exchange& on);
    void echo(exchange& on);
    void download(exchange& on);

    /// Asks the cipher machine what it will be asked for the message, if it is what it seems to be. Others are
    /// decided meanwhile: nothing of the books is touched.
    void ask_machine(exchange& on, deciding& lock);
    [[nodiscard]] bool mac_fits(exchange& on);
    void confirm_master(exchange& on);
    /// The master key that the sign-in asks to be answered under.
    [[nodiscard]] std::string master_asked_for(const exchange& on);
    /// That of the cipher of the working keys in force.
    [[nodiscard]] std::string master_in_force(const exchange& on);
    [[nodiscard]] std::optional<bytes> translated_pin(exchange& on);
    void book(exchange& on, host_trade trade, std::int64_t money);
    /// A trade, by its row: what it is to its original, and whether it was done before the host hears of it.
    void take(exchange& on, const ledger::trade_row& row);
    /// A payment's own part: PIN, account, money from the card.
    void charge(exchange& on, ports::trade kind);
    void undo(exchange& on, ports::trade kind, reach within);
    void complete(exchange& on, ports::trade kind);
    void give_back(exchange& on, ports::trade kind);
    void add_to(exchange& on, ports::trade kind);
    [[nodiscard]] bool told_before(exchange& on, ports::trade kind);
    [[nodiscard]] bool names_code_payment(exchange& on, ports::trade kind);
    [[nodiscard]] iso8583::processing_request header_request();
    /// What has the same trace was there already, or was reversed before it came: neither may move money.
    [[nodiscard]] bool known(const exchange& on);
    /// What a request of that kind names as its original, if it may be one.
    [[nodiscard]] std::optional<host_trade> original_of(const exchange& on, ports::trade kind);
    [[nodiscard]] bytes seal(exchange& on, deciding& lock);
    [[nodiscard]] played_answer deliver(exchange& on, deciding& lock);
    void take_commands();
    nlohmann::json counters() const;
    nlohmann::json put_card(const nlohmann::json& request);
    nlohmann::json put_terminal(const nlohmann::json& request);
    nlohmann::json put_sm4_master(const nlohmann::json& request);
    nlohmann::json totals(const nlohmann::json& request);
    nlohmann::json trades();
    nlohmann::json put_list(const nlohmann::json& request);
    nlohmann::json ask_in_header(const nlohmann::json& request);
    nlohmann::json table(const nlohmann::json& request);

    std::mutex guard_; ///< held while something is decided
    host_books& books_;
    security& keys_;
    issuer& bank_;
    fault_plan& faults_;

    counted_log log_; ///< anybody who connects can cause any of its lines
    wall_clock now_;
    std::map<std::string, std::uint64_t> counters_;
    bool ask_sign_in_ = false;
    table_settings table_;
    serial_check serials_;
    rate_offers rates_;
    std::map<std::string, std::string> payment_codes_;          ///< and whose card pays
    std::map<std::string, std::vector<std::string>> lists_;     ///< pages by 60.3
    std::map<std::string, iso8583::processing_request> wanted_; ///< by the 60.3 that fulfils it
    std::vector<bytes> overtaken_;                              ///< on the way still when the next message comes in
    std::vector<held_answer> held_;
    control_desk desk_;
};

} // namespace cipherlane::sim
