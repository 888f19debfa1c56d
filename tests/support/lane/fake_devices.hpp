#pragma once

#include "support/lane/fake_ledger.hpp"
#include "support/lane/fault_script.hpp"

#include <cipherlane/ports/clock.hpp>
#include <cipherlane/ports/display.hpp>
#include <cipherlane/ports/key_provider.hpp>
#include <cipherlane/ports/pinpad.hpp>
#include <cipherlane/ports/qr_gateway.hpp>

#include <atomic>
#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace cipherlane::tests {

/// The card and PIN block that the fake pad gives; the search for secrets looks for these.
extern const char* const test_pan;
extern const char* const test_track2;
extern const char* const test_pin_block;
extern const char* const test_emv; ///< of the chip card
extern const char* const test_emv_arpc_failed;

class fake_pinpad final : public ports::pinpad {
  public:
    explicit fake_pinpad(fault_script& faults)
        : faults_(faults) {}
    [[nodiscard]] result<void> open(const call& bounds) override;
    [[nodiscard]] result<ports::card_data> read_card(const ports::card_request& request, const call& bounds) override;
    [[nodiscard]] result<secret_bytes> enter_pin(const ports::pin_request& request, const call& bounds) override;
    [[nodiscard]] result<void> finish(std::string_view line1, std::string_view line2, const call& bounds) override;
    [[nodiscard]] result<void> show(std::string_view line1, std::string_view line2, const call& bounds) override;
    [[nodiscard]] result<void> close(const call& bounds) override;

    [[nodiscard]] result<ports::chip_report> finish_chip(
        const ports::chip_verdict& verdict, const call& bounds) override;

    /// A chip card, whose flow takes the PIN itself and which may decline in the end.
    bool chip = false;
    bool card_declines = false;
    bool contactless = false;      ///< a chip card that is tapped: the pad asks for the PIN
    bool approves_offline = false; ///< where it is asked for that
    bool arpc_fails = false;       ///< the chip says at the end that the issuer's proof was wrong
    bytes script_results;          ///< what the chip says at the end
    bool takes_keys = true;        ///< master keys by download
    bytes master_key;              ///< the cryptogram of the last one
    bytes clear_master;            ///< in force; empty: as it was loaded by hand
    std::map<std::string, std::vector<bytes>> lists;
    [[nodiscard]] bool takes_master_key() const noexcept override { return takes_keys; }
    [[nodiscard]] result<void> load_master_key(const ports::wrapped_key& key, const call& bounds) override;
    bytes serial_key; ///< SM4, for the terminal serial cryptogram; empty: it makes none
    [[nodiscard]] bool makes_serial_cryptogram() const noexcept override { return !serial_key.empty(); }
    [[nodiscard]] result<ports::serial_cryptogram> make_serial_cryptogram(
        std::string_view serial, std::string_view factor, const call& bounds) override;
    int master_keys_given = 0; ///< whether or not it took them
    /// Another pad stands there, whose key was loaded by hand.
    void replace() {
        master_key.clear();
        clear_master.clear();
        replugged = true;
    }
    [[nodiscard]] bool takes_lists() const noexcept override { return true; }
    [[nodiscard]] result<void> load_list(
        std::string_view name, const std::vector<bytes>& entries, const call& bounds) override;
    std::optional<ports::chip_verdict> told; ///< what the chip card has heard last
    bytes pin_key;                           ///< of the last card request

    /// Ends card or PIN so: the holder pressed cancel, or did nothing.
    std::optional<condition> refuses;
    bool refuses_pin = false;                   ///< the PIN, not the card
    std::chrono::milliseconds time_for_card{0}; ///< what was left of the last call
    std::chrono::milliseconds time_for_pin{0};

    bool replugged = false; ///< it is there again, and must be opened first

    bool pin_required = true;
    std::string pin_block = test_pin_block; ///< hex, of a PIN that is typed
    std::string number = test_pan;          ///< of the card that is shown
    int trips = 0;
    std::string last_line;

  private:
    [[nodiscard]] result<void> step(std::string_view name);
    [[nodiscard]] error refusal() const;
    fault_script& faults_;
};

class fake_display final : public ports::display {
  public:
    explicit fake_display(fault_script& faults)
        : faults_(faults) {}
    [[nodiscard]] result<void> show(const ports::display_content& what, const call& bounds) override;
    [[nodiscard]] result<void> set_brightness(int percent, const call& bounds) override;
    [[nodiscard]] result<std::string> heartbeat(const call& bounds) override;
    [[nodiscard]] ports::display_capabilities capabilities() const noexcept override;

    std::string code; ///< what can be scanned now; empty: nothing
    std::string last;
    std::string payee;                           ///< of the last code
    std::chrono::milliseconds valid_for{0};      ///< of the last code
    std::optional<ports::payment_outcome> ended; ///< the last outcome shown
    std::uint64_t ended_payment = 0;             ///< and of which payment

