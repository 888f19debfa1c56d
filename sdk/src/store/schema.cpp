#include "schema.hpp"

#include <array>

namespace cipherlane::store {
namespace {

/// "CPLJ": marks the file as a journal (PRAGMA application_id).
constexpr std::int64_t application_id = 0x43504C4A;

/// Step n brings version n to n + 1.
constexpr std::array steps{R"sql(
CREATE TABLE meta(name TEXT PRIMARY KEY, value BLOB NOT NULL) WITHOUT ROWID;
CREATE TABLE terminals(
    terminal_id TEXT PRIMARY KEY,
    batch INTEGER NOT NULL DEFAULT 1,
    last_trace INTEGER NOT NULL DEFAULT 0,
    pin_slot INTEGER NOT NULL DEFAULT 0, pin_key BLOB NOT NULL DEFAULT x'', pin_check BLOB NOT NULL DEFAULT x'',
    mac_slot INTEGER NOT NULL DEFAULT 0, mac_key BLOB NOT NULL DEFAULT x'', mac_check BLOB NOT NULL DEFAULT x'',
    signed_in_date TEXT NOT NULL DEFAULT '', sign_in_due INTEGER NOT NULL DEFAULT 0,
    acquirer TEXT NOT NULL DEFAULT '',
    settle_batch INTEGER NOT NULL DEFAULT 0, settle_step INTEGER NOT NULL DEFAULT 0,
    settle_result INTEGER NOT NULL DEFAULT 0, settle_uploaded INTEGER NOT NULL DEFAULT 0,
    debit INTEGER NOT NULL DEFAULT 0, debit_count INTEGER NOT NULL DEFAULT 0,
    credit INTEGER NOT NULL DEFAULT 0, credit_count INTEGER NOT NULL DEFAULT 0,
    qr_debit INTEGER NOT NULL DEFAULT 0, qr_debit_count INTEGER NOT NULL DEFAULT 0,
    qr_credit INTEGER NOT NULL DEFAULT 0, qr_credit_count INTEGER NOT NULL DEFAULT 0
) WITHOUT ROWID;
CREATE TABLE records(
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    terminal_id TEXT NOT NULL, merchant_id TEXT NOT NULL, idempotency_key TEXT,
    kind INTEGER NOT NULL, state INTEGER NOT NULL,
    mti TEXT NOT NULL, processing_code TEXT NOT NULL,
    currency INTEGER NOT NULL, decimals INTEGER NOT NULL, requested INTEGER NOT NULL, approved INTEGER NOT NULL,
    trace INTEGER NOT NULL, batch INTEGER NOT NULL,
    entry TEXT NOT NULL, sequence_number TEXT NOT NULL, condition_code TEXT NOT NULL, emv BLOB NOT NULL,
    transaction_code TEXT NOT NULL, field60_rest TEXT NOT NULL, field61 TEXT NOT NULL,
    masked_pan TEXT NOT NULL, original INTEGER NOT NULL,
    host_code TEXT NOT NULL, host_text TEXT NOT NULL, reference TEXT NOT NULL, authorization TEXT NOT NULL,
    host_date TEXT NOT NULL, host_time TEXT NOT NULL, acquirer TEXT NOT NULL, order_number TEXT NOT NULL,
    reversal_reason TEXT NOT NULL, reversal_sends INTEGER NOT NULL,
    created_date TEXT NOT NULL, created INTEGER NOT NULL, decided INTEGER NOT NULL,
    closed INTEGER NOT NULL, settled_at INTEGER, card BLOB
);
CREATE UNIQUE INDEX records_key ON records(terminal_id, idempotency_key) WHERE idempotency_key IS NOT NULL;
CREATE INDEX records_batch ON records(terminal_id, batch);
CREATE INDEX records_open ON records(terminal_id, state) WHERE state IN (1, 5, 7, 8);
CREATE INDEX records_untold ON records(terminal_id) WHERE closed = 0;
CREATE INDEX records_original ON records(original) WHERE original != 0;
CREATE INDEX records_card ON records(settled_at) WHERE card IS NOT NULL;
)sql",
    R"sql(
ALTER TABLE records ADD COLUMN note TEXT NOT NULL DEFAULT '';
)sql",
    // Until then the phase of an order stood in the gateway's word. Any other word is a refusal.
    R"sql(
ALTER TABLE records ADD COLUMN phase INTEGER NOT NULL DEFAULT 0;
UPDATE records SET phase = CASE host_code
    WHEN '' THEN 1 WHEN 'issued' THEN 2 WHEN 'waiting' THEN 2 WHEN 'paid' THEN 3 WHEN 'cancelled' THEN 4
    WHEN 'expired' THEN 5 WHEN 'refunded' THEN 6 ELSE 7 END
    WHERE kind IN (4, 5);
)sql",
    // Of the first `covered` columns of record_table.cpp; 0: none yet. A step that changes such a column of records
    // that are there sets `covered` to 0 again.
    R"sql(
