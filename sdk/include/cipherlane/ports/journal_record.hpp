#pragma once

#include <cipherlane/core/amount.hpp>
#include <cipherlane/core/bytes.hpp>
#include <cipherlane/core/pan.hpp>
#include <cipherlane/ports/conversion.hpp>

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace cipherlane::ports {

/// What a journal record is about. The numbers are stored: never renumber.
enum class trade : std::uint8_t {
    sale = 1,
    void_sale = 2,
    refund = 3,
    qr_sale = 4,   ///< through the QR gateway: not part of the host's totals
    qr_refund = 5, ///< likewise
    pre_auth = 6,  ///< reserves money (预授权)
    pre_auth_void = 7,
    completion = 8, ///< takes what was reserved, or some of it (预授权完成)
    completion_void = 9,
    completion_advice = 10,  ///< takes what was reserved; the host is told afterwards (预授权完成通知)
    offline_sale = 11,       ///< approved by the chip alone, uploaded later (脱机消费)
    offline_settlement = 12, ///< approved by telephone: its code comes from a person (离线结算)
    adjustment = 13,         ///< adds to a sale what was left out (结算调整)
    tip = 14,                ///< adds a tip to a sale (小费)
    offline_refund = 15,     ///< gives back an offline sale; the host is told afterwards (脱机退货)
    code_sale = 16,          ///< by the payer's payment code, through the host (付款码消费)
    code_void = 17,
    code_refund = 18,
    instalment_sale = 19, ///< paid in instalments (分期消费)
    instalment_void = 20,
    script_notice = 21, ///< what a chip made of its issuer's scripts (脚本结果通知): moves no money
    device_sale = 22,   ///< at a payment terminal with a host of its own (收款终端)
    device_void = 23,
    device_refund = 24,
    device_pre_auth = 25,
    device_pre_auth_void = 26,
    device_completion = 27,
    qr_return = 28, ///< gives back a payment that its order did not want: late, or a second one. Made by the flow
    qr_charge = 29, ///< by the payer's payment code, through the gateway (付款码)
};

/// Where a record stands. The numbers are stored: never renumber. Which state may follow which, and on whose word,
/// is said by `ledger/record_life.hpp`. A record found `prepared` by a process that did not write it may have left
/// the till: it is taken as sent, unless its kind has a state of its own for that (`sent`).
enum class record_state : std::uint8_t {
    prepared = 1, ///< durable, its request may or may not have left
    not_sent = 2, ///< certain that no byte left; its idempotency key may be used again
    approved = 3,
    declined = 4,
    reversal_pending = 5, ///< blocks the terminal's next online trade until the host has answered the reversal
    reversed = 6,
    reversal_refused = 7, ///< the host answered the reversal, and that does not prove it undone: it is asked once
                          ///< more when nothing can be under way any more, and a person may decide
    unknown = 8,          ///< cannot be reversed (refund, QR order) and is not decided: a person or a query must
    voided = 9,           ///< approved, then undone by a void
    sent = 10,     ///< of what nothing can undo: its request is about to leave, or has; of a QR order: the gateway
                   ///< has it, and its code may be seen
    returned = 11, ///< of a QR order: paid, and given back in full, but not by this till
    stored = 12,   ///< of what the till takes without the host: done here, and told to the host until it answers
};

/// Where the order of a QR trade stands with its gateway. The numbers are stored: never renumber. See
/// `ledger/order_life.hpp`.
enum class order_phase : std::uint8_t {
    none = 0,      ///< a trade of the host: there is no order
    asked = 1,     ///< the gateway has been asked, or was about to be, and has said nothing that decides
    issued = 2,    ///< it has the order and has issued a code
    paid = 3,      ///< the payer has paid it
    cancelled = 4, ///< closed unpaid, or never made: it can no longer be paid
    expired = 5,   ///< likewise, by its time
    refunded = 6,  ///< the money went back; of a refund: it was carried out
    refused = 7,   ///< the gateway would not make it
};

/// How a record that the host is told of afterwards (`record_state::stored`) was sent before, which decides what the
/// host's next answer proves. The numbers are stored: never renumber. See `ledger/record_life.hpp`.
enum class sent_before : std::uint8_t {
    never = 0,      ///< or only sends that are known not to have left: a send is counted before it leaves
    unanswered = 1, ///< a host that now says that it has seen the same before (94, 79) has taken it then
    answered = 2,   ///< with a code that took nothing
    doubted = 3, ///< only a yes proves anything: a repeat of what was not answered was refused, or the host said of
                 ///< the first send that it had seen the same before (94, 79)
};

/// On whose word a record changes.
enum class decider : std::uint8_t {
    till,         ///< its own knowledge: nothing left, or nothing came back that can be believed
    host,         ///< an answer whose MAC is right
    gateway,      ///< an answer or notification that names the order
    terminal,     ///< a payment terminal's own word on what it was asked for
    card,         ///< the chip declined what the host had approved
    person,       ///< somebody found out
    restart,      ///< a later process found the record and takes it as sent
    other_record, ///< the approval of another record, as of a sale's void
};

[[nodiscard]] std::string_view to_string(record_state value) noexcept;
[[nodiscard]] std::string_view to_string(order_phase value) noexcept;
[[nodiscard]] std::string_view to_string(decider value) noexcept;

/// One payment of one terminal, with every field that its reversal would need. Copyable: card data is kept apart,
/// sealed, and comes out only through `store::card`. Never holds tracks or PIN blocks.
struct journal_record {
    std::uint64_t id = 0; ///< set by `store::begin`
    std::string terminal_id;
    std::string merchant_id;
    std::string idempotency_key; ///< the caller's, unique per terminal
    trade kind = trade::sale;
    record_state state = record_state::prepared;

    std::string mti;              ///< of the original request, "0200"
    std::string processing_code;  ///< field 3
    amount requested;             ///< field 4
    amount approved;              ///< less than `requested` after a partial approval; zero until approved
    std::uint32_t trace = 0;      ///< field 11, set by `store::begin`
    std::uint32_t batch = 0;      ///< field 60.2, set by `store::begin`
    std::string entry;            ///< field 22, 3 digits
    std::string sequence_number;  ///< field 23, 3 digits or empty
    std::string condition_code;   ///< field 25
    bytes emv;                    ///< the part of field 55 that a reversal carries, BER-TLV
    std::string transaction_code; ///< field 60.1, 2 digits; 60.2 is `batch`
    std::string field60_rest;     ///< field 60 from 60.3 on, as sent
    std::string field61;          ///< as sent, empty if the original had none
    std::string masked_pan;       ///< for people; empty without a card
    std::string counterpart;      ///< whom it was sent to (`host::identity`, `qr_gateway::identity`); empty: not told
    std::uint64_t original = 0;   ///< the record that a void or refund undoes

    std::string host_code;                           ///< field 39, or the gateway's word
    std::string host_text;                           ///< field 63 or the gateway's text, UTF-8, untrusted
    std::string reference;                           ///< field 37 (RRN), or the gateway's transaction number
    std::string authorization;                       ///< field 38
    std::string host_date;                           ///< YYYYMMDD: field 13 with its year
    std::string host_time;                           ///< hhmmss: field 12
    std::string acquirer;                            ///< field 32
    std::string order_number;                        ///< of a QR order
    order_phase phase = order_phase::none;           ///< of a QR order; set by `store::begin`, then by verdicts
    std::chrono::system_clock::time_point expires{}; ///< of a QR order: as the gateway says; zero: it has not said
    /// Of a QR order: how many codes have taken the place of its first one, each once the one before it could no
    /// longer be paid. Of a QR return: of which code the payment is (`ledger::number_of_code`).
    std::uint32_t renewals = 0;

    std::string note; ///< why a person decided it so; empty where nobody had to

    bytes chip; ///< the part of field 55 that is told to the host later: batch upload, script notice
    /// Field 59, A4: the host's number of a payment by payment code; of a payment terminal: its receipt number; of a
    /// QR return: the gateway's number of the payment that goes back.
    std::string voucher;
    std::string instalment;   ///< field 62 of an instalment sale, as sent
    std::string serial_block; ///< the terminal serial block (终端序列号信息) as it was sent; empty if none was
    ports::conversion conversion; ///< what the cardholder has chosen; of what follows a payment, its choice
    std::string device_before;    ///< of a card terminal: what it had done last before (`terminal::last_done`)
    /// Of a card terminal: it has said itself that it does not know (`terminal_report::host_unsure`).
    bool device_unsure = false;
    /// The card has taken the host's approval, though the issuer's proof (ARPC) was wrong or did not come whole: such
    /// a record goes up with the batch by another number.
    bool arpc_failed = false;
    bool small_amount = false; ///< taken without PIN and signature by the rule for small amounts (小额免密免签)
    std::string
        operator_id; ///< who did it, as field 63 has it (操作员号); empty of records of before there were such
    std::uint32_t shift = 0; ///< of that operator at that terminal; 0: without sign-on

    /// The card has yet to say what it makes of the host's approval: from the record's begin until
    /// `store::card_has_spoken`. Once its process is gone there is no card to ask, and the approval stands.
    bool at_card = false;
    bytes card_digest; ///< of the sealed card's number, under the journal's key (`store::is_card_of`); set by `begin`
    std::string reversal_reason; ///< field 39 of the reversal: 98, 96, A0, 06; fixed once
    std::uint32_t reversal_sends = 0;
    sent_before earlier_sends = sent_before::never;
    std::string created_date; ///< YYYYMMDD, business date of the request
    std::chrono::system_clock::time_point created{};
    std::chrono::system_clock::time_point decided{};
    bool closed = false;      ///< whom it concerns has been told the verdict
    bool settled = false;     ///< its batch is closed
    bool card_sealed = false; ///< sealed card data is on file
};

/// Card data on its way into or out of the seal. Move-only.
struct stored_card {
    stored_card(pan number, std::string valid_to)
        : account(std::move(number))
        , expiry(std::move(valid_to)) {}
    pan account;
    std::string expiry; ///< YYMM or empty
};

/// What a verdict changes in a record. Unset members stay as they are.
struct journal_verdict {
    journal_verdict(record_state value, decider who)
        : state(value)
        , by(who) {}
    record_state state;
    decider by;
    std::optional<amount> approved;
    std::optional<std::string> host_code;
    std::optional<std::string> host_text;
    std::optional<std::string> reference;
    std::optional<std::string> authorization;
    std::optional<std::string> host_date;
    std::optional<std::string> host_time;
    std::optional<std::string> acquirer;
    std::optional<std::string> order_number;
    std::optional<order_phase> phase;
    std::optional<std::chrono::system_clock::time_point> expires;
    std::optional<std::uint32_t> renewals;
    std::optional<std::string> reversal_reason;
    std::optional<std::string> note;
    std::optional<std::string> voucher;
    std::optional<std::string> masked_pan;
    std::optional<bool> arpc_failed;
    std::optional<bool> device_unsure;
    std::optional<bytes> chip; ///< as the card has it in the end
    std::optional<sent_before> earlier_sends;
};

} // namespace cipherlane::ports
