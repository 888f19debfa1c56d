#pragma once

#include <boost/system/error_code.hpp>

namespace cipherlane {

/// Error codes of `acquiring`: why a step of the flow could not be taken.
enum class acquiring_errc {
    bad_settings = 1,  ///< a terminal setting breaks its rule; the error names it
    no_file,           ///< a settings file cannot be read or is not TOML
    no_device,         ///< the lane has no PIN pad, display, gateway or host for this
    bad_request,       ///< an amount of zero, a currency that is not the terminal's, a key that is empty or too long
    key_reused,        ///< the idempotency key belongs to another kind of trade or another amount
    too_little_time,   ///< the deadline leaves less than the host's response time; nothing was sent
    reversal_pending,  ///< an earlier trade must be reversed first and the host does not answer
    order_pending,     ///< an earlier QR order is not decided and the gateway does not answer
    sign_in_refused,   ///< the host answered the sign-in with another code than 00
    bad_working_keys,  ///< field 62 of the sign-in has no known form
    check_value_wrong, ///< a working key does not fit its check value
    bad_answer,        ///< an answer lacks a field, or a field breaks its form
    answer_mac_wrong,  ///< the MAC of an answer is missing or wrong: nothing of it is believed
    no_original,       ///< no such record, or not one that this trade can undo
    original_not_approved,
    amount_too_large,     ///< more than the original's amount
    settlement_refused,   ///< the host refused a step of the settlement
    settlement_due,       ///< a settlement is under way: it goes on before the next trade
    lane_closed,          ///< the lane is being destroyed
    partial_refused,      ///< the host approved less than the till asked for, and the till does not take less
    pin_key_missing,      ///< a PIN is needed and the sign-in brought no PIN key
    declined_by_card,     ///< the chip card declined what the host had approved: reversed
    sealer_not_built,     ///< this version has no sealer of that kind
    order_not_new,        ///< the gateway had an order of this number already; its code is not shown
    nothing_to_decide,    ///< the record is decided
    code_still_valid,     ///< the payer could still pay: nobody can say that it is not paid
    batch_full,           ///< the batch holds as many trades or as much money as can be settled: settle first
    not_decided,          ///< the host answered with a code that proves neither that money moved nor that it did not
    busy,                 ///< a trade is under way, and the setting `terminal.queue` does not let another one wait
    terminal_in_use,      ///< another lane of this process has this terminal of this journal
    own_thread,           ///< a blocking flow on the lane's own thread (a timeline) would wait for itself
    deadline_passed,      ///< the deadline had passed before the call began, or before its turn came
    cashier_cancelled,    ///< a stop request came before the request left
    cardholder_cancelled, ///< the cancel key of the PIN pad
    no_card,              ///< nobody presented a card in time
    no_pin,               ///< nobody entered a PIN in time
    other_counterpart,    ///< the record belongs to another host, or to another gateway or merchant, than the lane's
    service_refused,      ///< the host refused a service (sign-off, download) with its code
    offline_limit,        ///< more than the settings let the till take without the host
    offline_declined,     ///< the card did not approve an offline sale by itself
    reservation_expired,  ///< the pre-authorisation is older than the settings let it be completed
    advice_waiting,       ///< the host has not answered what the till has done already: it is told again
    terminal_pending,     ///< what an earlier payment at the terminal has come to is not known yet, or known just now
    host_silent,          ///< a request that moves no money left, and no answer came
    code_too_old,         ///< the payer's code was scanned too long ago: another one is asked for
    host_ahead,           ///< the host has a later batch than this journal, which is new: the terminal does not begin
    not_told, ///< nobody has asked what the last run left (`recover`), or acknowledged what was taken: the
              ///< till does not settle by itself
};

[[nodiscard]] boost::system::error_code make_error_code(acquiring_errc value) noexcept;

} // namespace cipherlane

template <>
struct boost::system::is_error_code_enum<cipherlane::acquiring_errc> : std::true_type {};