ALTER TABLE records ADD COLUMN covered INTEGER NOT NULL DEFAULT 0;
ALTER TABLE records ADD COLUMN checksum INTEGER NOT NULL DEFAULT 0;
)sql",
    // Whom a record was sent to; when its code ends; that what nothing can undo is marked before it leaves. Until
    // then a refund left without a mark: one that is found as prepared may have left. And what a gateway says
    // unasked.
    R"sql(
ALTER TABLE records ADD COLUMN counterpart TEXT NOT NULL DEFAULT '';
ALTER TABLE records ADD COLUMN expires INTEGER NOT NULL DEFAULT 0;
UPDATE records SET state = 8, covered = 0 WHERE state = 1 AND kind IN (3, 5);
DROP INDEX records_open;
CREATE INDEX records_open ON records(terminal_id, state) WHERE state IN (1, 5, 7, 8, 10);
CREATE INDEX records_unsettled ON records(terminal_id) WHERE settled_at IS NULL;
CREATE INDEX records_order ON records(order_number) WHERE order_number != '';
ALTER TABLE terminals ADD COLUMN host_debit INTEGER NOT NULL DEFAULT 0;
ALTER TABLE terminals ADD COLUMN host_debit_count INTEGER NOT NULL DEFAULT 0;
ALTER TABLE terminals ADD COLUMN host_credit INTEGER NOT NULL DEFAULT 0;
ALTER TABLE terminals ADD COLUMN host_credit_count INTEGER NOT NULL DEFAULT 0;
CREATE TABLE notices(
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    order_number TEXT NOT NULL, merchant_id TEXT NOT NULL, terminal_id TEXT NOT NULL, state INTEGER NOT NULL,
    paid INTEGER NOT NULL, currency INTEGER NOT NULL, decimals INTEGER NOT NULL, transaction_number TEXT NOT NULL,
    closed INTEGER NOT NULL DEFAULT 0, UNIQUE(merchant_id, order_number, state)
);
CREATE INDEX notices_open ON notices(id) WHERE closed = 0;
)sql",
    // What the till does without the host and tells it later; what the host asks for and gives besides trades.
    R"sql(
ALTER TABLE records ADD COLUMN chip BLOB NOT NULL DEFAULT x'';
ALTER TABLE records ADD COLUMN voucher TEXT NOT NULL DEFAULT '';
ALTER TABLE records ADD COLUMN instalment TEXT NOT NULL DEFAULT '';
ALTER TABLE records ADD COLUMN small_amount INTEGER NOT NULL DEFAULT 0;
DROP INDEX records_open;
CREATE INDEX records_open ON records(terminal_id, state) WHERE state IN (1, 5, 7, 8, 10, 12);
ALTER TABLE terminals ADD COLUMN wishes INTEGER NOT NULL DEFAULT 0;
ALTER TABLE terminals ADD COLUMN master_keys BLOB NOT NULL DEFAULT x'';
CREATE TABLE lists(
    terminal_id TEXT NOT NULL, name TEXT NOT NULL, date TEXT NOT NULL, complete INTEGER NOT NULL,
    entries BLOB NOT NULL, PRIMARY KEY(terminal_id, name)
) WITHOUT ROWID;
)sql",
    // The same word about an order, of another payment: a second payer.
    R"sql(
ALTER TABLE notices RENAME TO old_notices;
DROP INDEX notices_open;
CREATE TABLE notices(
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    order_number TEXT NOT NULL, merchant_id TEXT NOT NULL, terminal_id TEXT NOT NULL, state INTEGER NOT NULL,
    paid INTEGER NOT NULL, currency INTEGER NOT NULL, decimals INTEGER NOT NULL, transaction_number TEXT NOT NULL,
    closed INTEGER NOT NULL DEFAULT 0, UNIQUE(merchant_id, order_number, state, transaction_number)
);
INSERT INTO notices SELECT * FROM old_notices;
DROP TABLE old_notices;
CREATE INDEX notices_open ON notices(id) WHERE closed = 0;
)sql",
    // What a trade said of the device that it came from, for its reversal.
    R"sql(
ALTER TABLE records ADD COLUMN serial_block TEXT NOT NULL DEFAULT '';
)sql",
    // The cardholder's choice of a currency.
    R"sql(
ALTER TABLE records ADD COLUMN conversion INTEGER NOT NULL DEFAULT 0;
ALTER TABLE records ADD COLUMN converted INTEGER NOT NULL DEFAULT 0;
ALTER TABLE records ADD COLUMN converted_currency INTEGER NOT NULL DEFAULT 156;
ALTER TABLE records ADD COLUMN conversion_rate TEXT NOT NULL DEFAULT '';
)sql",
    // What a payment terminal's last transaction was before it was asked for this one.
    R"sql(
