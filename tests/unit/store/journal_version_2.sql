-- A journal as version 2 wrote it, before orders had a phase of their own.
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
ALTER TABLE records ADD COLUMN note TEXT NOT NULL DEFAULT '';
INSERT INTO terminals(terminal_id, last_trace) VALUES ('TEST0001', 14);
INSERT INTO records(id, terminal_id, merchant_id, idempotency_key, kind, state, host_code, mti, processing_code,
    currency, decimals, requested, approved, trace, batch, entry, sequence_number, condition_code, emv,
    transaction_code, field60_rest, field61, masked_pan, original, host_text, reference, authorization, host_date,
    host_time, acquirer, order_number, reversal_reason, reversal_sends, created_date, created, decided, closed)
WITH old(id, kind, state, host_code) AS (VALUES
    (1, 1, 3, '00'),         -- sale
    (2, 4, 1, ''),           -- order asked for, till stopped
    (3, 4, 8, 'issued'),
    (4, 4, 8, 'waiting'),
    (5, 4, 3, 'paid'),
    (6, 4, 4, 'cancelled'),
    (7, 4, 4, 'expired'),
    (8, 4, 3, 'refunded'),
    (9, 4, 4, '400'),        -- gateway refused
    (10, 5, 3, 'refunded'),
    (11, 5, 8, ''),          -- refund not decided
    (12, 3, 4, '05'),        -- refund through the host
    (13, 5, 1, ''),          -- refund asked for, till stopped
    (14, 3, 1, ''))          -- likewise, through the host
SELECT id, 'TEST0001', 'M', 'key-' || id, kind, state, host_code, '', '', 156, 2, 100, 0, id, 1, '', '', '', x'',
    '', '', '', '', 0, '', '', '', '', '', '', 'O' || id, '', 0, '20261121', 0, 0, 0
FROM old;
PRAGMA application_id=1129335882;
PRAGMA user_version=2;
