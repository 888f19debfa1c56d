#pragma once

#include <cipherlane/core/amount.hpp>
#include <cipherlane/core/bytes.hpp>
#include <cipherlane/core/call.hpp>
#include <cipherlane/core/pan.hpp>
#include <cipherlane/core/secret_bytes.hpp>
#include <cipherlane/net/completion.hpp>
#include <cipherlane/ports/conversion.hpp>

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace cipherlane::ports {

/// How the card data was read (ISO 8583 field 22, first two digits).
enum class entry_mode : std::uint8_t { manual = 1, magnetic = 2, qr_code = 3, contact = 5, contactless = 7 };

/// What the PIN pad hands over about a card. Move-only: it holds track data.
struct card_data {
    card_data(pan number, entry_mode how)
        : account(std::move(number))
        , mode(how) {}

    pan account;
    entry_mode mode;
    std::string expiry;                         ///< YYMM, empty if not known
    std::optional<std::string> sequence_number; ///< PAN sequence number, 3 digits (field 23)
    secret_bytes track2;                        ///< digits and 'D', as text; empty if none
    secret_bytes track3;
    bytes emv; ///< field 55 data as BER-TLV; empty for magnetic cards
    bool pin_required = true;
    bool approved_offline = false; ///< the card itself has approved the trade (`card_request::offline`)
    secret_bytes
        pin_block; ///< taken by the chip flow itself (`card_request::pin_key`); `enter_pin` is then not called
};

/// Whether a PIN pad may have such a place for a master key.
[[nodiscard]] constexpr bool is_master_slot(int slot) noexcept {
    return slot >= 0 && slot <= 99;
}

/// A working key as the host delivered it at sign-in: still encrypted under the terminal's master key.
struct wrapped_key {
    int master_slot = 0; ///< see `is_master_slot`
    bytes cryptogram;    ///< 8 or 16 bytes (3DES), 16 bytes (SM4)
    bytes check_value;   ///< first 4 bytes, or as many as the host sends
};

/// What a working key (工作密钥) is for.
enum class working_key : std::uint8_t { pin, mac };

/// The terminal serial cryptogram (终端序列号密文): eight characters.
using serial_cryptogram = std::array<std::uint8_t, 8>;

struct card_request {
    explicit card_request(amount value)
        : total(value) {}
    amount total;
    std::string date_time; ///< YYMMDDhhmmss, for the kernel
    /// The PIN key, for pads that take the PIN of a chip card within the card's own flow (the cryptogram covers how
    /// the cardholder was verified). Must outlive the call. Without it such a pad refuses chip cards with `misuse`.
    const wrapped_key* pin_key = nullptr;
    /// The trade is to be approved by the chip alone, without the host. A pad whose kernel cannot ask for that leaves
    /// `card_data::approved_offline` unset.
    bool offline = false;
};

struct pin_request {
    pin_request(const pan& number, const wrapped_key& working_key, amount value)
        : account(number)
        , key(working_key)
        , total(value) {}
    const pan& account;
    const wrapped_key& key;
    amount total;
    int min_digits = 4;
    int max_digits = 12;
};

/// How the host answered.
enum class host_verdict : std::uint8_t { approved, declined, unreachable };

/// What a chip card must be told at the end of its transaction.
struct chip_verdict {
    explicit chip_verdict(host_verdict how)
        : verdict(how) {}
    host_verdict verdict;
    std::string response_code; ///< field 39, two characters; empty if the host was not reached
    bytes issuer_data;         ///< field 55 of the answer, untouched: tags 91, 71, 72
    std::string line1;         ///< shown where the pad's protocol has room for it
    std::string line2;
};

/// What the card said to it.
struct chip_report {
    enum class decision : std::uint8_t { approved, declined_by_card, declined_by_host };
    decision outcome = decision::approved; ///< `declined_by_card` after the host's approval must be reversed
    bytes emv;                             ///< BER-TLV for the script notice
    bytes script_results;
};

/// A PIN pad (密码键盘): reads cards, takes PINs, holds master keys. The clear PIN never leaves it.
/// A sale needs at most three round trips: `read_card`, `enter_pin`, `finish` or
/// `finish_chip` (a chip card's PIN is taken by `read_card`, see `card_data::pin_block`).
class pinpad {
  public:
    pinpad() = default;
    pinpad(const pinpad&) = delete;
    pinpad& operator=(const pinpad&) = delete;
    virtual ~pinpad() = default;

    [[nodiscard]] virtual result<void> open(const call& bounds) = 0;
    /// False once the pad is known to be gone; asks the system, never the pad, never waits. True where nobody can
    /// tell.
    [[nodiscard]] virtual bool attached() const noexcept { return true; }
    [[nodiscard]] virtual result<card_data> read_card(const card_request& request, const call& bounds) = 0;
    /// The encrypted PIN block, 8 bytes (ISO 9564 format 0 under the working key) or 16 (SM4).
    /// `cancelled` when the cardholder presses cancel; `timed_out` when nothing is entered.
    [[nodiscard]] virtual result<secret_bytes> enter_pin(const pin_request& request, const call& bounds) = 0;
    /// Shows the end of a transaction on the pad.
    [[nodiscard]] virtual result<void> finish(std::string_view line1, std::string_view line2, const call& bounds) = 0;
    /// Ends the transaction of a chip card. Pads without a chip kernel only show the lines.
    [[nodiscard]] virtual result<chip_report> finish_chip(const chip_verdict& verdict, const call& bounds) {
        CIPHERLANE_CHECK(finish(verdict.line1, verdict.line2, bounds));
        chip_report report;
        if (verdict.verdict != host_verdict::approved) report.outcome = chip_report::decision::declined_by_host;
        return report;
    }
    [[nodiscard]] virtual result<void> show(std::string_view line1, std::string_view line2, const call& bounds) = 0;
    [[nodiscard]] virtual result<void> close(const call& bounds) = 0;

    /// Whether it can be given a new master key (TMK) by download.
    [[nodiscard]] virtual bool takes_master_key() const noexcept { return false; }
    /// A new master key under the one in force in the same slot, which it replaces; kept by the pad. Giving it the
    /// one that it has changes nothing. `rejected_by_peer` if its check value is wrong.
    [[nodiscard]] virtual result<void> load_master_key(const wrapped_key& key, const call& bounds) {
        static_cast<void>(key);
        static_cast<void>(bounds);
        return not_supported("load TMK");
    }
    /// Whether it makes MACs, with a MAC key (TAK) under its master key: it can then be the `sealer`.
    [[nodiscard]] virtual bool makes_macs() const noexcept { return false; }
    /// A new working key, under the master key of its slot, for what comes next. A pad that keeps none takes it with
    /// each command. `rejected_by_peer` if its check value is wrong; `unsupported` where the pad cannot tell.
    [[nodiscard]] virtual result<void> load_working_key(working_key use, const wrapped_key& key, const call& bounds) {
        static_cast<void>(use);
        static_cast<void>(key);
        static_cast<void>(bounds);
        return not_supported("load working key");
    }
    /// The last block of the UnionPay POS MAC (银联 POS ECB MAC) over `mab` under the MAC key, not shortened: 8 bytes
    /// (DES, 3DES), 16 (SM4). A pad that has not been given this key yet gets it first, as after it was opened anew.
    [[nodiscard]] virtual result<bytes> make_mac(const wrapped_key& key, byte_view mab, const call& bounds) {
        static_cast<void>(key);
        static_cast<void>(mab);
        static_cast<void>(bounds);
        return not_supported("MAC");
    }
    /// Whether it makes the terminal serial cryptogram, with the key that its maker has put in.
    [[nodiscard]] virtual bool makes_serial_cryptogram() const noexcept { return false; }
    /// Over the serial number and, behind it, the factor (`crypto::terminal_serial_cryptogram`). `rejected_by_peer`
    /// where the device has no key for it.
    [[nodiscard]] virtual result<serial_cryptogram> make_serial_cryptogram(
        std::string_view serial, std::string_view factor, const call& bounds) {
        static_cast<void>(serial);
        static_cast<void>(factor);
        static_cast<void>(bounds);
        return not_supported("terminal serial");
    }
    /// Whether it can ask the cardholder in which currency to pay.
    [[nodiscard]] virtual bool asks_currency() const noexcept { return false; }
    /// As `currency_chooser::choose`.
    [[nodiscard]] virtual result<currency_choice> choose_currency(
        const amount& local, const conversion& offer, const call& bounds) {
        static_cast<void>(local);
        static_cast<void>(offer);
        static_cast<void>(bounds);
        return not_supported("currency choice");
    }
    /// Whether its kernel takes lists that the host gives (CA keys, AIDs).
    [[nodiscard]] virtual bool takes_lists() const noexcept { return false; }
    /// A whole list by the name of its download, as the host gave it; in place of the one before.
    [[nodiscard]] virtual result<void> load_list(
        std::string_view name, const std::vector<bytes>& entries, const call& bounds) {
        static_cast<void>(name);
        static_cast<void>(entries);
        static_cast<void>(bounds);
        return not_supported("load list");
    }

  private:
    [[nodiscard]] static error not_supported(std::string_view operation) {
        return error(boost::system::errc::make_error_code(boost::system::errc::operation_not_supported), layer::ports)
            .during(operation);
    }
};

} // namespace cipherlane::ports
