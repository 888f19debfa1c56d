/*
 * The till: everything that a settings file names, and each trade by its name. See status.h for the shape of it all.
 *
 * A payment ends approved, declined, reversed or unknown, never as a guess: that is its `outcome`. A condition other
 * than CIPHERLANE_OK means that this call began nothing; what its key has from an earlier one is asked by
 * `cipherlane_till_lookup`. CIPHERLANE_OUTCOME_UNKNOWN alone says that it had begun. The record is durable before the
 * first byte leaves; the same key asked again, for the same trade, gives the recorded outcome, not a second charge.
 */
#ifndef CIPHERLANE_C_TILL_H
#define CIPHERLANE_C_TILL_H

#include <cipherlane/c/status.h>

#ifdef __cplusplus
extern "C" {
#endif

/* One terminal of a till. Thread-safe; trades take turns. */
typedef struct cipherlane_till_handle* cipherlane_till;

/* A line of JSON, ended by a zero; it lives until the function returns. Called on the thread of the call, before that
 * returns, where not said otherwise. */
typedef void (*cipherlane_line)(void* user, const char* json);

/* What a till is doing, called on its own threads from the opening to the closing of its last handle. It must return
 * soon; calls that wait are refused there. Each line has "event":
 *
 * - "stage": a trade has come to a stage: "key", "stage" ("card", "PIN", …), "words" ("en", "zh"), "total", "cancel"
 *   ("possible" while a stop request still ends it without any money having moved, then "too late"), and "expires" of
 *   a code, in seconds from 1970;
 * - "step": something was said or done: "terminal", "when_ms", "from", "to", "what", "result", and where there is one
 *   "total", "trace", "card" (masked);
 * - "alert": a person must know: "terminal", "alert", "trace", "key", "handle", and "notice" where it is by that
 *   number that it is acknowledged (`cipherlane_till_acknowledge_notice`);
 * - "log": "level", "component", "line". */
typedef cipherlane_line cipherlane_till_event;

/* How a payment ended. */
enum {
    CIPHERLANE_APPROVED = 0,
    CIPHERLANE_DECLINED = 1, /* the host, the gateway or the payer said no: no money moved */
    CIPHERLANE_REVERSED = 2, /* was not known, and has been undone: no money moved */
    CIPHERLANE_UNKNOWN = 3,  /* not decided. Never treat as declined, never repeat with another key */
    CIPHERLANE_NOT_SENT = 4, /* told by recovery alone: no byte left */
    CIPHERLANE_VOIDED = 5,   /* was approved, then undone */
    CIPHERLANE_REFUNDED = 6, /* was approved, then given back in full */
    CIPHERLANE_STORED = 7    /* done without the host, which is told until it answers */
};

/* A payment as the journal has it. Amounts in minor units. Text is ended by a zero and cut to fit;
 * `cipherlane_till_payment` has all of it. */
typedef struct cipherlane_payment {
    uint64_t handle;   /* names the record */
    uint64_t original; /* the payment that this one undoes; 0: none */
    int64_t requested;
    int64_t approved; /* zero unless it was approved; less after a partial approval */
    int64_t refunded;
    int32_t outcome;  /* CIPHERLANE_APPROVED, … */
    int32_t ok;       /* 1 while the money is the merchant's, on the host's word */
    int32_t recorded; /* 1: the key had been used; nothing was sent */
    int32_t currency; /* ISO 4217 */
    uint32_t trace;   /* 凭证号 */
    uint32_t batch;   /* 批次号 */
    char key[72];
    char trade[32];
    char terminal[16];
    char merchant[24];
    char card[32]; /* masked */
    char host_code[16];
    char reference[48]; /* 参考号 */
    char authorization[16];
    char date[12]; /* YYYYMMDD */
    char time[8];  /* hhmmss */
    char order_number[72];
    char voucher[40];
    char reason[200];    /* why it is not paid, in words for the cashier; empty with `ok` */
    char reason_zh[200]; /* the same in Chinese, UTF-8 */
} cipherlane_payment;

/* A trade of any row of the table of trades. Begin with CIPHERLANE_TRADE_INIT: what is 0 is not given. */
typedef struct cipherlane_trade {
    const char* trade; /* "sale", "void", "refund", "QR sale", …: see `cipherlane_till_trades` */
    const char* key;   /* the caller's name for it, unique for the terminal: 1 to 64 characters */
    int64_t amount;    /* minor units of the terminal's currency; 0: of a row that needs none, the original's */
    uint64_t original; /* handle of the payment that it follows */
    int32_t accept_partial;
    int32_t periods;           /* of a sale in instalments */
    const char* plan;          /* likewise: the issuer's code */
    const char* subject;       /* of an order: what the payer reads */
    const char* payment_code;  /* the payer's code (付款码); null: of a row that needs one, the scanner is asked */
    const char* authorization; /* of an offline settlement */
    const char* gateway;       /* of an order or a payer's code, where the till has several: its name; null: the one
                                * that takes the code, or the first */
    int32_t no_credit;         /* of an order or a payer's code: credit may not pay it */
    int32_t reserved_number;
    const void* reserved[2];
} cipherlane_trade;
#define CIPHERLANE_TRADE_INIT                                                                                        \
    {                                                                                                                \
        0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, {                                                                     \
            0, 0                                                                                                     \
        }                                                                                                            \
    }

/* Reads the settings, makes and opens everything. Sends nothing: `cipherlane_till_recover` after a start decides what
 * the last run left open. `events` may be null; the log goes to standard error then. */
CIPHERLANE_API cipherlane_condition cipherlane_till_open(const char* settings_file, cipherlane_till_event events,
    void* user, int64_t deadline_ms, cipherlane_stop stop, cipherlane_till* till, cipherlane_status* why);
/* Asks what is under way through this handle to stop, and waits for it: a request that has left is seen to its end.
 * When it has returned, no `done` of this handle is called any more and, after the last handle, no event; `user` may
 * be freed. Within a function that the library calls it cannot wait: then calls, and their `done`, end behind it. */
CIPHERLANE_API cipherlane_condition cipherlane_till_close(cipherlane_till till, cipherlane_status* why);
/* The names of all terminals of the settings, a line each; a handle of another one, which shares journal and devices.
 */
CIPHERLANE_API cipherlane_condition cipherlane_till_terminals(
    cipherlane_till till, cipherlane_buffer* names, cipherlane_status* why);
CIPHERLANE_API cipherlane_condition cipherlane_till_at(
    cipherlane_till till, const char* terminal, cipherlane_till* other, cipherlane_status* why);
/* The names of the trades, a line each. */
CIPHERLANE_API cipherlane_condition cipherlane_till_trades(cipherlane_buffer* names, cipherlane_status* why);

/* Runs a trade to its outcome. After the first byte has left neither deadline nor stop ends it. */
CIPHERLANE_API cipherlane_condition cipherlane_till_pay(cipherlane_till till, const cipherlane_trade* trade,
    int64_t deadline_ms, cipherlane_stop stop, cipherlane_payment* payment, cipherlane_status* why);
/* The same without waiting; `payment` is null unless the condition is CIPHERLANE_OK. A code that the scanner must
 * read first cannot be waited for here. */
typedef void (*cipherlane_till_done)(void* user, const cipherlane_payment* payment, const cipherlane_status* why);
CIPHERLANE_API cipherlane_condition cipherlane_till_start(cipherlane_till till, const cipherlane_trade* trade,
    int64_t deadline_ms, cipherlane_stop stop, cipherlane_till_done done, void* user, cipherlane_status* why);

/* What the journal has under a key, or a handle where `key` is null: `*found` is 1, or 0 where there is nothing. Asks
 * nobody, may be called while a trade runs. */
CIPHERLANE_API cipherlane_condition cipherlane_till_lookup(cipherlane_till till, const char* key, uint64_t handle,
    int64_t deadline_ms, int32_t* found, cipherlane_payment* payment, cipherlane_status* why);
/* All of a payment as JSON, as `cipherlane till --json` writes it. */
CIPHERLANE_API cipherlane_condition cipherlane_till_payment(
    cipherlane_till till, uint64_t handle, int64_t deadline_ms, cipherlane_buffer* json, cipherlane_status* why);

/* Decides what is undecided, `each` with one payment a record concerned, oldest first; `handle` 0: all of them. Run
 * it after a start. What nobody acknowledges is told again the next time. */
typedef void (*cipherlane_till_each)(void* user, const cipherlane_payment* payment);
CIPHERLANE_API cipherlane_condition cipherlane_till_recover(cipherlane_till till, uint64_t handle,
    int64_t deadline_ms, cipherlane_stop stop, cipherlane_till_each each, void* user, cipherlane_status* why);
/* The application's word that it has told an outcome to whom it concerns. */
CIPHERLANE_API cipherlane_condition cipherlane_till_acknowledge(
    cipherlane_till till, uint64_t handle, int64_t deadline_ms, cipherlane_status* why);
/* What a gateway has said, no flow could settle, and nobody has acknowledged, oldest first, a line each: "notice"
 * (its number), "matter" ("unknown order", "contradiction", "second payment", …), "order", "state", "paid",
 * "currency", "reference". Asks nobody. `cipherlane_till_recover` finds what is one, and raises each again. */
CIPHERLANE_API cipherlane_condition cipherlane_till_notices(
    cipherlane_till till, int64_t deadline_ms, cipherlane_line line, void* user, cipherlane_status* why);
/* Somebody has seen to it: it is not raised again. A number that does not wait is misuse. */
CIPHERLANE_API cipherlane_condition cipherlane_till_acknowledge_notice(
    cipherlane_till till, uint64_t notice, int64_t deadline_ms, cipherlane_status* why);
/* A person's word on what is not decided. `paid`: 1 or 0. `moved`: how much, where it is not all; 0: all of it.
 * `note`: who found out, and how; kept in the journal. */
CIPHERLANE_API cipherlane_condition cipherlane_till_decide(cipherlane_till till, uint64_t handle, int32_t paid,
    int64_t moved, const char* note, int64_t deadline_ms, cipherlane_payment* payment, cipherlane_status* why);

/* How the parts are, and what the terminal has under way, as one line of JSON. Asks no device. */
CIPHERLANE_API cipherlane_condition cipherlane_till_status(
    cipherlane_till till, int64_t deadline_ms, cipherlane_line line, void* user, cipherlane_status* why);
/* Payments of the journal, one a line as `cipherlane_till_payment` gives it, oldest first, at most `most` of the
 * newest records. `terminal`: null for all. With `open` only what is not decided. */
CIPHERLANE_API cipherlane_condition cipherlane_till_journal(cipherlane_till till, const char* terminal, int32_t open,
    size_t most, int64_t deadline_ms, cipherlane_line line, void* user, cipherlane_status* why);

/* What a terminal does with its host besides trades; the report as one line. `what`: "sign-in", "settle",
 * "settle-closing" (a person has agreed with the acquirer to close the batch), "last-settlement" (what the last one
 * came to, from the journal, for a slip that nobody has got), "balance" (of a card), or a service: "sign-off",
 * "echo", "master-key", "parameters", … */
CIPHERLANE_API cipherlane_condition cipherlane_till_ask(cipherlane_till till, const char* what, int64_t deadline_ms,
    cipherlane_stop stop, cipherlane_line line, void* user, cipherlane_status* why);

/* An operator (操作员) begins a shift at this terminal, or goes on with the open one: all that is done there from
 * here on is theirs, and what they may not do is refused before anything leaves. Needed where the settings name
 * operators. `secret`: their PIN or password; the library keeps no copy, the caller wipes its own. The shift's report
 * as one line: "operator", "name", "rights", "shift", "opened", "closed", "debit", "credit", "qr_debit", "qr_credit",
 * "records", "undecided". */
CIPHERLANE_API cipherlane_condition cipherlane_till_sign_on(cipherlane_till till, const char* operator_id,
    const void* secret, size_t size, int64_t deadline_ms, cipherlane_line line, void* user, cipherlane_status* why);
/* Nobody is on duty any more; the shift stays open. */
CIPHERLANE_API cipherlane_condition cipherlane_till_sign_off(cipherlane_till till, cipherlane_status* why);
/* Ends the shift of whoever is on duty, after the payment under way; its report as one line. */
CIPHERLANE_API cipherlane_condition cipherlane_till_close_shift(cipherlane_till till, int64_t deadline_ms,
    cipherlane_stop stop, cipherlane_line line, void* user, cipherlane_status* why);
/* The shifts of this terminal, a line each, the newest first, at most `most`: counted from the journal. */
CIPHERLANE_API cipherlane_condition cipherlane_till_shifts(
    cipherlane_till till, size_t most, int64_t deadline_ms, cipherlane_line line, void* user, cipherlane_status* why);

/* A receipt (签购单) as UTF-8. `copy`: 0 the merchant's, 1 the cardholder's. */
CIPHERLANE_API cipherlane_condition cipherlane_till_receipt(cipherlane_till till, uint64_t handle, int32_t copy,
    size_t columns, int64_t deadline_ms, cipherlane_buffer* text, cipherlane_status* why);
/* The same on the printer of the settings: `*printed` is 1, or 0 where it is kept until the printer can. */
CIPHERLANE_API cipherlane_condition cipherlane_till_print_receipt(cipherlane_till till, uint64_t handle, int32_t copy,
    int64_t deadline_ms, int32_t* printed, cipherlane_status* why);

/* Asks each part of the settings in turn, a line each: "part", "state" ("good", "wrong", "skipped"), "found",
 * "likely", and the "error" where there is one. No money moves. `*good` is 1 where nothing is wrong. The till must
 * not be open. */
CIPHERLANE_API cipherlane_condition cipherlane_till_preflight(const char* settings_file, int64_t deadline_ms,
    cipherlane_line line, void* user, int32_t* good, cipherlane_status* why);

#ifdef __cplusplus
}
#endif

#endif