  private:
    [[nodiscard]] result<void> draw(const ports::qr_view& view);
    [[nodiscard]] result<void> draw(const ports::amount_view&) { return step("amount"); }
    [[nodiscard]] result<void> draw(const ports::text_view&) { return step("text"); }
    [[nodiscard]] result<void> draw(const ports::outcome_view& end) {
        ended = end.what;
        ended_payment = end.payment;
        return replace("outcome");
    }
    [[nodiscard]] result<void> draw(const ports::blank_view&) { return replace("clear"); }
    [[nodiscard]] result<void> draw(const ports::remaining_view&) { return step("remaining"); }
    [[nodiscard]] result<void> replace(std::string_view name); ///< the code is gone unless it fails
    [[nodiscard]] result<void> step(std::string_view name);
    fault_script& faults_;
};

/// A gateway in memory. A payer pays at the moment that `pays` names.
class fake_gateway final : public ports::qr_gateway {
  public:
    enum class payer { never, before_notification, before_query, before_cancel };

    fake_gateway(fake_ledger& books, fault_script& faults)
        : books_(books)
        , faults_(faults) {}
    [[nodiscard]] result<ports::qr_order> create(const ports::qr_order_request& request, const call& bounds) override;
    [[nodiscard]] result<ports::qr_order_status> query(std::string_view order_number, const call& bounds) override;
    [[nodiscard]] result<ports::qr_order_status> cancel(std::string_view order_number, const call& bounds) override;
    [[nodiscard]] result<ports::qr_order_status> refund(
        const ports::qr_refund_request& request, const call& bounds) override;
    [[nodiscard]] result<ports::qr_order_status> charge(
        const ports::qr_charge_request& request, const call& bounds) override;
    [[nodiscard]] result<ports::qr_order_status> reverse(std::string_view order_number, const call& bounds) override;
    [[nodiscard]] result<ports::qr_order_status> wait_notification(
        std::string_view order_number, const call& bounds) override;

    [[nodiscard]] std::string identity() const override { return name; }
    [[nodiscard]] std::vector<std::string> earlier_identities() const override { return earlier; }
    [[nodiscard]] bool takes_serial_block() const noexcept override { return takes_block; }
    std::string name = "gateway one";
    bool takes_block = true;
    std::vector<std::string> earlier;
    payer pays = payer::never;
    std::optional<std::int64_t> pays_only; ///< minor units, instead of the order's
    bool notifies = true;
    ports::qr_order_state made_as = ports::qr_order_state::waiting; ///< what a new order's answer says
    bool forgets = false;                                           ///< knows no order any more
    std::vector<std::string> refunds;
    std::vector<bool> refunds_asked_before; ///< as each request for one said
    std::int64_t others_given_back = 0;     ///< of payments other than the one that orders name
    bool refuses_refunds = false;
    std::vector<std::string> charged; ///< the payment codes that came
    bool asks_password = false;       ///< of who is charged: then `pays` says when they have typed it
    bool refuses_charges = false;
    std::string device_serial;                          ///< as the last order or charge named it
    std::optional<ports::charge_serial> serial_block;   ///< as the last charge brought it
    std::string built_code;                             ///< as the last order brought it
    ports::order_funds funds = ports::order_funds::any; ///< as the last order or charge had it
    ports::order_payer payer_told;                      ///< with what is told as paid
    unsigned queries = 0;
    std::chrono::system_clock::time_point expires{}; ///< of new codes; zero: not told

    /// Whoever waits for a payment here is at the end of its wait at once, and its thread's time is ahead from then
    /// on.
    bool waits_no_time = false;
    /// By how much that is.
    std::atomic<std::chrono::milliseconds> ahead{std::chrono::milliseconds{0}};

  private:
    [[nodiscard]] static error refused(std::string_view code);
    [[nodiscard]] result<fake_ledger::order*> order(std::string_view number);
    fake_ledger::order& make(std::string_view number, std::int64_t minor, char state);
    void pay(std::string_view number, payer moment);
    void wait_for_payer(const call& bounds);
    fake_ledger& books_;
    fault_script& faults_;
};

/// A clock that stands where it is put.
class fake_clock final : public ports::clock {
  public:
    [[nodiscard]] std::chrono::system_clock::time_point now() const override { return time; }
    std::chrono::system_clock::time_point time =
        std::chrono::sys_days{std::chrono::year{2026} / 11 / 21} + std::chrono::hours(2);
};

class fake_key final : public ports::key_provider {
  public:
    explicit fake_key(std::uint8_t fill = 0x5A)
        : fill_(fill) {}
    [[nodiscard]] result<secret_bytes> journal_key(const call& bounds) override;

  private:
    std::uint8_t fill_;
};

} // namespace cipherlane::tests
