#pragma once

#include <cipherlane/core/amount.hpp>
#include <cipherlane/core/language.hpp>
#include <cipherlane/core/result.hpp>
#include <cipherlane/ledger/seen_before.hpp>

#include <chrono>
#include <cstdint>
#include <string>

namespace cipherlane::acquiring {

/// The cipher of a terminal's keys.
enum class key_algorithm : std::uint8_t { tdes, sm4 };

/// When a trade whose outcome is not known is reversed. Either way its record blocks the next online trade.
enum class reversal_time : std::uint8_t {
    at_once,           ///< right after the failed trade, if its call leaves the time; else before the next one
    before_next_trade, ///< never earlier
};

/// What a reversal that the host answered with an unexpected code becomes.
enum class unexpected_reversal_code : std::uint8_t {
    ends_it,      ///< the record becomes `reversal_refused`, an alert is raised (what terminals in the field do)
    keeps_pending ///< it is sent again before the next trade, and blocks until then
};

/// Keys and how the host's dialect uses them.
///
/// A terminal at work changes to SM4 when its settings do: with `algorithm` go the slot of the SM4 master key, loaded
/// by hand, and the sign-in code by which the host knows the change. Working keys and downloaded master keys of
/// another slot are not used again: the next trade signs in, and what is still open, a reversal as well as the batch,
/// goes on under the new keys. Where the slot stays the same, check values show that the old ones do not fit.
struct key_settings {
    key_algorithm algorithm = key_algorithm::tdes;
    int master_slot = 0;              ///< where the PIN pad holds the master key (TMK)
    std::string sign_in_code = "003"; ///< field 60.3: 001 single-length keys, 003 double, 004 with a track key
    /// How the host divides field 62 of the sign-in's answer, "16+8 16+8": key and check value of TPK, TAK and
    /// perhaps TDK (`iso8583::sign_in_layout::parse`). Empty: told by its length.
    std::string sign_in_division;
    bool sm4_mac_ascii = false; ///< SM4 only: field 64 as 8 hex characters instead of 8 raw bytes (doubtful)
};

/// Where sales and pre-authorisations carry the terminal serial block (终端序列号信息).
enum class serial_carrier : std::uint8_t {
    none,
    field59,     ///< tag A2
    field62,     ///< usage PI
    field57,     ///< all of it
    json,        ///< not the host's messages, but what a gateway is asked to charge: `ports::charge_serial`
    json_base64, ///< the same, the cryptogram in base64
};

/// Whether it goes beside what a gateway is asked to charge.
[[nodiscard]] constexpr bool is_json(serial_carrier carrier) noexcept {
    return carrier == serial_carrier::json || carrier == serial_carrier::json_base64;
}

/// What fills the version of the application up to eight characters.
enum class version_fill : std::uint8_t { blanks, zeros };

/// What becomes of it where nothing can make the cryptogram, as a device that has no key.
enum class without_serial_key : std::uint8_t {
    omits,  ///< the bare serial number goes out, without factor and cryptogram
    blanks, ///< factor, and eight blanks for the cryptogram
    refuses ///< no trade: `no_device`, or what the device says
};

/// The terminal serial block: who makes its cryptogram is asked in this order: PIN pad, sealer.
struct serial_block_settings {
    serial_carrier carrier = serial_carrier::none;
    std::string serial;             ///< 1 to 50 characters; empty: `serial_number`
    std::string device_type = "04"; ///< two digits: 02 classic POS, 03 mPOS, 04 smart POS, 13 MIS …; JSON has none
    std::string version;            ///< of the application
    version_fill filled_with = version_fill::blanks;
    std::string licence; ///< of the network; fields 57 and 62 carry it
    /// Characters of serial number and factor together that the device takes which makes the cryptogram: 32 where
    /// its buffer has a fixed size. 0: any.
    std::uint32_t longest_input = 0;
    without_serial_key without_key = without_serial_key::omits;
    bool in_reversals = true; ///< a reversal says it again; some hosts do not want it there
};

/// What the host's messages carry in front.
struct host_settings {
    std::string tpdu = "6000030000";
    std::string header = "603100310730"; ///< 12 digits; the 6th is the host's
};

struct timer_settings {
    std::chrono::milliseconds card{60'000}; ///< for the card to be presented
    std::chrono::milliseconds pin{60'000};
    std::chrono::milliseconds device{5'000}; ///< for a display or PIN pad to take a text
    std::chrono::milliseconds journal{10'000};
};

struct reversal_settings {
    reversal_time when = reversal_time::at_once;
    std::uint32_t sends = 3; ///< in one go; then the trade is refused and the reversal tried again next time
    unexpected_reversal_code unexpected = unexpected_reversal_code::ends_it;
    /// The longest that a trade may be under way at the host and beyond. A reversal that the host answers with "no
    /// such trade" (12, 25, 40) before that proves nothing, as it may have overtaken the trade: it is sent once more
    /// then.
    std::chrono::milliseconds longest_processing{120'000};
    /// Field 55 tags that a reversal carries, from the request's.
    std::string emv_tags = "95 9F1E 9F10 9F36 DF31";
};

struct settlement_settings {
    /// Sends the end message (60.3 = 207) after a balanced 0500 too. Doubtful: hosts that want nothing more after a
    /// balanced total are said to exist.
    bool end_when_balanced = true;
    /// Sends the records of chip cards one by one (60.3 = 203, or 204 where the card could not verify the issuer's
    /// answer) after a balanced 0500 too.
    bool chip_records_when_balanced = false;
    /// Field 55 tags that such a record carries, and the notice of a script's result, from the request's.
    std::string emv_tags =
        "9F26 9F27 9F10 9F37 9F36 95 9A 9C 9F02 5F2A 82 9F1A 9F03 9F33 9F34 9F35 9F1E 84 9F09 9F41 "
        "9F63";
    std::uint32_t erase_cards_after_days = 30;
    /// "HH:MM" of China's civil time: from then on a batch that has payments of before is overdue, and every payment,
    /// an alert and the till's status say so until it is settled. Empty: nobody is reminded.
    std::string remind_at;
};

/// Payments of small amounts that need neither PIN nor signature (小额免密免签).
struct small_amount_settings {
    std::int64_t most_minor = 0;  ///< up to this amount, in minor units; 0: never
    bool contactless_only = true; ///< as the schemes have it
};

/// What the till may take without asking the host. In minor units; 0: nothing.
struct offline_settings {
    std::int64_t most_each_minor = 0;      ///< of one offline sale
    std::int64_t most_together_minor = 0;  ///< of all that the host has not been told yet
    std::uint32_t most_records = 0;        ///< likewise, their number; from it on they are told before the next trade
    std::uint32_t most_added_percent = 15; ///< what tips and adjustments may add to a sale, together
    /// What the host means by 94 or 79 to the repeat of what it has not answered; where it proves nothing, a person
    /// finds out.
    ledger::seen_before duplicate = ledger::seen_before::is_taken;
};

struct pre_auth_settings {
    std::uint32_t most_percent = 115; ///< of what was reserved, that a completion may take
    std::uint32_t valid_days = 0;     ///< for which it may be completed; 0: as long as the host lets it be
};

/// Where a message says what was converted.
enum class conversion_form : std::uint8_t {
    fields, ///< fields 6, 10 and 51
    tag59,  ///< a tag of field 59 of the acquirer's own: those three, one behind the other
};

/// Whether holders of cards of other currencies are offered to pay in theirs (动态货币转换, DCC).
struct conversion_settings {
    bool offered = false; ///< the host is asked for its rate before a sale or a pre-authorisation by card
    std::string
        own_cards; ///< beginnings of card numbers of the terminal's own currency, "62 9"; nobody asks for them
    conversion_form form = conversion_form::fields;
    std::string tag = "A6";                   ///< of `tag59`: two letters and digits, none of A1 to A5
    std::chrono::milliseconds choice{60'000}; ///< for the cardholder to choose
};

/// How orders at the QR gateway are handled.
struct gateway_settings {
    std::chrono::seconds code_valid{180};  ///< how long a code may be paid; 60 to 300 s is good practice
    std::chrono::milliseconds poll{2'000}; ///< a query when no notification came for so long
    std::chrono::milliseconds response_time{10'000};
    /// For how long a charge that was sent may still reach the gateway: until then "no such order" says nothing of
    /// it.
    std::chrono::seconds longest_way{60};
};

/// Who makes the codes that payers scan.
enum class code_source : std::uint8_t {
    gateway, ///< each order's code is the gateway's
    emv      ///< the till builds an EMV code with the order's mark; the gateway is told of the order, and of the code
};

/// What becomes of a payment that its order did not want: after the end, or a second one.
enum class unwanted_payment : std::uint8_t {
    goes_back, ///< it is given back by itself, once, and somebody is told
    is_asked,  ///< somebody is told, and decides
};

/// The codes of orders, and what is done when a payer is late, slow, or there twice.
struct qr_settings {
    code_source codes = code_source::gateway;
    std::uint32_t most_codes = 3;                  ///< of one order; 1: its code is never followed by another
    std::chrono::seconds renew_before{10};         ///< how long before a code's end the next one takes its place
    std::chrono::milliseconds longest_poll{8'000}; ///< up to which the questions of one order become rarer
    std::uint32_t closing_tries = 3; ///< how often a gateway that does not answer is asked to close an order
    unwanted_payment unwanted = unwanted_payment::goes_back;
    std::chrono::seconds password{45};   ///< for the payer to confirm what their code was charged with
    std::chrono::seconds code_fresh{60}; ///< how old the scan of a payer's code may be: `scanner.code_fresh_seconds`
    // Of codes that the till builds: EMVCo QRCPS MPM v1.1.
    int account_tag = 26;          ///< 15 and 16: UnionPay, the account alone; 26 to 51: a template
    std::string account_scheme;    ///< the template's globally unique identifier (00)
    std::string account;           ///< whose account is paid: 31 characters with tags 15 and 16; else object 01
    std::string category = "0000"; ///< MCC
    std::string country = "CN";
    std::string name; ///< 1 to 25 characters of ASCII
    std::string city; ///< 1 to 15 characters of ASCII
};

/// On receipts.
enum class receipt_language : std::uint8_t { both, english, chinese };

/// In which language people are spoken to.
struct wording_settings {
    language pinpad = language::english; ///< many pads have Latin letters alone
    receipt_language receipt = receipt_language::both;
};

/// What the flow must know about one terminal (TID). A plain value with defaults; `validate` says what does not fit.
/// Where devices, host and files are is nothing to the flow: `till_settings` has that, and reads all of it from a
/// file.
struct terminal_settings {
    std::string terminal_id; ///< field 41, 8 characters
    std::string merchant_id; ///< field 42, 15 characters
    std::string merchant_name;
    std::string merchant_short_name; ///< 商户简称, beside payment codes; empty: `merchant_name`
    std::string operator_id = "01";  ///< field 63 of requests, 1 to 3 characters
    std::string serial_number;       ///< field 62 of the sign-in; empty: not sent
    char reader_capability = '5';    ///< field 60.4: 0 unknown, 2 magnetic, 5 with chip, 6 with contactless
    currency unit = cny;             ///< decimals as ISO 4217 has them
    bool queue = false;              ///< a trade waits for the one under way; else it is refused as `busy`
    key_settings keys;
    serial_block_settings serial_block;
    host_settings host;
    timer_settings timers;
    reversal_settings reversal;
    settlement_settings settlement;
    small_amount_settings small_amounts;
    offline_settings offline;
    pre_auth_settings pre_auth;
    conversion_settings conversion;
    gateway_settings gateway;
    qr_settings qr;
    wording_settings wording;

    /// The serial number of the terminal serial block.
    [[nodiscard]] const std::string& block_serial() const noexcept {
        return serial_block.serial.empty() ? serial_number : serial_block.serial;
    }
    [[nodiscard]] const std::string& short_name() const noexcept {
        return merchant_short_name.empty() ? merchant_name : merchant_short_name;
    }

    /// @return `acquiring_errc::bad_settings` (`misuse`) with the setting's path, e.g. "host.tpdu".
    [[nodiscard]] result<void> validate() const;
};

} // namespace cipherlane::acquiring