ALTER TABLE records ADD COLUMN device_before TEXT NOT NULL DEFAULT '';
)sql",
    // That the card could not verify the issuer's answer to an approval.
    R"sql(
ALTER TABLE records ADD COLUMN arpc_failed INTEGER NOT NULL DEFAULT 0;
)sql",
    // How a stored trade was sent before stood until then among the codes of the host.
    R"sql(
ALTER TABLE records ADD COLUMN earlier_sends INTEGER NOT NULL DEFAULT 0;
UPDATE records SET earlier_sends = CASE
    WHEN reversal_sends = 0 OR host_code = 'never left' THEN 0
    WHEN host_code IN ('', '68', '96', '98') THEN 1
    WHEN host_code IN ('00', '10', '11', '16', '77', '79', '90', '91', '92', '94', '99', 'A0', 'A2', 'A4', 'A5', 'A6')
    THEN 2 ELSE 3 END
    WHERE state = 12;
UPDATE records SET host_code = '', covered = 0 WHERE host_code = 'never left';
)sql",
    // Which code of a QR order is the last.
    R"sql(
ALTER TABLE records ADD COLUMN renewals INTEGER NOT NULL DEFAULT 0;
)sql",
    // Who did it, and in which shift.
    R"sql(
ALTER TABLE records ADD COLUMN operator_id TEXT NOT NULL DEFAULT '';
ALTER TABLE records ADD COLUMN shift INTEGER NOT NULL DEFAULT 0;
CREATE INDEX records_shift ON records(terminal_id, operator_id, shift) WHERE shift != 0;
)sql",
    // That a card terminal does not know itself what became of a trade was until then seen from the code that it had
    // said so by.
    R"sql(
ALTER TABLE records ADD COLUMN device_unsure INTEGER NOT NULL DEFAULT 0;
UPDATE records SET device_unsure = 1 WHERE state = 8 AND kind BETWEEN 22 AND 27 AND host_code != '';
)sql",
    // That the card has yet to say what it makes of the host's approval; and by what its number is known again.
    R"sql(
ALTER TABLE records ADD COLUMN at_card INTEGER NOT NULL DEFAULT 0;
ALTER TABLE records ADD COLUMN card_digest BLOB NOT NULL DEFAULT x'';
)sql",
    // Why a notice waits for a person; and which records of a batch could not be sent up to the host.
    R"sql(
ALTER TABLE notices ADD COLUMN matter INTEGER NOT NULL DEFAULT 0;
ALTER TABLE terminals ADD COLUMN settle_left_out BLOB NOT NULL DEFAULT x'';
)sql",
    // Of a list SQLite makes a table twice at each change of a state, of a chain of comparisons none.
    R"sql(
DROP INDEX records_open;
CREATE INDEX records_open ON records(terminal_id, state)
    WHERE (state = 1 OR state = 5 OR state = 7 OR state = 8 OR state = 10 OR state = 12);
)sql"};

constexpr auto this_version = static_cast<std::int64_t>(steps.size());

result<std::int64_t> pragma(database& on, const char* sql) {
    auto query = on.prepare(sql);
    CIPHERLANE_TRY(const bool row, query.step());
    return row ? query.integer(0) : 0;
}

result<std::int64_t> version_of(database& on) {
    CIPHERLANE_TRY(const auto id, pragma(on, "PRAGMA application_id"));
    CIPHERLANE_TRY(const auto version, pragma(on, "PRAGMA user_version"));
    CIPHERLANE_TRY(const auto tables, pragma(on, "SELECT count(*) FROM sqlite_master"));
    if (id != application_id && (id != 0 || tables != 0)) {
        return error(store_errc::not_a_journal, layer::store).during("open");
    }
    if (version > this_version) return error(store_errc::newer_schema, layer::store).during("open");
    return version;
}

} // namespace

result<void> make_schema(database& on) {
    CIPHERLANE_TRY(const auto version, version_of(on));
    if (version == this_version) return {};
    CIPHERLANE_CHECK(on.execute("BEGIN IMMEDIATE"));
    for (auto step = static_cast<std::size_t>(version); step < steps.size(); ++step) {
        CIPHERLANE_CHECK(on.execute(steps[step]));
    }
    const std::string marks = "PRAGMA application_id=" + std::to_string(application_id) +
                              "; PRAGMA user_version=" + std::to_string(this_version) + "; COMMIT";
    return on.execute(marks.c_str());
}

result<void> check_not_foreign(database& on) {
    CIPHERLANE_TRY([[maybe_unused]] const auto version, version_of(on));
    return {};
}

result<void> check_schema(database& on) {
    CIPHERLANE_TRY(const auto version, version_of(on));
    if (version != this_version) return error(store_errc::not_a_journal, layer::store).during("open");
    return {};
}

} // namespace cipherlane::store
